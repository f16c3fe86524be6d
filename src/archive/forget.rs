//! Forgetting: articles that are to be gone for good, bytes and all.
//!
//! A record shares its chunk with others, so its bytes are overwritten with blanks and the chunk is written anew; the
//! places of all other bytes stay. What a source held before may hold the record too without saying so (see the room's
//! documentation); of such originals only the records that stand in them alone are kept.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::slice;

use anyhow::Result;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension};

use super::chunks::{ChunkReader, ChunkWriter, remove_pieces, remove_unneeded};
use super::known::path_hash;
use super::opening::PATIENCE;
use super::schema::means_damage;
use super::seal::{FORGOTTEN_FILES, GONE, ORIGINALS, STATES};
use super::stream::APART;
use super::writer::{Writer, no_such_article};
use super::{journal, record};
use crate::article::ArticleId;
use crate::problem::{Failure, FailureKind};
use crate::read;

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
    /// Forgets articles, each with its family, that [`Writer::lift`] brings back as one: their rows, their records, and the
    /// bytes of the files they stand in that no other article needs. A file in which nothing is left goes with its path. Commits.
    /// Their names are kept, so that no file brings them back. SQLite's journal still has their bytes until
    /// [`Writer::clear_journal`].
    ///
    /// # Errors
    /// [`FailureKind::NotFound`] when an id names no article, and nothing is forgotten then. When the database fails.
    pub fn forget(&mut self, families: &[Vec<ArticleId>]) -> Result<Forgotten> {
        self.commit()?;
        let forgotten = self.changing(|writer| forget(writer, families))?;
        self.commit()?;
        self.forgotten.extend(families.iter().flatten());
        journal::remove_set_aside(&self.dir)?;
        // As early as may be; where somebody reads, later.
        self.explained(|writer| journal::empty_soon(&writer.connection))?;
        Ok(forgotten)
    }

    /// Empties the journal, in which the bytes of forgotten articles are.
    ///
    /// # Errors
    /// [`FailureKind::Surroundings`] when another process is reading, and the journal stays as it is. When the database fails.
    pub fn clear_journal(&mut self) -> Result<()> {
        if self.explained(|writer| writer.empty_journal())? {
            return Ok(());
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
            let mut lifted = Vec::new();
            let query = "DELETE FROM gone WHERE family IN (SELECT family FROM gone WHERE public = ?) RETURNING public";
            let mut delete = writer.connection.prepare_cached(query)?;
            for id in ids {
                for public in delete.query_map([id.0.cast_signed()], |row| row.get::<_, i64>(0))? {
                    lifted.push(ArticleId(public?.cast_unsigned()));
                }
            }
            drop(delete);
            writer.meta.counts.gone -= i64::try_from(lifted.len())?;
            Ok(lifted)
        })?;
        self.commit()?;
        self.forgotten.retain(|id| !lifted.contains(id));
        Ok(lifted.len() as u64)
    }

    /// Forgets a file in which nothing is left: its path is known by a hash alone from now on, so that it is not read again while it
    /// stays as it is.
    pub(super) fn forget_file(&mut self, source: i64) -> Result<()> {
        // Its bytes may be in a pack that is not written yet.
        self.chunks.close_pack(&self.connection)?;
        let connection = &self.connection;
        let query = "SELECT path, size, mtime_ns, ctime_ns, inode, device FROM sources WHERE id = ?";
        type Row = (Vec<u8>, i64, i64, Option<i64>, i64, i64);
        let found: Option<Row> = connection
            .prepare_cached(query)?
            .query_row([source], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
            })
            .optional()?;
        let Some((path, size, mtime, ctime, inode, device)) = found else { return Ok(()) };
        let hash = path_hash(&self.meta.fingerprint, &path);
        let known = connection.prepare_cached("DELETE FROM forgotten_files WHERE path_hash = ?")?.execute([hash])?;
        let next: i64 =
            connection.query_row("SELECT coalesce(max(id), 0) + 1 FROM forgotten_files", [], |row| row.get(0))?;
        let ctime = ctime.map_or(ValueRef::Null, ValueRef::Integer);
        let [next, size, mtime, inode, device] = [next, size, mtime, inode, device].map(ValueRef::Integer);
        FORGOTTEN_FILES.insert(connection, &[next, ValueRef::Blob(&hash), size, mtime, ctime, inode, device])?;
        let held: Vec<i64> = connection
            .prepare_cached(
                "SELECT original FROM sources WHERE id = ?1 AND original IS NOT NULL
                 UNION SELECT partial FROM sources WHERE id = ?1 AND partial IS NOT NULL
                 UNION SELECT original FROM former WHERE source = ?1",
            )?
            .query_map([source], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        let former = connection.prepare_cached("DELETE FROM former WHERE source = ?")?.execute([source])?;
        let skipped = connection.prepare_cached("DELETE FROM skipped WHERE path = ?")?.execute([&path])?;
        connection.prepare_cached("DELETE FROM sources WHERE id = ?")?.execute([source])?;
        for original in held {
            let needed: bool = connection
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM sources WHERE original = ?1) OR EXISTS (SELECT 1 FROM sources WHERE
                     partial = ?1) OR EXISTS (SELECT 1 FROM former WHERE original = ?1)",
                )?
                .query_row([original], |row| row.get(0))?;
            if !needed {
                remove_pieces(connection, original, ALL)?;
                connection.prepare_cached("DELETE FROM originals WHERE id = ?")?.execute([original])?;
                self.to_blank.retain(|(other, _)| *other != original);
            }
        }
        self.forgot_files = true;
        let counts = &mut self.meta.counts;
        counts.forgotten_files += 1 - i64::try_from(known)?;
        counts.former -= i64::try_from(former)?;
        counts.skipped -= i64::try_from(skipped)?;
        Ok(())
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

