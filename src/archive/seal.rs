//! Checksums over the rows that nothing else vouches for: where a flipped bit would be believed.

use std::collections::BTreeSet;

use anyhow::Result;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Row, params_from_iter};

use super::schema::{self, damage};

/// Columns of a table over which each of its rows carries a checksum.
pub(super) struct Sealed {
    pub(super) table: &'static str,
    /// The columns; the first is the key.
    columns: &'static str,
    key: &'static str,
    /// What names one row: the key, or more columns where several rows have one key.
    row: &'static str,
    /// The column of the checksum.
    seal: &'static str,
}

pub(super) const SOURCES: Sealed = Sealed {
    table: "sources",
    columns: "id, path, size, mtime_ns, inode, device, original, partial, first_seen, last_read, ctime_ns, gone_since",
    key: "id",
    row: "id",
    seal: "seal",
};
pub(super) const ORIGINALS: Sealed =
    Sealed { table: "originals", columns: "id, hash, kept, reader, length", key: "id", row: "id", seal: "seal" };
pub(super) const FORMER: Sealed = Sealed {
    table: "former",
    columns: "original, source, until",
    key: "original",
    row: "original, source",
    seal: "seal",
};
pub(super) const GONE: Sealed =
    Sealed { table: "gone", columns: "public, changed, family", key: "public", row: "public", seal: "seal" };
pub(super) const RECORDS: Sealed = Sealed {
    table: "records",
    columns: "original, number, article, offset, length, file_offset, file_length",
    key: "original",
    row: "original, number",
    seal: "seal",
};
pub(super) const FORGOTTEN_FILES: Sealed = Sealed {
    table: "forgotten_files",
    columns: "id, path_hash, size, mtime_ns, ctime_ns, inode, device",
    key: "id",
    row: "id",
    seal: "seal",
};
pub(super) const SKIPPED: Sealed = Sealed {
    table: "skipped",
    columns: "id, path, record, reason, count, size, mtime_ns, ctime_ns, inode, device, readers, since",
    key: "id",
    row: "id",
    seal: "seal",
};
/// What an article is now, beside what it says of itself for good.
pub(super) const STATES: Sealed =
    Sealed { table: "articles", columns: "id, live, changed, previous", key: "id", row: "id", seal: "state_seal" };

/// All of them.
pub(super) const SEALED: [&Sealed; 8] =
    [&SOURCES, &ORIGINALS, &FORMER, &GONE, &RECORDS, &STATES, &SKIPPED, &FORGOTTEN_FILES];

