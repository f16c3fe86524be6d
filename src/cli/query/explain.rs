//! `--explain`: the query as it was understood, and what each of its words and conditions finds.

use std::io::Write;

use super::advice::articles;
use crate::cli::Session;
use crate::output::visible;
use crate::query::{Leaf, Query};
use crate::search::Engine;

/// Forms of a word that are shown, the most frequent ones.
const FORMS: usize = 12;

/// Prints the tree; without an archive, the tree alone.
pub(super) fn explain(query: &Query, session: &mut Session) -> anyhow::Result<()> {
    let engine = session.archive().ok().filter(|dir| dir.exists()).map(|dir| Engine::open(&dir)).transpose()?;
    let mut failed = None;
    let text = query.explain_with(&mut |leaf| {
        told(engine.as_ref()?, leaf).unwrap_or_else(|error| {
            failed = Some(error);
            None
        })
    });
    if let Some(error) = failed {
        return Err(error);
    }
    write!(session.out, "{}", visible(&text))?;
    Ok(())
}

fn told(engine: &Engine, leaf: Leaf<'_>) -> anyhow::Result<Option<String>> {
    match leaf {
        Leaf::Condition(query) => Ok(Some(articles(engine.count(query)?))),
        Leaf::Word(part, word, by_stem) => {
            let forms = engine.forms(part, word, by_stem)?;
            let shown: Vec<String> = forms.iter().take(FORMS).map(|(form, count)| format!("{form} {count}")).collect();
            let more = forms.len().saturating_sub(FORMS);
            let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
            Ok((!shown.is_empty()).then(|| format!("{}{rest}", shown.join(", "))))
        }
    }
}
