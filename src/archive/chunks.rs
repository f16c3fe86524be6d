//! How bytes are kept: chunks, each compressed with zstd and named by the hash of what it holds, and the pieces that say
//! which bytes of which chunks make up an original.
//!
//! A large file is cut where its own content says so (FastCDC), so that a grown or edited file shares all chunks but those
//! around the change with what is there. Small files are packed together: zstd finds far more to share in a megabyte
//! of clippings than in each of them.

use std::collections::VecDeque;
use std::ops::Range;

use anyhow::{Context, Result};
use fastcdc::v2020::FastCDC;
use rusqlite::{Connection, OptionalExtension};
use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::CParameter;

use super::schema::{damage, means_damage};

/// Files up to this many bytes are packed together.
pub(super) const SMALL: usize = 64 * 1024;
/// A pack is closed when it has this many bytes. Records in 4 kB take .551 of their length, in 256 kB .398, in 1 MB
/// .376; to get one of them back then takes a millisecond.
const PACK: usize = 1024 * 1024;
/// The least, usual and greatest length of a chunk of a large file.
const CUT: (usize, usize, usize) = (256 * 1024, 1024 * 1024, 2 * 1024 * 1024);
/// No chunk is longer; one that says so is damaged.
const LONGEST: usize = 2 * 1024 * 1024;
/// zstd's level 2 with a larger table: records in a megabyte take .376 of their length at 210 MB/s. Level 2 as it is gives
/// .384 at 220, level 3 .363 at 170, level 4 .355 at 159.
const LEVEL: i32 = 2;
const TABLE: CParameter = CParameter::HashLog(17);

/// A piece of an original: `length` bytes at `offset` of it are those from `start` in `chunk`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) offset: i64,
    pub(super) length: i64,
    pub(super) chunk: i64,
    pub(super) start: i64,
}

/// Puts bytes into the database.
pub(super) struct ChunkWriter {
    compressor: Compressor<'static>,
    next_chunk: i64,
    pack: Vec<u8>,
    pack_chunk: Option<i64>,
    /// Whether a chunk that is there is compared before it is taken for the same.
    pub(super) compares: bool,
    /// Chunks that were damaged and were written anew.
    pub(super) repaired: u64,
}

impl ChunkWriter {
    pub(super) fn open(connection: &Connection) -> Result<Self> {
        let mut compressor = Compressor::new(LEVEL).context("zstd cannot be set up")?;
        compressor.set_parameter(TABLE).context("zstd cannot be set up")?;
        Ok(Self {
            compressor,
            // A chunk that is missing does not get its number back: pieces may still name it.
            next_chunk: connection.query_row(
                "SELECT max((SELECT coalesce(max(id), 0) FROM chunks), (SELECT coalesce(max(chunk), 0) FROM pieces)) + 1",
                [],
                |row| row.get(0),
            )?,
            pack: Vec::new(),
            pack_chunk: None,
            compares: false,
            repaired: 0,
        })
    }

    /// Keeps `bytes` as a chunk and gives its id: the one it already has if the same bytes are there.
    pub(super) fn store(&mut self, connection: &Connection, bytes: &[u8]) -> Result<i64> {
        let hash = *blake3::hash(bytes).as_bytes();
        if let Some(known) = find(connection, &hash)? {
            self.repair(connection, known, bytes)?;
            return Ok(known);
        }
        let id = self.next_id();
        self.insert(connection, id, &hash, bytes)?;
        Ok(id)
    }

    /// Adds a small file to the open pack; gives the pack's chunk and the place in it.
    pub(super) fn pack(&mut self, connection: &Connection, bytes: &[u8]) -> Result<(i64, i64)> {
        let chunk = self.pack_chunk.unwrap_or_else(|| self.next_id());
        self.pack_chunk = Some(chunk);
        let start = i64::try_from(self.pack.len())?;
        self.pack.extend_from_slice(bytes);
        if self.pack.len() >= PACK {
            self.close_pack(connection)?;
        }
        Ok((chunk, start))
    }

