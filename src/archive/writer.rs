//! Writing: originals, records and articles in, in transactions that are durable when [`Writer::commit`] returns.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rusqlite::{Connection, OptionalExtension};

use super::chunks::ChunkWriter;
use super::index_commit::{IndexCommit, inode};
use super::journal::{self, LostCommits, Note};
use super::lock::{Lock, Wait};
use super::moved::IsGone;
use super::reader::Reader;
use super::repair::Comparison;
use super::schema::{self, Counts, Meta};
use super::seal::SOURCES;
use super::source::OpenFile;
use super::{FileId, FileInfo, FileOutcome, NewRecord, Outcome, SourceState};
use super::{forget, known, opening};
use crate::article::ArticleId;
use crate::problem::{Failure, FailureKind};

/// Writes to an archive; there is one at a time.
///
/// A transaction begins with the first change and ends with [`Writer::commit`]; one file may span several. Dropped
/// without commit, or killed, everything since the last commit is as if it had never been. After an error a writer is
/// good for nothing but being dropped.
pub struct Writer {
    pub(super) dir: PathBuf,
    // Before the lock: what the connection does when it is closed, it does as the one writer.
    pub(super) connection: Connection,
    pub(super) chunks: ChunkWriter,
    pub(super) open: HashMap<FileId, Box<OpenFile>>,
    pub(super) next: NextIds,
    /// The articles that are not to come back.
    pub(super) forgotten: HashSet<ArticleId>,
    /// Originals that ended since the last commit with forgotten records in them, and where these are.
    pub(super) to_blank: Vec<(i64, Vec<Range<i64>>)>,
    /// Whether a path was forgotten since the last commit, which the journal still has.
    pub(super) forgot_files: bool,
    pub(super) is_gone: IsGone,
    /// Where what is damaged is to be stored anew.
    pub(super) comparison: Option<Comparison>,
    pub(super) meta: Meta,
    lost: Option<LostCommits>,
    in_transaction: bool,
    changed: bool,
    lock: Lock,
}

/// The ids the next rows get.
pub(super) struct NextIds {
    file: u64,
    pub(super) source: i64,
    pub(super) original: i64,
    pub(super) article: i64,
}

impl NextIds {
    fn load(connection: &Connection) -> Result<Self> {
        let next = |table: &str| -> rusqlite::Result<i64> {
            connection.query_row(&format!("SELECT coalesce(max(id), 0) + 1 FROM {table}"), [], |row| row.get(0))
        };
        Ok(Self { file: 1, source: next("sources")?, original: next("originals")?, article: next("articles")? })
    }
}

/// Gives the next of a row of ids.
pub(super) fn take<T: Copy + std::ops::AddAssign + From<u8>>(next: &mut T) -> T {
    let id = *next;
    *next += T::from(1);
    id
}

impl Writer {
    /// Opens the archive in `dir`, which is created if it is not there (directory 0700, files 0600), waiting for another
    /// writer as long as `wait` says.
    ///
    /// # Errors
    /// [`FailureKind::Surroundings`] when another process is writing, when the archive is of a newer format (nothing is
    /// written then) or cannot be opened; [`FailureKind::Damage`] when it is damaged.
    pub fn open_or_create(dir: &Path, wait: &Wait) -> Result<Self> {
        let explained = |error| schema::explain(dir, error);
        opening::refuse_newer(dir).map_err(explained)?;
        opening::create_directory(dir)?;
        let lock = Lock::take(dir, wait)?;
        Self::begin_with(dir, lock).map_err(explained)
    }

    /// Opens the archive in `dir`, which is there, as [`Writer::open_or_create`] does.
    ///
    /// # Errors
    /// As [`Writer::open_or_create`]; [`FailureKind::Surroundings`] when there is no archive.
    pub fn open(dir: &Path, wait: &Wait) -> Result<Self> {
        if dir.join(schema::FILE).exists() { Self::open_or_create(dir, wait) } else { Err(opening::missing(dir)) }
    }

    /// Brings the archive in `dir` to the format of today, if it has an older one.
    ///
    /// # Errors
    /// As [`Writer::open`].
    pub fn convert(dir: &Path, wait: &Wait) -> Result<()> {
        if opening::is_older(dir)? { Self::open(dir, wait).map(drop) } else { Ok(()) }
    }

