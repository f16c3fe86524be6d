//! Files that moved, and files that are gone.
//!
//! A path that is gone is the same source as a new one that has its content, or its inode and its file name, or at least half of
//! its records byte for byte. Keys of records, or an inode alone, prove nothing: exports count their records alike, and a file
//! system gives an inode again.

use std::collections::HashSet;

use anyhow::Result;

use super::FileInfo;
use super::reader::Reader;
use super::seal::{FORMER, SOURCES};
use super::writer::Writer;

/// Says whether nothing is at a path any more.
pub(super) type IsGone = Box<dyn Fn(&[u8]) -> bool>;

/// A source whose file stands somewhere else now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moved {
    pub(super) source: i64,
    pub(super) original: Option<i64>,
    pub(super) partial: Option<i64>,
}

impl Writer {
    /// Lets files be known again that were moved: `is_gone` says whether nothing is at a path any more.
    pub fn follow_moves(&mut self, is_gone: impl Fn(&[u8]) -> bool + 'static) {
        self.is_gone = Box::new(is_gone);
    }

    /// The source that has the inode and the file name of a new one, and whose path is gone.
    pub(super) fn moved_by_inode(&self, info: &FileInfo) -> Result<Option<Moved>> {
        let name = |path: &[u8]| path.rsplit(|byte| *byte == b'/').next().map(<[u8]>::to_vec);
        let mut select =
            self.connection.prepare_cached("SELECT id, path, original, partial FROM sources WHERE inode = ?")?;
        let mut rows = select.query([info.inode.cast_signed()])?;
        while let Some(row) = rows.next()? {
            let path: Vec<u8> = row.get(1)?;
            if path != info.path && name(&path) == name(&info.path) && (self.is_gone)(&path) {
                return Ok(Some(Moved { source: row.get(0)?, original: row.get(2)?, partial: row.get(3)? }));
            }
        }
        Ok(None)
    }

    /// A source, other than `but`, that has this original and whose path is gone.
    pub(super) fn moved_by_content(&self, original: i64, but: i64) -> Result<Option<Moved>> {
        let mut select = self
            .connection
            .prepare_cached("SELECT id, path, original, partial FROM sources WHERE original = ? AND id <> ?")?;
        let mut rows = select.query((original, but))?;
        while let Some(row) = rows.next()? {
            if (self.is_gone)(&row.get::<_, Vec<u8>>(1)?) {
                return Ok(Some(Moved { source: row.get(0)?, original: row.get(2)?, partial: row.get(3)? }));
            }
        }
        Ok(None)
    }

    /// A source of whose records at least half stand in an original, and whose path is gone.
    pub(super) fn moved_by_records(&self, original: i64) -> Result<Option<Moved>> {
        let mut select = self.connection.prepare_cached(
            "SELECT s.id, s.path, s.original, s.partial, count(DISTINCT here.article) FROM records here
             JOIN records there ON there.article = here.article AND there.original <> here.original
             JOIN sources s ON s.original = there.original WHERE here.original = ? GROUP BY s.id ORDER BY 5 DESC",
        )?;
        let mut rows = select.query([original])?;
        while let Some(row) = rows.next()? {
            let (shared, there): (i64, i64) = (row.get(4)?, row.get(2)?);
            let all = "SELECT count(DISTINCT article) FROM records WHERE original = ?";
            let all: i64 = self.connection.prepare_cached(all)?.query_row([there], |row| row.get(0))?;
            if shared * 2 >= all && (self.is_gone)(&row.get::<_, Vec<u8>>(1)?) {
                return Ok(Some(Moved { source: row.get(0)?, original: Some(there), partial: row.get(3)? }));
            }
        }
        Ok(None)
    }

