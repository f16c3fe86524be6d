//! Takes a query apart: words, quotations, parentheses and signs, with every apostrophe, quotation mark and space made
//! one kind.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::fields;
use super::leaf::{Level, Piece};
use super::tree::Field;

/// One token of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Its bytes in the query as typed.
    pub(super) range: Range<usize>,
    /// Whether it follows the token before it without white space.
    pub(super) glued: bool,
    /// The words in it: those of a text or quotation, once they are analysed.
    pub(super) pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// `(`
    Open,
    /// `)`
    Close,
    /// `ET`, `AND`
    And,
    /// `OU`, `OR`
    Or,
    /// `SAUF`, `NOT`, and `NON` after `ET`
    Not,
    /// `NEAR/5`: what follows `NEAR`.
    Near(String),
    /// `~5` by itself, or after a quotation: what follows `~`.
    Tilde(String),
    /// `-` before something.
    Minus,
    /// `=` and `==` before something.
    Same(Level),
    /// `titre:`
    Field(Field),
    /// What stands between quotation marks, and whether they were closed.
    Quote(String, bool),
    /// Anything else up to white space.
    Text(String),
}

/// Takes a query apart.
pub(super) fn tokens(query: &str) -> Vec<Token> {
    let mut lexer = Lexer::new(query);
    while let Some(c) = lexer.peek(0) {
        if c == ' ' {
            lexer.at += 1;
            lexer.glued = false;
        } else {
            lexer.push(c);
        }
    }
    lexer.tokens
}

/// Takes a query apart that is nothing but words.
pub(super) fn plain_tokens(query: &str) -> Vec<Token> {
    let mut lexer = Lexer::new(query);
    while lexer.at < lexer.chars.len() {
        let start = lexer.offset();
        let rest = lexer.chars.get(lexer.at..).unwrap_or_default();
        let word: String = rest.iter().map(|(_, c)| *c).take_while(|c| *c != ' ').collect();
        lexer.at += word.chars().count();
        if word.is_empty() {
            lexer.at += 1;
        } else {
            lexer.add(start, Kind::Text(word));
            lexer.glued = false;
        }
    }
    lexer.tokens
}

/// A character as the language takes it; `None` for what no reader sees.
fn normal(c: char) -> Option<char> {
    Some(match c {
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' => {
            return None;
        }
        '\u{2060}'..='\u{2069}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' => return None,
        _ if c.is_whitespace() || c.is_control() => ' ',
        '’' | '‘' | 'ʼ' | '‛' | '`' | '´' | '′' => '\'',
        '“' | '”' | '„' | '‟' => '"',
        '\u{2010}' | '\u{2011}' | '−' | '\u{FE63}' => '-',
        '＂' => '"',
        // Full-width forms lie 0xFEE0 above ASCII.
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        _ => c,
    })
}

struct Lexer {
    /// The characters as the language takes them, each with its bytes in the query.
    chars: Vec<(Range<usize>, char)>,
    at: usize,
    /// The length of the query in bytes.
    end: usize,
    glued: bool,
    /// The number of the last `«`, which may close a `»`.
    last_guillemet: Option<usize>,
    tokens: Vec<Token>,
}

