//! Finds the files to read: walks folders, sorts out what cannot be an article, and what has not changed.

use std::collections::{HashMap, HashSet};
use std::fs::{self, Metadata};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use ignore::WalkState;

use super::archives::{self, OwnFolder};
use crate::archive::{FileInfo, SourceState};
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

impl Candidate {
    /// The file as the archive knows it, read by the reader of this name.
    pub(super) fn info(&self, reader: &str) -> FileInfo {
        FileInfo {
            path: self.path.as_os_str().as_bytes().to_vec(),
            size: self.metadata.len(),
            mtime_ns: mtime_ns(&self.metadata),
            ctime_ns: ctime_ns(&self.metadata),
            inode: self.metadata.ino(),
            device: self.metadata.dev(),
            reader: reader.to_owned(),
        }
    }
}

/// What the walk found.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    pub(super) files: Vec<Candidate>,
    /// Links, devices, sockets and the like met in folders, each with what it is.
    pub(super) ignored: Vec<(PathBuf, &'static str)>,
    /// Folders that newsgrep wrote, met in others and not entered.
    pub(super) own: Vec<OwnFolder>,
    pub(super) problems: Vec<Problem>,
    /// The folders that a person named, resolved.
    pub(super) folders: Vec<PathBuf>,
}

/// The files that are there, for a look at those that are not.
pub(super) struct Seen<'a> {
    pub(super) folders: Vec<&'a PathBuf>,
    pub(super) paths: HashSet<&'a [u8]>,
    /// Those that the archive has.
    kept: Vec<&'a Path>,
}

impl<'a> Seen<'a> {
    pub(super) fn of(
        folders: &'a [PathBuf],
        files: impl Iterator<Item = &'a Candidate>,
        known: &HashMap<Vec<u8>, SourceState>,
    ) -> Self {
        let mut seen = Self { folders: folders.iter().collect(), paths: HashSet::new(), kept: Vec::new() };
        if folders.is_empty() {
            return seen;
        }
        for file in files {
            let path = file.path.as_os_str().as_bytes();
            seen.paths.insert(path);
            if known.get(path).is_some_and(|state| state.is_kept) {
                seen.kept.push(&file.path);
            }
        }
        seen
    }

    /// How many files below a folder the archive has.
    pub(super) fn kept_in(&self, folder: &Path) -> u64 {
        self.kept.iter().filter(|path| path.starts_with(folder)).count() as u64
    }
}

/// Whether nothing is at a path any more.
pub(super) fn is_gone(path: &[u8]) -> bool {
    let path = Path::new(std::ffi::OsStr::from_bytes(path));
    fs::symlink_metadata(path)
        .is_err_and(|error| matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory))
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
pub(super) fn walk(paths: &[PathBuf], jobs: usize, stop: &AtomicBool) -> anyhow::Result<Candidates> {
    let mut found = Candidates::default();
    for path in paths {
        let path = resolved(path).with_context(|| path.display().to_string())?;
        let mut walk = ignore::WalkBuilder::new(&path);
        walk.standard_filters(false).hidden(true).follow_links(false);
        if path.is_dir() {
            found.extend(walk_folder(&path, walk.threads(jobs), stop));
            found.folders.push(path);
        } else {
            found.extend(walk_file(&path, &walk));
        }
    }
    if paths.len() > 1 {
        let mut seen = HashSet::new();
        found.files.retain(|file| seen.insert(file.path.clone()));
    }
    found.own.sort_unstable();
    found.own.dedup();
    Ok(found)
}

/// The one path of what a person named, however it was written: the file system resolves it, but for a link that is itself
/// named.
fn resolved(path: &Path) -> std::io::Result<PathBuf> {
    let absolute = std::path::absolute(path)?;
    match (absolute.parent(), absolute.file_name()) {
        (Some(parent), Some(name)) if !path.is_dir() => Ok(fs::canonicalize(parent)?.join(name)),
        _ => fs::canonicalize(path),
    }
}

