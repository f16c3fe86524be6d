//! Ingest: files in, archive and index up to date. The pipeline, and the only threads of newsgrep.
//!
//! ```text
//! one reader --> steps in order (file begins, bytes, batches of records, file ends) --> the writer (this thread)
//!         \----> batches --> workers: read, clean, hash, analyse --> back through each batch's own channel
//! ```
//!
//! The writer takes the steps in the order of the files, so that the archive is the same however many workers there are. The
//! archive is committed first, every `COMMIT_BYTES`; only then is an article said to be added. The index follows at the end
//! of the run: what is lost of it is caught up from the archive by the next run.

mod files;
mod prepare;
mod rebuild;
mod scan;
mod source;

use std::collections::HashMap;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::Context;
use crossbeam_channel::{Receiver, Sender, bounded};

use crate::archive::{self, FileId, FileInfo, NewRecord, Outcome, Summary, Wait, Writer};
use crate::article::ArticleId;
use crate::clean::RULES_VERSION;
use crate::index::{DocumentBuilder, IndexWriter};
use crate::problem::Problem;
use crate::read::Reader;

pub use prepare::{Prepared, cleaned};
pub use rebuild::{Rebuilt, forget, reindex, settle_index};
pub use scan::{Taker, scan};

/// The archive is committed when this many bytes of files were taken since the last time.
const COMMIT_BYTES: u64 = 32 << 20;

/// Records are handed to a worker in batches of about this many bytes.
const BATCH_BYTES: usize = 256 << 10;

/// Steps that may wait for the writer.
const QUEUE: usize = 24;

/// What bounds the memory of a run: records of so many times `BATCH_BYTES`, or a single larger one, are on their way from the
/// reader to the writer at a time.
const ROOM: usize = 32;

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
}

/// Is told what happens, as it happens.
pub trait Observer {
    /// Something went on.
    fn progress(&mut self, report: &Report);
    /// A record was skipped.
    fn problem(&mut self, problem: &Problem);
    /// An article is in the archive for good.
    fn added(&mut self, id: ArticleId, path: &Path);
    /// A longer piece of work begins that has no files to count.
    fn phase(&mut self, what: &str);
}

/// Takes files and folders into the archive in `dir`, and brings its index up to date. `stop` ends the run early and cleanly.
///
/// # Errors
/// [`crate::problem::FailureKind::Usage`] when a path does not exist;
/// [`crate::problem::FailureKind::Surroundings`] when the archive cannot be written.
pub fn ingest(
    dir: &Path,
    paths: &[PathBuf],
    settings: &Settings,
    stop: &AtomicBool,
    observer: &mut dyn Observer,
) -> anyhow::Result<Report> {
    files::check(paths)?;
    let writer = if settings.dry_run { None } else { Some(Writer::open_or_create(dir, &settings.wait)?) };
    let found = files::walk(paths, stop)?;
    let (fresh, known) = match &writer {
        Some(writer) => {
            let paths: Vec<&[u8]> = found.files.iter().map(|file| file.path.as_os_str().as_bytes()).collect();
            (writer.is_empty()?, writer.known_sources(&paths)?)
        }
        None => (true, HashMap::new()),
    };
    let mut report = Report { files: found.files.len() as u64, ignored: found.ignored, ..Report::default() };
    report.interrupted = stop.load(Ordering::Relaxed);
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

/// What reader and workers share.
struct Work<'a> {
    settings: &'a Settings,
    stop: &'a AtomicBool,
    known: &'a HashMap<Vec<u8>, archive::SourceState>,
    dir: &'a Path,
    /// Whether the archive was empty, so that nothing can be known already.
    fresh: bool,
}

/// A step of a run, in the order of the files.
enum Step {
    /// A file begins.
    Begin(FileInfo),
    /// Its next bytes.
    Bytes(Vec<u8>),
    /// Its next records, when a worker is done with them; and how much of the [`ROOM`] they take.
    Records(Receiver<Vec<Done>>, usize),
    /// It has ended.
    End,
    /// It could not be read to its end.
    Broken(Problem),
    /// It holds what it held before.
    Same(FileInfo),
    /// It is no text, or not the kind of text that holds articles.
    Ignored,
}

