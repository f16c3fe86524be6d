//! The choice of the main text: each piece of text has a value, and the element whose pieces are worth most together is
//! the article.

use super::dom::{Dom, Role};
use super::layout::{Kind, Piece};
use super::prune::words;
use super::selectors::BODIES;

/// What a piece is still worth one element further out: text that stands together is one article, text scattered over a
/// page is many.
const DECAY: f64 = 0.85;
/// The elements that call themselves the article's body are believed when they hold this much of what the best one does.
const BELIEF: f64 = 0.5;

/// The elements that hold the article: one, or several of one kind.
pub(super) fn roots(dom: &Dom<'_>, pieces: &[Piece]) -> Vec<usize> {
    let worths = worths(dom, pieces);
    let worth = |number: usize| worths.get(number).copied().unwrap_or(0.0);
    let mut best = 0;
    for (number, node) in dom.elements() {
        if matches!(node.role, Role::Block | Role::Cell | Role::Item) && worth(number) >= worth(best) {
            best = number;
        }
    }
    for bodies in marked(dom) {
        let together: f64 = bodies.iter().map(|&number| worth(number)).sum();
        if together > 0.0 && together >= BELIEF * worth(best) {
            return bodies;
        }
    }
    with_cells(dom, best, worth)
}

/// A cell is worth at least this to be a part of an article that a table lays out ...
const MIN_CELL: f64 = 200.0;
/// ... and this share of the cell that is worth most.
const CELL_SHARE: f64 = 0.1;

/// The best element, and where it stands in a table that lays out the page, the other cells with text in them.
fn with_cells(dom: &Dom<'_>, best: usize, worth: impl Fn(usize) -> f64) -> Vec<usize> {
    let parent = |&number: &usize| Some(dom.get(number)?.parent).filter(|&parent| parent > 0);
    let mut around = std::iter::successors(Some(best), parent).take(6);
    let table = around.find(|&number| dom.get(number).is_some_and(|node| node.name() == "table") && number != best);
    let Some(table) = table.filter(|_| worth(best) > 0.0) else { return vec![best] };
    let least = (CELL_SHARE * worth(best)).max(MIN_CELL);
    let own = dom.subtree(best);
    let mut cells = Vec::new();
    let mut resume = table;
    for number in dom.subtree(table) {
        let Some(node) = dom.get(number).filter(|_| number >= resume) else { continue };
        let is_other = node.role == Role::Cell && (node.end <= own.start || number >= own.end);
        if number == best || (is_other && worth(number) >= least) {
            cells.push(number);
            resume = node.end;
        }
    }
    cells
}

/// What each node is worth with all that is in it.
fn worths(dom: &Dom<'_>, pieces: &[Piece]) -> Vec<f64> {
    let mut worths = vec![0.0; dom.nodes.len()];
    for piece in pieces {
        if let Some(worth) = worths.get_mut(piece.block) {
            *worth += value(piece);
        }
    }
    for (number, node) in dom.nodes.iter().enumerate().rev().filter(|&(number, _)| number > 0) {
        let worth = worths.get(number).copied().unwrap_or(0.0);
        if let Some(around) = worths.get_mut(node.parent) {
            let is_step =
                !matches!(node.role, Role::Row | Role::Inline) && !matches!(node.name(), "tbody" | "ul" | "ol" | "dl");
            *around += if is_step { DECAY * worth } else { worth };
        }
    }
    worths
}

/// What a piece adds to the element it stands in.
pub(super) fn value(piece: &Piece) -> f64 {
    let size = piece.size as f64;
    let links = piece.link_share();
    if matches!(piece.kind, Kind::Embed(_)) {
        return 0.0;
    }
    if links > 0.5 {
        return -10.0 - size.min(60.0);
    }
    match piece.kind {
        Kind::Heading => -2.0,
        Kind::Item if size > 60.0 => size * (0.6 - links),
        Kind::Item => -6.0,
        Kind::Row => size * 0.3 - 5.0,
        _ if is_sentence(piece) => (size * (1.0 - links)).min(800.0),
        _ => -12.0,
    }
}

/// Whether a piece reads like a sentence or more.
pub(super) fn is_sentence(piece: &Piece) -> bool {
    piece.size > 120 || (piece.size >= 30 && ends_sentence(&piece.text))
}

/// Whether a text ends as sentences do.
pub(super) fn ends_sentence(text: &str) -> bool {
    text.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '”' | '»' | '’' | '\'' | ')' | ']'))
        .ends_with(['.', '!', '?', '…', '。', '！', '？', ':'])
}

/// The elements that say of themselves that they are the article's body, by how sure that is; none within another.
fn marked(dom: &Dom<'_>) -> Vec<Vec<usize>> {
    let mut found: Vec<Vec<usize>> = vec![Vec::new(); BODIES.len() + 1];
    let mut ends = vec![0; BODIES.len() + 1];
    for (number, node) in dom.elements() {
        if matches!(node.name(), "html" | "body") {
            continue;
        }
        let mut add = |rank: usize| {
            if let (Some(list), Some(end)) = (found.get_mut(rank), ends.get_mut(rank))
                && *end <= number
            {
                list.push(number);
                *end = node.end;
            }
        };
        if node.attr("itemprop").is_some_and(|property| property.split_whitespace().any(|word| word == "articleBody")) {
            add(0);
        }
        for value in [node.attr("class"), node.attr("id")].into_iter().flatten() {
            for class in value.split_whitespace() {
                let words: Vec<String> = words(class).collect();
                for (rank, body) in BODIES.iter().enumerate() {
                    if body.iter().all(|word| words.iter().any(|other| other == word)) {
                        add(rank + 1);
                    }
                }
            }
        }
    }
    found
}
