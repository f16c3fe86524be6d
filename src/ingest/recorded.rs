//! What the archive records of the index: read, and written when a commit is complete.

use std::path::Path;

use crate::archive::{self, IndexCommit, Wait, Writer};
use crate::index::{FOLDER as INDEX, Generation, folder, with_times};
use crate::problem::is_damage;

/// What the archive records of the index.
pub(super) enum Recorded {
    Nothing,
    Commit(Box<IndexCommit>),
    /// What it records is not as it was written.
    Damaged(anyhow::Error),
}

pub(super) fn recorded(dir: &Path) -> anyhow::Result<Recorded> {
    match archive::Reader::open(dir)?.index_commit() {
        Ok(None) => Ok(Recorded::Nothing),
        Ok(Some(commit)) => Ok(Recorded::Commit(Box::new(commit))),
        Err(error) if is_damage(&error) => Ok(Recorded::Damaged(error)),
        Err(error) => Err(error),
    }
}

/// Records that the files of the index were compared with what was recorded and found the same: their times, and those of a copy.
/// Says whether it was recorded, if there was something to record: where the archive cannot be written now, it is not.
///
/// # Errors
/// The archive cannot be read.
pub fn record_verified(dir: &Path) -> anyhow::Result<Option<bool>> {
    let Some(commit) = archive::Reader::open(dir)?.index_commit()? else { return Ok(None) };
    let seen = with_times(&folder(&dir.join(INDEX), &commit), &commit)?;
    if seen == commit && !commit.is_copy(dir) {
        return Ok(None);
    }
    let Ok(mut archive) = Writer::open_or_create(dir, &Wait::No) else { return Ok(Some(false)) };
    if archive::Reader::open(dir)?.index_commit()?.as_ref() != Some(&commit) {
        return Ok(None);
    }
    archive.set_index_commit(seen)?;
    archive.settle_journal()?;
    Ok(Some(true))
}

/// Records the last commit of an index that nobody writes any more, and removes all other files of the index.
pub(super) fn record(mut index: Generation, sequence: u64, archive: &mut Writer) -> anyhow::Result<()> {
    let commit = index.commit(sequence)?;
    archive.set_index_commit(commit.clone())?;
    index.sweep(&commit)
}
