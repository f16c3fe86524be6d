//! The folder of an index's files, as a reader and as a writer of tantivy see it.
//!
//! tantivy keeps two files that it writes again and again: `meta.json`, which names the segments, and `.managed.json`, which names
//! all files. Neither is on the disk here. A reader is given the `meta.json` of the commit that the archive recorded. A writer
//! has both in memory; its commit is written under a name of its own. So every file is written once, no commit is ever
//! without one of its files, and a writer that is stopped leaves nothing that a reader could meet.

use std::collections::{HashMap, HashSet};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tantivy::Directory;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, DirectoryLock, FileHandle, Lock, MmapDirectory, TerminatingWrite, WatchCallback, WatchHandle,
    WritePtr,
};

/// The name by which tantivy asks for the segments there are.
const META: &str = "meta.json";
/// The name by which tantivy asks for its list of files.
const MANAGED: &str = ".managed.json";

fn is(path: &Path, name: &str) -> bool {
    path.as_os_str() == name
}

fn absent(path: &Path) -> OpenReadError {
    OpenReadError::FileDoesNotExist(path.to_owned())
}

fn no_lock() -> DirectoryLock {
    DirectoryLock::from(Box::new(()))
}

/// A commit as a reader sees it: nothing in the folder is ever written, not even a lock file.
#[derive(Debug, Clone)]
pub(super) struct CommitDirectory {
    pub(super) folder: MmapDirectory,
    pub(super) meta: Arc<[u8]>,
}

fn refused() -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, "a search never writes")
}

impl Directory for CommitDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.folder.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        Err(DeleteError::IoError { io_error: Arc::new(refused()), filepath: path.to_owned() })
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        if is(path, META) { Ok(true) } else { self.folder.exists(path) }
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        Err(OpenWriteError::IoError { io_error: Arc::new(refused()), filepath: path.to_owned() })
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        if is(path, META) { Ok(self.meta.to_vec()) } else { Err(absent(path)) }
    }

    fn atomic_write(&self, _path: &Path, _data: &[u8]) -> io::Result<()> {
        Err(refused())
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    fn acquire_lock(&self, _lock: &Lock) -> Result<DirectoryLock, LockError> {
        Ok(no_lock())
    }

    fn watch(&self, _callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}

/// Length and BLAKE3 of a file that was written.
pub(super) type Written = (u64, [u8; 32]);

/// What `meta.json` says, and the files that belong to it.
type Pinned = (Vec<u8>, Vec<(PathBuf, Written)>);

/// The folder as a writer sees it. The archive's lock keeps other writers out.
#[derive(Debug, Clone)]
pub(super) struct WriterDirectory {
    folder: MmapDirectory,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// What tantivy reads again: `meta.json` and `.managed.json`.
    files: HashMap<PathBuf, Vec<u8>>,
    /// What was written to the end, and what the commit held that the writer began with.
    written: HashMap<PathBuf, Written>,
    /// Files that a recorded commit needs, or one that is about to be recorded: they are not deleted.
    kept: HashSet<PathBuf>,
}

impl WriterDirectory {
    /// A folder without files.
    pub(super) fn new(folder: MmapDirectory) -> Self {
        Self { folder, state: Arc::default() }
    }

    /// A folder with these files, and the `meta.json` that names them.
    pub(super) fn of(folder: MmapDirectory, meta: Vec<u8>, files: HashMap<PathBuf, Written>) -> Self {
        let kept: HashSet<PathBuf> = files.keys().cloned().collect();
        let managed = serde_json::to_vec(&kept).unwrap_or_default();
        let named = [(META, meta), (MANAGED, managed)].map(|(name, bytes)| (PathBuf::from(name), bytes));
        let state = State { files: named.into(), written: files, kept };
        Self { folder, state: Arc::new(Mutex::new(state)) }
    }

    /// The `meta.json` that tantivy wrote last, with the files that belong to it. From now on they are kept too: a merge that
    /// ends meanwhile does not delete them.
    pub(super) fn pin<Belongs: Fn(&Path) -> bool>(
        &self,
        belongs_to: impl FnOnce(&[u8]) -> anyhow::Result<Belongs>,
    ) -> anyhow::Result<Pinned> {
        let mut state = self.state();
        let meta = state.files.get(Path::new(META)).cloned().unwrap_or_default();
        let belongs = belongs_to(&meta)?;
        let files: Vec<(PathBuf, Written)> = state
            .written
            .iter()
            .filter(|(path, _)| belongs(path))
            .map(|(path, written)| (path.clone(), *written))
            .collect();
        state.kept.extend(files.iter().map(|(path, _)| path.clone()));
        Ok((meta, files))
    }

    /// Only these files are kept from now on.
    pub(super) fn keep_only(&self, kept: HashSet<PathBuf>) {
        self.state().kept = kept;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Directory for WriterDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.folder.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        let mut state = self.state();
        if state.kept.contains(path) {
            // tantivy asks again at its next clearing.
            let needed = io::Error::other("a commit needs it");
            return Err(DeleteError::IoError { io_error: Arc::new(needed), filepath: path.to_owned() });
        }
        state.written.remove(path);
        self.folder.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        if is(path, META) || is(path, MANAGED) {
            return Ok(self.state().files.contains_key(path));
        }
        self.folder.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let file = self.folder.open_write(path)?;
        let file = HashedFile {
            file,
            length: 0,
            hasher: blake3::Hasher::new(),
            path: path.to_owned(),
            state: Arc::clone(&self.state),
        };
        Ok(BufWriter::new(Box::new(file)))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.state().files.get(path).cloned().ok_or_else(|| absent(path))
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.state().files.insert(path.to_owned(), data.to_vec());
        Ok(())
    }

    fn sync_directory(&self) -> io::Result<()> {
        // It is synced before a commit is recorded; until then nothing depends on it.
        Ok(())
    }

    fn acquire_lock(&self, _lock: &Lock) -> Result<DirectoryLock, LockError> {
        Ok(no_lock())
    }

    fn watch(&self, _callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}

/// A file being written, hashed on the way: to read it again for its hash would cost as much as a search over all of it.
struct HashedFile {
    file: WritePtr,
    length: u64,
    hasher: blake3::Hasher,
    path: PathBuf,
    state: Arc<Mutex<State>>,
}

impl Write for HashedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(bytes.get(..written).unwrap_or_default());
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl TerminatingWrite for HashedFile {
    fn terminate_ref(&mut self, token: AntiCallToken) -> io::Result<()> {
        self.file.flush()?;
        self.file.get_mut().terminate_ref(token)?;
        let written = (self.length, *self.hasher.finalize().as_bytes());
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.written.insert(std::mem::take(&mut self.path), written);
        Ok(())
    }
}
