//! Reading: takes bytes, gives [`Draft`]s: what each record says, nothing removed. Never writes, never cleans.
//!
//! A format is one file here and one line in [`READERS`]. Reading has two steps, so that a file of any size needs little
//! memory and its records can be read on several threads: `split` finds where records begin and end, `draft` reads one
//! record from its bytes alone. What `draft` gives depends on those bytes and nothing else.

mod charset;
mod clip;
mod fields;
mod html;
mod json;
mod kinds;
mod markdown;
mod whole;

use std::io::Read;
use std::ops::{ControlFlow, Range};

use crate::article::Draft;

/// The formats, in the order in which they are asked whether a file is theirs.
pub const READERS: &[Reader] = &[json::READER, html::READER, markdown::READER, clip::READER];

/// The reader of that name.
#[must_use]
pub fn reader(name: &str) -> Option<&'static Reader> {
    READERS.iter().find(|reader| reader.name == name)
}

/// What to do with a file.
pub enum Choice {
    /// Read it with this.
    Reader(&'static Reader),
    /// It is of this kind, which newsgrep does not read.
    Other(&'static str),
    /// There is nothing in it.
    Empty,
}

/// Chooses the reader of a file: by what it holds, then by its name. Text of no known kind that a person `named` is read as a
/// clip; naming a file of another kind does not make it one.
#[must_use]
pub fn choose(head: &Head<'_>, named: bool) -> Choice {
    if head.bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head.bytes).iter().all(u8::is_ascii_whitespace) {
        return Choice::Empty;
    }
    if !charset::is_text(head.bytes) {
        return Choice::Other(kinds::kind(head).unwrap_or("not text"));
    }
    let by_content = READERS.iter().find(|reader| (reader.sniff)(head));
    let by_name = || READERS.iter().find(|reader| reader.extensions.contains(&head.extension));
    // A name without ending tells nothing: mail and wire copy often have none.
    match by_content.or_else(|| by_name().filter(|_| !head.extension.is_empty())) {
        Some(reader) => Choice::Reader(reader),
        None => match (kinds::kind(head), by_name()) {
            (Some(kind), _) => Choice::Other(kind),
            (None, Some(reader)) => Choice::Reader(reader),
            (None, None) if named => Choice::Reader(&clip::READER),
            (None, None) => Choice::Other("text of no known kind"),
        },
    }
}

/// The version of the readers: raised when one of them reads what it did not before, so that what was skipped is tried again.
pub const VERSION: u32 = 1;

/// A file format.
pub struct Reader {
    /// Its name, as `format:` and `--format` of the archive know it: `clip`, `html`, `markdown`, `json`.
    pub name: &'static str,
    /// What it reads, in a sentence.
    pub about: &'static str,
    /// File name endings, lower case, without dot, that usually mean it.
    pub extensions: &'static [&'static str],
    /// Whether the beginning of a file (up to [`HEAD`] bytes, and whether that is all of it) looks like it.
    pub sniff: fn(&Head<'_>) -> bool,
    /// Finds the records.
    pub split: Split,
    /// Reads one record.
    pub draft: fn(&[u8]) -> Result<Draft, String>,
}

/// Finds the records of a file and hands each to the sink as soon as its end is known, until the sink says stop. A record
/// that cannot be told apart is handed over as an error and the rest goes on. The outer error is the source failing.
pub type Split = fn(&mut dyn Read, &mut Sink<'_>) -> std::io::Result<()>;

/// Takes what [`Split`] finds.
pub type Sink<'a> = dyn FnMut(Result<Record, BadRecord>) -> ControlFlow<()> + 'a;

/// One record's place and bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its number in the file, from 1.
    pub number: u64,
    /// Its bytes in the file. `None` where the record's bytes are not a range of the file's (a file in UTF-16).
    pub range: Option<Range<u64>>,
    /// Where it lies in the file, in the file's own encoding; `None` where that cannot be told, as in a compressed container.
    pub place: Option<Range<u64>>,
    /// The bytes themselves.
    pub bytes: Vec<u8>,
}

/// A record that could not be told apart from the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRecord {
    /// Its number in the file, from 1.
    pub number: u64,
    /// What is wrong with it.
    pub reason: String,
}

/// How many bytes a reader sees before it says whether a file is its own.
pub const HEAD: usize = 64 * 1024;

/// The beginning of a file.
pub struct Head<'a> {
    /// Up to [`HEAD`] bytes.
    pub bytes: &'a [u8],
    /// The file name's ending, lower case, without dot; empty if none.
    pub extension: &'a str,
}

/// What stands for nothing in a file that begins so: a space, in its own encoding, at even and at odd offsets.
#[must_use]
pub fn blank(head: &[u8]) -> [u8; 2] {
    match charset::utf_16(head) {
        Some(encoding) if encoding == encoding_rs::UTF_16LE => [b' ', 0],
        Some(_) => [0, b' '],
        None => [b' ', b' '],
    }
}

/// What is wrong with a file, record or text of more than `most` bytes, and what to do.
pub(crate) fn too_large(what: &str, most: usize) -> String {
    format!("the {what} is larger than {} MB, which no article is: split it into its articles", most >> 20)
}

#[cfg(test)]
mod tests;