    /// Makes one source of two: what the other held goes over to `source`, whose file stands at `path`.
    pub(super) fn absorb(&mut self, source: i64, other: i64, path: &[u8]) -> Result<()> {
        self.remove_skips_of_moved(other, path)?;
        let connection = &self.connection;
        let originals: Vec<i64> = connection
            .prepare_cached("SELECT original FROM former WHERE source = ?")?
            .query_map([other], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        connection
            .prepare_cached("UPDATE OR IGNORE former SET source = ? WHERE source = ?")?
            .execute((source, other))?;
        let doubled = connection.prepare_cached("DELETE FROM former WHERE source = ?")?.execute([other])?;
        originals.into_iter().try_for_each(|original| FORMER.set(connection, original))?;
        connection.prepare_cached("DELETE FROM sources WHERE id = ?")?.execute([other])?;
        self.meta.counts.former -= i64::try_from(doubled)?;
        Ok(())
    }

    /// Notes which files below a folder are gone, and which are there again: `seen` are those that are there. Gives how many are
    /// newly gone. `seen_kept` is how many of these are known and kept: where they are as many as there were, nobody is asked
    /// further. A folder in which nothing is, and something was, may be the place of a drive that is not there: nothing is
    /// noted then, and the number of its files is the error.
    ///
    /// # Errors
    /// When the database fails.
    pub fn note_gone(
        &mut self,
        folder: &[u8],
        seen: &HashSet<&[u8]>,
        seen_kept: u64,
        now: i64,
    ) -> Result<Result<u64, u64>> {
        let (from, to) = ([folder, b"/"].concat(), [folder, b"0"].concat());
        let there = seen.iter().any(|path| path.starts_with(&from));
        let counts = "SELECT count(*), count(gone_since) FROM sources WHERE path >= ? AND path < ?";
        let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?));
        let (known, gone) = self.connection.prepare_cached(counts)?.query_row((&from, &to), row)?;
        if !there {
            return Ok(if known > gone { Err((known - gone).cast_unsigned()) } else { Ok(0) });
        }
        if gone == 0 && known.cast_unsigned() == seen_kept {
            return Ok(Ok(0));
        }
        let mut changes: Vec<(i64, Option<i64>)> = Vec::new();
        let select = "SELECT id, path, gone_since FROM sources WHERE path >= ? AND path < ?";
        let mut select = self.connection.prepare_cached(select)?;
        let mut rows = select.query((&from, &to))?;
        let mut newly = 0;
        while let Some(row) = rows.next()? {
            let (path, since): (Vec<u8>, Option<i64>) = (row.get(1)?, row.get(2)?);
            match (seen.contains(path.as_slice()), since) {
                (true, Some(_)) => changes.push((row.get(0)?, None)),
                (false, None) if (self.is_gone)(&path) => {
                    newly += 1;
                    changes.push((row.get(0)?, Some(now)));
                }
                _ => {}
            }
        }
        drop(rows);
        drop(select);
        if !changes.is_empty() {
            self.within(|writer| {
                for (source, since) in changes {
                    let update = "UPDATE sources SET gone_since = ? WHERE id = ?";
                    writer.connection.prepare_cached(update)?.execute((since, source))?;
                    SOURCES.set(&writer.connection, source)?;
                }
                Ok(())
            })?;
        }
        Ok(Ok(newly))
    }
}

impl Reader {
    /// The paths of files that are gone from their folders, and were when these were last looked through.
    ///
    /// # Errors
    /// When the database fails or a row is damaged.
    pub fn gone(&self) -> Result<Vec<Vec<u8>>> {
        self.explained(|| {
            let mut paths = Vec::new();
            let query = "SELECT id FROM sources WHERE gone_since IS NOT NULL ORDER BY path";
            let mut select = self.connection.prepare(query)?;
            for source in select.query_map([], |row| row.get::<_, i64>(0))? {
                SOURCES.each(&self.connection, "id", source?, &mut |row| {
                    paths.push(row.get(1)?);
                    Ok(true)
                })?;
            }
            Ok(paths)
        })
    }
}