impl Sealed {
    /// Writes a row with its seal: a value for each of the columns.
    pub(super) fn insert(&self, connection: &Connection, row: &[ValueRef<'_>]) -> Result<()> {
        let Self { table, columns, seal: name, .. } = self;
        let places = ", ?".repeat(row.len());
        let query = format!("INSERT INTO {table} ({columns}, {name}) VALUES (?{places})");
        let seal = seal_of(row);
        let values = row.iter().copied().chain([ValueRef::Integer(seal)]).map(ToSqlOutput::Borrowed);
        connection.prepare_cached(&query)?.execute(params_from_iter(values))?;
        Ok(())
    }

    /// Seals the rows with this key, after they were written.
    pub(super) fn set(&self, connection: &Connection, key: i64) -> Result<()> {
        self.seal_rows(connection, Some(key))
    }

    /// Seals all rows.
    pub(super) fn set_all(&self, connection: &Connection) -> Result<()> {
        self.seal_rows(connection, None)
    }

    fn seal_rows(&self, connection: &Connection, key: Option<i64>) -> Result<()> {
        let Self { table, columns, key: name, row: which, seal: column } = self;
        let mut seals = Vec::new();
        let select = format!("SELECT {columns}, {column} FROM {table} WHERE ?1 IS NULL OR {name} = ?1");
        let select = if key.is_some() { select.replace("?1 IS NULL OR ", "") } else { select };
        let mut select = connection.prepare_cached(&select)?;
        let mut rows = select.query([key])?;
        while let Some(row) = rows.next()? {
            let (seal, found) = seals_of(row)?;
            if seal != found {
                // The columns that name a row are the first of all columns, and numbers.
                let second = if which.contains(',') { row.get(1)? } else { None::<i64> };
                seals.push((row.get::<_, i64>(0)?, second, seal));
            }
        }
        let mut update = connection.prepare_cached(&match which.split_once(", ") {
            None => format!("UPDATE {table} SET {column} = ?3 WHERE {which} = ?1 AND ?2 IS NULL"),
            Some((first, second)) => {
                format!("UPDATE {table} SET {column} = ?3 WHERE {first} = ?1 AND {second} = ?2")
            }
        })?;
        for row in seals {
            update.execute(row)?;
        }
        Ok(())
    }

    /// Whether the rows with this key are as they were written.
    pub(super) fn is_sound(&self, connection: &Connection, key: i64) -> Result<bool> {
        let Self { table, columns, key: name, seal: column, .. } = self;
        let mut select =
            connection.prepare_cached(&format!("SELECT {columns}, {column} FROM {table} WHERE {name} = ?"))?;
        let mut rows = select.query([key])?;
        while let Some(row) = rows.next()? {
            let (seal, found) = seals_of(row)?;
            if seal != found {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The error for a row that is not as it was written.
    pub(super) fn broken(&self, key: i64) -> anyhow::Error {
        damage(format!("{}, row {key}: it is not as it was written", self.table))
    }

    /// Hands over the rows in which `column` is `value`, each compared with its seal: the columns in their order.
    pub(super) fn each(
        &self,
        connection: &Connection,
        column: &str,
        value: i64,
        sink: &mut dyn FnMut(&Row<'_>) -> Result<bool>,
    ) -> Result<()> {
        self.walk(connection, &format!("WHERE {column} = ?"), &[value], sink)
    }

    /// The keys of the rows in which `column` is `value` and that are as they were written, each once; what is not is told.
    pub(super) fn sound_keys(
        &self,
        connection: &Connection,
        column: &str,
        value: i64,
        wrong: &mut Option<anyhow::Error>,
    ) -> Result<BTreeSet<i64>> {
        let Self { table, columns, seal, .. } = self;
        let query = format!("SELECT {columns}, {seal} FROM {table} WHERE {column} = ?");
        let mut keys = BTreeSet::new();
        let mut select = connection.prepare_cached(&query)?;
        let mut rows = select.query([value])?;
        while let Some(row) = rows.next()? {
            let key: i64 = row.get(0)?;
            let (seal, found) = seals_of(row)?;
            if seal == found {
                keys.insert(key);
            } else {
                *wrong = Some(self.broken(key));
            }
        }
        Ok(keys)
    }

    /// Hands over all rows, each compared with its seal: the columns in their order.
    pub(super) fn all(&self, connection: &Connection, sink: &mut dyn FnMut(&Row<'_>) -> Result<bool>) -> Result<()> {
        self.walk(connection, "", &[], sink)
    }

    fn walk(
        &self,
        connection: &Connection,
        condition: &str,
        values: &[i64],
        sink: &mut dyn FnMut(&Row<'_>) -> Result<bool>,
    ) -> Result<()> {
        let Self { table, columns, seal, .. } = self;
        let mut select = connection.prepare_cached(&format!("SELECT {columns}, {seal} FROM {table} {condition}"))?;
        let mut rows = select.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            let (seal, found) = seals_of(row)?;
            if seal != found {
                let key: i64 = row.get(0)?;
                return Err(self.broken(key));
            }
            if !sink(row)? {
                break;
            }
        }
        Ok(())
    }

    /// Hands over the key of each row that is not as it was written.
    pub(super) fn check(&self, connection: &Connection, broken: &mut dyn FnMut(i64)) -> Result<()> {
        let Self { table, columns, seal, .. } = self;
        let mut select = connection.prepare(&format!("SELECT {columns}, {seal} FROM {table}"))?;
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
pub(super) fn seal_of(row: &[ValueRef<'_>]) -> i64 {
    let numbers: Vec<[u8; 8]> = row
        .iter()
        .map(|value| match value {
            ValueRef::Integer(number) => number.to_le_bytes(),
            ValueRef::Real(number) => number.to_le_bytes(),
            ValueRef::Null | ValueRef::Text(_) | ValueRef::Blob(_) => [0; 8],
        })
        .collect();
    let fields: Vec<&[u8]> = row
        .iter()
        .zip(&numbers)
        .map(|(value, number)| match value {
            ValueRef::Null => &[][..],
            ValueRef::Integer(_) | ValueRef::Real(_) => number,
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes,
        })
        .collect();
    schema::seal(&fields)
}

/// The seal of a row of numbers.
pub(super) fn seal_of_numbers<const N: usize>(row: [Option<i64>; N]) -> i64 {
    seal_of(&row.map(|number| number.map_or(ValueRef::Null, ValueRef::Integer)))
}
