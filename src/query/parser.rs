//! Builds the tree: NEAR binds tighter than NOT, NOT tighter than AND, AND tighter than OR; words side by side are AND.

use std::collections::HashSet;
use std::ops::Range;

use super::conjunction::Item;
use super::error::QueryError;
use super::leaf::{self, Level};
use super::lexer::{Kind, Token, plain_tokens, tokens};
use super::spans::FURTHEST;
use super::tree::{Field, Part, Query, Span};
use super::{Asked, Note, Options, Parsed};
use crate::french::{Analyzer, Term};

/// How deep parentheses may be nested, and how many NEAR may be chained.
const DEEPEST: usize = 64;

/// The field of words that stand in none.
pub(super) const ANYWHERE: Field = Field::Part(Part::Anywhere);

pub(super) type Parse<T> = Result<T, QueryError>;

/// Reads one query.
pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) options: &'a Options,
    pub(super) tokens: Vec<Token>,
    /// The number of the next token.
    pub(super) at: usize,
    depth: usize,
    /// Whether what is being read is excluded.
    pub(super) excluded: bool,
    pub(super) notes: Vec<Note>,
    pub(super) asked: Vec<Asked>,
    pub(super) optional: Vec<Term>,
}

/// Reads a query that is not too long.
pub(super) fn parse(text: &str, options: &Options) -> Parse<Parsed> {
    let mut notes = Vec::new();
    let tokens = if options.plain { plain_tokens(text) } else { settled(text, tokens(text), &mut notes)? };
    let tokens = leaf::analyse(&mut Analyzer::new(), tokens, options.plain);
    let (asked, optional) = (Vec::new(), Vec::new());
    let mut parser = Parser { text, options, tokens, at: 0, depth: 0, excluded: false, notes, asked, optional };
    let query = if options.plain { parser.plain() } else { parser.disjunction(ANYWHERE)? };
    let Some(query) = query else {
        let message = "there is no word to look for in this query";
        return Err(parser.error(0..0, message, "Type a word: newsgrep query OpenAI offre"));
    };
    let mut seen = HashSet::new();
    parser.asked.retain(|asked| seen.insert((asked.part, asked.span.clone())));
    Ok(Parsed { query, notes: parser.notes, asked: parser.asked, optional: parser.optional })
}

/// Leaves out parentheses without their partners, and says so, as it says what quotation marks hide.
///
/// One that would change what is excluded, near or in a field is refused.
fn settled(text: &str, tokens: Vec<Token>, notes: &mut Vec<Note>) -> Parse<Vec<Token>> {
    let lone = lone_parentheses(&tokens);
    let lone_note = (!lone.is_empty()).then_some(Note::LoneParenthesis);
    for note in tokens.iter().filter_map(note).chain(lone_note) {
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    let mut kept: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut after_lone = false;
    for (number, token) in tokens.into_iter().enumerate() {
        if !lone.contains(&number) {
            kept.push(Token { glued: token.glued && !after_lone, ..token });
            after_lone = false;
            continue;
        }
        if token.kind == Kind::Open && kept.last().is_some_and(takes_group) {
            let suggestion = "Close it, or take it away.";
            return Err(QueryError::at(text, token.range, "this parenthesis is not closed", suggestion));
        }
        after_lone = true;
    }
    Ok(kept)
}

/// What is to be said of a token.
fn note(token: &Token) -> Option<Note> {
    match &token.kind {
        Kind::Quote(_, false) => Some(Note::OpenQuotation),
        Kind::Quote(quoted, true) if quoted.contains(['*', '~']) => Some(Note::QuotedSigns),
        Kind::Text(text) if text == "»" => Some(Note::LoneQuotation),
        _ => None,
    }
}

/// Whether it makes a difference that a group follows.
const fn takes_group(sign: &Token) -> bool {
    matches!(sign.kind, Kind::Not | Kind::Minus | Kind::Near(_) | Kind::Tilde(_) | Kind::Field(_) | Kind::Same(_))
}

/// The numbers of the parentheses without a partner.
fn lone_parentheses(tokens: &[Token]) -> HashSet<usize> {
    let mut open = Vec::new();
    let mut lone = HashSet::new();
    for (number, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Open => open.push(number),
            Kind::Close if open.pop().is_none() => _ = lone.insert(number),
            _ => {}
        }
    }
    lone.extend(open);
    lone
}

