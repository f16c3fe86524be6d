//! Where bytes are: the record of an article, the whole of an original, the paths that have them.

use anyhow::Result;
use rusqlite::Connection;

use super::chunks::ChunkReader;
use super::rows::PATHS;
use super::schema::damage;
use super::stream::APART;

/// The bytes of the record of the article in this row, compared with `hash`: from the first of its places where they are
/// what they were.
pub(super) fn bytes(connection: &Connection, chunks: &mut ChunkReader, row: i64, hash: &[u8; 32]) -> Result<Vec<u8>> {
    let mut select = connection.prepare_cached(
        "SELECT original, number, offset, length FROM records WHERE article = ? ORDER BY original, number",
    )?;
    let mut rows = select.query([row])?;
    let mut wrong = None;
    while let Some(row) = rows.next()? {
        let (number, offset, length): (i64, i64, i64) = (row.get(1)?, row.get(2)?, row.get(3)?);
        let mut bytes = Vec::new();
        let read = chunks.read(connection, row.get(0)?, offset..offset.saturating_add(length), &mut |part| {
            bytes.extend_from_slice(part);
            Ok(())
        });
        match read {
            Ok(()) if blake3::hash(&bytes).as_bytes() == hash => return Ok(bytes),
            Ok(()) => wrong = Some(damage(format!("record {number} of a file is not what it was"))),
            Err(error) => wrong = Some(error),
        }
    }
    Err(wrong.unwrap_or_else(|| damage("an article has no record")))
}

/// Hands over the whole of an original in parts, and gives its length.
pub(super) fn original(
    connection: &Connection,
    chunks: &mut ChunkReader,
    original: i64,
    hash: Option<&[u8; 32]>,
    sink: &mut dyn FnMut(&[u8]) -> Result<()>,
) -> Result<u64> {
    let mut hasher = blake3::Hasher::new();
    let end = length(connection, original)?;
    chunks.read(connection, original, 0..end, &mut |part| {
        hasher.update(part);
        sink(part)
    })?;
    if hash.is_some_and(|hash| hasher.finalize() != *hash) {
        return Err(damage("a file is not what it was"));
    }
    Ok(end.cast_unsigned())
}

/// Up to where an original is there: its length, unless it is incomplete.
pub(super) fn length(connection: &Connection, original: i64) -> Result<i64> {
    let mut select = connection.prepare_cached(
        "SELECT coalesce(max(offset + length), 0) FROM pieces
                                                  WHERE original = ? AND offset < ?",
    )?;
    Ok(select.query_row((original, APART), |row| row.get(0))?)
}

/// The files that have an article now; at most [`PATHS`].
pub(super) fn paths(connection: &Connection, row: i64) -> Result<Vec<Vec<u8>>> {
    let mut paths = Vec::new();
    for query in [
        "SELECT DISTINCT s.path FROM records r JOIN sources s ON s.original = r.original WHERE r.article = ? LIMIT ?",
        "SELECT DISTINCT s.path FROM records r JOIN sources s ON s.partial = r.original WHERE r.article = ? LIMIT ?",
    ] {
        let mut select = connection.prepare_cached(query)?;
        for path in select.query_map((row, i64::try_from(PATHS)?), |row| row.get(0))? {
            paths.push(path?);
        }
    }
    paths.sort_unstable();
    paths.dedup();
    paths.truncate(PATHS);
    Ok(paths)
}
