//! The archive: the truth on disk. Takes originals, their records and what cleaning made of them; gives them back byte for
//! byte, or says what is damaged. Writes nothing outside its directory, and nothing at all when it is read.
//!
//! # On disk
//!
//! `ARCHIVE/archive.sqlite` holds everything below, `ARCHIVE/lock` keeps a second writer out (see [`Wait`]) and notes the last
//! commit, `ARCHIVE/index/` belongs to the index, `ARCHIVE/damaged-journal-…` is a journal that could not be read to its end and
//! was set aside. Directories are made for their owner alone (0700), files too (0600). A person can open the database with any
//! SQLite; `application_id` is "nwsg", `user_version` the format, now [`FORMAT`]. A newer format is refused before anything is
//! written; an older one is refused by readers and converted by writers, one step after the other (`migrate.rs`).
//!
//! | table | a row is | columns |
//! | --- | --- | --- |
//! | `meta` | the archive (one row) | `fingerprint`: tells this archive from others, made of time, process and path when it was created. `created`. `sequence`: rises with every commit that touches articles; the index says up to which it has come. `index_commit`: the number of the last commit of the index, 0 while there was none. `articles`, `live`, `records`, `former`, `gone`, `forgotten_files`, `skipped`: how many rows there are. `seal` |
//! | `chunks` | up to 2 MB of bytes | `hash` (BLAKE3) and `length` of the bytes, `data`: the same in zstd |
//! | `originals` | the content of a file, once however many files have it, and the reader it was read with | `hash`: BLAKE3 of the file, NULL while it is incomplete. `length`. `reader`. `kept`: BLAKE3 of what is left after articles in it were forgotten, otherwise NULL. `seal` |
//! | `pieces` | a run of bytes of an original | `length` bytes at `offset` of `original` are those from `start` of `chunk` |
//! | `sources` | a file by its path | `path`: the system's bytes. `size`, `mtime_ns`, `ctime_ns`, `inode`, `device`: tell whether it changed; `ctime_ns` is NULL where it was not noted yet. `original`: what it holds. `partial`: what is being read, or an interrupted run left, of newer bytes. `first_seen`, `last_read`. `gone_since`: when a run that looked through its folder found it gone, NULL while it is there. `seal` |
//! | `former` | what a source held before | `original`, `source`, `until`, `seal` |
//! | `articles` | a record's bytes, once | `hash` (BLAKE3), `public`: its first 64 bits, the id people use. `text_hash`: of the cleaned text. `reader`, `cleaner` (version). `added`. `changed`: the sequence number of the last commit after which the index must look again (it came, left, was cleaned afresh, or stands under other paths). `live`. `previous`: the article it is the next version of. `date_first`, `date_last`: the days (yyyymmdd) between which it was published, NULL if undated. `truncated`. `summary`: JSON, what a list shows. `seal`; `state_seal`: over `live`, `changed`, `previous` |
//! | `records` | where an article stands | record `number` of `original`: `length` bytes at `offset`. Where its bytes are not a run of the file's (UTF-16, a container) they are kept beside them, at offsets from 2^62 on: to split the file again would cost its whole length for each record, and need the reader as it was then. `file_offset`, `file_length`: where the record stands in the file nevertheless, NULL where that is not known. `seal` |
//! | `gone` | an article that was forgotten | `public`, `changed`: so that the index forgets it too, and it is not taken in again. `family`: the article with which it was forgotten, and is lifted. `seal` |
//! | `forgotten_files` | a file in which nothing is left | `path_hash`: BLAKE3 of its path, keyed with the fingerprint. `size`, `mtime_ns`, `ctime_ns`, `inode`, `device`: it is not read again while these stay. `seal` |
//! | `skipped` | a record that could not be taken in, or a file (`record` 0) | `path`, `record`, `reason`, `count`: of how many records it tells. `size`, `mtime_ns`, `ctime_ns`, `inode`, `device`: of the file then. `readers`: the version of the readers, a newer one tries again. `since`. `seal` |
//! | `index_commit` | the last commit of the index (one row, none before the first) | `folder` within `index/` and name of the file (`meta`) that tells its segments. `number`: rises with every commit of the index. `sequence`: up to which it is. `inode` of this database: another one tells a copy, whose files have times that tell nothing. `seal`: over these and all of `manifest` |
//! | `manifest` | a file of that commit | `name`, `length`, `modified` (nanoseconds) and `hash` (BLAKE3) |
//!
//! Times are milliseconds since 1970 UTC, but for `mtime_ns` and `ctime_ns`; numbers that need 64 bits without sign are stored
//! with it.
//!
//! # What an article lives by
//!
//! An article is live while a record of it stands in the `original` or `partial` of some source. A file that changed puts
//! its old original in `former`; records whose article went on into the new one are dropped there, so that an export that
//! grows every day costs its growth and not its size. A new article takes as `previous` the one with the same key in what
//! the path held before, or without key the only one there. A file that vanished from the disk goes on living here.
//!
//! A file that moved is the same source under another path, where the old path is gone and the new one has its content, or its
//! inode and file name, or at least half of its records byte for byte (`moved.rs`). Keys alone prove no move, and a copy beside
//! its original is none.
//!
//! # What is forgotten
//!
//! A forgotten article leaves nothing but its name behind. By that a record is known when it is met again, in the same file,
//! one that grew or another: it is not taken, and what the archive keeps of the file has blanks in its place, in the file's own
//! encoding. That holds for every commit, in the middle of a file too, and for damaged bytes. A file in which no article is left
//! goes as a whole, its path and what was skipped in it included: a keyed hash of the path is kept, so that it is not read at
//! each run. [`Writer::lift`] is the way back, for all that went together.
//!
//! Where a record stands apart from its file and it is not known where in the file it stands (an archive of an older format),
//! the file cannot be kept bit by bit: it goes, and its other articles stay with the bytes of their records.
//!
//! # What is durable when
//!
//! SQLite's write-ahead log with `synchronous=FULL`: a commit is in the log and the log synced (and its directory, when it
//! is new) before [`Writer::commit`] returns; the database file is written at checkpoints and synced before the log is used
//! again. A power cut loses what was not committed. Not `journal_mode=DELETE`: readers would wait for the writer.
//! The name of a new database is synced with its directory and the directory with its parent.
//!
//! Every transaction leaves a whole archive: when one ends in the middle of a file, the bytes so far are stored as the
//! source's `partial`, the last of them as a chunk of its own that the next takes the place of. The next run reads an
//! unchanged file again from its start, finds the chunks and records, and goes on.
//!
//! # In which order, and what a run leaves that is killed there
//!
//! | what is written | killed before the next step |
//! | --- | --- |
//! | `lock` is locked | nothing: the system lets it go |
//! | a new database under the name `archive.sqlite.new`, with its tables; then it is renamed | no archive yet; the next run begins anew. So an `archive.sqlite` that is empty is damage |
//! | a step from an older format, with the new number, in one transaction | the format before |
//! | bytes, records and articles, in an open transaction | nothing of it |
//! | the commit, every 32 MB of files and at the end; then its note in `lock`; then articles are said to be added | all said is kept; a file in its middle is `partial`; the index is behind |
//! | segments of the index, and the file that names those of its next commit: synced, each under a name that no file had before | the index as it was; the next writer removes them |
//! | `index_commit` and `manifest`, in one transaction | searchable |
//! | files are removed that only the commit before had | the next writer removes them |
//! | the journal is emptied (a TRUNCATE checkpoint; half a second is waited for readers) | it stays, and the next run empties it |
//!
//! A rebuild does the same in a folder of its own, so a reader has one commit to open at every moment, and it is whole. A reader
//! that finds a file gone asks again which commit is the last.
//!
//! Forgetting commits the archive first and empties its journal, then the index, then the journal once more: what a run was
//! killed over is never shown, for the archive has the last word, and is taken out of the index and the journal by the next run
//! that writes. Where somebody reads, the journal stays, and that is an error at the end. A copy, either way, is made
//! beside its place and renamed; into an empty folder, it is made within and its entries are renamed.
//!
//! # What a damaged journal costs
//!
//! SQLite reads a journal up to the first frame that is not what it was, in silence: all commits from there on are lost. They are
//! told, because each was noted in `lock`, and the journal is set aside before anything is written over it. What is promised:
//! a run that ended by itself left no journal, but where somebody was reading, which it said; a run that was killed left one of
//! at most some 64 MB; whatever a damaged one takes is counted and named by every command until the files were read again.
//!
//! A database that was put back from a backup beside the journal of another is refused by writers, which would mix the two; one
//! that is missing although a commit is noted is damage, and none is made in its place.
//!
//! # What is checked
//!
//! A chunk, a record and a whole original are compared with their hashes whenever they are read. `seal` is a checksum over
//! the columns of a row that nothing else can vouch for, compared whenever the row is read. Columns that also stand in an
//! index SQLite compares itself in [`check()`]. The file is never trusted: no triggers, no views, no functions from the
//! schema, cells checked for their size, no memory mapping (a failing disk would be a signal, not an error); lengths are
//! bounded before memory is taken.
//!
//! Damaged bytes are stored anew when a file that has them is read again to be compared ([`Writer::repair`]).
//!
//! A row that is missing is told by the counts in `meta`. A test changes every column of every table to see that nothing is
//! believed that is not what was written.
//!
//! Other settings: pages of 8 kB, since most of the file is chunks; foreign keys checked at the commit, so that rows can be
//! written in the order they are known; deleted bytes overwritten (`secure_delete`), so that what is forgotten is gone;
//! temporary data in memory, for nothing is written outside the archive.

