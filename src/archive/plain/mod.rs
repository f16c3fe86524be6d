//! The archive as plain files, so that nobody depends on newsgrep to get their clippings back.
//!
//! ```text
//! README.txt               what this is and how to read it with other tools
//! manifest.jsonl           one JSON document a line, see below
//! originals/ab/abcdef…     a file as it was read, named by the BLAKE3 of its bytes, once however many paths had it
//! records/ab/abcdef…       a record that is not a run of its file's bytes, named by the BLAKE3 of its bytes
//! ```
//!
//! Each line of the manifest is `{"KIND": {…}, "sum": "…"}`, the sum being the first 64 bits of the BLAKE3 of what stands
//! between the colon after KIND and the comma before `"sum"`. The kinds come in this order: one [`Head`], the
//! [`Original`]s, the [`Source`]s, the [`Article`]s in the order they were added, the [`Forgotten`], the [`Skipped`], one [`End`].
//! What follows from these (which articles are live, the index) is not written. Originals are numbered from 1, so an
//! archive that was read back from plain files is written to the same bytes again.
//!
//! Both ways everything is compared with its hash. What is damaged is named and costs itself alone: of a file that is no
//! longer what it was, the records that still are come through. The files to be read may come from anybody: links below
//! their folder are not followed, and only regular files are read.

mod export;
mod folder;
mod import;
mod target;
#[cfg(test)]
mod tests;

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::Result;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

pub use export::export;
pub use import::import;

use super::schema::{damage, seal_text};

/// The version of the plain files.
const SCHEMA: u32 = 1;

const README: &str = include_str!("README.txt");

/// The names of the two files of every copy.
const README_NAME: &str = "README.txt";
const MANIFEST: &str = "manifest.jsonl";

/// Watches a copy of an archive, and may stop it.
pub trait Watch {
    /// So many steps of so many are done: originals, then articles.
    fn progress(&mut self, done: u64, total: u64);
    /// Something is not what it was.
    fn damage(&mut self, what: &str);
    /// Whether to end early, leaving nothing behind.
    fn stopped(&self) -> bool;
}

/// What a copy did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Copied {
    /// Files' contents copied.
    pub originals: u64,
    /// Articles copied.
    pub articles: u64,
    /// Forgotten articles whose names were copied, so that they stay forgotten.
    pub forgotten: u64,
    /// Damages named.
    pub damages: u64,
    /// Whether it was stopped; nothing is left of the copy then.
    pub interrupted: bool,
}

/// The archive itself.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    schema: u32,
    fingerprint: String,
    /// Milliseconds since 1970, here and everywhere.
    created: i64,
}

/// The content of a file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Original {
    number: u64,
    reader: String,
    length: i64,
    /// BLAKE3 of the file; none while it was not read to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<String>,
    /// The name of the file in `originals`: `hash`, unless articles in it were forgotten or it is incomplete; none when
    /// it is damaged.
    #[serde(skip_serializing_if = "Option::is_none")]
    stored: Option<String>,
    /// Whether articles in it were forgotten and blanks stand in their place.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    redacted: bool,
}

/// A file by its path.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Source {
    path: String,
    /// The path's bytes where they are not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    path_base64: Option<String>,
    size: i64,
    mtime_ns: i64,
    inode: i64,
    device: i64,
    first_seen: i64,
    last_read: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    original: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    partial: Option<u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    former: Vec<Former>,
    /// When anything about the file was last changed, in nanoseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ctime_ns: Option<i64>,
    /// When the file was found gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gone_since: Option<i64>,
}

/// What a source held before.
#[derive(Debug, Serialize, Deserialize)]
struct Former {
    original: u64,
    until: i64,
}

/// An article and where it stands.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Article {
    id: String,
    hash: String,
    text_hash: String,
    reader: String,
    cleaner: u32,
    added: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<String>,
    summary: Box<RawValue>,
    records: Vec<Place>,
}

