//! Words side by side: all of them, or any of them, and what becomes of the small words among them.

use super::parser::Parser;
use super::tree::{Part, Query, Span};
use super::{Asked, Note};
use crate::french::Term;

/// One operand of AND.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) query: Query,
    /// What it is besides, if it is small words and no more.
    pub(super) small: Option<Small>,
    /// Whether `ET` joins it to the one before.
    pub(super) joined: bool,
}

/// Small words: left out unless nothing else was asked.
#[derive(Debug)]
pub(super) struct Small {
    pub(super) part: Part,
    /// The very words.
    pub(super) folded: Span,
    pub(super) typed: String,
    pub(super) terms: Vec<Term>,
}

impl From<Query> for Item {
    fn from(query: Query) -> Self {
        Self { query, small: None, joined: false }
    }
}

impl Parser<'_> {
    /// AND of the operands, small words left out unless there is nothing else; OR of the words if any will do.
    pub(super) fn conjoin(&mut self, items: Vec<Item>, top: bool) -> Option<Query> {
        let any = top && self.options.any;
        let has_words = items.iter().any(|item| item.small.is_none() && !item.query.is_filter());
        let mut kept = Vec::with_capacity(items.len());
        for item in items {
            match item.small {
                Some(small) if has_words => self.leave_out(small, any),
                _ => kept.push((item.joined, self.settle(item))),
            }
        }
        if kept.is_empty() {
            return None;
        }
        Some(if any { any_of(kept) } else { Query::and(kept.into_iter().map(|(_, query)| query).collect()) })
    }

    /// An operand that stays: small words are looked for as they are.
    pub(super) fn settle(&mut self, item: Item) -> Query {
        let Some(small) = item.small else { return item.query };
        self.ask(small.part, &small.folded, small.typed);
        Query::Words(small.part, small.folded)
    }

    fn leave_out(&mut self, small: Small, any: bool) {
        if any && small.part == Part::Anywhere {
            self.optional.extend(small.terms);
            return;
        }
        let known = self.notes.iter_mut().find_map(|note| match note {
            Note::SmallWords(words) => Some(words),
            _ => None,
        });
        match known {
            Some(words) if words.contains(&small.typed) => {}
            Some(words) => words.push(small.typed),
            None => self.notes.push(Note::SmallWords(vec![small.typed])),
        }
    }

    /// Notes that something was asked for, unless it is excluded.
    pub(super) fn ask(&mut self, part: Part, span: &Span, typed: String) {
        if !self.excluded {
            self.asked.push(Asked { part, span: span.clone(), typed });
        }
    }
}

/// Any of the words, what `ET` joins together; filters and exclusions hold for all.
fn any_of(kept: Vec<(bool, Query)>) -> Query {
    let mut chains: Vec<Vec<Query>> = Vec::new();
    let mut required = Vec::new();
    let mut after_word = false;
    for (joined, query) in kept {
        let filter = query.is_filter();
        match chains.last_mut() {
            _ if filter => required.push(query),
            Some(chain) if joined && after_word => chain.push(query),
            _ => chains.push(vec![query]),
        }
        after_word = !filter;
    }
    let words = (!chains.is_empty()).then(|| Query::or(chains.into_iter().map(Query::and).collect()));
    Query::and(words.into_iter().chain(required).collect())
}
