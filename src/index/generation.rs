//! Where an index lies on the disk: a folder of its own within the index's root, made by each rebuild, and in it the files of
//! its commits.
//!
//! A commit is complete on the disk, and synced, before it is handed out to be recorded in the archive. From then on readers
//! open it, and what only the commit before had may go.

use std::collections::{HashMap, HashSet};
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Context;
use serde::Deserialize;
use tantivy::directory::MmapDirectory;

use super::directory::WriterDirectory;
use super::manifest::{modified, read_meta};
use crate::archive::{IndexCommit, ManifestFile};
use crate::problem::{Failure, FailureKind};

/// The folder of the files of a commit.
#[must_use]
pub fn folder(root: &Path, commit: &IndexCommit) -> PathBuf {
    // An empty name is the root itself.
    if commit.folder.is_empty() { root.to_owned() } else { root.join(&commit.folder) }
}

/// An index on the disk, as its writer sees it.
pub struct Generation {
    root: PathBuf,
    folder: String,
    /// The number of its last commit, or of that of the index before it.
    number: u64,
    /// Whether its folder's own name may not be on the disk yet.
    unsynced: bool,
    /// The files that were there before and those that were made private to their owner.
    known: HashMap<PathBuf, i64>,
    pub(super) directory: WriterDirectory,
}

impl Generation {
    /// Makes a folder for a new index. Its commits get numbers after `number`.
    pub(super) fn create(root: &Path, number: u64) -> anyhow::Result<Self> {
        let make = |path: &Path| DirBuilder::new().mode(0o700).create(path);
        match make(root) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(error).with_context(|| unwritable(root));
            }
            _ => {}
        }
        let time = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
        for attempt in 0_u32.. {
            let seed = [&time.to_le_bytes()[..], &std::process::id().to_le_bytes(), &attempt.to_le_bytes()].concat();
            let folder: String = blake3::hash(&seed).to_hex().chars().take(16).collect();
            match make(&root.join(&folder)) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error).with_context(|| unwritable(root)),
                Ok(()) => {
                    let directory = WriterDirectory::new(MmapDirectory::open(root.join(&folder))?);
                    let (root, known) = (root.to_owned(), HashMap::new());
                    return Ok(Self { root, folder, number, unsynced: true, known, directory });
                }
            }
        }
        anyhow::bail!("no name is left for a folder")
    }

    /// The index of a commit, to be written further. What else is in its folder, a stopped run left there: it is removed.
    pub(super) fn open(root: &Path, commit: &IndexCommit) -> anyhow::Result<Self> {
        let path = folder(root, commit);
        let meta = read_meta(&path, commit)?;
        let segments = commit.files.iter().filter(|file| file.name != commit.meta);
        let written = segments.map(|file| (PathBuf::from(&file.name), (file.length, file.hash))).collect();
        let known = commit.files.iter().map(|file| (PathBuf::from(&file.name), file.modified)).collect();
        let directory = WriterDirectory::of(MmapDirectory::open(&path)?, meta, written);
        let generation = Self {
            root: root.to_owned(),
            folder: commit.folder.clone(),
            number: commit.number,
            unsynced: false,
            known,
            directory,
        };
        generation.sweep(commit)?;
        Ok(generation)
    }

    /// The folder its files lie in.
    pub(super) fn path(&self) -> PathBuf {
        self.root.join(&self.folder)
    }

    /// Completes what tantivy committed last on the disk, as of the archive's `sequence`, and gives what is to be recorded.
    ///
    /// # Errors
    /// When something cannot be written or synced.
    pub fn commit(&mut self, sequence: u64) -> anyhow::Result<IndexCommit> {
        let path = self.path();
        let context = || unwritable(&path);
        let (meta, segments) = self.directory.pin(|meta| Segments::of(meta).map(|segments| segments.choose()))?;
        self.number += 1;
        let name = format!("meta.{}.json", self.number);
        write_synced(&path.join(&name), &meta).with_context(context)?;
        let written = (PathBuf::from(&name), (meta.len() as u64, *blake3::hash(&meta).as_bytes()));
        let mut files = Vec::with_capacity(segments.len() + 1);
        for (file, (length, hash)) in segments.into_iter().chain([written]) {
            let full = path.join(&file);
            let metadata = fs::metadata(&full).with_context(context)?;
            if self.known.insert(file.clone(), modified(&metadata)).is_none() {
                fs::set_permissions(&full, Permissions::from_mode(0o600)).with_context(context)?;
            }
            anyhow::ensure!(metadata.len() == length, "{}: has another length than was written", full.display());
            let name = file.to_string_lossy().into_owned();
            files.push(ManifestFile { name, length, modified: modified(&metadata), hash });
        }
        sync(&path).with_context(context)?;
        if std::mem::take(&mut self.unsynced) {
            let above = self.root.ancestors().take(2);
            above.into_iter().try_for_each(sync).with_context(context)?;
        }
        let folder = self.folder.clone();
        Ok(IndexCommit { folder, number: self.number, meta: name, sequence, inode: 0, files })
    }

    /// Says that a commit was recorded: only its files are kept from now on.
    pub fn recorded(&self, commit: &IndexCommit) {
        self.directory.keep_only(commit.files.iter().map(|file| PathBuf::from(&file.name)).collect());
    }

    /// Removes all that the recorded commit does not need, in its folder and beside it. Nobody may be writing.
    ///
    /// # Errors
    /// When something cannot be removed.
    pub fn sweep(&self, commit: &IndexCommit) -> anyhow::Result<()> {
        let kept: HashSet<&str> = commit.files.iter().map(|file| file.name.as_str()).collect();
        clear(&self.root, |name| name == commit.folder)?;
        clear(&self.path(), |name| kept.contains(name))
    }
}

