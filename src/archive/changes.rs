//! What an ingest and a check ask of single articles: whether one is there, which have left, and one of them whole.

use std::collections::HashSet;

use anyhow::Result;
use rusqlite::OptionalExtension;

use super::forget::forgotten;
use super::reader::Reader;
use super::rows::Visited;
use super::schema::Meta;
use super::seal::GONE;
use crate::article::ArticleId;

impl Reader {
    /// Whether a live article's record has this BLAKE3 hash.
    ///
    /// # Errors
    /// When the database fails.
    pub fn has(&self, hash: &[u8; 32]) -> Result<bool> {
        self.explained(|| {
            let mut select = self.connection.prepare_cached("SELECT hash FROM articles WHERE public = ? AND live")?;
            let id = ArticleId::of_hash(hash);
            let found: Option<[u8; 32]> = select.query_row([id.0.cast_signed()], |row| row.get(0)).optional()?;
            Ok(found.is_some_and(|found| found == *hash))
        })
    }

    /// The articles that changed after the commit `sequence`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn changed_ids(&self, sequence: u64) -> Result<Vec<ArticleId>> {
        self.ids("SELECT public FROM articles WHERE changed > ?", sequence)
    }

    /// The articles that left after the commit `sequence`: no file has them any more.
    ///
    /// # Errors
    /// When the database fails.
    pub fn left_since(&self, sequence: u64) -> Result<Vec<ArticleId>> {
        self.ids("SELECT public FROM articles WHERE changed > ? AND NOT live", sequence)
    }

    /// The articles that were forgotten and are not to come back. What is damaged or missing is told to `damaged`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forgotten(&self, damaged: &mut dyn FnMut(String)) -> Result<Vec<ArticleId>> {
        let _snapshot = self.snapshot()?;
        self.explained(|| {
            let mut ids = Vec::new();
            let mut broken = HashSet::new();
            GONE.check(&self.connection, &mut |public| {
                broken.insert(ArticleId(public.cast_unsigned()));
            })?;
            for id in forgotten(&self.connection)? {
                if !broken.contains(&id) {
                    ids.push(id);
                }
            }
            if Meta::load(&self.connection)?.counts.gone > i64::try_from(ids.len())? {
                damaged("not every article that was forgotten can be named any more: run newsgrep check".to_owned());
            }
            Ok(ids)
        })
    }

    /// One article as [`Reader::live`] hands them over; without bytes when it has left, `None` when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub fn visit_one(&self, id: ArticleId) -> Result<Option<Visited>> {
        let row: Option<i64> = self.explained(|| {
            let mut select = self.connection.prepare_cached("SELECT id FROM articles WHERE public = ?")?;
            Ok(select.query_row([id.0.cast_signed()], |row| row.get(0)).optional()?)
        })?;
        row.map_or(Ok(None), |row| self.visited(row))
    }

    fn ids(&self, query: &str, sequence: u64) -> Result<Vec<ArticleId>> {
        self.explained(|| {
            let mut select = self.connection.prepare_cached(query)?;
            let ids = select
                .query_map([sequence.cast_signed()], |row| Ok(ArticleId(row.get::<_, i64>(0)?.cast_unsigned())))?;
            Ok(ids.collect::<rusqlite::Result<_>>()?)
        })
    }
}
