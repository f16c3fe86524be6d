//! Reads files from start to end, finds their records, and hands both on in order.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::ops::ControlFlow;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::bounded;

use super::files::{Candidate, extension, mtime_ns};
use super::pipeline::{BATCH_BYTES, Batch, Outlets, ROOM, Step, Work};
use crate::archive::FileInfo;
use crate::problem::Problem;
use crate::read::{Choice, HEAD, Head, Reader, choose};

/// Reads all files until the writer stops listening, or the run is to end.
pub(super) fn read_all(work: &Work<'_>, files: &[Candidate], outlets: &Outlets) {
    for file in files.iter().take_while(|_| !work.stop.load(Ordering::Relaxed)) {
        let step = match read(work, file, outlets) {
            Ok(last) => last,
            Err(error) => {
                Some(Step::Broken(Problem { path: file.path.clone(), record: None, reason: error.to_string() }))
            }
        };
        if let Some(step) = step
            && outlets.steps.send(step).is_err()
        {
            return;
        }
    }
}

/// Reads one file. Gives its last step; `None` when nobody listens any more.
fn read(work: &Work<'_>, candidate: &Candidate, outlets: &Outlets) -> io::Result<Option<Step>> {
    let info = |reader: &str| FileInfo {
        path: candidate.path.as_os_str().as_bytes().to_vec(),
        size: candidate.metadata.len(),
        mtime_ns: mtime_ns(&candidate.metadata),
        inode: candidate.metadata.ino(),
        device: candidate.metadata.dev(),
        reader: reader.to_owned(),
    };
    // A file that grows while it is read is read to the length it had.
    let mut file = File::open(&candidate.path)?.take(candidate.metadata.len());
    let mut head = Vec::new();
    file.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
    let extension = extension(&candidate.path);
    let reader = match choose(&Head { bytes: &head, extension: &extension }, candidate.named) {
        Choice::Reader(reader) => reader,
        Choice::Empty => return Err(io::Error::other("is empty")),
        Choice::NotText if candidate.named => {
            return Err(io::Error::other("is not text, or a format newsgrep does not read"));
        }
        Choice::NotText => return Ok(Some(Step::Ignored)),
    };
    if let Some(hash) = work
        .known
        .get(candidate.path.as_os_str().as_bytes())
        .filter(|state| state.complete)
        .and_then(|state| state.hash)
    {
        match hash_of(&candidate.path, work.stop)? {
            None => return Ok(None),
            Some(found) if found == hash => return Ok(Some(Step::Same(info(reader.name)))),
            Some(_) => {}
        }
    }
    if outlets.steps.send(Step::Begin(info(reader.name))).is_err() {
        return Ok(None);
    }
    let mut tee = Tee { inner: io::Cursor::new(head).chain(file), outlets, closed: false };
    let mut batcher = Batcher { reader, candidate, outlets, records: Vec::new(), bytes: 0 };
    // In large steps, whatever a reader asks for: their number is what is bounded on the way to the writer.
    (reader.split)(&mut BufReader::with_capacity(BLOCK, &mut tee), &mut |record| batcher.take(record))?;
    // A reader may stop before the end; the original is kept whole all the same.
    io::copy(&mut tee, &mut io::sink())?;
    let listened_to = !tee.closed;
    Ok((batcher.flush().is_continue() && listened_to).then_some(Step::End))
}

/// BLAKE3 of a file; `None` when the run is to end.
fn hash_of(path: &Path, stop: &AtomicBool) -> io::Result<Option<blake3::Hash>> {
    let mut file = File::open(path)?;
    let mut hasher = blake3::Hasher::new();
    let mut block = vec![0; BLOCK];
    while !stop.load(Ordering::Relaxed) {
        match file.read(&mut block)? {
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

/// What a record counts beside its bytes.
const SHORTEST: usize = 256;

/// Gathers records to batches.
struct Batcher<'a> {
    reader: &'static Reader,
    candidate: &'a Candidate,
    outlets: &'a Outlets,
    records: Vec<Result<crate::read::Record, crate::read::BadRecord>>,
    bytes: usize,
}

impl Batcher<'_> {
    fn take(&mut self, record: Result<crate::read::Record, crate::read::BadRecord>) -> ControlFlow<()> {
        // However short a record is, there is some work and memory in it.
        self.bytes += SHORTEST + record.as_ref().map_or(0, |record| record.bytes.len());
        self.records.push(record);
        if self.bytes >= BATCH_BYTES { self.flush() } else { ControlFlow::Continue(()) }
    }

    /// Sends the batch to a worker, and its place in the order to the writer.
    fn flush(&mut self) -> ControlFlow<()> {
        if self.records.is_empty() {
            return ControlFlow::Continue(());
        }
        let (done, receiver) = bounded(1);
        let batch = Batch {
            reader: self.reader,
            path: self.candidate.path.clone(),
            records: std::mem::take(&mut self.records),
            done,
        };
        let share = (std::mem::take(&mut self.bytes) / BATCH_BYTES).clamp(1, ROOM);
        // The writer makes room as it takes what is done, in order: what is waited for here is never behind this batch.
        let Outlets { steps, batches, room } = self.outlets;
        let fits = (0..share).all(|_| room.send(()).is_ok());
        if fits && batches.send(batch).is_ok() && steps.send(Step::Records(receiver, share)).is_ok() {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    }
}
