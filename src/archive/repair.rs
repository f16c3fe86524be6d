//! Repair: damaged bytes of originals are stored anew from files that still have them.

use anyhow::Result;
use rusqlite::{Connection, OptionalExtension};

use super::chunks::ChunkReader;
use super::record;
use super::schema::{damage, means_damage};
use super::seal::{ORIGINALS, RECORDS};
use super::stream::APART;
use super::writer::Writer;

/// Compares what is kept, before it is taken for what a file has.
pub(super) struct Comparison {
    chunks: ChunkReader,
    /// Files of which something was stored anew.
    repaired: u64,
}

impl Writer {
    /// From now on what is kept is compared with its hashes before it is taken for what a file has, and stored anew where it is
    /// damaged.
    ///
    /// # Errors
    /// When zstd cannot be set up.
    pub fn repair(&mut self) -> Result<()> {
        self.comparison = Some(Comparison { chunks: ChunkReader::new()?, repaired: 0 });
        self.chunks.compares = true;
        Ok(())
    }

    /// Files of which something damaged was stored anew.
    #[must_use]
    pub fn repaired(&self) -> u64 {
        self.comparison.as_ref().map_or(0, |comparison| comparison.repaired)
    }

    /// Whether something of what is kept of the file at this path is damaged.
    ///
    /// # Errors
    /// When the database fails.
    pub fn is_damaged_at(&mut self, path: &[u8]) -> Result<bool> {
        self.explained(|writer| {
            let mut select = writer.connection.prepare_cached("SELECT original FROM sources WHERE path = ?")?;
            let original: Option<Option<i64>> = select.query_row([path], |row| row.get(0)).optional()?;
            drop(select);
            original.flatten().map_or(Ok(false), |original| writer.is_damaged(original))
        })
    }

    /// Whether an original is damaged, where that is to be repaired.
    pub(super) fn is_damaged(&mut self, original: i64) -> Result<bool> {
        let Some(comparison) = &mut self.comparison else { return Ok(false) };
        if self.chunks.is_in_open_pack(&self.connection, original)? {
            // It was taken in a moment ago, and is not written yet.
            return Ok(false);
        }
        match compare(&self.connection, &mut comparison.chunks, original) {
            Err(error) if means_damage(&error) => Ok(true),
            other => other.map(|()| false),
        }
    }

    /// Counts a file of which something was stored anew.
    pub(super) fn count_repaired(&mut self) {
        if let Some(comparison) = &mut self.comparison {
            comparison.repaired += 1;
        }
    }

    /// Forgets what was read of chunks, which may be written anew.
    pub(super) fn compare_anew(&mut self) {
        if let Some(comparison) = &mut self.comparison {
            comparison.chunks.clear();
        }
    }
}

/// Reads all of an original and compares it with its hashes.
fn compare(connection: &Connection, chunks: &mut ChunkReader, original: i64) -> Result<()> {
    for sealed in [&ORIGINALS, &RECORDS] {
        if !sealed.is_sound(connection, original)? {
            return Err(sealed.broken(original));
        }
    }
    let mut select = connection.prepare_cached("SELECT coalesce(kept, hash) FROM originals WHERE id = ?")?;
    let hash: Option<[u8; 32]> = select.query_row([original], |row| row.get(0)).optional()?.flatten();
    record::original(connection, chunks, original, hash.as_ref(), &mut |_| Ok(()))?;
    // What is kept beside the file is compared with the articles.
    let mut select = connection.prepare_cached(
        "SELECT r.offset, r.length, a.hash FROM records r JOIN articles a ON a.id = r.article
         WHERE r.original = ?1 AND r.offset >= ?2",
    )?;
    let mut rows = select.query((original, APART))?;
    while let Some(row) = rows.next()? {
        let (offset, length, hash): (i64, i64, [u8; 32]) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let mut hasher = blake3::Hasher::new();
        chunks.read(connection, original, offset..offset.saturating_add(length), &mut |part| {
            hasher.update(part);
            Ok(())
        })?;
        if hasher.finalize() != hash {
            return Err(damage("a record is not what it was"));
        }
    }
    Ok(())
}
