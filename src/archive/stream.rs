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
    base: i64,
    cutter: Cutter,
    /// Where the bytes begin that are not cut yet.
    at: i64,
    /// The pieces that are written, by offset. Some perhaps by an interrupted run.
    pieces: BTreeMap<i64, Piece>,
}

impl Stream {
    pub(super) fn new(original: i64, base: i64) -> Self {
        Self { original, base, cutter: Cutter::default(), at: base, pieces: BTreeMap::new() }
    }

    /// Finds the pieces that are written: what an interrupted run left of the same bytes, say.
    pub(super) fn reload(&mut self, connection: &Connection) -> Result<()> {
        let mut select = connection.prepare_cached(
            "SELECT offset, length, chunk, start FROM pieces WHERE original = ?1 AND offset >= ?2 AND (offset < ?3) = (?2 < ?3)",
        )?;
        let rows = select.query_map((self.original, self.base, APART), |row| {
            let piece = Piece { offset: row.get(0)?, length: row.get(1)?, chunk: row.get(2)?, start: row.get(3)? };
            Ok((piece.offset, piece))
        })?;
        self.pieces = rows.collect::<rusqlite::Result<_>>()?;
        Ok(())
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

    /// Stores bytes as the piece that begins where the uncut bytes do; gives their length. What an interrupted run left
    /// there is replaced, but not what it left behind them: articles live by that.
    fn store(&mut self, connection: &Connection, chunks: &mut ChunkWriter, bytes: &[u8]) -> Result<i64> {
        let length = i64::try_from(bytes.len())?;
        let piece = Piece { offset: self.at, length, chunk: chunks.store(connection, bytes)?, start: 0 };
        if self.pieces.get(&self.at) == Some(&piece) {
            return Ok(length);
        }
        let end = self.at + length;
        let covered: Vec<Piece> = self.pieces.range(self.at..end).map(|(_, piece)| *piece).collect();
        if let Some(last) = covered.last().filter(|last| last.offset + last.length > end) {
            let cut = end - last.offset;
            let rest = Piece { offset: end, length: last.length - cut, chunk: last.chunk, start: last.start + cut };
            put_piece(connection, self.original, &rest)?;
            self.pieces.insert(end, rest);
        }
        put_piece(connection, self.original, &piece)?;
        self.pieces.insert(self.at, piece);
        for old in covered {
            if old.offset == self.at {
                remove_unneeded(connection, old.chunk)?;
            } else {
                self.pieces.remove(&old.offset);
                remove_pieces(connection, self.original, old.offset..old.offset + 1)?;
            }
        }
        Ok(length)
    }
}
