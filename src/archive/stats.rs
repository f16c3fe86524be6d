//! Counting what an archive holds.

use std::collections::HashMap;

use anyhow::Result;
use rusqlite::{Connection, Row};

use super::Summary;
use super::rows::{ROW, Stats, article_seals};
use super::schema::{self, Meta};
use crate::clean::RULES_VERSION;

/// Counts. Rows that are damaged or missing are told to `damaged`, and not counted.
pub(super) fn count(connection: &Connection, damaged: &mut dyn FnMut(String)) -> Result<Stats> {
    let mut number = |query: &str| -> Result<u64> {
        let found = connection.query_row(query, [], |row| row.get::<_, Option<i64>>(0)).map_err(anyhow::Error::from);
        match found {
            Err(error) if schema::means_damage(&error) => {
                damaged(format!("not everything can be counted: {error}"));
                Ok(0)
            }
            other => Ok(other?.unwrap_or_default().cast_unsigned()),
        }
    };
    let mut stats = Stats {
        sources: number("SELECT count(*) FROM sources")?,
        originals: number("SELECT count(*) FROM originals")?,
        original_bytes: number("SELECT sum(length) FROM originals")?,
        chunk_bytes: number("SELECT sum(length(data)) FROM chunks")?,
        skipped: number("SELECT sum(count) FROM skipped")?,
        ..Stats::default()
    };
    let mut readers: HashMap<String, u64> = HashMap::new();
    let mut broken = 0_u64;
    let counted = each(connection, |row| {
        if article_seals(row)? {
            stats.take(row, &mut readers)
        } else {
            broken += 1;
            Ok(())
        }
    });
    match counted {
        Err(error) if schema::means_damage(&error) => {
            damaged(format!("the table of articles cannot be read to the end: {error}"));
        }
        other => other?,
    }
    if broken > 0 {
        let rows = if broken == 1 { "1 damaged row".to_owned() } else { format!("{broken} damaged rows") };
        damaged(format!("{rows} of articles not counted: run newsgrep check"));
    }
    let counts = Meta::load(connection).map(|meta| meta.counts);
    if counts.is_ok_and(|counts| counts.articles.cast_unsigned() > stats.all + broken) {
        damaged("articles are missing from their table: run newsgrep check".to_owned());
    }
    stats.readers = readers.into_iter().collect();
    stats.readers.sort_by(|(a, m), (b, n)| n.cmp(m).then(a.cmp(b)));
    Ok(stats)
}

fn each(connection: &Connection, mut take: impl FnMut(&Row<'_>) -> Result<()>) -> Result<()> {
    let mut select = connection.prepare(ROW)?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        take(row)?;
    }
    Ok(())
}

impl Stats {
    /// Counts an article whose row is sound.
    fn take(&mut self, row: &Row<'_>, readers: &mut HashMap<String, u64>) -> Result<()> {
        self.all += 1;
        if row.get::<_, i64>(7)? == 0 {
            return Ok(());
        }
        self.articles += 1;
        let reader = row.get_ref(4)?.as_str()?;
        match readers.get_mut(reader) {
            Some(count) => *count += 1,
            None => drop(readers.insert(reader.to_owned(), 1)),
        }
        self.cleaned_otherwise += u64::from(row.get::<_, u32>(5)? != RULES_VERSION);
        let days: Option<(i32, i32)> = row.get::<_, Option<i32>>(9)?.zip(row.get(10)?);
        self.undated += u64::from(days.is_none());
        self.days = match (self.days, days) {
            (Some((first, last)), Some((other_first, other_last))) => {
                Some((first.min(other_first), last.max(other_last)))
            }
            (known, other) => known.or(other),
        };
        let json = row.get_ref(11)?.as_str()?;
        // A string in JSON has no quotes of its own: these are keys. Summaries without them need not be read.
        if ["\"truncated\":true", "\"empty\":true", "\"edits\":"].iter().any(|key| json.contains(key)) {
            let Ok(summary) = serde_json::from_str::<Summary>(json) else { return Ok(()) };
            self.truncated += u64::from(summary.truncated);
            self.empty += u64::from(summary.empty);
            for (rule, count) in summary.edits {
                *self.edits.entry(rule).or_default() += count;
            }
        }
        Ok(())
    }
}
