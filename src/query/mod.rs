//! The query language: what was typed becomes a [`Query`], or an error that points at its place. Pure: no I/O, no panics, no
//! clock.
//!
//! `lexer` takes the text apart, `parser` builds the tree, `leaf` makes words of a text with the analysis of `french`, `days`
//! reads dates, `spans` finds phrases and NEAR by positions.

mod days;
mod error;
mod explain;
mod fields;
mod leaf;
mod lexer;
mod parser;
pub mod spans;
mod tree;

use jiff::civil;

use crate::french::{Analyzer, Term};

pub use days::{Bound, day_bound};
pub use error::QueryError;
pub use tree::{Address, Field, Part, Property, Query, Span, Word};

/// How to read a query.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Whether any of the words at the top of the query will do. Exclusions and filters (`date:`, `lang:`, `format:`, `url:`,
    /// `path:`, `field:*`) hold all the same.
    pub any: bool,
    /// Whether everything typed is words: no operators, fields or quotes.
    pub plain: bool,
    /// Today: the room reads no clock.
    pub today: civil::Date,
}

/// A word or phrase that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Where.
    pub part: Part,
    /// What.
    pub span: Span,
    /// As typed.
    pub typed: String,
}

/// A query understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// Which articles.
    pub query: Query,
    /// What the asker should know of how it was understood.
    pub notes: Vec<String>,
    /// The words and phrases asked for (not those excluded), in order.
    pub asked: Vec<Asked>,
    /// Small words of a question that add to scores and nothing else.
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
        let at = text.floor_char_boundary(LONGEST);
        let message = format!("a query has at most {LONGEST} bytes, this one has {}", text.len());
        let instead = "Ask for less, or run several queries from a file with --queries.".to_owned();
        return Err(QueryError { query: text.to_owned(), position: at, length: 0, message, instead });
    }
    parser::Parser::new(text, options, Analyzer::new()).run()
}

/// The filter for articles from publishers with these words in their name; `None` when there is no word in it.
#[must_use]
pub fn source_filter(name: &str) -> Option<Query> {
    let span = leaf::phrase(&mut Analyzer::new(), name, leaf::Level::Name, 0)?;
    Some(Query::Words(Part::Source, span))
}