    fn begin_with(dir: &Path, lock: Lock) -> Result<Self> {
        let set_aside = journal::set_aside_if_damaged(dir, lock.note())?;
        Reader::refuse_other_journal(dir)?;
        let connection = opening::open_for_writing(dir)?;
        let lost = LostCommits::between(lock.note(), &connection)?.map(|lost| LostCommits { set_aside, ..lost });
        lock.set_note(Note::of_database(&connection)?);
        Ok(Self {
            dir: dir.to_owned(),
            chunks: ChunkWriter::open(&connection)?,
            open: HashMap::new(),
            next: NextIds::load(&connection)?,
            forgotten: forget::forgotten(&connection)?.into_iter().collect(),
            to_blank: Vec::new(),
            forgot_files: false,
            is_gone: Box::new(|_| false),
            comparison: None,
            meta: Meta::load(&connection)?,
            connection,
            lost,
            in_transaction: false,
            changed: false,
            lock,
        })
    }

    /// The sequence number of the last commit.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.meta.sequence.cast_unsigned()
    }

    /// The commits of an earlier run that its damaged journal no longer has, found when the archive was opened.
    #[must_use]
    pub const fn lost(&self) -> Option<&LostCommits> {
        self.lost.as_ref()
    }

    /// Whether nothing was ever taken in.
    ///
    /// # Errors
    /// When the database fails.
    pub fn is_empty(&self) -> Result<bool> {
        let sources =
            self.connection.query_row("SELECT EXISTS (SELECT 1 FROM sources)", [], |row| row.get::<_, bool>(0));
        Ok(!sources.map_err(|error| schema::explain(&self.dir, error.into()))?)
    }

    /// The sources at these paths, as they were when they were last read: what has not changed since need not be read
    /// again. For many paths there may be others among them.
    ///
    /// # Errors
    /// When the database fails.
    pub fn known_sources(&self, paths: &[&[u8]]) -> Result<HashMap<Vec<u8>, SourceState>> {
        known::known_sources(&self.connection, &self.meta.fingerprint, paths)
            .map_err(|error| schema::explain(&self.dir, error))
    }

    /// Begins to take in a file. `now` is in milliseconds since 1970, here and everywhere.
    ///
    /// # Errors
    /// When the database fails, or the same path is open already.
    pub fn begin_file(&mut self, info: FileInfo, now: i64) -> Result<FileId> {
        self.changing(|writer| {
            let open = OpenFile::begin(writer, info, now)?;
            let id = FileId(take(&mut writer.next.file));
            writer.open.insert(id, Box::new(open));
            Ok(id)
        })
    }

    /// Takes the next bytes of a file, cut as the caller likes.
    ///
    /// # Errors
    /// When the database fails.
    pub fn append(&mut self, file: FileId, bytes: &[u8]) -> Result<()> {
        self.with_file(file, |writer, open| open.append(writer, bytes))
    }

    /// Takes a record of a file whose bytes, up to the record's end, were appended.
    ///
    /// # Errors
    /// When the database fails.
    pub fn add_record(&mut self, file: FileId, record: &NewRecord<'_>) -> Result<Outcome> {
        self.with_file(file, |writer, open| open.add_record(writer, record))
    }

    /// Ends a file: from now on its records are those added since [`Writer::begin_file`] and no others.
    ///
    /// # Errors
    /// When the database fails.
    pub fn finish_file(&mut self, file: FileId) -> Result<FileOutcome> {
        let outcome = self.with_file(file, |writer, open| open.finish(writer))?;
        self.open.remove(&file);
        Ok(outcome)
    }

    /// Stops in the middle of a file that cannot be read to its end. What was taken stays, and the source counts as
    /// incomplete, so that the next run reads it again.
    ///
    /// # Errors
    /// When the database fails.
    pub fn leave_file(&mut self, file: FileId) -> Result<()> {
        self.with_file(file, |writer, open| open.settle(writer))?;
        self.open.remove(&file);
        Ok(())
    }

    /// Remembers the new size, times and place of a file that was found to hold the same bytes as before. Not for files
    /// that did not change at all: nothing is written for those.
    ///
    /// # Errors
    /// When the database fails.
    pub fn touch_source(&mut self, info: &FileInfo, now: i64) -> Result<()> {
        self.explained(|writer| {
            writer.begin()?;
            let mut update = writer.connection.prepare_cached(
                "UPDATE sources SET size = ?2, mtime_ns = ?3, inode = ?4, device = ?5, last_read = ?6, ctime_ns = ?7,
                 gone_since = NULL WHERE path = ?1",
            )?;
            let [size, inode, device] = [info.size, info.inode, info.device].map(u64::cast_signed);
            update.execute((&info.path, size, info.mtime_ns, inode, device, now, info.ctime_ns))?;
            let mut select = writer.connection.prepare_cached("SELECT id FROM sources WHERE path = ?")?;
            let source: Option<i64> = select.query_row([&info.path], |row| row.get(0)).optional()?;
            source.map_or(Ok(()), |source| SOURCES.set(&writer.connection, source))
        })
    }

    /// Counts the rows anew, after they were written by other ways.
    pub(super) fn count_rows(&mut self) -> Result<()> {
        self.meta.counts = Counts::of(&self.connection)?;
        Ok(())
    }

    /// Records a commit of the index: from now on readers open it. Durable when it returns; what else was written since the
    /// last commit goes with it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_index_commit(&mut self, mut commit: IndexCommit) -> Result<()> {
        self.explained(|writer| {
            writer.begin()?;
            commit.files.sort_by(|one, other| one.name.cmp(&other.name));
            commit.inode = inode(&writer.dir)?;
            commit.store(&writer.connection)?;
            writer.meta.index_commit = commit.number.cast_signed();
            writer.end()
        })
    }

    /// Makes everything durable and gives the archive's sequence number: one more than before if anything about an article
    /// may have changed. Only now may an article be said to be added.
    ///
    /// # Errors
    /// When the database fails; nothing since the last commit is kept then.
    pub fn commit(&mut self) -> Result<u64> {
        self.explained(|writer| {
            if writer.in_transaction {
                writer.end()?;
            }
            Ok(writer.sequence())
        })
    }

    /// Empties the journal at the end of a run; `false` when a reader is in the way: what was committed is safe in the journal
    /// then, and the next run empties it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn settle_journal(&mut self) -> Result<bool> {
        self.explained(|writer| journal::empty_soon(&writer.connection))
    }

    /// Writes what was committed from the log to its place in the database. It would be done when the writer is dropped: this
    /// chooses the time.
    ///
    /// # Errors
    /// When the database fails.
    pub fn put_in_place(&mut self) -> Result<()> {
        self.explained(|writer| Ok(writer.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?))
    }

    /// Takes over what another archive says of itself.
    pub(super) const fn adopt(&mut self, fingerprint: [u8; 32], created: i64) {
        self.meta.fingerprint = fingerprint;
        self.meta.created = created;
    }

    /// The sequence number that the open transaction will have.
    pub(super) const fn this_sequence(&self) -> i64 {
        self.meta.sequence + 1
    }

    /// Runs a change of anything but articles within a transaction.
    pub(super) fn within<T>(&mut self, change: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.explained(|writer| {
            writer.begin()?;
            change(writer)
        })
    }

    /// Runs a change of articles within a transaction.
    pub(super) fn changing<T>(&mut self, change: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.explained(|writer| {
            writer.begin()?;
            writer.changed = true;
            change(writer)
        })
    }

    fn with_file<T>(&mut self, id: FileId, change: impl FnOnce(&mut Self, &mut OpenFile) -> Result<T>) -> Result<T> {
        self.changing(|writer| {
            let mut open = writer.open.remove(&id).context("the file is not open")?;
            let result = change(writer, &mut open);
            writer.open.insert(id, open);
            result
        })
    }

    fn begin(&mut self) -> Result<()> {
        if !self.in_transaction {
            self.connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
            self.in_transaction = true;
        }
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        let files: Vec<FileId> = self.open.keys().copied().collect();
        for id in files {
            self.with_file(id, |writer, open| open.settle(writer))?;
        }
        self.chunks.close_pack(&self.connection)?;
        let blanked = forget::blank_again(self)? | std::mem::take(&mut self.forgot_files);
        self.meta.sequence += i64::from(self.changed);
        self.meta.store(&self.connection)?;
        self.connection.prepare_cached("COMMIT")?.execute([])?;
        self.compare_anew();
        self.in_transaction = false;
        self.changed = false;
        self.lock.set_note(Note { sequence: self.meta.sequence, last_article: self.next.article - 1 });
        if blanked {
            // Where somebody reads, the journal goes when they are done.
            self.empty_journal()?;
        }
        Ok(())
    }

    pub(super) fn explained<T>(&mut self, step: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        step(self).map_err(|error| schema::explain(&self.dir, error))
    }
}

/// The error for an id that names nothing.
pub(super) fn no_such_article(id: ArticleId) -> anyhow::Error {
    Failure::error(FailureKind::NotFound, format!("no article {id} in the archive"))
}
