//! `newsgrep reindex`: builds the index anew from the archive.

use std::time::Instant;

use super::Session;
use super::progress::Progress;
use crate::archive::{Reader, Writer};
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
    Reader::open(&dir)?;
    let stop = session.stoppable();
    let mut writer = Writer::open_or_create(&dir, &session.wait())?;
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
        rebuilt.articles,
        began.elapsed().as_secs_f64()
    ));
    if rebuilt.damaged > 0 {
        let message = format!(
            "{} cannot be indexed: `newsgrep check --read-data` names all damage, and tells how to mend it",
            match rebuilt.damaged {
                1 => "1 damaged article".to_owned(),
                count => format!("{count} damaged articles"),
            }
        );
        return Err(Failure::error(FailureKind::Damage, message));
    }
    if rebuilt.skipped > 0 {
        let message =
            format!("{} articles could not be read from their originals: run `newsgrep check`", rebuilt.skipped);
        return Err(Failure::error(FailureKind::Skipped, message));
    }
    Ok(())
}
