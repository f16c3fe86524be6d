//! Whether a database and the journal beside it belong together.

use std::path::Path;

use anyhow::Result;

use super::opening;
use super::reader::Reader;
use super::schema::{Counts, Meta, damage};

impl Reader {
    /// Whether this is a copy made while a run was writing, whose database and journal do not belong together. Only a copy with a
    /// journal can be one; to find out takes reading all of it, once: `check` records that it was looked at.
    pub(super) fn torn_copy(&self) -> Option<String> {
        if !opening::has_journal(&self.dir) || !self.is_copy() || self.is_of_one_piece() {
            return None;
        }
        let message = "this copy was made while a run was writing, and its files do not belong together: copy the archive again \
                       when nothing writes; or see with `newsgrep check` what is sound";
        Some(message.to_owned())
    }

    fn is_copy(&self) -> bool {
        self.index_commit().ok().flatten().is_some_and(|commit| commit.is_copy(&self.dir))
    }

    /// Whether the database, read with its journal, is whole.
    fn is_of_one_piece(&self) -> bool {
        let check = || self.connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get::<_, String>(0));
        check().is_ok_and(|line| line == "ok")
            && Meta::load(&self.connection)
                .is_ok_and(|meta| Counts::of(&self.connection).is_ok_and(|now| now == meta.counts))
    }

    /// Refuses a database that was put in the place of the one that its journal belongs to: a writer would mix the two. Such a
    /// database changed after the journal did, or has another inode.
    ///
    /// # Errors
    /// [`FailureKind::Damage`](crate::problem::FailureKind::Damage), with what to remove.
    pub(super) fn refuse_other_journal(dir: &Path) -> Result<()> {
        if !opening::has_journal(dir) {
            return Ok(());
        }
        // Whatever stands in the way is told when the writer opens it.
        let Ok(opened) = opening::open_for_reading(dir) else { return Ok(()) };
        let reader = Self::on(dir, opened, None)?;
        if !(opening::is_newer_than_journal(dir) || reader.is_copy()) || reader.is_of_one_piece() {
            return Ok(());
        }
        Err(damage(
            "archive.sqlite and its journal do not belong together; nothing was changed: if archive.sqlite was put back from a \
             backup or copied, remove archive.sqlite-wal and archive.sqlite-shm beside it",
        ))
    }
}
