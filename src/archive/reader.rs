//! Reading: articles, records and originals out, each checked on its way.

use std::cell::RefCell;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use super::chunks::ChunkReader;
use super::index_commit::IndexCommit;
use super::journal::LostCommits;
use super::list;
use super::lock::{self, Shared};
use super::opening::{self, ForReading};
use super::record;
use super::rows::{ArticleRow, Filter, Occurrence, PATHS, ROW, Stats, article_row};
use super::schema::{self, Meta, damage, means_damage};
use super::seal::{FORMER, ORIGINALS, RECORDS, SOURCES, STATES};
use super::writer::no_such_article;
use crate::article::ArticleId;
use crate::problem::is_damage;

/// Reads an archive, while another process may be writing it.
pub struct Reader {
    pub(super) dir: PathBuf,
    pub(super) connection: Connection,
    pub(super) chunks: RefCell<ChunkReader>,
    damage: Vec<String>,
    // Last: it is let go after the connection is closed.
    _lock: Option<Shared>,
}

impl Reader {
    /// Opens the archive in `dir`.
    ///
    /// # Errors
    /// [`FailureKind::Surroundings`](crate::problem::FailureKind::Surroundings) when there is none or it cannot be opened,
    /// [`FailureKind::Damage`](crate::problem::FailureKind::Damage) when it is damaged.
    pub fn open(dir: &Path) -> Result<Self> {
        let open = || {
            // Looked at first: a commit that is noted now is one that the database has.
            let noted = lock::note(dir);
            let opened = opening::open_for_reading(dir)?;
            let lost = LostCommits::between(noted, &opened.connection).ok().flatten();
            let mut reader = Self::on(dir, opened, lost.as_ref())?;
            reader.damage.extend(reader.torn_copy());
            Ok(reader)
        };
        open().map_err(|error| schema::explain(dir, error))
    }

    pub(super) fn on(dir: &Path, opened: ForReading, lost: Option<&LostCommits>) -> Result<Self> {
        let ForReading { connection, lock, damage } = opened;
        let damage = damage.into_iter().chain(lost.map(ToString::to_string)).collect();
        let chunks = RefCell::new(ChunkReader::new()?);
        Ok(Self { dir: dir.to_owned(), connection, chunks, damage, _lock: lock })
    }