impl Lexer {
    fn new(query: &str) -> Self {
        let taken = |(at, c): (usize, char)| Some((at..at + c.len_utf8(), normal(c)?));
        let chars: Vec<(Range<usize>, char)> = query.char_indices().filter_map(taken).collect();
        let last_guillemet = chars.iter().rposition(|(_, c)| *c == '«');
        Self { chars, at: 0, end: query.len(), glued: false, last_guillemet, tokens: Vec::new() }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).map(|(_, c)| *c)
    }

    /// The byte offset of the next character.
    fn offset(&self) -> usize {
        self.chars.get(self.at).map_or(self.end, |(range, _)| range.start)
    }

    fn add(&mut self, start: usize, kind: Kind) {
        let kind = match kind {
            Kind::Text(text) => Kind::Text(text.nfc().collect()),
            Kind::Quote(text, closed) => Kind::Quote(text.nfc().collect(), closed),
            other => other,
        };
        let last = self.at.checked_sub(1).and_then(|last| self.chars.get(last));
        let end = last.map_or(start, |(range, _)| range.end);
        self.tokens.push(Token { kind, range: start..end, glued: self.glued, pieces: Vec::new() });
        self.glued = true;
    }

    /// Reads the token that begins with `c`.
    fn push(&mut self, c: char) {
        let start = self.offset();
        let before = self.tokens.last().filter(|_| self.glued).map(|token| token.kind.clone());
        let kind = match (c, before) {
            ('(', _) => self.sign(1, Kind::Open),
            (')', _) => self.sign(1, Kind::Close),
            ('"' | '«', _) => self.quote(c),
            ('»', _) if self.last_guillemet.is_some_and(|last| last > self.at) => self.quote(c),
            ('»', _) => self.sign(1, Kind::Text(c.to_string())),
            (_, Some(Kind::Field(field @ (Field::Date | Field::Property(_) | Field::Address(_))))) => {
                Kind::Text(self.word(matches!(field, Field::Address(_))))
            }
            ('-' | '–', _) if self.excludes() => self.sign(1, Kind::Minus),
            ('=', _) if self.peek(1) == Some('=') => self.sign(2, Kind::Same(Level::Exact)),
            ('=', _) => self.sign(1, Kind::Same(Level::Folded)),
            ('~', _) => {
                self.at += 1;
                Kind::Tilde(self.word(false))
            }
            (_, Some(Kind::Field(_) | Kind::Same(_))) => Kind::Text(self.word(false)),
            (_, before) => match self.field() {
                Some((length, field)) => self.sign(length, Kind::Field(field)),
                None => {
                    let word = self.word(false);
                    if before == Some(Kind::Minus) { Kind::Text(word) } else { self.operator(word) }
                }
            },
        };
        self.add(start, kind);
    }

    fn sign(&mut self, length: usize, kind: Kind) -> Kind {
        self.at += length;
        kind
    }

    /// `"…"` ends at the next `"`, `«…»` at its `»`, `»…«` at its `«`.
    fn quote(&mut self, open: char) -> Kind {
        let close = match open {
            '«' => '»',
            '»' => '«',
            other => other,
        };
        self.at += 1;
        let rest = self.chars.get(self.at..).unwrap_or_default();
        let text: String = rest.iter().map(|(_, c)| *c).take_while(|c| *c != close).collect();
        let length = text.chars().count();
        let closed = length < rest.len();
        self.at += length + usize::from(closed);
        Kind::Quote(text, closed)
    }

    /// Whether a dash here excludes what follows it; a dash between spaces is one of typography.
    fn excludes(&self) -> bool {
        let rest = self.chars.get(self.at..).unwrap_or_default();
        let next = rest.iter().map(|(_, c)| *c).find(|c| *c != '-' && *c != '–');
        next.is_some_and(|c| c.is_alphanumeric() || matches!(c, '"' | '«' | '(' | '=' | '@' | '#' | '*' | '~'))
    }

    /// The length of a field name and its colon, when they stand here and begin no address (`url://…`).
    fn field(&self) -> Option<(usize, Field)> {
        let rest = self.chars.get(self.at..).unwrap_or_default().iter().map(|(_, c)| *c);
        let name: String = rest.take(fields::LONGEST + 1).take_while(|c| *c != ':').collect();
        let length = name.chars().count();
        let address = self.peek(length + 1) == Some('/') && self.peek(length + 2) == Some('/');
        let field = fields::named(&name).filter(|_| self.peek(length) == Some(':') && !address)?;
        Some((length + 1, field))
    }

    /// The rest up to white space, a quotation or a parenthesis. Parentheses that close again are part of an address.
    fn word(&mut self, mut address: bool) -> String {
        let mut word = String::new();
        let (mut inner, mut closing) = (0_usize, None);
        while let Some(c) = self.peek(0) {
            address |= c == ':' && self.peek(1) == Some('/') && self.peek(2) == Some('/');
            match c {
                ' ' | '"' | '«' | '»' => break,
                ')' if inner > 0 => inner -= 1,
                ')' => break,
                '(' if address && *closing.get_or_insert_with(|| self.closing()) > inner => {
                    inner += 1;
                    closing = closing.map(|left| left.saturating_sub(1));
                }
                '(' => match self.inclusive(&word) {
                    Some(ending) => {
                        word.push_str(&ending);
                        self.at += ending.chars().count();
                        continue;
                    }
                    None => break,
                },
                _ => {}
            }
            word.push(c);
            self.at += 1;
        }
        word
    }

    /// How many parentheses close before the next white space.
    fn closing(&self) -> usize {
        let rest = self.chars.get(self.at..).unwrap_or_default();
        rest.iter().take_while(|(_, c)| *c != ' ').filter(|(_, c)| *c == ')').count()
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

    /// The operator that a whole word is, if it is one.
    fn operator(&self, word: String) -> Kind {
        match word.as_str() {
            "ET" | "AND" => Kind::And,
            "OU" | "OR" => Kind::Or,
            "SAUF" | "NOT" => Kind::Not,
            "NON" if self.tokens.last().is_some_and(|token| token.kind == Kind::And) => Kind::Not,
            _ => match word.strip_prefix("NEAR") {
                Some(rest) if rest.is_empty() || rest.starts_with(|c: char| c == '/' || c.is_ascii_digit()) => {
                    Kind::Near(rest.to_owned())
                }
                _ => Kind::Text(word),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(query: &str) -> Vec<String> {
        let show = |token: Token| match token.kind {
            Kind::Quote(text, closed) => format!("«{text}»{}", if closed { "" } else { "!" }),
            Kind::Text(text) => text,
            Kind::Near(rest) => format!("NEAR{rest}"),
            Kind::Tilde(rest) => format!("~{rest}"),
            Kind::Field(field) => format!("{}:", fields::name(field)),
            Kind::Same(level) => format!("{level:?}="),
            other => format!("<{other:?}>"),
        };
        tokens(query).into_iter().map(show).collect()
    }

    #[test]
    fn tokens_are_told_apart() {
        let cases: &[(&str, &[&str])] = &[
            ("offre de rachat", &["offre", "de", "rachat"]),
            ("“offre de rachat”~3", &["«offre de rachat»", "~3"]),
            ("« Le Point »x", &["« Le Point »", "x"]),
            ("»so« »x", &["«so»", "»", "x"]),
            ("title:(a OU b)", &["titre:", "<Open>", "a", "<Or>", "b", "<Close>"]),
            ("l’été d\u{AD}ernier\u{202F}!", &["l'été", "dernier", "!"]),
            ("les auteur(e)s (ou non)", &["les", "auteur(e)s", "<Open>", "ou", "non", "<Close>"]),
            ("\"jamais fermé", &["«jamais fermé»!"]),
            ("ＡＢ　Ｃ", &["AB", "C"]),
            (
                "a -b - c – d –e --f a-b",
                &["a", "<Minus>", "b", "-", "c", "–", "d", "<Minus>", "e", "<Minus>", "<Minus>", "f", "a-b"],
            ),
            ("-(a)-\"b\"", &["<Minus>", "<Open>", "a", "<Close>", "<Minus>", "«b»"]),
            ("=a ==b titre:=c", &["Folded=", "a", "Exact=", "b", "titre:", "Folded=", "c"]),
            ("-OU titre:ET =NOT", &["<Minus>", "OU", "titre:", "ET", "Folded=", "NOT"]),
            ("ET NON NON", &["<And>", "<Not>", "NON"]),
            ("NEAR/3 NEAR NEAR5 NEARLY", &["NEAR/3", "NEAR", "NEAR5", "NEARLY"]),
            ("date:>=2025 date:-x lang:=fr", &["date:", ">=2025", "date:", "-x", "lang:", "=fr"]),
            ("url:a.fr/b_(c)/d)", &["url:", "a.fr/b_(c)/d", "<Close>"]),
            ("http://a.fr/(b)(c) x(B)", &["http://a.fr/(b)(c)", "x", "<Open>", "B", "<Close>"]),
            ("Source: AFP source:x url://x", &["Source:", "AFP", "source:", "x", "url://x"]),
        ];
        for (query, expected) in cases {
            assert_eq!(shown(query), *expected, "{query}");
        }
    }

    #[test]
    fn ranges_are_those_of_the_query() {
        let query = "« l’e\u{301}té\u{AD} »\u{AD}\u{a0}(ＡＢ)~２";
        let typed: Vec<&str> = tokens(query).into_iter().filter_map(|token| query.get(token.range)).collect();
        assert_eq!(typed, ["« l’e\u{301}té\u{AD} »", "(", "ＡＢ", ")", "~２"]);
    }

    #[test]
    fn plain_text_has_no_signs() {
        let tokens = plain_tokens(" \"a ET (b)\u{a0}-c ");
        let texts: Vec<Kind> = ["\"a", "ET", "(b)", "-c"].map(|text| Kind::Text(text.to_owned())).into();
        assert_eq!(tokens.into_iter().map(|token| token.kind).collect::<Vec<_>>(), texts);
    }
}
