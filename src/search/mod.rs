//! Search: a query and an index give [`Found`] articles with marked passages. Prints nothing and writes nothing.

mod advice;
mod engine;
mod passages;
mod receipt;
mod tally;

pub use advice::{Advice, Doubt, WordAdvice};
pub use engine::{Engine, Request, Results};
pub use passages::{Passage, Piece};
pub use receipt::{Receipt, Searched, Versions};
pub use tally::{AllFirsts, By, First, Row, Tally, Unit};

use crate::article::{Article, ArticleId};
use crate::french::Analyzer;
use crate::index::{Mark, find, sections};
use crate::query::{Part, Query, Span};

/// An article found, as it is shown in a list of hits.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Its name.
    pub id: Option<ArticleId>,
    /// Its score; `None` in a list that is not ranked.
    pub score: Option<f64>,
    /// What is told of it.
    pub article: Article,
    /// Where its records were found, newest first, as the bytes of the paths.
    pub paths: Vec<Vec<u8>>,
    /// The headline, with what matched marked.
    pub headline: Passage,
    /// The passages that show best why it was found.
    pub passages: Vec<Passage>,
}

/// How many passages are shown of an article, and how long they may be.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// At most so many; `usize::MAX` for all.
    pub passages: usize,
    /// About so many characters each.
    pub length: usize,
}

impl Default for Wanted {
    fn default() -> Self {
        Self { passages: 2, length: 220 }
    }
}

/// Marks an article: its headline and the passages that show the most of the query, near each other, at sentence borders.
pub fn mark(article: &Article, query: &Query, analyzer: &mut Analyzer, wanted: Wanted) -> (Passage, Vec<Passage>) {
    let mut spans = Vec::new();
    positive(query, &mut spans);
    let sections = sections(article);
    let marks = find(&sections, analyzer, &spans);
    (passages::headline(&sections, &marks), passages::choose(&sections, &marks, wanted))
}

/// An article's text with everything marked that a query asks of it: one list of pieces for each stretch of text (headline,
/// lead, blocks).
pub fn mark_all(article: &Article, query: &Query, analyzer: &mut Analyzer) -> Vec<(Part, Passage)> {
    let mut spans = Vec::new();
    positive(query, &mut spans);
    let sections = sections(article);
    let marks = find(&sections, analyzer, &spans);
    let all: Vec<Mark> = marks.into_iter().flatten().collect();
    let whole = |(number, section): (usize, &crate::index::Section<'_>)| {
        (section.part, passages::pieces(&section.text, 0..section.text.len(), &passages::merged(number, &all)))
    };
    sections.iter().enumerate().map(whole).collect()
}

/// The spans that hits have because the query asks for them (not those it excludes).
fn positive<'a>(query: &'a Query, spans: &mut Vec<(Part, &'a Span)>) {
    match query {
        Query::And(parts) | Query::Or(parts) => parts.iter().for_each(|part| positive(part, spans)),
        Query::Words(part, span) => spans.push((*part, span)),
        _ => {}
    }
}
