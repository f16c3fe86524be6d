//! The index kept up with the archive: opened, caught up, committed and recorded. One that cannot be used is built anew.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::Context;

use super::prepare::{Prepared, prepare_again, problem};
use super::rebuild::reindex;
use super::recorded::{Recorded, record, recorded};
use super::{Observer, Report};
use crate::archive::{self, IndexCommit, Visited, Writer};
use crate::article::ArticleId;
use crate::index::{DocumentBuilder, FOLDER as INDEX, IndexWriter, Trust, folder, sweep_others, verify};
use crate::problem::{Failure, FailureKind, Problem};

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
            match prepare_again(&mut builder, &visited) {
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
            Some(visited) => place(index, &visited, prepare_again(&mut builder, &visited))?,
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

/// Removes articles, each with its family, from the archive and then from the index. `stop` ends it while the index is brought up to date first.
///
/// # Errors
/// The archive or the index cannot be written; [`FailureKind::Interrupted`], and nothing was removed.
pub fn forget(dir: &Path, archive: &mut Writer, families: &[Vec<ArticleId>], stop: &AtomicBool) -> anyhow::Result<()> {
    let jobs = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut index = settle_index(dir, archive, jobs, stop, &mut Silent)?;
    // From here on it is done to its end.
    archive.forget(families)?;
    for id in families.iter().flatten() {
        index.delete(*id)?;
    }
    commit(dir, index, archive.commit()?, archive)?;
    archive.clear_journal()
}

/// Nobody watches.
struct Silent;

impl Observer for Silent {
    fn progress(&mut self, _report: &Report) {}
    fn problem(&mut self, _problem: &Problem) {}
    fn ignored(&mut self, _path: &Path, _kind: &str) {}
    fn added(&mut self, _id: ArticleId, _path: &Path) {}
    fn phase(&mut self, _what: &str) {}
}
