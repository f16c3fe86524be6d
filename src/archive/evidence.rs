//! The chain of evidence of one article: what its bytes are, where they stand in which files, and whether all of that is
//! as it was written. Everything is read and hashed now; nothing is taken from memory.

use anyhow::Result;

use super::reader::Reader;
use super::record;
use super::rows::ArticleRow;
use super::seal::{FORMER, ORIGINALS, RECORDS, SOURCES};
use crate::article::ArticleId;
use crate::problem::is_damage;

/// What the archive can vouch for about an article.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Its row.
    pub article: ArticleRow,
    /// Its bytes, which have the hash of the row; `None` when they are damaged everywhere.
    pub bytes: Option<Vec<u8>>,
    /// The article that this one is the next version of.
    pub previous: Option<ArticleId>,
    /// Its next version.
    pub next: Option<ArticleId>,
    /// The contents of files that have it, in the order they were taken in.
    pub places: Vec<Place>,
    /// What is not as it was written.
    pub damage: Vec<String>,
}

/// A record of the article in the content of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// BLAKE3 of the file as it was read; `None` while it was not read to its end.
    pub hash: Option<[u8; 32]>,
    /// The length of the file in bytes.
    pub length: u64,
    /// Whether articles in it were forgotten, so that blanks stand in their place.
    pub redacted: bool,
    /// Whether file and record are, hashed anew, what they were.
    pub sound: bool,
    /// The record's number in the file.
    pub record: u64,
    /// Where its bytes are in the file; `None` when they are kept beside it.
    pub offset: Option<u64>,
    /// The record's length in bytes.
    pub record_length: u64,
    /// The paths that have, or had, this content.
    pub sources: Vec<Source>,
}

/// A path that has or had a file. Times are milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The system's bytes.
    pub path: Vec<u8>,
    /// When the path was first taken in.
    pub first_seen: i64,
    /// When it was last read.
    pub last_read: i64,
    /// When the file that was last read was modified, in nanoseconds since 1970.
    pub mtime_ns: i64,
    /// When another content took its place; `None` while it has it.
    pub until: Option<i64>,
}

impl Reader {
    /// Gathers and verifies what there is to say about an article.
    ///
    /// # Errors
    /// [`FailureKind::NotFound`](crate::problem::FailureKind::NotFound) when there is no such article; when its row is
    /// damaged or the database fails. Damage to its bytes or files is part of the evidence.
    pub fn evidence(&self, id: ArticleId) -> Result<Evidence> {
        let _snapshot = self.snapshot()?;
        let article = self.article(id)?.ok_or_else(|| self.unknown(id))?;
        let mut damage = Vec::new();
        let read = self
            .explained(|| record::bytes(&self.connection, &mut self.chunks.borrow_mut(), article.row, &article.hash));
        let bytes = match read {
            Ok(bytes) => Some(bytes),
            Err(error) if is_damage(&error) => {
                damage.push(error.to_string());
                None
            }
            Err(error) => return Err(error),
        };
        let previous = match self.previous(&article) {
            Err(error) if is_damage(&error) => {
                damage.push(error.to_string());
                None
            }
            other => other?,
        };
        let next = self.next(&article)?;
        let places = self.explained(|| self.places(&article, &mut damage))?;
        Ok(Evidence { article, bytes, previous, next, places, damage })
    }

    fn places(&self, article: &ArticleRow, damage: &mut Vec<String>) -> Result<Vec<Place>> {
        let mut select = self.connection.prepare_cached(
            "SELECT o.id, o.hash, o.kept, o.length, r.number, r.offset, r.length FROM records r
             JOIN originals o ON o.id = r.original WHERE r.article = ? ORDER BY o.id, r.number",
        )?;
        let mut rows = select.query([article.row])?;
        let mut places = Vec::new();
        while let Some(row) = rows.next()? {
            let original: i64 = row.get(0)?;
            let (hash, kept): (Option<[u8; 32]>, Option<[u8; 32]>) = (row.get(1)?, row.get(2)?);
            let (offset, length): (i64, i64) = (row.get(5)?, row.get(6)?);
            let before = damage.len();
            for sealed in [&RECORDS, &FORMER] {
                if !sealed.is_sound(&self.connection, original)? {
                    damage.push(sealed.broken(original).to_string());
                }
            }
            let sources = self.sources(original, damage)?;
            if sources.is_empty() {
                damage.push(format!("originals, row {original}: no file has it or had it"));
            }
            self.compare(original, kept.or(hash), offset..offset.saturating_add(length), article, damage)?;
            places.push(Place {
                hash,
                length: row.get::<_, i64>(3)?.cast_unsigned(),
                redacted: kept.is_some(),
                sound: damage.len() == before,
                record: row.get::<_, i64>(4)?.cast_unsigned(),
                offset: (offset < super::stream::APART).then_some(offset.cast_unsigned()),
                record_length: length.cast_unsigned(),
                sources,
            });
        }
        let mut count = self.connection.prepare_cached("SELECT count(*) FROM records WHERE article = ?")?;
        if count.query_row([article.row], |row| row.get::<_, i64>(0))? > i64::try_from(places.len())? {
            damage.push(format!("an original that article {} stands in has no row", article.id));
        }
        Ok(places)
    }

    /// Hashes a file and the article's record in it anew.
    fn compare(
        &self,
        original: i64,
        hash: Option<[u8; 32]>,
        range: std::ops::Range<i64>,
        article: &ArticleRow,
        damage: &mut Vec<String>,
    ) -> Result<()> {
        let mut chunks = self.chunks.borrow_mut();
        if !ORIGINALS.is_sound(&self.connection, original)? {
            damage.push(format!("originals, row {original}: it is not as it was written"));
        }
        let mut hasher = blake3::Hasher::new();
        let whole = record::original(&self.connection, &mut chunks, original, hash.as_ref(), &mut |_| Ok(()));
        let record = chunks.read(&self.connection, original, range, &mut |bytes| {
            hasher.update(bytes);
            Ok(())
        });
        for read in [whole.map(drop), record] {
            match read {
                Err(error) if is_damage(&error) => damage.push(format!("originals, row {original}: {error}")),
                other => other?,
            }
        }
        if damage.is_empty() && hasher.finalize() != article.hash {
            damage.push(format!("originals, row {original}: the record is not what it was"));
        }
        Ok(())
    }

    fn sources(&self, original: i64, damage: &mut Vec<String>) -> Result<Vec<Source>> {
        let mut select = self.connection.prepare_cached(
            "SELECT id, path, first_seen, last_read, mtime_ns, NULL FROM sources WHERE original = ?1
             UNION SELECT id, path, first_seen, last_read, mtime_ns, NULL FROM sources WHERE partial = ?1
             UNION SELECT s.id, s.path, s.first_seen, s.last_read, s.mtime_ns, f.until FROM former f
             JOIN sources s ON s.id = f.source WHERE f.original = ?1 ORDER BY 6, 2",
        )?;
        let mut rows = select.query([original])?;
        let mut sources = Vec::new();
        while let Some(row) = rows.next()? {
            let id = row.get(0)?;
            if !SOURCES.is_sound(&self.connection, id)? {
                damage.push(format!("sources, row {id}: it is not as it was written"));
            }
            sources.push(Source {
                path: row.get(1)?,
                first_seen: row.get(2)?,
                last_read: row.get(3)?,
                mtime_ns: row.get(4)?,
                until: row.get(5)?,
            });
        }
        Ok(sources)
    }
}
