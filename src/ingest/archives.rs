//! Folders that newsgrep wrote itself, archives and exports: they hold clippings that are kept already, and no clippings.

use std::path::{Path, PathBuf};

use crate::archive::{is_archive, is_export};
use crate::problem::{Failure, FailureKind};

/// A folder that newsgrep wrote.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OwnFolder {
    /// Where it is.
    pub path: PathBuf,
    /// Whether it was written by `export-archive`; otherwise it is an archive.
    pub is_export: bool,
}

impl OwnFolder {
    fn at(path: &Path) -> Option<Self> {
        let is_export = is_export(path);
        (is_export || is_archive(path)).then(|| Self { path: path.to_owned(), is_export })
    }

    /// What it is, for a person.
    #[must_use]
    pub const fn what(&self) -> &'static str {
        if self.is_export { "an export of newsgrep" } else { "an archive of newsgrep" }
    }
}

/// The folder that newsgrep wrote, if a walk met one below where it began.
pub(super) fn met(entry: &ignore::DirEntry) -> Option<OwnFolder> {
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    if is_folder && entry.depth() > 0 { OwnFolder::at(entry.path()) } else { None }
}

/// Refuses to read a folder that newsgrep wrote, or that the archive `to` is in, before anything is done.
///
/// # Errors
/// [`FailureKind::Usage`], with what to do instead.
pub(super) fn refuse(paths: &[PathBuf], to: Option<&Path>) -> anyhow::Result<()> {
    // An archive is about to be made there, and stands in the folder when that is walked.
    let archive = to.and_then(|to| to.canonicalize().ok());
    for path in paths {
        let own = OwnFolder::at(path).or_else(|| {
            let is_archive = archive.is_some() && path.canonicalize().ok() == archive;
            is_archive.then(|| OwnFolder { path: path.clone(), is_export: false })
        });
        let Some(own) = own else { continue };
        let path = path.display();
        let instead = if own.is_export {
            format!("to make an archive of it, run newsgrep --archive NEW import-archive {path}")
        } else {
            format!(
                "to search it, run newsgrep --archive {path} query; to take over what is in it, run export-archive, then \
                 import-archive"
            )
        };
        let message = format!("{path} is {}, no folder of clippings; nothing was done: {instead}", own.what());
        return Err(Failure::error(FailureKind::Usage, message));
    }
    Ok(())
}
