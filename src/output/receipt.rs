//! Receipts: for a person, and as JSON.

use std::io::{self, Write};

use jiff::tz::TimeZone;
use serde::Serialize;

use super::json::write_json;
use super::{Look, SCHEMA, visible};
use crate::search::Receipt;

/// Writes a receipt for a person.
///
/// # Errors
/// The writer's.
pub fn write_receipt(out: &mut dyn Write, receipt: &Receipt, look: Look) -> io::Result<()> {
    use super::style::Role;
    let searched = &receipt.searched;
    writeln!(out, "{}", look.paint(Role::Headline, "Receipt of this search"))?;
    let mut line = |name: &str, value: &str| {
        for (number, text) in visible(value).lines().enumerate() {
            writeln!(out, "  {:<13} {text}", if number == 0 { name } else { "" })?;
        }
        Ok::<_, io::Error>(())
    };
    line("asked", if receipt.asked.is_empty() { "(no words)" } else { &receipt.asked })?;
    line("understood", &receipt.understood)?;
    let undated = receipt.undated.map(|undated| format!("; {undated} undated left out by the date"));
    line("answer", &format!("{}{}", articles(receipt.total as u64), undated.unwrap_or_default()))?;
    let days = searched.days.map(|(first, last)| format!(", {first} to {last}")).unwrap_or_default();
    let (undated, cut) = (searched.undated, searched.truncated);
    line("archive", &format!("{}{days}, {undated} undated, {cut} cut off", articles(searched.articles)))?;
    if searched.empty > 0 || searched.skipped > 0 {
        line("", &format!("{} without text; {} records or files skipped", articles(searched.empty), searched.skipped))?;
    }
    line("", &format!("blake3 {}", hex(&searched.contents.hash)))?;
    if searched.behind > 0 {
        line("", &format!("{} changed since the index was built and not searched", articles(searched.behind)))?;
    }
    let versions = &receipt.versions;
    if searched.contents.cleaners.iter().any(|cleaner| *cleaner != versions.rules) {
        let cleaners: Vec<String> = searched.contents.cleaners.iter().map(ToString::to_string).collect();
        line("", &format!("cleaned with rules {}", cleaners.join(", ")))?;
    }
    line("when", &format!("{} ({})", utc(receipt), local(receipt)))?;
    let (rules, analysis, index) = (versions.rules, versions.analysis, versions.index);
    line("newsgrep", &format!("{}, rules {rules}, analysis {analysis}, index {index}", versions.newsgrep))?;
    line("check again", &receipt.command)
}

/// Writes a receipt as one JSON document.
///
/// # Errors
/// The writer's.
pub fn write_receipt_json(out: &mut dyn Write, receipt: &Receipt) -> io::Result<()> {
    write_json(out, &ReceiptRecord::of(receipt))
}

/// A receipt as it is written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReceiptRecord<'a> {
    schema: u32,
    query: &'a str,
    understood: &'a str,
    command: &'a str,
    total: usize,
    /// How many undated articles a date filter left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    undated: Option<usize>,
    archive: ArchiveRecord,
    time: String,
    local_time: String,
    newsgrep: &'a str,
    rules: u32,
    analysis: u32,
    index: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArchiveRecord {
    blake3: String,
    articles: u64,
    first_day: Option<String>,
    last_day: Option<String>,
    undated: u64,
    truncated: u64,
    without_text: u64,
    skipped: u64,
    not_searched: u64,
    cleaned_with_rules: Vec<u32>,
}

impl<'a> ReceiptRecord<'a> {
    pub(super) fn of(receipt: &'a Receipt) -> Self {
        let (searched, versions) = (&receipt.searched, &receipt.versions);
        Self {
            schema: SCHEMA,
            query: &receipt.asked,
            understood: receipt.understood.trim_end(),
            command: &receipt.command,
            total: receipt.total,
            undated: receipt.undated,
            archive: ArchiveRecord {
                blake3: hex(&searched.contents.hash),
                articles: searched.articles,
                first_day: searched.days.map(|(first, _)| first.to_string()),
                last_day: searched.days.map(|(_, last)| last.to_string()),
                undated: searched.undated,
                truncated: searched.truncated,
                without_text: searched.empty,
                skipped: searched.skipped,
                not_searched: searched.behind,
                cleaned_with_rules: searched.contents.cleaners.clone(),
            },
            time: utc(receipt),
            local_time: local(receipt),
            newsgrep: versions.newsgrep,
            rules: versions.rules,
            analysis: versions.analysis,
            index: versions.index,
        }
    }
}

fn articles(count: u64) -> String {
    if count == 1 { "1 article".to_owned() } else { format!("{count} articles") }
}

fn hex(hash: &[u8; 32]) -> String {
    blake3::Hash::from_bytes(*hash).to_string()
}

/// The moment to the second, in UTC.
fn utc(receipt: &Receipt) -> String {
    receipt.at.with_time_zone(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The moment to the second, where the asker was.
fn local(receipt: &Receipt) -> String {
    receipt.at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}
