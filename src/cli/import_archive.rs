//! `newsgrep import-archive`: an archive from plain files.

use std::path::PathBuf;

use super::Session;
use super::export_archive::said;
use super::progress::Progress;
use crate::archive::{Writer, import};
use crate::ingest::reindex;
use crate::problem::{Failure, FailureKind};

/// Makes a new archive of the plain files that `export-archive` wrote, and indexes it. Every file is compared with its hash;
/// what is damaged is named and costs itself alone.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The folder that `export-archive` wrote.
    #[arg(value_name = "DIR")]
    from: PathBuf,
}

pub(super) fn run(arguments: &Arguments, session: &mut Session) -> anyhow::Result<()> {
    let dir = session.archive()?;
    let mut progress = Progress::of_copy(session);
    let outcome = import(&arguments.from, &dir, &mut progress);
    progress.end();
    let copied = outcome?;
    let mut is_searchable = true;
    if !copied.interrupted {
        let mut writer = Writer::open_or_create(&dir, &session.wait())?;
        let mut progress = Progress::new(session, false);
        let stop = session.stoppable();
        let outcome = reindex(&dir, &mut writer, super::ingest::processors(), &stop, &mut progress);
        progress.end();
        is_searchable = !outcome?.interrupted;
    }
    said(&copied, "taken in", session)?;
    if is_searchable {
        return Ok(());
    }
    let message = "interrupted; the archive is whole, its index is not made yet: run `newsgrep reindex`";
    Err(Failure::error(FailureKind::Interrupted, message))
}
