//! Looking for damage: everything that can be compared with a hash, a checksum or another row is.
//!
//! One damage never hides another: a table that cannot be read to its end is read by another way, row by row.

mod dangling;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::Result;
use rusqlite::{Connection, OptionalExtension};

use self::dangling::DANGLING;
use super::chunks::ChunkReader;
use super::journal::{LostCommits, set_aside_journals};
use super::list::rows_of_articles;
use super::rows::{ROW, article_row};
use super::schema::{self, Counts, FILE, Meta, means_damage};
use super::seal::SEALED;
use super::{lock, opening, record};
use crate::article::ArticleId;
use crate::problem::is_damage;

/// Something in the archive that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The file it is in.
    pub path: PathBuf,
    /// What is wrong, in words for a person.
    pub what: String,
    /// Whether it is in the bytes of originals: which articles these cost is told by [`Checked::unreadable`].
    pub in_originals: bool,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.what)
    }
}

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// What is damaged.
    pub damages: Vec<Damage>,
    /// The articles of which no file has a sound record any more, with the hash of their cleaned text. Only found where the
    /// data is read.
    pub unreadable: Vec<(ArticleId, [u8; 32])>,
}

impl Checked {
    /// Whether nothing is damaged.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        self.damages.is_empty() && self.unreadable.is_empty()
    }
}

/// The most findings of one kind: a thousandth would not help anybody.
const MOST: usize = 1000;

/// Looks through the archive in `dir`: its structure, rows that refer to nothing, checksums of rows, and with `read_data`
/// every chunk, original and record against its hash. What it cannot find is a flipped bit where nothing is stored.
///
/// # Errors
/// [`FailureKind::Surroundings`](crate::problem::FailureKind::Surroundings) when there is no archive or it cannot be opened. Damage is no error, however great.
pub fn check(dir: &Path, read_data: bool) -> Result<Checked> {
    check_watched(dir, read_data, &mut |_, _| ())
}

/// Like [`check`]; tells how many rows of how many it has looked at.
///
/// # Errors
/// As [`check`].
pub fn check_watched(dir: &Path, read_data: bool, watch: &mut dyn FnMut(u64, u64)) -> Result<Checked> {
    let mut found = Findings { path: dir.join(FILE), checked: Checked::default(), done: 0, total: 0, watch };
    for path in set_aside_journals(dir) {
        let what = "a run found it damaged and set it aside: articles that an earlier run had reported were in it; run \
                    `newsgrep ingest` on the files of that run, then remove this file (`newsgrep forget` removes it too)";
        found.checked.damages.push(Damage { path, what: what.to_owned(), in_originals: false });
    }
    // Looked at first: a commit that is noted now is one that the database has.
    let noted = lock::note(dir);
    let opened = match opening::open_for_reading(dir).map_err(|error| schema::explain(dir, error)) {
        Ok(opened) => opened,
        Err(error) if is_damage(&error) => {
            found.add(error.to_string());
            return Ok(found.checked);
        }
        Err(error) => return Err(error),
    };
    let connection = opened.connection;
    opened.damage.into_iter().for_each(|damage| found.add(damage));
    if let Ok(Some(lost)) = LostCommits::between(noted, &connection) {
        found.add(lost.to_string());
    }
    let steps: [(&str, Step); 4] =
        [("structure", structure), ("row about itself", meta), ("references", references), ("checksums", seals)];
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
    Ok(found.checked)
}

