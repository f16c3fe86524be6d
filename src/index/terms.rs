//! Term streams: how analysed text reaches tantivy.
//!
//! An article is analysed once and gives the terms of all its fields; tantivy is handed each field's terms as one string
//! and a tokenizer that only takes it apart again. A term is preceded by one control character that says how far its
//! position lies after the one before it. No folded term holds a control character, so none needs escaping.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// The tokenizer's name in the schema.
pub(super) const TOKENIZER: &str = "newsgrep_terms";

/// Positions between two blocks: more than any phrase or NEAR may bridge.
pub(crate) const BLOCK_GAP: u32 = 1000;

const SAME: &str = "\u{1}";
const NEXT: &str = "\u{2}";
const GAP: &str = "\u{3}";

/// The terms of one field of one article, in the order of their positions.
#[derive(Debug, Default)]
pub(super) struct TermStream {
    stream: String,
    position: u32,
}

impl TermStream {
    /// A stream with room for so many bytes.
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self { stream: String::with_capacity(bytes), position: 0 }
    }

    /// Adds a term at a position that is not before that of any term added so far. A joined form (`width` above 1) is a term
    /// of its own: see [`joined`].
    pub(super) fn push(&mut self, position: u32, width: u32, term: &str) {
        if width > 1 {
            self.write(position, &joined(term, width));
        } else {
            self.write(position, term);
        }
    }

    /// Adds a term of a field without positions.
    pub(super) fn push_anywhere(&mut self, term: &str) {
        self.stream.push_str(NEXT);
        self.stream.push_str(term);
    }

    /// The finished stream.
    pub(super) fn finish(self) -> String {
        self.stream
    }

    fn write(&mut self, position: u32, term: &str) {
        while position >= self.position.saturating_add(BLOCK_GAP) {
            self.stream.push_str(GAP);
            self.position += BLOCK_GAP;
        }
        while position > self.position.saturating_add(1) {
            self.stream.push_str(NEXT);
            self.position += 1;
        }
        self.stream.push_str(if position > self.position { NEXT } else { SAME });
        self.position = self.position.max(position);
        self.stream.push_str(term);
    }
}

/// The most positions a joined form covers.
pub(super) const WIDEST: u32 = 8;

/// A joined form as a term of a field with positions: the term, and how many positions it covers. A word that is written
/// joined (`weekend`) and one that is not (`week-end`) are told apart so, for phrases.
pub(super) fn joined(term: &str, width: u32) -> String {
    format!("{term}\u{4}{}", width.min(WIDEST))
}

/// Takes a term stream apart.
#[derive(Clone, Default)]
pub(super) struct TermTokenizer {
    token: Token,
}

impl Tokenizer for TermTokenizer {
    type TokenStream<'a> = TermTokens<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> TermTokens<'a> {
        self.token.reset();
        self.token.position = 0;
        TermTokens { rest: text, token: &mut self.token }
    }
}

/// The terms of a stream, one after the other.
pub(super) struct TermTokens<'a> {
    rest: &'a str,
    token: &'a mut Token,
}

impl TokenStream for TermTokens<'_> {
    fn advance(&mut self) -> bool {
        while let Some((step, after)) = self.rest.split_at_checked(1) {
            let end = after.bytes().position(|byte| byte <= 3).unwrap_or(after.len());
            let (term, rest) = after.split_at_checked(end).unwrap_or((after, ""));
            self.rest = rest;
            self.token.position += match step {
                NEXT => 1,
                GAP => BLOCK_GAP as usize,
                _ => 0,
            };
            if !term.is_empty() {
                self.token.text.clear();
                self.token.text.push_str(term);
                return true;
            }
        }
        false
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(stream: &str) -> Vec<(usize, String)> {
        let mut tokenizer = TermTokenizer::default();
        let mut tokens = tokenizer.token_stream(stream);
        let mut out = Vec::new();
        while tokens.advance() {
            out.push((tokens.token().position, tokens.token().text.clone()));
        }
        out
    }

    #[test]
    fn positions_come_back_as_they_went_in() {
        let mut stream = TermStream::default();
        for (position, width, term) in [
            (0, 1, "le"),
            (1, 1, "week"),
            (1, 2, "weekend"),
            (2, 1, "end"),
            (5, 1, "loin"),
            (4003, 1, "bloc"),
            (4003, 1, "deux"),
        ] {
            stream.push(position, width, term);
        }
        let found = read(&stream.finish());
        let expected =
            [(0, "le"), (1, "week"), (1, "weekend\u{4}2"), (2, "end"), (5, "loin"), (4003, "bloc"), (4003, "deux")];
        assert_eq!(found, expected.map(|(position, term)| (position, term.to_owned())));
    }
}
