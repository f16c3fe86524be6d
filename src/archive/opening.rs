//! How the database is made, and opened for writing and for reading.
//!
//! A reader shares the database with a writer by way of SQLite's shared memory, a file beside it. Where that file cannot be
//! made (a full disk, a folder that cannot be written), a reader does without: alone, under a shared lock that keeps
//! writers out meanwhile, with the journal if there is one.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use rustix::fs::OFlags;

use super::lock::{self, Shared};
use super::migrate;
use super::schema::{self, APPLICATION, Counts, FILE, FORMAT, Meta, TABLES, damage};
use crate::problem::{Failure, FailureKind};

/// The name of a database until it has its tables.
const UNFINISHED: &str = "archive.sqlite.new";

/// How the names end of what SQLite keeps beside a database.
const JOURNALS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Bytes of a page of SQLite.
const PAGE: u64 = 8192;

/// Opens the archive in `dir` for writing. Makes it if there is none, and converts it if it has an older format. The caller
/// holds the lock.
pub(super) fn open_for_writing(dir: &Path) -> Result<Connection> {
    if Header::read(dir)?.is_some() {
        remove_unfinished(dir)?;
    } else if was_there(dir) {
        return Err(lost());
    } else {
        create(dir)?;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(database(dir, FILE), flags)?;
    harden(&connection)?;
    connection.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;
         PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;
         PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 8192; PRAGMA journal_size_limit = 67108864;",
    )?;
    refuse_other_formats(dir, &connection)?;
    migrate::migrate(&mut connection)?;
    Ok(connection)
}

/// Makes an archive without articles. It gets its name when it is complete, so that an empty file of that name is damage.
fn create(dir: &Path) -> Result<()> {
    let path = dir.join(UNFINISHED);
    remove_unfinished(dir)?;
    // SQLite would create it readable for all; its -wal and -shm take over the mode of this file.
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .with_context(|| format!("{}: cannot be created", path.display()))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(database(dir, UNFINISHED), flags)?;
    harden(&connection)?;
    // The tables are in the file itself before it gets its name: a write-ahead log would keep its own.
    connection.execute_batch("PRAGMA page_size = 8192; PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL;")?;
    create_tables(&mut connection, dir)?;
    connection.execute_batch("PRAGMA journal_mode = WAL;")?;
    connection.close().map_err(|(_, error)| error)?;
    for journal in JOURNALS {
        remove(&dir.join(format!("{UNFINISHED}{journal}")))?;
    }
    fs::rename(&path, dir.join(FILE)).with_context(|| format!("{}: cannot be renamed", path.display()))?;
    sync_directory(dir)
}

/// The path that SQLite is given for a database in `dir`. It takes a name that begins with `file:` for a URI: an absolute path
/// begins with a slash, and is never anything but a path.
fn database(dir: &Path, name: &str) -> PathBuf {
    let path = dir.join(name);
    std::path::absolute(&path).unwrap_or_else(|_| Path::new(".").join(path))
}

/// Removes what a process left that was killed over making an archive.
fn remove_unfinished(dir: &Path) -> Result<()> {
    remove(&dir.join(UNFINISHED))?;
    JOURNALS.iter().try_for_each(|journal| remove(&dir.join(format!("{UNFINISHED}{journal}"))))
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{}: cannot be removed", path.display()))
        }
        _ => Ok(()),
    }
}

fn create_tables(connection: &mut Connection, dir: &Path) -> Result<()> {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let mut hasher = blake3::Hasher::new();
    hasher.update(&since_epoch.as_nanos().to_le_bytes());
    hasher.update(&std::process::id().to_le_bytes());
    hasher.update(std::path::absolute(dir).unwrap_or_else(|_| PathBuf::from(dir)).as_os_str().as_bytes());
    let meta = Meta {
        fingerprint: *hasher.finalize().as_bytes(),
        created: i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX),
        sequence: 0,
        index_commit: 0,
        counts: Counts::default(),
    };
    let transaction = connection.transaction()?;
    transaction.execute_batch(TABLES)?;
    meta.insert(&transaction)?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", FORMAT)?;
    transaction.commit()?;
    Ok(())
}

