//! What is wrong with a query, where, and what to write instead.

use std::fmt;

use unicode_width::UnicodeWidthStr;

/// A query that is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    /// The query as typed.
    pub query: String,
    /// Byte offset of what is wrong.
    pub position: usize,
    /// Its length in bytes; 0 at the end of the query.
    pub length: usize,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub instead: String,
}

impl std::error::Error for QueryError {}

/// The most columns of a query that an error shows.
const SHOWN: usize = 70;

impl fmt::Display for QueryError {
    /// The message, the query with a caret under the place, and what to write instead.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.message)?;
        let before = self.query.get(..self.position).unwrap_or(&self.query);
        // A long query is shown around the place.
        let skipped = before.char_indices().rev().nth(SHOWN / 2).map_or(0, |(at, _)| at);
        let line: String = self.query.get(skipped..).unwrap_or_default().chars().take(SHOWN).map(plain).collect();
        let column: String = before.get(skipped..).unwrap_or_default().chars().map(plain).collect();
        let marked = self.query.get(self.position..self.position + self.length).unwrap_or_default();
        let carets = marked.width().clamp(1, SHOWN.saturating_sub(column.width()).max(1));
        writeln!(f, "  {line}")?;
        write!(f, "  {}{}", " ".repeat(column.width()), "^".repeat(carets))?;
        if !self.instead.is_empty() {
            write!(f, "\n{}", self.instead)?;
        }
        Ok(())
    }
}

/// White space of any kind as a space, so that the caret stands where it should.
fn plain(c: char) -> char {
    if c.is_whitespace() || c.is_control() { ' ' } else { c }
}
