//! Forgetting: articles that are to be gone for good, bytes and all.
//!
//! What a source held before may hold the record too without saying so (see the room's documentation); of such originals only
//! the records that stand in them alone are kept.

use std::collections::{BTreeMap, BTreeSet};
use std::slice;

use anyhow::Result;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension};

use super::blank::{ALL, Cuts, cut, cuts_of_shown, without_records};
use super::chunks::remove_pieces;
use super::journal;
use super::known::path_hash;
use super::opening::PATIENCE;
use super::seal::{FORGOTTEN_FILES, GONE, STATES};
use super::stream::APART;
use super::writer::{Writer, no_such_article};
use crate::article::ArticleId;
use crate::problem::{Failure, FailureKind};

/// What became of articles that were to be forgotten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Articles forgotten.
    pub articles: u64,
    /// Files whose content is no longer whole in the archive.
    pub originals: u64,
}

impl Writer {
    /// Forgets articles, each with its family, that [`Writer::lift`] brings back as one: their rows, their records, and the
    /// bytes of the files they stand in that no other article needs. A file in which nothing is left goes with its path. Commits.
    /// Their names are kept, so that no file brings them back. SQLite's journal still has their bytes until
    /// [`Writer::clear_journal`].
    ///
    /// # Errors
    /// [`FailureKind::NotFound`] when an id names no article, and nothing is forgotten then. When the database fails.
    pub fn forget(&mut self, families: &[Vec<ArticleId>]) -> Result<Forgotten> {
        self.commit()?;
        let forgotten = self.changing(|writer| forget(writer, families))?;
        self.commit()?;
        self.forgotten.extend(families.iter().flatten());
        journal::remove_set_aside(&self.dir)?;
        // As early as possible. If a reader holds the journal, `clear_journal` empties it at the end.
        self.explained(|writer| journal::empty_soon(&writer.connection))?;
        Ok(forgotten)
    }

    /// Empties the journal, in which the bytes of forgotten articles are.
    ///
    /// # Errors
    /// [`FailureKind::Surroundings`] when another process is reading, and the journal stays as it is. When the database fails.
    pub fn clear_journal(&mut self) -> Result<()> {
        if self.explained(|writer| writer.empty_journal())? {
            return Ok(());
        }
        let message = format!(
            "{}: the articles are forgotten, but another process is reading and their bytes are still in the journal: run \
             this again when it is done",
            self.dir.display()
        );
        Err(Failure::error(FailureKind::Surroundings, message))
    }

    /// Allows forgotten articles to come back when a file that has them is read again, and commits. Gives how many of these
    /// were forgotten.
    ///
    /// # Errors
    /// When the database fails.
    pub fn lift(&mut self, ids: &[ArticleId]) -> Result<u64> {
        let lifted = self.changing(|writer| {
            let mut lifted = Vec::new();
            let query = "DELETE FROM gone WHERE family IN (SELECT family FROM gone WHERE public = ?) RETURNING public";
            let mut delete = writer.connection.prepare_cached(query)?;
            for id in ids {
                for public in delete.query_map([id.0.cast_signed()], |row| row.get::<_, i64>(0))? {
                    lifted.push(ArticleId(public?.cast_unsigned()));
                }
            }
            drop(delete);
            writer.meta.counts.gone -= i64::try_from(lifted.len())?;
            Ok(lifted)
        })?;
        self.commit()?;
        self.forgotten.retain(|id| !lifted.contains(id));
        Ok(lifted.len() as u64)
    }