    /// Whether bytes of an original are in the open pack.
    pub(super) fn is_in_open_pack(&self, connection: &Connection, original: i64) -> Result<bool> {
        let Some(chunk) = self.pack_chunk else { return Ok(false) };
        let mut select =
            connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM pieces WHERE original = ? AND chunk = ?)")?;
        Ok(select.query_row((original, chunk), |row| row.get(0))?)
    }

    /// Writes the open pack. Nothing may be committed before.
    pub(super) fn close_pack(&mut self, connection: &Connection) -> Result<()> {
        let Some(chunk) = self.pack_chunk.take() else { return Ok(()) };
        let pack = std::mem::take(&mut self.pack);
        let hash = *blake3::hash(&pack).as_bytes();
        match find(connection, &hash)? {
            // Other files, laid end to end, can give the same bytes.
            Some(known) => {
                self.repair(connection, known, &pack)?;
                connection.execute("UPDATE pieces SET chunk = ? WHERE chunk = ?", (known, chunk))?;
            }
            None => self.insert(connection, chunk, &hash, &pack)?,
        }
        self.pack = pack;
        self.pack.clear();
        Ok(())
    }

    /// Puts other bytes in the place of those of a chunk.
    pub(super) fn rewrite(&mut self, connection: &Connection, chunk: i64, bytes: &[u8]) -> Result<()> {
        let hash = *blake3::hash(bytes).as_bytes();
        if let Some(known) = find(connection, &hash)? {
            if known == chunk {
                return Ok(());
            }
            connection.execute("UPDATE pieces SET chunk = ? WHERE chunk = ?", (known, chunk))?;
            connection.execute("DELETE FROM chunks WHERE id = ?", [chunk])?;
            return Ok(());
        }
        let data = self.compress(bytes)?;
        connection.execute("UPDATE chunks SET hash = ?, data = ? WHERE id = ?", (hash, data, chunk))?;
        Ok(())
    }

    /// Puts other bytes in the place of those of a damaged chunk, which it does not make sound: its hash stays.
    pub(super) fn overwrite(&mut self, connection: &Connection, chunk: i64, bytes: &[u8]) -> Result<()> {
        let data = self.compress(bytes)?;
        connection.execute("UPDATE chunks SET data = ? WHERE id = ?", (data, chunk))?;
        Ok(())
    }

    /// Writes the bytes of a chunk anew if they are compared and not what they were.
    fn repair(&mut self, connection: &Connection, chunk: i64, bytes: &[u8]) -> Result<()> {
        if !self.compares {
            return Ok(());
        }
        match ChunkReader::new()?.chunk(connection, chunk) {
            Err(error) if means_damage(&error) => {}
            other => return other.map(drop),
        }
        let data = self.compress(bytes)?;
        let update = "UPDATE chunks SET length = ?, data = ? WHERE id = ?";
        connection.execute(update, (i64::try_from(bytes.len())?, data, chunk))?;
        self.repaired += 1;
        Ok(())
    }

    fn next_id(&mut self) -> i64 {
        self.next_chunk += 1;
        self.next_chunk - 1
    }

    fn insert(&mut self, connection: &Connection, id: i64, hash: &[u8; 32], bytes: &[u8]) -> Result<()> {
        let data = self.compress(bytes)?;
        let mut insert =
            connection.prepare_cached("INSERT INTO chunks (id, hash, length, data) VALUES (?, ?, ?, ?)")?;
        insert.execute((id, hash, i64::try_from(bytes.len())?, data))?;
        Ok(())
    }

    fn compress(&mut self, bytes: &[u8]) -> Result<Vec<u8>> {
        self.compressor.compress(bytes).context("zstd failed")
    }
}

fn find(connection: &Connection, hash: &[u8; 32]) -> Result<Option<i64>> {
    let mut select = connection.prepare_cached("SELECT id FROM chunks WHERE hash = ?")?;
    Ok(select.query_row([hash], |row| row.get(0)).optional()?)
}

/// Says that bytes of an original are in a chunk; takes the place of the piece that began at the same offset.
pub(super) fn put_piece(connection: &Connection, original: i64, piece: &Piece) -> Result<()> {
    let mut insert = connection.prepare_cached("INSERT OR REPLACE INTO pieces VALUES (?, ?, ?, ?, ?)")?;
    insert.execute((original, piece.offset, piece.length, piece.chunk, piece.start))?;
    Ok(())
}