/// A database opened for reading.
pub(super) struct ForReading {
    pub(super) connection: Connection,
    /// Keeps writers out, where the connection does without SQLite's own locks.
    pub(super) lock: Option<Shared>,
    /// What is wrong with the file as a whole, although it can be read.
    pub(super) damage: Option<String>,
}

/// Opens the archive in `dir` for reading. Nothing is written, but for SQLite's shared memory where there is room for it.
pub(super) fn open_for_reading(dir: &Path) -> Result<ForReading> {
    let Some(header) = Header::read(dir)? else { return Err(missing(dir)) };
    header.refuse_newer(dir)?;
    let opened = match open_shared(dir) {
        Ok(connection) => ForReading { connection, lock: None, damage: None },
        Err(error) if lacks_shared_memory(&error) => open_alone(dir)?,
        Err(error) => return Err(error.into()),
    };
    refuse_other_formats(dir, &opened.connection)?;
    refuse_older(dir, &opened.connection)?;
    Ok(ForReading { damage: header.cut_off(dir), ..opened })
}

/// Whether SQLite could not make, map or lock its shared memory.
fn lacks_shared_memory(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(code, Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::SystemIoFailure | ErrorCode::DiskFull))
}

fn open_shared(dir: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database(dir, FILE), flags)?;
    harden(&connection)?;
    // Nothing is opened before something is read.
    version(&connection)?;
    Ok(connection)
}

/// Opens the database without shared memory.
pub(super) fn open_alone(dir: &Path) -> Result<ForReading> {
    let Some(lock) = lock::share(dir) else {
        // A writer may be about to make the shared memory, or just have removed it.
        let message = format!(
            "{}: there is no room for SQLite's shared memory, and a run is writing: try again when it is done",
            dir.display()
        );
        return Err(Failure::error(FailureKind::Surroundings, message));
    };
    // `immutable` passes over a journal. `unix-none` reads it, and keeps what the shared memory would hold to itself.
    let connection = if has_journal(dir) { open_with_journal(dir) } else { open_immutable(dir) };
    Ok(ForReading { connection: connection?, lock: Some(lock), damage: None })
}

/// Whether there is a journal with something in it.
pub(super) fn has_journal(dir: &Path) -> bool {
    fs::metadata(dir.join(format!("{FILE}-wal"))).is_ok_and(|file| file.len() > 0)
}

/// Whether the database changed after its journal was written, as when another was put in its place. SQLite changes the owner of
/// a journal that root opens, so that only the time of its content tells something.
pub(super) fn is_newer_than_journal(dir: &Path) -> bool {
    let changed = fs::metadata(dir.join(FILE)).map(|file| (file.ctime(), file.ctime_nsec()));
    let written = fs::metadata(dir.join(format!("{FILE}-wal"))).map(|file| (file.mtime(), file.mtime_nsec()));
    matches!((changed, written), (Ok(changed), Ok(written)) if changed >= written)
}

fn open_with_journal(dir: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags_and_vfs(database(dir, FILE), flags, c"unix-none")?;
    connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE")?;
    harden(&connection)?;
    version(&connection)?;
    Ok(connection)
}

