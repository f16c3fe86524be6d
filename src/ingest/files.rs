//! Finds the files to read: walks folders, sorts out what cannot be an article, and what has not changed.

use std::collections::HashMap;
use std::fs::{self, Metadata};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;

use crate::archive::SourceState;
use crate::problem::{Failure, FailureKind, Problem};

/// A file to look at.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// Absolute, links not followed.
    pub(super) path: PathBuf,
    pub(super) metadata: Metadata,
    /// Whether a person named it, rather than a folder above it.
    pub(super) named: bool,
}

/// What the walk found.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    pub(super) files: Vec<Candidate>,
    /// Links, devices, sockets and the like met in folders.
    pub(super) ignored: u64,
    pub(super) problems: Vec<Problem>,
}

/// Checks that every named path exists, before anything is done.
///
/// # Errors
/// [`FailureKind::Usage`], naming the first that does not.
pub(super) fn check(paths: &[PathBuf]) -> anyhow::Result<()> {
    for path in paths {
        if let Err(error) = fs::metadata(path) {
            return Err(Failure::error(FailureKind::Usage, format!("{}: {error}; nothing was done", path.display())));
        }
    }
    Ok(())
}

/// Walks the paths, folders by name, so that a run is repeatable. Hidden files are passed over unless named; links within
/// folders are not followed. Ends early when `stop` is set.
pub(super) fn walk(paths: &[PathBuf], stop: &AtomicBool) -> anyhow::Result<Candidates> {
    let mut found = Candidates::default();
    for path in paths {
        let path = std::path::absolute(path).with_context(|| path.display().to_string())?;
        let mut walk = ignore::WalkBuilder::new(&path);
        walk.standard_filters(false).hidden(true).follow_links(false).sort_by_file_name(Ord::cmp);
        for entry in walk.build().take_while(|_| !stop.load(Ordering::Relaxed)) {
            match entry {
                Ok(entry) => found.take(&entry, entry.depth() == 0),
                Err(error) => {
                    found.problems.push(Problem { path: path.clone(), record: None, reason: error.to_string() });
                }
            }
        }
    }
    let mut seen = std::collections::HashSet::new();
    found.files.retain(|file| seen.insert(file.path.clone()));
    Ok(found)
}

impl Candidates {
    fn take(&mut self, entry: &ignore::DirEntry, named: bool) {
        let path = entry.path();
        // A named link is followed, for a person meant what it points to.
        let metadata = if named { fs::metadata(path) } else { fs::symlink_metadata(path) };
        match metadata {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(metadata) if metadata.is_file() => {
                self.files.push(Candidate { path: path.to_owned(), metadata, named });
            }
            Ok(_) if named => {
                let reason = "is neither a file nor a folder".to_owned();
                self.problems.push(Problem { path: path.to_owned(), record: None, reason });
            }
            Ok(_) => self.ignored += 1,
            Err(error) => {
                self.problems.push(Problem { path: path.to_owned(), record: None, reason: error.to_string() });
            }
        }
    }
}

/// Whether a file is as it was when it was last read, as far as its size, times and place tell.
pub(super) fn is_unchanged(candidate: &Candidate, known: &HashMap<Vec<u8>, SourceState>) -> bool {
    known.get(candidate.path.as_os_str().as_bytes()).is_some_and(|state| {
        let metadata = &candidate.metadata;
        state.complete
            && state.size == metadata.len()
            && state.mtime_ns == mtime_ns(metadata)
            && state.inode == metadata.ino()
            && state.device == metadata.dev()
    })
}

/// Modification time in nanoseconds since 1970.
pub(super) fn mtime_ns(metadata: &Metadata) -> i64 {
    metadata.mtime().saturating_mul(1_000_000_000).saturating_add(metadata.mtime_nsec())
}

/// The file name's ending, lower case, without dot.
pub(super) fn extension(path: &Path) -> String {
    path.extension().map(|extension| extension.to_string_lossy().to_lowercase()).unwrap_or_default()
}
