//! CSV: the scalar fields, one header line, for a spreadsheet.

use std::io::{self, Write};

use super::{Answer, Format, Look, Tables, rows, visible, visible_path};
use crate::search::Found;

pub(super) const FORMAT: Format = Format {
    name: "csv",
    about: "a table for a spreadsheet",
    write,
    tables: Some(Tables { counts: rows::csv, firsts: rows::csv_firsts }),
    passages: false,
};

const COLUMNS: [&str; 12] = [
    "query",
    "rank",
    "id",
    "key",
    "score",
    "headline",
    "authors",
    "publisher",
    "datePublished",
    "language",
    "url",
    "path",
];

fn write(out: &mut dyn Write, answer: &Answer<'_>, _look: Look) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    if answer.number == 0 {
        table.write_record(COLUMNS)?;
    }
    for (number, found) in answer.found.iter().enumerate() {
        table.write_record(row(answer, answer.offset + number + 1, found))?;
    }
    table.flush()
}

fn row(answer: &Answer<'_>, rank: usize, found: &Found) -> [String; 12] {
    let article = &found.article;
    let text = |value: Option<&str>| cell(value.unwrap_or_default());
    [
        cell(answer.id.unwrap_or_default()),
        rank.to_string(),
        found.id.map(|id| id.to_string()).unwrap_or_default(),
        text(article.key.as_deref()),
        found.score.map(|score| format!("{score:.4}")).unwrap_or_default(),
        text(article.headline.as_deref()),
        cell(&article.authors.join("; ")),
        text(article.publisher.as_deref()),
        article.date().map(|date| date.to_string()).unwrap_or_default(),
        text(article.language.as_deref()),
        text(article.url.as_deref()),
        found.paths.first().map(|path| visible_path(path)).unwrap_or_default(),
    ]
}

/// A cell that no spreadsheet takes for a formula (CSV injection, as OWASP describes it).
pub(super) fn cell(text: &str) -> String {
    let text = visible(text);
    if text.starts_with(['=', '+', '-', '@', '\t']) { format!("'{text}") } else { text.into_owned() }
}