    /// Forgets a file in which nothing is left: its path is known by a hash alone from now on, so that it is not read again while it
    /// stays as it is.
    pub(super) fn forget_file(&mut self, source: i64) -> Result<()> {
        // Its bytes may be in a pack that is not written yet.
        self.chunks.close_pack(&self.connection)?;
        let connection = &self.connection;
        let query = "SELECT path, size, mtime_ns, ctime_ns, inode, device FROM sources WHERE id = ?";
        type Row = (Vec<u8>, i64, i64, Option<i64>, i64, i64);
        let found: Option<Row> = connection
            .prepare_cached(query)?
            .query_row([source], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
            })
            .optional()?;
        let Some((path, size, mtime, ctime, inode, device)) = found else { return Ok(()) };
        let hash = path_hash(&self.meta.fingerprint, &path);
        let known = connection.prepare_cached("DELETE FROM forgotten_files WHERE path_hash = ?")?.execute([hash])?;
        let next: i64 =
            connection.query_row("SELECT coalesce(max(id), 0) + 1 FROM forgotten_files", [], |row| row.get(0))?;
        let ctime = ctime.map_or(ValueRef::Null, ValueRef::Integer);
        let [next, size, mtime, inode, device] = [next, size, mtime, inode, device].map(ValueRef::Integer);
        FORGOTTEN_FILES.insert(connection, &[next, ValueRef::Blob(&hash), size, mtime, ctime, inode, device])?;
        let held: Vec<i64> = connection
            .prepare_cached(
                "SELECT original FROM sources WHERE id = ?1 AND original IS NOT NULL
                 UNION SELECT partial FROM sources WHERE id = ?1 AND partial IS NOT NULL
                 UNION SELECT original FROM former WHERE source = ?1",
            )?
            .query_map([source], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        let former = connection.prepare_cached("DELETE FROM former WHERE source = ?")?.execute([source])?;
        let skipped = connection.prepare_cached("DELETE FROM skipped WHERE path = ?")?.execute([&path])?;
        connection.prepare_cached("DELETE FROM sources WHERE id = ?")?.execute([source])?;
        for original in held {
            let needed: bool = connection
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM sources WHERE original = ?1) OR EXISTS (SELECT 1 FROM sources WHERE
                     partial = ?1) OR EXISTS (SELECT 1 FROM former WHERE original = ?1)",
                )?
                .query_row([original], |row| row.get(0))?;
            if !needed {
                remove_pieces(connection, original, ALL)?;
                connection.prepare_cached("DELETE FROM originals WHERE id = ?")?.execute([original])?;
                self.to_blank.retain(|(other, _)| *other != original);
            }
        }
        self.forgot_files = true;
        let counts = &mut self.meta.counts;
        counts.forgotten_files += 1 - i64::try_from(known)?;
        counts.former -= i64::try_from(former)?;
        counts.skipped -= i64::try_from(skipped)?;
        Ok(())
    }

    /// Writes the journal to the database and empties it; `false` when somebody reads it.
    pub(super) fn empty_journal(&self) -> Result<bool> {
        journal::empty(&self.connection, PATIENCE)
    }
}

