//! `newsgrep status`: what the archive holds.

use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::Session;
use crate::index::FOLDER as INDEX;
use crate::output::{visible, visible_path};
use crate::search::Engine;

/// Tells what the archive holds, how large it is, and whether the index is up to date.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {}

pub(super) fn run(_arguments: &Arguments, session: &mut Session) -> anyhow::Result<()> {
    let dir = session.archive()?;
    let archive = session.reader()?;
    let mut damage = Vec::new();
    let stats = archive.stats(&mut |what| damage.push(what))?;
    damage.iter().for_each(|what| session.damaged(what));
    let out = &mut session.out;
    let mut line = |name: &str, value: String| writeln!(out, "{name:<14} {value}");
    line("archive", visible_path(dir.as_os_str().as_bytes()))?;
    let old = stats.all - stats.articles;
    line(
        "articles",
        if old > 0 { format!("{} and {old} older versions", stats.articles) } else { stats.articles.to_string() },
    )?;
    for (reader, count) in &stats.readers {
        line("", format!("{count} {reader}"))?;
    }
    let dates = stats.days.map_or_else(String::new, |(first, last)| format!("{} to {}, ", day(first), day(last)));
    line("dates", format!("{dates}{} undated", stats.undated))?;
    line("cut off", stats.truncated.to_string())?;
    line(
        "without text",
        if stats.empty > 0 { format!("{}: newsgrep list --empty", stats.empty) } else { "0".to_owned() },
    )?;
    let skipped =
        if stats.skipped > 0 { format!("{}: newsgrep list --skipped", stats.skipped) } else { "0".to_owned() };
    line("skipped", skipped)?;
    if stats.cleaned_otherwise > 0 {
        line("older rules", format!("{} articles: run `newsgrep reindex`", stats.cleaned_otherwise))?;
    }
    let edits: u64 = stats.edits.values().sum();
    line("edits", if edits == 0 { "none".to_owned() } else { format!("{edits} by the cleaning rules") })?;
    let mut rules: Vec<(&String, &u64)> = stats.edits.iter().collect();
    rules.sort_by(|(a, m), (b, n)| n.cmp(m).then(a.cmp(b)));
    for (rule, count) in rules {
        line("", format!("{count} {rule}"))?;
    }
    line("files", format!("{} at {} paths", stats.originals, stats.sources))?;
    let database: u64 = ["archive.sqlite", "archive.sqlite-wal"]
        .iter()
        .filter_map(|name| fs::metadata(dir.join(name)).ok())
        .map(|file| file.len())
        .sum();
    line("originals", format!("{} in {}", bytes(stats.original_bytes), bytes(database)))?;
    let opened = Engine::open(&dir).and_then(|engine| {
        let state = match engine.behind()? {
            0 => format!("up to date, {} articles", engine.findable()?),
            behind => format!("{behind} articles not yet searchable: run `newsgrep ingest` or `newsgrep reindex`"),
        };
        Ok((state, engine.sizes()?))
    });
    let (state, mut sizes, damage) = match opened {
        Ok((state, sizes)) => (state, sizes, None),
        Err(error) => (visible(&format!("{error:#}")).into_owned(), Vec::new(), Some(error)),
    };
    line("index", format!("{}, {state}", bytes(size(&dir.join(INDEX)))))?;
    let all: u64 = sizes.iter().map(|(_, bytes)| bytes).sum();
    let small = sizes.split_off(sizes.partition_point(|(_, bytes)| bytes * 50 > all));
    for (field, size) in &sizes {
        line("", format!("{} {field}", bytes(*size)))?;
    }
    if !small.is_empty() {
        line("", format!("{} in {} other fields", bytes(small.iter().map(|(_, bytes)| bytes).sum()), small.len()))?;
    }
    damage.map_or(Ok(()), Err)
}

fn day(number: i32) -> String {
    format!("{:04}-{:02}-{:02}", number / 10_000, number / 100 % 100, number % 100)
}

fn size(dir: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(dir) else { return 0 };
    let sizes = entries.flatten().map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => size(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    });
    sizes.sum()
}

fn bytes(count: u64) -> String {
    #[allow(clippy::cast_precision_loss, reason = "shown with one decimal")]
    let megabytes = count as f64 / 1e6;
    if count < 1_000_000 { format!("{} kB", count.div_ceil(1000)) } else { format!("{megabytes:.1} MB") }
}
