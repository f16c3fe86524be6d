//! The tree for a person.

use std::fmt::{self, Write};

use super::fields;
use super::tree::{Field, Part, Query, Span, Word};

impl Query {
    /// How the query was understood, as an indented tree, a line each.
    #[must_use]
    pub fn explain(&self) -> String {
        let mut tree = Tree { text: String::new(), depth: 0 };
        tree.query(self, "");
        tree.text
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.explain().trim_end())
    }
}

struct Tree {
    text: String,
    depth: usize,
}

impl Tree {
    fn line(&mut self, before: &str, text: &str) {
        // Writing to a string does not fail.
        let _ = writeln!(self.text, "{:indent$}{before}{text}", "", indent = self.depth * 2);
    }

    fn below<T>(&mut self, children: &[T], each: impl Fn(&mut Self, &T)) {
        self.depth += 1;
        children.iter().for_each(|child| each(self, child));
        self.depth -= 1;
    }

    fn query(&mut self, query: &Query, before: &str) {
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
            Query::Words(Part::Anywhere, span) => self.span(span, before, true),
            Query::Words(part, span) => {
                self.span(span, &format!("{before}{}: ", fields::name(Field::Part(*part))), true);
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
    fn span(&mut self, span: &Span, before: &str, alone: bool) {
        match span {
            Span::Word(word) => self.line(before, &described(word, alone)),
            Span::Phrase { parts, slop } => {
                let between = match slop {
                    0 => String::new(),
                    1 => " with at most 1 word between".to_owned(),
                    _ => format!(" with at most {slop} words between"),
                };
                self.line(before, &format!("phrase \"{}\"{between}", joined(parts, " ")));
            }
            Span::Near { operands, distance } => {
                let words = if *distance == 1 { "word" } else { "words" };
                self.line(before, &format!("NEAR, at most {distance} {words} between"));
                let (one, other) = operands.as_ref();
                self.below(&[one, other], |tree, operand| tree.span(operand, "", false));
            }
            Span::Any(branches) => {
                self.line(before, "any of");
                self.below(branches, |tree, branch| tree.span(branch, "", alone));
            }
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
        Span::Word(Word::Stem(term)) => term.exact.clone(),
        Span::Word(Word::Folded(folded)) => format!("={folded}"),
        Span::Word(Word::Exact { typed, .. }) => format!("=={typed}"),
        Span::Word(Word::Prefix(prefix)) => format!("{prefix}*"),
        Span::Word(Word::Fuzzy { word, edits }) => format!("{word}~{edits}"),
        Span::Phrase { parts, slop: 0 } => joined(parts, " "),
        Span::Phrase { parts, slop } => format!("({})~{slop}", joined(parts, " ")),
        Span::Near { operands, distance } => format!("({} NEAR/{distance} {})", short(&operands.0), short(&operands.1)),
        Span::Any(branches) => format!("({})", joined(branches, " | ")),
    }
}
