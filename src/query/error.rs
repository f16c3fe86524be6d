//! What is wrong with a query, where, and what to write instead.

use std::fmt;
use std::ops::Range;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

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
    pub suggestion: String,
}

impl QueryError {
    /// The error at these bytes of a query.
    pub(super) fn at(query: &str, range: Range<usize>, message: &str, suggestion: &str) -> Self {
        Self {
            query: query.to_owned(),
            position: range.start,
            length: range.len(),
            message: message.to_owned(),
            suggestion: suggestion.to_owned(),
        }
    }
}

impl std::error::Error for QueryError {}

impl fmt::Display for QueryError {
    /// The message, the query with carets under the place, and what to write instead.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, rest) = self.query.split_at_checked(self.position).unwrap_or((&self.query, ""));
        let (marked, after) = rest.split_at_checked(self.length).unwrap_or((rest, ""));
        let before = last_columns(&line(before), COLUMNS_BEFORE);
        let after_start = line(marked) + &line(after);
        let shown = first_columns(&after_start, COLUMNS - COLUMNS_BEFORE);
        let carets = line(marked).width().min(shown.width()).max(1);
        writeln!(f, "{}", self.message)?;
        writeln!(f, "  {before}{shown}")?;
        write!(f, "  {}{}", " ".repeat(before.width()), "^".repeat(carets))?;
        if self.suggestion.is_empty() { Ok(()) } else { write!(f, "\n{}", self.suggestion) }
    }
}

/// The most columns of a query that are shown.
const COLUMNS: usize = 76;

/// How many of them may go before the place.
const COLUMNS_BEFORE: usize = 48;

/// A part of a query in one line, every white space as a space; what a terminal might obey or not show is left out, so
/// that the carets stand where they should.
fn line(text: &str) -> String {
    let plain = |c: char| if c.is_whitespace() { ' ' } else { c };
    text.chars().map(plain).filter(|c| !c.is_control() && c.width().is_some_and(|width| width > 0)).collect()
}

/// The beginning of a line that fits, with `…` where it was cut.
fn first_columns(line: &str, columns: usize) -> String {
    if line.width() <= columns {
        return line.to_owned();
    }
    let mut cut = fitting(line.chars(), columns - 1);
    cut.push('…');
    cut
}

/// The end of a line that fits, with `…` where it was cut.
fn last_columns(line: &str, columns: usize) -> String {
    if line.width() <= columns {
        return line.to_owned();
    }
    let backwards = fitting(line.chars().rev(), columns - 1);
    std::iter::once('…').chain(backwards.chars().rev()).collect()
}

fn fitting(chars: impl Iterator<Item = char>, columns: usize) -> String {
    let mut taken = 0;
    let fits = |c: &char| {
        taken += c.width().unwrap_or(0);
        taken <= columns
    };
    chars.take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets_stand_under_the_place() {
        let shown = |query: &str, range| QueryError::at(query, range, "wrong", "right").to_string();
        assert_eq!(shown("a OU", 2..4), "wrong\n  a OU\n    ^^\nright");
        assert_eq!(shown("été *", 6..7), "wrong\n  été *\n      ^\nright");
        assert_eq!(shown("e\u{301}te\u{301}\u{a0}*", 9..10), "wrong\n  ete *\n      ^\nright", "marks have no column");
        assert_eq!(shown("東京 *", 7..8), "wrong\n  東京 *\n       ^\nright", "wide characters have two");
        assert_eq!(shown("a\n\u{202e}\u{1b}[31m *", 11..12), "wrong\n  a [31m *\n         ^\nright");
        assert_eq!(shown("a", 1..1), "wrong\n  a\n   ^\nright");
    }

    #[test]
    fn long_queries_are_cut_on_both_sides() {
        let query = format!("{}* {}", "mot ".repeat(100), "fin ".repeat(100));
        let shown = QueryError::at(&query, 400..401, "wrong", "").to_string();
        let lines: Vec<&str> = shown.lines().collect();
        assert!(lines[1].starts_with("  …") && lines[1].ends_with('…') && lines[1].width() <= COLUMNS + 2);
        assert_eq!(lines[2].find('^').unwrap(), lines[1].chars().position(|c| c == '*').unwrap());
    }

    #[test]
    fn places_that_are_none_do_no_harm() {
        for range in [1..2, 2..1000, 1000..1001] {
            assert!(QueryError::at("é", range, "wrong", "").to_string().starts_with("wrong\n"));
        }
    }
}