/// Removes what is in the index's `root`, but for the folder of `commit`.
///
/// # Errors
/// When something cannot be removed.
pub fn sweep_others(root: &Path, commit: Option<&IndexCommit>) -> anyhow::Result<()> {
    match commit {
        // The index of format 1 lies in the root itself.
        Some(commit) if commit.folder.is_empty() => {
            clear(root, |name| commit.files.iter().any(|file| file.name == name))
        }
        Some(commit) => clear(root, |name| name == commit.folder),
        None => clear(root, |_| false),
    }
}

/// Removes what is in a folder and not kept.
fn clear(folder: &Path, is_kept: impl Fn(&str) -> bool) -> anyhow::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        // Something else has taken the place of the folder.
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return fs::remove_file(folder).with_context(|| format!("{}", folder.display()));
        }
        entries => entries.with_context(|| format!("{}", folder.display()))?,
    };
    for entry in entries {
        let entry = entry.with_context(|| format!("{}", folder.display()))?;
        if is_kept(&entry.file_name().to_string_lossy()) {
            continue;
        }
        let path = entry.path();
        let is_folder = fs::symlink_metadata(&path).is_ok_and(|found| found.is_dir());
        let removed = if is_folder { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        match removed {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                let message = format!("{} cannot be removed: {error}", path.display());
                return Err(Failure::error(FailureKind::Surroundings, message));
            }
            _ => {}
        }
    }
    Ok(())
}

/// What `meta.json` says of the segments.
#[derive(Deserialize)]
struct Segments {
    segments: Vec<Segment>,
}

#[derive(Deserialize)]
struct Segment {
    segment_id: String,
    deletes: Option<Deletes>,
}

#[derive(Deserialize)]
struct Deletes {
    opstamp: u64,
}

impl Segments {
    fn of(meta: &[u8]) -> anyhow::Result<Self> {
        serde_json::from_slice(meta).context("the index's list of segments cannot be read")
    }

    /// Tells which files belong to these segments: those named by a segment, and of its lists of deleted articles the last.
    fn choose(self) -> impl Fn(&Path) -> bool {
        let segments: HashMap<String, Option<u64>> = self
            .segments
            .into_iter()
            .map(|segment| (segment.segment_id.replace('-', ""), segment.deletes.map(|deletes| deletes.opstamp)))
            .collect();
        move |path| {
            let name = path.to_string_lossy();
            let Some((segment, rest)) = name.split_once('.') else { return false };
            let Some(deletes) = segments.get(segment) else { return false };
            match rest.strip_suffix(".del") {
                Some(opstamp) => deletes.is_some_and(|deletes| opstamp == deletes.to_string()),
                None => true,
            }
        }
    }
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

pub(super) fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

pub(super) fn unwritable(folder: &Path) -> String {
    format!("cannot write the index in {}", folder.display())
}
