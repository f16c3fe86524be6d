//! The tree for a person.

use std::fmt::Write;

use super::tree::{Address, Field, Part, Property, Query, Span, Word};

impl Query {
    /// All of these, without needless nesting.
    #[must_use]
    pub fn and(parts: Vec<Self>) -> Self {
        let flat = parts.into_iter().flat_map(|part| match part {
            Self::And(inner) => inner,
            Self::All => Vec::new(),
            other => vec![other],
        });
        one_or(flat.collect(), Self::And)
    }

    /// Any of these, without needless nesting.
    #[must_use]
    pub fn or(branches: Vec<Self>) -> Self {
        let flat = branches.into_iter().flat_map(|branch| match branch {
            Self::Or(inner) => inner,
            other => vec![other],
        });
        one_or(flat.collect(), Self::Or)
    }

    /// How the query was understood, as an indented tree.
    #[must_use]
    pub fn explain(&self) -> String {
        let mut out = String::new();
        write_query(&mut out, self, 0, "");
        out
    }
}

fn one_or(mut parts: Vec<Query>, many: fn(Vec<Query>) -> Query) -> Query {
    match parts.len() {
        0 => Query::All,
        1 => parts.swap_remove(0),
        _ => many(parts),
    }
}

fn line(out: &mut String, depth: usize, text: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(out, "{:indent$}{text}", "", indent = depth * 2);
}

fn write_query(out: &mut String, query: &Query, depth: usize, before: &str) {
    match query {
        Query::All => line(out, depth, &format!("{before}every article")),
        Query::And(parts) => {
            line(out, depth, &format!("{before}AND"));
            parts.iter().for_each(|part| write_query(out, part, depth + 1, ""));
        }
        Query::Or(branches) => {
            line(out, depth, &format!("{before}OR"));
            branches.iter().for_each(|branch| write_query(out, branch, depth + 1, ""));
        }
        Query::Not(inner) => write_query(out, inner, depth, &format!("{before}NOT ")),
        Query::Words(part, span) => line(out, depth, &format!("{before}{}{}", prefix(*part), show(span, true))),
        Query::Date { from, to } => {
            let day = |day: &Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
            line(out, depth, &format!("{before}date {}..{}", day(from), day(to)));
        }
        Query::Equals(property, value) => {
            line(out, depth, &format!("{before}{} is \"{value}\"", name(Field::Property(*property))));
        }
        Query::Holds(address, pattern) => {
            line(out, depth, &format!("{before}{} holds \"{pattern}\"", name(Field::Address(*address))));
        }
        Query::Has(field) => line(out, depth, &format!("{before}has {}", name(*field))),
    }
}

fn prefix(part: Part) -> String {
    if part == Part::Anywhere { String::new() } else { format!("{}: ", name(Field::Part(part))) }
}

const fn name(field: Field) -> &'static str {
    match field {
        Field::Part(Part::Anywhere) => "text",
        Field::Part(Part::Headline) => "titre",
        Field::Part(Part::Lead) => "chapo",
        Field::Part(Part::Body) => "texte",
        Field::Part(Part::Posts) => "tweet",
        Field::Part(Part::Author) => "auteur",
        Field::Part(Part::Source) => "source",
        Field::Part(Part::Tag) => "tag",
        Field::Date => "date",
        Field::Property(Property::Language) => "lang",
        Field::Property(Property::Format) => "format",
        Field::Address(Address::Url) => "url",
        Field::Address(Address::Path) => "path",
    }
}

fn show(span: &Span, alone: bool) -> String {
    match span {
        Span::Word(word) => show_word(word, alone),
        Span::Phrase { parts, slop } => {
            let parts: Vec<String> = parts.iter().map(|part| show(part, false)).collect();
            let slop = if *slop > 0 { format!(" with up to {slop} words between") } else { String::new() };
            format!("phrase \"{}\"{slop}", parts.join(" "))
        }
        Span::Near { operands, distance } => {
            format!("({}) within {distance} words of ({})", show(&operands.0, true), show(&operands.1, true))
        }
        Span::Any(branches) => {
            let branches: Vec<String> = branches.iter().map(|branch| show(branch, alone)).collect();
            if alone { branches.join(" or ") } else { format!("({})", branches.join(" | ")) }
        }
    }
}

fn show_word(word: &Word, alone: bool) -> String {
    match word {
        Word::Stem(term) if alone => {
            format!("word \"{}\" in any form (stem {})", term.exact, term.light.as_deref().unwrap_or(&term.plural))
        }
        Word::Stem(term) => term.plural.clone(),
        Word::Folded(folded) if alone => format!("word \"{folded}\""),
        Word::Folded(folded) => folded.clone(),
        Word::Exact { typed, .. } if alone => format!("word \"{typed}\", accents and case too"),
        Word::Exact { typed, .. } => format!("=={typed}"),
        Word::Prefix(prefix) if alone => format!("words that begin with \"{prefix}\""),
        Word::Prefix(prefix) => format!("{prefix}*"),
        Word::Fuzzy { word, edits } if alone => format!("words up to {edits} typing errors from \"{word}\""),
        Word::Fuzzy { word, edits } => format!("{word}~{edits}"),
    }
}
