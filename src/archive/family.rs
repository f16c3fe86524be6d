//! Which articles belong to one: what a person wants gone stands in its other versions too.

use std::collections::{BTreeMap, HashSet, VecDeque};

use anyhow::Result;
use rusqlite::Connection;

use super::reader::Reader;
use crate::article::ArticleId;

/// Why an article belongs to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kin {
    /// It is the article that was named.
    Itself,
    /// It is an earlier or later version.
    Version,
    /// It has the same key in the same file.
    Key,
    /// It has the same cleaned text.
    Text,
}

impl Reader {
    /// An article with all that belongs to it, itself first: its earlier and later versions, the articles of its key in the same
    /// file, those with its cleaned text unless that is empty; and what belongs to these.
    ///
    /// # Errors
    /// [`FailureKind::NotFound`](crate::problem::FailureKind::NotFound) when there is no such article; when the database fails.
    pub fn family(&self, id: ArticleId) -> Result<Vec<(ArticleId, Kin)>> {
        let _snapshot = self.snapshot()?;
        self.explained(|| {
            let connection = &self.connection;
            let query = "SELECT id FROM articles WHERE public = ?";
            let first = numbers(connection, query, id.0.cast_signed())?.pop().ok_or_else(|| self.unknown(id))?;
            let mut family = BTreeMap::from([(first, Kin::Itself)]);
            let mut waiting = VecDeque::from([first]);
            let mut texts = HashSet::new();
            while let Some(article) = waiting.pop_front() {
                for (kin, found) in [
                    (Kin::Version, versions(connection, article)?),
                    (Kin::Key, of_key(connection, article)?),
                    (Kin::Text, of_text(connection, article, &mut texts)?),
                ] {
                    for other in found {
                        family.entry(other).or_insert_with(|| {
                            waiting.push_back(other);
                            kin
                        });
                    }
                }
            }
            let mut members: Vec<(Kin, i64)> = family.into_iter().map(|(row, kin)| (kin, row)).collect();
            members.sort_unstable();
            let mut named = Vec::with_capacity(members.len());
            for (kin, row) in members {
                let public = numbers(connection, "SELECT public FROM articles WHERE id = ?", row)?;
                named.extend(public.into_iter().map(|public| (ArticleId(public.cast_unsigned()), kin)));
            }
            Ok(named)
        })
    }

    /// The other articles whose files cannot be kept bit by bit when these are forgotten: it is not known where in the file the
    /// forgotten records lie.
    ///
    /// # Errors
    /// When the database fails.
    pub fn without_place(&self, ids: &[ArticleId]) -> Result<Vec<ArticleId>> {
        self.explained(|| {
            let mut select = self.connection.prepare_cached(
                "SELECT DISTINCT b.public FROM articles a JOIN records r ON r.article = a.id
                 JOIN records s ON s.original = r.original JOIN articles b ON b.id = s.article
                 WHERE a.public = ? AND r.file_offset IS NULL",
            )?;
            let mut found = Vec::new();
            for id in ids {
                for public in select.query_map([id.0.cast_signed()], |row| row.get::<_, i64>(0))? {
                    found.push(ArticleId(public?.cast_unsigned()));
                }
            }
            found.retain(|other| !ids.contains(other));
            found.sort_unstable();
            found.dedup();
            Ok(found)
        })
    }
}

fn numbers(connection: &Connection, query: &str, of: i64) -> Result<Vec<i64>> {
    let mut select = connection.prepare_cached(query)?;
    Ok(select.query_map([of], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

fn versions(connection: &Connection, article: i64) -> Result<Vec<i64>> {
    let query = "SELECT previous FROM articles WHERE id = ?1 AND previous IS NOT NULL
                 UNION SELECT id FROM articles WHERE previous = ?1";
    numbers(connection, query, article)
}

/// The articles with the same key in what the same files hold or held.
fn of_key(connection: &Connection, article: i64) -> Result<Vec<i64>> {
    let query = "SELECT s.id FROM records r JOIN sources s ON s.original = r.original WHERE r.article = ?1
                 UNION SELECT s.id FROM records r JOIN sources s ON s.partial = r.original WHERE r.article = ?1
                 UNION SELECT f.source FROM records r JOIN former f ON f.original = r.original WHERE r.article = ?1";
    let mut found = Vec::new();
    for source in numbers(connection, query, article)? {
        let mut select = connection.prepare_cached(
            "WITH held AS (SELECT original FROM sources WHERE id = ?1 UNION SELECT partial FROM sources WHERE id = ?1
                 UNION SELECT original FROM former WHERE source = ?1)
             SELECT DISTINCT a.id FROM held JOIN records r ON r.original = held.original JOIN articles a ON a.id = r.article
             WHERE a.summary ->> 'key' = (SELECT summary ->> 'key' FROM articles WHERE id = ?2)",
        )?;
        for other in select.query_map((source, article), |row| row.get(0))? {
            found.push(other?);
        }
    }
    Ok(found)
}

/// The articles with the same cleaned text; of one without text only itself. `texts` are those that were looked for already: to
/// look for one takes going through all articles.
fn of_text(connection: &Connection, article: i64, texts: &mut HashSet<String>) -> Result<Vec<i64>> {
    let query = "SELECT b.id FROM articles a JOIN articles b ON b.text_hash = a.text_hash
                 WHERE a.id = ? AND coalesce(a.summary ->> 'empty', 0) = 0";
    // Of articles that were cleaned before texts had a digest, only those are found that are the same in all else too.
    let mut found = numbers(connection, query, article)?;
    let mut select = connection.prepare_cached("SELECT summary ->> 'textDigest' FROM articles WHERE id = ?")?;
    let digest: Option<String> = select.query_row([article], |row| row.get(0))?;
    if let Some(digest) = digest
        && texts.insert(digest.clone())
    {
        let mut select = connection.prepare_cached("SELECT id FROM articles WHERE summary ->> 'textDigest' = ?")?;
        for other in select.query_map([digest], |row| row.get(0))? {
            found.push(other?);
        }
    }
    Ok(found)
}