/// Opens the database as a file that nothing changes: without locks, shared memory or journal.
fn open_immutable(dir: &Path) -> rusqlite::Result<Connection> {
    let mut uri = String::from("file:");
    for byte in database(dir, FILE).as_os_str().as_bytes() {
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
    connection.busy_timeout(PATIENCE)?;
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

/// How long SQLite waits for a lock.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

pub(super) fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// The first hundred bytes of a database of SQLite, as far as they matter here. Numbers are big-endian.
struct Header {
    /// Pages, at offset 28.
    pages: u64,
    /// `user_version`, at 60.
    version: u32,
    /// `application_id`, at 68.
    application: u32,
}

impl Header {
    /// Reads the header of the archive in `dir`, before anything is locked, opened or written; `None` when there is no archive.
    fn read(dir: &Path) -> Result<Option<Self>> {
        let path = dir.join(FILE);
        // A pipe would be waited for.
        let flags = OFlags::NONBLOCK.bits().cast_signed();
        let mut file = match OpenOptions::new().read(true).custom_flags(flags).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| format!("{}: cannot be opened", path.display())),
        };
        let mut bytes = Vec::with_capacity(100);
        file.by_ref()
            .take(100)
            .read_to_end(&mut bytes)
            .with_context(|| format!("{}: cannot be read", path.display()))?;
        if bytes.is_empty() {
            return Err(damage(format!("{FILE} is empty: restore it from a backup")));
        }
        let number = |at: usize| {
            let bytes = bytes.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
            bytes.map(u32::from_be_bytes)
        };
        match (number(28), number(60), number(68)) {
            (Some(pages), Some(version), Some(application)) => {
                Ok(Some(Self { pages: u64::from(pages), version, application }))
            }
            _ => Err(damage(format!("{FILE} is cut off: restore it from a backup"))),
        }
    }

    fn refuse_newer(&self, dir: &Path) -> Result<()> {
        if self.application == APPLICATION { refuse_version(dir, self.version) } else { Ok(()) }
    }

    /// What is wrong with the length of the file. Where there is a journal, what lies behind the end may stand in it.
    fn cut_off(&self, dir: &Path) -> Option<String> {
        let length = fs::metadata(dir.join(FILE)).ok()?.len();
        if length >= self.pages * PAGE || has_journal(dir) {
            return None;
        }
        Some(format!("{FILE} is cut off: it has {length} bytes of {}", self.pages * PAGE))
    }
}

/// Refuses an archive of a newer format before anything is locked, opened or written.
pub(super) fn refuse_newer(dir: &Path) -> Result<()> {
    Header::read(dir)?.map_or(Ok(()), |header| header.refuse_newer(dir))
}

/// Whether the archive in `dir` has an older format.
pub(super) fn is_older(dir: &Path) -> Result<bool> {
    let Some(header) = Header::read(dir)? else { return Ok(false) };
    Ok(header.application == APPLICATION && (1..FORMAT).contains(&header.version))
}

/// Whether `dir` is an archive, of whatever format, whole or damaged. What is there instead of one is not waited for.
#[must_use]
pub fn is_archive(dir: &Path) -> bool {
    if !fs::metadata(dir.join(FILE)).is_ok_and(|file| file.is_file()) {
        return false;
    }
    let is_ours = Header::read(dir).is_ok_and(|header| header.is_some_and(|header| header.application == APPLICATION));
    // What is damaged is told by what stands beside it.
    is_ours || (dir.join("lock").is_file() && dir.join("index").is_dir())
}

fn refuse_other_formats(dir: &Path, connection: &Connection) -> Result<()> {
    let application: u32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if application != APPLICATION {
        return Err(damage("it is not an archive of newsgrep"));
    }
    match version(connection)? {
        0 => Err(damage("the archive says of itself that it has no format")),
        version => refuse_version(dir, version),
    }
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

/// Refuses an older format: a reader never converts.
fn refuse_older(dir: &Path, connection: &Connection) -> Result<()> {
    let version = version(connection)?;
    if version == FORMAT {
        return Ok(());
    }
    let articles: i64 = connection.query_row("SELECT count(*) FROM articles", [], |row| row.get(0))?;
    let message = format!(
        "{}: the archive has format {version}, this newsgrep reads format {FORMAT}: run newsgrep reindex, which converts it \
         ({})",
        dir.display(),
        super::time_to_index(articles.cast_unsigned())
    );
    Err(Failure::error(FailureKind::Surroundings, message))
}

/// Whether there was an archive: a commit of it is noted.
fn was_there(dir: &Path) -> bool {
    lock::note(dir).is_some_and(|note| note.sequence > 0)
}

fn lost() -> anyhow::Error {
    damage(format!("{FILE} is missing, and articles were in it: restore it from a backup, or remove this folder"))
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

pub(super) fn missing(dir: &Path) -> anyhow::Error {
    if was_there(dir) {
        return schema::explain(dir, lost());
    }
    let message = format!("no archive at {}: run newsgrep ingest", dir.display());
    Failure::error(FailureKind::Surroundings, message)
}
