//! One writer at a time: an advisory lock on `ARCHIVE/lock`, which the system lets go when its holder ends, however it
//! ends. The file stays. Its first line is a [`Note`] of the last commit, its second says who holds, or last held, the lock.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::fs::OFlags;

use super::journal::{NOTE, Note};
use crate::problem::{Failure, FailureKind};

/// How long to wait for another writer to finish.
#[derive(Debug, Clone)]
pub enum Wait {
    /// Not at all.
    No,
    /// At most so long, and only until this is set.
    AtMost(Duration, Arc<AtomicBool>),
}

/// The right to write, held until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    note: Option<Note>,
}

/// Keeps writers out while it is held, and no readers.
#[derive(Debug)]
pub(super) struct Shared {
    _file: Option<File>,
}

/// How often a waiting writer looks again: the system's own blocking call could be neither limited nor interrupted.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Bytes read of what the holder wrote.
const HOLDER_LIMIT: u64 = 300;

impl Lock {
    /// Takes the lock of the archive in `dir`.
    ///
    /// # Errors
    /// [`FailureKind::Surroundings`] when another process keeps it, naming that process; [`FailureKind::Interrupted`].
    pub(super) fn take(dir: &Path, wait: &Wait) -> Result<Self> {
        let path = dir.join("lock");
        let mut file = opening(OpenOptions::new().write(true).create(true).truncate(false).mode(0o600))
            .open(&path)
            .and_then(regular)
            .with_context(|| format!("{}: cannot be opened for writing", path.display()))?;
        let begun = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) => match wait {
                    Wait::AtMost(_, stop) if stop.load(Ordering::Relaxed) => {
                        return Err(Failure::error(FailureKind::Interrupted, "interrupted; nothing was done"));
                    }
                    Wait::AtMost(limit, _) if begun.elapsed() < *limit => thread::sleep(LOOK_AGAIN),
                    _ => return Err(held_by_another(dir, &mut file)),
                },
                Err(TryLockError::Error(error)) => {
                    return Err(error).with_context(|| format!("{}: cannot be locked", path.display()));
                }
            }
        }
        let note = Note::of(&file);
        // For people: a write that fails (a full disk) does not make the lock any less ours.
        let command = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ");
        let holder = format!("process {}: {command}", std::process::id());
        let _ = file.set_len((NOTE + holder.len()) as u64);
        if note.is_none() {
            let _ = file.write_all_at(Note::NONE.as_bytes(), 0);
        }
        let _ = file.write_all_at(holder.as_bytes(), NOTE as u64);
        Ok(Self { file, note })
    }

    /// What the last writer noted of its last commit.
    pub(super) const fn note(&self) -> Option<Note> {
        self.note
    }

    /// Notes a commit. A write that fails costs the note and nothing else.
    pub(super) fn set_note(&self, note: Note) {
        let _ = self.file.write_all_at(note.line().as_bytes(), 0);
    }
}

/// Keeps writers out as long as the result is held; `None` when one is writing. An archive that nobody ever wrote here, or that
/// this process may not lock, is taken as it is.
pub(super) fn share(dir: &Path) -> Option<Shared> {
    match opening(&mut OpenOptions::new()).open(dir.join("lock")) {
        Ok(file) => match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => None,
            _ => Some(Shared { _file: Some(file) }),
        },
        Err(_) => Some(Shared { _file: None }),
    }
}

/// What the last writer of the archive in `dir` noted of its last commit.
pub(super) fn note(dir: &Path) -> Option<Note> {
    Note::of(&opening(&mut OpenOptions::new()).open(dir.join("lock")).and_then(regular).ok()?)
}

/// How the file is opened: what a link points to would be overwritten, and a pipe would be waited for.
fn opening(options: &mut OpenOptions) -> &OpenOptions {
    options.read(true).custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed())
}

fn regular(file: File) -> io::Result<File> {
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("is no regular file")) }
}

fn held_by_another(dir: &Path, file: &mut File) -> anyhow::Error {
    if file.try_lock_shared().is_ok() {
        let message = format!(
            "{}: the archive is being read by a command that has no room for SQLite's shared memory; try again when that is \
             done",
            dir.display()
        );
        return Failure::error(FailureKind::Surroundings, message);
    }
    let mut holder = Vec::new();
    let _ = file.take(NOTE as u64 + HOLDER_LIMIT).read_to_end(&mut holder);
    let holder = holder.get(if Note::is_there(&holder) { NOTE } else { 0 }..).unwrap_or_default();
    let holder: String = String::from_utf8_lossy(holder).chars().filter(|c| !c.is_control()).collect();
    let holder = if holder.is_empty() { "another process".to_owned() } else { holder };
    Failure::error(
        FailureKind::Surroundings,
        format!("{}: the archive is being written by {holder}; try again when that is done", dir.display()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_refused_until_the_first_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        assert!(share(dir.path()).is_some());
        let first = Lock::take(dir.path(), &Wait::No).unwrap();
        assert!(share(dir.path()).is_none());
        let error = Lock::take(dir.path(), &Wait::No).unwrap_err();
        assert_eq!(error.downcast_ref::<Failure>().unwrap().kind, FailureKind::Surroundings);
        assert!(error.to_string().contains(&format!("process {}", std::process::id())), "{error}");
        drop(first);
        Lock::take(dir.path(), &Wait::No).unwrap();
    }

    #[test]
    fn a_holder_cannot_command_the_terminal() {
        let dir = tempfile::tempdir().unwrap();
        let _first = Lock::take(dir.path(), &Wait::No).unwrap();
        std::fs::write(dir.path().join("lock"), b"\x1b[2Jprocess 1: \xff\x07").unwrap();
        let message = Lock::take(dir.path(), &Wait::No).unwrap_err().to_string();
        assert!(!message.contains(char::is_control), "{message:?}");
    }
}