impl Parser<'_> {
    /// Everything is words.
    fn plain(&mut self) -> Option<Query> {
        let mut items = Vec::new();
        while self.peek().is_some() {
            items.extend(self.text(Part::Anywhere, Level::Any));
        }
        self.conjoin(items, true)
    }

    fn disjunction(&mut self, field: Field) -> Parse<Option<Query>> {
        let mut branches = Vec::new();
        let mut sign = None;
        loop {
            let branch = self.conjunction(field)?;
            let more = self.peek() == Some(&Kind::Or);
            match (branch, sign) {
                (Some(branch), _) => branches.push(branch),
                (None, Some(sign)) => return Err(self.lacks_operand(sign, "after")),
                (None, None) if more => return Err(self.lacks_operand(self.at, "before")),
                (None, None) => return Ok(None),
            }
            if !more {
                return Ok(Some(Query::or(branches)));
            }
            sign = Some(self.at);
            self.at += 1;
        }
    }

    fn conjunction(&mut self, field: Field) -> Parse<Option<Query>> {
        let top = self.depth == 0;
        let mut items: Vec<Item> = Vec::new();
        while let Some(kind) = self.peek() {
            let sign = self.at;
            let joined = match kind {
                Kind::Close | Kind::Or => break,
                Kind::And if items.is_empty() => return Err(self.lacks_operand(sign, "before")),
                Kind::And => true,
                _ => false,
            };
            self.at += usize::from(joined);
            if joined && matches!(self.peek(), None | Some(Kind::Close | Kind::Or | Kind::And)) {
                return Err(self.lacks_operand(sign, "after"));
            }
            match self.negation(field)? {
                Some(item) => items.push(Item { joined, ..item }),
                None if joined => return Err(self.lacks_operand(sign, "after")),
                None => {}
            }
        }
        Ok(self.conjoin(items, top))
    }

    fn negation(&mut self, field: Field) -> Parse<Option<Item>> {
        let (mut negated, mut last) = (false, None);
        while let Some(kind @ (Kind::Not | Kind::Minus)) = self.peek() {
            if *kind == Kind::Minus && self.peek_after() == Some(&Kind::Minus) {
                let range = self.range(self.at).start..self.range(self.at + 1).end;
                return Err(self.error(
                    range,
                    "one minus excludes, two say nothing",
                    "Write -Tesla for all but Tesla.",
                ));
            }
            negated = !negated;
            last = Some((self.at, *kind == Kind::Minus));
            self.at += 1;
        }
        let Some((sign, minus)) = last else { return self.near(field) };
        if matches!(self.peek(), None | Some(Kind::Close | Kind::Or | Kind::And | Kind::Near(_))) {
            return Err(self.lacks_operand(sign, "after"));
        }
        let before = self.excluded;
        self.excluded ^= negated;
        let item = if minus { self.primary(field)? } else { self.near(field)? };
        let Some(item) = item else { return Err(self.lacks_operand(sign, "after")) };
        if minus && self.is_near() {
            let message = "a minus excludes one word, and NEAR joins two";
            return Err(self.error(self.range(sign), message, "Write -(Musk NEAR/5 Altman)."));
        }
        // Small words that are excluded are meant.
        let query = self.settle(item);
        self.excluded = before;
        Ok(Some(if negated { query.not() } else { query }.into()))
    }

    fn near(&mut self, field: Field) -> Parse<Option<Item>> {
        let mut start = self.at;
        let mut left = self.primary(field)?;
        let mut links = 0;
        while self.is_near() {
            let sign = self.at;
            links += 1;
            if links > DEEPEST {
                return Err(self.error(
                    self.range(sign),
                    &format!("more than {DEEPEST} NEAR in a row"),
                    "Ask with fewer.",
                ));
            }
            let distance = self.distance()?;
            let (part, left_span) = self.operand(left, start..sign)?;
            self.at += 1;
            if matches!(self.peek(), None | Some(Kind::Close | Kind::Or | Kind::And)) || self.is_near() {
                return Err(self.lacks_operand(sign, "after"));
            }
            let right_start = self.at;
            let right = match self.peek() {
                Some(Kind::Not | Kind::Minus) => None,
                _ => self.primary(field)?,
            };
            let (_, right_span) = self.operand(right, right_start..self.at.max(right_start + 1))?;
            let operands = Box::new((left_span, right_span));
            left = Some(Query::Words(part, Span::Near { operands, distance }).into());
            start = right_start;
        }
        Ok(left)
    }

    /// What stands on one side of NEAR, as a span.
    fn operand(&mut self, item: Option<Item>, tokens: Range<usize>) -> Parse<(Part, Span)> {
        let range = self.range(tokens.start).start..self.range(tokens.end - 1).end;
        if self.tokens.get(tokens.start).is_some_and(|token| matches!(token.kind, Kind::Field(_))) {
            let message = "NEAR joins words, and this is a field";
            return Err(self.error(range, message, "Put the field around both: titre:(Musk NEAR/5 Altman)."));
        }
        if let Some(Item { small: Some(small), query: Query::Words(part, span), .. }) = &item {
            self.ask(*part, span, small.typed.clone());
        }
        item.and_then(|item| span(item.query)).ok_or_else(|| {
            let message = "NEAR joins words, phrases and (a OU b), nothing else";
            self.error(range, message, "Write Musk NEAR/5 (Altman OU \"Sam Altman\").")
        })
    }

    /// Whether NEAR or `~` and a number stand here.
    fn is_near(&self) -> bool {
        matches!(self.peek(), Some(Kind::Near(_) | Kind::Tilde(_)))
    }

    fn distance(&self) -> Parse<u32> {
        let suggestion = "Write Musk NEAR/5 Altman: at most five words between.";
        let digits = match self.peek() {
            Some(Kind::Near(rest)) => rest.strip_prefix('/').unwrap_or_default(),
            Some(Kind::Tilde(_)) if self.glued() => {
                let message = "~ stands after a word, or after a quotation";
                return Err(self.here(message, "Write Altmann~, or \"offre rachat\"~3, or Musk NEAR/5 Altman."));
            }
            Some(Kind::Tilde(rest)) if rest.is_empty() || rest.starts_with(|c: char| !c.is_ascii_digit()) => {
                return Err(self.tilde_alone());
            }
            Some(Kind::Tilde(rest)) => rest,
            _ => "",
        };
        let message = format!("NEAR needs a number of words, at most {FURTHEST}");
        number(digits).ok_or_else(|| self.here(&message, suggestion))
    }

    /// What a pair of parentheses holds.
    pub(super) fn group(&mut self, field: Field) -> Parse<Option<Item>> {
        let open = self.at;
        if self.depth >= DEEPEST {
            let message = format!("parentheses are nested more than {DEEPEST} deep");
            return Err(self.here(&message, "Ask with fewer."));
        }
        self.at += 1;
        self.depth += 1;
        let inner = self.disjunction(field)?;
        self.depth -= 1;
        let Some(query) = inner else {
            let range = self.range(open).start..self.range(self.at).end;
            let suggestion = "Take the parentheses away, or put words between them.";
            return Err(self.error(range, "there is no word between the parentheses", suggestion));
        };
        // Every parenthesis has its partner: what stopped the group is its end.
        self.at += 1;
        Ok(Some(query.into()))
    }

    pub(super) fn peek(&self) -> Option<&Kind> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    pub(super) fn peek_after(&self) -> Option<&Kind> {
        self.tokens.get(self.at + 1).map(|token| &token.kind)
    }

    /// Whether the next token follows the one before without white space.
    pub(super) fn glued(&self) -> bool {
        self.tokens.get(self.at).is_some_and(|token| token.glued)
    }

    /// The bytes of a token.
    pub(super) fn range(&self, number: usize) -> Range<usize> {
        self.tokens.get(number).map_or(self.text.len()..self.text.len(), |token| token.range.clone())
    }

    pub(super) fn lacks_operand(&self, sign: usize, side: &str) -> QueryError {
        let range = self.range(sign);
        let typed = self.text.get(range.clone()).unwrap_or_default();
        let message = format!("nothing stands {side} {typed}");
        let suggestion = match self.tokens.get(sign).map(|token| &token.kind) {
            Some(Kind::Minus) => "Write -Tesla for all but Tesla.".to_owned(),
            Some(Kind::Not) => format!("Write {typed} Tesla; quote it to look for the word: \"{typed}\"."),
            _ => format!("Write Musk {typed} Altman; quote it to look for the word: \"{typed}\"."),
        };
        self.error(range, &message, &suggestion)
    }

    pub(super) fn tilde_alone(&self) -> QueryError {
        self.here("~ needs a word before it", "Write Altmann~, or \"offre rachat\"~3, or Musk NEAR/5 Altman.")
    }

    /// An error at the token that stands here.
    pub(super) fn here(&self, message: &str, suggestion: &str) -> QueryError {
        self.error(self.range(self.at), message, suggestion)
    }

    pub(super) fn error(&self, range: Range<usize>, message: &str, suggestion: &str) -> QueryError {
        QueryError::at(self.text, range, message, suggestion)
    }
}

/// A number of words that is not too large.
pub(super) fn number(digits: &str) -> Option<u32> {
    let number = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten();
    number.filter(|number| *number <= FURTHEST)
}

/// A query of words in one part as one span; `None` for anything else.
fn span(query: Query) -> Option<(Part, Span)> {
    match query {
        Query::Words(part, span) => Some((part, span)),
        Query::Or(branches) => {
            let spans: Vec<(Part, Span)> = branches.into_iter().map(span).collect::<Option<_>>()?;
            let part = spans.first()?.0;
            let all = spans.iter().all(|(other, _)| *other == part);
            all.then(|| (part, Span::Any(spans.into_iter().map(|(_, span)| span).collect())))
        }
        _ => None,
    }
}