/// Removes the pieces of an original that begin in `range`, and the chunks that nobody needs any more.
pub(super) fn remove_pieces(connection: &Connection, original: i64, range: Range<i64>) -> Result<()> {
    let chunks: Vec<i64> = connection
        .prepare_cached("SELECT DISTINCT chunk FROM pieces WHERE original = ? AND offset >= ? AND offset < ?")?
        .query_map((original, range.start, range.end), |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    connection.prepare_cached("DELETE FROM pieces WHERE original = ? AND offset >= ? AND offset < ?")?.execute((
        original,
        range.start,
        range.end,
    ))?;
    chunks.into_iter().try_for_each(|chunk| remove_unneeded(connection, chunk))
}

/// Removes a chunk that no piece needs.
pub(super) fn remove_unneeded(connection: &Connection, chunk: i64) -> Result<()> {
    connection
        .prepare_cached("DELETE FROM chunks WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM pieces WHERE chunk = ?1)")?
        .execute([chunk])?;
    Ok(())
}

/// Cuts the bytes of one file, as they come, into chunks.
#[derive(Default)]
pub(super) struct Cutter {
    pending: Vec<u8>,
}

impl Cutter {
    pub(super) fn append(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
    }

    /// What is not cut yet.
    pub(super) fn pending(&self) -> &[u8] {
        &self.pending
    }

    /// Whether [`Cutter::cut`] would find something and it is time to.
    pub(super) fn is_full(&self) -> bool {
        self.pending.len() >= 2 * CUT.2
    }

    /// Gives the chunks whose ends are certain whatever follows, in order; at the `end` of the file all that is left.
    pub(super) fn cut(&mut self, end: bool, sink: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let mut rest = self.pending.as_slice();
        for chunk in FastCDC::new(&self.pending, CUT.0, CUT.1, CUT.2) {
            // A chunk that ends where the bytes end may only end there because they do.
            if chunk.length == rest.len() && !end && chunk.length < CUT.2 {
                break;
            }
            let Some((bytes, after)) = rest.split_at_checked(chunk.length) else { break };
            sink(bytes)?;
            rest = after;
        }
        let left = rest.len();
        self.pending.drain(..self.pending.len() - left);
        Ok(())
    }
}

/// Gets bytes out of the database, each chunk checked against its hash. Keeps the last few chunks decompressed, since
/// records that are read one after the other mostly lie in the same.
pub(super) struct ChunkReader {
    decompressor: Decompressor<'static>,
    recent: VecDeque<(i64, Vec<u8>)>,
}

/// Chunks kept decompressed.
const RECENT: usize = 4;

impl ChunkReader {
    pub(super) fn new() -> Result<Self> {
        Ok(Self { decompressor: Decompressor::new().context("zstd cannot be set up")?, recent: VecDeque::new() })
    }

    /// Hands over the bytes `range` of an original, in order and in parts.
    ///
    /// # Errors
    /// [`FailureKind::Damage`](crate::problem::FailureKind::Damage) when a chunk is not what it was or bytes are missing;
    /// what was handed over before is right.
    pub(super) fn read(
        &mut self,
        connection: &Connection,
        original: i64,
        range: Range<i64>,
        sink: &mut dyn FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let mut at = range.start;
        let mut select = connection.prepare_cached(
            "SELECT offset, length, chunk, start FROM pieces WHERE original = ?1 AND offset < ?3 AND offset >=
             coalesce((SELECT max(offset) FROM pieces WHERE original = ?1 AND offset <= ?2), 0) ORDER BY offset",
        )?;
        let mut rows = select.query((original, range.start, range.end))?;
        while let Some(row) = rows.next()? {
            let piece = Piece { offset: row.get(0)?, length: row.get(1)?, chunk: row.get(2)?, start: row.get(3)? };
            let end = piece.offset.saturating_add(piece.length).min(range.end);
            let part = piece.start.saturating_add(at - piece.offset)..piece.start.saturating_add(end - piece.offset);
            if piece.offset > at || at >= end {
                break;
            }
            let chunk = self.chunk(connection, piece.chunk)?;
            let part = usize::try_from(part.start)?..usize::try_from(part.end)?;
            sink(chunk.get(part).ok_or_else(|| damage("a piece lies outside its chunk"))?)?;
            at = end;
        }
        if at < range.end { Err(damage(format!("bytes {at} to {} of a file are missing", range.end))) } else { Ok(()) }
    }

    /// Keeps no chunk any longer: they may be written anew.
    pub(super) fn clear(&mut self) {
        self.recent.clear();
    }

    /// The bytes of a damaged chunk, as far as they can be told: none where not even their number is right.
    pub(super) fn damaged(&mut self, connection: &Connection, id: i64) -> Result<Vec<u8>> {
        let mut select = connection.prepare_cached("SELECT data FROM chunks WHERE id = ?")?;
        let data: Option<Vec<u8>> = select.query_row([id], |row| row.get(0)).optional()?;
        Ok(data.and_then(|data| self.decompressor.decompress(&data, LONGEST).ok()).unwrap_or_default())
    }

    /// The bytes of a chunk.
    pub(super) fn chunk(&mut self, connection: &Connection, id: i64) -> Result<&[u8]> {
        match self.recent.iter().position(|(recent, _)| *recent == id) {
            Some(0) => {}
            Some(place) => {
                if let Some(found) = self.recent.remove(place) {
                    self.recent.push_front(found);
                }
            }
            None => {
                let bytes = self.load(connection, id)?;
                self.recent.truncate(RECENT - 1);
                self.recent.push_front((id, bytes));
            }
        }
        self.recent.front().map(|(_, bytes)| bytes.as_slice()).context("no chunk")
    }

    fn load(&mut self, connection: &Connection, id: i64) -> Result<Vec<u8>> {
        let mut select = connection.prepare_cached("SELECT hash, length, data FROM chunks WHERE id = ?")?;
        let mut rows = select.query([id])?;
        let Some(row) = rows.next()? else { return Err(damage(format!("chunk {id} is missing"))) };
        let hash: [u8; 32] = row.get(0)?;
        let length = usize::try_from(row.get::<_, i64>(1)?).ok().filter(|length| *length <= LONGEST);
        let data = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
        length
            .and_then(|length| self.decompressor.decompress(data, length).ok().filter(|bytes| bytes.len() == length))
            .filter(|bytes| *blake3::hash(bytes).as_bytes() == hash)
            .ok_or_else(|| damage(format!("chunk {id} is damaged")))
    }
}
