//! Reads files from start to end, finds their records, and hands both on in order.

use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::{Receiver, bounded};

use super::files::{Candidate, extension};
use super::open::open;
use super::pipeline::{BATCH_BYTES, Batch, Done, Found, Outlets, Part, ROOM, Step, Work};
use crate::archive::FileInfo;
use crate::problem::{Problem, is_environment};
use crate::read::{Choice, HEAD, Head, Reader, choose};

/// Reads all files until the writer stops listening, or the run is to end.
pub(super) fn read_all(work: &Work<'_>, files: &[Candidate], outlets: &Outlets) {
    let mut bundle = Bundle { outlets, files: Vec::new(), parts: Vec::new(), bytes: 0 };
    for file in files.iter().take_while(|_| !work.stop.load(Ordering::Relaxed)) {
        let broken = |error: io::Error| {
            let problem = Problem { path: file.path.clone(), record: None, reason: error.to_string() };
            // What the machine lacked now says nothing about the file: it is tried again.
            let known =
                (error.kind() == io::ErrorKind::PermissionDenied || !is_environment(&error)).then(|| file.info(""));
            ControlFlow::Continue(Some(Step::Broken(known, problem)))
        };
        let goes_on = match read(work, file, outlets, &mut bundle).unwrap_or_else(broken) {
            ControlFlow::Continue(Some(step)) => bundle.flush().is_continue() && outlets.steps.send(step).is_ok(),
            ControlFlow::Continue(None) => true,
            ControlFlow::Break(()) => false,
        };
        if !goes_on {
            return;
        }
    }
    // The writer may have stopped listening.
    let _ = bundle.flush();
}

/// Reads one file. Gives its last step, but for a small one, which goes into the bundle; breaks off when nobody listens any more.
fn read(
    work: &Work<'_>,
    candidate: &Candidate,
    outlets: &Outlets,
    bundle: &mut Bundle<'_>,
) -> io::Result<ControlFlow<(), Option<Step>>> {
    // A file that grows while it is read is read to the length it had.
    let length = candidate.metadata.len();
    let mut file = open(candidate, work.settings.max_file)?.take(length);
    let mut head = Vec::with_capacity(HEAD.min(usize::try_from(length).unwrap_or(HEAD)));
    file.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
    let extension = extension(&candidate.path);
    let reader = match choose(&Head { bytes: &head, extension: &extension }, candidate.named) {
        Choice::Reader(reader) => reader,
        Choice::Empty => return Err(io::Error::other("is empty")),
        Choice::Other(kind) if candidate.named => return Err(unread(kind)),
        Choice::Other(kind) => {
            return Ok(ControlFlow::Continue(Some(Step::Ignored(candidate.path.clone(), kind))));
        }
    };
    let info = || candidate.info(reader.name);
    let is_whole = head.len() < HEAD;
    if let Some(hash) = work
        .known
        .get(candidate.path.as_os_str().as_bytes())
        .filter(|state| state.complete)
        .and_then(|state| state.hash)
    {
        let found = if is_whole { Some(blake3::hash(&head)) } else { hash_of(&head, &mut file, work.stop)? };
        match found {
            None => return Ok(ControlFlow::Break(())),
            Some(found) if found == hash => return Ok(ControlFlow::Continue(Some(Step::Same(info())))),
            Some(_) => {
                let begun = head.len() as u64;
                file.get_mut().seek(SeekFrom::Start(begun))?;
                file.set_limit(length - begun);
            }
        }
    }
    if is_whole {
        let taken = bundle.take(info(), head, reader, candidate)?;
        return Ok(taken.map_continue(|()| None));
    }
    if bundle.flush().is_break() || outlets.steps.send(Step::Begin(info())).is_err() {
        return Ok(ControlFlow::Break(()));
    }
    let mut tee = Tee { inner: io::Cursor::new(head).chain(file), outlets, closed: false };
    let mut batcher = Batcher { reader, candidate, outlets, records: Vec::new(), bytes: 0 };
    // In large steps, whatever a reader asks for: their number is what is bounded on the way to the writer.
    (reader.split)(&mut BufReader::with_capacity(BLOCK, &mut tee), &mut |record| batcher.take(record))?;
    // A reader may stop before the end; the original is kept whole all the same.
    io::copy(&mut tee, &mut io::sink())?;
    let closed = tee.closed || batcher.flush().is_break();
    Ok(if closed { ControlFlow::Break(()) } else { ControlFlow::Continue(Some(Step::End)) })
}

/// What is said of a file of a kind that cannot be read, when a person named it.
pub(super) fn unread(kind: &str) -> io::Error {
    io::Error::other(format!("{kind}: newsgrep does not read this kind of file"))
}

