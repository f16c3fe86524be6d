//! Builds the tree: NOT binds tighter than AND, AND tighter than OR; words side by side are AND.

use super::days::period;
use super::error::QueryError;
use super::fields;
use super::leaf::{self, Level};
use super::lexer::{Kind, Token, tokens};
use super::spans::FURTHEST;
use super::tree::{Field, Part, Property, Query, Span, Word};
use super::{Asked, Options, Parsed};
use crate::french::{Analyzer, Term, fold};

/// How deep parentheses may be nested.
const DEEPEST: usize = 64;

/// Reads one query.
pub(super) struct Parser<'a> {
    text: &'a str,
    options: &'a Options,
    analyzer: Analyzer,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    /// Whether what is being read is excluded.
    excluded: bool,
    notes: Vec<String>,
    asked: Vec<Asked>,
    optional: Vec<Term>,
}

type Parse<T> = Result<T, QueryError>;

/// One operand of AND.
struct Item {
    /// `None` when there was no word in it.
    query: Option<Query>,
    /// The small word it is, if it is one and no more.
    small: Option<Small>,
}

/// A small word: dropped unless nothing else was asked.
struct Small {
    part: Part,
    typed: String,
    term: Term,
}

impl From<Query> for Item {
    fn from(query: Query) -> Self {
        Self { query: Some(query), small: None }
    }
}

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str, options: &'a Options, analyzer: Analyzer) -> Self {
        let tokens = tokens(text);
        Self {
            text,
            options,
            analyzer,
            tokens,
            at: 0,
            depth: 0,
            excluded: false,
            notes: Vec::new(),
            asked: Vec::new(),
            optional: Vec::new(),
        }
    }

    pub(super) fn run(mut self) -> Parse<Parsed> {
        let query = if self.options.plain {
            self.plain()
        } else {
            self.settle_parentheses();
            self.disjunction(Field::Part(Part::Anywhere))?
        };
        let Some(query) = query else {
            let instead = "Type a word: newsgrep query OpenAI offre";
            return Err(self.error(0, 0, "there is no word to look for in this query", instead));
        };
        Ok(Parsed { query, notes: self.notes, asked: self.asked, optional: self.optional })
    }

    /// Everything is words.
    fn plain(&mut self) -> Option<Query> {
        let text = self.text.replace(['"', '«', '»', '“', '”', '„'], " ");
        let words: Vec<String> = tokens(&text)
            .into_iter()
            .filter_map(|token| match token.kind {
                Kind::Word(word) | Kind::Quote(word, _) => Some(word),
                Kind::Open | Kind::Close => None,
            })
            .collect();
        let items = words.iter().filter_map(|word| self.word_item(word, Part::Anywhere, Level::Any)).collect();
        self.conjoin(items, true)
    }

    /// A parenthesis without its partner is text.
    fn settle_parentheses(&mut self) {
        let mut open = Vec::new();
        let mut lone = Vec::new();
        for (number, token) in self.tokens.iter().enumerate() {
            match token.kind {
                Kind::Open => open.push(number),
                Kind::Close if open.pop().is_none() => lone.push(number),
                Kind::Close | Kind::Quote(..) | Kind::Word(_) => {}
            }
        }
        lone.extend(open);
        if lone.is_empty() {
            return;
        }
        self.notes.push("a parenthesis without its partner was taken as text".to_owned());
        lone.sort_unstable();
        let mut number = 0;
        self.tokens.retain(|_| {
            number += 1;
            lone.binary_search(&(number - 1)).is_err()
        });
    }

    fn disjunction(&mut self, field: Field) -> Parse<Option<Query>> {
        let mut branches = Vec::new();
        loop {
            let start = self.at;
            let branch = self.conjunction(field)?;
            let operator = self.operator().filter(|operator| *operator == Operator::Or);
            if operator.is_some() && self.at == start {
                return Err(self.misses_operand("nothing stands before it"));
            }
            branches.extend(branch);
            if operator.is_none() {
                break;
            }
            self.at += 1;
            if self.at_end() {
                self.at -= 1;
                return Err(self.misses_operand("nothing stands after it"));
            }
        }
        Ok((!branches.is_empty()).then(|| Query::or(branches)))
    }

    fn conjunction(&mut self, field: Field) -> Parse<Option<Query>> {
        let top = self.depth == 0;
        let mut items = Vec::new();
        while !self.at_end() {
            match self.operator() {
                Some(Operator::Or) => break,
                Some(Operator::And) => {
                    if items.is_empty() {
                        return Err(self.misses_operand("nothing stands before it"));
                    }
                    self.at += 1;
                    if self.at_end() || matches!(self.operator(), Some(Operator::Or | Operator::And)) {
                        self.at -= 1;
                        return Err(self.misses_operand("nothing stands after it"));
                    }
                }
                _ => {}
            }
            items.push(self.negation(field)?);
        }
        Ok(self.conjoin(items, top))
    }

    /// AND of the operands, small words left out unless there is nothing else; OR of the words with `--any`.
    fn conjoin(&mut self, items: Vec<Item>, top: bool) -> Option<Query> {
        let any = top && self.options.any;
        let is_words = |item: &Item| {
            item.small.is_none() && matches!(item.query, Some(Query::Words(..) | Query::Or(_) | Query::And(_)))
        };
        let has_words = items.iter().any(is_words);
        let (mut required, mut words) = (Vec::new(), Vec::new());
        for item in items {
            if let Some(small) = item.small {
                if has_words {
                    self.asked.retain(|asked| asked.typed != small.typed || asked.part != small.part);
                    if any && small.part == Part::Anywhere {
                        self.optional.push(small.term);
                    }
                    continue;
                }
                words.push(Query::Words(small.part, Span::Word(Word::Folded(small.term.exact))));
                continue;
            }
            match item.query {
                Some(query @ (Query::Words(..) | Query::Or(_) | Query::And(_))) => words.push(query),
                Some(other) => required.push(other),
                None => {}
            }
        }
        if any && words.len() > 1 {
            required.insert(0, Query::or(words));
        } else {
            words.append(&mut required);
            required = words;
        }
        (!required.is_empty()).then(|| if required.len() == 1 { required.swap_remove(0) } else { Query::and(required) })
    }

    fn negation(&mut self, field: Field) -> Parse<Item> {
        let mut negated = false;
        let mut last = None;
        while let Some(negation) = self.negation_sign() {
            if negation == Negation::Word {
                last = Some(self.at);
                self.at += 1;
            }
            negated = !negated;
        }
        if self.at_end() || matches!(self.operator(), Some(Operator::Or | Operator::And | Operator::Near)) {
            self.at = last.unwrap_or(self.at.saturating_sub(1));
            return Err(self.misses_operand("nothing stands after it"));
        }
        let before = self.excluded;
        self.excluded ^= negated;
        let item = self.near(field)?;
        self.excluded = before;
        if !negated {
            return Ok(item);
        }
        // A small word that is excluded is meant.
        let small = item.small.map(|small| Query::Words(small.part, Span::Word(Word::Folded(small.term.exact))));
        Ok(Item { query: small.or(item.query).map(|query| Query::Not(Box::new(query))), small: None })
    }

    fn near(&mut self, field: Field) -> Parse<Item> {
        let start = self.at;
        let mut left = self.primary(field)?;
        while self.operator() == Some(Operator::Near) {
            let operator = self.at;
            let distance = self.distance()?;
            self.at += 1;
            if self.at_end() || self.operator().is_some() {
                self.at = operator;
                return Err(self.misses_operand("nothing stands after it"));
            }
            let right_start = self.at;
            let right = self.primary(field)?;
            let (part, one) = self.operand(left, start)?;
            let (other_part, other) = self.operand(right, right_start)?;
            if part != other_part {
                self.at = operator;
                return Err(self.here("NEAR joins words of one field", "Write titre:(Musk NEAR/5 Altman)."));
            }
            left = Query::Words(part, Span::Near { operands: Box::new((one, other)), distance }).into();
        }
        Ok(left)
    }

    /// What stands on one side of NEAR, as a span.
    fn operand(&mut self, item: Item, start: usize) -> Parse<(Part, Span)> {
        let small = item.small.map(|small| Query::Words(small.part, Span::Word(Word::Stem(small.term))));
        let found = small.or(item.query).and_then(|query| span(&query));
        self.at = if found.is_none() { start } else { self.at };
        found.ok_or_else(|| {
            self.here("NEAR joins words, phrases and (a OU b), nothing else", "Write Musk NEAR/5 (Altman OU OpenAI).")
        })
    }

    fn distance(&mut self) -> Parse<u32> {
        let word = self.word().unwrap_or_default();
        let number = word.strip_prefix("NEAR/").or_else(|| word.strip_prefix('~')).unwrap_or_default();
        match number.parse() {
            Ok(distance) if distance <= FURTHEST => Ok(distance),
            _ => Err(self.here(
                &format!("NEAR needs a number of words, at most {FURTHEST}"),
                "Write NEAR/5: at most five words between.",
            )),
        }
    }

    fn primary(&mut self, field: Field) -> Parse<Item> {
        let Some(token) = self.tokens.get(self.at).cloned() else {
            return Err(self.error(self.text.len(), 0, "something is missing here", ""));
        };
        match token.kind {
            Kind::Open => self.group(field),
            Kind::Close => {
                Err(self.here("there is nothing between the parentheses", "Take them away, or put words between them."))
            }
            Kind::Quote(text, closed) => self.quotation(&text, closed, field, Level::Any),
            Kind::Word(word) => self.word_or_field(&word, field),
        }
    }

    fn group(&mut self, field: Field) -> Parse<Item> {
        if self.depth >= DEEPEST {
            return Err(self.here(&format!("parentheses are nested more than {DEEPEST} deep"), "Ask with fewer."));
        }
        self.at += 1;
        self.depth += 1;
        let inner = self.disjunction(field)?;
        self.depth -= 1;
        // Every parenthesis has its partner: what stopped the group is its end.
        self.at += 1;
        match inner {
            Some(query) => Ok(query.into()),
            None => {
                self.at -= 1;
                Err(self.here("there is no word between the parentheses", "Take them away, or put words between them."))
            }
        }
    }

    /// A quotation, with the `~n` that may follow it.
    fn quotation(&mut self, text: &str, closed: bool, field: Field, level: Level) -> Parse<Item> {
        if !closed {
            self.notes.push("a quotation mark was not closed: the phrase ends with the query".to_owned());
        }
        let slop = self.slop()?;
        let Field::Part(part) = field else { return self.value(text, field) };
        let level = if level == Level::Any && is_name(part) { Level::Name } else { level };
        let Some(span) = leaf::phrase(&mut self.analyzer, text, level, slop) else {
            return Err(
                self.here("there is no word between the quotation marks", "Take them away, or put words between them.")
            );
        };
        self.at += 1 + usize::from(slop > 0);
        self.ask(part, &span, text.trim());
        Ok(Query::Words(part, span).into())
    }

    /// The number of `"…"~n`, when it follows.
    fn slop(&mut self) -> Parse<u32> {
        let Some(Token { kind: Kind::Word(word), glued: true, .. }) = self.tokens.get(self.at + 1) else {
            return Ok(0);
        };
        let Some(number) = word.strip_prefix('~') else { return Ok(0) };
        match number.parse() {
            Ok(slop) if (1..=FURTHEST).contains(&slop) => Ok(slop),
            _ => {
                self.at += 1;
                Err(self.here(
                    &format!("a phrase takes ~ and a number of words from 1 to {FURTHEST}"),
                    "Write \"offre rachat\"~3.",
                ))
            }
        }
    }

    fn word_or_field(&mut self, word: &str, field: Field) -> Parse<Item> {
        if let Some((name, inner, value)) = fields::split(word) {
            if field != Field::Part(Part::Anywhere) {
                return Err(self.here("a field cannot stand within another", "Close the parentheses before it."));
            }
            return self.field(name, inner, value);
        }
        if !matches!(field, Field::Part(_)) {
            return self.value(word, field);
        }
        let level = if word.starts_with("==") {
            Level::Exact
        } else if word.starts_with('=') {
            Level::Folded
        } else {
            Level::Any
        };
        let bare = word.trim_start_matches('=');
        let Field::Part(part) = field else { return self.value(word, field) };
        if level != Level::Any && bare.is_empty() {
            return self.exact_quotation(level, field);
        }
        if let Some(item) = self.pattern(bare, part)? {
            self.at += 1;
            return Ok(item);
        }
        let level = if level == Level::Any && is_name(part) { Level::Name } else { level };
        self.at += 1;
        Ok(self.word_item(bare, part, level).unwrap_or(Item { query: None, small: None }))
    }

    /// The quotation after `=` or `==`.
    fn exact_quotation(&mut self, level: Level, field: Field) -> Parse<Item> {
        match self.tokens.get(self.at + 1).cloned() {
            Some(Token { kind: Kind::Quote(text, closed), glued: true, .. }) => {
                self.at += 1;
                self.quotation(&text, closed, field, level)
            }
            _ => Err(self.here("there is no word after =", "Write =offres, or =\"offre de rachat\".")),
        }
    }

    /// `field:` and what it asks for.
    fn field(&mut self, name: &str, field: Field, value: &str) -> Parse<Item> {
        if value == "*" {
            self.at += 1;
            return Ok(Query::Has(field).into());
        }
        if !value.is_empty() {
            // What follows the colon is read as if it stood alone.
            if let Some(token) = self.tokens.get_mut(self.at) {
                token.range.start += name.len() + 1;
                token.kind = Kind::Word(value.to_owned());
            }
            return if matches!(field, Field::Part(_)) {
                self.word_or_field_value(value, field)
            } else {
                self.value(value, field)
            };
        }
        let next = self.tokens.get(self.at + 1).cloned();
        match next {
            Some(Token { kind: Kind::Open, glued: true, .. }) => {
                self.at += 1;
                self.group(field)
            }
            Some(Token { kind: Kind::Quote(text, closed), glued: true, .. }) => {
                self.at += 1;
                self.quotation(&text, closed, field, Level::Any)
            }
            _ => Err(self.here(
                &format!("nothing follows {name}:"),
                &format!(
                    "Put a value right after the colon, as in {}; quote \"{name}:\" if it is text.",
                    example(field)
                ),
            )),
        }
    }

    /// A word after `field:`: a second colon in it is text.
    fn word_or_field_value(&mut self, value: &str, field: Field) -> Parse<Item> {
        let Field::Part(part) = field else { return self.value(value, field) };
        if fields::split(value).is_some() && part != Part::Anywhere {
            self.at += 1;
            let level = if is_name(part) { Level::Name } else { Level::Any };
            return Ok(self.word_item(value, part, level).unwrap_or(Item { query: None, small: None }));
        }
        self.word_or_field(value, field)
    }

    /// The value of a field that is no text.
    fn value(&mut self, value: &str, field: Field) -> Parse<Item> {
        let query = match field {
            Field::Date => {
                let Some((from, to)) = period(value, self.options.today) else {
                    let instead = "Write date:2025, date:2025-02, date:2025-02-10, date:2025-02..2025-04, date:>=2025, date:hier or date:7j.";
                    return Err(self.here("this is no date", instead));
                };
                if from.zip(to).is_some_and(|(from, to)| from > to) {
                    return Err(self.here("this period ends before it begins", "Write the earlier day first."));
                }
                Query::Date { from, to }
            }
            Field::Property(Property::Language) => Query::Equals(Property::Language, fields::language(value)),
            Field::Property(Property::Format) => Query::Equals(Property::Format, fold(value.trim())),
            Field::Address(address) => Query::Holds(address, value.trim().to_owned()),
            Field::Part(part) => {
                let level = if is_name(part) { Level::Name } else { Level::Any };
                self.at += 1;
                return Ok(self.word_item(value, part, level).unwrap_or(Item { query: None, small: None }));
            }
        };
        self.at += 1;
        Ok(query.into())
    }

    /// `milliard*` and `Altmann~2`.
    fn pattern(&mut self, word: &str, part: Part) -> Parse<Option<Item>> {
        let one_word = |text: &str| (!text.is_empty() && text.chars().all(char::is_alphanumeric)).then(|| fold(text));
        if let Some(stars_off) = word.strip_suffix('*') {
            let bare = stars_off.rsplit('\'').next().unwrap_or_default();
            if bare.is_empty() {
                return Err(self.here("* alone stands for every word", "Put at least two letters before it: mi*."));
            }
            let Some(prefix) = one_word(bare) else {
                return Err(self
                    .here("* may only end one word", "Write milliard*, without hyphens or other signs before the *."));
            };
            if prefix.chars().count() < 2 {
                return Err(self.here(
                    "one letter before * stands for too many words",
                    "Put at least two letters before it: mi*.",
                ));
            }
            return Ok(Some(self.single(part, Word::Prefix(prefix), word)));
        }
        let Some((bare, number)) = word.rsplit_once('~') else { return Ok(None) };
        if !number.chars().all(|c| c.is_ascii_digit()) {
            return Ok(None);
        }
        if bare.is_empty() {
            return Err(self.here(
                "~ needs a word before it",
                "Write Altmann~ for one typing error, Altmann~2 for two, or Musk NEAR/5 Altman.",
            ));
        }
        let edits = if number.is_empty() { 1 } else { number.parse().unwrap_or(0) };
        let (Some(folded), 1..=2) = (one_word(bare.rsplit('\'').next().unwrap_or_default()), edits) else {
            return Err(self.here("~ takes one word and one or two typing errors", "Write Altmann~ or Altmann~2."));
        };
        Ok(Some(self.single(part, Word::Fuzzy { word: folded, edits }, word)))
    }

    fn single(&mut self, part: Part, word: Word, typed: &str) -> Item {
        let span = Span::Word(word);
        self.ask(part, &span, typed);
        Query::Words(part, span).into()
    }

    /// A word as typed: its forms, or its parts side by side.
    fn word_item(&mut self, text: &str, part: Part, level: Level) -> Option<Item> {
        let words = leaf::words(&mut self.analyzer, text, level)?;
        self.ask(part, &words.span, text);
        let small =
            words.small.filter(|_| level == Level::Any).map(|term| Small { part, typed: text.to_owned(), term });
        Some(Item { query: Some(Query::Words(part, words.span)), small })
    }

    fn ask(&mut self, part: Part, span: &Span, typed: &str) {
        if !self.excluded {
            let asked = Asked { part, span: span.clone(), typed: typed.to_owned() };
            if !self.asked.contains(&asked) {
                self.asked.push(asked);
            }
        }
    }

    fn at_end(&self) -> bool {
        self.tokens.get(self.at).is_none_or(|token| token.kind == Kind::Close)
    }

    fn word(&self) -> Option<String> {
        match self.tokens.get(self.at) {
            Some(Token { kind: Kind::Word(word), .. }) => Some(word.clone()),
            _ => None,
        }
    }

    /// The operator that stands here.
    fn operator(&self) -> Option<Operator> {
        let Some(Token { kind: Kind::Word(word), .. }) = self.tokens.get(self.at) else { return None };
        match word.as_str() {
            "ET" | "AND" => Some(Operator::And),
            "OU" | "OR" => Some(Operator::Or),
            "NEAR" => Some(Operator::Near),
            _ if word.starts_with("NEAR/") => Some(Operator::Near),
            _ => {
                let number = word.strip_prefix('~')?;
                (!number.is_empty() && number.chars().all(|c| c.is_ascii_digit()) && self.at > 0)
                    .then_some(Operator::Near)
            }
        }
    }

    /// Takes a sign of negation that stands here: the word, or a minus, which is taken off what follows it.
    fn negation_sign(&mut self) -> Option<Negation> {
        let follows = self.tokens.get(self.at + 1).is_some_and(|next| next.glued);
        let token = self.tokens.get_mut(self.at)?;
        let Kind::Word(word) = &mut token.kind else { return None };
        if matches!(word.as_str(), "SAUF" | "NOT" | "NON") {
            return Some(Negation::Word);
        }
        let rest = word.strip_prefix('-')?;
        if rest.is_empty() {
            if !follows {
                return None;
            }
            self.at += 1;
            return Some(Negation::Minus);
        }
        // A dash before a number is a minus of arithmetic only in arithmetic; here it excludes, as before any word.
        *word = rest.to_owned();
        token.range.start += 1;
        Some(Negation::Minus)
    }

    fn misses_operand(&self, why: &str) -> QueryError {
        let word = self.word().unwrap_or_default();
        self.here(
            &format!("{word} joins two things, and {why}"),
            &format!("Give it both, or quote it to look for the word: \"{word}\"."),
        )
    }

    /// An error at the token that stands here.
    fn here(&self, message: &str, instead: &str) -> QueryError {
        let range = self.tokens.get(self.at).map_or(self.text.len()..self.text.len(), |token| token.range.clone());
        self.error(range.start, range.len(), message, instead)
    }

    fn error(&self, position: usize, length: usize, message: &str, instead: &str) -> QueryError {
        QueryError {
            query: self.text.to_owned(),
            position,
            length,
            message: message.to_owned(),
            instead: instead.to_owned(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    And,
    Or,
    Near,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Negation {
    Word,
    Minus,
}

const fn is_name(part: Part) -> bool {
    matches!(part, Part::Author | Part::Source | Part::Tag)
}

const fn example(field: Field) -> &'static str {
    match field {
        Field::Date => "date:2025-02",
        Field::Property(_) => "lang:fr",
        Field::Address(_) => "url:lemonde",
        Field::Part(_) => "titre:OpenAI",
    }
}

/// A query of words in one part as one span; `None` for anything else.
fn span(query: &Query) -> Option<(Part, Span)> {
    match query {
        Query::Words(part, span) => Some((*part, span.clone())),
        Query::Or(branches) => {
            let spans: Vec<(Part, Span)> = branches.iter().map(span).collect::<Option<_>>()?;
            let part = spans.first()?.0;
            spans
                .iter()
                .all(|(other, _)| *other == part)
                .then(|| (part, Span::Any(spans.into_iter().map(|(_, span)| span).collect())))
        }
        _ => None,
    }
}
