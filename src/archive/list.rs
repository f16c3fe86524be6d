//! Which articles a list gives, in which order, whatever is damaged.

use anyhow::Result;
use rusqlite::{Connection, OptionalExtension, Row};

use super::rows::{Filter, Order};
use super::schema::{self, Meta};

/// The columns of an article that decide whether and where it stands in a list.
struct Listed {
    row: i64,
    live: bool,
    days: Option<(i32, i32)>,
}

/// The rows of the articles that pass a filter, in order. What is damaged or missing is told.
///
/// Sorting the numbers alone keeps a million articles in 24 MB.
pub(super) fn order(connection: &Connection, filter: &Filter, damaged: &mut dyn FnMut(String)) -> Result<Vec<i64>> {
    let mut all = match in_a_row(connection) {
        Err(error) if schema::means_damage(&error) => {
            damaged(format!("the table of articles cannot be read to the end: {error}"));
            one_by_one(connection)?
        }
        other => other?,
    };
    let live = all.iter().filter(|listed| listed.live).count();
    // Without the row about itself there is nothing to compare with; `check` names it.
    let missing = Meta::load(connection).map_or(0, |meta| meta.counts.live - i64::try_from(live).unwrap_or(i64::MAX));
    if missing > 0 {
        let articles = if missing == 1 { "1 article is".to_owned() } else { format!("{missing} articles are") };
        damaged(format!("{articles} missing from the table of articles: run newsgrep check"));
    }
    all.retain(|listed| {
        (listed.live || filter.old_versions)
            && filter.since.is_none_or(|since| listed.days.is_some_and(|(_, last)| last >= since))
            && filter.until.is_none_or(|until| listed.days.is_some_and(|(first, _)| first <= until))
    });
    all.sort_unstable_by_key(|listed| {
        let first = listed.days.map(|(first, _)| first);
        match filter.order {
            Order::Newest => (first.is_none(), -first.unwrap_or_default(), listed.row),
            Order::Oldest => (first.is_none(), first.unwrap_or_default(), listed.row),
            Order::Added => (false, 0, listed.row),
        }
    });
    Ok(all.into_iter().map(|listed| listed.row).collect())
}

const COLUMNS: &str = "SELECT id, live, date_first, date_last FROM articles";

fn listed(row: &Row<'_>) -> rusqlite::Result<Listed> {
    let days: Option<(i32, i32)> = row.get::<_, Option<i32>>(2)?.zip(row.get(3)?);
    Ok(Listed { row: row.get(0)?, live: row.get::<_, i64>(1)? != 0, days })
}

fn in_a_row(connection: &Connection) -> Result<Vec<Listed>> {
    let mut select = connection.prepare_cached(COLUMNS)?;
    Ok(select.query_map([], listed)?.collect::<rusqlite::Result<_>>()?)
}

/// Goes by an index of the table: what can be read of a table with a damaged page.
fn one_by_one(connection: &Connection) -> Result<Vec<Listed>> {
    let mut found = Vec::new();
    let mut select = connection.prepare(&format!("{COLUMNS} WHERE id = ?"))?;
    for row in rows_of_articles(connection)? {
        match select.query_row([row], listed).optional().map_err(anyhow::Error::from) {
            Ok(listed) => found.extend(listed),
            Err(error) if schema::means_damage(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// The rows of the table of articles by one of its indexes, as far as this can be read.
pub(super) fn rows_of_articles(connection: &Connection) -> Result<Vec<i64>> {
    let mut select = connection.prepare("SELECT id FROM articles INDEXED BY articles_changed")?;
    let mut rows = select.query([])?;
    let mut found = Vec::new();
    while let Ok(Some(row)) = rows.next() {
        found.push(row.get(0)?);
    }
    found.sort_unstable();
    Ok(found)
}
