//! One file being taken in: its bytes, its records, and what becomes of those it held before.
//!
//! The rows of a file are written when it is finished, or when a transaction ends in its middle; its records and articles
//! at once. Until then ids stand for rows to come: foreign keys are checked at the commit.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use anyhow::{Result, bail};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension};

use super::chunks::remove_pieces;
use super::forget::has_records;
use super::moved::Moved;
use super::original::{Twin, copy_pieces, refresh, supersede, twin};
use super::seal::{ORIGINALS, RECORDS, SOURCES, seal_of_numbers};
use super::stream::{APART, Stream};
use super::writer::{Writer, take};
use super::{FileInfo, FileOutcome, NewRecord, Outcome};
use crate::article::ArticleId;

/// A file being taken in.
pub(super) struct OpenFile {
    info: FileInfo,
    now: i64,
    pub(super) source: i64,
    /// Whether the source has a row.
    known: bool,
    /// Whether that row has another path, which is gone.
    moved: bool,
    /// Whether some record is in the archive already.
    met: bool,
    /// The row of the bytes being taken in, and whether it is written.
    pub(super) original: i64,
    written: bool,
    /// What the source held before, complete; and what an interrupted run left of yet other bytes.
    pub(super) before: Option<i64>,
    pub(super) fragment: Option<i64>,
    hasher: blake3::Hasher,
    bytes: Stream,
    /// The records that are not a run of the bytes.
    apart: Stream,
    /// The records an interrupted run left and this one has not met.
    unmet: HashSet<i64>,
    /// Articles that may have lost their last record.
    bereft: Vec<i64>,
    /// The articles of `before` by the hash of their key, once wanted.
    pub(super) keys: Option<HashMap<u64, i64>>,
    records: u64,
    /// Of these, records of articles that are not to come back.
    forgotten: u64,
    /// Where forgotten records stand.
    redacted: Vec<Range<i64>>,
    /// How many damaged chunks were stored anew before.
    repaired_before: u64,
}

/// What is known of a path.
struct Known {
    id: i64,
    original: Option<i64>,
    partial: Option<i64>,
    unchanged: bool,
}

impl Known {
    /// The source of a file that moved: nothing of it counts as unchanged.
    const fn of(moved: Moved) -> Self {
        Self { id: moved.source, original: moved.original, partial: moved.partial, unchanged: false }
    }
}

impl OpenFile {
    pub(super) fn begin(writer: &mut Writer, info: FileInfo, now: i64) -> Result<Self> {
        if writer.open.values().any(|open| open.info.path == info.path) {
            bail!("{}: is being read already", String::from_utf8_lossy(&info.path));
        }
        let here = known(&writer.connection, &info)?;
        let moved = if here.is_none() { writer.moved_by_inode(&info)? } else { None };
        let known = here.or_else(|| moved.map(Known::of));
        let partial = known.as_ref().and_then(|known| known.partial);
        let resumed = known.as_ref().is_some_and(|known| known.unchanged).then_some(partial).flatten();
        let original = resumed.unwrap_or_else(|| take(&mut writer.next.original));
        let mut file = Self {
            now,
            source: known.as_ref().map_or_else(|| take(&mut writer.next.source), |known| known.id),
            known: known.is_some(),
            moved: moved.is_some(),
            met: false,
            original,
            written: false,
            before: known.and_then(|known| known.original),
            fragment: partial.filter(|_| resumed.is_none()),
            hasher: blake3::Hasher::new(),
            bytes: Stream::new(original, 0),
            apart: Stream::new(original, APART),
            unmet: HashSet::new(),
            bereft: Vec::new(),
            keys: None,
            records: 0,
            forgotten: 0,
            redacted: Vec::new(),
            repaired_before: writer.chunks.repaired,
            info,
        };
        if resumed.is_some() {
            file.resume(&writer.connection)?;
        }
        Ok(file)
    }

