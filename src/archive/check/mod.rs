//! Looking for damage: everything that can be compared with a hash, a checksum or another row is.

use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::Result;
use rusqlite::Connection;

use super::chunks::ChunkReader;
use super::record;
use super::rows::{ROW, article_row};
use super::schema::{self, FILE, Meta, is_damage};
use super::seal::SEALED;

/// Something in the archive that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The file it is in.
    pub path: PathBuf,
    /// What is wrong, in words for a person.
    pub what: String,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.what)
    }
}

/// The most findings of one kind: a thousandth would not help anybody.
const MOST: usize = 1000;

/// Looks through the archive in `dir`: its structure, rows that refer to nothing, checksums of rows, and with `read_data`
/// every chunk, original and record against its hash. What it cannot find is a flipped bit where nothing is stored.
///
/// # Errors
/// [`FailureKind::Surroundings`](crate::problem::FailureKind::Surroundings) when there is no archive or it cannot be opened. Damage is no error, however great.
pub fn check(dir: &Path, read_data: bool) -> Result<Vec<Damage>> {
    check_watched(dir, read_data, &mut |_, _| ())
}

/// Like [`check`]; tells how many rows of how many it has looked at.
///
/// # Errors
/// As [`check`].
pub fn check_watched(dir: &Path, read_data: bool, watch: &mut dyn FnMut(u64, u64)) -> Result<Vec<Damage>> {
    let mut found = Findings { path: dir.join(FILE), damages: Vec::new(), done: 0, total: 0, watch };
    let opened = schema::open_for_reading(dir).map_err(|error| schema::explain(dir, error));
    let connection = match opened {
        Ok(connection) => connection,
        Err(error) if is_damage(&error) => {
            found.add(error.to_string());
            return Ok(found.damages);
        }
        Err(error) => return Err(error),
    };
    let steps: [(&str, Step); 4] =
        [("structure", structure), ("row about itself", meta), ("references", references), ("seals", seals)];
    let of_data: &[(&str, Step)] = &[("chunks", chunks), ("originals", originals), ("records", records)];
    // Each goes through the rows of the table it is named after.
    let of_rows = [("articles", articles as Step)].into_iter().chain(of_data.iter().copied().filter(|_| read_data));
    // What cannot be counted is damaged, and found below.
    let rows = |table| connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).ok();
    found.total = of_rows.clone().filter_map(|(table, _)| rows(table)).map(i64::cast_unsigned).sum();
    (found.watch)(0, found.total);
    for (name, step) in steps.into_iter().chain(of_rows) {
        if let Err(error) = step(&connection, &mut found) {
            let cause = error.to_string();
            let error = schema::explain(dir, error);
            if !is_damage(&error) {
                return Err(error);
            }
            found.add(format!("the {name} cannot be read to the end: {cause}"));
        }
    }
    Ok(found.damages)
}

type Step = fn(&Connection, &mut Findings<'_>) -> Result<()>;

struct Findings<'a> {
    path: PathBuf,
    damages: Vec<Damage>,
    done: u64,
    total: u64,
    watch: &'a mut dyn FnMut(u64, u64),
}

impl Findings<'_> {
    /// Tells that another row was looked at.
    fn row(&mut self) {
        self.done += 1;
        (self.watch)(self.done, self.total);
    }

    fn add(&mut self, what: impl Into<String>) {
        self.damages.push(Damage { path: self.path.clone(), what: what.into() });
    }

    /// Notes damage and goes on; any other error ends the step.
    fn note<T>(&mut self, at: impl fmt::Display, result: Result<T>) -> Result<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(error) if is_damage(&error) => {
                self.add(format!("{at}: {error}"));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

fn structure(connection: &Connection, found: &mut Findings<'_>) -> Result<()> {
    let mut pragma = connection.prepare(&format!("PRAGMA integrity_check({MOST})"))?;
    let mut rows = pragma.query([])?;
    while let Some(row) = rows.next()? {
        let line: String = row.get(0)?;
        if line != "ok" {
            found.add(line);
        }
    }
    Ok(())
}

fn meta(connection: &Connection, found: &mut Findings<'_>) -> Result<()> {
    let meta = Meta::load(connection);
    found.note("meta", meta).map(drop)
}

fn references(connection: &Connection, found: &mut Findings<'_>) -> Result<()> {
    let mut pragma = connection.prepare("PRAGMA foreign_key_check")?;
    let mut rows = pragma.query([])?;
    while let Some(row) = rows.next()? {
        let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
        found.add(format!("a row of {table} refers to a row of {parent} that is not there"));
        if found.damages.len() >= MOST {
            break;
        }
    }
    for (query, what) in DANGLING {
        let mut select = connection.prepare(query)?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            found.add(format!("{what} ({})", row.get::<_, i64>(0)?));
        }
    }
    Ok(())
}

