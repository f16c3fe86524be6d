//! Words out of a text: what the analysis of `french` makes of it, as spans.

use super::tree::{Span, Word};
use crate::french::{Analyzer, Term};

/// How near a text's words must come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// Any form.
    Any,
    /// The folded word (`=`).
    Folded,
    /// Accents and case too (`==`).
    Exact,
    /// A name: folded.
    Name,
}

/// A word of the query after analysis.
struct Piece {
    position: u32,
    width: u32,
    word: Word,
    small: bool,
}

/// What a stretch of text asks for when it stands outside quotation marks.
pub(super) struct Words {
    /// What to look for.
    pub(super) span: Span,
    /// The term, when it is one small word.
    pub(super) small: Option<Term>,
}

/// The words of one stretch of text without spaces: a word, or the parts of a compound side by side. `None` when there is no
/// word in it.
pub(super) fn words(analyzer: &mut Analyzer, text: &str, level: Level) -> Option<Words> {
    let (pieces, terms) = pieces(analyzer, text, level);
    let spans = assemble(&pieces);
    let small = match (pieces.as_slice(), terms.as_slice()) {
        ([piece], [term]) if piece.small => Some(term.clone()),
        _ => None,
    };
    let span = match <[Span; 1]>::try_from(spans) {
        Ok([one]) => one,
        Err(spans) if spans.is_empty() => return None,
        Err(parts) => Span::Phrase { parts, slop: 0 },
    };
    Some(Words { span, small })
}

/// The words of a quotation, one after the other. `None` when there is no word in it.
pub(super) fn phrase(analyzer: &mut Analyzer, text: &str, level: Level, slop: u32) -> Option<Span> {
    let (pieces, _) = pieces(analyzer, text, level);
    let parts = assemble(&pieces);
    (!parts.is_empty()).then_some(Span::Phrase { parts, slop })
}

fn pieces(analyzer: &mut Analyzer, text: &str, level: Level) -> (Vec<Piece>, Vec<Term>) {
    let (mut pieces, mut terms) = (Vec::new(), Vec::new());
    analyzer.analyze(text, &mut |token| {
        let folded = token.term.exact.clone();
        let word = match level {
            Level::Any => Word::Stem(token.term.clone()),
            Level::Folded | Level::Name => Word::Folded(folded),
            Level::Exact => Word::Exact { folded, typed: text.get(token.range.clone()).unwrap_or_default().to_owned() },
        };
        // A joined form has no accents and case of its own to compare.
        if token.width == 1 || level != Level::Exact {
            pieces.push(Piece {
                position: token.position,
                width: token.width,
                word,
                small: token.term.light.is_none(),
            });
            terms.push(token.term.clone());
        }
    });
    (pieces, terms)
}

/// One span for each position: a joined form (`weekend`) or else its parts side by side (`week end`).
fn assemble(pieces: &[Piece]) -> Vec<Span> {
    let end = pieces.iter().map(|piece| piece.position + piece.width).max().unwrap_or_default();
    let mut spans = Vec::new();
    let mut at = pieces.iter().map(|piece| piece.position).min().unwrap_or_default();
    while at < end {
        let here = || pieces.iter().filter(|piece| piece.position == at);
        let joined = here().filter(|piece| piece.width > 1).max_by_key(|piece| piece.width);
        let width = joined.map_or(1, |piece| piece.width);
        let mut parts: Vec<Span> = (at..at + width)
            .filter_map(|position| {
                let words = pieces.iter().filter(|piece| piece.position == position && piece.width == 1);
                either(words.map(|piece| Span::Word(piece.word.clone())).collect())
            })
            .collect();
        let apart = match parts.len() {
            0 => None,
            1 => parts.pop(),
            _ => Some(Span::Phrase { parts, slop: 0 }),
        };
        let joined =
            here().filter(|piece| piece.width == width && width > 1).map(|piece| Span::Word(piece.word.clone()));
        spans.extend(either(joined.chain(apart).collect()));
        at += width;
    }
    spans
}

fn either(mut spans: Vec<Span>) -> Option<Span> {
    match spans.len() {
        0 => None,
        1 => spans.pop(),
        _ => Some(Span::Any(spans)),
    }
}