/// A record: a range of an original, or a file in `records` under the article's hash.
#[derive(Debug, Serialize, Deserialize)]
struct Place {
    original: u64,
    number: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<i64>,
    /// Offset and length in the original of a record that is a file of its own: where it lies there in another encoding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<[i64; 2]>,
}

/// An article that was forgotten and is not to come back.
#[derive(Debug, Serialize, Deserialize)]
struct Forgotten {
    id: String,
    /// The article it was forgotten with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    family: Option<String>,
}

/// A record that could not be taken in, or a file, of which 0 is the record.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Skipped {
    path: String,
    /// The path's bytes where they are not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    path_base64: Option<String>,
    record: i64,
    reason: String,
    /// How many records this stands for.
    count: i64,
    size: i64,
    mtime_ns: i64,
    ctime_ns: i64,
    inode: i64,
    device: i64,
    /// The version of the readers that tried.
    readers: u32,
    since: i64,
}

/// The last line: a manifest without it was cut off.
#[derive(Debug, Serialize, Deserialize)]
struct End {
    /// How many lines stand before.
    lines: u64,
}

/// Whether `dir` holds the plain files of an archive. What is there instead is neither followed nor waited for.
#[must_use]
pub fn is_export(dir: &Path) -> bool {
    if folder::open(dir, Path::new(README_NAME)).is_err() {
        return false;
    }
    let Ok(manifest) = folder::open(dir, Path::new(MANIFEST)) else { return false };
    let mut line = String::new();
    let read = BufReader::new(manifest.take(LONGEST_HEAD)).read_line(&mut line);
    read.is_ok() && parts(line.trim_end()).is_ok_and(|(kind, _)| kind == "archive")
}

/// No first line of a manifest is longer, in bytes.
const LONGEST_HEAD: u64 = 4096;

fn line(kind: &str, body: &impl Serialize) -> Result<String> {
    let body = serde_json::to_string(body)?;
    Ok(format!("{{\"{kind}\":{body},\"sum\":\"{}\"}}\n", seal_text(&body)))
}

/// Takes a line apart into its kind and its body, which is what it was.
fn parts(line: &str) -> Result<(String, Box<RawValue>)> {
    let wrong = || damage("is not what was written");
    let mut fields: std::collections::BTreeMap<String, Box<RawValue>> =
        serde_json::from_str(line).map_err(|_| wrong())?;
    let sum: String = fields.remove("sum").and_then(|sum| serde_json::from_str(sum.get()).ok()).ok_or_else(wrong)?;
    let (kind, body) = fields.pop_first().filter(|(_, body)| seal_text(body.get()) == sum).ok_or_else(wrong)?;
    Ok((kind, body))
}

fn body<T: DeserializeOwned>(body: &RawValue) -> Result<T> {
    serde_json::from_str(body.get()).map_err(|error| damage(format!("makes no sense: {error}")))
}

fn hex(hash: &[u8; 32]) -> String {
    blake3::Hash::from_bytes(*hash).to_string()
}

fn hash(hex: &str) -> Result<[u8; 32]> {
    blake3::Hash::from_hex(hex).map(Into::into).map_err(|_| damage(format!("{hex} is no hash")))
}

/// Where the bytes with this hash stand.
fn place(folder: &str, hash: &[u8; 32]) -> PathBuf {
    let name = hex(hash);
    Path::new(folder).join(name.get(..2).unwrap_or_default()).join(name)
}

/// A path as text, and exactly where that is not exact.
fn path_text(path: Vec<u8>) -> (String, Option<String>) {
    match String::from_utf8(path) {
        Ok(text) => (text, None),
        Err(error) => {
            let bytes = error.into_bytes();
            (String::from_utf8_lossy(&bytes).into_owned(), Some(BASE64_STANDARD.encode(&bytes)))
        }
    }
}

fn path_bytes(path: &str, base64: Option<&str>) -> Result<Vec<u8>> {
    match base64 {
        None => Ok(path.as_bytes().to_vec()),
        Some(text) => BASE64_STANDARD.decode(text).map_err(|_| damage("a path makes no sense")),
    }
}
