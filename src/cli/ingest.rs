//! `newsgrep ingest`: takes files and folders into the archive.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::time::Instant;

use super::Session;
use super::progress::Progress;
use crate::ingest::{Report, Settings, ingest};
use crate::output::visible_path;
use crate::problem::{Failure, FailureKind};

/// Reads text clips, saved pages (HTML), Markdown notes, JSON and JSON Lines; folders are searched. Source files are only
/// read. Running it again adds what is new and is fast.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Files and folders.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Read and clean, keep nothing.
    #[arg(long)]
    dry_run: bool,
    /// Read every file again, whatever its time stamp says; what of it is damaged in the archive is stored anew.
    #[arg(long)]
    rehash: bool,
    /// The largest file to read: bytes, or a number with kB, MB, GB or TB.
    #[arg(long, value_name = "SIZE", value_parser = size, default_value = "64GB")]
    max_file: u64,
    /// Threads [default: one a processor].
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Leave a cleaning rule out (see `newsgrep rules`).
    #[arg(long, value_name = "RULE", value_parser = super::rules::names(), hide_possible_values = true)]
    skip: Vec<String>,
}

pub(super) fn run(arguments: &Arguments, session: &mut Session) -> anyhow::Result<()> {
    let began = Instant::now();
    let stop = session.stoppable();
    let settings = Settings {
        jobs: arguments.jobs.unwrap_or_else(processors).clamp(1, 64),
        dry_run: arguments.dry_run,
        rehash: arguments.rehash,
        max_file: arguments.max_file,
        skip: arguments.skip.clone(),
        now: session.now(),
        wait: session.wait(),
    };
    let mut progress = Progress::new(session, true).naming_ignored(arguments.dry_run);
    let outcome = ingest(&session.archive()?, &arguments.paths, &settings, &stop, &mut progress);
    progress.end();
    let report = outcome?;
    session.tell_lost(report.lost.as_ref());
    session.note(&summary(&report, arguments.dry_run, began.elapsed().as_secs_f64()));
    if report.repaired > 0 {
        let files = if report.repaired == 1 { "1 file".to_owned() } else { format!("{} files", report.repaired) };
        session.note(&format!("repaired the damaged originals of {files}"));
    }
    if report.gone > 0 {
        let files = if report.gone == 1 { "1 file is".to_owned() } else { format!("{} files are", report.gone) };
        session.note(&format!(
            "{files} gone since the last run; their articles stay: `newsgrep list --gone` names the files"
        ));
    }
    for (folder, files) in &report.emptied {
        session.note(&format!(
            "{} is empty, but the archive has {files} files from it: is a drive not mounted? Their articles stay",
            visible_path(folder.as_os_str().as_bytes())
        ));
    }
    if report.journal_left {
        session.note(JOURNAL_LEFT);
    }
    if report.interrupted {
        return Err(Failure::error(FailureKind::Interrupted, "interrupted; the next run goes on from here"));
    }
    if report.skipped > 0 {
        return Err(Failure::error(FailureKind::Skipped, String::new()));
    }
    Ok(())
}

/// What a run says that could not empty the journal.
pub(super) const JOURNAL_LEFT: &str = "somebody is reading the archive: what was added is safe in its journal, archive.sqlite-wal, which the next run empties";

/// Reads a size: 500MB.
fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = text.get(digits.len()..).unwrap_or_default().trim().to_ascii_lowercase();
    let power = ["", "kb", "mb", "gb", "tb"].iter().position(|name| *name == unit);
    let bytes = digits
        .parse::<u64>()
        .ok()
        .zip(power)
        .and_then(|(number, power)| number.checked_mul(1000_u64.checked_pow(u32::try_from(power).ok()?)?));
    bytes.ok_or_else(|| "a number of bytes, or one with kB, MB, GB or TB".to_owned())
}

/// Threads when nothing else is said.
pub(super) fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Files by their kind: 44, and of which kinds, the most first.
pub(super) fn by_kind(kinds: &BTreeMap<&'static str, u64>) -> String {
    let mut sorted: Vec<(&&str, &u64)> = kinds.iter().collect();
    sorted.sort_by_key(|(kind, count)| (Reverse(**count), **kind));
    let total: u64 = kinds.values().sum();
    let kinds: Vec<String> = sorted.into_iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    format!("{total} ({})", kinds.join(", "))
}

/// The last line: what was done.
fn summary(report: &Report, dry_run: bool, seconds: f64) -> String {
    let plural = |count: u64, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let mut parts = Vec::new();
    let added = plural(report.added, "article", "articles");
    let versions = match report.versions {
        0 => String::new(),
        versions => format!(" ({} of an article that was there)", plural(versions, "new version", "new versions")),
    };
    parts.push(format!("{}{added} added{versions}", if dry_run { "dry run: would have " } else { "" }));
    if report.known > 0 {
        parts.push(format!("{} there already", report.known));
    }
    if report.forgotten > 0 {
        parts.push(format!("{} left out as forgotten", report.forgotten));
    }
    parts.push(format!("{} unchanged", plural(report.unchanged, "file", "files")));
    if report.empty > 0 {
        parts.push(format!("{} without text", plural(report.empty, "article", "articles")));
    }
    if !report.ignored.is_empty() {
        parts.push(format!("{} ignored", by_kind(&report.ignored)));
    }
    if report.linear > 0 {
        parts.push(format!("{} too long or too tangled to be cleaned as others are, kept whole", report.linear));
    }
    if report.still_skipped > 0 {
        parts.push(format!("{} still skipped", report.still_skipped));
    }
    parts.push(format!("{} skipped", report.skipped));
    format!("{} in {seconds:.1} s", parts.join(", "))
}
