//! Checksums over the rows that nothing else vouches for: where a flipped bit would be believed.

use anyhow::Result;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Row, params_from_iter};

use super::schema;

/// A table whose rows carry a `seal` over these columns, the first of which is the key.
pub(super) struct Sealed {
    pub(super) table: &'static str,
    columns: &'static str,
    key: &'static str,
}

pub(super) const SOURCES: Sealed = Sealed {
    table: "sources",
    columns: "id, path, size, mtime_ns, inode, device, original, partial, first_seen, last_read",
    key: "id",
};
pub(super) const ORIGINALS: Sealed =
    Sealed { table: "originals", columns: "id, hash, kept, reader, length", key: "id" };
pub(super) const FORMER: Sealed = Sealed { table: "former", columns: "original, source, until", key: "original" };
pub(super) const GONE: Sealed = Sealed { table: "gone", columns: "public, changed", key: "public" };

/// All of them.
pub(super) const SEALED: [&Sealed; 4] = [&SOURCES, &ORIGINALS, &FORMER, &GONE];

impl Sealed {
    /// Writes a row with its seal: a value for each of the columns.
    pub(super) fn insert(&self, connection: &Connection, row: &[ValueRef<'_>]) -> Result<()> {
        let Self { table, columns, .. } = self;
        let places = ", ?".repeat(row.len());
        let query = format!("INSERT INTO {table} ({columns}, seal) VALUES (?{places})");
        let seal = seal_of(row);
        let values = row.iter().copied().chain([ValueRef::Integer(seal)]).map(ToSqlOutput::Borrowed);
        connection.prepare_cached(&query)?.execute(params_from_iter(values))?;
        Ok(())
    }

    /// Seals the rows with this key, after one of them was written.
    pub(super) fn set(&self, connection: &Connection, key: i64) -> Result<()> {
        let Self { table, columns, key: name } = self;
        let mut seals = Vec::new();
        let mut select = connection.prepare_cached(&format!("SELECT {columns}, seal FROM {table} WHERE {name} = ?"))?;
        let mut rows = select.query([key])?;
        while let Some(row) = rows.next()? {
            let (seal, found) = seals_of(row)?;
            if seal != found {
                seals.push((found, seal));
            }
        }
        for (found, seal) in seals {
            let query = format!("UPDATE {table} SET seal = ?3 WHERE {name} = ?1 AND seal = ?2");
            connection.prepare_cached(&query)?.execute((key, found, seal))?;
        }
        Ok(())
    }

    /// Whether the rows with this key are as they were written.
    pub(super) fn is_sound(&self, connection: &Connection, key: i64) -> Result<bool> {
        let Self { table, columns, key: name } = self;
        let mut select = connection.prepare_cached(&format!("SELECT {columns}, seal FROM {table} WHERE {name} = ?"))?;
        let mut rows = select.query([key])?;
        while let Some(row) = rows.next()? {
            let (seal, found) = seals_of(row)?;
            if seal != found {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Hands over the key of each row that is not as it was written.
    pub(super) fn check(&self, connection: &Connection, broken: &mut dyn FnMut(i64)) -> Result<()> {
        let Self { table, columns, .. } = self;
        let mut select = connection.prepare(&format!("SELECT {columns}, seal FROM {table}"))?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let (seal, found) = seals_of(row)?;
            if seal != found {
                broken(row.get(0)?);
            }
        }
        Ok(())
    }
}

/// The seal that a row ought to have, and the one it has, which is its last column.
fn seals_of(row: &Row<'_>) -> Result<(i64, i64)> {
    let last = row.as_ref().column_count().saturating_sub(1);
    let mut fields = Vec::with_capacity(last);
    for column in 0..last {
        fields.push(row.get_ref(column)?);
    }
    Ok((seal_of(&fields), row.get(last)?))
}

/// The seal of a row with these values.
fn seal_of(row: &[ValueRef<'_>]) -> i64 {
    let bytes = |value: &ValueRef<'_>| match value {
        ValueRef::Null => Vec::new(),
        ValueRef::Integer(number) => number.to_le_bytes().to_vec(),
        ValueRef::Real(number) => number.to_le_bytes().to_vec(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.to_vec(),
    };
    let fields: Vec<Vec<u8>> = row.iter().map(bytes).collect();
    let fields: Vec<&[u8]> = fields.iter().map(Vec::as_slice).collect();
    schema::seal(&fields)
}
