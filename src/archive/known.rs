//! Which files are known, and as what: those that did not change need not be read again.

use std::collections::HashMap;

use anyhow::Result;
use rusqlite::{Connection, OptionalExtension, Row};

use super::SourceState;

/// Paths that are looked up one by one; for more, the whole table is read at once.
const FEW_PATHS: usize = 1000;

pub(super) fn known_sources(connection: &Connection, paths: &[&[u8]]) -> Result<HashMap<Vec<u8>, SourceState>> {
    const SELECT: &str =
        "SELECT path, size, mtime_ns, inode, device, partial IS NULL, CASE WHEN kept IS NULL THEN hash END
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
    let state = SourceState {
        size: row.get::<_, i64>(1)?.cast_unsigned(),
        mtime_ns: row.get(2)?,
        inode: row.get::<_, i64>(3)?.cast_unsigned(),
        device: row.get::<_, i64>(4)?.cast_unsigned(),
        complete: row.get(5)?,
        hash: row.get(6)?,
    };
    Ok((row.get(0)?, state))
}