mod articles;
mod blank;
mod changes;
mod check;
mod chunks;
mod contents;
mod evidence;
mod family;
mod forget;
mod index_commit;
mod journal;
mod known;
mod list;
mod lock;
mod migrate;
mod moved;
mod opening;
mod original;
mod plain;
mod reader;
mod record;
mod repair;
mod rows;
mod schema;
mod seal;
mod skips;
mod source;
mod stats;
mod stream;
mod summary;
#[cfg(test)]
mod tests;
mod torn;
mod versions;
mod writer;

use std::ops::Range;

pub use check::{Checked, Damage, check, check_watched};
pub use contents::Contents;
pub use evidence::{Evidence, Place, Source};
pub use family::Kin;
pub use forget::Forgotten;
pub use index_commit::{IndexCommit, ManifestFile};
pub use journal::{LostCommits, set_aside_journals};
pub use lock::Wait;
pub use opening::is_archive;
pub use plain::{Copied, Watch, export, import, is_export};
pub use reader::Reader;
pub use rows::{ArticleRow, Filter, Occurrence, Order, PATHS, Stats, Visited};
pub use schema::FORMAT;
pub use skips::{Skip, WHOLE_FILE};
pub use summary::{Summary, day_number};
pub use writer::Writer;

use crate::article::ArticleId;

