//! Counting what an archive holds.

use std::collections::BTreeMap;

use anyhow::Result;
use rusqlite::Connection;

use super::Summary;
use super::rows::Stats;
use crate::clean::RULES_VERSION;

pub(super) fn count(connection: &Connection) -> Result<Stats> {
    let number = |query: &str| -> rusqlite::Result<u64> {
        Ok(connection.query_row(query, [], |row| row.get::<_, Option<i64>>(0))?.unwrap_or_default().cast_unsigned())
    };
    let mut stats = Stats {
        all: number("SELECT count(*) FROM articles")?,
        sources: number("SELECT count(*) FROM sources")?,
        originals: number("SELECT count(*) FROM originals")?,
        original_bytes: number("SELECT sum(length) FROM originals")?,
        chunk_bytes: number("SELECT sum(length(data)) FROM chunks")?,
        ..Stats::default()
    };
    let mut select = connection.prepare(
        "SELECT reader, count(*), count(*) - count(date_first), sum(truncated), min(date_first), max(date_last)
         FROM articles WHERE live GROUP BY reader ORDER BY 2 DESC, 1",
    )?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let articles = row.get::<_, i64>(1)?.cast_unsigned();
        stats.readers.push((row.get(0)?, articles));
        stats.articles += articles;
        stats.undated += row.get::<_, i64>(2)?.cast_unsigned();
        stats.truncated += row.get::<_, i64>(3)?.cast_unsigned();
        let days: Option<(i32, i32)> = row.get::<_, Option<i32>>(4)?.zip(row.get(5)?);
        stats.days = match (stats.days, days) {
            (Some((first, last)), Some((other_first, other_last))) => {
                Some((first.min(other_first), last.max(other_last)))
            }
            (known, other) => known.or(other),
        };
    }
    drop(rows);
    stats.cleaned_otherwise =
        number(&format!("SELECT count(*) FROM articles WHERE live AND cleaner <> {RULES_VERSION}"))?;
    stats.edits = edits(connection)?;
    Ok(stats)
}

/// Adds up what the summaries say; those without edits are not read.
fn edits(connection: &Connection) -> Result<BTreeMap<String, u64>> {
    let mut select =
        connection.prepare("SELECT summary FROM articles WHERE live AND instr(summary, '\"edits\":') > 0")?;
    let mut rows = select.query([])?;
    let mut edits = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let Ok(summary) = serde_json::from_str::<Summary>(row.get_ref(0)?.as_str()?) else { continue };
        for (rule, count) in summary.edits {
            *edits.entry(rule).or_default() += count;
        }
    }
    Ok(edits)
}
