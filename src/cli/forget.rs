//! `newsgrep forget`: removes articles for good.

use std::io::{self, BufRead, IsTerminal, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::Session;
use super::session::{digits_of, resolve};
use crate::archive::{Kin, Reader, Writer};
use crate::article::ArticleId;
use crate::ingest::forget;
use crate::output::visible;
use crate::problem::{Failure, FailureKind, is_damage};

/// Removes articles from archive and index, and their originals unless another article needs them. The source files stay, and
/// so do their names, so that `ingest` leaves these articles out from now on.
#[derive(Debug, clap::Args)]
#[command(after_help = FORGETTING)]
pub(super) struct Arguments {
    /// Ids, or any unique beginning of four or more digits.
    #[arg(required_unless_present_any = ["list", "skipped"], value_name = "ID")]
    ids: Vec<String>,
    /// Do not ask.
    #[arg(short, long)]
    yes: bool,
    /// Leave the other versions of these articles, and those with the same text, as they are.
    #[arg(long, conflicts_with_all = ["list", "lift"])]
    only_this: bool,
    /// Print the ids of the articles that were forgotten.
    #[arg(long, conflicts_with_all = ["ids", "lift"])]
    list: bool,
    /// Forget that this file, or the files below this folder, could not be taken in: nothing is said of it until it is read again.
    #[arg(long, value_name = "PATH", conflicts_with_all = ["ids", "list", "lift", "only_this"])]
    skipped: Option<PathBuf>,
    /// Allow forgotten articles to come back when their files are read again.
    #[arg(long)]
    lift: bool,
}

const FORGETTING: &str = "\
With an article go its earlier and later versions, the records of its key in the same file, and
articles with the same text; they are listed first, and --only-this leaves them. A file in which
nothing else lives goes with its path: it is known by a hash of it, and not read again while it
stays as it is.

What is forgotten is known by the hash of its bytes: the same record is left out wherever it is
met again. A record whose bytes differ, in a later export or another format, is another article:
look for it with `query` and forget it too. Copies outside the archive (source files, backups,
`export-archive`) are not touched.

The way back, for an article with all that went with it: `newsgrep forget --lift ID`, then
`newsgrep ingest --rehash PATH`.";

pub(super) fn run(arguments: &Arguments, session: &mut Session) -> anyhow::Result<()> {
    if arguments.list {
        return list(session);
    }
    if let Some(path) = &arguments.skipped {
        return forget_skipped(path, session);
    }
    if arguments.lift {
        return lift(&arguments.ids, session);
    }
    let dir = session.archive()?;
    Writer::convert(&dir, &session.wait())?;
    let archive = session.reader()?;
    // What a run left in the index that was killed over it goes now, asked for or not.
    let unfinished = archive.forgotten_since(archive.index_commit()?.map_or(0, |commit| commit.sequence))?;
    // A second request empties the journal that a reader held the first time.
    let gone = if archive.has_journal() { archive.forgotten(&mut |_| ())? } else { unfinished.clone() };
    let mut ids = Vec::new();
    for id in &arguments.ids {
        let digits = digits_of(id)?;
        match resolve(&archive, id) {
            Ok(id) => ids.push(id),
            Err(error) if is_not_found(&error) && gone.iter().any(|id| id.to_string().starts_with(&digits)) => {}
            Err(error) => return Err(error),
        }
    }
    let families = families(&archive, &ids, arguments.only_this, session)?;
    let all: Vec<ArticleId> = families.iter().flatten().copied().collect();
    tell_without_place(&archive, &all, session)?;
    if !arguments.yes && !all.is_empty() && !confirmed(all.len())? {
        return Err(Failure::error(FailureKind::Usage, "nothing was removed"));
    }
    drop(archive);
    let mut writer = Writer::open(&dir, &session.wait())?;
    session.tell_lost(writer.lost());
    let stop = session.stoppable();
    forget(&dir, &mut writer, &families, &stop)?;
    session.note(&match all.len() + unfinished.len() {
        0 => "the article was forgotten before; now its bytes are out of the journal too".to_owned(),
        1 => "1 article removed for good; `ingest` leaves it out from now on".to_owned(),
        count => format!("{count} articles removed for good; `ingest` leaves them out from now on"),
    });
    Ok(())
}

fn is_not_found(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Failure>().is_some_and(|failure| failure.kind == FailureKind::NotFound)
}

/// The articles that go together, each listed with the reason why it goes.
fn families(
    archive: &Reader,
    ids: &[ArticleId],
    only_this: bool,
    session: &Session,
) -> anyhow::Result<Vec<Vec<ArticleId>>> {
    let mut families: Vec<Vec<ArticleId>> = Vec::new();
    for id in ids {
        if families.iter().flatten().any(|known| known == id) {
            continue;
        }
        let family = if only_this { vec![(*id, Kin::Itself)] } else { archive.family(*id)? };
        for (member, kin) in &family {
            let why = match kin {
                Kin::Itself => "",
                Kin::Version => " (another version)",
                Kin::Key => " (the same record of the same file)",
                Kin::Text => " (the same text)",
            };
            let headline = match archive.article(*member) {
                Ok(row) => row.and_then(|row| row.summary.headline),
                Err(error) if is_damage(&error) => None,
                Err(error) => return Err(error),
            };
            let headline = headline.unwrap_or_else(|| "(untitled)".to_owned());
            session.note(&format!("{member} {}{why}", visible(&headline)));
        }
        families.push(family.into_iter().map(|(member, _)| member).collect());
    }
    Ok(families)
}

/// Names the articles whose file cannot be kept bit by bit: they stay, and are found and shown.
fn tell_without_place(archive: &Reader, ids: &[ArticleId], session: &Session) -> anyhow::Result<()> {
    let others = archive.without_place(ids)?;
    if others.is_empty() {
        return Ok(());
    }
    let named: Vec<String> = others.iter().take(20).map(ToString::to_string).collect();
    let more = if others.len() > named.len() { ", …" } else { "" };
    session.note(&format!(
        "newsgrep does not know where in its file a record lies, so the file cannot be kept bit by bit; {} in it stay as records ({}{more})",
        articles(others.len() as u64),
        named.join(", ")
    ));
    Ok(())
}

fn forget_skipped(path: &Path, session: &Session) -> anyhow::Result<()> {
    let absolute = std::fs::canonicalize(path).or_else(|_| std::path::absolute(path))?;
    let mut writer = Writer::open(&session.archive()?, &session.wait())?;
    let removed = writer.remove_skips_below(absolute.as_os_str().as_bytes())?;
    writer.commit()?;
    if removed == 0 {
        let message = format!("{}: nothing of it was skipped: see `newsgrep list --skipped`", path.display());
        return Err(Failure::error(FailureKind::NotFound, message));
    }
    session.note(&format!("{removed} skipped records and files forgotten"));
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
