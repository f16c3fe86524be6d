//! Forgetting: articles that are to be gone for good, bytes and all.
//!
//! A record shares its chunk with others, so its bytes are overwritten with blanks and the chunk is written anew; the
//! places of all other bytes stay. What a source held before may hold the record too without saying so (see the room's
//! documentation); of such originals only the records that stand in them alone are kept.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::slice;

use anyhow::Result;
use rusqlite::{Connection, OptionalExtension};

use super::chunks::{ChunkReader, ChunkWriter, remove_pieces};
use super::opening::PATIENCE;
use super::seal::{GONE, ORIGINALS, STATES};
use super::stream::APART;
use super::writer::{Writer, no_such_article};
use super::{journal, record};
use crate::article::ArticleId;
use crate::problem::{Failure, FailureKind};

/// What became of articles that were to be forgotten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Articles forgotten.
    pub articles: u64,
    /// Files whose content is no longer whole in the archive.
    pub originals: u64,
}

/// The bytes of an original that are to go, in order and apart from each other.
type Cuts = Vec<Range<i64>>;

/// The whole of an original.
const ALL: Range<i64> = 0..i64::MAX;

impl Writer {
    /// Forgets articles: their rows, their records, and the bytes of the files they stand in that no other article needs.
    /// Commits, and leaves no copy behind in SQLite's journal. Their names are kept, so that no file brings them back.
    ///
    /// # Errors
    /// [`FailureKind::NotFound`] when an id names no article, and nothing is forgotten then. [`FailureKind::Surroundings`]
    /// when another process is reading and the journal cannot be emptied: the articles are gone from the archive, but their
    /// bytes are in the journal until it is.
    pub fn forget(&mut self, ids: &[ArticleId]) -> Result<Forgotten> {
        self.commit()?;
        let forgotten = self.changing(|writer| forget(writer, ids))?;
        self.commit()?;
        self.forgotten.extend(ids);
        journal::remove_set_aside(&self.dir)?;
        if self.empty_journal()? {
            return Ok(forgotten);
        }
        let message = format!(
            "{}: the articles are forgotten, but another process is reading and their bytes are still in the journal: run \
             this again when it is done",
            self.dir.display()
        );
        Err(Failure::error(FailureKind::Surroundings, message))
    }

    /// Allows forgotten articles to come back when a file that has them is read again, and commits. Gives how many of these
    /// were forgotten.
    ///
    /// # Errors
    /// When the database fails.
    pub fn lift(&mut self, ids: &[ArticleId]) -> Result<u64> {
        let lifted = self.changing(|writer| {
            let mut delete = writer.connection.prepare_cached("DELETE FROM gone WHERE public = ?")?;
            let lifted =
                ids.iter().try_fold(0, |lifted, id| anyhow::Ok(lifted + delete.execute([id.0.cast_signed()])?))?;
            drop(delete);
            writer.meta.counts.gone -= i64::try_from(lifted)?;
            Ok(lifted as u64)
        })?;
        self.commit()?;
        self.forgotten.retain(|id| !ids.contains(id));
        Ok(lifted)
    }

    /// Writes the journal to the database and empties it; `false` when somebody reads it.
    pub(super) fn empty_journal(&self) -> Result<bool> {
        journal::empty(&self.connection, PATIENCE)
    }
}

