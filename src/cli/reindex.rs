//! `newsgrep reindex`: builds the index anew from the archive.

use std::time::Instant;

use super::Session;
use super::progress::Progress;
use crate::archive::Writer;
use crate::ingest::reindex;
use crate::problem::{Failure, FailureKind};

/// Cleans every article afresh from its original and builds a new index beside the old, which is replaced when the new one
/// is complete. Searches go on meanwhile.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Threads [default: one a processor].
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
}

pub(super) fn run(arguments: &Arguments, session: &mut Session) -> anyhow::Result<()> {
    let began = Instant::now();
    let dir = session.archive()?;
    let stop = session.stoppable();
    let mut writer = Writer::open(&dir, &session.wait())?;
    session.tell_lost(writer.lost());
    let mut progress = Progress::new(session, false);
    let jobs = arguments.jobs.unwrap_or_else(super::ingest::processors).clamp(1, 64);
    let outcome = reindex(&dir, &mut writer, jobs, &stop, &mut progress);
    progress.end();
    let rebuilt = outcome?;
    if rebuilt.interrupted {
        return Err(Failure::error(FailureKind::Interrupted, "interrupted; the old index is in place"));
    }
    let recleaned = match rebuilt.recleaned {
        0 => String::new(),
        count => format!(", {count} cleaned by newer rules"),
    };
    session.note(&format!(
        "{} articles indexed{recleaned} in {:.1} s",
        rebuilt.articles + rebuilt.kept,
        began.elapsed().as_secs_f64()
    ));
    if !writer.settle_journal()? {
        session.note(super::ingest::JOURNAL_LEFT);
    }
    let articles = |count: u64| if count == 1 { "1 article".to_owned() } else { format!("{count} articles") };
    if rebuilt.kept > 0 {
        session.note(&format!(
            "{} could not be cleaned again: their text was carried over from the old index",
            articles(rebuilt.kept)
        ));
    }
    if rebuilt.damaged > 0 {
        let message = format!(
            "the originals of {} are damaged: `newsgrep check --read-data` names them, and tells what to do",
            articles(rebuilt.damaged)
        );
        return Err(Failure::error(FailureKind::Damage, message));
    }
    if rebuilt.skipped > 0 {
        let message =
            format!("{} could not be read from their originals: run `newsgrep check`", articles(rebuilt.skipped));
        return Err(Failure::error(FailureKind::Skipped, message));
    }
    Ok(())
}
