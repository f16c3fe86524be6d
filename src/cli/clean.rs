//! `newsgrep clean`: cleaning alone.

use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use clap::ValueEnum;

use super::Session;
use super::skips::Skips;
use crate::article::ArticleId;
use crate::ingest::{cleaned, scan};
use crate::output::{CleanedRecord, visible_path, write_article, write_cleaned, write_ledger};
use crate::problem::{Failure, FailureKind, Problem};

/// Cleans files and folders and prints the articles; nothing is kept.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Files and folders.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How to print the articles.
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
    /// Print the ledger of edits instead: rule, place, before -> after.
    #[arg(long)]
    explain: bool,
    /// Leave a cleaning rule out (see `newsgrep rules`).
    #[arg(long, value_name = "RULE", value_parser = super::rules::names(), hide_possible_values = true)]
    skip: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// As one reads it.
    Text,
    /// One JSON document an article.
    Jsonl,
}

pub(super) fn run(arguments: &Arguments, session: &mut Session) -> anyhow::Result<()> {
    let (mut skipped, mut printed, mut skips) = (0_u64, 0_u64, Skips::new(session.verbose));
    let quiet = session.quiet;
    let note = |text: &str| {
        if !quiet {
            super::say(text);
        }
    };
    let here = std::env::current_dir().unwrap_or_default();
    let (out, look) = (&mut session.out, session.look);
    let passed_over = scan(&arguments.paths, &mut |path, record| {
        let outcome =
            record.and_then(|(reader, record)| {
                let cleaned = cleaned(reader, &record.bytes, &arguments.skip);
                cleaned
                    .map(|cleaned| (record.number, ArticleId::of(&record.bytes), cleaned))
                    .map_err(|reason| Problem { path: path.to_owned(), record: Some(record.number), reason })
            });
        let (number, id, cleaned) = match outcome {
            Ok(cleaned) => cleaned,
            Err(problem) => {
                skipped += 1;
                skips.line(&problem).iter().for_each(|line| super::say(line));
                return Ok(());
            }
        };
        let near = path.strip_prefix(&here).unwrap_or(path);
        if cleaned.article.linear {
            note(&format!(
                "{}: too long or too tangled to be cleaned as others are; its text is kept whole",
                visible_path(near.as_os_str().as_bytes())
            ));
        }
        let paths = [near.as_os_str().as_bytes().to_vec()];
        if arguments.explain {
            writeln!(out, "{}, record {number}", visible_path(near.as_os_str().as_bytes()))?;
            write_ledger(out, &cleaned.ledger, look)?;
        } else if arguments.format == Form::Jsonl {
            write_cleaned(out, &CleanedRecord { id, article: &cleaned.article, paths: &paths, record: Some(number) })?;
        } else {
            if printed > 0 {
                writeln!(out, "\n{}\n", "─".repeat(look.width.min(40)))?;
            }
            write_article(out, id, &cleaned.article, None, &paths, look)?;
        }
        printed += 1;
        Ok(())
    })?;
    skips.rest().iter().for_each(|line| super::say(line));
    if !passed_over.ignored.is_empty() {
        let mut kinds = BTreeMap::new();
        for (_, kind) in &passed_over.ignored {
            *kinds.entry(*kind).or_insert(0) += 1;
        }
        session.note(&format!("{} ignored", super::ingest::by_kind(&kinds)));
    }
    for folder in &passed_over.own {
        session.note(&super::progress::passed_over(folder));
    }
    if skipped > 0 {
        return Err(Failure::error(FailureKind::Skipped, format!("{skipped} skipped")));
    }
    Ok(())
}
