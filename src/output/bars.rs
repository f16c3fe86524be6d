//! Tallies and first articles for a person: tables, with bars on a terminal.

use std::io::{self, Write};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::style::{Look, Role};
use super::text::{articles, write_receipt_after};
use super::{Counted, Firsts, visible};
use crate::search::{By, First, Row, Unit};

/// Runs of empty rows longer than this are one row.
const EMPTY: usize = 12;

/// Writes the rows with their counts, and what they sum to.
pub(super) fn write(out: &mut dyn Write, counted: &Counted<'_>, look: Look) -> io::Result<()> {
    let tally = counted.tally;
    if tally.total == 0 {
        return write_receipt_after(out, counted.receipt, false, look);
    }
    let lines = lines(counted);
    let label = lines.iter().map(|line| line.label.width()).max().unwrap_or(0).min(look.width / 2);
    let digits = lines.iter().map(|line| line.count).max().unwrap_or(0).to_string().len();
    let most = lines.iter().filter(|line| line.bar).map(|line| line.count).max().unwrap_or(0);
    let room = if look.terminal { look.width.saturating_sub(label + digits + 5) } else { 0 };
    for line in &lines {
        let text = if look.terminal { cut(&line.label, label) } else { line.label.clone() };
        write!(out, "{text}{:pad$}  {:>digits$}", "", line.count, pad = label.saturating_sub(text.width()))?;
        let bar = if line.bar { bar(line.count, most, room) } else { String::new() };
        if bar.is_empty() { writeln!(out)? } else { writeln!(out, "  {}", look.paint(Role::Bar, bar))? }
    }
    let total = articles(tally.total, None, counted.undated, counted.elapsed);
    let many = if tally.by.many() {
        format!("; one with several {}s counts for each", tally.by.name())
    } else {
        String::new()
    };
    writeln!(out, "{}", look.paint(Role::Faint, format_args!("{total}{many}")))?;
    write_receipt_after(out, counted.receipt, true, look)
}

/// Writes the earliest article of each name, a line each.
pub(super) fn write_firsts(out: &mut dyn Write, firsts: &Firsts<'_>, look: Look) -> io::Result<()> {
    if firsts.total == 0 {
        return write_receipt_after(out, firsts.receipt, false, look);
    }
    let name = |first: &First| line_of(&first.name);
    let names = firsts.firsts.iter().map(|first| name(first).width()).max().unwrap_or(0).min(look.width / 3);
    let dates = firsts.firsts.iter().map(|first| date(first).width()).max().unwrap_or(0);
    for first in firsts.firsts {
        let who = if look.terminal { cut(&name(first), names) } else { name(first) };
        let before = format!("{:<dates$}  {who}{:pad$}  ", date(first), "", pad = names.saturating_sub(who.width()));
        let (id, what) = match &first.found {
            Some(found) => {
                let headline = found.article.headline.as_deref().unwrap_or("(untitled)");
                (found.id.map(|id| id.short()).unwrap_or_default(), line_of(headline))
            }
            None => (" ".repeat(8), "none is dated".to_owned()),
        };
        let undated = match first.undated {
            _ if first.found.is_none() && first.articles == 1 => " (1 article)".to_owned(),
            _ if first.found.is_none() => format!(" ({} articles)", first.articles),
            0 => String::new(),
            undated => format!(" ({undated} undated besides)"),
        };
        let room = look.width.saturating_sub(before.width() + id.len() + 2 + undated.width());
        let what = if look.terminal { cut(&what, room.max(10)) } else { what };
        let faint = |text| look.paint(Role::Faint, text);
        writeln!(out, "{before}{}  {what}{}", faint(id), faint(undated))?;
    }
    let mut line = articles(firsts.total, None, firsts.undated, firsts.elapsed);
    if firsts.without > 0 {
        line.push_str(&format!("; {} without {}", firsts.without, By::Name(firsts.name).name()));
    }
    writeln!(out, "{}", look.paint(Role::Faint, line))?;
    write_receipt_after(out, firsts.receipt, true, look)
}

struct Line {
    label: String,
    count: u64,
    bar: bool,
}

fn lines(counted: &Counted<'_>) -> Vec<Line> {
    let by = counted.tally.by;
    let mut lines = Vec::new();
    let mut rows = counted.rows.iter().peekable();
    while let Some(row) = rows.next() {
        let mut until = None;
        let empty = rows.clone().take_while(|next| row.count == 0 && next.count == 0).count();
        if empty >= EMPTY {
            until = rows.nth(empty - 1);
        }
        let label = match until {
            Some(last) => format!("{} to {}", row.value, last.value),
            None => label(by, row),
        };
        lines.push(Line { label, count: row.count, bar: !row.imprecise });
    }
    let special = |label: String, count| Line { label, count, bar: false };
    if counted.rest.0 > 0 {
        lines.push(special(format!("({} more)", counted.rest.0), counted.rest.1));
    }
    if counted.tally.without > 0 {
        let what = if matches!(by, By::Date(_)) { "date" } else { by.name() };
        lines.push(special(format!("(no {what})"), counted.tally.without));
    }
    lines
}

fn label(by: By, row: &Row) -> String {
    let lacks = match by {
        By::Date(Unit::Day) if row.value.len() > 4 => "day",
        _ => "month",
    };
    if row.imprecise { format!("{} (no {lacks})", row.value) } else { line_of(&row.value) }
}

fn line_of(text: &str) -> String {
    visible(text).replace(['\n', '\t'], " ")
}

/// The beginning of a text that fits, with `…` where it was cut.
fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut taken = 1;
    let fits = |c: &char| {
        taken += c.width().unwrap_or(0);
        taken <= columns
    };
    let mut beginning: String = text.chars().take_while(fits).collect();
    beginning.push('…');
    beginning
}

/// A bar in eighths of a column; what is not nothing is seen.
fn bar(count: u64, most: u64, columns: usize) -> String {
    const EIGHTHS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
    if count == 0 || most == 0 || columns == 0 {
        return String::new();
    }
    let all = columns as u128 * 8;
    let eighths = (u128::from(count) * all / u128::from(most)).max(1);
    let (whole, part) = (usize::try_from(eighths / 8).unwrap_or(columns), usize::try_from(eighths % 8).unwrap_or(0));
    let part = part.checked_sub(1).and_then(|part| EIGHTHS.get(part));
    std::iter::repeat_n('█', whole.min(columns)).chain(part.copied()).collect()
}

fn date(first: &First) -> String {
    let date = first.found.as_ref().and_then(|found| found.article.date());
    date.map_or_else(|| "undated".to_owned(), |date| date.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_to_scale() {
        assert_eq!(bar(8, 8, 10), "██████████");
        assert_eq!(bar(4, 8, 10), "█████");
        assert_eq!(bar(1, 1_000_000, 10), "▏");
        assert_eq!(bar(13, 16, 2), "█▋");
        assert_eq!(bar(0, 8, 10), "");
        assert_eq!(bar(u64::MAX, u64::MAX, 3), "███");
        assert_eq!(bar(3, 8, 0), "");
    }

    #[test]
    fn names_are_cut_at_columns() {
        assert_eq!(cut("La Voix du Berry", 16), "La Voix du Berry");
        assert_eq!(cut("La Voix du Berry", 9), "La Voix …");
        assert_eq!(cut("東京新聞", 5), "東京…");
    }
}
