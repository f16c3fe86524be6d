//! The database itself: its tables, how it is opened, and what its errors mean to a person.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::article::ArticleId;
use crate::problem::{Failure, FailureKind};

/// The format this program writes: SQLite's `user_version`.
pub const FORMAT: u32 = 1;

/// Marks the file as ours ("nwsg"): SQLite's `application_id`.
const APPLICATION: u32 = 0x6e77_7367;

/// The archive's file in its directory.
pub(super) const FILE: &str = "archive.sqlite";

/// The tables; see the room's documentation for what each column is for.
const TABLES: &str = "
CREATE TABLE meta (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    fingerprint BLOB NOT NULL,
    created INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    index_sequence INTEGER NOT NULL,
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
    seal INTEGER NOT NULL
) STRICT;
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
    seal INTEGER NOT NULL
) STRICT;
CREATE INDEX articles_changed ON articles (changed);
CREATE INDEX articles_previous ON articles (previous) WHERE previous IS NOT NULL;
CREATE TABLE records (
    original INTEGER NOT NULL REFERENCES originals DEFERRABLE INITIALLY DEFERRED,
    number INTEGER NOT NULL,
    article INTEGER NOT NULL REFERENCES articles DEFERRABLE INITIALLY DEFERRED,
    offset INTEGER NOT NULL,
    length INTEGER NOT NULL,
    PRIMARY KEY (original, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX records_article ON records (article);
CREATE TABLE gone (
    public INTEGER PRIMARY KEY,
    changed INTEGER NOT NULL,
    seal INTEGER NOT NULL
) STRICT;
CREATE TABLE manifest (
    name TEXT PRIMARY KEY,
    length INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT, WITHOUT ROWID;
";

/// Opens the archive in `dir` for writing and creates what is missing of it. The caller holds the lock.
pub(super) fn open_for_writing(dir: &Path) -> Result<Connection> {
    let path = dir.join(FILE);
    // SQLite would create it readable for all; its -wal and -shm take over the mode of this file.
    let created = match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
        Ok(_) => true,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => false,
        Err(error) => return Err(error).with_context(|| format!("{}: cannot be created", path.display())),
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(&path, flags)?;
    harden(&connection)?;
    if version(&connection)? == 0 {
        connection.execute_batch("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL;")?;
    }
    connection.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;
         PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;
         PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 8192; PRAGMA journal_size_limit = 67108864;",
    )?;
    if version(&connection)? == 0 {
        create_tables(&mut connection, dir)?;
    }
    if created {
        sync_directory(dir)?;
    }
    refuse_other_formats(dir, &connection)?;
    Ok(connection)
}

/// Opens the archive in `dir` for reading. A directory that cannot be written (a read-only disk, another person's
/// archive) has no place for SQLite's shared memory; where no writer left a journal behind, the file alone is then all
/// there is and nothing can change it: `immutable`.
pub(super) fn open_for_reading(dir: &Path) -> Result<Connection> {
    if !dir.join(FILE).exists() {
        return Err(missing(dir));
    }
    refuse_newer(dir)?;
    let connection = open_shared(dir).or_else(|error| {
        let unwritable = matches!(error.sqlite_error_code(), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly));
        let journal = std::fs::metadata(dir.join(format!("{FILE}-wal"))).is_ok_and(|file| file.len() > 0);
        if unwritable && !journal { open_immutable(dir) } else { Err(error) }
    })?;
    if version(&connection)? == 0 {
        return Err(missing(dir));
    }
    refuse_other_formats(dir, &connection)?;
    Ok(connection)
}

fn open_shared(dir: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(dir.join(FILE), flags)?;
    harden(&connection)?;
    // Nothing is opened before something is read.
    version(&connection)?;
    Ok(connection)
}

/// Opens the database as a file that nothing changes: without locks, shared memory or journal.
pub(super) fn open_immutable(dir: &Path) -> rusqlite::Result<Connection> {
    let mut uri = String::from("file:");
    for byte in dir.join(FILE).as_os_str().as_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => uri.push(char::from(*byte)),
            _ => uri.push_str(&format!("%{byte:02x}")),
        }
    }
    uri.push_str("?immutable=1");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(uri, flags)?;
    harden(&connection)?;
    version(&connection)?;
    Ok(connection)
}

/// Settings of every connection: the file may come from anywhere and may be damaged.
fn harden(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.set_prepared_statement_cache_capacity(64);
    for (setting, on) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
        // Otherwise a statement is planned anew for each value bound to it: a third of the time of an ingest.
        (DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true),
    ] {
        connection.set_db_config(setting, on)?;
    }
    connection.execute_batch("PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY;")
}

fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn create_tables(connection: &mut Connection, dir: &Path) -> Result<()> {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let mut hasher = blake3::Hasher::new();
    hasher.update(&since_epoch.as_nanos().to_le_bytes());
    hasher.update(&std::process::id().to_le_bytes());
    hasher.update(std::path::absolute(dir).unwrap_or_else(|_| PathBuf::from(dir)).as_os_str().as_bytes());
    let fingerprint = *hasher.finalize().as_bytes();
    let meta = Meta {
        fingerprint,
        created: i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX),
        sequence: 0,
        index_sequence: 0,
    };

    let transaction = connection.transaction()?;
    transaction.execute_batch(TABLES)?;
    transaction.execute("INSERT INTO meta VALUES (1, ?, ?, 0, 0, ?)", (fingerprint, meta.created, meta.seal()))?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", FORMAT)?;
    transaction.commit()?;
    Ok(())
}

/// The archive's one row about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meta {
    pub(super) fingerprint: [u8; 32],
    pub(super) created: i64,
    pub(super) sequence: i64,
    pub(super) index_sequence: i64,
}

impl Meta {
    pub(super) fn load(connection: &Connection) -> Result<Self> {
        let query = "SELECT fingerprint, created, sequence, index_sequence, seal FROM meta";
        let (meta, seal) = connection.query_row(query, [], |row| {
            let meta = Self {
                fingerprint: row.get(0)?,
                created: row.get(1)?,
                sequence: row.get(2)?,
                index_sequence: row.get(3)?,
            };
            Ok((meta, row.get::<_, i64>(4)?))
        })?;
        if seal != meta.seal() {
            return Err(damage("the archive's row about itself is damaged"));
        }
        Ok(meta)
    }

    pub(super) fn store(&self, connection: &Connection) -> rusqlite::Result<()> {
        let mut update = connection.prepare_cached(
            "UPDATE meta SET fingerprint = ?, created = ?, sequence = ?, index_sequence = ?, seal = ?",
        )?;
        update.execute((self.fingerprint, self.created, self.sequence, self.index_sequence, self.seal()))?;
        Ok(())
    }

    fn seal(&self) -> i64 {
        let numbers = [self.created, self.sequence, self.index_sequence].map(i64::to_le_bytes);
        seal(&[&self.fingerprint, numbers.as_flattened()])
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

/// Refuses an archive of a newer format before anything is locked, opened or written: SQLite keeps the two numbers that
/// tell in the first hundred bytes of the file, in big-endian order, the version at 60 and the application at 68.
pub(super) fn refuse_newer(dir: &Path) -> Result<()> {
    let mut header = [0; 12];
    let Ok(mut file) = File::open(dir.join(FILE)) else { return Ok(()) };
    if file.seek(SeekFrom::Start(60)).and_then(|_| file.read_exact(&mut header)).is_err() {
        return Ok(());
    }
    let [a, b, c, d, .., w, x, y, z] = header;
    if u32::from_be_bytes([w, x, y, z]) == APPLICATION {
        refuse_version(dir, u32::from_be_bytes([a, b, c, d]))?;
    }
    Ok(())
}

fn refuse_other_formats(dir: &Path, connection: &Connection) -> Result<()> {
    let application: u32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if application != APPLICATION {
        return Err(damage("it is not an archive of newsgrep"));
    }
    refuse_version(dir, version(connection)?)
}

fn refuse_version(dir: &Path, version: u32) -> Result<()> {
    if version <= FORMAT {
        return Ok(());
    }
    let message = format!(
        "{}: the archive has format {version}, this newsgrep knows up to {FORMAT}; nothing was changed: install a newer \
         newsgrep",
        dir.display()
    );
    Err(Failure::error(FailureKind::Surroundings, message))
}

/// Creates the archive's directory, for its owner alone.
pub(super) fn create_directory(dir: &Path) -> Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .with_context(|| format!("{}: cannot be created", dir.display()))?;
    match std::path::absolute(dir)?.parent() {
        Some(parent) => sync_directory(parent),
        None => Ok(()),
    }
}

/// Makes the names in a directory durable, not only the contents of its files.
pub(super) fn sync_directory(dir: &Path) -> Result<()> {
    File::open(dir).and_then(|opened| opened.sync_all()).with_context(|| format!("{}: cannot be synced", dir.display()))
}

fn missing(dir: &Path) -> anyhow::Error {
    let message = format!("no archive at {}: run newsgrep ingest", dir.display());
    Failure::error(FailureKind::Surroundings, message)
}

/// An error for stored bytes that are not what was stored.
pub(super) fn damage(message: impl Into<String>) -> anyhow::Error {
    Failure::error(FailureKind::Damage, message)
}

/// Whether an error says that something is not what it was.
pub(super) fn is_damage(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Failure>().is_some_and(|failure| failure.kind == FailureKind::Damage)
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
    let (kind, what) = match cause.sqlite_error_code() {
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
    };
    Failure::error(kind, format!("{at}: {what} ({cause})"))
}
