//! `newsgrep forget`: removes articles for good.

use std::io::{self, BufRead, IsTerminal, Write};

use super::Session;
use super::session::resolve;
use crate::archive::{Reader, Writer};
use crate::ingest::forget;
use crate::output::visible;
use crate::problem::{Failure, FailureKind};

/// Removes articles from archive and index, and their originals unless another article needs them. The source files stay.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Ids, or any unique beginning of four or more digits.
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
    /// Do not ask.
    #[arg(short, long)]
    yes: bool,
}

pub(super) fn run(arguments: &Arguments, session: &mut Session) -> anyhow::Result<()> {
    let dir = session.archive()?;
    let archive = Reader::open(&dir)?;
    let ids = arguments.ids.iter().map(|id| resolve(&archive, id)).collect::<anyhow::Result<Vec<_>>>()?;
    for id in &ids {
        if let Some(row) = archive.article(*id)? {
            let headline = row.summary.headline.unwrap_or_else(|| "(untitled)".to_owned());
            session.note(&format!("{id} {}", visible(&headline)));
        }
    }
    if !arguments.yes && !confirmed(ids.len())? {
        return Err(Failure::error(FailureKind::Usage, "nothing was removed"));
    }
    drop(archive);
    let mut writer = Writer::open_or_create(&dir, session.wait())?;
    forget(&dir, &mut writer, &ids)?;
    session.note(&format!(
        "{} removed for good",
        if ids.len() == 1 { "1 article".to_owned() } else { format!("{} articles", ids.len()) }
    ));
    Ok(())
}

fn confirmed(count: usize) -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() {
        return Err(Failure::error(FailureKind::Usage, "nobody to ask here: say --yes to remove articles for good"));
    }
    write!(
        io::stderr(),
        "Remove {} for good? [y/N] ",
        if count == 1 { "this article".to_owned() } else { format!("these {count} articles") }
    )?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "o" | "oui"))
}