/// Where the reader hands on what it finds. Each is closed when nobody listens any more.
struct Outlets {
    steps: Sender<Step>,
    batches: Sender<Batch>,
    /// What is in it takes up room.
    room: Sender<()>,
}

/// Records for a worker.
struct Batch {
    reader: &'static Reader,
    path: PathBuf,
    records: Vec<Result<crate::read::Record, crate::read::BadRecord>>,
    done: Sender<Vec<Done>>,
}

/// A record a worker is done with.
struct Done {
    number: u64,
    bytes: Vec<u8>,
    range: Option<std::ops::Range<u64>>,
    hash: [u8; 32],
    result: Result<Verdict, String>,
}

/// What became of a record.
enum Verdict {
    New(Box<Prepared>),
    /// The archive has it; it was not cleaned again.
    Known,
}

/// Where a run's results go.
trait Sink {
    fn begin(&mut self, info: FileInfo) -> anyhow::Result<()>;
    fn bytes(&mut self, bytes: &[u8]) -> anyhow::Result<()>;
    fn record(&mut self, done: Done, report: &mut Report) -> anyhow::Result<()>;
    fn end(&mut self) -> anyhow::Result<()>;
    fn leave(&mut self) -> anyhow::Result<()>;
    fn same(&mut self, info: &FileInfo) -> anyhow::Result<()>;
    fn rest(&mut self, report: &mut Report, observer: &mut dyn Observer) -> anyhow::Result<()>;
}

fn run(
    work: &Work<'_>,
    files: &[files::Candidate],
    report: &mut Report,
    observer: &mut dyn Observer,
    sink: &mut dyn Sink,
) -> anyhow::Result<()> {
    let (to_writer, steps) = bounded::<Step>(QUEUE);
    let (to_workers, batches) = bounded::<Batch>(QUEUE);
    let (room, taken) = bounded(ROOM);
    let outlets = Outlets { steps: to_writer, batches: to_workers, room };
    thread::scope(|scope| {
        for _ in 0..work.settings.jobs.max(1) {
            let batches = batches.clone();
            scope.spawn(move || work_off(work, &batches));
        }
        drop(batches);
        scope.spawn(move || source::read_all(work, files, &outlets));
        let outcome = write_all(work, &steps, &taken, report, observer, sink);
        // Nobody listens any more: this stops the reader, and with it the workers.
        drop((steps, taken));
        outcome
    })
}

/// Takes the steps as they come.
fn write_all(
    work: &Work<'_>,
    steps: &Receiver<Step>,
    taken: &Receiver<()>,
    report: &mut Report,
    observer: &mut dyn Observer,
    sink: &mut dyn Sink,
) -> anyhow::Result<()> {
    let mut path = PathBuf::new();
    let mut open = false;
    for step in steps {
        if work.stop.load(Ordering::Relaxed) {
            report.interrupted = true;
            if open {
                sink.leave()?;
            }
            return Ok(());
        }
        match step {
            Step::Begin(info) => {
                path = PathBuf::from(std::ffi::OsStr::from_bytes(&info.path));
                open = true;
                sink.begin(info)?;
            }
            Step::Bytes(bytes) => {
                report.bytes_read += bytes.len() as u64;
                sink.bytes(&bytes)?;
            }
            Step::Records(receiver, share) => {
                for done in receiver.recv().context("a worker ended early")? {
                    if let Err(reason) = &done.result {
                        report.skipped += 1;
                        observer.problem(&Problem {
                            path: path.clone(),
                            record: Some(done.number),
                            reason: reason.clone(),
                        });
                    }
                    sink.record(done, report)?;
                }
                taken.try_iter().take(share).for_each(drop);
            }
            Step::End => {
                (open, report.files_read) = (false, report.files_read + 1);
                sink.end()?;
            }
            Step::Broken(problem) => {
                report.skipped += 1;
                observer.problem(&problem);
                if std::mem::take(&mut open) {
                    sink.leave()?;
                }
            }
            Step::Same(info) => {
                report.unchanged += 1;
                report.bytes_read += info.size;
                sink.same(&info)?;
            }
            Step::Ignored => report.ignored += 1,
        }
        sink.rest(report, observer)?;
        observer.progress(report);
    }
    // The reader may have been the first to look.
    report.interrupted = work.stop.load(Ordering::Relaxed);
    Ok(())
}

