//! What operators join: words, quotations, fields and their values.

use super::conjunction::{Item, Small};
use super::days::period;
use super::fields;
use super::leaf::{self, Level};
use super::lexer::{Kind, Token};
use super::parser::{ANYWHERE, Parse, Parser, number};
use super::spans::FURTHEST;
use super::tree::{Field, Part, Property, Query, Span, Word};
use crate::french::fold;

impl Parser<'_> {
    /// One word, quotation, group or field. `None` when there is no word in it.
    pub(super) fn primary(&mut self, field: Field) -> Parse<Option<Item>> {
        match self.peek() {
            Some(Kind::Open) => self.group(field),
            Some(Kind::Quote(..)) => self.quotation(field, Level::Any),
            Some(Kind::Same(level)) => self.same(*level, field),
            Some(Kind::Field(inner)) => self.field(*inner, field),
            Some(Kind::Text(_)) => self.word(field, Level::Any),
            Some(Kind::Tilde(_)) => Err(self.tilde_alone()),
            Some(Kind::And | Kind::Or | Kind::Near(_)) => Err(self.lacks_operand(self.at, "before")),
            Some(Kind::Not | Kind::Minus | Kind::Close) | None => Err(self.lacks_operand(self.at, "after")),
        }
    }

    /// A quotation, with the `~n` that may follow it.
    fn quotation(&mut self, field: Field, level: Level) -> Parse<Option<Item>> {
        let Field::Part(part) = field else { return self.value(field) };
        let slop = self.slop()?;
        let level = if level == Level::Any && fields::holds_names(part) { Level::Folded } else { level };
        let Some(Token { kind: Kind::Quote(text, _), pieces, .. }) = self.tokens.get(self.at) else { return Ok(None) };
        let Some(span) = leaf::phrase(pieces, level, slop.unwrap_or(0)) else {
            let suggestion = "Take the quotation marks away, or put words between them.";
            return Err(self.here("there is no word between the quotation marks", suggestion));
        };
        let typed = text.trim().to_owned();
        self.ask(part, &span, typed);
        self.at += 1 + usize::from(slop.is_some());
        Ok(Some(Query::Words(part, span).into()))
    }

    /// The number of `"…"~n`, when it follows.
    fn slop(&mut self) -> Parse<Option<u32>> {
        let suggestion = "Write \"offre rachat\"~3: at most three words between.";
        match self.tokens.get(self.at + 1) {
            Some(Token { kind: Kind::Tilde(digits), glued: true, .. }) => match number(digits) {
                Some(slop) => Ok(Some(slop)),
                None => {
                    self.at += 1;
                    let message = format!("a phrase takes ~ and a number of words, at most {FURTHEST}");
                    Err(self.here(&message, suggestion))
                }
            },
            Some(Token { kind: Kind::Text(text), glued: true, .. }) if text.starts_with('*') => {
                self.at += 1;
                Err(self.here("* may only end a word, not a phrase", suggestion))
            }
            _ => Ok(None),
        }
    }

    /// The word or quotation after `=` or `==`.
    fn same(&mut self, level: Level, field: Field) -> Parse<Option<Item>> {
        let sign = self.at;
        self.at += 1;
        let found = match self.peek() {
            Some(Kind::Text(_)) if self.glued() => self.word(field, level)?,
            Some(Kind::Quote(..)) if self.glued() => self.quotation(field, level)?,
            _ => None,
        };
        let suggestion = "Write =offres, or =\"offre de rachat\", or ==OpenAI.";
        found.map(Some).ok_or_else(|| self.error(self.range(sign), "no word follows =", suggestion))
    }

    /// A field and what it asks for.
    fn field(&mut self, field: Field, outer: Field) -> Parse<Option<Item>> {
        let sign = self.at;
        if outer != ANYWHERE {
            let message = "a field cannot stand within another";
            return Err(self.here(message, "Close the parentheses before it, or quote it if it is text."));
        }
        self.at += 1;
        let found = match self.peek() {
            Some(Kind::Text(text)) if text == "*" && self.glued() => {
                self.at += 1;
                return Ok(Some(Query::Has(field).into()));
            }
            Some(Kind::Minus) if self.glued() => {
                let suggestion = format!("Write -{}.", fields::example(field));
                return Err(self.here("a minus stands before the field", &suggestion));
            }
            Some(_) if self.glued() => self.primary(field)?,
            _ => None,
        };
        found.map(Some).ok_or_else(|| {
            let name = self.text.get(self.range(sign)).unwrap_or_default();
            let example = fields::example(field);
            let suggestion =
                format!("Put a value right after the colon, as in {example}; quote \"{name}\" if it is text.");
            self.error(self.range(sign), &format!("no value follows {name}"), &suggestion)
        })
    }

    /// A word outside quotation marks.
    fn word(&mut self, field: Field, level: Level) -> Parse<Option<Item>> {
        let Field::Part(part) = field else { return self.value(field) };
        if let Some(item) = self.pattern(part, level)? {
            self.at += 1;
            return Ok(Some(item));
        }
        let handle = part == Part::Posts && matches!(self.peek(), Some(Kind::Text(text)) if text.starts_with('@'));
        let names = fields::holds_names(part) || handle;
        Ok(self.text(part, if level == Level::Any && names { Level::Folded } else { level }))
    }

    /// The forms of a word, or its parts side by side.
    pub(super) fn text(&mut self, part: Part, level: Level) -> Option<Item> {
        let token = self.tokens.get_mut(self.at)?;
        self.at += 1;
        let Kind::Text(typed) = &mut token.kind else { return None };
        let (typed, pieces) = (std::mem::take(typed), std::mem::take(&mut token.pieces));
        let typed = leaf::bare(&typed, &pieces);
        let span = leaf::word(&pieces, level)?;
        if level == Level::Any && leaf::all_small(&pieces) {
            let folded = leaf::word(&pieces, Level::Folded)?;
            let terms = pieces.into_iter().map(|piece| piece.term).collect();
            let small = Some(Small { part, folded, typed, terms });
            return Some(Item { query: Query::Words(part, span), small, joined: false });
        }
        self.ask(part, &span, typed);
        Some(Query::Words(part, span).into())
    }

    /// `milliard*` and `Altmann~2`.
    fn pattern(&mut self, part: Part, level: Level) -> Parse<Option<Item>> {
        let Some(Kind::Text(text)) = self.peek() else { return Ok(None) };
        let text = text.trim_end_matches([',', ';', '.', ':', '!', '?', '…']);
        if !text.contains(['*', '~']) || text.contains("://") || text.starts_with("www.") {
            return Ok(None);
        }
        let word = if text.contains('*') { self.prefix(text)? } else { self.fuzzy(text)? };
        let Some(word) = word else { return Ok(None) };
        if level == Level::Exact {
            return Err(self.here("== takes a whole word", "Write ==OpenAI, or open* without ==."));
        }
        let (span, typed) = (Span::Word(word), text.to_owned());
        self.ask(part, &span, typed);
        Ok(Some(Query::Words(part, span).into()))
    }

    fn prefix(&self, text: &str) -> Parse<Option<Word>> {
        let letters = text.split(['*', '\'']).any(|piece| !piece.is_empty());
        if !letters {
            return Err(self.here("* alone stands for every word", "Put at least two letters before it: mi*."));
        }
        let beginning = text.strip_suffix('*').and_then(one_word);
        let Some(prefix) = beginning else {
            let suggestion = "Write milliard*, with letters and digits before the * and nothing else.";
            return Err(self.here("* may only end one word", suggestion));
        };
        if prefix.chars().count() < 2 {
            let message = "one letter before * stands for too many words";
            return Err(self.here(message, "Put at least two letters before it: mi*."));
        }
        Ok(Some(Word::Prefix(prefix)))
    }

    fn fuzzy(&self, text: &str) -> Parse<Option<Word>> {
        let Some((bare, number)) = text.rsplit_once('~') else { return Ok(None) };
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(None);
        }
        let edits = if number.is_empty() { "1" } else { number };
        match (one_word(bare), edits.parse()) {
            (Some(word), Ok(edits @ 1..=2)) => Ok(Some(Word::Fuzzy { word, edits })),
            _ => Err(self.here("~ takes one word and one or two typing errors", "Write Altmann~ or Altmann~2.")),
        }
    }

    /// The value of a field that holds no words.
    fn value(&mut self, field: Field) -> Parse<Option<Item>> {
        let start = self.at;
        let value = self.whole_value(field == Field::Date);
        let range = self.range(start).start..self.range(self.at - 1).end;
        if value.is_empty() || value.chars().all(|c| c == '*') {
            let suggestion = format!("Put a value right after the colon, as in {}.", fields::example(field));
            return Err(self.error(range, "this value is empty", &suggestion));
        }
        Ok(Some(match field {
            Field::Date => {
                let Some((from, to)) = period(&value, self.options.today) else {
                    let suggestion = "Write date:2025, date:2025-02, date:2025-02-10, date:\"10 février 2025\", \
                                      date:2025-02..2025-04, date:>=2025-02, date:hier or date:7j.";
                    return Err(self.error(range, "this is no date", suggestion));
                };
                if from.zip(to).is_some_and(|(from, to)| from > to) {
                    let message = "this period ends before it begins";
                    return Err(self.error(range, message, "Write the earlier day first: date:2025-02..2025-04."));
                }
                Query::Date { from, to }.into()
            }
            Field::Property(Property::Language) => Query::Equals(Property::Language, fields::language(&value)).into(),
            Field::Property(Property::Format) => Query::Equals(Property::Format, fold(&value)).into(),
            Field::Address(address) => Query::Holds(address, value).into(),
            Field::Part(part) => return Ok(self.text(part, Level::Any)),
        }))
    }

    /// A text or quotation; for a date, with what follows it directly: `>="10 février 2025"`.
    fn whole_value(&mut self, goes_on: bool) -> String {
        let mut value = String::new();
        while let Some(Token { kind: Kind::Text(text) | Kind::Quote(text, _), glued, .. }) = self.tokens.get(self.at) {
            if !(value.is_empty() || goes_on && *glued) {
                break;
            }
            value.push_str(text);
            self.at += 1;
        }
        value.trim().to_owned()
    }
}

/// A folded word without the `l'` before it; `None` for what is not one word.
fn one_word(text: &str) -> Option<String> {
    let bare = text.rsplit('\'').next().unwrap_or_default();
    (!bare.is_empty() && bare.chars().all(char::is_alphanumeric)).then(|| fold(bare))
}
