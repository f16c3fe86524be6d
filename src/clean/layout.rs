//! The laid-out text: a whole article as one string that rules can edit and a ledger can replay.
//!
//! Blocks are parted by an empty line (`"\n\n"`). A block that is not a paragraph begins with a marker: a Unicode
//! noncharacter, which no honest text holds and which the first rule removes from any other. The items of one list are
//! blocks of their own, one after the other. An embed is a block `EMBED` followed by its number in `Draft::embeds`.

use std::ops::Range;

use super::Change;
use crate::article::{Block, Draft};

/// Begins the headline.
pub const HEADLINE: char = '\u{FDD0}';
/// Begins the lead.
pub const LEAD: char = '\u{FDD1}';
/// Begins a cross-head.
pub const HEADING: char = '\u{FDD2}';
/// Begins a quotation set apart.
pub const QUOTE: char = '\u{FDD3}';
/// Begins an item of a list.
pub const ITEM: char = '\u{FDD4}';
/// Stands for an embed; its number in `Draft::embeds` follows in decimal digits.
pub const EMBED: char = '\u{FDD5}';

/// Whether `c` is one of the markers.
#[must_use]
pub const fn is_marker(c: char) -> bool {
    matches!(c, HEADLINE..=EMBED)
}

/// A marker's name, for people.
#[must_use]
pub const fn marker_name(c: char) -> Option<&'static str> {
    Some(match c {
        HEADLINE => "headline",
        LEAD => "lead",
        HEADING => "heading",
        QUOTE => "quote",
        ITEM => "item",
        EMBED => "embed",
        _ => return None,
    })
}

/// Whether `c` is a Unicode noncharacter, a marker or not.
#[must_use]
pub const fn is_noncharacter(c: char) -> bool {
    matches!(c, '\u{FDD0}'..='\u{FDEF}') || (c as u32) & 0xFFFE == 0xFFFE
}

/// The characters of a text whose first byte is `wanted`, with their places: what is rare is found without decoding the rest.
/// The bytes within characters are 0x80 to 0xBF; they must not be wanted. `wanted` is best made of comparisons joined by `|`.
pub(super) fn chars_led_by(text: &str, wanted: impl Fn(u8) -> bool + Copy) -> impl Iterator<Item = (usize, char)> {
    bytes(text, wanted).filter_map(|at| Some((at, text.get(at..)?.chars().next()?)))
}

/// Where the bytes of a text are that are `wanted`.
pub(super) fn bytes(text: &str, wanted: impl Fn(u8) -> bool + Copy) -> impl Iterator<Item = usize> {
    let (mut rest, mut at) = (text.as_bytes(), 0);
    std::iter::from_fn(move || {
        // What is rare is not in most chunks, and a chunk is looked through at once.
        while let Some((chunk, others)) = rest.split_first_chunk()
            && !holds(chunk, wanted)
        {
            (rest, at) = (others, at + CHUNK);
        }
        let found = rest.iter().position(|byte| wanted(*byte))?;
        rest = rest.get(found + 1..)?;
        at += found + 1;
        Some(at - 1)
    })
}

/// Bytes that a processor compares in two steps.
const CHUNK: usize = 32;

/// Whether one of the bytes is wanted. Bytes into bytes: of an answer put together on the way the compiler makes no vectors.
fn holds(chunk: &[u8; CHUNK], wanted: impl Fn(u8) -> bool) -> bool {
    let mut found = [0; CHUNK];
    for (found, byte) in found.iter_mut().zip(chunk) {
        *found = if wanted(*byte) { u8::MAX } else { 0 };
    }
    found.iter().fold(0, |any, found| any | found) != 0
}

/// Whether a text has so many characters. Most are told by their length in bytes.
pub(super) fn has_chars(text: &str, least: usize) -> bool {
    text.len() >= least && (text.len() >= 4 * least || text.chars().count() >= least)
}

