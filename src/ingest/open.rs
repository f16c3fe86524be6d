//! Opens a file that the walk found, and nothing that took its place meanwhile.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};

use rustix::fs::{OFlags, SeekFrom, seek};

use super::files::Candidate;

/// Files of more bytes are looked at for holes: no text has gigabytes of nothing in it.
const LARGE: u64 = 1 << 30;

/// The most runs of data that are looked at.
const RUNS: u32 = 10_000;

/// Opens a file for reading from its start. `most` is the largest length that is read, in bytes.
///
/// # Errors
/// What is in the way, for a person: it is too large, mostly holes, or another file than the walk saw.
pub(super) fn open(candidate: &Candidate, most: u64) -> io::Result<File> {
    let Candidate { path, metadata, named } = candidate;
    let length = metadata.len();
    if length > most {
        return Err(io::Error::other(format!("has {length} bytes, more than --max-file allows ({most})")));
    }
    // A FIFO is not waited for. What a person named may be a link; what was met in a folder may not.
    let follow = if *named { OFlags::empty() } else { OFlags::NOFOLLOW };
    let flags = (follow | OFlags::NONBLOCK | OFlags::NOCTTY).bits();
    let opened = OpenOptions::new().read(true).custom_flags(flags.cast_signed()).open(path);
    let file = opened.map_err(|error| if is_link(&error) { replaced("a link") } else { error })?;
    let found = file.metadata()?;
    if !found.is_file() {
        return Err(replaced("no file"));
    }
    if (found.dev(), found.ino()) != (metadata.dev(), metadata.ino()) {
        return Err(replaced("another file"));
    }
    if length > LARGE {
        let data = data(&file, length)?;
        if data < length / 2 {
            return Err(io::Error::other(format!("is mostly holes: {data} of its {length} bytes are there")));
        }
    }
    Ok(file)
}

/// Whether a path could not be opened because its last part is a link: ELOOP.
fn is_link(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error())
}

fn replaced(by: &str) -> io::Error {
    io::Error::other(format!(
        "is {by} now: it was replaced after the folder was looked through; the next run looks again"
    ))
}

/// Bytes of a file that are not in holes; its length where the file system does not tell, or there are very many runs.
fn data(file: &File, length: u64) -> io::Result<u64> {
    let (mut at, mut data) = (0, 0);
    for _ in 0..RUNS {
        let begin = match seek(file.as_fd(), SeekFrom::Data(at)) {
            Ok(begin) if begin < length => begin,
            // Nothing but a hole is left.
            Ok(_) | Err(rustix::io::Errno::NXIO) => {
                seek(file.as_fd(), SeekFrom::Start(0))?;
                return Ok(data);
            }
            Err(_) => break,
        };
        let Ok(end) = seek(file.as_fd(), SeekFrom::Hole(begin)) else { break };
        data += end.min(length) - begin;
        at = end;
        if end >= length {
            seek(file.as_fd(), SeekFrom::Start(0))?;
            return Ok(data);
        }
    }
    seek(file.as_fd(), SeekFrom::Start(0))?;
    Ok(length)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    fn candidate(path: &std::path::Path, named: bool) -> Candidate {
        Candidate { path: path.to_owned(), metadata: fs::metadata(path).unwrap(), named }
    }

    #[test]
    fn what_took_the_place_of_a_file_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        let private = folder.path().join("private");
        fs::write(&private, "private").unwrap();
        let replace: [(&str, &dyn Fn()); 3] = [
            ("link", &|| symlink(&private, &path).unwrap()),
            ("no file", &|| fs::create_dir(&path).unwrap()),
            ("another file", &|| fs::write(&path, "other").unwrap()),
        ];
        for (what, replace) in replace {
            fs::write(&path, "text").unwrap();
            let seen = candidate(&path, false);
            assert!(open(&seen, 100).is_ok());
            // Kept, so that its inode is not given to another.
            fs::rename(&path, folder.path().join(format!("kept {what}"))).unwrap();
            replace();
            let error = open(&seen, 100).unwrap_err().to_string();
            assert!(error.contains(what) && error.contains("replaced"), "{what}: {error}");
            if path.is_dir() { fs::remove_dir(&path).unwrap() } else { fs::remove_file(&path).unwrap() }
        }
        symlink(&private, &path).unwrap();
        assert!(open(&candidate(&path, true), 100).is_ok(), "a person who names a link means what it leads to");
        assert!(open(&candidate(&private, false), 6).unwrap_err().to_string().contains("--max-file"));
    }

    #[test]
    fn holes_are_told_from_data() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::write(&path, vec![b'x'; 1 << 20]).unwrap();
        let file = File::options().read(true).write(true).open(&path).unwrap();
        assert_eq!(data(&file, 1 << 20).unwrap(), 1 << 20);
        file.set_len(3 << 30).unwrap();
        let found = data(&file, 3 << 30).unwrap();
        // A file system without holes says that all is data.
        assert!(found <= 2 << 20 || found == 3 << 30, "{found}");
        if found < 3 << 30 {
            assert!(open(&candidate(&path, false), u64::MAX).unwrap_err().to_string().contains("holes"));
        }
    }
}
