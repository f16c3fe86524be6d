//! SQLite's journal: how it is emptied, and how it is told when commits in it can no longer be read.
//!
//! SQLite takes a journal up to the first frame whose checksum is wrong: one flipped bit, in the journal that a killed run left,
//! takes every commit from there on, in silence. So each commit is noted outside the journal too, in the file `lock`. A writer
//! that finds less in the database than was noted sets the journal's bytes aside before it goes on.
//!
//! The note is not synced: it is there for damage, not for a power cut, which can only leave an older note.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use rusqlite::{Connection, OptionalExtension};

use super::opening::{self, sync_directory};
use super::schema::{FILE, Meta, seal};

/// Bytes of a [`Note`] with the end of its line.
pub(super) const NOTE: usize = 80;

/// How the name begins of a journal that was set aside.
const SET_ASIDE: &str = "damaged-journal-";

/// How long a checkpoint waits for readers.
const READERS: Duration = Duration::from_millis(500);

/// A commit, as it is noted outside the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Note {
    /// The archive's sequence number.
    pub(super) sequence: i64,
    /// The last row of `articles`: articles that were added later have greater ones.
    pub(super) last_article: i64,
}

impl Note {
    /// A line without a note.
    pub(super) const NONE: &str = "                                                                               \n";

    pub(super) fn line(self) -> String {
        let Self { sequence, last_article } = self;
        let seal = seal(&[&sequence.to_le_bytes(), &last_article.to_le_bytes()]).cast_unsigned();
        format!("{:<79}\n", format!("commit {sequence}, article {last_article}, {seal:016x}"))
    }

    /// Reads the note at the start of a file; `None` where there is none, or half of one.
    pub(super) fn of(file: &File) -> Option<Self> {
        let mut line = [0; NOTE];
        file.read_exact_at(&mut line, 0).ok()?;
        Self::parse(&line)
    }

    /// Whether a file that begins so has a line for a note.
    pub(super) fn is_there(bytes: &[u8]) -> bool {
        bytes.get(..NOTE).is_some_and(|line| Self::parse(line).is_some() || line == Self::NONE.as_bytes())
    }

    fn parse(line: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(line).ok()?;
        let (sequence, rest) = text.strip_prefix("commit ")?.split_once(", article ")?;
        let note = Self { sequence: sequence.parse().ok()?, last_article: rest.split_once(',')?.0.parse().ok()? };
        (note.line() == text).then_some(note)
    }

    /// The commit that the database has come to.
    pub(super) fn of_database(connection: &Connection) -> Result<Self> {
        let last = connection.query_row("SELECT coalesce(max(id), 0) FROM articles", [], |row| row.get(0))?;
        Ok(Self { sequence: Meta::load(connection)?.sequence, last_article: last })
    }
}

/// Commits that were noted and are not in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostCommits {
    /// Articles that were reported as added, and are not there.
    pub articles: u64,
    /// The journal's bytes, where they were set aside.
    pub set_aside: Option<PathBuf>,
}

impl LostCommits {
    /// What is missing in the database of what was `noted`, before the database was looked at.
    pub(super) fn between(noted: Option<Note>, connection: &Connection) -> Result<Option<Self>> {
        let Some(noted) = noted else { return Ok(None) };
        if Meta::load(connection)?.sequence >= noted.sequence {
            return Ok(None);
        }
        let found = Note::of_database(connection)?;
        let articles = (noted.last_article - found.last_article).max(0).cast_unsigned();
        Ok(Some(Self { articles, set_aside: None }))
    }
}

impl fmt::Display for LostCommits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let articles = match self.articles {
            0 => "changes that a run reported are".to_owned(),
            1 => "1 article that a run reported is".to_owned(),
            articles => format!("{articles} articles that a run reported are"),
        };
        write!(f, "{articles} not in the archive: its journal archive.sqlite-wal was damaged or removed; ")?;
        match &self.set_aside {
            None => write!(f, "run `newsgrep ingest` on the files of that run"),
            Some(path) => write!(
                f,
                "what is left of it was kept in {}: run `newsgrep ingest` on the files of that run, then remove this file",
                path.display()
            ),
        }
    }
}

/// Sets the bytes of the journal in `dir` aside if it no longer has every commit that was noted: a writer that opens the database
/// discards them. Gives where they are kept.
pub(super) fn set_aside_if_damaged(dir: &Path, noted: Option<Note>) -> Result<Option<PathBuf>> {
    let journal = dir.join(format!("{FILE}-wal"));
    if noted.is_none() || !opening::has_journal(dir) {
        return Ok(None);
    }
    // Whatever stands in the way is told when the writer opens it.
    let Ok(opened) = opening::open_for_reading(dir) else { return Ok(None) };
    LostCommits::between(noted, &opened.connection)?.map(|_| set_aside(dir, &journal)).transpose()
}

fn set_aside(dir: &Path, journal: &Path) -> Result<PathBuf> {
    let context = || format!("{}: cannot be set aside", journal.display());
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(journal).with_context(context)?).with_context(context)?;
    let digits: String = hasher.finalize().to_hex().chars().take(16).collect();
    let path = dir.join(format!("{SET_ASIDE}{digits}"));
    let mut from = File::open(journal).with_context(context)?;
    let mut options = OpenOptions::new();
    let mut to = options.write(true).create(true).truncate(true).mode(0o600).open(&path).with_context(context)?;
    io::copy(&mut from, &mut to).and_then(|_| to.sync_all()).with_context(context)?;
    sync_directory(dir)?;
    Ok(path)
}

/// The journals in `dir` that were set aside.
pub fn set_aside_journals(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(SET_ASIDE))
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found
}

/// Removes the journals that were set aside.
pub(super) fn remove_set_aside(dir: &Path) -> Result<()> {
    for path in set_aside_journals(dir) {
        fs::remove_file(&path).with_context(|| format!("{}: cannot be removed", path.display()))?;
    }
    Ok(())
}

/// Writes the journal to the database and empties it; `false` when somebody reads it longer than `wait`.
pub(super) fn empty(connection: &Connection, wait: Duration) -> Result<bool> {
    connection.busy_timeout(wait)?;
    let busy: rusqlite::Result<Option<bool>> =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).optional();
    connection.busy_timeout(opening::PATIENCE)?;
    Ok(busy? == Some(false))
}

/// As [`empty`], with little patience: at the end of a run nothing depends on it but how much a damaged journal could cost.
pub(super) fn empty_soon(connection: &Connection) -> Result<bool> {
    empty(connection, READERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_back_and_half_a_note_is_none() {
        let file = tempfile::tempfile().unwrap();
        assert_eq!(Note::of(&file), None);
        for note in [Note { sequence: 1, last_article: 0 }, Note { sequence: i64::MAX, last_article: 1_000_000 }] {
            assert_eq!((note.line().len(), Note::NONE.len()), (NOTE, NOTE));
            file.write_all_at(note.line().as_bytes(), 0).unwrap();
            assert_eq!(Note::of(&file), Some(note));
        }
        file.write_all_at(b"commit 12", 0).unwrap();
        assert_eq!(Note::of(&file), None);
    }
}
