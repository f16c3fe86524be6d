//! Hits for a person: rank, headline, where it comes from, and the passages that show why.

use std::io::{self, Write};
use std::time::Duration;

use super::marked::marked_lines;
use super::style::{Look, Role};
use super::{Answer, Format, Tables, bars, visible, visible_path, write_receipt};
use crate::search::{Found, Passage, Piece, Receipt};

pub(super) const FORMAT: Format = Format {
    name: "text",
    about: "for a person",
    write,
    tables: Some(Tables { counts: bars::write, firsts: bars::write_firsts }),
    passages: true,
};

fn write(out: &mut dyn Write, answer: &Answer<'_>, look: Look) -> io::Result<()> {
    if let Some(id) = answer.id {
        writeln!(out, "{}", look.paint(Role::Headline, format_args!("{} · {}", visible(id), visible(answer.asked))))?;
    }
    for (number, found) in answer.found.iter().enumerate() {
        write_found(out, answer.offset + number + 1, found, look)?;
    }
    if answer.total > 0 {
        writeln!(out, "{}", look.paint(Role::Faint, summary(answer)))?;
    }
    write_receipt_after(out, answer.receipt, answer.total > 0, look)
}

/// The receipt below an answer, where it is part of it.
pub(super) fn write_receipt_after(
    out: &mut dyn Write,
    receipt: Option<&Receipt>,
    apart: bool,
    look: Look,
) -> io::Result<()> {
    let Some(receipt) = receipt else { return Ok(()) };
    if apart {
        writeln!(out)?;
    }
    write_receipt(out, receipt, look)
}

fn write_found(out: &mut dyn Write, rank: usize, found: &Found, look: Look) -> io::Result<()> {
    let rank = format!("{rank}. ");
    let indent = " ".repeat(rank.len());
    let untitled = vec![Piece { text: "(untitled)".to_owned(), hit: false }];
    let headline = if found.headline.is_empty() { &untitled } else { &found.headline };
    for (number, line) in
        marked_lines(headline, look.width.saturating_sub(rank.len()), Role::Headline, look).enumerate()
    {
        let before = if number == 0 { &rank } else { &indent };
        writeln!(out, "{before}{line}")?;
    }
    let faint = look.paint(Role::Faint, origin(found));
    writeln!(out, "{indent}{faint}")?;
    for path in found.paths.iter().take(3) {
        writeln!(out, "{indent}{}", look.paint(Role::Faint, visible_path(path)))?;
    }
    if found.paths.len() > 3 {
        writeln!(out, "{indent}{}", look.paint(Role::Faint, format_args!("and {} more paths", found.paths.len() - 3)))?;
    }
    let wide = found.passages.iter().any(|passage| paragraphs(passage).nth(1).is_some());
    for (number, passage) in found.passages.iter().enumerate() {
        if wide && number > 0 {
            writeln!(out, "{indent}  {}", look.paint(Role::Faint, "--"))?;
        }
        for paragraph in paragraphs(passage) {
            for line in marked_lines(paragraph, look.width.saturating_sub(indent.len() + 2), Role::Plain, look) {
                writeln!(out, "{indent}  {line}")?;
            }
        }
    }
    writeln!(out)
}

/// The paragraphs of a passage.
fn paragraphs(passage: &Passage) -> impl Iterator<Item = &[Piece]> {
    passage.split(|piece| !piece.hit && piece.text == "\n\n")
}

/// Publisher, date and short id on one line, as far as they are known.
fn origin(found: &Found) -> String {
    let article = &found.article;
    let date = article
        .date_published
        .as_ref()
        .map(|stated| stated.date.map_or_else(|| stated.text.clone(), |date| date.to_string()));
    let hint = article.date_hint.as_ref().map(|hint| format!("undated, not before {}", hint.not_before));
    let date = date.or(hint).unwrap_or_else(|| "undated".to_owned());
    let id = found.id.map(|id| id.short()).unwrap_or_default();
    let mut parts: Vec<&str> = article.publisher.iter().map(String::as_str).collect();
    parts.extend([date.as_str(), id.as_str()]);
    parts.extend(article.truncated.then_some("cut off"));
    visible(&parts.join(" · ")).replace('\n', " ")
}

fn summary(answer: &Answer<'_>) -> String {
    let shown = answer.found.len();
    let shown = if shown == answer.total {
        None
    } else if shown == 0 {
        Some(format!("none at {} or later", answer.offset + 1))
    } else {
        Some(format!("{} to {} shown", answer.offset + 1, answer.offset + shown))
    };
    articles(answer.total as u64, shown, answer.undated, answer.elapsed)
}

/// How many articles, which of them are shown, how many a date filter left out, and how long it took.
pub(super) fn articles(total: u64, shown: Option<String>, undated: Option<usize>, elapsed: Option<Duration>) -> String {
    let total = if total == 1 { "1 article".to_owned() } else { format!("{total} articles") };
    let undated = undated.filter(|undated| *undated > 0).map(|undated| format!("{undated} undated left out"));
    let elapsed = elapsed.map(|elapsed| format!("{} ms", elapsed.as_millis().max(1)));
    [Some(total), shown, undated, elapsed].into_iter().flatten().collect::<Vec<_>>().join(", ")
}