/// The articles that were forgotten.
pub(super) fn forgotten(connection: &Connection) -> Result<Vec<ArticleId>> {
    let mut select = connection.prepare_cached("SELECT public FROM gone ORDER BY public")?;
    let ids = select.query_map([], |row| Ok(ArticleId(row.get::<_, i64>(0)?.cast_unsigned())))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// Blanks the forgotten records that files taken in since the last commit brought back; says whether there were any. The
/// bytes must be stored already.
pub(super) fn blank_again(writer: &mut Writer) -> Result<bool> {
    let connection = &writer.connection;
    let mut cuts: BTreeMap<i64, Cuts> = BTreeMap::new();
    for (original, records) in writer.to_blank.drain(..) {
        cuts.insert(original, cuts_of_shown(connection, original, records)?);
    }
    for (original, mut records) in writer.open.values().filter_map(|open| open.redacted()) {
        // More of it is to come: its pieces stay where they are.
        records.sort_unstable_by_key(|record| record.start);
        cuts.insert(original, without_records(connection, original, &records)?);
    }
    cuts.retain(|_, cuts| !cuts.is_empty());
    if cuts.is_empty() {
        return Ok(false);
    }
    cut(connection, &mut writer.chunks, &cuts)?;
    for open in writer.open.values_mut() {
        open.reload(connection)?;
    }
    Ok(true)
}

fn forget(writer: &mut Writer, ids: &[ArticleId]) -> Result<Forgotten> {
    let changed = writer.this_sequence();
    let connection = &writer.connection;
    let mut articles = BTreeSet::new();
    for id in ids {
        let mut select = connection.prepare_cached("SELECT id FROM articles WHERE public = ?")?;
        let article: Option<i64> = select.query_row([id.0.cast_signed()], |row| row.get(0)).optional()?;
        articles.insert((article.ok_or_else(|| no_such_article(*id))?, id.0.cast_signed()));
    }
    let mut shown = BTreeMap::new();
    let mut former = BTreeSet::new();
    for (article, _) in &articles {
        find_originals(connection, *article, &mut shown, &mut former)?;
    }
    let mut counts = writer.meta.counts;
    for (article, public) in &articles {
        let query = "SELECT live, NOT EXISTS (SELECT 1 FROM gone WHERE public = ?2) FROM articles WHERE id = ?1";
        let (live, new): (i64, i64) =
            connection.prepare_cached(query)?.query_row((article, public), |row| Ok((row.get(0)?, row.get(1)?)))?;
        counts.articles -= 1;
        counts.live -= live;
        counts.gone += new;
        let removed = connection.prepare_cached("DELETE FROM records WHERE article = ?")?.execute([article])?;
        counts.records -= i64::try_from(removed)?;
        let next: Vec<i64> = connection
            .prepare_cached("SELECT id FROM articles WHERE previous = ?")?
            .query_map([article], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        connection
            .prepare_cached(
                "UPDATE articles SET previous = (SELECT previous FROM articles WHERE id = ?1) WHERE previous = ?1",
            )?
            .execute([article])?;
        next.into_iter().try_for_each(|next| STATES.set(connection, next))?;
        connection.prepare_cached("DELETE FROM articles WHERE id = ?")?.execute([article])?;
        connection.prepare_cached("INSERT OR REPLACE INTO gone VALUES (?, ?, 0)")?.execute((public, changed))?;
        GONE.set(connection, *public)?;
    }

    let mut cuts = BTreeMap::new();
    for (original, records) in shown.into_iter().filter(|(original, _)| !former.contains(original)) {
        cuts.insert(original, cuts_of_shown(connection, original, records)?);
    }
    for original in former {
        cuts.insert(original, without_records(connection, original, slice::from_ref(&ALL))?);
    }
    cuts.retain(|_, cuts| !cuts.is_empty());
    cut(connection, &mut writer.chunks, &cuts)?;
    writer.meta.counts = counts;
    Ok(Forgotten { articles: articles.len() as u64, originals: cuts.len() as u64 })
}

/// Finds the originals in which an article is recorded, with its places in them, and those that the sources of these held
/// before and show no more.
fn find_originals(
    connection: &Connection,
    article: i64,
    recorded: &mut BTreeMap<i64, Cuts>,
    former: &mut BTreeSet<i64>,
) -> Result<()> {
    let mut select = connection.prepare_cached("SELECT original, offset, length FROM records WHERE article = ?")?;
    let mut rows = select.query([article])?;
    while let Some(row) = rows.next()? {
        let (offset, length): (i64, i64) = (row.get(1)?, row.get(2)?);
        recorded.entry(row.get(0)?).or_default().push(offset..offset.saturating_add(length));
    }
    let mut select = connection.prepare_cached(
        "SELECT DISTINCT f.original FROM former f WHERE f.source IN (
             SELECT s.id FROM records r JOIN sources s ON s.original = r.original WHERE r.article = ?1
             UNION SELECT s.id FROM records r JOIN sources s ON s.partial = r.original WHERE r.article = ?1
             UNION SELECT f.source FROM records r JOIN former f ON f.original = r.original WHERE r.article = ?1)
         AND NOT EXISTS (SELECT 1 FROM sources s WHERE s.original = f.original)
         AND NOT EXISTS (SELECT 1 FROM sources s WHERE s.partial = f.original)",
    )?;
    for original in select.query_map([article], |row| row.get(0))? {
        former.insert(original?);
    }
    Ok(())
}

/// What goes of an original that a source shows: the records; all of it if none is left; and if a record was kept beside
/// the file, the file, in which it stands in a form of its own.
fn cuts_of_shown(connection: &Connection, original: i64, mut records: Cuts) -> Result<Cuts> {
    let mut left = connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM records WHERE original = ?)")?;
    if !left.query_row([original], |row| row.get(0))? {
        return Ok(Vec::from([ALL]));
    }
    if records.iter().any(|record| record.start >= APART) {
        records.push(0..APART);
    }
    records.sort_unstable_by_key(|record| record.start);
    without_records(connection, original, &records)
}

/// Takes what the records that are left need out of `cuts`, which are in order.
fn without_records(connection: &Connection, original: i64, cuts: &[Range<i64>]) -> Result<Cuts> {
    let mut select =
        connection.prepare_cached("SELECT offset, length FROM records WHERE original = ? ORDER BY offset")?;
    let mut needed = Vec::new();
    for range in select.query_map([original], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))? {
        let (offset, length) = range?;
        needed.push(offset..offset.saturating_add(length));
    }
    Ok(difference(cuts, &needed))
}

