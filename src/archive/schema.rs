//! The tables, the archive's row about itself, and what errors of the database mean to a person.

use std::path::Path;

use anyhow::Result;
use rusqlite::{Connection, ErrorCode, OptionalExtension};

use crate::article::ArticleId;
use crate::problem::{Failure, FailureKind, is_damage};

/// The format this program writes: SQLite's `user_version`.
pub const FORMAT: u32 = 2;

/// Marks the file as ours ("nwsg"): SQLite's `application_id`.
pub(super) const APPLICATION: u32 = 0x6e77_7367;

/// The archive's file in its directory.
pub(super) const FILE: &str = "archive.sqlite";

/// The tables; see the room's documentation for what each column is for.
pub(super) const TABLES: &str = "
CREATE TABLE meta (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    fingerprint BLOB NOT NULL,
    created INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    index_commit INTEGER NOT NULL,
    articles INTEGER NOT NULL,
    live INTEGER NOT NULL,
    records INTEGER NOT NULL,
    former INTEGER NOT NULL,
    gone INTEGER NOT NULL,
    forgotten_files INTEGER NOT NULL,
    skipped INTEGER NOT NULL,
    seal INTEGER NOT NULL
) STRICT;
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    length INTEGER NOT NULL,
    data BLOB NOT NULL
) STRICT;
CREATE TABLE originals (
    id INTEGER PRIMARY KEY,
    hash BLOB,
    kept BLOB,
    reader TEXT NOT NULL,
    length INTEGER NOT NULL,
    seal INTEGER NOT NULL
) STRICT;
CREATE INDEX originals_hash ON originals (hash) WHERE hash IS NOT NULL;
CREATE TABLE pieces (
    original INTEGER NOT NULL REFERENCES originals DEFERRABLE INITIALLY DEFERRED,
    offset INTEGER NOT NULL,
    length INTEGER NOT NULL,
    chunk INTEGER NOT NULL REFERENCES chunks DEFERRABLE INITIALLY DEFERRED,
    start INTEGER NOT NULL,
    PRIMARY KEY (original, offset)
) STRICT, WITHOUT ROWID;
CREATE INDEX pieces_chunk ON pieces (chunk);
CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    path BLOB NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    device INTEGER NOT NULL,
    original INTEGER REFERENCES originals DEFERRABLE INITIALLY DEFERRED,
    partial INTEGER REFERENCES originals DEFERRABLE INITIALLY DEFERRED,
    first_seen INTEGER NOT NULL,
    last_read INTEGER NOT NULL,
    seal INTEGER NOT NULL,
    ctime_ns INTEGER,
    gone_since INTEGER
) STRICT;
CREATE INDEX sources_inode ON sources (inode);
CREATE INDEX sources_original ON sources (original) WHERE original IS NOT NULL;
CREATE INDEX sources_partial ON sources (partial) WHERE partial IS NOT NULL;
CREATE TABLE former (
    original INTEGER NOT NULL REFERENCES originals DEFERRABLE INITIALLY DEFERRED,
    source INTEGER NOT NULL REFERENCES sources DEFERRABLE INITIALLY DEFERRED,
    until INTEGER NOT NULL,
    seal INTEGER NOT NULL,
    PRIMARY KEY (original, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX former_source ON former (source);
CREATE TABLE articles (
    id INTEGER PRIMARY KEY,
    public INTEGER NOT NULL UNIQUE,
    hash BLOB NOT NULL,
    text_hash BLOB NOT NULL,
    reader TEXT NOT NULL,
    cleaner INTEGER NOT NULL,
    added INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    live INTEGER NOT NULL,
    previous INTEGER REFERENCES articles DEFERRABLE INITIALLY DEFERRED,
    date_first INTEGER,
    date_last INTEGER,
    truncated INTEGER NOT NULL,
    summary TEXT NOT NULL,
    seal INTEGER NOT NULL,
    state_seal INTEGER NOT NULL
) STRICT;
CREATE INDEX articles_changed ON articles (changed);
CREATE INDEX articles_previous ON articles (previous) WHERE previous IS NOT NULL;
CREATE TABLE records (
    original INTEGER NOT NULL REFERENCES originals DEFERRABLE INITIALLY DEFERRED,
    number INTEGER NOT NULL,
    article INTEGER NOT NULL REFERENCES articles DEFERRABLE INITIALLY DEFERRED,
    offset INTEGER NOT NULL,
    length INTEGER NOT NULL,
    seal INTEGER NOT NULL,
    file_offset INTEGER,
    file_length INTEGER,
    PRIMARY KEY (original, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX records_article ON records (article);
CREATE TABLE gone (
    public INTEGER PRIMARY KEY,
    changed INTEGER NOT NULL,
    seal INTEGER NOT NULL,
    family INTEGER NOT NULL
) STRICT;
CREATE TABLE forgotten_files (
    id INTEGER PRIMARY KEY,
    path_hash BLOB NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    ctime_ns INTEGER,
    inode INTEGER NOT NULL,
    device INTEGER NOT NULL,
    seal INTEGER NOT NULL
) STRICT;
CREATE TABLE skipped (
    id INTEGER PRIMARY KEY,
    path BLOB NOT NULL,
    record INTEGER NOT NULL,
    reason TEXT NOT NULL,
    count INTEGER NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    ctime_ns INTEGER,
    inode INTEGER NOT NULL,
    device INTEGER NOT NULL,
    readers INTEGER NOT NULL,
    since INTEGER NOT NULL,
    seal INTEGER NOT NULL
) STRICT;
CREATE INDEX skipped_path ON skipped (path);
CREATE INDEX skipped_inode ON skipped (inode);
CREATE TABLE index_commit (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    folder TEXT NOT NULL,
    number INTEGER NOT NULL,
    meta TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    seal INTEGER NOT NULL
) STRICT;
CREATE TABLE manifest (
    name TEXT PRIMARY KEY,
    length INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT, WITHOUT ROWID;
";

/// The archive's one row about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meta {
    pub(super) fingerprint: [u8; 32],
    pub(super) created: i64,
    pub(super) sequence: i64,
    /// The number of the last commit of the index; 0 while there was none.
    pub(super) index_commit: i64,
    pub(super) counts: Counts,
}

/// How many rows there are: one that is missing is not noticed otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) articles: i64,
    /// Of these, those that are live.
    pub(super) live: i64,
    pub(super) records: i64,
    pub(super) former: i64,
    pub(super) gone: i64,
    pub(super) forgotten_files: i64,
    pub(super) skipped: i64,
}

impl Counts {
    /// Counts the rows. Slow where there are many.
    pub(super) fn of(connection: &Connection) -> Result<Self> {
        let count = |rows: &str| -> rusqlite::Result<i64> {
            connection.query_row(&format!("SELECT count(*) FROM {rows}"), [], |row| row.get(0))
        };
        Ok(Self {
            articles: count("articles")?,
            live: count("articles WHERE live")?,
            records: count("records")?,
            former: count("former")?,
            gone: count("gone")?,
            forgotten_files: count("forgotten_files")?,
            skipped: count("skipped")?,
        })
    }

    const fn all(self) -> [i64; 7] {
        [self.articles, self.live, self.records, self.former, self.gone, self.forgotten_files, self.skipped]
    }

    /// The counts by what is counted.
    pub(super) const fn named(self) -> [(&'static str, i64); 7] {
        [
            ("articles", self.articles),
            ("live articles", self.live),
            ("records", self.records),
            ("former", self.former),
            ("gone", self.gone),
            ("forgotten_files", self.forgotten_files),
            ("skipped", self.skipped),
        ]
    }
}

impl Meta {
    pub(super) fn load(connection: &Connection) -> Result<Self> {
        let (meta, is_sound) = Self::load_unsealed(connection)?;
        if is_sound { Ok(meta) } else { Err(damage("the archive's row about itself is damaged")) }
    }

    /// The row, and whether it is as it was written.
    pub(super) fn load_unsealed(connection: &Connection) -> Result<(Self, bool)> {
        let query = "SELECT fingerprint, created, sequence, index_commit, articles, live, records, former, gone,
                     forgotten_files, skipped, seal FROM meta";
        let mut select = connection.prepare_cached(query)?;
        let found = select.query_row([], |row| {
            let counts = Counts {
                articles: row.get(4)?,
                live: row.get(5)?,
                records: row.get(6)?,
                former: row.get(7)?,
                gone: row.get(8)?,
                forgotten_files: row.get(9)?,
                skipped: row.get(10)?,
            };
            let (fingerprint, created, sequence) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let meta = Self { fingerprint, created, sequence, index_commit: row.get(3)?, counts };
            Ok((meta, row.get::<_, i64>(11)?))
        });
        match found.optional()? {
            None => Err(damage("the archive's row about itself is missing")),
            Some((meta, seal)) => Ok((meta, seal == meta.seal())),
        }
    }

    pub(super) fn insert(&self, connection: &Connection) -> rusqlite::Result<()> {
        connection.execute("INSERT INTO meta VALUES (1, x'', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)", [])?;
        self.store(connection)
    }

    pub(super) fn store(&self, connection: &Connection) -> rusqlite::Result<()> {
        let mut update = connection.prepare_cached(
            "UPDATE meta SET fingerprint = ?, created = ?, sequence = ?, index_commit = ?, articles = ?, live = ?, records = ?, former = ?,
             gone = ?, forgotten_files = ?, skipped = ?, seal = ?",
        )?;
        let [articles, live, records, former, gone, forgotten_files, skipped] = self.counts.all();
        let Self { fingerprint, created, sequence, index_commit, .. } = *self;
        update.execute(rusqlite::params![
            fingerprint,
            created,
            sequence,
            index_commit,
            articles,
            live,
            records,
            former,
            gone,
            forgotten_files,
            skipped,
            self.seal()
        ])?;
        Ok(())
    }

    fn seal(&self) -> i64 {
        let numbers = [self.created, self.sequence, self.index_commit].map(i64::to_le_bytes);
        let counts = self.counts.all().map(i64::to_le_bytes);
        seal(&[&self.fingerprint, numbers.as_flattened(), counts.as_flattened()])
    }
}

/// A checksum over the fields of a row, for what SQLite itself does not notice when a bit flips: the first 64 bits of
/// the BLAKE3 hash of the fields, each led by its length.
pub(super) fn seal(fields: &[&[u8]]) -> i64 {
    let mut hasher = blake3::Hasher::new();
    for field in fields {
        hasher.update(&(field.len() as u64).to_le_bytes());
        hasher.update(field);
    }
    let [a, b, c, d, e, f, g, h, ..] = *hasher.finalize().as_bytes();
    i64::from_le_bytes([a, b, c, d, e, f, g, h])
}

/// A checksum over a text, for people: 16 hex digits of its BLAKE3 hash.
pub(super) fn seal_text(text: &str) -> String {
    ArticleId::of(text.as_bytes()).to_string()
}

/// An error for stored bytes that are not what was stored.
pub(super) fn damage(message: impl Into<String>) -> anyhow::Error {
    Failure::error(FailureKind::Damage, message)
}

/// Says of an error of the database which archive it is, what it means and what to do.
pub(super) fn explain(dir: &Path, error: anyhow::Error) -> anyhow::Error {
    let at = dir.display();
    if let Some(failure) = error.downcast_ref::<Failure>() {
        return match failure.kind {
            FailureKind::Damage => damage(format!("{at}: {failure}; run newsgrep check")),
            _ => error,
        };
    }
    let Some(cause) = error.downcast_ref::<rusqlite::Error>() else { return error };
    let (kind, what) = meaning(cause);
    Failure::error(kind, format!("{at}: {what} ({cause})"))
}

/// Whether an error says that something in the database is not what it was.
pub(super) fn means_damage(error: &anyhow::Error) -> bool {
    let of_database = error.downcast_ref::<rusqlite::Error>().map(|cause| meaning(cause).0);
    is_damage(error) || of_database == Some(FailureKind::Damage)
}

/// A page lies behind the end of the file: SQLITE_IOERR_SHORT_READ.
const SHORT_READ: i32 = 522;

/// What an error of the database means to a person.
fn meaning(cause: &rusqlite::Error) -> (FailureKind, &'static str) {
    if cause.sqlite_error().is_some_and(|error| error.extended_code == SHORT_READ) {
        return (
            FailureKind::Damage,
            "a file of the archive is cut off; run newsgrep check, or restore it from a backup",
        );
    }
    match cause.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            (FailureKind::Damage, "the archive is damaged; run newsgrep check, or restore it from a backup")
        }
        Some(ErrorCode::DiskFull) => {
            (FailureKind::Surroundings, "the disk is full; what was added stays: free some space and run again")
        }
        Some(ErrorCode::SystemIoFailure) => (
            FailureKind::Surroundings,
            "reading or writing failed; what was added stays: look at the disk and run again",
        ),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            (FailureKind::Surroundings, "the archive is busy; try again")
        }
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            (FailureKind::Surroundings, "the archive cannot be opened; look at the permissions of its files")
        }
        // A value of the wrong type or length, a row that must exist and does not.
        None => (FailureKind::Damage, "the archive is damaged; run newsgrep check, or restore it from a backup"),
        Some(_) => (FailureKind::Surroundings, "the archive failed"),
    }
}