    /// Goes on with the bytes of which an interrupted run left some: reads them again from the start, but keeps what of them
    /// is there.
    fn resume(&mut self, connection: &Connection) -> Result<()> {
        self.written = true;
        self.bytes.reload(connection)?;
        self.apart.reload(connection)?;
        let mut numbers = connection.prepare_cached("SELECT number FROM records WHERE original = ?")?;
        self.unmet = numbers.query_map([self.original], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(())
    }

    pub(super) fn append(&mut self, writer: &mut Writer, bytes: &[u8]) -> Result<()> {
        self.hasher.update(bytes);
        self.bytes.append(&writer.connection, &mut writer.chunks, bytes)
    }

    pub(super) fn add_record(&mut self, writer: &mut Writer, record: &NewRecord<'_>) -> Result<Outcome> {
        let id = ArticleId::of_hash(&record.hash);
        self.records += 1;
        self.forgotten += u64::from(writer.forgotten.contains(&id));
        let mut select = writer.connection.prepare_cached("SELECT id, hash, live FROM articles WHERE public = ?")?;
        let found = select
            .query_row([id.0.cast_signed()], |row| Ok((row.get(0)?, row.get::<_, [u8; 32]>(1)?, row.get(2)?)))
            .optional()?;
        drop(select);
        let Some((article, hash, live)) = found else {
            if writer.forgotten.contains(&id) {
                self.redacted.push(match &record.place {
                    Some(place) => place.start.cast_signed()..place.end.cast_signed(),
                    // It stands in the file in a form of its own.
                    None => 0..APART,
                });
                return Ok(Outcome::Forgotten(id));
            }
            return self.add_article(writer, record);
        };
        let (article, live): (i64, bool) = (article, live);
        if hash != record.hash {
            return Ok(Outcome::Clash(id));
        }
        self.met = true;
        // From a moved file it has another path now.
        let here = !self.moved && self.holds(&writer.connection, article)?;
        self.put_record(writer, record, article)?;
        if !(here && live) {
            writer.set_live(article, true)?;
        }
        Ok(match (live, here) {
            (true, true) => Outcome::Known(id),
            (true, false) => Outcome::KnownElsewhere(id),
            (false, _) => Outcome::Returned(id),
        })
    }

    fn add_article(&mut self, writer: &mut Writer, record: &NewRecord<'_>) -> Result<Outcome> {
        let id = ArticleId::of_hash(&record.hash);
        let previous = self.previous(&writer.connection, record)?;
        let article = writer.insert_article(record, &self.info.reader, previous, self.now)?;
        self.put_record(writer, record, article)?;
        let Some(previous) = previous else { return Ok(Outcome::Added(id)) };
        self.retire(writer, previous)?;
        let mut select = writer.connection.prepare_cached("SELECT public FROM articles WHERE id = ?")?;
        let public: i64 = select.query_row([previous], |row| row.get(0))?;
        Ok(Outcome::NewVersion { id, previous: ArticleId(public.cast_unsigned()) })
    }

    fn put_record(&mut self, writer: &mut Writer, record: &NewRecord<'_>, article: i64) -> Result<()> {
        let number = record.number.cast_signed();
        if !self.unmet.remove(&number) {
            writer.meta.counts.records += 1;
        } else {
            let mut select =
                writer.connection.prepare_cached("SELECT article FROM records WHERE original = ? AND number = ?")?;
            let before: i64 = select.query_row((self.original, number), |row| row.get(0))?;
            if before != article {
                self.bereft.push(before);
            }
        }
        let (offset, length) = match &record.range {
            Some(range) => (range.start.cast_signed(), range.end.saturating_sub(range.start).cast_signed()),
            None => {
                let offset = self.apart.end();
                self.apart.append(&writer.connection, &mut writer.chunks, record.bytes)?;
                (offset, self.apart.end() - offset)
            }
        };
        let place = record.place.as_ref();
        let (file_offset, file_length) =
            place.map(|place| (place.start.cast_signed(), place.end.saturating_sub(place.start).cast_signed())).unzip();
        let query = "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
        let [original, row, start, bytes] = [self.original, article, offset, length].map(Some);
        let seal = seal_of_numbers([original, Some(number), row, start, bytes, file_offset, file_length]);
        let values = (original, number, row, start, bytes, seal, file_offset, file_length);
        writer.connection.prepare_cached(query)?.execute(values)?;
        Ok(())
    }

    /// Writes what there is of an unfinished file, so that every record of it can be read back.
    pub(super) fn settle(&mut self, writer: &mut Writer) -> Result<()> {
        self.bytes.settle(&writer.connection, &mut writer.chunks)?;
        self.apart.settle(&writer.connection, &mut writer.chunks)?;
        let length = self.bytes.end();
        self.write_original(&writer.connection, None, length)?;
        self.write_source(&writer.connection, self.before, Some(self.original))?;
        if let Some(fragment) = self.fragment.take() {
            supersede(writer, self.source, fragment, self.original, self.now)?;
        }
        Ok(())
    }

    /// The row of the bytes being taken in, and where forgotten records stand in them.
    pub(super) fn redacted(&self) -> Option<(i64, Vec<Range<i64>>)> {
        (!self.redacted.is_empty()).then(|| (self.original, self.redacted.clone()))
    }

    /// Finds anew where its bytes are, after some were blanked.
    pub(super) fn reload(&mut self, connection: &Connection) -> Result<()> {
        self.bytes.reload(connection)?;
        self.apart.reload(connection)
    }

    pub(super) fn finish(&mut self, writer: &mut Writer) -> Result<FileOutcome> {
        let hash = *self.hasher.finalize().as_bytes();
        let mut twin = twin(&writer.connection, &hash, &self.info.reader, self.original)?;
        if let Some(twin) = &mut twin {
            let is_damaged = writer.is_damaged(twin.id)?;
            twin.whole &= !is_damaged;
            if is_damaged || writer.chunks.repaired > self.repaired_before {
                writer.count_repaired();
            }
        }
        let length = self.bytes.end();
        let all_forgotten = self.records > 0 && self.forgotten == self.records;
        match twin {
            // Store nothing: once in a pack, the bytes would stay there beside other files.
            _ if all_forgotten && !self.bytes.has_begun() => {}
            Some(Twin { id, same_reader, whole: true }) if !self.bytes.has_begun() => {
                if !same_reader {
                    copy_pieces(&writer.connection, id, self.original)?;
                }
            }
            _ => self.bytes.finish(&writer.connection, &mut writer.chunks)?,
        }
        self.apart.finish(&writer.connection, &mut writer.chunks)?;
        self.remove_unmet(writer)?;

        let original = match twin {
            Some(Twin { id, same_reader: true, whole }) => self.join(writer, id, whole)?,
            _ => {
                self.write_original(&writer.connection, Some(&hash), length)?;
                self.original
            }
        };
        self.follow_move(writer, original)?;
        writer.remove_skips_of_moved(self.source, &self.info.path)?;
        self.write_source(&writer.connection, Some(original), None)?;
        if original != self.original {
            writer.connection.prepare_cached("DELETE FROM originals WHERE id = ?")?.execute([self.original])?;
        }
        if self.before.is_some_and(|before| before != original) {
            // What it held once it may hold again.
            let mut delete =
                writer.connection.prepare_cached("DELETE FROM former WHERE original = ? AND source = ?")?;
            writer.meta.counts.former -= i64::try_from(delete.execute((original, self.source))?)?;
        }
        let mut left = 0;
        for old in [self.before, self.fragment].into_iter().flatten().filter(|old| *old != original) {
            left += supersede(writer, self.source, old, original, self.now)?;
        }
        if !self.redacted.is_empty() {
            writer.to_blank.push((original, std::mem::take(&mut self.redacted)));
        }
        for article in std::mem::take(&mut self.bereft) {
            left += refresh(writer, article)?;
        }
        if all_forgotten && !has_records(&writer.connection, self.source)? {
            // Nothing in it may be kept, its path neither. What it held before may have articles that are not forgotten.
            writer.forget_file(self.source)?;
        }
        Ok(FileOutcome { hash, length: length.cast_unsigned(), records: self.records, left })
    }

    /// Finds the source whose file this is, if it stood somewhere else before: what it held is what this one held before.
    fn follow_move(&mut self, writer: &mut Writer, original: i64) -> Result<()> {
        if let Some(before) = self.before.filter(|before| *before != original) {
            // A file of the content before that is gone was this one: what changes here changed there.
            while let Some(moved) = writer.moved_by_content(before, self.source)? {
                writer.absorb(self.source, moved.source, &self.info.path)?;
            }
        }
        if self.before.is_some() {
            return Ok(());
        }
        let mut moved = writer.moved_by_content(original, self.source)?;
        if moved.is_none() && self.met {
            moved = writer.moved_by_records(original)?;
        }
        let Some(moved) = moved else { return Ok(()) };
        if self.known {
            writer.absorb(self.source, moved.source, &self.info.path)?;
        } else {
            (self.source, self.known) = (moved.source, true);
        }
        (self.before, self.fragment) = (moved.original, moved.partial);
        Ok(())
    }

    /// Removes the records an interrupted run left that are no longer there.
    fn remove_unmet(&mut self, writer: &mut Writer) -> Result<()> {
        let connection = &writer.connection;
        let mut select = connection.prepare_cached("SELECT article FROM records WHERE original = ? AND number = ?")?;
        let mut delete = connection.prepare_cached("DELETE FROM records WHERE original = ? AND number = ?")?;
        for number in self.unmet.drain() {
            self.bereft.push(select.query_row((self.original, number), |row| row.get(0))?);
            writer.meta.counts.records -= i64::try_from(delete.execute((self.original, number))?)?;
        }
        Ok(())
    }

    /// Gives the records, and the bytes if `twin` lost some of its own, to an original with the same content.
    fn join(&mut self, writer: &mut Writer, twin: i64, whole: bool) -> Result<i64> {
        let connection = &writer.connection;
        let mut gone = connection.prepare_cached(
            "SELECT DISTINCT article FROM records WHERE original = ?1
             AND article NOT IN (SELECT article FROM records WHERE original = ?2)",
        )?;
        for article in gone.query_map((twin, self.original), |row| row.get(0))? {
            self.bereft.push(article?);
        }
        let removed = connection.prepare_cached("DELETE FROM records WHERE original = ?")?.execute([twin])?;
        writer.meta.counts.records -= i64::try_from(removed)?;
        connection
            .prepare_cached("UPDATE records SET original = ? WHERE original = ?")?
            .execute((twin, self.original))?;
        RECORDS.set(connection, twin)?;
        if whole {
            remove_pieces(connection, self.original, 0..APART)?;
            remove_pieces(connection, twin, APART..i64::MAX)?;
        } else {
            remove_pieces(connection, twin, 0..i64::MAX)?;
            connection.prepare_cached("UPDATE originals SET kept = NULL WHERE id = ?")?.execute([twin])?;
            ORIGINALS.set(connection, twin)?;
        }
        connection
            .prepare_cached("UPDATE pieces SET original = ? WHERE original = ?")?
            .execute((twin, self.original))?;
        Ok(twin)
    }

    fn write_original(&mut self, connection: &Connection, hash: Option<&[u8; 32]>, length: i64) -> Result<()> {
        let (id, reader) = (self.original, &self.info.reader);
        if std::mem::replace(&mut self.written, true) {
            let query = "UPDATE originals SET hash = ?2, kept = NULL, reader = ?3, length = ?4 WHERE id = ?1";
            connection.prepare_cached(query)?.execute((id, hash, reader, length))?;
            return ORIGINALS.set(connection, id);
        }
        let hash = hash.map_or(ValueRef::Null, |hash| ValueRef::Blob(hash));
        let reader = ValueRef::Text(reader.as_bytes());
        ORIGINALS.insert(connection, &[ValueRef::Integer(id), hash, ValueRef::Null, reader, ValueRef::Integer(length)])
    }

    fn write_source(&mut self, connection: &Connection, original: Option<i64>, partial: Option<i64>) -> Result<()> {
        let (info, now) = (&self.info, self.now);
        let [size, inode, device] = [info.size, info.inode, info.device].map(u64::cast_signed);
        if std::mem::replace(&mut self.known, true) {
            let query =
                "UPDATE sources SET size = ?3, mtime_ns = ?4, inode = ?5, device = ?6, original = ?7, partial = ?8,
                         last_read = ?9, ctime_ns = ?10, path = ?2, gone_since = NULL WHERE id = ?1";
            let (mtime, ctime) = (info.mtime_ns, info.ctime_ns);
            let row = (self.source, &info.path, size, mtime, inode, device, original, partial, now, ctime);
            connection.prepare_cached(query)?.execute(row)?;
            return SOURCES.set(connection, self.source);
        }
        let row = |number: Option<i64>| number.map_or(ValueRef::Null, ValueRef::Integer);
        let [id, size, mtime, inode, device, now, ctime] =
            [self.source, size, info.mtime_ns, inode, device, now, info.ctime_ns].map(ValueRef::Integer);
        let path = ValueRef::Blob(&info.path);
        let (original, partial, gone_since) = (row(original), row(partial), ValueRef::Null);
        let values = [id, path, size, mtime, inode, device, original, partial, now, now, ctime, gone_since];
        SOURCES.insert(connection, &values)
    }
}

fn known(connection: &Connection, info: &FileInfo) -> Result<Option<Known>> {
    let mut select = connection.prepare_cached(
        "SELECT s.id, s.original, s.partial, s.size, s.mtime_ns, s.inode, s.device, p.reader
         FROM sources s LEFT JOIN originals p ON p.id = s.partial WHERE s.path = ?",
    )?;
    let found = select.query_row([&info.path], |row| {
        let unchanged = row.get::<_, i64>(3)? == info.size.cast_signed()
            && row.get::<_, i64>(4)? == info.mtime_ns
            && row.get::<_, i64>(5)? == info.inode.cast_signed()
            && row.get::<_, i64>(6)? == info.device.cast_signed()
            && row.get::<_, Option<String>>(7)?.is_some_and(|reader| reader == info.reader);
        Ok(Known { id: row.get(0)?, original: row.get(1)?, partial: row.get(2)?, unchanged })
    });
    Ok(found.optional()?)
}