type Step = fn(&Connection, &mut Findings<'_>) -> Result<()>;

struct Findings<'a> {
    path: PathBuf,
    checked: Checked,
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
        self.checked.damages.push(Damage { path: self.path.clone(), what: what.into(), in_originals: false });
    }

    fn add_in_originals(&mut self, what: impl Into<String>) {
        self.checked.damages.push(Damage { path: self.path.clone(), what: what.into(), in_originals: true });
    }

    /// Notes damage to a row and goes on; any other error ends the step.
    fn note<T>(&mut self, at: impl fmt::Display, result: Result<T>) -> Result<Option<T>> {
        match result {
            Err(error) if means_damage(&error) => self.add(format!("{at}: {error}")),
            other => return other.map(Some),
        }
        Ok(None)
    }

    /// Notes damage to the bytes of an original and goes on.
    fn note_in_originals<T>(&mut self, at: impl fmt::Display, result: Result<T>) -> Result<Option<T>> {
        match result {
            Err(error) if means_damage(&error) => self.add_in_originals(format!("{at}: {error}")),
            other => return other.map(Some),
        }
        Ok(None)
    }

    /// As [`Self::note_in_originals`], for what was read once before: a chunk that was named is not named for each of its records.
    fn note_again<T>(&mut self, at: impl fmt::Display, result: Result<T>) -> Result<Option<T>> {
        match result {
            Err(error) if self.checked.damages.iter().any(|known| known.what.ends_with(&error.to_string())) => Ok(None),
            other => self.note_in_originals(at, other),
        }
    }

    /// What a query gives, one number a row; where it cannot be read to its end, that is noted, and what `other` gives is added.
    fn numbers(&mut self, connection: &Connection, query: &str, other: &str) -> Result<Vec<i64>> {
        let mut numbers = Vec::new();
        let read = read_numbers(connection, query, &mut numbers);
        if self.note(query, read)?.is_none() {
            // As far as it goes.
            drop(read_numbers(connection, other, &mut numbers));
        }
        numbers.sort_unstable();
        numbers.dedup();
        Ok(numbers)
    }
}

fn read_numbers(connection: &Connection, query: &str, numbers: &mut Vec<i64>) -> Result<()> {
    let mut select = connection.prepare(query)?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        numbers.push(row.get(0)?);
    }
    Ok(())
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

/// The row about itself, and whether there are as many rows as it says.
fn meta(connection: &Connection, found: &mut Findings<'_>) -> Result<()> {
    let Some((meta, is_sound)) = found.note("meta", Meta::load_unsealed(connection))? else { return Ok(()) };
    if !is_sound {
        // Its counts are compared all the same: they may tell of another damage.
        found.add("meta: the archive's row about itself is damaged");
    }
    let Some(counts) = found.note("counts", Counts::of(connection))? else { return Ok(()) };
    for ((what, recorded), (_, there)) in meta.counts.named().into_iter().zip(counts.named()) {
        if recorded != there {
            found.add(format!("{what}: there are {there} rows instead of {recorded}"));
        }
    }
    Ok(())
}

fn references(connection: &Connection, found: &mut Findings<'_>) -> Result<()> {
    let mut foreign_keys = || -> Result<()> {
        let mut pragma = connection.prepare("PRAGMA foreign_key_check")?;
        let mut rows = pragma.query([])?;
        let mut count = 0;
        while let Some(row) = rows.next()? {
            let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
            found.add(format!("a row of {table} refers to a row of {parent} that is not there"));
            count += 1;
            if count >= MOST {
                break;
            }
        }
        Ok(())
    };
    let read = foreign_keys();
    found.note("references", read)?;
    for (query, what) in DANGLING {
        let mut rows = Vec::new();
        let read = read_numbers(connection, query, &mut rows);
        rows.into_iter().for_each(|row| found.add(format!("{what} ({row})")));
        found.note(what, read)?;
    }
    Ok(())
}

fn seals(connection: &Connection, found: &mut Findings<'_>) -> Result<()> {
    for sealed in SEALED {
        let table = sealed.table;
        let mut broken = Vec::new();
        let read = sealed.check(connection, &mut |row| broken.push(row));
        broken.into_iter().for_each(|row| found.add(sealed.broken(row).to_string()));
        found.note(table, read)?;
    }
    Ok(())
}

fn articles(connection: &Connection, found: &mut Findings<'_>) -> Result<()> {
    let mut ids = Vec::new();
    let read = read_numbers(connection, "SELECT id FROM articles", &mut ids);
    if found.note("articles", read)?.is_none() {
        ids.extend(rows_of_articles(connection)?);
        ids.sort_unstable();
        ids.dedup();
    }
    let mut select = connection.prepare(&format!("{ROW} WHERE id = ?"))?;
    for id in ids {
        let row = select.query_row([id], |row| Ok(article_row(row))).optional();
        let row = row.map_err(anyhow::Error::from).and_then(Option::transpose);
        found.note(format_args!("articles, row {id}"), row)?;
        found.row();
    }
    Ok(())
}

