//! What the index must look at: articles that came, changed, left or were forgotten, each with what it takes to clean it anew.

use std::collections::HashSet;
use std::ops::ControlFlow;

use anyhow::Result;
use rusqlite::OptionalExtension;

use super::forget::forgotten;
use super::reader::Reader;
use super::record;
use super::rows::{ArticleRow, ROW, Visited, article_row};
use super::schema::Meta;
use super::seal::GONE;
use crate::article::ArticleId;
use crate::problem::is_damage;

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

    /// How many articles changed after the commit `sequence`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count_changed_since(&self, sequence: u64) -> Result<u64> {
        self.explained(|| {
            let mut select = self.connection.prepare_cached("SELECT count(*) FROM articles WHERE changed > ?")?;
            Ok(select.query_row([sequence.cast_signed()], |row| row.get::<_, i64>(0))?.cast_unsigned())
        })
    }

    /// Hands over the articles that changed after the commit `sequence`, those that left too, in the order they were added,
    /// until `sink` says stop. Those [forgotten](Reader::forgotten_since) are not among them.
    ///
    /// # Errors
    /// When the database fails or `sink` does.
    pub fn changed_since(&self, sequence: u64, sink: &mut dyn FnMut(Visited) -> Result<ControlFlow<()>>) -> Result<()> {
        self.visit("SELECT id FROM articles WHERE changed > ? ORDER BY id", sequence.cast_signed(), sink)
    }

    /// The articles that were forgotten after the commit `sequence` and that the index may still have.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forgotten_since(&self, sequence: u64) -> Result<Vec<ArticleId>> {
        self.explained(|| {
            let mut select = self.connection.prepare_cached(
                "SELECT public FROM gone WHERE changed > ? AND public NOT IN (SELECT public FROM articles)",
            )?;
            let ids = select
                .query_map([sequence.cast_signed()], |row| Ok(ArticleId(row.get::<_, i64>(0)?.cast_unsigned())))?;
            Ok(ids.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Hands over all live articles in the order they were added, which is that of their chunks, until `sink` says stop.
    /// Those that are damaged say so, and cost themselves alone.
    ///
    /// # Errors
    /// When the database fails or `sink` does.
    pub fn live(&self, sink: &mut dyn FnMut(Visited) -> Result<ControlFlow<()>>) -> Result<()> {
        self.visit("SELECT id FROM articles WHERE live = ? ORDER BY id", 1, sink)
    }

    fn visit(&self, query: &str, of: i64, sink: &mut dyn FnMut(Visited) -> Result<ControlFlow<()>>) -> Result<()> {
        let _snapshot = self.snapshot()?;
        let rows: Vec<i64> = self.explained(|| {
            let mut select = self.connection.prepare(query)?;
            Ok(select.query_map([of], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
        })?;
        for row in rows {
            let Some(visited) = self.visited(row)? else { continue };
            if sink(visited)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// The article in a row; one that is damaged comes without bytes, so that it costs itself alone.
    pub(super) fn visited(&self, row: i64) -> Result<Option<Visited>> {
        let found = self.explained(|| {
            let mut select = self.connection.prepare_cached(&format!("{ROW} WHERE id = ?"))?;
            select.query_row([row], |row| Ok(article_row(row))).optional()?.transpose()
        });
        let article = match found {
            Ok(Some(article)) => article,
            Ok(None) => return Ok(None),
            Err(error) if is_damage(&error) => return Ok(Some(self.damaged(row, &error))),
            Err(error) => return Err(error),
        };
        let ArticleRow { id, hash, reader, cleaner, text_hash, live, summary, .. } = article;
        let skip = summary.skipped_rules;
        let mut visited = Visited { id, hash, reader, cleaner, text_hash, skip, ..Visited::default() };
        if !live {
            return Ok(Some(visited));
        }
        let read = self.explained(|| {
            visited.paths = record::paths(&self.connection, row)?;
            record::bytes(&self.connection, &mut self.chunks.borrow_mut(), row, &hash)
        });
        match read {
            Ok(bytes) => visited.bytes = Some(bytes),
            Err(error) if is_damage(&error) => visited.damage = Some(format!("article {id}: {error}")),
            Err(error) => return Err(error),
        }
        Ok(Some(visited))
    }

    /// What can still be said of an article whose row is damaged.
    fn damaged(&self, row: i64, error: &anyhow::Error) -> Visited {
        let public = self.connection.query_row("SELECT public FROM articles WHERE id = ?", [row], |row| row.get(0));
        Visited {
            id: ArticleId(public.unwrap_or(0_i64).cast_unsigned()),
            paths: record::paths(&self.connection, row).unwrap_or_default(),
            damage: Some(error.to_string()),
            ..Visited::default()
        }
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
