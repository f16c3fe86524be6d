//! What could not be taken in: records and files that are known to be there, with what is wrong with them.
//!
//! A file is tried again when it changes, or when the readers do. What is wrong with it is forgotten when it is read again, and
//! noted anew where it still is.

use anyhow::Result;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row};

use super::FileInfo;
use super::reader::Reader;
use super::seal::SKIPPED;
use super::writer::Writer;

/// The number of records that stands for a file as a whole.
pub const WHOLE_FILE: u64 = 0;

/// A record or a file that could not be taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skip {
    /// The path of its file, the system's bytes.
    pub path: Vec<u8>,
    /// Its number in the file; `None` for the file as a whole, or for more records of a file than are named.
    pub record: Option<u64>,
    /// What is wrong, in words for a person.
    pub reason: String,
    /// How many records this stands for.
    pub count: u64,
    /// When it was first met, in milliseconds since 1970.
    pub since: i64,
}

impl Writer {
    /// Notes what is wrong with `count` records of a file; [`WHOLE_FILE`] is the file as a whole. `readers` is the version of the
    /// readers that tried.
    ///
    /// # Errors
    /// When the database fails.
    pub fn add_skip(
        &mut self,
        file: &FileInfo,
        record: u64,
        reason: &str,
        count: u64,
        readers: u32,
        now: i64,
    ) -> Result<()> {
        self.within(|writer| {
            writer.remove_skips_before_move(file)?;
            let connection = &writer.connection;
            let query = "SELECT coalesce(max(id), 0) + 1 FROM skipped";
            let id: i64 = connection.prepare_cached(query)?.query_row([], |row| row.get(0))?;
            let [record, count, size, inode, device] = [record, count, file.size, file.inode, file.device]
                .map(|number| ValueRef::Integer(number.cast_signed()));
            let [id, mtime, ctime, readers, now] =
                [id, file.mtime_ns, file.ctime_ns, i64::from(readers), now].map(ValueRef::Integer);
            let (path, reason) = (ValueRef::Blob(&file.path), ValueRef::Text(reason.as_bytes()));
            let row = [id, path, record, reason, count, size, mtime, ctime, inode, device, readers, now];
            SKIPPED.insert(connection, &row)?;
            writer.meta.counts.skipped += 1;
            Ok(())
        })
    }

    /// Takes back what was wrong with a file that stood under another path, which is gone.
    fn remove_skips_before_move(&mut self, file: &FileInfo) -> Result<()> {
        let query = "SELECT DISTINCT path FROM skipped WHERE inode = ? AND device = ? AND size = ? AND mtime_ns = ? AND path <> ?";
        let [inode, device, size] = [file.inode, file.device, file.size].map(u64::cast_signed);
        let mut select = self.connection.prepare_cached(query)?;
        let paths = select.query_map((inode, device, size, file.mtime_ns, &file.path), |row| row.get(0))?;
        let paths: Vec<Vec<u8>> = paths.collect::<rusqlite::Result<_>>()?;
        drop(select);
        for path in paths {
            if (self.is_gone)(&path) {
                self.remove_skips(&path)?;
            }
        }
        Ok(())
    }

    /// Takes back what was wrong with a file: it is read again.
    ///
    /// # Errors
    /// When the database fails.
    pub fn remove_skips(&mut self, path: &[u8]) -> Result<u64> {
        if self.meta.counts.skipped == 0 {
            return Ok(0);
        }
        let removed = self.within(|writer| {
            let mut delete = writer.connection.prepare_cached("DELETE FROM skipped WHERE path = ?")?;
            Ok(delete.execute([path])?)
        })?;
        self.meta.counts.skipped -= i64::try_from(removed)?;
        Ok(removed as u64)
    }

    /// Takes back what was wrong with the file of a source, unless it stands at `path`: it was read again there.
    pub(super) fn remove_skips_of_moved(&mut self, source: i64, path: &[u8]) -> Result<()> {
        let mut select = self.connection.prepare_cached("SELECT path FROM sources WHERE id = ?")?;
        let old: Option<Vec<u8>> = select.query_row([source], |row| row.get(0)).optional()?;
        drop(select);
        old.filter(|old| old != path).map_or(Ok(()), |old| self.remove_skips(&old).map(drop))
    }

    /// Takes back what was wrong with a file, or with all files below a folder.
    ///
    /// # Errors
    /// When the database fails.
    pub fn remove_skips_below(&mut self, path: &[u8]) -> Result<u64> {
        let (from, to) = ([path, b"/"].concat(), [path, b"0"].concat());
        let removed = self.within(|writer| {
            let query = "DELETE FROM skipped WHERE path = ?1 OR (path >= ?2 AND path < ?3)";
            Ok(writer.connection.prepare_cached(query)?.execute((path, from, to))?)
        })?;
        self.meta.counts.skipped -= i64::try_from(removed)?;
        Ok(removed as u64)
    }

    /// How many records and files are known that could not be taken in.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count_skipped(&mut self) -> Result<u64> {
        self.explained(|writer| count(&writer.connection))
    }
}

impl Reader {
    /// Hands over what could not be taken in, by path.
    ///
    /// # Errors
    /// When the database fails or a row is damaged.
    pub fn skips(&self) -> Result<Vec<Skip>> {
        self.explained(|| {
            let mut found = Vec::new();
            SKIPPED.all(&self.connection, &mut |row| {
                found.push(skip(row)?);
                Ok(true)
            })?;
            found.sort_by(|one, other| (&one.path, one.record).cmp(&(&other.path, other.record)));
            Ok(found)
        })
    }

    /// How many records and files are known that could not be taken in.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count_skipped(&self) -> Result<u64> {
        self.explained(|| count(&self.connection))
    }
}

fn count(connection: &Connection) -> Result<u64> {
    let query = "SELECT coalesce(sum(count), 0) FROM skipped";
    Ok(connection.prepare_cached(query)?.query_row([], |row| row.get::<_, i64>(0))?.cast_unsigned())
}

fn skip(row: &Row<'_>) -> Result<Skip> {
    let (record, count) = (row.get::<_, i64>(2)?.cast_unsigned(), row.get::<_, i64>(4)?.cast_unsigned());
    Ok(Skip {
        path: row.get(1)?,
        record: Some(record).filter(|record| *record != WHOLE_FILE && count == 1),
        reason: row.get(3)?,
        count,
        since: row.get(11)?,
    })
}