/// The blocks of a laid-out text with their places: byte offset and text, marker included.
pub(super) fn blocks(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = Some((0, text));
    std::iter::from_fn(move || {
        let (start, text) = rest?;
        // Every rule asks for the blocks, and single bytes are found fastest.
        let mut lines = text.match_indices('\n').map(|(at, _)| at);
        let end = lines.find(|at| text.as_bytes().get(at + 1) == Some(&b'\n'));
        let block = text.get(..end.unwrap_or(text.len()))?;
        rest = end.and_then(|end| Some((start + end + 2, text.get(end + 2..)?)));
        Some((start, block))
    })
}

/// Takes a block's marker off.
pub(super) fn unmarked(block: &str) -> (Option<char>, &str) {
    match block.chars().next() {
        Some(marker) if is_marker(marker) => (Some(marker), block.get(marker.len_utf8()..).unwrap_or_default()),
        _ => (None, block),
    }
}

/// Reads a laid-out text: headline, lead and blocks of the article.
pub(super) fn read(draft: &mut Draft) -> (Option<String>, Option<String>, Vec<Block>) {
    let (mut headline, mut lead, mut article) = (None::<String>, None::<String>, Vec::new());
    for (_, block) in blocks(&draft.text) {
        let (marker, text) = unmarked(block);
        let text = text.trim().to_owned();
        if text.is_empty() {
            continue;
        }
        match marker {
            Some(HEADLINE) if headline.is_none() => headline = Some(text.replace('\n', " ")),
            Some(LEAD) => lead = Some(lead.map_or_else(|| text.clone(), |lead| format!("{lead}\n{text}"))),
            Some(HEADING) => article.push(Block::Heading { text: text.replace('\n', " ") }),
            Some(QUOTE) => article.push(Block::Quote { text }),
            Some(ITEM) => match article.last_mut() {
                Some(Block::List { text: items }) => *items = format!("{items}\n{}", text.replace('\n', " ")),
                _ => article.push(Block::List { text: text.replace('\n', " ") }),
            },
            Some(EMBED) => {
                let embed = text.parse::<usize>().ok().and_then(|number| draft.embeds.get(number)).cloned();
                article.extend(embed.map(|embed| Block::Embed { embed }));
            }
            _ => article.push(Block::Paragraph { text }),
        }
    }
    (headline, lead, article)
}

/// The changes that take whole blocks out, each with the empty line that parts it from its neighbour.
pub(super) fn removals(text: &str, gone: &[Range<usize>]) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for range in gone {
        let start = if range.start == 0 { 0 } else { range.start - 2 };
        // The first block takes the line after it along instead.
        let end = if range.start == 0 { (range.end + 2).min(text.len()) } else { range.end };
        match changes.last_mut() {
            Some(last) if start <= last.range.end => {
                // After the text's first block only the part up to the next block is left to take.
                last.range.end = if last.range.start == 0 { (range.end + 2).min(text.len()) } else { end };
            }
            _ => changes.push(Change { range: start..end, with: String::new() }),
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::*;

    proptest! {
        #[test]
        fn bytes_are_found_where_they_are(text in "[abé’\n]{0,120}") {
            for wanted in [b'a', b'\n', 0xe2] {
                let singly = text.bytes().enumerate().filter(|(_, byte)| *byte == wanted).map(|(at, _)| at);
                prop_assert_eq!(bytes(&text, |byte| byte == wanted).collect::<Vec<_>>(), singly.collect::<Vec<_>>());
            }
        }

        #[test]
        fn blocks_are_parted_by_empty_lines(text in "[aé\n]{0,12}") {
            let found: Vec<&str> = blocks(&text).map(|(_, block)| block).collect();
            prop_assert_eq!(found, text.split("\n\n").collect::<Vec<_>>());
            assert!(has_chars(&text, 6) == (text.chars().count() >= 6) && has_chars(&text, 0));
            assert!(blocks(&text).all(|(at, block)| text.get(at..).is_some_and(|rest| rest.starts_with(block))));
        }
    }
}