fn forget(writer: &mut Writer, families: &[Vec<ArticleId>]) -> Result<Forgotten> {
    let changed = writer.this_sequence();
    let connection = &writer.connection;
    // By their rows; with the family, which is named after its first.
    let mut articles: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    for family in families {
        for id in family {
            let mut select = connection.prepare_cached("SELECT id FROM articles WHERE public = ?")?;
            let article: Option<i64> = select.query_row([id.0.cast_signed()], |row| row.get(0)).optional()?;
            let name = family.first().unwrap_or(id).0.cast_signed();
            articles.entry(article.ok_or_else(|| no_such_article(*id))?).or_insert((id.0.cast_signed(), name));
        }
    }
    let mut shown = BTreeMap::new();
    let mut former = BTreeSet::new();
    for article in articles.keys() {
        find_originals(connection, *article, &mut shown, &mut former)?;
    }
    let sources = sources_of(connection, shown.keys().chain(&former))?;
    let mut counts = writer.meta.counts;
    for (article, (public, family)) in &articles {
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
        let insert = "INSERT OR REPLACE INTO gone (public, changed, family, seal) VALUES (?, ?, ?, 0)";
        connection.prepare_cached(insert)?.execute((public, changed, family))?;
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
    let originals = cuts.len() as u64;
    for source in sources {
        if !has_records(&writer.connection, source)? {
            writer.forget_file(source)?;
        }
    }
    Ok(Forgotten { articles: articles.len() as u64, originals })
}

/// The files that hold or held one of these originals.
fn sources_of<'a>(connection: &Connection, originals: impl Iterator<Item = &'a i64>) -> Result<BTreeSet<i64>> {
    let mut sources = BTreeSet::new();
    let mut select = connection.prepare_cached(
        "SELECT id FROM sources WHERE original = ?1 UNION SELECT id FROM sources WHERE partial = ?1
         UNION SELECT source FROM former WHERE original = ?1",
    )?;
    for original in originals {
        for source in select.query_map([original], |row| row.get(0))? {
            sources.insert(source?);
        }
    }
    Ok(sources)
}

/// Whether an article is recorded in what a file holds or held.
pub(super) fn has_records(connection: &Connection, source: i64) -> Result<bool> {
    let mut select = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM records WHERE original IN (
             SELECT original FROM sources WHERE id = ?1 UNION SELECT partial FROM sources WHERE id = ?1
             UNION SELECT original FROM former WHERE source = ?1))",
    )?;
    Ok(select.query_row([source], |row| row.get(0))?)
}

