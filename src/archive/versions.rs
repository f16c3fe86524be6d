//! Which article a new one of a file is the next version of, and what becomes of that one.

use std::collections::HashMap;

use anyhow::Result;
use rusqlite::Connection;

use super::NewRecord;
use super::source::OpenFile;
use super::writer::Writer;
use crate::article::ArticleId;

impl OpenFile {
    /// Whether this source already shows the article.
    pub(super) fn holds(&self, connection: &Connection, article: i64) -> Result<bool> {
        let mut select =
            connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM records WHERE article = ? AND original = ?)")?;
        for original in [Some(self.original), self.before, self.fragment].into_iter().flatten() {
            if select.query_row((article, original), |row| row.get(0))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The article whose next version a new one is: the one with the same key in what this source held before; without
    /// key, the only one.
    pub(super) fn previous(&mut self, connection: &Connection, record: &NewRecord<'_>) -> Result<Option<i64>> {
        let Some(before) = self.before else { return Ok(None) };
        let Some(key) = &record.summary.key else {
            if record.number != 1 {
                return Ok(None);
            }
            let query = "SELECT CASE count(*) WHEN 1 THEN max(article) END FROM
                         (SELECT article FROM records WHERE original = ? LIMIT 2)";
            return Ok(connection.prepare_cached(query)?.query_row([before], |row| row.get(0))?);
        };
        let keys = match &mut self.keys {
            Some(keys) => keys,
            None => self.keys.insert(keys_of(connection, before)?),
        };
        Ok(keys.get(&key_hash(key)).copied())
    }

    /// Takes an article out of the living that has a next version here and stands in no other source.
    pub(super) fn retire(&self, writer: &mut Writer, article: i64) -> Result<()> {
        let query = "SELECT EXISTS (SELECT 1 FROM records r JOIN sources s ON s.original = r.original
                     WHERE r.article = ?1 AND s.id <> ?2) OR EXISTS (SELECT 1 FROM records r JOIN sources s
                     ON s.partial = r.original WHERE r.article = ?1 AND s.id <> ?2)
                     OR EXISTS (SELECT 1 FROM records WHERE article = ?1 AND original = ?3)";
        let stays: bool = writer
            .connection
            .prepare_cached(query)?
            .query_row((article, self.source, self.original), |row| row.get(0))?;
        writer.set_live(article, stays)
    }
}

/// The articles of an original by the hash of their key; of several with one key the last.
fn keys_of(connection: &Connection, original: i64) -> Result<HashMap<u64, i64>> {
    let mut select = connection.prepare_cached(
        "SELECT a.id, a.summary ->> 'key' FROM records r JOIN articles a ON a.id = r.article WHERE r.original = ?",
    )?;
    let mut keys = HashMap::new();
    let mut rows = select.query([original])?;
    while let Some(row) = rows.next()? {
        if let Some(key) = row.get::<_, Option<String>>(1)? {
            keys.insert(key_hash(&key), row.get(0)?);
        }
    }
    Ok(keys)
}

/// Keys may be long; 64 bits tell them apart.
fn key_hash(key: &str) -> u64 {
    ArticleId::of(key.as_bytes()).0
}