/// A worker: reads, cleans and analyses until there is nothing left.
fn work_off(work: &Work<'_>, batches: &Receiver<Batch>) {
    let mut builder = DocumentBuilder::default();
    let archive = if work.fresh || work.settings.dry_run { None } else { archive::Reader::open(work.dir).ok() };
    for batch in batches {
        let paths = [batch.path.to_string_lossy().into_owned()];
        let mut done = Vec::with_capacity(batch.records.len());
        for record in batch.records {
            done.push(match record {
                Err(bad) => {
                    Done { number: bad.number, bytes: Vec::new(), range: None, hash: [0; 32], result: Err(bad.reason) }
                }
                Ok(record) => {
                    let hash = *blake3::hash(&record.bytes).as_bytes();
                    let known = archive.as_ref().is_some_and(|archive| archive.has(&hash).unwrap_or(false));
                    let result = if known {
                        Ok(Verdict::Known)
                    } else {
                        let prepared = prepare::prepare(
                            &mut builder,
                            batch.reader,
                            &record.bytes,
                            &hash,
                            &paths,
                            &work.settings.skip,
                        );
                        prepared.map(|prepared| Verdict::New(Box::new(prepared)))
                    };
                    // The bytes are wanted again only where they are not a range of the file's.
                    let bytes = if record.range.is_none() { record.bytes } else { Vec::new() };
                    Done { number: record.number, bytes, range: record.range, hash, result }
                }
            });
        }
        // The writer may have stopped listening.
        let _ = batch.done.send(done);
    }
}

/// Keeps nothing: a dry run.
struct Nowhere;

impl Sink for Nowhere {
    fn begin(&mut self, _info: FileInfo) -> anyhow::Result<()> {
        Ok(())
    }

    fn bytes(&mut self, _bytes: &[u8]) -> anyhow::Result<()> {
        Ok(())
    }

    fn record(&mut self, done: Done, report: &mut Report) -> anyhow::Result<()> {
        if let Ok(Verdict::New(prepared)) = done.result {
            report.added += 1;
            report.linear += u64::from(prepared.article.linear);
        }
        Ok(())
    }

    fn end(&mut self) -> anyhow::Result<()> {
        Ok(())
    }

    fn leave(&mut self) -> anyhow::Result<()> {
        Ok(())
    }

    fn same(&mut self, _info: &FileInfo) -> anyhow::Result<()> {
        Ok(())
    }

    fn rest(&mut self, _report: &mut Report, _observer: &mut dyn Observer) -> anyhow::Result<()> {
        Ok(())
    }
}

/// Keeps everything: in the archive, then in the index.
struct Keeper<'a> {
    dir: &'a Path,
    archive: Writer,
    index: IndexWriter,
    settings: &'a Settings,
    file: Option<(FileId, PathBuf)>,
    /// Said to be added when the archive is committed.
    to_report: Vec<(ArticleId, PathBuf)>,
    /// Articles whose place in the index is decided when the archive is committed: they left, came back, or have another
    /// path now.
    stale: Vec<ArticleId>,
    /// Whether a file ended some of whose records were gone.
    left: bool,
    began: u64,
    uncommitted: u64,
}

impl<'a> Keeper<'a> {
    fn open(
        dir: &'a Path,
        archive: Writer,
        settings: &'a Settings,
        stop: &AtomicBool,
        observer: &mut dyn Observer,
    ) -> anyhow::Result<Self> {
        let index = settle_index(dir, settings.jobs, stop, observer)?;
        let began = archive.sequence();
        Ok(Self {
            dir,
            archive,
            index,
            settings,
            file: None,
            to_report: Vec::new(),
            stale: Vec::new(),
            left: false,
            began,
            uncommitted: 0,
        })
    }

