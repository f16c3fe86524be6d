//! What would have been found, when a query found nothing. Suggests, never runs.

use crate::french::fold;
use crate::index::Searcher;
use crate::query::{Asked, Part, Query, Span};

/// Help with a query that found nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Advice {
    /// Each word or phrase asked for.
    pub words: Vec<WordAdvice>,
    /// How many articles hold any of them; `None` when only one was asked.
    pub any: Option<usize>,
}

/// Help with one word or phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordAdvice {
    /// As typed.
    pub typed: String,
    /// How many articles hold it.
    pub count: usize,
    /// The nearest spelling in the archive, when no article holds it.
    pub nearest: Option<String>,
}

/// Counts each word alone, and looks for near spellings of those that no article holds.
pub(super) fn advise(searcher: &Searcher, asked: &[Asked]) -> anyhow::Result<Advice> {
    let mut advice = Advice::default();
    let alone = |asked: &Asked| Query::Words(asked.part, asked.span.clone());
    for one in asked {
        let count = searcher.count(&alone(one))?;
        let is_word = matches!(one.span, Span::Word(_))
            && matches!(one.part, Part::Anywhere | Part::Headline | Part::Lead | Part::Body);
        let nearest = if count == 0 && is_word { searcher.nearest(&fold(&one.typed))? } else { None };
        advice.words.push(WordAdvice { typed: one.typed.clone(), count, nearest });
    }
    if asked.len() > 1 {
        advice.any = Some(searcher.count(&Query::Or(asked.iter().map(alone).collect()))?);
    }
    Ok(advice)
}
