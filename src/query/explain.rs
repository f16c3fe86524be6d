//! The tree for a person.

use std::fmt::{self, Write};

use super::fields;
use super::spans::leaves;
use super::tree::{Field, Part, Query, Span, Word};

/// Something of a query of which an index has more to tell.
#[derive(Debug, Clone, Copy)]
pub enum Leaf<'a> {
    /// A condition: how many articles satisfy it.
    Condition(&'a Query),
    /// A word of this part, compared by stem if so said: as which words it stands in the articles.
    Word(Part, &'a Word, bool),
}

impl Query {
    /// How the query was understood, as an indented tree, a line each.
    #[must_use]
    pub fn explain(&self) -> String {
        self.explain_with(&mut |_| None)
    }

    /// Like [`Query::explain`], with what `tell` says of each leaf: of a condition at the end of its line, of a word on a line
    /// of its own below.
    pub fn explain_with(&self, tell: &mut dyn FnMut(Leaf<'_>) -> Option<String>) -> String {
        let mut tree = Tree { text: String::new(), depth: 0, after: String::new(), tell };
        tree.query(self, "");
        tree.text
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.explain().trim_end())
    }
}

struct Tree<'a> {
    text: String,
    depth: usize,
    /// What goes to the end of the next line.
    after: String,
    tell: &'a mut dyn FnMut(Leaf<'_>) -> Option<String>,
}

impl Tree<'_> {
    fn line(&mut self, before: &str, text: &str) {
        let after = std::mem::take(&mut self.after);
        // Writing to a string does not fail.
        let _ = writeln!(self.text, "{:indent$}{before}{text}{after}", "", indent = self.depth * 2);
    }

    fn below<T>(&mut self, children: &[T], each: impl Fn(&mut Self, &T)) {
        self.depth += 1;
        children.iter().for_each(|child| each(self, child));
        self.depth -= 1;
    }

    fn query(&mut self, query: &Query, before: &str) {
        if !matches!(query, Query::All | Query::And(_) | Query::Or(_) | Query::Not(_)) {
            self.after = (self.tell)(Leaf::Condition(query)).map(|told| format!(": {told}")).unwrap_or_default();
        }
        match query {
            Query::All => self.line(before, "every article"),
            Query::And(parts) => {
                self.line(before, "AND");
                self.below(parts, |tree, part| tree.query(part, ""));
            }
            Query::Or(branches) => {
                self.line(before, "OR");
                self.below(branches, |tree, branch| tree.query(branch, ""));
            }
            Query::Not(inner) => self.query(inner, &format!("{before}NOT ")),
            Query::Words(part @ Part::Anywhere, span) => self.span(*part, span, before, true),
            Query::Words(part, span) => {
                self.span(*part, span, &format!("{before}{}: ", fields::name(Field::Part(*part))), true);
            }
            Query::Date { from, to } => {
                let text = match (from, to) {
                    (Some(from), Some(to)) if from == to => format!("date {from}"),
                    (Some(from), Some(to)) => format!("date {from} to {to}"),
                    (Some(from), None) => format!("date {from} or later"),
                    (None, Some(to)) => format!("date {to} or earlier"),
                    (None, None) => "any date".to_owned(),
                };
                self.line(before, &text);
            }
            Query::Equals(property, value) => {
                self.line(before, &format!("{} is \"{value}\"", fields::name(Field::Property(*property))));
            }
            Query::Holds(address, pattern) => {
                self.line(before, &format!("{} holds \"{pattern}\"", fields::name(Field::Address(*address))));
            }
            Query::Has(field) => self.line(before, &format!("has a value: {}", fields::name(*field))),
        }
    }

    /// A span; `alone` where words are compared by stem.
    fn span(&mut self, part: Part, span: &Span, before: &str, alone: bool) {
        match span {
            Span::Word(word) => {
                self.line(before, &described(word, alone));
                self.forms(part, word, alone, "");
            }
            Span::Phrase { parts, slop } => {
                let between = match slop {
                    0 => String::new(),
                    1 => " with at most 1 word between".to_owned(),
                    _ => format!(" with at most {slop} words between"),
                };
                self.line(before, &format!("phrase \"{}\"{between}", joined(parts, " ")));
                for word in leaves(span) {
                    self.forms(part, word, false, &format!("{}: ", named(word)));
                }
            }
            Span::Near { operands, distance } => {
                let words = if *distance == 1 { "word" } else { "words" };
                self.line(before, &format!("NEAR, at most {distance} {words} between"));
                let (one, other) = operands.as_ref();
                self.below(&[one, other], |tree, operand| tree.span(part, operand, "", false));
            }
            Span::Any(branches) => {
                self.line(before, "any of");
                self.below(branches, |tree, branch| tree.span(part, branch, "", alone));
            }
        }
    }

    /// As which words a word stands in the articles.
    fn forms(&mut self, part: Part, word: &Word, alone: bool, before: &str) {
        if let Some(told) = (self.tell)(Leaf::Word(part, word, alone)) {
            self.depth += 1;
            self.line(before, &told);
            self.depth -= 1;
        }
    }
}

fn described(word: &Word, alone: bool) -> String {
    match word {
        Word::Stem(term) if alone && term.light.is_some() => format!("word \"{}\" (any form)", term.exact),
        Word::Stem(term) => format!("word \"{}\" (singular or plural)", term.exact),
        Word::Folded(folded) => format!("word \"{folded}\""),
        Word::Exact { typed, .. } => format!("word \"{typed}\" (accents and case too)"),
        Word::Prefix(prefix) => format!("words that begin with \"{prefix}\""),
        Word::Fuzzy { word, edits: 1 } => format!("words one typing error from \"{word}\""),
        Word::Fuzzy { word, .. } => format!("words two typing errors from \"{word}\""),
    }
}

fn joined(spans: &[Span], between: &str) -> String {
    spans.iter().map(short).collect::<Vec<_>>().join(between)
}

/// A span within a phrase, in the signs of the language.
fn short(span: &Span) -> String {
    match span {
        Span::Word(word) => named(word),
        Span::Phrase { parts, slop: 0 } => joined(parts, " "),
        Span::Phrase { parts, slop } => format!("({})~{slop}", joined(parts, " ")),
        Span::Near { operands, distance } => format!("({} NEAR/{distance} {})", short(&operands.0), short(&operands.1)),
        Span::Any(branches) => format!("({})", joined(branches, " | ")),
    }
}

/// A word in the signs of the language.
fn named(word: &Word) -> String {
    match word {
        Word::Stem(term) => term.exact.clone(),
        Word::Folded(folded) => format!("={folded}"),
        Word::Exact { typed, .. } => format!("=={typed}"),
        Word::Prefix(prefix) => format!("{prefix}*"),
        Word::Fuzzy { word, edits } => format!("{word}~{edits}"),
    }
}
