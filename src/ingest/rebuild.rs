//! The index from the archive: caught up, refreshed, or built anew beside the old one and swapped in.

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
use crate::archive::{self, Visited, Writer};
use crate::article::ArticleId;
use crate::clean::RULES_VERSION;
use crate::index::{DocumentBuilder, FOLDER as INDEX, IndexWriter, manifest};
use crate::problem::{Failure, FailureKind, Problem};
use crate::read;

const NEW: &str = "index.new";
const OLD: &str = "index.old";

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
    /// Whether it was stopped before its end; the old index is in place then.
    pub interrupted: bool,
}

/// Opens the index for writing, up to date with the archive: one that is behind is caught up, one that is missing, damaged or
/// of another version is built anew. Clears away what a run that died has left.
///
/// # Errors
/// The archive cannot be read or the index not be written; [`FailureKind::Interrupted`], and the index is as it was.
pub fn settle_index(dir: &Path, stop: &AtomicBool, observer: &mut dyn Observer) -> anyhow::Result<IndexWriter> {
    for leftover in [NEW, OLD] {
        remove(&dir.join(leftover))?;
    }
    let reader = archive::Reader::open(dir)?;
    let path = dir.join(INDEX);
    let (mut index, empty) = match IndexWriter::open(&path) {
        Some(index) if reader.misfit(index.sequence())?.is_none() => (index, false),
        _ => {
            remove(&path)?;
            (IndexWriter::create(&path)?, true)
        }
    };
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
    let paths: Vec<String> = visited.paths.iter().map(|path| String::from_utf8_lossy(path).into_owned()).collect();
    Some(prepare(builder, reader, bytes, &visited.hash, &paths, &visited.skip))
}

/// What is wrong with an article, for a person who knows its file.
fn problem(visited: &Visited, reason: String) -> Problem {
    let path = visited.paths.first().map(|path| PathBuf::from(std::ffi::OsStr::from_bytes(path))).unwrap_or_default();
    Problem { path, record: None, reason }
}

/// Closes an index that lacks nothing; records what files it has if a run died before it could.
pub(super) fn close(dir: &Path, index: IndexWriter, archive: &mut Writer) -> anyhow::Result<()> {
    let recorded = archive::Reader::open(dir)?.manifest()?.0;
    if recorded == index.sequence() { index.close() } else { seal(dir, index, archive) }
}

/// Closes the index and records in the archive what files it has.
pub(super) fn seal(dir: &Path, mut index: IndexWriter, archive: &mut Writer) -> anyhow::Result<()> {
    let sequence = index.sequence();
    let reader = archive::Reader::open(dir)?;
    let (recorded, known) = reader.manifest()?;
    if !reader.forgotten_since(recorded)?.is_empty() {
        index.purge()?;
    }
    drop(reader);
    index.close()?;
    let files = manifest(&dir.join(INDEX), &known)?;
    archive.set_manifest(sequence, &files)
}

/// Builds the index anew from the archive, beside the old one, and swaps it in. Articles cleaned by older rules are cleaned
/// again.
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
    let new = dir.join(NEW);
    for leftover in [NEW, OLD] {
        remove(&dir.join(leftover))?;
    }
    let reader = archive::Reader::open(dir)?;
    let total = reader.stats()?.articles;
    let mut index = IndexWriter::create(&new)?;
    let rebuilt = refill(&reader, archive, &mut index, jobs, total, stop, observer)?;
    if rebuilt.interrupted {
        drop(index);
        remove(&new)?;
        return Ok(rebuilt);
    }
    observer.phase("writing the index");
    index.commit(archive.commit()?)?;
    let sequence = index.sequence();
    index.close()?;
    swap(dir)?;
    let files = manifest(&dir.join(INDEX), &[])?;
    archive.set_manifest(sequence, &files)?;
    Ok(rebuilt)
}

fn refill(
    reader: &archive::Reader,
    archive: &mut Writer,
    index: &mut IndexWriter,
    jobs: usize,
    total: u64,
    stop: &AtomicBool,
    observer: &mut dyn Observer,
) -> anyhow::Result<Rebuilt> {
    let (to_workers, work) = bounded::<Visited>(256);
    let (to_writer, done) = bounded::<(Visited, Result<Prepared, String>)>(256);
    let mut rebuilt = Rebuilt::default();
    thread::scope(|scope| {
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
                        observer.problem(&problem(&visited, reason));
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
        Ok(rebuilt)
    })
}

/// Removes articles from the archive and then from the index.
///
/// # Errors
/// The archive or the index cannot be written.
pub fn forget(dir: &Path, archive: &mut Writer, articles: &[ArticleId]) -> anyhow::Result<()> {
    let mut index = settle_index(dir, &AtomicBool::new(false), &mut Silent)?;
    archive.forget(articles)?;
    for id in articles {
        index.delete(*id)?;
    }
    index.commit(archive.commit()?)?;
    seal(dir, index, archive)
}

/// Nobody watches.
struct Silent;

impl Observer for Silent {
    fn progress(&mut self, _report: &Report) {}
    fn problem(&mut self, _problem: &Problem) {}
    fn added(&mut self, _id: ArticleId, _path: &Path) {}
    fn phase(&mut self, _what: &str) {}
}

/// Puts the new index in the place of the old.
fn swap(dir: &Path) -> anyhow::Result<()> {
    let (index, new, old) = (dir.join(INDEX), dir.join(NEW), dir.join(OLD));
    let context = || format!("cannot put the new index in place in {}", dir.display());
    if index.exists() {
        fs::rename(&index, &old).with_context(context)?;
    }
    fs::rename(&new, &index).with_context(context)?;
    fs::File::open(dir).and_then(|dir| dir.sync_all()).with_context(context)?;
    remove(&old)
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
