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
