//! Takes a query apart: words, quotations and parentheses, with every apostrophe, quotation mark and space made one kind.

use std::ops::Range;

/// One token of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Its bytes in the query as typed.
    pub(super) range: Range<usize>,
    /// Whether it follows the token before it without white space.
    pub(super) glued: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// `(`
    Open,
    /// `)`
    Close,
    /// What stands between quotation marks, and whether they were closed.
    Quote(String, bool),
    /// Anything else up to white space.
    Word(String),
}

/// Takes a query apart.
pub(super) fn tokens(query: &str) -> Vec<Token> {
    let chars: Vec<(usize, char)> = query.char_indices().filter_map(|(at, c)| Some((at, normal(c)?))).collect();
    let mut lexer = Lexer { chars: &chars, at: 0, end: query.len() };
    let mut tokens = Vec::new();
    let mut glued = false;
    while let Some(c) = lexer.peek(0) {
        if c == ' ' {
            lexer.at += 1;
            glued = false;
            continue;
        }
        let start = lexer.offset();
        let kind = match c {
            '(' => lexer.single(Kind::Open),
            ')' => lexer.single(Kind::Close),
            '"' | '«' | '»' => lexer.quote(),
            _ => Kind::Word(lexer.word()),
        };
        tokens.push(Token { kind, range: start..lexer.offset(), glued });
        glued = true;
    }
    tokens
}

/// A character as the language takes it; `None` for what no reader sees.
fn normal(c: char) -> Option<char> {
    Some(match c {
        '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' => {
            return None;
        }
        _ if c.is_whitespace() || c.is_control() => ' ',
        '’' | '‘' | 'ʼ' | '‛' | '`' | '´' | '＇' | '′' => '\'',
        '“' | '”' | '„' | '‟' | '＂' | '″' => '"',
        '−' => '-',
        // Full-width forms lie 0xFEE0 above ASCII.
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        _ => c,
    })
}

struct Lexer<'a> {
    chars: &'a [(usize, char)],
    at: usize,
    end: usize,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).map(|(_, c)| *c)
    }

    /// The byte offset of the next character.
    fn offset(&self) -> usize {
        self.chars.get(self.at).map_or(self.end, |(at, _)| *at)
    }

    fn single(&mut self, kind: Kind) -> Kind {
        self.at += 1;
        kind
    }

    /// `"…"` ends at the next `"`, `«…»` at its `»`; a `»` that opens nothing opens a quotation that `«` closes (»so«).
    fn quote(&mut self) -> Kind {
        let close = match self.peek(0) {
            Some('«') => '»',
            Some('»') => '«',
            _ => '"',
        };
        self.at += 1;
        let mut text = String::new();
        while let Some(c) = self.peek(0) {
            self.at += 1;
            if c == close {
                return Kind::Quote(text, true);
            }
            text.push(c);
        }
        Kind::Quote(text, false)
    }

    fn word(&mut self) -> String {
        let mut word = String::new();
        while let Some(c) = self.peek(0) {
            match c {
                ' ' if self.number_goes_on(&word) => {}
                ' ' | '"' | '«' | '»' | ')' => break,
                '(' => match self.inclusive(&word) {
                    Some(ending) => {
                        word.push_str(&ending);
                        self.at += ending.chars().count();
                        continue;
                    }
                    None => break,
                },
                _ => word.push(c),
            }
            self.at += 1;
        }
        word
    }

    /// Whether a space stands within a number: `1 000`, `12 500 000`.
    fn number_goes_on(&self, word: &str) -> bool {
        let digits = |mut range: Range<usize>| range.all(|ahead| self.peek(ahead).is_some_and(|c| c.is_ascii_digit()));
        let so_far = word.chars().all(|c| c.is_ascii_digit()) && (1..=15).contains(&word.len());
        // What has more than three digits was joined before, three at a time.
        let grouped = word.len() <= 3 || self.chars.get(self.at.wrapping_sub(4)).is_some_and(|(_, c)| *c == ' ');
        so_far && grouped && digits(1..4) && !self.peek(4).is_some_and(char::is_alphanumeric)
    }

    /// An ending in brackets that belongs to the word, as in `auteur(e)s`.
    fn inclusive(&self, word: &str) -> Option<String> {
        word.chars().last().filter(|c| c.is_lowercase())?;
        let mut ending = String::from("(");
        for ahead in 1..=5 {
            let c = self.peek(ahead)?;
            ending.push(c);
            match c {
                ')' if ahead > 1 => return Some(ending),
                _ if c.is_lowercase() => {}
                _ => return None,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(query: &str) -> Vec<String> {
        let show = |token: Token| match token.kind {
            Kind::Open => "(".to_owned(),
            Kind::Close => ")".to_owned(),
            Kind::Quote(text, closed) => format!("«{text}»{}", if closed { "" } else { "!" }),
            Kind::Word(text) => text,
        };
        tokens(query).into_iter().map(show).collect()
    }

    #[test]
    fn tokens_are_told_apart() {
        let cases: &[(&str, &[&str])] = &[
            ("offre de rachat", &["offre", "de", "rachat"]),
            ("“offre de rachat”~3", &["«offre de rachat»", "~3"]),
            ("« Le Point »", &["« Le Point »"]),
            ("titre:(a OU b)", &["titre:", "(", "a", "OU", "b", ")"]),
            ("l’été d\u{AD}ernier\u{202F}!", &["l'été", "dernier", "!"]),
            ("1\u{202F}000 manifestants", &["1000", "manifestants"]),
            ("12 500 000 euros", &["12500000", "euros"]),
            ("2024 100 personnes", &["2024", "100", "personnes"]),
            ("les auteur(e)s (ou non)", &["les", "auteur(e)s", "(", "ou", "non", ")"]),
            ("\"jamais fermé", &["«jamais fermé»!"]),
            ("ＡＢ　Ｃ", &["AB", "C"]),
        ];
        for (query, expected) in cases {
            assert_eq!(shown(query), *expected, "{query}");
        }
    }
}
