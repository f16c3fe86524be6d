//! Which files are known, and as what: those that did not change need not be read again.

use std::collections::HashMap;

use anyhow::Result;
use rusqlite::{Connection, OptionalExtension, Row};

use super::SourceState;
use crate::read;

/// Paths that are looked up one by one; for more, the whole table is read at once.
const FEW_PATHS: usize = 1000;

pub(super) fn known_sources(
    connection: &Connection,
    fingerprint: &[u8; 32],
    paths: &[&[u8]],
) -> Result<HashMap<Vec<u8>, SourceState>> {
    let mut known = sources(connection, paths)?;
    skipped(connection, &mut known)?;
    // A file of which everything was forgotten is known by a hash of its path alone.
    let forgotten = forgotten_files(connection)?;
    if !forgotten.is_empty() {
        for path in paths {
            if let Some(state) = forgotten.get(&path_hash(fingerprint, path)) {
                known.entry(path.to_vec()).or_insert(SourceState { is_kept: false, ..*state });
            }
        }
    }
    Ok(known)
}

/// Files that could not be read at all count as known while they stay as they are; those with records that could not be read are
/// read again when the readers have another version.
fn skipped(connection: &Connection, known: &mut HashMap<Vec<u8>, SourceState>) -> Result<()> {
    let mut select = connection
        .prepare("SELECT path, size, mtime_ns, inode, device, ctime_ns, 1, NULL, record, readers FROM skipped")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let (path, state) = source_state(row)?;
        let is_current = row.get::<_, u32>(9)? == read::VERSION;
        if row.get_ref(8)?.as_i64()? == 0 {
            let is_kept = known.contains_key(&path);
            known.insert(path, SourceState { is_kept, complete: is_current, ..state });
        } else if let Some(source) = known.get_mut(&path).filter(|_| !is_current) {
            source.complete = false;
        }
    }
    Ok(())
}

/// The name of a path that was forgotten: nobody without the archive can tell which one it is.
pub(super) fn path_hash(fingerprint: &[u8; 32], path: &[u8]) -> [u8; 32] {
    *blake3::keyed_hash(fingerprint, path).as_bytes()
}

fn forgotten_files(connection: &Connection) -> Result<HashMap<[u8; 32], SourceState>> {
    let mut select = connection
        .prepare("SELECT path_hash, size, mtime_ns, inode, device, ctime_ns, 1, NULL FROM forgotten_files")?;
    let states = select.query_map([], |row| Ok((row.get(0)?, state(row)?)))?;
    Ok(states.collect::<rusqlite::Result<_>>()?)
}

fn sources(connection: &Connection, paths: &[&[u8]]) -> Result<HashMap<Vec<u8>, SourceState>> {
    const SELECT: &str =
        "SELECT path, size, mtime_ns, inode, device, ctime_ns, partial IS NULL, CASE WHEN kept IS NULL THEN hash END
         FROM sources LEFT JOIN originals ON originals.id = sources.original";
    if paths.len() > FEW_PATHS {
        return Ok(connection.prepare(SELECT)?.query_map([], source_state)?.collect::<rusqlite::Result<_>>()?);
    }
    let mut select = connection.prepare(&format!("{SELECT} WHERE path = ?1"))?;
    let mut known = HashMap::new();
    for path in paths {
        known.extend(select.query_row([path], source_state).optional()?);
    }
    Ok(known)
}

fn source_state(row: &Row<'_>) -> rusqlite::Result<(Vec<u8>, SourceState)> {
    Ok((row.get(0)?, state(row)?))
}

fn state(row: &Row<'_>) -> rusqlite::Result<SourceState> {
    Ok(SourceState {
        size: row.get::<_, i64>(1)?.cast_unsigned(),
        mtime_ns: row.get(2)?,
        inode: row.get::<_, i64>(3)?.cast_unsigned(),
        device: row.get::<_, i64>(4)?.cast_unsigned(),
        ctime_ns: row.get(5)?,
        is_kept: true,
        complete: row.get(6)?,
        hash: row.get(7)?,
    })
}