/// Walks a folder on several threads: to ask for the times of files takes longer than to find them.
fn walk_folder(path: &Path, walk: &ignore::WalkBuilder, stop: &AtomicBool) -> Candidates {
    let found = Mutex::new(Candidates::default());
    walk.build_parallel().run(|| {
        Box::new(|entry| {
            if stop.load(Ordering::Relaxed) {
                return WalkState::Quit;
            }
            if let Some(own) = entry.as_ref().ok().and_then(archives::met) {
                found.lock().unwrap_or_else(PoisonError::into_inner).own.push(own);
                return WalkState::Skip;
            }
            let candidate = Candidates::of(entry, path);
            found.lock().unwrap_or_else(PoisonError::into_inner).extend(candidate);
            WalkState::Continue
        })
    });
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.files.sort_unstable_by(|one, other| by_name(&one.path, &other.path));
    found.problems.sort_unstable_by(|one, other| one.path.cmp(&other.path).then(one.reason.cmp(&other.reason)));
    found
}

fn walk_file(path: &Path, walk: &ignore::WalkBuilder) -> Candidates {
    let mut found = Candidates::default();
    walk.build().for_each(|entry| found.extend(Candidates::of(entry, path)));
    found
}

/// The order of paths in which what is in a folder comes together, folders among the files beside them.
fn by_name(one: &Path, other: &Path) -> std::cmp::Ordering {
    let (one, other) = (one.as_os_str().as_bytes(), other.as_os_str().as_bytes());
    let differ = one.iter().zip(other).find(|(one, other)| one != other);
    // No name has a zero byte.
    let rank = |byte: u8| if byte == b'/' { 0 } else { byte };
    differ.map_or_else(|| one.len().cmp(&other.len()), |(one, other)| rank(*one).cmp(&rank(*other)))
}

impl Candidates {
    /// What one entry of a walk is; `root` is where the walk began.
    fn of(entry: Result<ignore::DirEntry, ignore::Error>, root: &Path) -> Self {
        let problem = |path: PathBuf, reason| {
            let problems = vec![Problem { path, record: None, reason }];
            Self { problems, ..Self::default() }
        };
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => return problem(root.to_owned(), error.to_string()),
        };
        let named = entry.depth() == 0;
        let path = entry.into_path();
        // A named link is followed, for a person meant what it points to.
        let metadata = if named { fs::metadata(&path) } else { fs::symlink_metadata(&path) };
        match metadata {
            Ok(metadata) if metadata.is_dir() => Self::default(),
            Ok(metadata) if metadata.is_file() => {
                Self { files: vec![Candidate { path, metadata, named }], ..Self::default() }
            }
            Ok(_) if named => problem(path, "is neither a file nor a folder".to_owned()),
            Ok(metadata) => {
                let kind = if metadata.is_symlink() { "link" } else { "device or pipe" };
                Self { ignored: vec![(path, kind)], ..Self::default() }
            }
            Err(error) => problem(path, error.to_string()),
        }
    }

    fn extend(&mut self, other: Self) {
        self.files.extend(other.files);
        self.ignored.extend(other.ignored);
        self.own.extend(other.own);
        self.problems.extend(other.problems);
        self.folders.extend(other.folders);
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
            && state.ctime_ns == Some(ctime_ns(metadata))
    })
}

/// Modification time in nanoseconds since 1970.
fn mtime_ns(metadata: &Metadata) -> i64 {
    metadata.mtime().saturating_mul(1_000_000_000).saturating_add(metadata.mtime_nsec())
}

/// When anything about a file was last changed, in nanoseconds since 1970.
fn ctime_ns(metadata: &Metadata) -> i64 {
    metadata.ctime().saturating_mul(1_000_000_000).saturating_add(metadata.ctime_nsec())
}

/// The file name's ending, lower case, without dot.
pub(super) fn extension(path: &Path) -> String {
    path.extension().map(|extension| extension.to_string_lossy().to_lowercase()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walks_in_the_same_order_on_any_number_of_threads() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b/c/1", "b/2", "b-1", "b.d/x", "a", "b/c-d", "ab/é", "ab/z", ".caché"] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        }
        let walk = |jobs| walk(&[folder.path().to_owned()], jobs, &AtomicBool::new(false)).unwrap();
        for jobs in [1, 2, 8] {
            let found = walk(jobs);
            let names = found.files.iter().map(|file| file.path.strip_prefix(folder.path()).unwrap().to_str().unwrap());
            let names: Vec<&str> = names.collect();
            assert_eq!(names, ["a", "ab/z", "ab/é", "b/2", "b/c/1", "b/c-d", "b-1", "b.d/x"]);
            assert!(names.is_sorted_by(|one, other| Path::new(one) <= Path::new(other)), "as paths are compared");
        }
    }
}
