//! `newsgrep forget`: removes articles for good.

use std::io::{self, BufRead, IsTerminal, Write};

use super::Session;
use super::session::{digits_of, resolve};
use crate::archive::{Reader, Writer};
use crate::article::ArticleId;
use crate::ingest::forget;
use crate::output::visible;
use crate::problem::{Failure, FailureKind};

/// Removes articles from archive and index, and their originals unless another article needs them. The source files stay, and
/// so do their names, so that `ingest` leaves these articles out from now on.
#[derive(Debug, clap::Args)]
#[command(after_help = FORGETTING)]
pub(super) struct Arguments {
    /// Ids, or any unique beginning of four or more digits.
    #[arg(required_unless_present = "list", value_name = "ID")]
    ids: Vec<String>,
    /// Do not ask.
    #[arg(short, long)]
    yes: bool,
    /// Print the ids of the articles that were forgotten.
    #[arg(long, conflicts_with_all = ["ids", "lift"])]
    list: bool,
    /// Allow forgotten articles to come back when their files are read again.
    #[arg(long)]
    lift: bool,
}

const FORGETTING: &str = "\
What is forgotten is known by the hash of its bytes: the same record is left out wherever it is met again. A record
whose bytes differ, in a later export or another format, is another article: look for it with `query` and forget it
too. Copies outside the archive (source files, backups, `export-archive`) are not touched.

The way back: `newsgrep forget --lift ID`, then `newsgrep ingest --rehash PATH`.";

pub(super) fn run(arguments: &Arguments, session: &mut Session) -> anyhow::Result<()> {
    if arguments.list {
        return list(session);
    }
    if arguments.lift {
        return lift(&arguments.ids, session);
    }
    let dir = session.archive()?;
    Writer::convert(&dir, &session.wait())?;
    let archive = session.reader()?;
    // What a run left in the index that was killed over it goes now, asked for or not.
    let unfinished = archive.forgotten_since(archive.index_commit()?.map_or(0, |commit| commit.sequence))?;
    let mut ids = Vec::new();
    for id in &arguments.ids {
        let digits = digits_of(id)?;
        if !unfinished.iter().any(|id| id.to_string().starts_with(&digits)) {
            ids.push(resolve(&archive, id)?);
        }
    }
    for id in &ids {
        if let Some(row) = archive.article(*id)? {
            let headline = row.summary.headline.unwrap_or_else(|| "(untitled)".to_owned());
            session.note(&format!("{id} {}", visible(&headline)));
        }
    }
    if !arguments.yes && !ids.is_empty() && !confirmed(ids.len())? {
        return Err(Failure::error(FailureKind::Usage, "nothing was removed"));
    }
    drop(archive);
    let mut writer = Writer::open(&dir, &session.wait())?;
    session.tell_lost(writer.lost());
    let stop = session.stoppable();
    forget(&dir, &mut writer, &ids, &stop)?;
    let removed = articles((ids.len() + unfinished.len()) as u64);
    session.note(&format!("{removed} removed for good; `ingest` leaves them out from now on"));
    Ok(())
}

fn list(session: &mut Session) -> anyhow::Result<()> {
    let mut damage = Vec::new();
    for id in session.reader()?.forgotten(&mut |what| damage.push(what))? {
        writeln!(session.out, "{id}")?;
    }
    damage.iter().for_each(|what| session.damaged(what));
    Ok(())
}

fn lift(ids: &[String], session: &Session) -> anyhow::Result<()> {
    let dir = session.archive()?;
    Writer::convert(&dir, &session.wait())?;
    let forgotten = Reader::open(&dir)?.forgotten(&mut |_| ())?;
    let mut lifted = Vec::new();
    for id in ids {
        let digits = digits_of(id)?;
        let named: Vec<ArticleId> =
            forgotten.iter().copied().filter(|id| id.to_string().starts_with(&digits)).collect();
        match named.as_slice() {
            [one] => lifted.push(*one),
            [] => {
                let message = format!("no article {digits} was forgotten: see `newsgrep forget --list`");
                return Err(Failure::error(FailureKind::NotFound, message));
            }
            several => {
                let message = format!("{digits} may be any of {} articles: give more digits", several.len());
                return Err(Failure::error(FailureKind::Usage, message));
            }
        }
    }
    let count = Writer::open(&dir, &session.wait())?.lift(&lifted)?;
    session.note(&format!("{} may come back: run `newsgrep ingest --rehash PATH` on their files", articles(count)));
    Ok(())
}

fn articles(count: u64) -> String {
    if count == 1 { "1 article".to_owned() } else { format!("{count} articles") }
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
