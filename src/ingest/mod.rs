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
mod open;
mod pipeline;
mod prepare;
mod rebuild;
mod recorded;
mod scan;
mod settle;
mod source;

use std::collections::{BTreeMap, HashMap};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use self::files::Seen;
use self::keeper::{Keeper, Nowhere};
use self::pipeline::{Work, run};
use crate::archive::{LostCommits, SourceState, Wait, Writer};
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
    /// The largest file that is read, in bytes.
    pub max_file: u64,
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
    /// Files met in a folder and passed over, by their kind: those that newsgrep does not read, links, devices.
    pub ignored: BTreeMap<&'static str, u64>,
    /// Records and files that could not be read in this run.
    pub skipped: u64,
    /// Records and files that earlier runs could not read, and that did not change since.
    pub still_skipped: u64,
    /// New articles that have no text: no lead, and no block but embedded posts.
    pub empty: u64,
    /// Articles whose markup was only stripped or left, because a budget was spent.
    pub linear: u64,
    /// Files that are gone from the folders since these were last looked through.
    pub gone: u64,
    /// Folders in which nothing is, and so many files were: perhaps a drive is not there.
    pub emptied: Vec<(PathBuf, u64)>,
    /// Files of which the archive had something damaged that was stored anew.
    pub repaired: u64,
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
    /// A file of a kind that is not read was passed over.
    fn ignored(&mut self, path: &Path, kind: &str);
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
    let mut writer = if settings.dry_run { None } else { Some(Writer::open_or_create(dir, &settings.wait)?) };
    if let Some(writer) = &mut writer {
        writer.follow_moves(files::is_gone);
    }
    let found = files::walk(paths, settings.jobs, stop)?;
    let (fresh, mut known) = match &writer {
        Some(writer) => {
            let paths: Vec<&[u8]> = found.files.iter().map(|file| file.path.as_os_str().as_bytes()).collect();
            (writer.is_empty()?, writer.known_sources(&paths)?)
        }
        None => (true, HashMap::new()),
    };
    let mut report = Report { files: found.files.len() as u64, ..Report::default() };
    for (path, kind) in &found.ignored {
        *report.ignored.entry(kind).or_default() += 1;
        observer.ignored(path, kind);
    }
    report.interrupted = stop.load(Ordering::Relaxed);
    report.lost = writer.as_ref().and_then(Writer::lost).cloned();
    found.own.iter().for_each(|folder| observer.passed_over(folder));
    for problem in &found.problems {
        report.skipped += 1;
        observer.problem(problem);
    }
    let (to_read, unchanged): (Vec<_>, Vec<_>) =
        found.files.into_iter().partition(|file| settings.rehash || !files::is_unchanged(file, &known));
    report.unchanged = unchanged.len() as u64;
    if let Some(writer) = writer.as_mut().filter(|_| settings.rehash) {
        look_for_damage(writer, &to_read, &mut known, stop, observer)?;
    }
    report.bytes = to_read.iter().map(|file| file.metadata.len()).sum();
    let work = Work { settings, stop, known: &known, dir, fresh };
    match writer {
        Some(writer) => {
            let mut keeper = Keeper::open(dir, writer, settings, stop, observer)?;
            if !to_read.is_empty() {
                run(&work, &to_read, &mut report, observer, &mut keeper)?;
            }
            if !report.interrupted {
                let seen = Seen::of(&found.folders, to_read.iter().chain(&unchanged), &known);
                keeper.note_gone(&seen, &mut report)?;
            }
            keeper.close(&mut report, observer)?;
        }
        None => run(&work, &to_read, &mut report, observer, &mut Nowhere)?,
    }
    Ok(report)
}

/// Looks at what the archive keeps of these files: what is damaged of it is not known any more, and is stored anew.
fn look_for_damage(
    writer: &mut Writer,
    files: &[files::Candidate],
    known: &mut HashMap<Vec<u8>, SourceState>,
    stop: &AtomicBool,
    observer: &mut dyn Observer,
) -> anyhow::Result<()> {
    writer.repair()?;
    observer.phase("comparing the archive with its hashes");
    for file in files {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let path = file.path.as_os_str().as_bytes();
        if let Some(state) = known.get_mut(path)
            && writer.is_damaged_at(path)?
        {
            state.hash = None;
        }
    }
    Ok(())
}
