//! JSON: the records of every JSON output, and one document for one answer.
//!
//! Escapes what could act on a terminal beyond what JSON itself escapes: a JSON document may be shown with `cat`.

use std::io::{self, Write};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use super::receipt::ReceiptRecord;
use super::visible::is_hidden;
use super::{Answer, Format, Look, SCHEMA, Tables, rows};
use crate::article::{Article, ArticleId, Block, DateHint, Embed};
use crate::search::{Found, Passage};

pub(super) const FORMAT: Format = Format {
    name: "json",
    about: "one document with totals",
    write,
    tables: Some(Tables { counts: rows::json, firsts: rows::json_firsts }),
    passages: true,
};

/// An answer as one document.
#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    query: &'a str,
    total: usize,
    offset: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    undated: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<ReceiptRecord<'a>>,
    hits: Vec<HitRecord<'a>>,
}

/// A hit as it is written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HitRecord<'a> {
    schema: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<&'a str>,
    id: Option<String>,
    key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<f64>,
    headline: Option<&'a str>,
    authors: &'a [String],
    publisher: Option<&'a str>,
    #[serde(flatten)]
    date: Dates<'a>,
    section: Option<&'a str>,
    language: Option<&'a str>,
    url: Option<&'a str>,
    truncated: bool,
    #[serde(flatten)]
    paths: Paths,
    passages: &'a [Passage],
}

impl<'a> HitRecord<'a> {
    pub(super) fn of(found: &'a Found, query: Option<&'a str>) -> Self {
        let article = &found.article;
        Self {
            schema: SCHEMA,
            query,
            id: found.id.map(|id| id.to_string()),
            key: article.key.as_deref(),
            score: found.score,
            headline: article.headline.as_deref(),
            authors: &article.authors,
            publisher: article.publisher.as_deref(),
            date: Dates::of(article),
            section: article.section.as_deref(),
            language: article.language.as_deref(),
            url: article.url.as_deref(),
            truncated: article.truncated,
            paths: Paths::of(&found.paths),
            passages: &found.passages,
        }
    }
}

/// What is known of an article's date.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Dates<'a> {
    date_published: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_hint: Option<&'a DateHint>,
}

impl<'a> Dates<'a> {
    fn of(article: &'a Article) -> Self {
        let stated = article.date_published.as_ref();
        Self {
            date_published: article.date().map(|date| date.to_string()),
            date_text: stated.filter(|stated| stated.date.is_none()).map(|stated| stated.text.as_str()),
            date_source: stated.map(|stated| stated.source.as_str()),
            date_hint: article.date_hint.as_ref(),
        }
    }
}

/// Paths as text and, where one is not UTF-8, exactly.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Paths {
    paths: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    path_base64: Vec<String>,
}

impl Paths {
    fn of(paths: &[Vec<u8>]) -> Self {
        let exact = paths.iter().any(|path| std::str::from_utf8(path).is_err());
        Self {
            paths: paths.iter().map(|path| String::from_utf8_lossy(path).into_owned()).collect(),
            path_base64: if exact {
                paths.iter().map(|path| BASE64_STANDARD.encode(path)).collect()
            } else {
                Vec::new()
            },
        }
    }
}

/// A cleaned article with where it comes from.
#[derive(Debug, Clone, Copy)]
pub struct CleanedRecord<'a> {
    /// The article's name.
    pub id: ArticleId,
    /// The article.
    pub article: &'a Article,
    /// The paths of its file.
    pub paths: &'a [Vec<u8>],
    /// Its record's number there, from 1.
    pub record: Option<u64>,
}

/// A cleaned article as it is written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArticleRecord<'a> {
    schema: u32,
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_base64: Option<String>,
    record: Option<u64>,
    id: String,
    key: Option<&'a str>,
    headline: Option<&'a str>,
    lead: Option<&'a str>,
    authors: &'a [String],
    #[serde(flatten)]
    date: Dates<'a>,
    publisher: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agency: Option<&'a str>,
    section: Option<&'a str>,
    language: Option<&'a str>,
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    tags: &'a [String],
    truncated: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    linear: bool,
    blocks: &'a [Block],
    text: String,
    embeds: Vec<&'a Embed>,
}

/// Writes a cleaned article as one line of JSON.
///
/// # Errors
/// The writer's.
pub fn write_cleaned(out: &mut dyn Write, cleaned: &CleanedRecord<'_>) -> io::Result<()> {
    let article = cleaned.article;
    let path = cleaned.paths.first();
    let record = ArticleRecord {
        schema: SCHEMA,
        path: path.map(|path| String::from_utf8_lossy(path).into_owned()),
        path_base64: path.filter(|path| std::str::from_utf8(path).is_err()).map(|path| BASE64_STANDARD.encode(path)),
        record: cleaned.record,
        id: cleaned.id.to_string(),
        key: article.key.as_deref(),
        headline: article.headline.as_deref(),
        lead: article.lead.as_deref(),
        authors: &article.authors,
        date: Dates::of(article),
        publisher: article.publisher.as_deref(),
        agency: article.agency.as_deref(),
        section: article.section.as_deref(),
        language: article.language.as_deref(),
        url: article.url.as_deref(),
        tags: &article.tags,
        truncated: article.truncated,
        linear: article.linear,
        blocks: &article.blocks,
        text: article.text(),
        embeds: article.embeds().collect(),
    };
    write_json(out, &record)
}

/// Writes a value as one line of JSON that is safe to show.
///
/// # Errors
/// The writer's.
pub fn write_json<T: Serialize>(out: &mut dyn Write, value: &T) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(&mut *out, Safe))?;
    writeln!(out)
}

fn write(out: &mut dyn Write, answer: &Answer<'_>, _look: Look) -> io::Result<()> {
    let document = Document {
        schema: SCHEMA,
        id: answer.id,
        query: answer.asked,
        total: answer.total,
        offset: answer.offset,
        undated: answer.undated,
        receipt: answer.receipt.map(ReceiptRecord::of),
        hits: answer.found.iter().map(|found| HitRecord::of(found, None)).collect(),
    };
    write_json(out, &document)
}

/// Escapes hidden characters too.
struct Safe;

impl Formatter for Safe {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if !fragment.chars().any(is_hidden) {
            return writer.write_all(fragment.as_bytes());
        }
        for c in fragment.chars() {
            let mut buffer = [0; 4];
            if is_hidden(c) {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            } else {
                writer.write_all(c.encode_utf8(&mut buffer).as_bytes())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::write_json;

    #[test]
    fn hidden_characters_are_escaped() {
        let text = "a\u{9B}31m \u{202E}b\u{E0041} é";
        let mut out = Vec::new();
        write_json(&mut out, &text).unwrap();
        let line = String::from_utf8(out).unwrap();
        assert_eq!(line, "\"a\\u009b31m \\u202eb\\udb40\\udc41 é\"\n");
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
    }
}