    fn commit(&mut self, observer: &mut dyn Observer) -> anyhow::Result<()> {
        self.archive.commit()?;
        self.uncommitted = 0;
        for (id, path) in self.to_report.drain(..) {
            observer.added(id, &path);
        }
        Ok(())
    }

    fn close(mut self, report: &mut Report, observer: &mut dyn Observer) -> anyhow::Result<()> {
        self.commit(observer)?;
        let sequence = self.archive.sequence();
        if sequence == self.index.sequence() {
            return rebuild::close(self.dir, self.index, &mut self.archive);
        }
        observer.phase("writing the index");
        if self.left {
            self.stale.extend(archive::Reader::open(self.dir)?.left_since(self.began)?);
        }
        rebuild::refresh(self.dir, &self.index, &self.stale)?;
        self.index.commit(sequence)?;
        observer.progress(report);
        rebuild::seal(self.dir, self.index, &mut self.archive)
    }

    fn file(&self) -> anyhow::Result<FileId> {
        self.file.as_ref().map(|(file, _)| *file).context("no file is open")
    }
}

impl Sink for Keeper<'_> {
    fn begin(&mut self, info: FileInfo) -> anyhow::Result<()> {
        let path = PathBuf::from(std::ffi::OsStr::from_bytes(&info.path));
        self.file = Some((self.archive.begin_file(info, self.settings.now)?, path));
        Ok(())
    }

    fn bytes(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.uncommitted += bytes.len() as u64;
        let file = self.file()?;
        self.archive.append(file, bytes)
    }

    fn record(&mut self, done: Done, report: &mut Report) -> anyhow::Result<()> {
        let (prepared, summary, text_hash) = match done.result {
            Ok(Verdict::New(prepared)) => {
                let (summary, text_hash) = (prepared.summary.clone(), prepared.text_hash);
                (Some(prepared), summary, text_hash)
            }
            Ok(Verdict::Known) => (None, Summary::default(), [0; 32]),
            Err(_) => return Ok(()),
        };
        let record = NewRecord {
            number: done.number,
            range: done.range,
            bytes: &done.bytes,
            hash: done.hash,
            summary: &summary,
            text_hash,
            cleaner: RULES_VERSION,
        };
        let file = self.file()?;
        let (id, new) = match self.archive.add_record(file, &record)? {
            Outcome::Added(id) => (id, true),
            Outcome::NewVersion { id, previous } => {
                report.versions += 1;
                self.stale.push(previous);
                (id, true)
            }
            Outcome::Known(id) => (id, false),
            Outcome::KnownElsewhere(id) | Outcome::Returned(id) => {
                self.stale.push(id);
                (id, false)
            }
            Outcome::Forgotten(_) => {
                report.forgotten += 1;
                return Ok(());
            }
            Outcome::Clash(id) => anyhow::bail!("two different records have the id {id}; the second was not taken"),
        };
        if !new {
            report.known += 1;
            return Ok(());
        }
        report.added += 1;
        if let Some(prepared) = prepared {
            report.linear += u64::from(prepared.article.linear);
            self.index.add(prepared.document)?;
        } else {
            self.stale.push(id);
        }
        if let Some((_, path)) = &self.file {
            self.to_report.push((id, path.clone()));
        }
        Ok(())
    }

    fn end(&mut self) -> anyhow::Result<()> {
        if let Some((file, _)) = self.file.take() {
            self.left |= self.archive.finish_file(file)?.left > 0;
        }
        Ok(())
    }

    fn leave(&mut self) -> anyhow::Result<()> {
        if let Some((file, _)) = self.file.take() {
            self.archive.leave_file(file)?;
        }
        Ok(())
    }

    fn same(&mut self, info: &FileInfo) -> anyhow::Result<()> {
        self.archive.touch_source(info, self.settings.now)
    }

    fn rest(&mut self, _report: &mut Report, observer: &mut dyn Observer) -> anyhow::Result<()> {
        if self.uncommitted >= COMMIT_BYTES {
            self.commit(observer)?;
        }
        Ok(())
    }
}
