//! Tallies and first articles for scripts and spreadsheets: JSON, JSON Lines and CSV.

use std::io::{self, Write};

use serde::Serialize;

use super::csv::write_row;
use super::json::{HitRecord, write_json};
use super::receipt::ReceiptRecord;
use super::{Counted, Firsts, Look, SCHEMA};
use crate::search::{By, First, Row};

/// One row as it is written.
#[derive(Serialize)]
struct RowRecord<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'a str>,
    /// `null` for the articles without value.
    value: Option<&'a str>,
    count: u64,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    imprecise: bool,
    /// How many values this row stands for, when it stands for those that `--limit` left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    more: Option<usize>,
}

impl<'a> RowRecord<'a> {
    fn of(row: &'a Row) -> Self {
        Self { value: Some(&row.value), count: row.count, imprecise: row.imprecise, ..Self::empty(row.count) }
    }

    const fn empty(count: u64) -> Self {
        Self { schema: None, by: None, value: None, count, imprecise: false, more: None }
    }
}

fn rows<'a>(counted: &Counted<'a>) -> Vec<RowRecord<'a>> {
    let mut rows: Vec<RowRecord<'_>> = counted.rows.iter().map(RowRecord::of).collect();
    if counted.rest.0 > 0 {
        rows.push(RowRecord { more: Some(counted.rest.0), ..RowRecord::empty(counted.rest.1) });
    }
    if counted.tally.without > 0 {
        rows.push(RowRecord::empty(counted.tally.without));
    }
    rows
}

/// A tally as one document.
#[derive(Serialize)]
struct Document<'a, T> {
    schema: u32,
    query: &'a str,
    by: &'a str,
    total: u64,
    /// How many articles have no value.
    without: u64,
    /// How many undated articles a date filter left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    undated: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<ReceiptRecord<'a>>,
    rows: Vec<T>,
}

pub(super) fn json(out: &mut dyn Write, counted: &Counted<'_>, _look: Look) -> io::Result<()> {
    let tally = counted.tally;
    let (total, without, undated) = (tally.total, tally.without, counted.undated);
    let (query, by, receipt) = (counted.asked, tally.by.name(), counted.receipt.map(ReceiptRecord::of));
    write_json(out, &Document { schema: SCHEMA, query, by, total, without, undated, receipt, rows: rows(counted) })
}

pub(super) fn jsonl(out: &mut dyn Write, counted: &Counted<'_>, _look: Look) -> io::Result<()> {
    let by = Some(counted.tally.by.name());
    rows(counted).into_iter().try_for_each(|row| write_json(out, &RowRecord { schema: Some(SCHEMA), by, ..row }))
}

pub(super) fn csv(out: &mut dyn Write, counted: &Counted<'_>, _look: Look) -> io::Result<()> {
    write_row(out, [counted.tally.by.name(), "count"])?;
    for row in rows(counted) {
        let more = row.more.map(|more| format!("({more} more)"));
        write_row(out, [more.as_deref().or(row.value).unwrap_or_default(), &row.count.to_string()])?;
    }
    Ok(())
}

/// The earliest article of a name as it is written.
#[derive(Serialize)]
struct FirstRecord<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'a str>,
    value: &'a str,
    count: u64,
    undated: u64,
    /// `null` when none is dated.
    first: Option<HitRecord<'a>>,
}

impl<'a> FirstRecord<'a> {
    fn of(first: &'a First) -> Self {
        let found = first.found.as_ref().map(|found| HitRecord::of(found, None));
        let (value, count, undated) = (first.name.as_str(), first.articles, first.undated);
        Self { schema: None, by: None, value, count, undated, first: found }
    }
}

pub(super) fn json_firsts(out: &mut dyn Write, firsts: &Firsts<'_>, _look: Look) -> io::Result<()> {
    let (total, without, undated) = (firsts.total, firsts.without, firsts.undated);
    let (query, by) = (firsts.asked, By::Name(firsts.name).name());
    let receipt = firsts.receipt.map(ReceiptRecord::of);
    let rows = firsts.firsts.iter().map(FirstRecord::of).collect();
    write_json(out, &Document { schema: SCHEMA, query, by, total, without, undated, receipt, rows })
}

pub(super) fn jsonl_firsts(out: &mut dyn Write, firsts: &Firsts<'_>, _look: Look) -> io::Result<()> {
    let by = Some(By::Name(firsts.name).name());
    let rows = firsts.firsts.iter().map(|first| FirstRecord { schema: Some(SCHEMA), by, ..FirstRecord::of(first) });
    rows.into_iter().try_for_each(|row| write_json(out, &row))
}

pub(super) fn csv_firsts(out: &mut dyn Write, firsts: &Firsts<'_>, _look: Look) -> io::Result<()> {
    let by = By::Name(firsts.name).name();
    write_row(out, [by, "datePublished", "id", "headline", "url", "count", "undated"])?;
    for first in firsts.firsts {
        let article = first.found.as_ref().map(|found| &found.article);
        let id = first.found.as_ref().and_then(|found| found.id);
        let text = |value: Option<&String>| value.cloned().unwrap_or_default();
        let cells = [
            first.name.clone(),
            article.and_then(|article| article.date()).map(|date| date.to_string()).unwrap_or_default(),
            id.map(|id| id.to_string()).unwrap_or_default(),
            text(article.and_then(|article| article.headline.as_ref())),
            text(article.and_then(|article| article.url.as_ref())),
            first.articles.to_string(),
            first.undated.to_string(),
        ];
        write_row(out, cells)?;
    }
    Ok(())
}
