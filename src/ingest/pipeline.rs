//! The pipeline: a reader, workers, and the thread that calls them, with what passes between them.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::Context;
use crossbeam_channel::{Receiver, Sender, bounded};

use super::prepare::{self, Prepared};
use super::{Observer, Report, Settings, files, source};
use crate::archive::{self, FileInfo};
use crate::index::DocumentBuilder;
use crate::problem::Problem;
use crate::read::Reader;

/// Records are handed to a worker in batches of about this many bytes.
pub(super) const BATCH_BYTES: usize = 256 << 10;

/// Steps that may wait for the writer.
const QUEUE: usize = 96;

/// What bounds the memory of a run: records of so many times `BATCH_BYTES`, or a single larger one, are on their way from the
/// reader to the writer at a time.
pub(super) const ROOM: usize = 32;
/// What reader and workers share.
pub(super) struct Work<'a> {
    pub(super) settings: &'a Settings,
    pub(super) stop: &'a AtomicBool,
    pub(super) known: &'a HashMap<Vec<u8>, archive::SourceState>,
    pub(super) dir: &'a Path,
    /// Whether the archive was empty, so that nothing can be known already.
    pub(super) fresh: bool,
}

/// A step of a run, in the order of the files.
pub(super) enum Step {
    /// A file begins.
    Begin(FileInfo),
    /// Its next bytes.
    Bytes(Vec<u8>),
    /// Its next records, when a worker is done with them; and how much of the [`ROOM`] they take.
    Records(Receiver<Vec<Vec<Done>>>, usize),
    /// Small files as a whole, by their bytes, and the records of each.
    Files(Vec<(FileInfo, Vec<u8>)>, Receiver<Vec<Vec<Done>>>, usize),
    /// It has ended.
    End,
    /// It could not be read to its end.
    Broken(Option<FileInfo>, Problem),
    /// It holds what it held before.
    Same(FileInfo),
    /// It is of a kind that is not read.
    Ignored(PathBuf, &'static str),
}

/// Where the reader hands on what it finds. Each is closed when nobody listens any more.
pub(super) struct Outlets {
    pub(super) steps: Sender<Step>,
    pub(super) batches: Sender<Batch>,
    /// What is in it takes up room.
    pub(super) room: Sender<()>,
}

/// What a reader found: a record, or what is wrong with it.
pub(super) type Found = Result<crate::read::Record, crate::read::BadRecord>;

/// Records for a worker: of a large file some, or of several small ones all.
pub(super) struct Batch {
    pub(super) parts: Vec<Part>,
    /// Takes the records of each part.
    pub(super) done: Sender<Vec<Vec<Done>>>,
}

/// Records of one file.
pub(super) struct Part {
    pub(super) reader: &'static Reader,
    pub(super) path: PathBuf,
    pub(super) records: Vec<Found>,
}

/// A record a worker is done with.
pub(super) struct Done {
    pub(super) number: u64,
    pub(super) bytes: Vec<u8>,
    pub(super) range: Option<std::ops::Range<u64>>,
    pub(super) place: Option<std::ops::Range<u64>>,
    pub(super) hash: [u8; 32],
    pub(super) result: Result<Verdict, String>,
}

/// What became of a record.
pub(super) enum Verdict {
    New(Box<Prepared>),
    /// The archive has it; it was not cleaned again.
    Known,
}

/// Where a run's results go.
pub(super) trait Sink {
    fn begin(&mut self, info: FileInfo) -> anyhow::Result<()>;
    fn bytes(&mut self, bytes: &[u8]) -> anyhow::Result<()>;
    fn record(&mut self, done: Done, report: &mut Report) -> anyhow::Result<()>;
    fn end(&mut self) -> anyhow::Result<()>;
    fn leave(&mut self) -> anyhow::Result<()>;
    fn same(&mut self, info: &FileInfo) -> anyhow::Result<()>;
    /// Keeps what is wrong with a record of the file that is open, or with a file as a whole, of which 0 is the record.
    fn skipped(&mut self, file: Option<&FileInfo>, record: u64, reason: &str) -> anyhow::Result<()>;
    fn rest(&mut self, report: &mut Report, observer: &mut dyn Observer) -> anyhow::Result<()>;
}

pub(super) fn run(
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
    let mut intake = Intake { work, taken, report, observer, sink, path: None };
    for step in steps {
        if intake.take(step)?.is_break() {
            intake.report.interrupted = true;
            return intake.leave();
        }
    }
    // The reader may have been the first to look.
    intake.report.interrupted = work.stop.load(Ordering::Relaxed);
    Ok(())
}

/// The writer's end of a run.
struct Intake<'a> {
    work: &'a Work<'a>,
    taken: &'a Receiver<()>,
    report: &'a mut Report,
    observer: &'a mut dyn Observer,
    sink: &'a mut dyn Sink,
    /// The file that is open.
    path: Option<PathBuf>,
}

