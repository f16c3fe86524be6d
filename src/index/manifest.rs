//! The files of a commit against what the archive recorded of them. tantivy's own checksums cover the bodies of segment files
//! only.

use std::cmp::Reverse;
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;
use std::time::UNIX_EPOCH;

use anyhow::Context;

use crate::archive::{IndexCommit, ManifestFile};
use crate::problem::{Failure, FailureKind, is_environment};

/// How far the looks of a file are believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// A file of the same length and time is the same; one of another time is read.
    Times,
    /// A file of the same length is the same: in a copy times tell nothing, and reading all would take long.
    Lengths,
    /// Every file is read.
    Nothing,
}

/// A file that is not what was recorded.
#[derive(Debug)]
pub struct Fault {
    /// The file.
    pub path: PathBuf,
    what: What,
}

#[derive(Debug)]
enum What {
    Missing,
    Length(u64, u64),
    Changed,
    Unreadable(io::Error),
}

impl Fault {
    /// Whether the file may be as it was, and only could not be opened: too many files are open, say.
    #[must_use]
    pub fn is_environment(&self) -> bool {
        matches!(&self.what, What::Unreadable(error) if is_environment(error))
    }

    /// The fault as an error.
    #[must_use]
    pub fn error(&self) -> anyhow::Error {
        if self.is_environment() {
            return Failure::error(FailureKind::Surroundings, format!("the index cannot be opened: {self}"));
        }
        Failure::error(FailureKind::Damage, format!("the index is damaged: {self}"))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.path.display())?;
        match &self.what {
            What::Missing => f.write_str("is missing"),
            What::Length(found, recorded) => write!(f, "has {found} bytes instead of {recorded}"),
            What::Changed => f.write_str("is not as it was written"),
            What::Unreadable(error) => write!(f, "cannot be read: {error}"),
        }
    }
}

/// Compares the files in `folder` with what was recorded, on several threads where many bytes are read. The faults come in the
/// order of the files.
#[must_use]
pub fn verify(folder: &Path, files: &[ManifestFile], trust: Trust) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut to_read = Vec::new();
    for (number, file) in files.iter().enumerate() {
        match looks(folder, file) {
            Err(what) => faults.push((number, what)),
            Ok(same_time) => match trust {
                Trust::Lengths => {}
                Trust::Times if same_time => {}
                Trust::Times | Trust::Nothing => to_read.push((number, file)),
            },
        }
    }
    faults.extend(compare(folder, to_read));
    faults.sort_by_key(|(number, _)| *number);
    let named =
        |(number, what): (usize, What)| files.get(number).map(|file| Fault { path: folder.join(&file.name), what });
    faults.into_iter().filter_map(named).collect()
}

/// A commit with the times that its files have now.
///
/// # Errors
/// A file that is not there.
pub fn with_times(folder: &Path, commit: &IndexCommit) -> anyhow::Result<IndexCommit> {
    let mut seen = commit.clone();
    for file in &mut seen.files {
        let path = folder.join(&file.name);
        file.modified = modified(&fs::metadata(&path).with_context(|| path.display().to_string())?);
    }
    Ok(seen)
}

/// Whether a file of the recorded length has the recorded time too.
fn looks(folder: &Path, file: &ManifestFile) -> Result<bool, What> {
    match fs::metadata(folder.join(&file.name)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(What::Missing),
        Err(error) => Err(What::Unreadable(error)),
        Ok(metadata) if metadata.len() != file.length => Err(What::Length(metadata.len(), file.length)),
        Ok(metadata) => Ok(modified(&metadata) == file.modified),
    }
}

/// The bytes of the file of a commit that names its segments, compared with what was recorded.
pub(super) fn read_meta(folder: &Path, commit: &IndexCommit) -> anyhow::Result<Vec<u8>> {
    let file = commit.files.iter().find(|file| file.name == commit.meta).context("a commit without segments")?;
    let fault = |what| Fault { path: folder.join(&file.name), what }.error();
    looks(folder, file).map_err(fault)?;
    let bytes = fs::read(folder.join(&file.name)).map_err(|error| fault(What::Unreadable(error)))?;
    if *blake3::hash(&bytes).as_bytes() == file.hash { Ok(bytes) } else { Err(fault(What::Changed)) }
}

/// A lot of files that has fewer bytes than that is not worth a thread.
const LOT: u64 = 4 << 20;

/// Reads files and gives those whose hash is another.
fn compare(folder: &Path, files: Vec<(usize, &ManifestFile)>) -> Vec<(usize, What)> {
    let bytes: u64 = files.iter().map(|(_, file)| file.length).sum();
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min((bytes / LOT) as usize);
    let mut files = files;
    // The longest is begun first.
    files.sort_by_key(|(_, file)| Reverse(file.length));
    let queue = Mutex::new(files.into_iter());
    let work = || {
        let mut faults = Vec::new();
        loop {
            let next = queue.lock().map_or(None, |mut files| files.next());
            let Some((number, file)) = next else { return faults };
            match hash_file(&folder.join(&file.name)) {
                Ok(hash) if hash == file.hash => {}
                Ok(_) => faults.push((number, What::Changed)),
                Err(error) => faults.push((number, What::Unreadable(error))),
            }
        }
    };
    if threads < 2 {
        return work();
    }
    thread::scope(|scope| {
        let others: Vec<_> =
            (1..threads).filter_map(|_| thread::Builder::new().spawn_scoped(scope, work).ok()).collect();
        let mut faults = work();
        faults.extend(others.into_iter().filter_map(|other| other.join().ok()).flatten());
        faults
    })
}

/// When a file was modified, in nanoseconds since 1970.
pub(super) fn modified(metadata: &fs::Metadata) -> i64 {
    let since = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.and_then(|since| i64::try_from(since.as_nanos()).ok()).unwrap_or_default()
}

fn hash_file(path: &Path) -> io::Result<[u8; 32]> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path)?)?;
    Ok(*hasher.finalize().as_bytes())
}