/// BLAKE3 of a file that begins so; `None` when the run is to end.
fn hash_of(head: &[u8], rest: &mut impl Read, stop: &AtomicBool) -> io::Result<Option<blake3::Hash>> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(head);
    let mut block = vec![0; BLOCK];
    while !stop.load(Ordering::Relaxed) {
        match rest.read(&mut block)? {
            0 => return Ok(Some(hasher.finalize())),
            read => hasher.update(block.get(..read).unwrap_or_default()),
        };
    }
    Ok(None)
}

/// At most so many bytes are one step.
const BLOCK: usize = 128 << 10;

/// Passes bytes to the reader, and on to the writer.
struct Tee<'a, R> {
    inner: R,
    outlets: &'a Outlets,
    closed: bool,
}

impl<R: Read> Read for Tee<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.closed {
            return Ok(0);
        }
        let most = buffer.len().min(BLOCK);
        let read = self.inner.read(buffer.get_mut(..most).unwrap_or_default())?;
        if read > 0 {
            self.closed =
                self.outlets.steps.send(Step::Bytes(buffer.get(..read).unwrap_or_default().to_vec())).is_err();
        }
        Ok(read)
    }
}

/// What a record counts beside its bytes: however short it is, there is some work and memory in it.
const SHORTEST: usize = 256;

fn weight(record: &Found) -> usize {
    SHORTEST + record.as_ref().map_or(0, |record| record.bytes.len())
}

/// Gathers the records of a large file to batches.
struct Batcher<'a> {
    reader: &'static Reader,
    candidate: &'a Candidate,
    outlets: &'a Outlets,
    records: Vec<Found>,
    bytes: usize,
}

impl Batcher<'_> {
    fn take(&mut self, record: Found) -> ControlFlow<()> {
        self.bytes += weight(&record);
        self.records.push(record);
        if self.bytes >= BATCH_BYTES { self.flush() } else { ControlFlow::Continue(()) }
    }

    fn flush(&mut self) -> ControlFlow<()> {
        if self.records.is_empty() {
            return ControlFlow::Continue(());
        }
        let records = std::mem::take(&mut self.records);
        let part = Part { reader: self.reader, path: self.candidate.path.clone(), records };
        hand_on(self.outlets, vec![part], std::mem::take(&mut self.bytes), Step::Records)
    }
}

/// Gathers small files: to pass each on by itself takes longer than to read it.
struct Bundle<'a> {
    outlets: &'a Outlets,
    files: Vec<(FileInfo, Vec<u8>)>,
    parts: Vec<Part>,
    bytes: usize,
}

impl Bundle<'_> {
    /// Takes in a file by its bytes.
    fn take(
        &mut self,
        info: FileInfo,
        bytes: Vec<u8>,
        reader: &'static Reader,
        candidate: &Candidate,
    ) -> io::Result<ControlFlow<()>> {
        let mut records = Vec::new();
        (reader.split)(&mut bytes.as_slice(), &mut |record| {
            records.push(record);
            ControlFlow::Continue(())
        })?;
        // They are there twice: as bytes of the file, and as records.
        self.bytes += bytes.len() + records.iter().map(weight).sum::<usize>();
        self.files.push((info, bytes));
        self.parts.push(Part { reader, path: candidate.path.clone(), records });
        Ok(if self.bytes >= BATCH_BYTES { self.flush() } else { ControlFlow::Continue(()) })
    }

    fn flush(&mut self) -> ControlFlow<()> {
        if self.files.is_empty() {
            return ControlFlow::Continue(());
        }
        let files = std::mem::take(&mut self.files);
        hand_on(self.outlets, std::mem::take(&mut self.parts), std::mem::take(&mut self.bytes), |done, share| {
            Step::Files(files, done, share)
        })
    }
}

/// Sends a batch to a worker, and its place in the order to the writer.
fn hand_on(
    outlets: &Outlets,
    parts: Vec<Part>,
    bytes: usize,
    step: impl FnOnce(Receiver<Vec<Vec<Done>>>, usize) -> Step,
) -> ControlFlow<()> {
    let (done, receiver) = bounded(1);
    let share = (bytes / BATCH_BYTES).clamp(1, ROOM);
    // The writer makes room as it takes what is done, in order: what is waited for here is never behind this batch.
    let Outlets { steps, batches, room } = outlets;
    let fits = (0..share).all(|_| room.send(()).is_ok());
    if fits && batches.send(Batch { parts, done }).is_ok() && steps.send(step(receiver, share)).is_ok() {
        ControlFlow::Continue(())
    } else {
        ControlFlow::Break(())
    }
}
