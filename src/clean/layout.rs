//! The laid-out text: a whole article as one string that rules can edit and a ledger can replay.
//!
//! Blocks are parted by an empty line (`"\n\n"`). A block that is not a paragraph begins with a marker: a Unicode
//! noncharacter, which no honest text holds and which the first rule removes from any other. The items of one list are
//! blocks of their own, one after the other. An embed is a block `EMBED` followed by its number in `Draft::embeds`.

use crate::article::{Article, Block, Draft};

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
