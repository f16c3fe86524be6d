//! Blanking: a record that is to go shares its chunk with others, so its bytes are overwritten and the chunk is written anew; the
//! places of all other bytes stay.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::slice;

use anyhow::Result;
use rusqlite::Connection;

use super::chunks::{ChunkReader, ChunkWriter, remove_pieces, remove_unneeded};
use super::record;
use super::schema::means_damage;
use super::seal::ORIGINALS;
use crate::read;

/// The bytes of an original that are to go, in order and apart from each other.
pub(super) type Cuts = Vec<Range<i64>>;

/// The whole of an original.
pub(super) const ALL: Range<i64> = 0..i64::MAX;

/// What goes of an original that a source shows: these places, or all of it if no record is left.
pub(super) fn cuts_of_shown(connection: &Connection, original: i64, mut records: Cuts) -> Result<Cuts> {
    let mut left = connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM records WHERE original = ?)")?;
    if !left.query_row([original], |row| row.get(0))? {
        return Ok(Vec::from([ALL]));
    }
    records.sort_unstable_by_key(|record| record.start);
    without_records(connection, original, &records)
}

/// Takes what the records that are left need out of `cuts`, which are in order.
pub(super) fn without_records(connection: &Connection, original: i64, cuts: &[Range<i64>]) -> Result<Cuts> {
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
pub(super) fn cut(connection: &Connection, chunks: &mut ChunkWriter, cuts: &BTreeMap<i64, Cuts>) -> Result<()> {
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

/// The two bytes of a blank in the encoding of an original.
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
    // The blank of each piece, turned round where the piece begins with the second byte of two.
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
