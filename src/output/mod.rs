//! Output: what was found, written to a writer that is passed in. One file a format; what is shown and how it is written are
//! apart. Nothing here reads an archive or an index.
//!
//! Nothing in an article can command the terminal: see [`visible()`].

mod article;
mod bars;
mod csv;
mod diff;
mod ids;
mod json;
mod jsonl;
mod ledger;
mod markdown;
mod marked;
mod receipt;
mod rows;
mod style;
mod text;
mod trec;
mod visible;
mod wrap;

use std::io::{self, Write};
use std::time::Duration;

pub use article::write_article;
pub use diff::write_diff;
pub use json::{CleanedRecord, write_cleaned, write_json};
pub use ledger::{shown, write_ledger};
pub use markdown::write_markdown;
pub use receipt::{write_receipt, write_receipt_json};
pub use style::Look;
pub use visible::{VisibleWriter, visible, visible_path};

use crate::index::Name;
use crate::search::{First, Found, Receipt, Row, Tally};

/// The version of everything written as JSON. It only grows, and fields are only added.
pub const SCHEMA: u32 = 1;

/// The answer to one query, or a list of articles.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// The query's id in a file of queries.
    pub id: Option<&'a str>,
    /// Which answer of this run it is, from 0.
    pub number: usize,
    /// What was asked, as typed.
    pub asked: &'a str,
    /// The articles, in order.
    pub found: &'a [Found],
    /// How many articles come before the first of them.
    pub offset: usize,
    /// How many articles match in all.
    pub total: usize,
    /// How many undated articles a date filter left out; `None` without a date filter.
    pub undated: Option<usize>,
    /// How long it took; `None` where that is of no interest.
    pub elapsed: Option<Duration>,
    /// The receipt, where it is part of the answer.
    pub receipt: Option<&'a Receipt>,
}

/// The answer to a query, counted by what articles have.
#[derive(Debug, Clone, Copy)]
pub struct Counted<'a> {
    /// What was asked, as typed.
    pub asked: &'a str,
    /// The counts.
    pub tally: &'a Tally,
    /// The rows to write: all of the tally's, or the first of them.
    pub rows: &'a [Row],
    /// How many rows were left out, and what they sum to.
    pub rest: (usize, u64),
    /// How many undated articles a date filter left out; `None` without a date filter.
    pub undated: Option<usize>,
    /// How long it took; `None` where that is of no interest.
    pub elapsed: Option<Duration>,
    /// The receipt, where it is part of the answer.
    pub receipt: Option<&'a Receipt>,
}

/// The earliest articles of an answer.
#[derive(Debug, Clone, Copy)]
pub struct Firsts<'a> {
    /// What was asked, as typed.
    pub asked: &'a str,
    /// What each is the first of.
    pub name: Name,
    /// The articles, in the order of their dates.
    pub firsts: &'a [First],
    /// How many articles have no such name.
    pub without: u64,
    /// How many articles match in all.
    pub total: u64,
    /// How many undated articles a date filter left out; `None` without a date filter.
    pub undated: Option<usize>,
    /// How long it took; `None` where that is of no interest.
    pub elapsed: Option<Duration>,
    /// The receipt, where it is part of the answer.
    pub receipt: Option<&'a Receipt>,
}

/// A way to write answers.
pub struct Format {
    /// Its name for `--format`.
    pub name: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// Writes one answer.
    pub write: fn(&mut dyn Write, &Answer<'_>, Look) -> io::Result<()>,
    /// Writes counts and first articles; `None` where a format has no place for them.
    pub tables: Option<Tables>,
    /// Whether it shows passages, which cost time to choose.
    pub passages: bool,
}

/// A way to write counts and first articles.
pub struct Tables {
    /// Writes counts.
    pub counts: fn(&mut dyn Write, &Counted<'_>, Look) -> io::Result<()>,
    /// Writes first articles.
    pub firsts: fn(&mut dyn Write, &Firsts<'_>, Look) -> io::Result<()>,
}

/// The formats, the one for people first.
pub const FORMATS: &[Format] = &[text::FORMAT, json::FORMAT, jsonl::FORMAT, csv::FORMAT, ids::FORMAT, trec::FORMAT];

/// The format of that name.
#[must_use]
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// The format when no other is named.
pub const DEFAULT: &Format = &text::FORMAT;