/// Finds the originals in which an article is recorded, with its places in them, and those that the sources of these held
/// before and show no more.
fn find_originals(
    connection: &Connection,
    article: i64,
    recorded: &mut BTreeMap<i64, Cuts>,
    former: &mut BTreeSet<i64>,
) -> Result<()> {
    let mut select = connection
        .prepare_cached("SELECT original, offset, length, file_offset, file_length FROM records WHERE article = ?")?;
    let mut rows = select.query([article])?;
    while let Some(row) = rows.next()? {
        let (offset, length): (i64, i64) = (row.get(1)?, row.get(2)?);
        let place: Option<(i64, i64)> = row.get::<_, Option<i64>>(3)?.zip(row.get(4)?);
        let cuts = recorded.entry(row.get(0)?).or_default();
        cuts.push(offset..offset.saturating_add(length));
        // Where it is not known where it stands in the file, none of the file can stay.
        cuts.push(place.map_or(0..APART, |(offset, length)| offset..offset.saturating_add(length)));
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

/// What goes of an original that a source shows: these places, or all of it if no record is left.
fn cuts_of_shown(connection: &Connection, original: i64, mut records: Cuts) -> Result<Cuts> {
    let mut left = connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM records WHERE original = ?)")?;
    if !left.query_row([original], |row| row.get(0))? {
        return Ok(Vec::from([ALL]));
    }
    records.sort_unstable_by_key(|record| record.start);
    without_records(connection, original, &records)
}

/// Takes what the records that are left need out of `cuts`, which are in order.
fn without_records(connection: &Connection, original: i64, cuts: &[Range<i64>]) -> Result<Cuts> {
    let mut select =
        connection.prepare_cached("SELECT offset, length, file_offset, file_length FROM records WHERE original = ?")?;
    let mut needed = Vec::new();
    let mut rows = select.query([original])?;
    while let Some(row) = rows.next()? {
        let place: Option<(i64, i64)> = row.get::<_, Option<i64>>(2)?.zip(row.get(3)?);
        for (offset, length) in [(row.get(0)?, row.get(1)?)].into_iter().chain(place) {
            needed.push(offset..offset.saturating_add(length));
        }
    }
    needed.sort_unstable_by_key(|range: &Range<i64>| range.start);
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
    affected.extend(with_unneeded_bytes(connection)?);
    let mut reader = ChunkReader::new()?;
    let mut blanks = BTreeMap::new();
    for original in cuts.keys() {
        blanks.insert(*original, blank_of(connection, &mut reader, *original)?);
    }
    for chunk in affected {
        blank(connection, chunks, &mut reader, chunk, cuts, &blanks)?;
    }
    let mut reader = ChunkReader::new()?;
    for original in cuts.keys() {
        let mut hasher = blake3::Hasher::new();
        let read = record::original(connection, &mut reader, *original, None, &mut |part| {
            hasher.update(part);
            Ok(())
        });
        match read {
            Ok(_) => {
                let mut update = connection.prepare_cached("UPDATE originals SET kept = ? WHERE id = ?")?;
                update.execute((hasher.finalize().as_bytes(), original))?;
            }
            // It was damaged before, and stays so.
            Err(error) if means_damage(&error) => {
                let mut update =
                    connection.prepare_cached("UPDATE originals SET kept = coalesce(kept, hash) WHERE id = ?")?;
                update.execute([original])?;
            }
            Err(error) => return Err(error),
        }
        ORIGINALS.set(connection, *original)?;
    }
    Ok(())
}

/// The chunks in which bytes are that no original needs any more, beside others: a copy of what is to be forgotten may be among
/// them. They are blanked with it, and no other time, for every change of a pack writes all of it anew.
fn with_unneeded_bytes(connection: &Connection) -> Result<Vec<i64>> {
    let mut select = connection.prepare_cached(
        "SELECT c.id, c.length, p.start, p.length FROM chunks c JOIN pieces p ON p.chunk = c.id ORDER BY c.id, p.start",
    )?;
    let mut found = Vec::new();
    let mut covered = Covered { chunk: 0, length: 0, to: 0 };
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let (chunk, length, start, piece): (i64, i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        if chunk != covered.chunk {
            found.extend(covered.with_gap());
            covered = Covered { chunk, length, to: 0 };
        }
        if start <= covered.to {
            covered.to = covered.to.max(start.saturating_add(piece));
        }
    }
    found.extend(covered.with_gap());
    Ok(found)
}

/// Up to where the pieces of a chunk follow each other without a gap.
struct Covered {
    chunk: i64,
    length: i64,
    to: i64,
}

impl Covered {
    /// The chunk, if something of it is in no piece.
    fn with_gap(&self) -> Option<i64> {
        (self.to < self.length).then_some(self.chunk)
    }
}

/// What stands for nothing in an original, in its own encoding.
fn blank_of(connection: &Connection, reader: &mut ChunkReader, original: i64) -> Result<[u8; 2]> {
    let mut head = Vec::new();
    let length = record::length(connection, original)?.min(HEAD);
    let read = reader.read(connection, original, 0..length, &mut |part| {
        head.extend_from_slice(part);
        Ok(())
    });
    match read {
        // Nobody reads the encoding of a damaged file.
        Err(error) if means_damage(&error) => Ok([b' '; 2]),
        other => other.map(|()| read::blank(&head)),
    }
}

/// Bytes that tell the encoding of a file.
const HEAD: i64 = 4096;

/// Writes a chunk anew with blanks where no original needs its bytes.
fn blank(
    connection: &Connection,
    chunks: &mut ChunkWriter,
    reader: &mut ChunkReader,
    chunk: i64,
    cuts: &BTreeMap<i64, Cuts>,
    blanks: &BTreeMap<i64, [u8; 2]>,
) -> Result<()> {
    let mut needed: Cuts = Vec::new();
    // What stands for nothing in each piece, and whether it begins in the middle of two bytes.
    let mut fillings: Vec<(Range<i64>, [u8; 2])> = Vec::new();
    let mut select = connection.prepare_cached("SELECT original, offset, length, start FROM pieces WHERE chunk = ?")?;
    let mut rows = select.query([chunk])?;
    while let Some(row) = rows.next()? {
        let (original, offset, length, start): (i64, i64, i64, i64) =
            (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        let whole = offset..offset.saturating_add(length);
        if let Some([even, odd]) = blanks.get(&original).copied() {
            let filling = if (offset - start) % 2 == 0 { [even, odd] } else { [odd, even] };
            fillings.push((start..start.saturating_add(length), filling));
        }
        let cuts = cuts.get(&original).map(Vec::as_slice).unwrap_or_default();
        let cuts = cuts.get(cuts.partition_point(|cut| cut.end <= offset)..).unwrap_or_default();
        for range in difference(slice::from_ref(&whole), cuts) {
            needed.push(range.start - offset + start..range.end - offset + start);
        }
    }
    drop(rows);
    if needed.is_empty() && !select.exists([chunk])? {
        return remove_unneeded(connection, chunk);
    }
    let (mut bytes, is_sound) = match reader.chunk(connection, chunk) {
        Ok(bytes) => (bytes.to_vec(), true),
        // What is to go goes, damaged or not.
        Err(error) if means_damage(&error) => (reader.damaged(connection, chunk)?, false),
        Err(error) => return Err(error),
    };
    needed.sort_unstable_by_key(|range| range.start);
    let whole = 0..i64::try_from(bytes.len())?;
    for range in difference(slice::from_ref(&whole), &needed) {
        for at in range {
            let filling =
                fillings.iter().find(|(piece, _)| piece.contains(&at)).map_or([b' '; 2], |(_, filling)| *filling);
            let [even, odd] = filling;
            if let Some(byte) = bytes.get_mut(usize::try_from(at)?) {
                *byte = if at % 2 == 0 { even } else { odd };
            }
        }
    }
    if is_sound { chunks.rewrite(connection, chunk, &bytes) } else { chunks.overwrite(connection, chunk, &bytes) }
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