    /// The archive's folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.dir
    }

    /// Whether an article that is not found may be there all the same: rows are missing or damaged, or one has another id than its
    /// bytes give it. Looks at every row.
    ///
    /// # Errors
    /// When the database fails or the row about the archive is damaged.
    pub fn hides_articles(&self) -> Result<bool> {
        self.explained(|| {
            let mut select = self.connection.prepare("SELECT public, hash FROM articles NOT INDEXED")?;
            let mut rows = select.query([])?;
            let mut there = 0;
            while let Some(row) = rows.next()? {
                // A row of another type was overwritten.
                let (Ok(public), Ok(hash)) = (row.get::<_, i64>(0), row.get::<_, [u8; 32]>(1)) else { return Ok(true) };
                if ArticleId::of_hash(&hash).0.cast_signed() != public {
                    return Ok(true);
                }
                there += 1;
            }
            let mut broken = there != Meta::load(&self.connection)?.counts.articles;
            STATES.check(&self.connection, &mut |_| broken = true)?;
            Ok(broken)
        })
    }

    /// The error for an id that is not found: it names nothing, or rows are damaged.
    #[must_use]
    pub fn unknown(&self, id: ArticleId) -> anyhow::Error {
        // Where the table has it, an index of the database is damaged.
        let is_there = || -> Result<bool> {
            let query = "SELECT EXISTS (SELECT 1 FROM articles NOT INDEXED WHERE public = ?)";
            Ok(self.connection.query_row(query, [id.0.cast_signed()], |row| row.get(0))?)
        };
        match self.explained(is_there).and_then(|is_there| Ok(is_there || self.hides_articles()?)) {
            Ok(false) => no_such_article(id),
            Ok(true) => damage(format!("article {id} cannot be found because rows of the archive are damaged")),
            Err(error) => error,
        }
    }

    /// Whether commits are in the journal, which may have bytes of forgotten articles in it.
    #[must_use]
    pub fn has_journal(&self) -> bool {
        opening::has_journal(&self.dir)
    }

    /// What was found wrong with the archive as a whole when it was opened, although it can be read.
    #[must_use]
    pub fn damage(&self) -> &[String] {
        &self.damage
    }

    /// The sequence number of the last commit.
    ///
    /// # Errors
    /// When the database fails, here and everywhere.
    pub fn sequence(&self) -> Result<u64> {
        self.explained(|| Ok(Meta::load(&self.connection)?.sequence.cast_unsigned()))
    }

    /// How many articles are live.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count_live(&self) -> Result<u64> {
        self.explained(|| Ok(Meta::load(&self.connection)?.counts.live.cast_unsigned()))
    }

    /// Tells this archive from any other.
    ///
    /// # Errors
    /// When the database fails.
    pub fn fingerprint(&self) -> Result<[u8; 32]> {
        self.explained(|| Ok(Meta::load(&self.connection)?.fingerprint))
    }

    /// The last commit of the index; `None` while there was none.
    ///
    /// # Errors
    /// When the database fails, or what is recorded is damaged.
    pub fn index_commit(&self) -> Result<Option<IndexCommit>> {
        let _snapshot = self.snapshot()?;
        self.explained(|| IndexCommit::load(&self.connection))
    }

    /// The articles, old versions too, whose id begins with `prefix`: four to sixteen hexadecimal digits, in either case.
    /// None for anything else.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find(&self, prefix: &str) -> Result<Vec<ArticleId>> {
        let digits = prefix.len();
        let hexadecimal = (4..=16).contains(&digits) && prefix.bytes().all(|byte| byte.is_ascii_hexdigit());
        let Some(value) = u64::from_str_radix(prefix, 16).ok().filter(|_| hexadecimal) else { return Ok(Vec::new()) };
        // The ids between are of one sign, for the prefix holds the first bit: the stored order is theirs.
        let rest = 64 - 4 * digits;
        let first = value << rest;
        let last = first | u64::MAX.checked_shr(64 - u32::try_from(rest)?).unwrap_or_default();
        self.explained(|| {
            // That there is none is only believed of the rows themselves: an index of the database may be damaged.
            for from in ["articles", "articles NOT INDEXED"] {
                let query = format!("SELECT public FROM {from} WHERE public BETWEEN ? AND ?");
                let mut select = self.connection.prepare_cached(&query)?;
                let ids = select.query_map((first.cast_signed(), last.cast_signed()), |row| {
                    Ok(ArticleId(row.get::<_, i64>(0)?.cast_unsigned()))
                })?;
                let ids = ids.collect::<rusqlite::Result<Vec<_>>>()?;
                if !ids.is_empty() {
                    return Ok(ids);
                }
            }
            Ok(Vec::new())
        })
    }

    /// The article of this id.
    ///
    /// # Errors
    /// When the database fails or the row is damaged.
    pub fn article(&self, id: ArticleId) -> Result<Option<ArticleRow>> {
        self.explained(|| {
            let mut select = self.connection.prepare_cached(&format!("{ROW} WHERE public = ?"))?;
            let row = select.query_row([id.0.cast_signed()], |row| Ok(article_row(row))).optional()?.transpose()?;
            row.map(|row| named(id, &row.hash).map(|()| row)).transpose()
        })
    }

    /// The article that this one is the next version of.
    ///
    /// # Errors
    /// When the database fails.
    pub fn previous(&self, article: &ArticleRow) -> Result<Option<ArticleId>> {
        let Some(row) = article.previous else { return Ok(None) };
        let previous = self.neighbour("SELECT public FROM articles WHERE id = ?", row)?;
        let missing = || damage(format!("the article that {} is the next version of has no row", article.id));
        previous.ok_or_else(missing).map(Some)
    }

    /// The next version of this article; of several the latest.
    ///
    /// # Errors
    /// When the database fails.
    pub fn next(&self, article: &ArticleRow) -> Result<Option<ArticleId>> {
        self.neighbour("SELECT public FROM articles WHERE previous = ? ORDER BY id DESC LIMIT 1", article.row)
    }

    fn neighbour(&self, query: &str, row: i64) -> Result<Option<ArticleId>> {
        self.explained(|| {
            let mut select = self.connection.prepare_cached(query)?;
            let public: Option<i64> = select.query_row([row], |row| row.get(0)).optional()?;
            Ok(public.map(|public| ArticleId(public.cast_unsigned())))
        })
    }

    /// Where an article stands and stood, current places first; at most [`PATHS`].
    ///
    /// # Errors
    /// When the database fails, or a row that tells of a place is damaged or missing.
    pub fn occurrences(&self, article: &ArticleRow) -> Result<Vec<Occurrence>> {
        self.explained(|| {
            let connection = &self.connection;
            let mut records: Vec<(i64, u64)> = Vec::new();
            RECORDS.each(connection, "article", article.row, &mut |row| {
                records.push((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned()));
                Ok(records.len() < PATHS)
            })?;
            let mut found: Vec<Occurrence> = Vec::new();
            for (original, number) in records {
                for column in ["original", "partial"] {
                    SOURCES.each(connection, column, original, &mut |row| {
                        found.push(Occurrence { path: row.get(1)?, number, current: true });
                        Ok(found.len() < PATHS)
                    })?;
                }
                let mut sources = Vec::new();
                FORMER.each(connection, "original", original, &mut |row| {
                    sources.push(row.get::<_, i64>(1)?);
                    Ok(sources.len() < PATHS)
                })?;
                for source in sources {
                    SOURCES.each(connection, "id", source, &mut |row| {
                        found.push(Occurrence { path: row.get(1)?, number, current: false });
                        Ok(true)
                    })?;
                }
            }
            if article.live && !found.iter().any(|occurrence| occurrence.current) {
                return Err(damage(format!("article {} is live, and no file has it", article.id)));
            }
            found.sort_by(|one, other| {
                (!one.current, &one.path, one.number).cmp(&(!other.current, &other.path, other.number))
            });
            found.dedup();
            found.truncate(PATHS);
            Ok(found)
        })
    }

    /// The article of this id with the places where it stands and stood, both as of one moment.
    ///
    /// # Errors
    /// As [`Reader::article`] and [`Reader::occurrences`].
    pub fn listed(&self, id: ArticleId) -> Result<Option<(ArticleRow, Vec<Occurrence>)>> {
        let _snapshot = self.snapshot()?;
        let Some(row) = self.article(id)? else { return Ok(None) };
        let occurrences = self.occurrences(&row)?;
        Ok(Some((row, occurrences)))
    }

    /// The bytes of an article's record.
    ///
    /// # Errors
    /// [`FailureKind::NotFound`](crate::problem::FailureKind::NotFound) when there is no such article,
    /// [`FailureKind::Damage`](crate::problem::FailureKind::Damage) when the bytes are not what they were.
    pub fn record_bytes(&self, id: ArticleId) -> Result<Vec<u8>> {
        self.explained(|| {
            let mut select = self.connection.prepare_cached("SELECT id, hash FROM articles WHERE public = ?")?;
            let found = select.query_row([id.0.cast_signed()], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
            let (row, hash): (i64, [u8; 32]) = found.ok_or_else(|| self.unknown(id))?;
            named(id, &hash)?;
            record::bytes(&self.connection, &mut self.chunks.borrow_mut(), row, &hash)
        })
    }

    /// Writes the whole file that an article stands in, as it was read, and gives its length: the first of its files that is
    /// sound, whole ones before others and later ones before earlier. Where articles in it were forgotten, blanks stand in
    /// their place. It is read twice: nothing is written before all of it is known to be sound.
    ///
    /// # Errors
    /// As [`Reader::record_bytes`]. When `out` fails.
    pub fn original(&self, id: ArticleId, out: &mut dyn Write) -> Result<u64> {
        let _snapshot = self.snapshot()?;
        self.explained(|| {
            let mut select = self.connection.prepare_cached("SELECT id, hash FROM articles WHERE public = ?")?;
            let found = select.query_row([id.0.cast_signed()], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
            let (article, article_hash): (i64, [u8; 32]) = found.ok_or_else(|| self.unknown(id))?;
            named(id, &article_hash)?;
            let mut wrong = None;
            for (original, hash) in self.originals(article, &mut wrong)? {
                let chunks = &mut self.chunks.borrow_mut();
                match record::original(&self.connection, chunks, original, hash.as_ref(), &mut |_| Ok(())) {
                    Err(error) if means_damage(&error) => wrong = Some(error),
                    Err(error) => return Err(error),
                    Ok(_) => {
                        return record::original(&self.connection, chunks, original, hash.as_ref(), &mut |bytes| {
                            out.write_all(bytes).context("the file cannot be written")
                        });
                    }
                }
            }
            Err(wrong.unwrap_or_else(|| damage(format!("the file of article {id} has no row"))))
        })
    }

    /// The originals that the article in this row stands in, the best first, with the hash of what is kept of each.
    fn originals(&self, article: i64, wrong: &mut Option<anyhow::Error>) -> Result<Vec<(i64, Option<[u8; 32]>)>> {
        let mut found = Vec::new();
        for original in RECORDS.sound_keys(&self.connection, "article", article, wrong)? {
            if !ORIGINALS.is_sound(&self.connection, original)? {
                *wrong = Some(ORIGINALS.broken(original));
                continue;
            }
            let query = "SELECT hash IS NULL, kept IS NOT NULL, coalesce(kept, hash) FROM originals WHERE id = ?";
            let mut select = self.connection.prepare_cached(query)?;
            let row = |row: &Row<'_>| Ok(((row.get(0)?, row.get(1)?, -original), row.get(2)?));
            let rank: Option<((bool, bool, i64), _)> = select.query_row([original], row).optional()?;
            found.extend(rank);
        }
        found.sort_by_key(|(rank, _)| *rank);
        Ok(found.into_iter().map(|((_, _, negative), hash)| (-negative, hash)).collect())
    }

    /// Hands over the articles that pass `filter`, one after the other, until `sink` says stop. One that is damaged or missing is
    /// told to `damaged`, and costs no other.
    ///
    /// # Errors
    /// When the database fails, or `sink` does.
    pub fn list(
        &self,
        filter: &Filter,
        sink: &mut dyn FnMut(ArticleRow) -> Result<ControlFlow<()>>,
        damaged: &mut dyn FnMut(String),
    ) -> Result<()> {
        let _snapshot = self.snapshot()?;
        let order = self.explained(|| list::order(&self.connection, filter, damaged))?;
        for row in order {
            let article = self.explained(|| {
                let mut select = self.connection.prepare_cached(&format!("{ROW} WHERE id = ?"))?;
                select.query_row([row], |row| Ok(article_row(row))).optional()?.transpose()
            });
            let article = match article {
                Ok(Some(article)) => article,
                Ok(None) => continue,
                Err(error) if is_damage(&error) => {
                    damaged(format!("an article is left out: {error:#}"));
                    continue;
                }
                Err(error) => return Err(error),
            };
            if sink(article)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// What the archive holds. What is damaged or missing is told to `damaged`, and not counted.
    ///
    /// # Errors
    /// When the database fails.
    pub fn stats(&self, damaged: &mut dyn FnMut(String)) -> Result<Stats> {
        let _snapshot = self.snapshot()?;
        self.explained(|| super::stats::count(&self.connection, damaged))
    }

    /// Holds the archive as it is now, until it is dropped, for many reads in a row; also saves the locks of each.
    pub(super) fn snapshot(&self) -> Result<Option<Transaction<'_>>> {
        // A sink may begin another walk within its own.
        if !self.connection.is_autocommit() {
            return Ok(None);
        }
        self.explained(|| Ok(Some(self.connection.unchecked_transaction()?)))
    }

    pub(super) fn explained<T>(&self, step: impl FnOnce() -> Result<T>) -> Result<T> {
        step().map_err(|error| schema::explain(&self.dir, error))
    }
}

/// Whether what was found under a name is what has it: a damaged index of the database may lead to another row.
fn named(id: ArticleId, hash: &[u8; 32]) -> Result<()> {
    if ArticleId::of_hash(hash) == id {
        Ok(())
    } else {
        Err(damage(format!("another article stands in the place of {id}")))
    }
}