fn chunks(connection: &Connection, found: &mut Findings<'_>) -> Result<()> {
    let mut reader = ChunkReader::new()?;
    for chunk in found.numbers(connection, "SELECT id FROM chunks", "SELECT DISTINCT chunk FROM pieces")? {
        let read = reader.chunk(connection, chunk).map(drop);
        found.note_in_originals("chunks", read)?;
        found.row();
    }
    Ok(())
}

fn originals(connection: &Connection, found: &mut Findings<'_>) -> Result<()> {
    let mut reader = ChunkReader::new()?;
    let mut select =
        connection.prepare("SELECT coalesce(kept, hash), kept IS NULL, length FROM originals WHERE id = ?")?;
    for id in found.numbers(connection, "SELECT id FROM originals", "SELECT DISTINCT original FROM pieces")? {
        let at = format!("originals, row {id}");
        let row = select.query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional();
        let row = found.note(&at, row.map_err(anyhow::Error::from))?.flatten();
        found.row();
        let Some((hash, whole, expected)): Option<(Option<[u8; 32]>, bool, i64)> = row else { continue };
        let length = record::original(connection, &mut reader, id, hash.as_ref(), &mut |_| Ok(()));
        let length = found.note_in_originals(&at, length)?;
        if hash.is_some() && whole && length.is_some_and(|length| length != expected.cast_unsigned()) {
            found.add_in_originals(format!("{at}: the length is not that of the file"));
        }
    }
    Ok(())
}

/// Each record against the hash of its article, in the order of the chunks.
fn records(connection: &Connection, found: &mut Findings<'_>) -> Result<()> {
    let mut reader = ChunkReader::new()?;
    // Whether some record of the article is sound; of articles whose row can be read.
    let mut articles: BTreeMap<i64, (Article, bool)> = BTreeMap::new();
    let mut select = connection.prepare("SELECT number, article, offset, length FROM records WHERE original = ?")?;
    let originals = found.numbers(
        connection,
        "SELECT DISTINCT original FROM records",
        "SELECT id FROM originals UNION SELECT DISTINCT original FROM pieces",
    )?;
    for original in originals {
        let mut rows = select.query([original])?;
        loop {
            let row = match rows.next().map_err(anyhow::Error::from) {
                Ok(Some(row)) => row,
                Ok(None) => break,
                Err(error) => {
                    found.note::<()>(format_args!("records of original {original}"), Err(error))?;
                    break;
                }
            };
            let (number, article, offset, length): (i64, i64, i64, i64) =
                (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
            let at = format!("originals, row {original}, record {number}");
            found.row();
            let Some(known) = found.note(&at, Article::load(connection, article))?.flatten() else { continue };
            let mut hasher = blake3::Hasher::new();
            let read = reader.read(connection, original, offset..offset.saturating_add(length), &mut |part| {
                hasher.update(part);
                Ok(())
            });
            let mut is_sound = found.note_again(&at, read)?.is_some();
            if is_sound && hasher.finalize() != known.hash {
                is_sound = false;
                found.add_in_originals(format!("{at}: it is not what it was"));
            }
            articles.entry(article).or_insert((known, false)).1 |= is_sound;
        }
    }
    let unreadable = articles.into_values().filter(|(_, is_sound)| !is_sound);
    found.checked.unreadable = unreadable.map(|(article, _)| (article.id, article.text_hash)).collect();
    Ok(())
}

/// What a record is compared with.
#[derive(Clone, Copy)]
struct Article {
    id: ArticleId,
    hash: [u8; 32],
    text_hash: [u8; 32],
}

impl Article {
    fn load(connection: &Connection, row: i64) -> Result<Option<Self>> {
        let mut select = connection.prepare_cached("SELECT hash, text_hash FROM articles WHERE id = ?")?;
        let found = select.query_row([row], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        Ok(found.map(|(hash, text_hash)| Self { id: ArticleId::of_hash(&hash), hash, text_hash }))
    }
}
