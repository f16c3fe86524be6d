//! Opens the plain files of a folder that may come from anybody. What is opened lies in that folder: no link is followed
//! below it, and nothing but a regular file is read or waited for.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;

/// Opens the regular file `name` below `dir` for reading. `dir` itself may be a link: a person named it.
///
/// # Errors
/// [`io::ErrorKind::NotFound`]; another kind, with the reason in words, for a link, a folder, a pipe or a device, and for a file
/// that lies behind a link.
pub(super) fn open(dir: &Path, name: &Path) -> io::Result<File> {
    let mut path = dir.to_owned();
    let mut parts = name.iter().peekable();
    while let Some(part) = parts.next() {
        path.push(part);
        let found = fs::symlink_metadata(&path)?;
        if found.is_symlink() {
            return Err(io::Error::other("is a link, which is not followed"));
        }
        if parts.peek().is_some() {
            continue;
        }
        if !found.is_file() {
            return Err(io::Error::other("is no regular file"));
        }
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed();
        let file = OpenOptions::new().read(true).custom_flags(flags).open(&path)?;
        let opened = file.metadata()?;
        // Another file may have taken its place since it was looked at.
        if !opened.is_file() || (opened.dev(), opened.ino()) != (found.dev(), found.ino()) {
            return Err(io::Error::other("was changed while it was opened"));
        }
        return Ok(file);
    }
    Err(io::Error::other("has no name"))
}
