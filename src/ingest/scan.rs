//! Reads files record by record on this thread, for commands that keep nothing.

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::archives::{OwnFolder, refuse};
use super::files::{Candidate, check, extension, walk};
use super::open::open;
use super::source::unread;
use crate::problem::Problem;
use crate::read::{Choice, HEAD, Head, Reader, Record, choose};

/// Takes each record, or what is wrong with it.
pub type Taker<'a> = dyn FnMut(&Path, Result<(&'static Reader, Record), Problem>) -> anyhow::Result<()> + 'a;

/// What a scan passed over.
#[derive(Debug, Default)]
pub struct PassedOver {
    /// Files of kinds that are not read, each with its kind.
    pub ignored: Vec<(PathBuf, &'static str)>,
    /// Folders that newsgrep wrote itself.
    pub own: Vec<OwnFolder>,
}

/// Hands over each record of the files and folders, with its file and the reader that found it; a record or file that cannot
/// be read as a problem.
///
/// # Errors
/// [`crate::problem::FailureKind::Usage`] when a path does not exist, or is a folder that newsgrep wrote; what `sink` gives.
pub fn scan(paths: &[PathBuf], sink: &mut Taker<'_>) -> anyhow::Result<PassedOver> {
    check(paths)?;
    refuse(paths, None)?;
    let found = walk(paths, 1, &AtomicBool::new(false))?;
    let mut ignored = found.ignored;
    for problem in found.problems {
        sink(&problem.path.clone(), Err(problem))?;
    }
    for file in found.files {
        let path = file.path.as_path();
        let problem = |record, reason: String| Problem { path: path.to_owned(), record, reason };
        let mut failed = None;
        let outcome = read(&file, &mut |reader, record| {
            let given = match record {
                Ok(record) => sink(path, Ok((reader, record))),
                Err(bad) => sink(path, Err(problem(Some(bad.number), bad.reason))),
            };
            match given {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            }
        });
        if let Some(error) = failed {
            return Err(error);
        }
        match outcome {
            Ok(None) => {}
            Ok(Some(kind)) => ignored.push((file.path, kind)),
            Err(error) => sink(path, Err(problem(None, error.to_string())))?,
        }
    }
    Ok(PassedOver { ignored, own: found.own })
}

type RecordSink<'a> = dyn FnMut(&'static Reader, Result<Record, crate::read::BadRecord>) -> ControlFlow<()> + 'a;

/// Reads one file; gives its kind when that is not read.
fn read(candidate: &Candidate, sink: &mut RecordSink<'_>) -> io::Result<Option<&'static str>> {
    let Candidate { path, metadata, named } = candidate;
    // A file that grows while it is read is read to the length it had.
    let mut file = open(candidate, u64::MAX)?.take(metadata.len());
    let mut head = Vec::new();
    file.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
    let reader = match choose(&Head { bytes: &head, extension: &extension(path) }, *named) {
        Choice::Reader(reader) => reader,
        Choice::Empty => return Err(io::Error::other("is empty")),
        Choice::Other(kind) if *named => return Err(unread(kind)),
        Choice::Other(kind) => return Ok(Some(kind)),
    };
    (reader.split)(&mut io::Cursor::new(head).chain(file), &mut |record| sink(reader, record))?;
    Ok(None)
}
