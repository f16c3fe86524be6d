//! What an error or a panic of tantivy means: damage, surroundings that fail, or a fault of newsgrep.

use std::error::Error;
use std::io;
use std::path::Path;

use tantivy::TantivyError;
use tantivy::directory::error::{OpenDirectoryError, OpenReadError};

use super::manifest::{Trust, verify};
use crate::archive::ManifestFile;
use crate::fault;
use crate::problem::{Failure, FailureKind, is_environment};

/// An index that cannot be used as it is.
pub(super) fn unusable(folder: &Path, what: &str) -> anyhow::Error {
    Failure::error(FailureKind::Damage, format!("the index in {} {what}", folder.display()))
}

/// Runs a search of the index in `folder`, of which `files` were recorded. tantivy panics on some damaged files. After a panic
/// the files are read: where they are as they were written, the fault is newsgrep's own.
pub(super) fn guarded<T>(
    folder: &Path,
    files: &[ManifestFile],
    search: impl FnOnce() -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    match fault::catch(search) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) if error.is::<Failure>() => Err(error),
        Ok(Err(error)) if cause(&error).is_some_and(is_environment) => {
            let message = format!("the index in {} cannot be opened: {error}", folder.display());
            Err(Failure::error(FailureKind::Surroundings, message))
        }
        Ok(Err(error)) => Err(unusable(folder, &format!("cannot be read ({error})"))),
        Err(panic) => Err(match verify(folder, files, Trust::Nothing).first() {
            Some(damage) => damage.error(),
            None => panic.error(),
        }),
    }
}

/// The error of the system behind one of tantivy, which names it as a source in some kinds and holds it in others.
fn cause(error: &anyhow::Error) -> Option<&io::Error> {
    let held = error.chain().find_map(|error| match error.downcast_ref::<TantivyError>() {
        Some(TantivyError::IoError(error)) => Some(&**error),
        Some(
            TantivyError::OpenReadError(OpenReadError::IoError { io_error, .. })
            | TantivyError::OpenDirectoryError(OpenDirectoryError::IoError { io_error, .. }),
        ) => Some(&**io_error),
        _ => error.downcast_ref::<OpenDirectoryError>().and_then(Error::source)?.downcast_ref(),
    });
    held.or_else(|| error.chain().find_map(|error| error.downcast_ref::<io::Error>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(error: &anyhow::Error) -> FailureKind {
        error.downcast_ref::<Failure>().unwrap().kind
    }

    /// A panic over sound files is newsgrep's own fault; over damaged ones it is damage.
    #[test]
    fn a_panic_is_told_by_the_files() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("index");
        std::fs::create_dir(&root).unwrap();
        let path = root.join("a");
        std::fs::write(&path, b"whole").unwrap();
        let hash = *blake3::hash(b"whole").as_bytes();
        let files = [ManifestFile { name: "a".to_owned(), length: 5, modified: 0, hash }];
        let panics = || -> anyhow::Result<()> { panic!("out of bounds") };
        let error = guarded(&root, &files, panics).unwrap_err();
        assert_eq!(kind(&error), FailureKind::Internal);
        assert!(error.to_string().contains("out of bounds") && error.to_string().contains("guard.rs"), "{error}");
        std::fs::write(&path, b"other").unwrap();
        let error = guarded(&root, &files, panics).unwrap_err();
        assert_eq!(kind(&error), FailureKind::Damage);
        assert!(error.to_string().contains("is not as it was written"), "{error}");
    }

    #[test]
    fn what_the_system_lacks_is_no_damage() {
        let too_many = || Err(io::Error::from_raw_os_error(24));
        let failed: anyhow::Result<()> = guarded(Path::new("index"), &[], || Ok(too_many()?));
        assert_eq!(kind(&failed.unwrap_err()), FailureKind::Surroundings);
        let failed: anyhow::Result<()> = guarded(Path::new("index"), &[], || {
            let error: Result<(), io::Error> = too_many();
            Ok(error.map_err(TantivyError::from)?)
        });
        assert_eq!(kind(&failed.unwrap_err()), FailureKind::Surroundings);
        let corrupt: anyhow::Result<()> = guarded(Path::new("index"), &[], || anyhow::bail!("corrupt"));
        assert_eq!(kind(&corrupt.unwrap_err()), FailureKind::Damage);
    }
}