/// What of the ranges `from` is in none of `less`. Both begin in order and may overlap.
fn difference(from: &[Range<i64>], less: &[Range<i64>]) -> Cuts {
    let mut left: Cuts = Vec::new();
    let mut less = less.iter().peekable();
    let mut at = i64::MIN;
    for range in from {
        at = at.max(range.start);
        while at < range.end {
            while less.next_if(|less| less.end <= at).is_some() {}
            let next = less.peek().map_or(range.end, |less| less.start.min(range.end));
            if at < next {
                left.push(at..next);
            }
            at = match less.peek() {
                Some(less) if less.start < range.end => less.end.max(next),
                _ => range.end,
            };
        }
    }
    left
}

/// Overwrites the bytes that are cut, wherever no other original needs them, and says of each original what is left of it.
fn cut(connection: &Connection, chunks: &mut ChunkWriter, cuts: &BTreeMap<i64, Cuts>) -> Result<()> {
    let mut affected = BTreeSet::new();
    for (original, cuts) in cuts {
        if matches!(cuts.as_slice(), [all] if *all == ALL) {
            let mut select = connection.prepare_cached("SELECT DISTINCT chunk FROM pieces WHERE original = ?")?;
            for chunk in select.query_map([original], |row| row.get(0))? {
                affected.insert(chunk?);
            }
            remove_pieces(connection, *original, ALL)?;
            continue;
        }
        let mut select =
            connection.prepare_cached("SELECT chunk, offset, length FROM pieces WHERE original = ? ORDER BY offset")?;
        let mut rows = select.query([original])?;
        while let Some(row) = rows.next()? {
            let (offset, length): (i64, i64) = (row.get(1)?, row.get(2)?);
            let next = cuts.partition_point(|cut| cut.end <= offset);
            if cuts.get(next).is_some_and(|cut| cut.start < offset.saturating_add(length)) {
                affected.insert(row.get(0)?);
            }
        }
    }
    let mut reader = ChunkReader::new()?;
    for chunk in affected {
        blank(connection, chunks, &mut reader, chunk, cuts)?;
    }
    let mut reader = ChunkReader::new()?;
    for original in cuts.keys() {
        let mut hasher = blake3::Hasher::new();
        record::original(connection, &mut reader, *original, None, &mut |part| {
            hasher.update(part);
            Ok(())
        })?;
        let mut update = connection.prepare_cached("UPDATE originals SET kept = ? WHERE id = ?")?;
        update.execute((hasher.finalize().as_bytes(), original))?;
        ORIGINALS.set(connection, *original)?;
    }
    Ok(())
}

/// Writes a chunk anew with blanks where no original needs its bytes.
fn blank(
    connection: &Connection,
    chunks: &mut ChunkWriter,
    reader: &mut ChunkReader,
    chunk: i64,
    cuts: &BTreeMap<i64, Cuts>,
) -> Result<()> {
    let mut needed: Cuts = Vec::new();
    let mut select = connection.prepare_cached("SELECT original, offset, length, start FROM pieces WHERE chunk = ?")?;
    let mut rows = select.query([chunk])?;
    while let Some(row) = rows.next()? {
        let (original, offset, length, start): (i64, i64, i64, i64) =
            (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        let whole = offset..offset.saturating_add(length);
        let cuts = cuts.get(&original).map(Vec::as_slice).unwrap_or_default();
        let cuts = cuts.get(cuts.partition_point(|cut| cut.end <= offset)..).unwrap_or_default();
        for range in difference(slice::from_ref(&whole), cuts) {
            needed.push(range.start - offset + start..range.end - offset + start);
        }
    }
    drop(rows);
    if needed.is_empty() && !select.exists([chunk])? {
        return Ok(());
    }
    let mut bytes = reader.chunk(connection, chunk)?.to_vec();
    needed.sort_unstable_by_key(|range| range.start);
    let whole = 0..i64::try_from(bytes.len())?;
    for range in difference(slice::from_ref(&whole), &needed) {
        if let Some(part) = bytes.get_mut(usize::try_from(range.start)?..usize::try_from(range.end)?) {
            part.fill(b' ');
        }
    }
    chunks.rewrite(connection, chunk, &bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_leaves_what_is_in_the_first_alone() {
        assert_eq!(difference(&[0..4, 6..10], &[]), [0..4, 6..10]);
        assert_eq!(difference(&[0..10, 10..20], &[2..4, 3..5, 9..20]), [0..2, 5..9]);
        assert_eq!(difference(&[0..4, 2..6, 8..9], &[3..4, 100..200]), [0..3, 4..6, 8..9]);
        assert_eq!(difference(&[5..7, 6..9], &[0..10, 1..3, 5..20]), []);
        assert_eq!(difference(slice::from_ref(&ALL), &[0..3, 5..9]), [3..5, 9..i64::MAX]);
    }
}