/// Rows that contradict others.
const DANGLING: &[(&str, &str)] = &[
    (
        "SELECT id FROM chunks WHERE id NOT IN (SELECT chunk FROM pieces) LIMIT 1000",
        "a chunk that no file needs",
    ),
    (
        "SELECT a.id FROM articles a WHERE NOT EXISTS (SELECT 1 FROM records r WHERE r.article = a.id) LIMIT 1000",
        "an article without record",
    ),
    (
        "SELECT a.id FROM articles a WHERE a.live AND NOT EXISTS
             (SELECT 1 FROM records r JOIN sources s ON s.original = r.original WHERE r.article = a.id)
         AND NOT EXISTS (SELECT 1 FROM records r JOIN sources s ON s.partial = r.original WHERE r.article = a.id) LIMIT 1000",
        "an article counts as live, but no file has it",
    ),
    (
        "SELECT a.id FROM articles a WHERE NOT a.live AND EXISTS (SELECT 1 FROM records r
             JOIN sources s ON s.original = r.original AND s.partial IS NULL WHERE r.article = a.id) LIMIT 1000",
        "an article does not count as live, but a file has it",
    ),
    (
        "SELECT id FROM articles WHERE live NOT IN (0, 1) OR changed NOT BETWEEN 1 AND (SELECT sequence FROM meta) LIMIT 1000",
        "an article whose state makes no sense",
    ),
    (
        "SELECT id FROM articles WHERE json_valid(summary) AND truncated IS NOT coalesce(summary ->> 'truncated', 0) LIMIT 1000",
        "an article of which is said twice, and differently, whether it is cut off",
    ),
    ("SELECT id FROM articles WHERE previous >= id LIMIT 1000", "an article is the next version of a later one"),
];

fn seals(connection: &Connection, found: &mut Findings<'_>) -> Result<()> {
    for sealed in SEALED {
        let table = sealed.table;
        sealed.check(connection, &mut |row| found.add(format!("{table}, row {row}: it is not as it was written")))?;
    }
    Ok(())
}

fn articles(connection: &Connection, found: &mut Findings<'_>) -> Result<()> {
    let mut select = connection.prepare(ROW)?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        found.note(format_args!("articles, row {id}"), article_row(row))?;
        found.row();
    }
    Ok(())
}

fn chunks(connection: &Connection, found: &mut Findings<'_>) -> Result<()> {
    let mut reader = ChunkReader::new()?;
    let mut select = connection.prepare("SELECT id FROM chunks")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let chunk = reader.chunk(connection, row.get(0)?).map(drop);
        found.note("chunks", chunk)?;
        found.row();
    }
    Ok(())
}

fn originals(connection: &Connection, found: &mut Findings<'_>) -> Result<()> {
    let mut reader = ChunkReader::new()?;
    let mut select = connection.prepare("SELECT id, coalesce(kept, hash), kept IS NULL, length FROM originals")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let (id, hash, whole): (i64, Option<[u8; 32]>, bool) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let length = record::original(connection, &mut reader, id, hash.as_ref(), &mut |_| Ok(()));
        let length = found.note(format_args!("originals, row {id}"), length)?;
        found.row();
        let expected = row.get::<_, i64>(3)?.cast_unsigned();
        if hash.is_some() && whole && length.is_some_and(|length| length != expected) {
            found.add(format!("originals, row {id}: the length is not that of the file"));
        }
    }
    Ok(())
}

/// Each record against the hash of its article, in the order of the chunks.
fn records(connection: &Connection, found: &mut Findings<'_>) -> Result<()> {
    let mut reader = ChunkReader::new()?;
    let mut damaged = HashSet::new();
    let mut select = connection.prepare(
        "SELECT r.original, r.number, r.offset, r.length, a.hash FROM records r JOIN articles a ON a.id = r.article
         ORDER BY r.original, r.number",
    )?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let (original, number): (i64, i64) = (row.get(0)?, row.get(1)?);
        let (offset, length): (i64, i64) = (row.get(2)?, row.get(3)?);
        let mut hasher = blake3::Hasher::new();
        let read = reader.read(connection, original, offset..offset.saturating_add(length), &mut |part| {
            hasher.update(part);
            Ok(())
        });
        let at = format!("originals, row {original}, record {number}");
        let read = found.note(&at, read)?;
        found.row();
        if read.is_some() && hasher.finalize() != row.get::<_, [u8; 32]>(4)? && damaged.insert((original, number)) {
            found.add(format!("{at}: it is not what it was"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
