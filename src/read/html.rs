//! Saved pages. The text and the metadata are made out by cleaning; here, bytes become HTML.

use super::charset::decode;
use super::{Head, Reader, whole};
use crate::article::{Body, Draft};

pub(super) const READER: Reader = Reader {
    name: "html",
    about: "A saved page.",
    extensions: &["html", "htm", "xhtml", "shtml"],
    sniff,
    split: whole::split,
    draft,
};

/// How far into a page its encoding and its saver's comment are looked for, in bytes.
const BEGINNING: usize = 4096;

fn sniff(head: &Head<'_>) -> bool {
    let text = String::from_utf8_lossy(head.bytes.get(..head.bytes.len().min(1024)).unwrap_or_default()).to_lowercase();
    let start = text.trim_start_matches(['\u{FEFF}', '\0']).trim_start();
    // A comment or an XML declaration may come first.
    let page = start.contains("<html") || start.contains("<!doctype html") || (start.contains("<head") && start.contains("<meta"));
    start.starts_with('<') && page
}

fn draft(bytes: &[u8]) -> Result<Draft, String> {
    let beginning = String::from_utf8_lossy(bytes.get(..bytes.len().min(BEGINNING)).unwrap_or(bytes));
    let text = decode(bytes, label(&beginning));
    if text.trim().is_empty() {
        return Err("there is no text in it".to_owned());
    }
    // When the page was saved is no date of the article.
    Ok(Draft { url: saved(&beginning, "url:"), body: Body::Html(text.into_owned()), ..Draft::default() })
}

/// The encoding that a page states in a `meta` element or an XML declaration.
fn label(beginning: &str) -> Option<&str> {
    let lower = beginning.to_ascii_lowercase();
    let (at, word) = ["charset=", "encoding="].iter().find_map(|word| Some((lower.find(word)?, word)))?;
    let value = beginning.get(at + word.len()..)?.trim_start_matches(['"', '\'', ' ']);
    let end = value.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':'))).unwrap_or(value.len());
    value.get(..end).filter(|label| !label.is_empty())
}

/// What the comment of SingleFile (a browser extension that saves pages) says.
fn saved(beginning: &str, field: &str) -> Option<String> {
    let comment = beginning.split("Page saved with SingleFile").nth(1)?.split("-->").next()?;
    let line = comment.lines().find_map(|line| line.trim().strip_prefix(field))?;
    Some(line.trim().to_owned()).filter(|value| !value.is_empty())
}
