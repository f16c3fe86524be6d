//! The index built anew from the archive, beside the old one, and recorded in its place.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::Context;
use crossbeam_channel::{TrySendError, bounded};

use super::prepare::{Prepared, paths, prepare_again, problem};
use super::recorded::{Recorded, record, recorded};
use super::{Observer, Report};
use crate::archive::{self, Visited, Writer};
use crate::clean::RULES_VERSION;
use crate::index::{DocumentBuilder, Entry, FOLDER as INDEX, IndexWriter, salvage, sweep_others};
use crate::problem::{Failure, FailureKind};

/// What a rebuild did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Articles indexed.
    pub articles: u64,
    /// Of these, cleaned by newer rules than before.
    pub recleaned: u64,
    /// Articles that could not be read from their originals: not in the index.
    pub skipped: u64,
    /// Of these, those whose original is not what it was.
    pub damaged: u64,
    /// Articles that could not be read from their originals, and whose text the old index still had: carried over.
    pub kept: u64,
    /// Whether it was stopped before its end; the old index is in place then.
    pub interrupted: bool,
}

/// Builds the index anew from the archive, beside the old one, and records it in its place. Articles cleaned by older rules are
/// cleaned again; of those that cannot be, the text is carried over where the old index has it as the archive knows it.
///
/// # Errors
/// The archive cannot be read or the index not be written; the old index is in place then.
pub fn reindex(
    dir: &Path,
    archive: &mut Writer,
    jobs: usize,
    stop: &AtomicBool,
    observer: &mut dyn Observer,
) -> anyhow::Result<Rebuilt> {
    let root = dir.join(INDEX);
    let number = match &recorded(dir)? {
        Recorded::Commit(commit) => {
            sweep_others(&root, Some(commit))?;
            commit.number
        }
        // Any folder may be the one whose record is damaged: all stay until there is another.
        Recorded::Damaged(_) => 0,
        Recorded::Nothing => {
            sweep_others(&root, None)?;
            0
        }
    };
    let rebuilt = fill_beside(dir, number, archive, jobs, stop, observer);
    if !rebuilt.as_ref().is_ok_and(|rebuilt| !rebuilt.interrupted)
        && let Ok(Recorded::Commit(commit)) = recorded(dir)
    {
        // What was filled in part takes room that a full disk does not have.
        drop(sweep_others(&root, Some(&commit)));
    }
    for leftover in LEFTOVERS_OF_FORMAT_1 {
        remove(&dir.join(leftover))?;
    }
    rebuilt
}

/// Fills an index in a folder of its own, and records it unless it was interrupted.
fn fill_beside(
    dir: &Path,
    number: u64,
    archive: &mut Writer,
    jobs: usize,
    stop: &AtomicBool,
    observer: &mut dyn Observer,
) -> anyhow::Result<Rebuilt> {
    let root = dir.join(INDEX);
    let reader = archive::Reader::open(dir)?;
    let total = reader.count_live()?;
    let mut index = IndexWriter::create(&root, number)?;
    let (mut rebuilt, unread) = refill(&reader, archive, &mut index, jobs, total, stop, observer)?;
    if rebuilt.interrupted {
        return Ok(rebuilt);
    }
    rebuilt.kept = carry_over(&root, &unread, &mut index)?;
    for (visited, reason) in unread {
        observer.problem(&problem(&visited, reason));
    }
    observer.phase("writing the index");
    let sequence = archive.commit()?;
    index.commit(sequence)?;
    record(index.close()?, sequence, archive)?;
    Ok(rebuilt)
}

/// What a rebuild of format 1 left behind that was killed.
const LEFTOVERS_OF_FORMAT_1: [&str; 2] = ["index.new", "index.old"];

