//! Notes at the foot of the page: what the article's own figures lead to, wherever the page sets it.

use std::collections::HashSet;

use super::dom::{Dom, Role};
use super::layout::Piece;

/// Notes of one article.
const MAX_NOTES: usize = 500;
/// What leads to a note is a figure, a letter or a sign, in brackets perhaps; in bytes.
const MAX_MARK: usize = 8;
/// A note is no further inside the element that bears its name than this.
const MAX_OUT: usize = 4;

/// The places, among the pieces, of the notes that lie outside the article; `inside` tells the pieces of the article.
pub(super) fn outside(dom: &Dom<'_>, pieces: &[Piece], inside: impl Fn(usize) -> bool) -> Vec<usize> {
    let links = dom.elements().filter(|(number, node)| node.role == Role::Link && inside(*number));
    let named = links.filter_map(|(number, node)| Some((number, node.attr("href")?.strip_prefix('#')?)));
    let targets = named.filter(|(number, name)| !name.is_empty() && is_mark(&dom.text(*number))).map(|(_, name)| name);
    let targets: HashSet<&str> = targets.take(MAX_NOTES).collect();
    if targets.is_empty() {
        return Vec::new();
    }
    let is_target = |number: usize| {
        let names = dom.get(number).map(|node| [node.attr("id"), node.attr("name")]);
        names.into_iter().flatten().flatten().any(|name| targets.contains(name))
    };
    let is_note = |piece: &Piece| {
        let parent = |&number: &usize| dom.get(number).map(|node| node.parent).filter(|&parent| parent > 0);
        // The name stands on an element around the note, or on an empty anchor at its beginning.
        let before = (piece.block..=piece.node).any(is_target);
        before || std::iter::successors(Some(piece.block), parent).take(MAX_OUT).any(is_target)
    };
    let outside = pieces.iter().enumerate().filter(|(_, piece)| piece.size > 0 && !inside(piece.node));
    outside.filter(|(_, piece)| is_note(piece)).map(|(at, _)| at).take(MAX_NOTES).collect()
}

fn is_mark(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '*' | '†' | '‡'));
    (1..=MAX_MARK).contains(&bare.len())
        && (bare.chars().all(|c| c.is_ascii_digit() || matches!(c, '*' | '†' | '‡')) || bare.chars().count() == 1)
}