impl Intake<'_> {
    /// Takes a step; breaks off when the run is to end.
    fn take(&mut self, step: Step) -> anyhow::Result<ControlFlow<()>> {
        if self.is_stopped() {
            return Ok(ControlFlow::Break(()));
        }
        match step {
            Step::Begin(info) => self.begin(info)?,
            Step::Bytes(bytes) => self.bytes(&bytes)?,
            Step::Records(receiver, share) => {
                for records in receiver.recv().context("a worker ended early")? {
                    self.records(records)?;
                }
                self.taken.try_iter().take(share).for_each(drop);
            }
            Step::End => self.end()?,
            Step::Files(files, receiver, share) => {
                let done = receiver.recv().context("a worker ended early")?;
                for ((info, bytes), records) in files.into_iter().zip(done) {
                    if self.is_stopped() {
                        return Ok(ControlFlow::Break(()));
                    }
                    self.begin(info)?;
                    self.bytes(&bytes)?;
                    self.records(records)?;
                    self.end()?;
                    self.rest()?;
                }
                self.taken.try_iter().take(share).for_each(drop);
            }
            Step::Broken(info, problem) => {
                self.report.skipped += 1;
                self.observer.problem(&problem);
                self.leave()?;
                if let Some(info) = info {
                    self.sink.skipped(Some(&info), archive::WHOLE_FILE, &problem.reason)?;
                }
            }
            Step::Same(info) => {
                self.report.unchanged += 1;
                self.report.bytes_read += info.size;
                self.sink.same(&info)?;
            }
            Step::Ignored(path, kind) => {
                *self.report.ignored.entry(kind).or_default() += 1;
                self.observer.ignored(&path, kind);
            }
        }
        self.rest()?;
        Ok(ControlFlow::Continue(()))
    }

    fn is_stopped(&self) -> bool {
        self.work.stop.load(Ordering::Relaxed)
    }

    fn begin(&mut self, info: FileInfo) -> anyhow::Result<()> {
        self.path = Some(PathBuf::from(std::ffi::OsStr::from_bytes(&info.path)));
        self.sink.begin(info)
    }

    fn bytes(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.report.bytes_read += bytes.len() as u64;
        self.sink.bytes(bytes)
    }

    fn records(&mut self, records: Vec<Done>) -> anyhow::Result<()> {
        for done in records {
            if let Err(reason) = &done.result {
                self.report.skipped += 1;
                self.observer.problem(&Problem {
                    path: self.path.clone().unwrap_or_default(),
                    record: Some(done.number),
                    reason: reason.clone(),
                });
                self.sink.skipped(None, done.number, reason)?;
            }
            self.sink.record(done, self.report)?;
        }
        Ok(())
    }

    fn end(&mut self) -> anyhow::Result<()> {
        self.path = None;
        self.report.files_read += 1;
        self.sink.end()
    }

    /// Leaves the file that is open, if one is.
    fn leave(&mut self) -> anyhow::Result<()> {
        if self.path.take().is_some() { self.sink.leave() } else { Ok(()) }
    }

    fn rest(&mut self) -> anyhow::Result<()> {
        self.sink.rest(self.report, self.observer)?;
        self.observer.progress(self.report);
        Ok(())
    }
}

/// A worker: reads, cleans and analyses until there is nothing left.
fn work_off(work: &Work<'_>, batches: &Receiver<Batch>) {
    let mut builder = DocumentBuilder::default();
    let archive = if work.fresh || work.settings.dry_run { None } else { archive::Reader::open(work.dir).ok() };
    for batch in batches {
        let done = batch.parts.into_iter().map(|part| work_on(work, &mut builder, archive.as_ref(), part)).collect();
        // The writer may have stopped listening.
        let _ = batch.done.send(done);
    }
}

fn work_on(work: &Work<'_>, builder: &mut DocumentBuilder, archive: Option<&archive::Reader>, part: Part) -> Vec<Done> {
    let paths = [part.path.to_string_lossy().into_owned()];
    let mut done = Vec::with_capacity(part.records.len());
    for record in part.records {
        done.push(match record {
            Err(bad) => Done {
                number: bad.number,
                bytes: Vec::new(),
                range: None,
                place: None,
                hash: [0; 32],
                result: Err(bad.reason),
            },
            Ok(record) => {
                let hash = *blake3::hash(&record.bytes).as_bytes();
                let known = archive.is_some_and(|archive| archive.has(&hash).unwrap_or(false));
                let result = if known {
                    Ok(Verdict::Known)
                } else {
                    let prepared =
                        prepare::prepare(builder, part.reader, &record.bytes, &hash, &paths, &work.settings.skip);
                    prepared.map(|prepared| Verdict::New(Box::new(prepared)))
                };
                // The bytes are wanted again only where they are not a range of the file's.
                let bytes = if record.range.is_none() { record.bytes } else { Vec::new() };
                Done { number: record.number, bytes, range: record.range, place: record.place, hash, result }
            }
        });
    }
    done
}
