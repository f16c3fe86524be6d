//! Ingest: files in, archive and index up to date. The pipeline, and with it most threads of newsgrep.
//!
//! ```text
//! one reader --> steps in order (file begins, bytes, batches of records, file ends) --> the writer (this thread)
//!         \----> batches --> workers: read, clean, hash, analyse --> back through each batch's own channel
//! ```
//!
//! Folders are walked by several threads, and their files put in order. Small files go in bundles: each is one step, and one
//! batch. The writer takes the steps in the order of the files, so that the archive is the same however many workers there are.
//! The archive is committed first, every `COMMIT_BYTES`; only then is an article said to be added. The index follows at the end
//! of the run: what is lost of it is caught up from the archive by the next run.

mod archives;
mod files;
mod keeper;
mod pipeline;
mod prepare;
mod rebuild;
mod recorded;
mod scan;
mod settle;
mod source;

use std::collections::HashMap;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use self::keeper::{Keeper, Nowhere};
use self::pipeline::{Work, run};
use crate::archive::{LostCommits, Wait, Writer};
use crate::article::ArticleId;
use crate::problem::Problem;

pub use archives::OwnFolder;
pub use prepare::{Prepared, cleaned};
pub use rebuild::{Rebuilt, reindex};
pub use recorded::record_verified;
pub use scan::{PassedOver, Taker, scan};
pub use settle::forget;

/// How to ingest.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Threads that read and clean.
    pub jobs: usize,
    /// Whether to keep nothing.
    pub dry_run: bool,
    /// Whether to read every file again, whatever its time stamp says.
    pub rehash: bool,
    /// Cleaning rules to leave out.
    pub skip: Vec<String>,
    /// Milliseconds since 1970.
    pub now: i64,
    /// How long to wait for another writer.
    pub wait: Wait,
}

/// What a run did, so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Files to look at.
    pub files: u64,
    /// Bytes of files to read.
    pub bytes: u64,
    /// Files read so far.
    pub files_read: u64,
    /// Bytes read so far.
    pub bytes_read: u64,
    /// New articles.
    pub added: u64,
    /// Of these, new versions of articles that were there.
    pub versions: u64,
    /// Records that were there already.
    pub known: u64,
    /// Records of articles that were forgotten: left out.
    pub forgotten: u64,
    /// Files that have not changed since they were read.
    pub unchanged: u64,
    /// Files of a kind that is not text, links, devices: met in a folder and passed over.
    pub ignored: u64,
    /// Records and files that could not be read.
    pub skipped: u64,
    /// Articles whose markup was only stripped or left, because a budget was spent.
    pub linear: u64,
    /// Whether the run was stopped before its end.
    pub interrupted: bool,
    /// Commits of an earlier run that are not in the archive, for its journal is damaged.
    pub lost: Option<LostCommits>,
    /// Whether somebody was reading, so that what was committed stays in the archive's journal for the time being.
    pub journal_left: bool,
}

/// Is told what happens, as it happens.
pub trait Observer {
    /// Something went on.
    fn progress(&mut self, report: &Report);
    /// A record was skipped.
    fn problem(&mut self, problem: &Problem);
    /// A folder that newsgrep wrote itself was met, and not entered.
    fn passed_over(&mut self, _folder: &OwnFolder) {}
    /// An article is in the archive for good.
    fn added(&mut self, id: ArticleId, path: &Path);
    /// A longer piece of work begins that has no files to count.
    fn phase(&mut self, what: &str);
}

/// Takes files and folders into the archive in `dir`, and brings its index up to date. `stop` ends the run early and cleanly.
///
/// # Errors
/// [`crate::problem::FailureKind::Usage`] when a path does not exist, or is a folder that newsgrep wrote;
/// [`crate::problem::FailureKind::Surroundings`] when the archive cannot be written.
pub fn ingest(
    dir: &Path,
    paths: &[PathBuf],
    settings: &Settings,
    stop: &AtomicBool,
    observer: &mut dyn Observer,
) -> anyhow::Result<Report> {
    files::check(paths)?;
    archives::refuse(paths, Some(dir))?;
    let writer = if settings.dry_run { None } else { Some(Writer::open_or_create(dir, &settings.wait)?) };
    let found = files::walk(paths, settings.jobs, stop)?;
    let (fresh, known) = match &writer {
        Some(writer) => {
            let paths: Vec<&[u8]> = found.files.iter().map(|file| file.path.as_os_str().as_bytes()).collect();
            (writer.is_empty()?, writer.known_sources(&paths)?)
        }
        None => (true, HashMap::new()),
    };
    let mut report = Report { files: found.files.len() as u64, ignored: found.ignored, ..Report::default() };
    report.interrupted = stop.load(Ordering::Relaxed);
    report.lost = writer.as_ref().and_then(Writer::lost).cloned();
    found.own.iter().for_each(|folder| observer.passed_over(folder));
    for problem in &found.problems {
        report.skipped += 1;
        observer.problem(problem);
    }
    let mut to_read = found.files;
    if !settings.rehash {
        to_read.retain(|file| !files::is_unchanged(file, &known));
        report.unchanged = report.files - to_read.len() as u64;
    }
    report.bytes = to_read.iter().map(|file| file.metadata.len()).sum();
    let work = Work { settings, stop, known: &known, dir, fresh };
    match writer {
        Some(writer) => {
            let mut keeper = Keeper::open(dir, writer, settings, stop, observer)?;
            if !to_read.is_empty() {
                run(&work, &to_read, &mut report, observer, &mut keeper)?;
            }
            keeper.close(&mut report, observer)?;
        }
        None => run(&work, &to_read, &mut report, observer, &mut Nowhere)?,
    }
    Ok(report)
}
