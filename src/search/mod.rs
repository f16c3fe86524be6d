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

#[cfg(test)]
mod tests;

use crate::article::{Article, ArticleId};
use crate::index::{Finder, sections};
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
    /// Whether to give as many, even when fewer show all that was found.
    pub fill: bool,
    /// About so many bytes each.
    pub length: usize,
    /// The sentence that matched, with so many before and after; `None` for as much as fits.
    pub context: Option<usize>,
}

impl Default for Wanted {
    fn default() -> Self {
        Self { passages: 2, fill: false, length: 220, context: None }
    }
}

/// An article's running text with everything marked that a query asks of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marked {
    /// The headline; empty when there is none.
    pub headline: Passage,
    /// The lead; empty when there is none.
    pub lead: Passage,
    /// The blocks of the body, one for one. That of an embedded post is its author, its handle after `@` and its text, as
    /// far as they are known, each on lines of its own.
    pub blocks: Vec<Passage>,
}

impl Marked {
    /// Whether anything is marked.
    #[must_use]
    pub fn any(&self) -> bool {
        let passages = [&self.headline, &self.lead].into_iter().chain(&self.blocks);
        passages.flatten().any(|piece| piece.hit)
    }
}

/// Marks in articles what a query asks of them.
#[derive(Debug)]
pub struct Marker(Finder);

impl Marker {
    /// Marks what hits have because the query asks for it, not what it excludes.
    #[must_use]
    pub fn new(query: &Query) -> Self {
        let mut spans = Vec::new();
        positive(query, &mut spans);
        Self(Finder::new(spans))
    }

    /// An article's headline and the passages that show the most of the query, near each other, at sentence borders.
    pub fn passages(&mut self, article: &Article, wanted: Wanted) -> (Passage, Vec<Passage>) {
        let sections = sections(article);
        let marks = self.0.find(&sections);
        let merged = passages::merged(sections.len(), &marks);
        (passages::headline(&sections, &merged), passages::choose(&sections, &marks, &merged, wanted))
    }

    /// A whole article.
    pub fn mark(&mut self, article: &Article) -> Marked {
        let sections = sections(article);
        let merged = passages::merged(sections.len(), &self.0.find(&sections));
        let mut marked = Marked::default();
        for (section, marks) in sections.iter().zip(&merged) {
            let passage = passages::pieces(&section.text, 0..section.text.len(), marks);
            match section.part {
                Part::Headline => marked.headline = passage,
                Part::Lead => marked.lead = passage,
                Part::Body | Part::Posts | Part::Anywhere => marked.blocks.push(passage),
                Part::Author | Part::Source | Part::Tag => {}
            }
        }
        marked
    }
}

fn positive(query: &Query, spans: &mut Vec<(Part, Span)>) {
    match query {
        Query::And(parts) | Query::Or(parts) => parts.iter().for_each(|part| positive(part, spans)),
        Query::Words(part, span) => spans.push((*part, span.clone())),
        _ => {}
    }
}
