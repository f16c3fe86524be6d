//! Bytes on their way into pieces: those of a file, or those of its records that are not a run of the file's.

use std::collections::BTreeMap;

use anyhow::Result;
use rusqlite::Connection;

use super::chunks::{ChunkWriter, Cutter, Piece, SMALL, put_piece, remove_pieces, remove_unneeded};

/// Where the records begin that are not a run of the file's bytes: an original has no byte there of its own.
pub(super) const APART: i64 = 1 << 62;

/// Takes bytes in order and stores them as pieces of one original.
pub(super) struct Stream {
    original: i64,
    cutter: Cutter,
    /// Where the bytes begin that are not cut yet.
    at: i64,
    /// The pieces that are written, by offset: chunk and length. Some perhaps by an interrupted run.
    pieces: BTreeMap<i64, (i64, i64)>,
}

impl Stream {
    pub(super) fn new(original: i64, base: i64) -> Self {
        Self { original, cutter: Cutter::default(), at: base, pieces: BTreeMap::new() }
    }

    /// Begins again at the start, but keeps what an interrupted run wrote of the same bytes.
    pub(super) fn resume(connection: &Connection, original: i64, base: i64) -> Result<Self> {
        let mut stream = Self::new(original, base);
        let mut select = connection.prepare_cached(
            "SELECT offset, chunk, length FROM pieces WHERE original = ?1 AND offset >= ?2 AND (offset < ?3) = (?2 < ?3)",
        )?;
        let rows = select.query_map((original, base, APART), |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
        stream.pieces = rows.collect::<rusqlite::Result<_>>()?;
        Ok(stream)
    }

    /// Where the next byte comes.
    pub(super) fn end(&self) -> i64 {
        self.at.saturating_add(i64::try_from(self.cutter.pending().len()).unwrap_or(i64::MAX))
    }

    pub(super) fn append(&mut self, connection: &Connection, chunks: &mut ChunkWriter, bytes: &[u8]) -> Result<()> {
        self.cutter.append(bytes);
        if self.cutter.is_full() { self.cut(connection, chunks, false) } else { Ok(()) }
    }

    /// Whether something is stored already.
    pub(super) fn has_begun(&self) -> bool {
        !self.pieces.is_empty()
    }

    /// Stores all there is, so that it can be read back; what is not cut yet for the time being as one piece.
    pub(super) fn settle(&mut self, connection: &Connection, chunks: &mut ChunkWriter) -> Result<()> {
        self.cut(connection, chunks, false)?;
        let rest = self.cutter.pending().to_vec();
        if rest.is_empty() { Ok(()) } else { self.store(connection, chunks, &rest).map(drop) }
    }

    /// Stores what is left: of a small file in a pack, of a large one as chunks.
    pub(super) fn finish(&mut self, connection: &Connection, chunks: &mut ChunkWriter) -> Result<()> {
        let end = self.end();
        if self.has_begun() || self.cutter.pending().len() > SMALL {
            self.cut(connection, chunks, true)?;
            // Resumed, but the bytes have become fewer.
            if let Some((last, _)) = self.pieces.split_off(&end).last_key_value() {
                remove_pieces(connection, self.original, end..last + 1)?;
            }
        } else if end > self.at {
            let (chunk, start) = chunks.pack(connection, self.cutter.pending())?;
            put_piece(connection, self.original, &Piece { offset: self.at, length: end - self.at, chunk, start })?;
        }
        Ok(())
    }

    fn cut(&mut self, connection: &Connection, chunks: &mut ChunkWriter, end: bool) -> Result<()> {
        let mut cutter = std::mem::take(&mut self.cutter);
        cutter.cut(end, &mut |bytes| {
            self.at += self.store(connection, chunks, bytes)?;
            Ok(())
        })?;
        self.cutter = cutter;
        Ok(())
    }

    /// Stores bytes as the piece that begins where the uncut bytes do, in the place of what was there; gives their length.
    fn store(&mut self, connection: &Connection, chunks: &mut ChunkWriter, bytes: &[u8]) -> Result<i64> {
        let length = i64::try_from(bytes.len())?;
        let chunk = chunks.store(connection, bytes)?;
        let replaced = self.pieces.insert(self.at, (chunk, length));
        if replaced == Some((chunk, length)) {
            return Ok(length);
        }
        put_piece(connection, self.original, &Piece { offset: self.at, length, chunk, start: 0 })?;
        if let Some((replaced, _)) = replaced {
            remove_unneeded(connection, replaced)?;
        }
        let covered: Vec<i64> =
            self.pieces.range(self.at + 1..(self.at + length).max(self.at + 1)).map(|(at, _)| *at).collect();
        for at in covered {
            self.pieces.remove(&at);
            remove_pieces(connection, self.original, at..at + 1)?;
        }
        Ok(length)
    }
}
