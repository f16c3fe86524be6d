//! CSV: the scalar fields, one header line, for a spreadsheet.
//!
//! Cells are parted by commas. A spreadsheet may part them elsewhere: a French Excel does at semicolons, others at tabs. Then
//! quotation marks that do not begin a cell mean nothing, and each part of a text becomes a cell, or a row, of its own. So
//! every part is kept from being a formula, and every cell that holds a separator of any of them is quoted.

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
    if answer.number == 0 {
        write_row(out, COLUMNS)?;
    }
    for (number, found) in answer.found.iter().enumerate() {
        write_row(out, row(answer, answer.offset + number + 1, found))?;
    }
    Ok(())
}

fn row(answer: &Answer<'_>, rank: usize, found: &Found) -> [String; 12] {
    let article = &found.article;
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    [
        text(answer.id),
        rank.to_string(),
        found.id.map(|id| id.to_string()).unwrap_or_default(),
        text(article.key.as_deref()),
        found.score.map(|score| format!("{score:.4}")).unwrap_or_default(),
        text(article.headline.as_deref()),
        article.authors.join("; "),
        text(article.publisher.as_deref()),
        article.date().map(|date| date.to_string()).unwrap_or_default(),
        text(article.language.as_deref()),
        text(article.url.as_deref()),
        found.paths.first().map(|path| visible_path(path)).unwrap_or_default(),
    ]
}

/// What parts cells or rows in some spreadsheet.
const SEPARATORS: [char; 5] = [',', ';', '\t', '\n', '\r'];

/// Writes one row. Its cells are texts as they are.
pub(super) fn write_row(out: &mut dyn Write, cells: impl IntoIterator<Item = impl AsRef<str>>) -> io::Result<()> {
    for (number, text) in cells.into_iter().enumerate() {
        if number > 0 {
            out.write_all(b",")?;
        }
        let cell = guarded(&visible(text.as_ref()), number == 0);
        if cell.contains(SEPARATORS) || cell.contains('"') {
            write!(out, "\"{}\"", cell.replace('"', "\"\""))?;
        } else {
            out.write_all(cell.as_bytes())?;
        }
    }
    out.write_all(b"\n")
}

/// A text no part of which is a formula (CSV injection, as OWASP describes it): an apostrophe before a part makes it text.
///
/// An amount is none where it is a cell, whatever parts cells. The first cell of a row, and what stands behind a semicolon, a
/// tab or a line break, may become one cell with all that follows: `+1` and `5+A1` in two cells would be `+1,5+A1`.
fn guarded(text: &str, is_first: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut separator = None;
    for part in text.split_inclusive(SEPARATORS) {
        let is_safe = match separator {
            None => !is_first && is_amount(text),
            Some(separator) => separator == ',' && is_amount(part.trim_end_matches(SEPARATORS)),
        };
        let is_tab = separator.is_none() && part.starts_with('\t');
        if is_tab || (begins_formula(part) && !is_safe) {
            out.push('\'');
        }
        out.push_str(part);
        separator = part.chars().next_back();
    }
    out
}

/// Whether a spreadsheet may take a cell that begins so for a formula, whatever it strips from its beginning.
fn begins_formula(cell: &str) -> bool {
    let cell = cell.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\u{FEFF}' | '\u{200B}'));
    cell.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

/// Whether a cell is a number with a sign, as an amount, a percentage or a telephone number is.
fn is_amount(cell: &str) -> bool {
    let number = cell.trim_end_matches(['%', '‰', '€', '$', '£', '°']).trim_start();
    let Some(number) = number.strip_prefix(['+', '-']) else { return false };
    number.contains(|c: char| c.is_ascii_digit())
        && number.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | ' ' | '\u{A0}' | '\u{202F}'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(cells: &[&str]) -> String {
        let mut out = Vec::new();
        write_row(&mut out, cells).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn cells(table: &str, separator: u8) -> Vec<String> {
        let mut builder = csv::ReaderBuilder::new();
        let mut reader = builder.has_headers(false).flexible(true).delimiter(separator).from_reader(table.as_bytes());
        reader.records().flat_map(|record| record.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()).collect()
    }

    fn is_formula(cell: &str) -> bool {
        begins_formula(cell) && !is_amount(cell)
    }

    #[test]
    fn a_formula_is_text() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("  =1+1", "'  =1+1"),
            ("\u{A0}@SOMME(A1)", "'\u{A0}@SOMME(A1)"),
            ("-2+3", "'-2+3"),
            ("- un tiret", "'- un tiret"),
            ("\tx", "\"'\tx\""),
            ("Bourse;=1+1", "\"Bourse;'=1+1\""),
            ("Bourse ; =1+1", "\"Bourse ;' =1+1\""),
            ("Bourse, @x", "\"Bourse,' @x\""),
            ("un\n+cmd", "\"un\n'+cmd\""),
            ("un;\"=1\"", "\"un;'\"\"=1\"\"\""),
            ("＝1", "'＝1"),
            ("-5 %, dit-il", "\"'-5 %, dit-il\""),
            ("Bourse; -5 %", "\"Bourse;' -5 %\""),
        ] {
            assert_eq!(written(&["x", text]), format!("x,{cell}\n"), "{text:?}");
        }
        assert_eq!(written(&["+1", "5+A1"]), "'+1,5+A1\n");
    }

    #[test]
    fn what_is_no_formula_is_left_alone() {
        for text in ["-5 %", "+33 1 23 45 67 89", "1 000", "-12.5", "- 3 €", "Saint-Malo = port", "a@b.fr", "L’été", ""]
        {
            assert_eq!(written(&["x", text]), format!("x,{text}\n"));
        }
        assert_eq!(written(&["x", "-3,5", "CAC 40, -3,5 %", "A; B"]), "x,\"-3,5\",\"CAC 40, -3,5 %\",\"A; B\"\n");
    }

    proptest! {
        #[test]
        fn no_separator_makes_a_formula_of_a_part(
            row in prop::collection::vec("([a=+@;,\t\n\" -]|-5 %|\u{A0}|=1|;=){0,9}", 1..4),
        ) {
            let row: Vec<&str> = row.iter().map(String::as_str).collect();
            let table = written(&row);
            for separator in *b",;\t" {
                for cell in cells(&table, separator) {
                    prop_assert!(!is_formula(&cell), "{cell:?} of {table:?}");
                }
            }
            let back: Vec<String> = row.iter().enumerate().map(|(n, text)| guarded(text, n == 0)).collect();
            // A row of one empty cell is an empty line, which a reader passes over.
            prop_assert!(cells(&table, b',') == back || back == [""]);
        }
    }
}
