//! The lead (chapô): what stands between headline and text and calls itself so, or repeats the page's description.

use std::ops::Range;

use super::dom::{Dom, Role};
use super::layout::Piece;
use super::names::same;
use super::prune::{Sums, words};
use super::score::is_sentence;
use super::selectors::LEADS;

/// A lead is at least this long, in characters.
const MIN: usize = 30;
/// A lead is at most this long, in bytes.
const MAX: usize = 2_000;

/// A lead that was found.
pub(super) struct Lead {
    /// Its places among the pieces.
    pub(super) places: Range<usize>,
    /// Whether it is the beginning of the text rather than a summary of it.
    pub(super) is_text: bool,
}

/// Finds the lead. `body` tells the pieces of the chosen body; `is_french` whether the page is in French.
pub(super) fn find(
    dom: &Dom<'_>,
    sums: &Sums,
    pieces: &[Piece],
    body: impl Fn(&Piece) -> bool,
    description: Option<&str>,
    is_french: bool,
) -> Option<Lead> {
    let start = pieces.iter().position(|piece| body(piece) && is_sentence(piece))?;
    let start_node = pieces.get(start)?.node;
    let headings = dom.elements().take_while(|(number, _)| *number < start_node);
    let heading = headings.filter(|(_, node)| node.role == Role::Heading && node.name() == "h1").last();
    let after = heading.map_or(0, |(number, _)| number);
    let could = |piece: &Piece| piece.size >= MIN && piece.link_share() < 0.5 && piece.node > after;
    let is_description = |piece: &Piece| description.is_some_and(|description| same(description, &piece.text));
    for (from, piece) in pieces.iter().enumerate().take(start + 1).filter(|(_, piece)| could(piece)) {
        if let Some((element, is_text)) = lead_around(dom, sums, piece.block) {
            let inside = dom.subtree(element);
            let places = from..from + pieces.iter().skip(from).take_while(|piece| inside.contains(&piece.node)).count();
            let size: usize = pieces.iter().take(places.end).skip(from).map(|piece| piece.size).sum();
            let rest: usize = pieces.iter().skip(places.end).filter(|piece| body(piece)).map(|piece| piece.size).sum();
            return Some(Lead { places, is_text: is_text || is_french || rest < size });
        }
        if from < start && is_french && is_description(piece) {
            return Some(Lead { places: from..from + 1, is_text: true });
        }
    }
    None
}

/// The element around `block` that calls itself a lead, and whether such a lead is text in every language.
fn lead_around(dom: &Dom<'_>, sums: &Sums, block: usize) -> Option<(usize, bool)> {
    let mut number = block;
    for _ in 0..4 {
        let node = dom.get(number)?;
        let mut words = [node.attr("class"), node.attr("id")].into_iter().flatten().flat_map(words);
        let named = words.find_map(|word| LEADS.iter().find(|(lead, _)| *lead == word));
        let property = node.attr("itemprop").is_some_and(|name| matches!(name, "description" | "alternativeHeadline"));
        let found = named.map(|(_, is_text)| *is_text).or(property.then_some(false));
        if let Some(is_text) = found.filter(|_| sums.held(dom.subtree(number)).text <= MAX) {
            return Some((number, is_text));
        }
        number = node.parent;
    }
    None
}