/// Adds the articles that could not be read from their originals, as far as an old index has their text as the archive knows it.
/// Gives how many these were.
fn carry_over(root: &Path, unread: &[(Visited, String)], index: &mut IndexWriter) -> anyhow::Result<u64> {
    let wanted: Vec<[u8; 32]> = unread.iter().map(|(visited, _)| visited.text_hash).collect();
    let found = salvage(root, &wanted);
    let mut builder = DocumentBuilder::default();
    let mut kept = 0;
    for (visited, _) in unread {
        let Some((json, article)) = found.get(&visited.text_hash) else { continue };
        let paths = paths(visited);
        let entry = Entry { id: visited.id, article, json, format: &visited.reader, paths: &paths };
        index.add(&builder.build(&entry))?;
        kept += 1;
    }
    Ok(kept)
}

/// Fills an index with all articles. Gives what was done, and those that could not be read, with the reason.
fn refill(
    reader: &archive::Reader,
    archive: &mut Writer,
    index: &mut IndexWriter,
    jobs: usize,
    total: u64,
    stop: &AtomicBool,
    observer: &mut dyn Observer,
) -> anyhow::Result<(Rebuilt, Vec<(Visited, String)>)> {
    let mut rebuilt = Rebuilt::default();
    let mut unread = Vec::new();
    thread::scope(|scope| {
        // Within the scope: an error drops them, and so ends the workers that the scope waits for.
        let (to_workers, work) = bounded::<Visited>(256);
        let (to_writer, done) = bounded::<(Visited, Result<Prepared, String>)>(256);
        for _ in 0..jobs.max(1) {
            let (work, to_writer) = (work.clone(), to_writer.clone());
            scope.spawn(move || {
                let mut builder = DocumentBuilder::default();
                for visited in work {
                    if let Some(result) = prepare_again(&mut builder, &visited)
                        && to_writer.send((visited, result)).is_err()
                    {
                        return;
                    }
                }
            });
        }
        drop((work, to_writer));
        let mut report = Report { files: total, ..Report::default() };
        let mut take =
            |(visited, result): (Visited, Result<Prepared, String>), archive: &mut Writer| -> anyhow::Result<()> {
                match result {
                    Ok(prepared) => {
                        if visited.cleaner != RULES_VERSION || visited.text_hash != prepared.text_hash {
                            archive.reclean(prepared.id, &prepared.summary, &prepared.text_hash, RULES_VERSION)?;
                            rebuilt.recleaned += 1;
                        }
                        index.add(&prepared.document)?;
                        rebuilt.articles += 1;
                    }
                    Err(reason) => {
                        rebuilt.skipped += 1;
                        rebuilt.damaged += u64::from(visited.damage.is_some());
                        unread.push((visited, reason));
                    }
                }
                report.files_read += 1;
                observer.progress(&report);
                Ok(())
            };
        let mut interrupted = false;
        reader.live(&mut |visited| {
            interrupted = stop.load(Ordering::Relaxed);
            let mut waiting = (!interrupted).then_some(visited);
            while let Some(visited) = waiting.take() {
                match to_workers.try_send(visited) {
                    Ok(()) => {}
                    // Both queues may be full: what is done must be taken before more can be given.
                    Err(TrySendError::Full(visited)) => {
                        waiting = Some(visited);
                        take(done.recv().context("the workers ended early")?, archive)?;
                    }
                    Err(TrySendError::Disconnected(_)) => anyhow::bail!("the workers ended early"),
                }
            }
            Ok(if interrupted { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        drop(to_workers);
        for result in &done {
            take(result, archive)?;
        }
        rebuilt.interrupted = interrupted;
        anyhow::Ok(())
    })?;
    Ok((rebuilt, unread))
}

fn remove(path: &Path) -> anyhow::Result<()> {
    // Something else may have taken the place of a folder.
    let removed = if fs::symlink_metadata(path).is_ok_and(|found| found.is_dir()) {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Failure::error(FailureKind::Surroundings, format!("cannot clear {}: {error}", path.display())))
        }
        _ => Ok(()),
    }
}
