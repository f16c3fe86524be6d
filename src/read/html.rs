//! Saved pages. The text and the metadata are made out by cleaning; here, bytes become HTML.

use super::charset::{beginning, decode, first};
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
    if first(head.bytes, BEGINNING) != Some('<') {
        return false;
    }
    let start = beginning(head.bytes, BEGINNING).to_ascii_lowercase();
    // A comment or an XML declaration may come first.
    start.contains("<html") || start.contains("<!doctype html") || (start.contains("<head") && start.contains("<meta"))
}

fn draft(bytes: &[u8]) -> Result<Draft, String> {
    let beginning = beginning(bytes, BEGINNING);
    let text = decode(bytes, label(&beginning));
    if text.trim().is_empty() {
        return Err("there is no text in it".to_owned());
    }
    // When the page was saved is no date of the article.
    Ok(Draft { url: saved_from(&beginning), body: Body::Html(without_files(&text)), ..Draft::default() })
}

/// A page without the images and fonts that its saver put into it: nobody reads them, and they may be most of it.
fn without_files(page: &str) -> String {
    const BEGINNING: &str = ";base64,";
    /// What is shorter may be anything, and is in nobody's way.
    const SHORT: usize = 1_000;
    let mut out = String::new();
    let mut rest = page;
    while let Some((before, data)) = rest.split_once(BEGINNING) {
        let is_data = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'%');
        let end = data.bytes().position(|byte| !is_data(byte)).unwrap_or(data.len());
        let (data, after) = data.split_at_checked(end).unwrap_or((data, ""));
        out.extend([before, BEGINNING, if end < SHORT { data } else { "" }]);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The encoding that a page states in a `meta` element or an XML declaration.
fn label(beginning: &str) -> Option<&str> {
    let lower = beginning.to_ascii_lowercase();
    let (at, word) = ["charset=", "encoding="].iter().find_map(|word| Some((lower.find(word)?, word)))?;
    let value = beginning.get(at + word.len()..)?.trim_start_matches(['"', '\'', ' ']);
    let end = value.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':'))).unwrap_or(value.len());
    value.get(..end).filter(|label| !label.is_empty())
}

/// The address that browsers put in a comment when they save a page: SingleFile's `url:`, or `saved from url=(0042)`.
fn saved_from(beginning: &str) -> Option<String> {
    let comment = |opening: &str| beginning.split_once(opening)?.1.split_once("-->").map(|(comment, _)| comment);
    let single_file =
        || comment("Page saved with SingleFile")?.lines().find_map(|line| line.trim().strip_prefix("url:"));
    let marked = || comment("<!-- saved from url=(")?.split_once(')').map(|(_, url)| url);
    single_file().or_else(marked).map(str::trim).filter(|url| url.starts_with("http")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{READER, label, sniff, without_files};
    use crate::article::Body;
    use crate::read::Head;

    #[test]
    fn pages_are_known_by_what_they_begin_with() {
        let sniffs = |bytes: &[u8]| sniff(&Head { bytes, extension: "" });
        let utf_16: Vec<u8> = "\u{FEFF}<!DOCTYPE html><html>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(sniffs(&utf_16));
        assert!(sniffs(b"<?xml version=\"1.0\"?>\n<!-- x -->\n<HTML>"));
        assert!(!sniffs(b"Un titre avec <html> dedans"));
        assert!(!sniffs(b"<rss><channel>"));
    }

    #[test]
    fn files_in_a_page_are_left_out() {
        let page = |data: &str| format!("<p>a<img src=\"data:image/png;base64,{data}\">é ;base64,b</p>");
        assert_eq!(without_files(&page(&"iVBORw0/+".repeat(200))), page(""));
        assert_eq!(without_files(&page("iVBORw0K==")), page("iVBORw0K=="));
        assert_eq!(without_files(";base64,"), ";base64,");
    }

    #[test]
    fn encodings_are_stated_in_several_ways() {
        for page in [
            "<meta charset=iso-8859-1>",
            "<meta content='text/html; charset=iso-8859-1'>",
            "<?xml encoding=\"iso-8859-1\"?>",
        ] {
            assert_eq!(label(page), Some("iso-8859-1"));
        }
        assert_eq!(label("<meta charset="), None);
        let draft = (READER.draft)(b"<html><meta charset='iso-8859-1'><p>L'\xE9t\xE9").unwrap();
        assert_eq!(draft.body, Body::Html("<html><meta charset='iso-8859-1'><p>L'été".to_owned()));
    }

    #[test]
    fn the_address_of_a_saved_page_is_kept() {
        let url = |page: &[u8]| (READER.draft)(page).unwrap().url;
        let single_file = b"<!DOCTYPE html> <html><!--\n Page saved with SingleFile \n url: https://fil.example/a?b=1 \n saved date: Mon Feb 10 2025\n-->";
        assert_eq!(url(single_file).as_deref(), Some("https://fil.example/a?b=1"));
        let marked = b"<!DOCTYPE html>\n<!-- saved from url=(0021)https://fil.example/a -->\n<html>";
        assert_eq!(url(marked).as_deref(), Some("https://fil.example/a"));
        assert_eq!(url(b"<html><!--\n Page saved with SingleFile \n url: file:///tmp/a -->"), None);
    }
}
