//! The rows of articles as they are written, each with its seals.

use anyhow::Result;
use rusqlite::OptionalExtension;

use super::seal::{STATES, seal_of_numbers};
use super::writer::{Writer, no_such_article, take};
use super::{NewRecord, Summary, row_seal};
use crate::article::ArticleId;

impl Writer {
    /// Replaces what cleaning made of an article, after a change of the cleaner.
    ///
    /// # Errors
    /// [`FailureKind::NotFound`](crate::problem::FailureKind::NotFound) when there is no such article; when the database fails.
    pub fn reclean(&mut self, id: ArticleId, summary: &Summary, text_hash: &[u8; 32], cleaner: u32) -> Result<()> {
        self.changing(|writer| {
            let query = "SELECT id, hash, reader, added FROM articles WHERE public = ?";
            let row = writer
                .connection
                .prepare_cached(query)?
                .query_row([id.0.cast_signed()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
                .optional()?;
            let Some((article, hash, reader, added)) = row else { return Err(no_such_article(id)) };
            let (article, hash, reader): (i64, [u8; 32], String) = (article, hash, reader);
            let json = serde_json::to_string(summary)?;
            let (first, last) = summary.days().unzip();
            let seal = row_seal(&hash, text_hash, &reader, cleaner, added, (first, last), &json);
            let mut update = writer.connection.prepare_cached(
                "UPDATE articles SET text_hash = ?, cleaner = ?, changed = ?, date_first = ?, date_last = ?, truncated = ?,
                 summary = ?, seal = ? WHERE id = ?",
            )?;
            let changed = writer.this_sequence();
            update.execute((text_hash, cleaner, changed, first, last, summary.truncated, json, seal, article))?;
            STATES.set(&writer.connection, article)
        })
    }

    /// Adds a new article; gives the id of its row.
    pub(super) fn insert_article(
        &mut self,
        record: &NewRecord<'_>,
        reader: &str,
        previous: Option<i64>,
        now: i64,
    ) -> Result<i64> {
        let id = take(&mut self.next.article);
        let json = serde_json::to_string(record.summary)?;
        let (first, last) = record.summary.days().unzip();
        let seal = row_seal(&record.hash, &record.text_hash, reader, record.cleaner, now, (first, last), &json);
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO articles (id, public, hash, text_hash, reader, cleaner, added, changed, live, previous, date_first,
             date_last, truncated, summary, seal, state_seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?)",
        )?;
        let state_seal = seal_of_numbers([Some(id), Some(1), Some(self.this_sequence()), previous]);
        insert.execute(rusqlite::params![
            id,
            ArticleId::of_hash(&record.hash).0.cast_signed(),
            record.hash,
            record.text_hash,
            reader,
            record.cleaner,
            now,
            self.this_sequence(),
            previous,
            first,
            last,
            record.summary.truncated,
            json,
            seal,
            state_seal
        ])?;
        self.meta.counts.articles += 1;
        self.meta.counts.live += 1;
        Ok(id)
    }

    /// Says whether an article is live, and that the index must look at it.
    pub(super) fn set_live(&mut self, article: i64, live: bool) -> Result<()> {
        let mut select = self.connection.prepare_cached("SELECT live, previous FROM articles WHERE id = ?")?;
        let (was, previous): (bool, _) = select.query_row([article], |row| Ok((row.get(0)?, row.get(1)?)))?;
        drop(select);
        let changed = self.this_sequence();
        let seal = seal_of_numbers([Some(article), Some(i64::from(live)), Some(changed), previous]);
        let query = "UPDATE articles SET live = ?, changed = ?, state_seal = ? WHERE id = ?";
        self.connection.prepare_cached(query)?.execute((live, changed, seal, article))?;
        self.meta.counts.live += i64::from(live) - i64::from(was);
        Ok(())
    }
}
