//! Opens the plain files of a folder that may come from anybody. What is opened lies in that folder: no link is followed
//! below it, and nothing but a regular file is read or waited for.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

/// The flags `O_NOFOLLOW | O_NONBLOCK` of open(2): a link at the end of a path is an error, and a pipe is not waited for. They
/// are numbers of the system and the processor, and Linux has two sets of them. Elsewhere the comparisons in [`open`] do alone.
const FLAGS: i32 = if !cfg!(target_os = "linux") {
    0
} else if cfg!(any(target_arch = "aarch64", target_arch = "arm", target_arch = "powerpc", target_arch = "powerpc64")) {
    0o100_000 | 0o4000
} else if cfg!(any(target_arch = "x86_64", target_arch = "x86", target_arch = "riscv64", target_arch = "s390x")) {
    0o400_000 | 0o4000
} else {
    0
};

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
        let file = OpenOptions::new().read(true).custom_flags(FLAGS).open(&path)?;
        let opened = file.metadata()?;
        // Another file may have taken its place since it was looked at.
        if !opened.is_file() || (opened.dev(), opened.ino()) != (found.dev(), found.ino()) {
            return Err(io::Error::other("was changed while it was opened"));
        }
        return Ok(file);
    }
    Err(io::Error::other("has no name"))
}
