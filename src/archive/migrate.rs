//! The ladder of formats: one function leads from each to the next.
//!
//! A step and the new number are one transaction: killed at any moment, the archive has the format before or the one after.

use anyhow::Result;
use rusqlite::Connection;

use super::index_commit::IndexCommit;
use super::opening::version;
use super::schema::{Counts, FORMAT, Meta, TABLES, damage};
use super::seal::{GONE, RECORDS, SOURCES, STATES};

type Step = fn(&Connection) -> Result<()>;

/// The step from format 1, the one from format 2, and so on.
const STEPS: [Step; FORMAT as usize - 1] = [from_1];

/// Brings an archive to [`FORMAT`].
pub(super) fn migrate(connection: &mut Connection) -> Result<()> {
    loop {
        let from = version(connection)?;
        let Some(step) = (from as usize).checked_sub(1).and_then(|rung| STEPS.get(rung)) else { return Ok(()) };
        let transaction = connection.transaction()?;
        step(&transaction)?;
        transaction.pragma_update(None, "user_version", from + 1)?;
        transaction.commit()?;
    }
}

/// Format 2: what is recorded of an index commit names its folder and its number; `meta` counts rows; every column of `articles`
/// and `records` has a checksum.
fn from_1(connection: &Connection) -> Result<()> {
    let query = "SELECT fingerprint, created, sequence, index_sequence, seal FROM meta";
    let (fingerprint, created, sequence, index_sequence, seal): ([u8; 32], i64, i64, i64, i64) =
        connection.query_row(query, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))?;
    let numbers = [created, sequence, index_sequence].map(i64::to_le_bytes);
    if super::schema::seal(&[&fingerprint, numbers.as_flattened()]) != seal {
        return Err(damage("the archive's row about itself is damaged"));
    }
    connection.execute_batch(
        "ALTER TABLE meta DROP COLUMN index_sequence;
         ALTER TABLE meta DROP COLUMN seal;
         ALTER TABLE meta ADD COLUMN index_commit INTEGER NOT NULL DEFAULT 0;
         ALTER TABLE meta ADD COLUMN articles INTEGER NOT NULL DEFAULT 0;
         ALTER TABLE meta ADD COLUMN live INTEGER NOT NULL DEFAULT 0;
         ALTER TABLE meta ADD COLUMN records INTEGER NOT NULL DEFAULT 0;
         ALTER TABLE meta ADD COLUMN former INTEGER NOT NULL DEFAULT 0;
         ALTER TABLE meta ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;
         ALTER TABLE meta ADD COLUMN forgotten_files INTEGER NOT NULL DEFAULT 0;
         ALTER TABLE meta ADD COLUMN skipped INTEGER NOT NULL DEFAULT 0;
         ALTER TABLE meta ADD COLUMN seal INTEGER NOT NULL DEFAULT 0;
         DELETE FROM manifest WHERE name = '.managed.json';
         ALTER TABLE articles ADD COLUMN state_seal INTEGER NOT NULL DEFAULT 0;
         ALTER TABLE records ADD COLUMN seal INTEGER NOT NULL DEFAULT 0;
         ALTER TABLE records ADD COLUMN file_offset INTEGER;
         ALTER TABLE records ADD COLUMN file_length INTEGER;
         UPDATE records SET file_offset = offset, file_length = length WHERE offset < 4611686018427387904;
         ALTER TABLE sources ADD COLUMN ctime_ns INTEGER;
         ALTER TABLE sources ADD COLUMN gone_since INTEGER;
         CREATE INDEX sources_inode ON sources (inode);
         ALTER TABLE gone ADD COLUMN family INTEGER NOT NULL DEFAULT 0;
         UPDATE gone SET family = public;",
    )?;
    connection.execute_batch(table("index_commit"))?;
    connection.execute_batch(table("forgotten_files"))?;
    connection.execute_batch(table("skipped"))?;
    connection
        .execute_batch("CREATE INDEX skipped_path ON skipped (path); CREATE INDEX skipped_inode ON skipped (inode);")?;
    for sealed in [&STATES, &RECORDS, &SOURCES, &GONE] {
        sealed.set_all(connection)?;
    }
    let files = IndexCommit::files(connection)?;
    let number = u64::from(!files.is_empty());
    let counts = Counts::of(connection)?;
    Meta { fingerprint, created, sequence, index_commit: number.cast_signed(), counts }.store(connection)?;
    if files.is_empty() {
        return Ok(());
    }
    // The index of format 1 lies in the folder itself. The next run builds another.
    let commit = IndexCommit {
        folder: String::new(),
        number,
        meta: "meta.json".to_owned(),
        sequence: index_sequence.cast_unsigned(),
        inode: 0,
        files,
    };
    commit.store(connection)
}

/// The statement that makes a table of format 2.
fn table(name: &str) -> &'static str {
    let statement = TABLES.split(';').find(|statement| statement.contains(&format!("CREATE TABLE {name} (")));
    statement.unwrap_or_default()
}
