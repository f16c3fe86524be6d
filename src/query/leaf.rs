//! Words out of a text: what the analysis of `french` makes of it, as spans.
//!
//! Words side by side are analysed together, as they would be in an article: `1 000` is one number, `G 20` a compound,
//! and the first word of `St Malo` is `saint`.

use super::lexer::{Kind, Token};
use super::tree::{Span, Word};
use crate::french::{Analyzer, Term};

/// How near a text's words must come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// Any form.
    Any,
    /// The folded word (`=`, and names).
    Folded,
    /// Accents and case too (`==`).
    Exact,
}

/// A word of the query after analysis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    width: u32,
    position: u32,
    typed: String,
    pub(super) term: Term,
}

/// Whether these words are small ones, one and all.
pub(super) fn all_small(pieces: &[Piece]) -> bool {
    pieces.iter().all(|piece| piece.term.light.is_none())
}

/// Analyses the words of texts and quotations. Texts that make one word (`1 000`) become one token. In a plain query `*`
/// and `~` say nothing.
pub(super) fn analyse(analyzer: &mut Analyzer, tokens: Vec<Token>, plain: bool) -> Vec<Token> {
    let mut done = Vec::with_capacity(tokens.len());
    let mut run = Vec::new();
    for mut token in tokens {
        match &token.kind {
            Kind::Text(text) if plain || !text.contains(['*', '~']) => {
                run.push(token);
                continue;
            }
            Kind::Text(text) | Kind::Quote(text, _) => token.pieces = pieces(analyzer, text),
            _ => {}
        }
        let elides = token.glued && matches!(token.kind, Kind::Quote(..) | Kind::Open);
        analyse_run(analyzer, std::mem::take(&mut run), elides, &mut done);
        done.push(token);
    }
    analyse_run(analyzer, run, false, &mut done);
    done
}

/// The words of a text.
fn pieces(analyzer: &mut Analyzer, text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    analyzer.analyze(text, &mut |token| {
        let typed = text.get(token.range).unwrap_or_default().to_owned();
        pieces.push(Piece { position: token.position, width: token.width, typed, term: token.term.clone() });
    });
    pieces
}

/// Analyses texts that stand side by side. With `elides`, what follows the last one directly is a quotation or a group,
/// and `l'` before it is no word.
fn analyse_run(analyzer: &mut Analyzer, run: Vec<Token>, elides: bool, done: &mut Vec<Token>) {
    let mut whole = String::new();
    let mut ends = Vec::with_capacity(run.len());
    for token in &run {
        if !(whole.is_empty() || token.glued) {
            whole.push(' ');
        }
        if let Kind::Text(text) = &token.kind {
            whole.push_str(text);
        }
        ends.push(whole.len());
    }
    let length = whole.len();
    if elides && whole.ends_with('\'') {
        whole.push('a');
    }
    // For each text, its words, and the last of the texts it makes one word with.
    let mut found: Vec<(usize, Vec<Piece>)> = (0..run.len()).map(|number| (number, Vec::new())).collect();
    let mut owner = 0;
    analyzer.analyze(&whole, &mut |token| {
        if token.range.start >= length {
            return;
        }
        let first = ends.partition_point(|end| *end <= token.range.start);
        if found.get(owner).is_none_or(|(last, _)| *last < first) {
            owner = first;
        }
        let Some((last, pieces)) = found.get_mut(owner) else { return };
        *last = (*last).max(ends.partition_point(|end| *end < token.range.end));
        let typed = whole.get(token.range).unwrap_or_default().to_owned();
        pieces.push(Piece { position: token.position, width: token.width, typed, term: token.term.clone() });
    });
    let mut within = 0;
    for (number, (mut token, (last, pieces))) in run.into_iter().zip(found).enumerate() {
        if number > 0 && number <= within {
            if let (Some(before), Kind::Text(text)) = (done.last_mut(), &token.kind) {
                before.range.end = token.range.end;
                if let Kind::Text(joined) = &mut before.kind {
                    joined.push(' ');
                    joined.push_str(text);
                }
            }
            continue;
        }
        within = last;
        token.pieces = pieces;
        done.push(token);
    }
}

/// A word as typed, without the `l'` before it and the punctuation around it.
pub(super) fn bare(typed: &str, pieces: &[Piece]) -> String {
    match pieces {
        [piece] => piece.typed.clone(),
        _ => typed.trim_matches(|c: char| c.is_ascii_punctuation()).to_owned(),
    }
}

/// What a word asks for when it stands outside quotation marks: its forms, or its parts side by side. `None` when there
/// is no word in it.
pub(super) fn word(pieces: &[Piece], level: Level) -> Option<Span> {
    one_or(assemble(pieces, level), |parts| Span::Phrase { parts, slop: 0 })
}

/// The words of a quotation, one after the other. `None` when there is no word in it.
///
/// A single word in quotation marks stays a phrase: its plural endings do not matter, its other forms do.
pub(super) fn phrase(pieces: &[Piece], level: Level, slop: u32) -> Option<Span> {
    let parts = assemble(pieces, level);
    match parts.as_slice() {
        [] => None,
        [Span::Word(Word::Folded(_) | Word::Exact { .. })] => parts.into_iter().next(),
        _ => Some(Span::Phrase { parts, slop }),
    }
}

/// One span for each position: a word, or a joined form (`weekend`) or else its parts side by side (`week end`).
fn assemble(pieces: &[Piece], level: Level) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut rest = pieces.iter().peekable();
    while let Some(piece) = rest.next() {
        if piece.width <= 1 {
            spans.push(Span::Word(piece.at(level)));
            continue;
        }
        let end = piece.position + piece.width;
        let mut parts = Vec::new();
        while let Some(part) = rest.next_if(|next| next.position < end && next.width <= 1) {
            parts.push(Span::Word(part.at(level)));
        }
        let apart = one_or(parts, |parts| Span::Phrase { parts, slop: 0 });
        // A joined form has no accents and case of its own to compare.
        let joined = Some(Span::Word(piece.at(level))).filter(|_| level != Level::Exact || apart.is_none());
        spans.extend(one_or(joined.into_iter().chain(apart).collect(), Span::Any));
    }
    spans
}

impl Piece {
    fn at(&self, level: Level) -> Word {
        let folded = self.term.exact.clone();
        match level {
            Level::Any => Word::Stem(self.term.clone()),
            Level::Folded => Word::Folded(folded),
            Level::Exact => Word::Exact { folded, typed: self.typed.clone() },
        }
    }
}

fn one_or(mut spans: Vec<Span>, many: impl Fn(Vec<Span>) -> Span) -> Option<Span> {
    match spans.len() {
        0 => None,
        1 => spans.pop(),
        _ => Some(many(spans)),
    }
}

/// The words of a name given outside a query, one after the other, folded. `None` when there is no word in it.
pub(super) fn name(text: &str) -> Option<Span> {
    phrase(&pieces(&mut Analyzer::new(), text), Level::Folded, 0)
}