/// A file about to be taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileInfo {
    /// Its path, the system's bytes.
    pub path: Vec<u8>,
    /// Its length in bytes when it was looked at.
    pub size: u64,
    /// When it was last modified, in nanoseconds since 1970.
    pub mtime_ns: i64,
    /// Its inode.
    pub inode: u64,
    /// The device the inode is on.
    pub device: u64,
    /// When it was last changed, its name and rights too, in nanoseconds since 1970: nobody can put that back.
    pub ctime_ns: i64,
    /// The name of the reader that splits it.
    pub reader: String,
}

/// A source as it was when it was last read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceState {
    /// Length in bytes.
    pub size: u64,
    /// Modification time in nanoseconds since 1970.
    pub mtime_ns: i64,
    /// Inode.
    pub inode: u64,
    /// Device.
    pub device: u64,
    /// When it was last changed in any way, in nanoseconds since 1970; `None` where that was not looked at yet.
    pub ctime_ns: Option<i64>,
    /// Whether it is a file whose contents are kept; not one that could not be read, or of which everything was forgotten.
    pub is_kept: bool,
    /// Whether it was read to its end; otherwise it must be read again, changed or not.
    pub complete: bool,
    /// BLAKE3 of what it held when it was last read to its end; `None` where articles in it were forgotten, so that it is
    /// read again once that is lifted.
    pub hash: Option<[u8; 32]>,
}

