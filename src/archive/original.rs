//! Originals among each other: the same content once, and what a source held before behind what it holds now.

use anyhow::Result;
use rusqlite::{Connection, OptionalExtension};

use super::chunks::remove_pieces;
use super::seal::FORMER;
use super::stream::APART;
use super::writer::Writer;

/// Puts what the source held before behind it. The articles it shares with `by` are recorded there, so only those that
/// left are still recorded under `old`: a file that grows every day does not cost its records every day. Gives how many
/// articles left.
pub(super) fn supersede(writer: &mut Writer, source: i64, old: i64, by: i64, now: i64) -> Result<u64> {
    let connection = &writer.connection;
    let mut counts = writer.meta.counts;
    let shown: bool = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM sources WHERE original = ?1)
             OR EXISTS (SELECT 1 FROM sources WHERE partial = ?1)",
        )?
        .query_row([old], |row| row.get(0))?;
    let articles: Vec<i64> = connection
        .prepare_cached(
            "SELECT DISTINCT article FROM records WHERE original = ?1
             AND article NOT IN (SELECT article FROM records WHERE original = ?2)",
        )?
        .query_map((old, by), |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    if !shown {
        let removed = connection
            .prepare_cached(
                "DELETE FROM records WHERE original = ?1
                 AND article IN (SELECT article FROM records WHERE original = ?2)",
            )?
            .execute((old, by))?;
        counts.records -= i64::try_from(removed)?;
    }
    let incomplete: bool = connection
        .prepare_cached("SELECT hash IS NULL FROM originals WHERE id = ?")?
        .query_row([old], |row| row.get(0))?;
    if incomplete && articles.is_empty() {
        remove_pieces(connection, old, 0..i64::MAX)?;
        let removed = connection.prepare_cached("DELETE FROM former WHERE original = ?")?.execute([old])?;
        counts.former -= i64::try_from(removed)?;
        connection.prepare_cached("DELETE FROM originals WHERE id = ?")?.execute([old])?;
    } else {
        let known = connection
            .prepare_cached("DELETE FROM former WHERE original = ? AND source = ?")?
            .execute((old, source))?;
        let mut insert = connection.prepare_cached("INSERT INTO former VALUES (?, ?, ?, 0)")?;
        insert.execute((old, source, now))?;
        counts.former += 1 - i64::try_from(known)?;
        FORMER.set(connection, old)?;
    }
    writer.meta.counts = counts;
    articles.into_iter().try_fold(0, |left, article| Ok(left + refresh(writer, article)?))
}

/// Finds anew whether an article is live, after a record or a path of it went. Gives 1 if it left.
pub(super) fn refresh(writer: &mut Writer, article: i64) -> Result<u64> {
    let live: bool = writer.connection.prepare_cached(IS_LIVE)?.query_row([article], |row| row.get(0))?;
    writer.set_live(article, live)?;
    Ok(u64::from(!live))
}

/// Whether a record of article ?1 stands in what some source holds.
const IS_LIVE: &str = "
    SELECT EXISTS (SELECT 1 FROM records r JOIN sources s ON s.original = r.original WHERE r.article = ?1)
        OR EXISTS (SELECT 1 FROM records r JOIN sources s ON s.partial = r.original WHERE r.article = ?1)";

/// Another original with the same content: read by the same reader or not, and still whole or with parts forgotten.
#[derive(Clone, Copy)]
pub(super) struct Twin {
    pub(super) id: i64,
    pub(super) same_reader: bool,
    pub(super) whole: bool,
}

pub(super) fn twin(connection: &Connection, hash: &[u8; 32], reader: &str, but: i64) -> Result<Option<Twin>> {
    let mut select = connection.prepare_cached(
        "SELECT id, reader = ?2, kept IS NULL FROM originals WHERE hash = ?1 AND id <> ?3 ORDER BY 2 DESC, 3 DESC LIMIT 1",
    )?;
    let found = select.query_row((hash, reader, but), |row| {
        Ok(Twin { id: row.get(0)?, same_reader: row.get(1)?, whole: row.get(2)? })
    });
    Ok(found.optional()?)
}

pub(super) fn copy_pieces(connection: &Connection, from: i64, to: i64) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO pieces SELECT ?2, offset, length, chunk, start FROM pieces
                         WHERE original = ?1 AND offset < ?3",
        )?
        .execute((from, to, APART))?;
    Ok(())
}
