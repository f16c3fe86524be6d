//! The lead (chapô): what stands between headline and text and calls itself so, or repeats the page's description.

use std::ops::Range;

use super::dom::{Dom, Role};
use super::layout::Piece;
use super::names::{begins_with_by, same};
use super::prune::{Sums, words};
use super::score::is_sentence;
use super::selectors::LEADS;

/// A lead is at least this long, in characters.
const MIN: usize = 30;
/// A word before a lead is at most this long, in bytes.
const MAX_LABEL: usize = 30;
/// A lead is at most this long, in bytes.
const MAX: usize = 2_000;

/// Finds the lead: its places among the pieces. `body` tells the pieces of the chosen body. What an English paper sets under
/// its headline is not always a lead: there, what only repeats the description of the page is not taken for one.
pub(super) fn find(
    dom: &Dom<'_>,
    sums: &Sums,
    pieces: &[Piece],
    body: impl Fn(&Piece) -> bool,
    description: Option<&str>,
    headline: Option<&str>,
    is_english: bool,
) -> Option<Range<usize>> {
    let start = pieces.iter().position(|piece| body(piece) && is_sentence(piece))?;
    let start_node = pieces.get(start)?.node;
    let headings = dom.elements().take_while(|(number, _)| *number < start_node);
    let heading = headings.filter(|(_, node)| node.role == Role::Heading && node.name() == "h1").last();
    let after = heading.map_or(0, |(number, _)| number);
    let is_title = |piece: &Piece| headline.is_some_and(|headline| same(headline, &piece.text));
    let could = |piece: &Piece| {
        let is_prose = piece.size >= MIN && piece.link_share() < 0.5 && !begins_with_by(&piece.text);
        is_prose && piece.node > after && !is_title(piece)
    };
    let is_description = |piece: &Piece| description.is_some_and(|description| repeats(&piece.text, description));
    for (from, piece) in pieces.iter().enumerate().take(start + 1).filter(|(_, piece)| could(piece)) {
        if let Some(element) = lead_around(dom, sums, piece.block) {
            let inside = dom.subtree(element);
            let count = pieces.iter().skip(from).take_while(|piece| inside.contains(&piece.node)).count();
            return Some(from..from + count);
        }
        if from < start && !is_english && is_description(piece) {
            return Some(from..from + 1);
        }
    }
    None
}

/// Whether a text is a description, perhaps with a word before it: the section's, a place.
fn repeats(text: &str, description: &str) -> bool {
    let description = description.trim();
    let label = || text.strip_suffix(description).map(str::len);
    same(description, text) || (description.len() >= MIN && label().is_some_and(|label| label <= MAX_LABEL))
}

/// The element around `block` that calls itself a lead.
fn lead_around(dom: &Dom<'_>, sums: &Sums, block: usize) -> Option<usize> {
    let mut number = block;
    for _ in 0..4 {
        let node = dom.get(number)?;
        let mut words = [node.attr("class"), node.attr("id")].into_iter().flatten().flat_map(words);
        let named = words.any(|word| LEADS.contains(&word.as_str()));
        let property = node.attr("itemprop").is_some_and(|name| matches!(name, "description" | "alternativeHeadline"));
        if (named || property) && sums.held(dom.subtree(number)).text <= MAX {
            return Some(number);
        }
        number = node.parent;
    }
    None
}