/// Names a file that a [`Writer`] has open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileId(u64);

/// A record of a file that is open, and what cleaning made of it.
#[derive(Debug, Clone)]
pub struct NewRecord<'a> {
    /// Its number in the file.
    pub number: u64,
    /// Its place in the file; `None` where its bytes are not a range of the file's.
    pub range: Option<Range<u64>>,
    /// Where it lies in the file, in whatever encoding; `None` where that is not known. There it is blanked when it is forgotten.
    pub place: Option<Range<u64>>,
    /// Its bytes, which are kept beside the file's where they have no range.
    pub bytes: &'a [u8],
    /// BLAKE3 of its bytes.
    pub hash: [u8; 32],
    /// What a list shows of the article; with its key, which tells versions of one article.
    pub summary: &'a Summary,
    /// A hash of the cleaned text, as the index makes it.
    pub text_hash: [u8; 32],
    /// The version of the cleaner.
    pub cleaner: u32,
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A new article.
    Added(ArticleId),
    /// A new article that takes the place of an older one of the same file.
    NewVersion {
        /// The new one.
        id: ArticleId,
        /// The older one, which left unless it also stands in another file.
        previous: ArticleId,
    },
    /// This file had it already.
    Known(ArticleId),
    /// Another file has it; from now on this one too.
    KnownElsewhere(ArticleId),
    /// It was in the archive, but had left.
    Returned(ArticleId),
    /// It was forgotten and is not to come back: the record was not taken, and its bytes are not kept.
    Forgotten(ArticleId),
    /// Another article, with other bytes, has this id: the record was not taken. Needs a fraud or 2^32 articles.
    Clash(ArticleId),
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileOutcome {
    /// BLAKE3 of its bytes.
    pub hash: [u8; 32],
    /// Its length in bytes.
    pub length: u64,
    /// Records taken.
    pub records: u64,
    /// Articles that left because no file has them any more.
    pub left: u64,
}

/// Articles that are cleaned and indexed in a second, on two cores.
const ARTICLES_A_SECOND: u64 = 3000;

/// About how long it takes to build the index of so many articles, in words.
#[must_use]
pub fn time_to_index(articles: u64) -> String {
    match articles / ARTICLES_A_SECOND {
        0..=1 => "a moment".to_owned(),
        seconds @ 2..=90 => format!("about {seconds} seconds"),
        seconds => format!("about {} minutes", seconds.div_ceil(60)),
    }
}

/// The checksum of what a row of `articles` says of itself; `live`, `changed` and `previous` are found from other rows.
fn row_seal(
    hash: &[u8; 32],
    text_hash: &[u8; 32],
    reader: &str,
    cleaner: u32,
    added: i64,
    days: (Option<i32>, Option<i32>),
    summary: &str,
) -> i64 {
    let days = [days.0.unwrap_or_default(), days.1.unwrap_or_default()].map(i32::to_le_bytes);
    let cleaner = cleaner.to_le_bytes();
    let added = added.to_le_bytes();
    schema::seal(&[hash, text_hash, reader.as_bytes(), &cleaner, &added, days.as_flattened(), summary.as_bytes()])
}