/// The articles that were forgotten.
pub(super) fn forgotten(connection: &Connection) -> Result<Vec<ArticleId>> {
    let mut select = connection.prepare_cached("SELECT public FROM gone ORDER BY public")?;
    let ids = select.query_map([], |row| Ok(ArticleId(row.get::<_, i64>(0)?.cast_unsigned())))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// Blanks the forgotten records that files taken in since the last commit brought back; says whether there were any. The
/// bytes must be stored already.
pub(super) fn blank_again(writer: &mut Writer) -> Result<bool> {
    let connection = &writer.connection;
    let mut cuts: BTreeMap<i64, Cuts> = BTreeMap::new();
    for (original, records) in writer.to_blank.drain(..) {
        cuts.insert(original, cuts_of_shown(connection, original, records)?);
    }
    for (original, mut records) in writer.open.values().filter_map(|open| open.redacted()) {
        // More of it is to come: its pieces stay where they are.
        records.sort_unstable_by_key(|record| record.start);
        cuts.insert(original, without_records(connection, original, &records)?);
    }
    cuts.retain(|_, cuts| !cuts.is_empty());
    if cuts.is_empty() {
        return Ok(false);
    }
    cut(connection, &mut writer.chunks, &cuts)?;
    for open in writer.open.values_mut() {
        open.reload(connection)?;
    }
    Ok(true)
}

fn forget(writer: &mut Writer, families: &[Vec<ArticleId>]) -> Result<Forgotten> {
    let changed = writer.this_sequence();
    let connection = &writer.connection;
    // By their rows; with the family, which is named after its first.
    let mut articles: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    for family in families {
        for id in family {
            let mut select = connection.prepare_cached("SELECT id FROM articles WHERE public = ?")?;
            let article: Option<i64> = select.query_row([id.0.cast_signed()], |row| row.get(0)).optional()?;
            let name = family.first().unwrap_or(id).0.cast_signed();
            articles.entry(article.ok_or_else(|| no_such_article(*id))?).or_insert((id.0.cast_signed(), name));
        }
    }
    let mut shown = BTreeMap::new();
    let mut former = BTreeSet::new();
    for article in articles.keys() {
        find_originals(connection, *article, &mut shown, &mut former)?;
    }
    let sources = sources_of(connection, shown.keys().chain(&former))?;
    let mut counts = writer.meta.counts;
    for (article, (public, family)) in &articles {
        let query = "SELECT live, NOT EXISTS (SELECT 1 FROM gone WHERE public = ?2) FROM articles WHERE id = ?1";
        let (live, new): (i64, i64) =
            connection.prepare_cached(query)?.query_row((article, public), |row| Ok((row.get(0)?, row.get(1)?)))?;
        counts.articles -= 1;
        counts.live -= live;
        counts.gone += new;
        let removed = connection.prepare_cached("DELETE FROM records WHERE article = ?")?.execute([article])?;
        counts.records -= i64::try_from(removed)?;
        let next: Vec<i64> = connection
            .prepare_cached("SELECT id FROM articles WHERE previous = ?")?
            .query_map([article], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        connection
            .prepare_cached(
                "UPDATE articles SET previous = (SELECT previous FROM articles WHERE id = ?1) WHERE previous = ?1",
            )?
            .execute([article])?;
        next.into_iter().try_for_each(|next| STATES.set(connection, next))?;
        connection.prepare_cached("DELETE FROM articles WHERE id = ?")?.execute([article])?;
        let insert = "INSERT OR REPLACE INTO gone (public, changed, family, seal) VALUES (?, ?, ?, 0)";
        connection.prepare_cached(insert)?.execute((public, changed, family))?;
        GONE.set(connection, *public)?;
    }

    let mut cuts = BTreeMap::new();
    for (original, records) in shown.into_iter().filter(|(original, _)| !former.contains(original)) {
        cuts.insert(original, cuts_of_shown(connection, original, records)?);
    }
    for original in former {
        cuts.insert(original, without_records(connection, original, slice::from_ref(&ALL))?);
    }
    cuts.retain(|_, cuts| !cuts.is_empty());
    cut(connection, &mut writer.chunks, &cuts)?;
    writer.meta.counts = counts;
    let originals = cuts.len() as u64;
    for source in sources {
        if !has_records(&writer.connection, source)? {
            writer.forget_file(source)?;
        }
    }
    Ok(Forgotten { articles: articles.len() as u64, originals })
}

/// The files that hold or held one of these originals.
fn sources_of<'a>(connection: &Connection, originals: impl Iterator<Item = &'a i64>) -> Result<BTreeSet<i64>> {
    let mut sources = BTreeSet::new();
    let mut select = connection.prepare_cached(
        "SELECT id FROM sources WHERE original = ?1 UNION SELECT id FROM sources WHERE partial = ?1
         UNION SELECT source FROM former WHERE original = ?1",
    )?;
    for original in originals {
        for source in select.query_map([original], |row| row.get(0))? {
            sources.insert(source?);
        }
    }
    Ok(sources)
}

/// Whether an article is recorded in what a file holds or held.
pub(super) fn has_records(connection: &Connection, source: i64) -> Result<bool> {
    let mut select = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM records WHERE original IN (
             SELECT original FROM sources WHERE id = ?1 UNION SELECT partial FROM sources WHERE id = ?1
             UNION SELECT original FROM former WHERE source = ?1))",
    )?;
    Ok(select.query_row([source], |row| row.get(0))?)
}

/// Finds the originals in which an article is recorded, with its places in them, and those that the sources of these held
/// before and show no more.
fn find_originals(
    connection: &Connection,
    article: i64,
    recorded: &mut BTreeMap<i64, Cuts>,
    former: &mut BTreeSet<i64>,
) -> Result<()> {
    let mut select = connection
        .prepare_cached("SELECT original, offset, length, file_offset, file_length FROM records WHERE article = ?")?;
    let mut rows = select.query([article])?;
    while let Some(row) = rows.next()? {
        let (offset, length): (i64, i64) = (row.get(1)?, row.get(2)?);
        let place: Option<(i64, i64)> = row.get::<_, Option<i64>>(3)?.zip(row.get(4)?);
        let cuts = recorded.entry(row.get(0)?).or_default();
        cuts.push(offset..offset.saturating_add(length));
        // Where it is not known where it stands in the file, none of the file can stay.
        cuts.push(place.map_or(0..APART, |(offset, length)| offset..offset.saturating_add(length)));
    }
    let mut select = connection.prepare_cached(
        "SELECT DISTINCT f.original FROM former f WHERE f.source IN (
             SELECT s.id FROM records r JOIN sources s ON s.original = r.original WHERE r.article = ?1
             UNION SELECT s.id FROM records r JOIN sources s ON s.partial = r.original WHERE r.article = ?1
             UNION SELECT f.source FROM records r JOIN former f ON f.original = r.original WHERE r.article = ?1)
         AND NOT EXISTS (SELECT 1 FROM sources s WHERE s.original = f.original)
         AND NOT EXISTS (SELECT 1 FROM sources s WHERE s.partial = f.original)",
    )?;
    for original in select.query_map([article], |row| row.get(0))? {
        former.insert(original?);
    }
    Ok(())
}
