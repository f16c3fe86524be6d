//! What is read: an article, where it stands, which ones a list gives, and what an archive holds.

use std::collections::BTreeMap;

use anyhow::Result;
use rusqlite::Row;

use super::schema::damage;
use super::seal::seal_of_numbers;
use super::{Summary, row_seal};
use crate::article::ArticleId;

/// An article and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct ArticleRow {
    /// Its id.
    pub id: ArticleId,
    /// BLAKE3 of its record's bytes.
    pub hash: [u8; 32],
    /// The hash of its cleaned text.
    pub text_hash: [u8; 32],
    /// The name of the reader that drafts it.
    pub reader: String,
    /// The version of the cleaner that made the summary and the text's hash.
    pub cleaner: u32,
    /// When it was added, in milliseconds since 1970.
    pub added: i64,
    /// Whether some source has it now.
    pub live: bool,
    /// What a list shows of it.
    pub summary: Summary,
    /// The number of its row: articles added later have greater ones.
    pub(super) row: i64,
    pub(super) previous: Option<i64>,
}

/// One place where an article stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// The file, the system's bytes.
    pub path: Vec<u8>,
    /// The record's number in it.
    pub number: u64,
    /// Whether the file had it when it was last read.
    pub current: bool,
}

/// Which articles [`Reader::list`](super::Reader::list) gives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter {
    /// Published on this [day](super::day_number) or later, or perhaps so; leaves out the undated.
    pub since: Option<i32>,
    /// Published on this day or earlier, or perhaps so; leaves out the undated.
    pub until: Option<i32>,
    /// Also those that have left.
    pub old_versions: bool,
    /// In which order.
    pub order: Order,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// Newest first, the undated last.
    #[default]
    Newest,
    /// Oldest first, the undated last.
    Oldest,
    /// As they were added.
    Added,
}

/// An article that the index must look at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visited {
    /// Its id.
    pub id: ArticleId,
    /// BLAKE3 of its record's bytes.
    pub hash: [u8; 32],
    /// The name of the reader that drafts it.
    pub reader: String,
    /// The version of the cleaner last used on it.
    pub cleaner: u32,
    /// The hash of its cleaned text, as that cleaner made it.
    pub text_hash: [u8; 32],
    /// The rules that were left out when it was cleaned.
    pub skip: Vec<String>,
    /// Its record's bytes; `None` when it is not live, or damaged.
    pub bytes: Option<Vec<u8>>,
    /// What is wrong with its row or its bytes, if something is: nothing but its id and paths are to be believed then.
    pub damage: Option<String>,
    /// The files that have it, the system's bytes; at most [`PATHS`].
    pub paths: Vec<Vec<u8>>,
}

/// The most paths that are given for one article.
pub const PATHS: usize = 1000;

/// What an archive holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stats {
    /// Live articles.
    pub articles: u64,
    /// All articles, with those that have left.
    pub all: u64,
    /// Files known.
    pub sources: u64,
    /// Contents of files kept.
    pub originals: u64,
    /// Their length in bytes.
    pub original_bytes: u64,
    /// The length of the chunks that hold them, compressed.
    pub chunk_bytes: u64,
    /// The earliest and latest [day](super::day_number) of a live article.
    pub days: Option<(i32, i32)>,
    /// Live articles without date.
    pub undated: u64,
    /// Live articles whose text is cut off.
    pub truncated: u64,
    /// Live articles without text.
    pub empty: u64,
    /// Records and files that could not be taken in.
    pub skipped: u64,
    /// Live articles by the name of their reader.
    pub readers: Vec<(String, u64)>,
    /// Edits made to live articles, by the name of the rule.
    pub edits: BTreeMap<String, u64>,
    /// Live articles that another version of the cleaner cleaned.
    pub cleaned_otherwise: u64,
}

/// What [`article_row`] reads.
pub(super) const ROW: &str =
    "SELECT id, public, hash, text_hash, reader, cleaner, added, live, previous, date_first, date_last,
                   summary, seal, changed, state_seal FROM articles";

pub(super) fn article_row(row: &Row<'_>) -> Result<ArticleRow> {
    let id = ArticleId(row.get::<_, i64>(1)?.cast_unsigned());
    if !article_seals(row)? {
        return Err(damage(format!("the row of article {id} is damaged")));
    }
    let json = row.get_ref(11)?.as_str().map_err(rusqlite::Error::from)?;
    let summary = serde_json::from_str(json).map_err(|_| damage(format!("the summary of article {id} is damaged")))?;
    Ok(ArticleRow {
        id,
        hash: row.get(2)?,
        text_hash: row.get(3)?,
        reader: row.get(4)?,
        cleaner: row.get(5)?,
        added: row.get(6)?,
        live: row.get::<_, i64>(7)? != 0,
        summary,
        row: row.get(0)?,
        previous: row.get(8)?,
    })
}

/// Whether a row of [`ROW`] is as it was written.
pub(super) fn article_seals(row: &Row<'_>) -> Result<bool> {
    let (hash, text_hash): ([u8; 32], [u8; 32]) = (row.get(2)?, row.get(3)?);
    let reader = row.get_ref(4)?.as_str().map_err(rusqlite::Error::from)?;
    let json = row.get_ref(11)?.as_str().map_err(rusqlite::Error::from)?;
    let days = (row.get(9)?, row.get(10)?);
    let seal = row_seal(&hash, &text_hash, reader, row.get(5)?, row.get(6)?, days, json);
    let state = seal_of_numbers([Some(row.get(0)?), Some(row.get(7)?), Some(row.get(13)?), row.get(8)?]);
    let id = ArticleId(row.get::<_, i64>(1)?.cast_unsigned());
    Ok(seal == row.get::<_, i64>(12)? && state == row.get::<_, i64>(14)? && id == ArticleId::of_hash(&hash))
}
