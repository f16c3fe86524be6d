//! The index from the archive: caught up, refreshed, or built anew beside the old one and recorded in its place.

use std::collections::HashSet;
use std::fs;
use std::ops::ControlFlow;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::Context;
use crossbeam_channel::{TrySendError, bounded};

use super::prepare::{Prepared, prepare};
use super::{Observer, Report};
use crate::archive::{self, IndexCommit, Visited, Wait, Writer};
use crate::article::ArticleId;
use crate::clean::RULES_VERSION;
use crate::index::{
    DocumentBuilder, Entry, FOLDER as INDEX, Generation, IndexWriter, Trust, folder, salvage, sweep_others, verify,
    with_times,
};
use crate::problem::{Failure, FailureKind, Problem, is_damage};
use crate::read;

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

/// Opens the index for writing, up to date with the archive. One that is behind is caught up; one that is missing, damaged or of
/// another version is built anew beside it. Clears away what a run that died has left.
///
/// # Errors
/// The archive cannot be read or the index not be written; [`FailureKind::Interrupted`], and the index is as it was.
pub(super) fn settle_index(
    dir: &Path,
    archive: &mut Writer,
    jobs: usize,
    stop: &AtomicBool,
    observer: &mut dyn Observer,
) -> anyhow::Result<IndexWriter> {
    let (mut index, empty) = match recorded(dir)? {
        Recorded::Nothing => {
            sweep_others(&dir.join(INDEX), None)?;
            (IndexWriter::create(&dir.join(INDEX), 0)?, true)
        }
        Recorded::Commit(commit) => match open(dir, archive, &commit)? {
            Ok(index) => (index, false),
            Err(reason) => {
                observer.phase(&format!("building the index anew: {reason}"));
                (rebuilt(dir, archive, jobs, stop, observer)?, false)
            }
        },
        Recorded::Damaged(reason) => {
            observer.phase(&format!("building the index anew: {reason}"));
            (rebuilt(dir, archive, jobs, stop, observer)?, false)
        }
    };
    let reader = archive::Reader::open(dir)?;
    for id in reader.forgotten_since(index.sequence())? {
        index.delete(id)?;
    }
    let behind = reader.count_changed_since(index.sequence())?;
    if behind > 0 {
        observer.phase(&format!("indexing {behind} articles that the index does not have yet"));
        let mut builder = DocumentBuilder::default();
        reader.changed_since(index.sequence(), &mut |visited| {
            if let Some(damage) = &visited.damage {
                observer.problem(&problem(&visited, damage.clone()));
            }
            match prepared(&mut builder, &visited) {
                // Each article comes once: nothing is there to be replaced.
                Some(Ok(prepared)) if empty => index.add(&prepared.document)?,
                prepared => place(&mut index, &visited, prepared)?,
            }
            Ok(if stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        if stop.load(Ordering::Relaxed) {
            let message = "interrupted before anything was read; the index is behind: the next run catches up";
            return Err(Failure::error(FailureKind::Interrupted, message));
        }
    }
    Ok(index)
}

/// What the archive records of the index.
enum Recorded {
    Nothing,
    Commit(Box<IndexCommit>),
    /// What it records is not as it was written.
    Damaged(anyhow::Error),
}

fn recorded(dir: &Path) -> anyhow::Result<Recorded> {
    match archive::Reader::open(dir)?.index_commit() {
        Ok(None) => Ok(Recorded::Nothing),
        Ok(Some(commit)) => Ok(Recorded::Commit(Box::new(commit))),
        Err(error) if is_damage(&error) => Ok(Recorded::Damaged(error)),
        Err(error) => Err(error),
    }
}

/// Opens the index of the last commit, or says why it must be built anew. Its files are compared as a search does; in a copy of
/// an archive, where times tell nothing, by their bytes.
fn open(dir: &Path, archive: &mut Writer, commit: &IndexCommit) -> anyhow::Result<Result<IndexWriter, String>> {
    let root = dir.join(INDEX);
    let is_copy = commit.is_copy(dir);
    let trust = if is_copy { Trust::Nothing } else { Trust::Times };
    if let Some(fault) = verify(&folder(&root, commit), &commit.files, trust).first() {
        // What could not be opened now is not gone.
        return if fault.is_environment() { Err(fault.error()) } else { Ok(Err(fault.to_string())) };
    }
    let Some(mut index) = IndexWriter::open(&root, commit)? else {
        return Ok(Err("it was made by another version of newsgrep".to_owned()));
    };
    sweep_others(&root, Some(commit))?;
    if is_copy {
        let commit = index.complete()?;
        archive.set_index_commit(commit.clone())?;
        index.recorded(&commit);
    }
    Ok(Ok(index))
}

/// Records that the files of the index were compared with what was recorded and found the same: their times, and those of a copy.
/// Says whether there was something to record. Where the archive cannot be written now, nothing is.
///
/// # Errors
/// The archive cannot be read.
pub fn record_verified(dir: &Path) -> anyhow::Result<bool> {
    let Some(commit) = archive::Reader::open(dir)?.index_commit()? else { return Ok(false) };
    let seen = with_times(&folder(&dir.join(INDEX), &commit), &commit)?;
    if seen == commit && !commit.is_copy(dir) {
        return Ok(false);
    }
    let Ok(mut archive) = Writer::open_or_create(dir, &Wait::No) else { return Ok(false) };
    if archive::Reader::open(dir)?.index_commit()?.as_ref() != Some(&commit) {
        return Ok(false);
    }
    archive.set_index_commit(seen)?;
    archive.settle_journal()?;
    Ok(true)
}

/// Builds the index anew and opens it.
fn rebuilt(
    dir: &Path,
    archive: &mut Writer,
    jobs: usize,
    stop: &AtomicBool,
    observer: &mut dyn Observer,
) -> anyhow::Result<IndexWriter> {
    if reindex(dir, archive, jobs, stop, observer)?.interrupted {
        let message = "interrupted before anything was read; the index is as it was";
        return Err(Failure::error(FailureKind::Interrupted, message));
    }
    let commit = archive::Reader::open(dir)?.index_commit()?.context("the new index was not recorded")?;
    let index = IndexWriter::open(&dir.join(INDEX), &commit)?;
    index.context("the new index is of another version")
}

/// Brings single articles up to date in the index: their text, their paths, and whether they are in it at all.
pub(super) fn refresh(dir: &Path, index: &mut IndexWriter, articles: &[ArticleId]) -> anyhow::Result<()> {
    if articles.is_empty() {
        return Ok(());
    }
    let reader = archive::Reader::open(dir)?;
    let mut builder = DocumentBuilder::default();
    let mut seen = HashSet::new();
    for id in articles.iter().filter(|id| seen.insert(**id)) {
        match reader.visit_one(*id)? {
            Some(visited) => place(index, &visited, prepared(&mut builder, &visited))?,
            None => index.delete(*id)?,
        }
    }
    Ok(())
}

/// Puts a live article in its place in the index, and takes out one that has left.
fn place(index: &mut IndexWriter, visited: &Visited, prepared: Option<Result<Prepared, String>>) -> anyhow::Result<()> {
    match prepared {
        // The index may have the last sound copy of its text.
        _ if visited.damage.is_some() => Ok(()),
        Some(Ok(prepared)) => index.replace(prepared.document),
        // What could be read once and cannot now is in the archive still; `check` tells why.
        Some(Err(_)) | None => index.delete(visited.id),
    }
}

/// Cleans and analyses an article anew; `None` when it has left.
fn prepared(builder: &mut DocumentBuilder, visited: &Visited) -> Option<Result<Prepared, String>> {
    if let Some(damage) = &visited.damage {
        return Some(Err(damage.clone()));
    }
    let bytes = visited.bytes.as_ref()?;
    let Some(reader) = read::reader(&visited.reader) else {
        return Some(Err(format!("this newsgrep has no reader named {}", visited.reader)));
    };
    Some(prepare(builder, reader, bytes, &visited.hash, &paths(visited), &visited.skip))
}

fn paths(visited: &Visited) -> Vec<String> {
    visited.paths.iter().map(|path| String::from_utf8_lossy(path).into_owned()).collect()
}

/// What is wrong with an article, for a person who knows its file.
fn problem(visited: &Visited, reason: String) -> Problem {
    let path = visited.paths.first().map(|path| PathBuf::from(std::ffi::OsStr::from_bytes(path))).unwrap_or_default();
    Problem { path, record: None, reason }
}

/// Commits the index as of the archive's `sequence` and records the commit; then waits for merges, removes what was forgotten,
/// and records what is left.
pub(super) fn commit(dir: &Path, mut index: IndexWriter, sequence: u64, archive: &mut Writer) -> anyhow::Result<()> {
    let forgets = !archive::Reader::open(dir)?.forgotten_since(index.sequence())?.is_empty();
    let is_long = index.commits_slowly();
    index.commit(sequence)?;
    if forgets {
        // Recorded only afterwards: a run that is stopped before leaves it to the next, which finds the same articles forgotten.
        index.purge()?;
    } else if is_long {
        // Merges may take a while: what is committed counts from now on.
        let commit = index.complete()?;
        archive.set_index_commit(commit.clone())?;
        index.recorded(&commit);
    }
    record(index.close()?, sequence, archive)
}

/// Records the last commit of an index that nobody writes any more, and removes all other files of the index.
pub(super) fn record(mut index: Generation, sequence: u64, archive: &mut Writer) -> anyhow::Result<()> {
    let commit = index.commit(sequence)?;
    archive.set_index_commit(commit.clone())?;
    index.sweep(&commit)
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
                    if let Some(result) = prepared(&mut builder, &visited)
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

/// Removes articles from the archive and then from the index.
///
/// # Errors
/// The archive or the index cannot be written.
pub fn forget(dir: &Path, archive: &mut Writer, articles: &[ArticleId]) -> anyhow::Result<()> {
    let jobs = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut index = settle_index(dir, archive, jobs, &AtomicBool::new(false), &mut Silent)?;
    archive.forget(articles)?;
    for id in articles {
        index.delete(*id)?;
    }
    commit(dir, index, archive.commit()?, archive)
}

/// Nobody watches.
struct Silent;

impl Observer for Silent {
    fn progress(&mut self, _report: &Report) {}
    fn problem(&mut self, _problem: &Problem) {}
    fn added(&mut self, _id: ArticleId, _path: &Path) {}
    fn phase(&mut self, _what: &str) {}
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
