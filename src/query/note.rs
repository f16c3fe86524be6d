//! What the asker should know of how a query was understood.

use std::fmt;

/// A word on how a query was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// A quotation mark was not closed: the phrase ends with the query.
    OpenQuotation,
    /// A quotation mark that opens nothing was left out.
    LoneQuotation,
    /// A parenthesis without its partner was taken as text.
    LoneParenthesis,
    /// `*` and `~` within quotation marks were taken as text.
    QuotedSigns,
    /// These small words, as typed, were left out: there are others to look for.
    SmallWords(Vec<String>),
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OpenQuotation => f.write_str("a quotation mark was not closed: the phrase ends with the query"),
            Self::LoneQuotation => f.write_str("a quotation mark without its partner was left out"),
            Self::LoneParenthesis => f.write_str("a parenthesis without its partner was taken as text"),
            Self::QuotedSigns => f.write_str("* and ~ within quotation marks were taken as text"),
            Self::SmallWords(words) => {
                write!(f, "small words were left out: {}", words.join(", "))?;
                let lower = |operators: &[&str]| words.iter().any(|word| operators.contains(&word.as_str()));
                if lower(&["ou", "or"]) { f.write_str(" (for either of two, write OU)") } else { Ok(()) }
            }
        }
    }
}
