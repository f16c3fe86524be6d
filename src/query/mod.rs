//! The query language: what was typed becomes a [`Query`], or an error that points at its place. Pure: no I/O, no
//! panics, no clock.
//!
//! `lexer` takes the text apart, `leaf` analyses its words as `french` does those of an article, `parser` and `operand`
//! build the tree, `conjunction` decides what words side by side ask for, `days` reads dates. `explain` shows the tree
//! to a person, and `spans` finds phrases and NEAR by positions.

mod conjunction;
mod days;
mod error;
mod explain;
mod fields;
mod leaf;
mod lexer;
mod note;
mod operand;
mod parser;
pub mod spans;
mod tree;

#[cfg(test)]
mod tests;

use jiff::civil;

use crate::french::Term;

pub use days::{Bound, day_bound};
pub use error::QueryError;
pub use explain::Leaf;
pub use note::Note;
pub use tree::{Address, Field, Part, Property, Query, Span, Word};

/// How to read a query.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Whether any of the words side by side at the top of the query will do. What `ET` joins stays together; exclusions
    /// and filters (`date:`, `lang:`, `format:`, `url:`, `path:`, `field:*`) hold all the same.
    pub any: bool,
    /// Whether everything typed is words: no operators, fields or quotes.
    pub plain: bool,
    /// Today: the room reads no clock.
    pub today: civil::Date,
}

/// A word or phrase that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Where.
    pub part: Part,
    /// What.
    pub span: Span,
    /// As typed, without quotation marks and signs before it.
    pub typed: String,
}

impl Asked {
    /// As one would type it: with its field, and in quotation marks when it is several words.
    #[must_use]
    pub fn shown(&self) -> String {
        let typed = match &self.span {
            Span::Phrase { slop: 0, .. } if self.typed.contains(' ') => format!("\"{}\"", self.typed),
            _ => self.typed.clone(),
        };
        match self.part {
            Part::Anywhere => typed,
            part => format!("{}:{typed}", fields::name(Field::Part(part))),
        }
    }
}

/// A query understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// Which articles.
    pub query: Query,
    /// What the asker should know of how it was understood.
    pub notes: Vec<Note>,
    /// The distinct words and phrases asked for (not those excluded), in order.
    pub asked: Vec<Asked>,
    /// The small words left out of a query for any of its words: they add to scores and nothing else.
    pub optional: Vec<Term>,
}

/// The longest query in bytes.
pub const LONGEST: usize = 4096;

/// Reads a query.
///
/// # Errors
/// What is wrong, where, and what to write instead.
pub fn parse(text: &str, options: &Options) -> Result<Parsed, QueryError> {
    if text.len() > LONGEST {
        let end = text.floor_char_boundary(LONGEST);
        let message = format!("a query has at most {LONGEST} bytes, this one has {}", text.len());
        let suggestion = "Ask for less, or run several queries from a file with --queries.";
        return Err(QueryError::at(text, end..end, &message, suggestion));
    }
    parser::parse(text, options)
}

/// The filter for articles from publishers with these words in their name; `None` when there is no word in it.
#[must_use]
pub fn source_filter(name: &str) -> Option<Query> {
    Some(Query::Words(Part::Source, leaf::name(name)?))
}
