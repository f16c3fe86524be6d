//! Where a copy goes. It is made apart and put in place when it is finished, so that all of it is there or nothing.
//!
//! A copy to a new folder is made beside it and renamed. A copy to an empty folder is made in a folder within it, and its
//! entries are renamed: the folder itself may be a mount point, the current folder or behind a link, and stays what it is.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::Copied;
use crate::archive::opening::sync_directory;
use crate::problem::{Failure, FailureKind};

/// The folder in which a copy to an empty folder is made, and how the name of one beside a new folder ends.
const PART: &str = ".newsgrep-part";

/// A folder that a copy may go to.
pub(super) struct Target {
    /// Absolute, without `.` at its end.
    dir: PathBuf,
    /// Where the copy is made.
    part: PathBuf,
    /// Whether `dir` is there.
    exists: bool,
}

impl Target {
    /// Looks whether a copy may go to `dir`. Writes nothing.
    ///
    /// # Errors
    /// [`FailureKind::Usage`] when `dir` is neither a new name nor an empty folder, [`FailureKind::Surroundings`] when that
    /// cannot be seen.
    pub(super) fn find(dir: &Path) -> Result<Self> {
        let refused = |what: &str| {
            let message = format!(
                "{} {what}; nothing was written: name a folder that is empty or does not exist yet",
                dir.display()
            );
            Failure::error(FailureKind::Usage, message)
        };
        let absolute = std::path::absolute(dir).with_context(|| format!("{}: cannot be found", dir.display()))?;
        let is_new = match fs::metadata(&absolute) {
            Ok(found) if found.is_dir() => false,
            Ok(_) => return Err(refused("is no folder")),
            Err(error) if error.kind() == ErrorKind::NotFound => true,
            Err(error) if error.kind() == ErrorKind::NotADirectory => return Err(refused("lies in what is no folder")),
            Err(error) => return Err(error).with_context(|| format!("{}: cannot be looked at", dir.display())),
        };
        if !is_new {
            let target = Self { part: absolute.join(PART), dir: absolute, exists: true };
            return if target.is_empty()? { Ok(target) } else { Err(refused("is not empty")) };
        }
        if fs::symlink_metadata(&absolute).is_ok() {
            return Err(refused("is a link to nothing"));
        }
        let Some(name) = absolute.file_name() else { return Err(refused("is no name for a folder")) };
        let mut part = OsString::from(".");
        part.push(name);
        part.push(PART);
        Ok(Self { part: absolute.with_file_name(part), dir: absolute.with_file_name(name), exists: false })
    }

    /// Whether nothing is in the folder but what an earlier run that was killed left of a copy.
    fn is_empty(&self) -> Result<bool> {
        let unread = || format!("{}: cannot be read", self.dir.display());
        for entry in fs::read_dir(&self.dir).with_context(unread)? {
            if entry.with_context(unread)?.file_name() != OsStr::new(PART) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Has `make` make a copy in the folder that it is given, which is not there, and puts it in place. Of its entries `last`
    /// is put in place last: without it the others are no copy. Whatever fails or stops it, nothing of it is left.
    ///
    /// # Errors
    /// Those of `make`. When the copy cannot be put in place.
    pub(super) fn fill(&self, last: &str, make: impl FnOnce(&Path) -> Result<Copied>) -> Result<Copied> {
        clear(&self.part)?;
        let made = make(&self.part).and_then(|copied| {
            if !copied.interrupted {
                self.put_in_place(last)?;
            }
            Ok(copied)
        });
        if !made.as_ref().is_ok_and(|copied| !copied.interrupted) {
            clear(&self.part)?;
        }
        made
    }

    fn put_in_place(&self, last: &str) -> Result<()> {
        if self.exists {
            return self.put_entries_in_place(last);
        }
        fs::rename(&self.part, &self.dir).with_context(|| format!("{}: cannot be written", self.dir.display()))?;
        self.dir.parent().map_or(Ok(()), sync_directory)
    }

    fn put_entries_in_place(&self, last: &str) -> Result<()> {
        if !self.is_empty()? {
            let message = format!("{} is not empty any more; nothing was written", self.dir.display());
            return Err(Failure::error(FailureKind::Surroundings, message));
        }
        let names: Vec<OsString> =
            fs::read_dir(&self.part)?.map(|entry| Ok(entry?.file_name())).collect::<std::io::Result<_>>()?;
        let mut moved = Vec::new();
        let mut put = |name: &OsStr| {
            let to = self.dir.join(name);
            fs::rename(self.part.join(name), &to).with_context(|| format!("{}: cannot be written", to.display()))?;
            moved.push(to);
            anyhow::Ok(())
        };
        let others = names.iter().filter(|name| *name != last);
        let put_all = others.map(OsString::as_os_str).try_for_each(&mut put);
        let put_all = put_all.and_then(|()| sync_directory(&self.dir)).and_then(|()| put(OsStr::new(last)));
        let put_all = put_all.and_then(|()| clear(&self.part)).and_then(|()| sync_directory(&self.dir));
        if put_all.is_err() {
            // The last to come goes first.
            for path in moved.iter().rev() {
                let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
            }
        }
        put_all
    }
}

fn clear(part: &Path) -> Result<()> {
    match fs::remove_dir_all(part) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{}: cannot be cleared", part.display()))
        }
        _ => Ok(()),
    }
}
