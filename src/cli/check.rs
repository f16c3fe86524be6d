//! `newsgrep check`: looks for damage.

use std::collections::HashSet;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;

use super::Session;
use super::progress::Progress;
use crate::archive::{self, Filter, Reader, Watch};
use crate::index::FOLDER as INDEX;
use crate::index::{self, Searcher};
use crate::output::visible;
use crate::problem::{Failure, FailureKind};

/// Checks the archive's database, every file of the index against what was written, and the index against the archive. Names
/// each damage.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Also read every original and compare it with its hash.
    #[arg(long)]
    read_data: bool,
}

/// What to do about damage in the archive itself.
const MEND: &str = "restore the archive from a backup; or take out what is sound with `newsgrep export-archive DIR`, make a \
new archive of it with `newsgrep --archive NEW import-archive DIR`, and `ingest` the files into that again";

pub(super) fn run(arguments: &Arguments, session: &mut Session) -> anyhow::Result<()> {
    let dir = session.archive()?;
    let mut progress = Progress::of_check(session);
    let found = archive::check_watched(&dir, arguments.read_data, &mut |done, total| progress.progress(done, total));
    progress.end();
    let mut damage: Vec<String> = found?.iter().map(ToString::to_string).collect();
    let in_archive = damage.len();
    if let Ok(archive) = Reader::open(&dir) {
        damage.extend(check_index(&dir, &archive, session)?);
    }
    let in_archive = in_archive > 0;
    for line in &damage {
        writeln!(session.out, "{}", visible(line))?;
    }
    if damage.is_empty() {
        session.note(if arguments.read_data {
            "no damage: every byte is as it was written"
        } else {
            "no damage found; --read-data also reads every original"
        });
        return Ok(());
    }
    let count = if damage.len() == 1 { "1 damage".to_owned() } else { format!("{} damages", damage.len()) };
    let advice = if in_archive { MEND } else { "run `newsgrep reindex`: nothing is lost" };
    Err(Failure::error(FailureKind::Damage, format!("{count} found: {advice}")))
}

/// The index's files against the manifest, then its articles against the archive's.
fn check_index(dir: &Path, archive: &Reader, session: &Session) -> anyhow::Result<Vec<String>> {
    let path = dir.join(INDEX);
    let (sequence, files) = archive.manifest()?;
    let opened = Searcher::open(&path);
    // A manifest of another commit says nothing of this one: a run died before it was written.
    let busy = archive::is_being_written(dir);
    let written = !busy && opened.as_ref().map_or(true, |searcher| searcher.sequence() == sequence);
    let mut damage = if written { index::verify(&path, &files, true) } else { Vec::new() };
    let read = opened.and_then(|searcher| Ok((searcher.damaged_files()?, searcher.ids()?, searcher)));
    let (differing, indexed, searcher) = match read {
        Ok(read) => read,
        Err(error) => {
            damage.push(format!("{error:#}"));
            return Ok(damage);
        }
    };
    if let Some(misfit) = archive.misfit(searcher.sequence())?.filter(|_| !busy) {
        damage.push(format!("{}: {misfit}: run `newsgrep reindex`", path.display()));
    }
    for name in differing {
        let file = path.join(name).display().to_string();
        if !damage.iter().any(|damage| damage.starts_with(&file)) {
            damage.push(format!("{file}: is not as it was written"));
        }
    }
    let mut changed: HashSet<_> = archive.changed_ids(searcher.sequence())?.into_iter().collect();
    // A run that forgot them was killed before it came to the index.
    let forgotten = archive.forgotten_since(searcher.sequence())?;
    let left = forgotten.iter().filter(|id| indexed.contains(id)).count();
    if left > 0 && !busy {
        let articles = if left == 1 { "1 forgotten article" } else { &format!("{left} forgotten articles") };
        session.note(&format!("the index still has {articles}, never shown: the next `newsgrep ingest` removes them"));
    }
    changed.extend(forgotten);
    let (mut live, mut missing) = (HashSet::new(), Vec::new());
    archive.list(&Filter::default(), &mut |row| {
        live.insert(row.id);
        if !changed.contains(&row.id) && !indexed.contains(&row.id) {
            missing.push(row.id);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    for id in missing {
        // A damaged article cannot be indexed.
        damage.push(match archive.visit_one(id)?.and_then(|visited| visited.damage) {
            Some(damage) => damage,
            None => format!("article {id} is not in the index: run `newsgrep reindex`"),
        });
    }
    let mut extra: Vec<_> = indexed.iter().filter(|id| !live.contains(id) && !changed.contains(id)).collect();
    extra.sort();
    damage.extend(
        extra.iter().map(|id| format!("article {id} is in the index and not in the archive: run `newsgrep reindex`")),
    );
    Ok(damage)
}
