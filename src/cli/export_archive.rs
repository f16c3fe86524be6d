//! `newsgrep export-archive`: the whole archive as plain files.

use std::path::PathBuf;

use super::Session;
use super::progress::Progress;
use crate::archive::{Copied, Reader, export};
use crate::problem::{Failure, FailureKind};

/// Writes the whole archive as plain files: every original, named by its hash, a manifest with paths, times and versions, and
/// a README.txt that tells how to read them without newsgrep. `import-archive` makes an archive of them again.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A folder that does not exist or is empty.
    #[arg(value_name = "DIR")]
    to: PathBuf,
}

pub(super) fn run(arguments: &Arguments, session: &mut Session) -> anyhow::Result<()> {
    let archive = Reader::open(&session.archive()?)?;
    let mut progress = Progress::of_copy(session);
    let outcome = export(&archive, &arguments.to, &mut progress);
    progress.end();
    said(&outcome?, "written", session)
}

/// Says what a copy did, and fails if it was stopped or something is damaged.
pub(super) fn said(copied: &Copied, done: &str, session: &Session) -> anyhow::Result<()> {
    if copied.interrupted {
        return Err(Failure::error(FailureKind::Interrupted, "interrupted; nothing was written"));
    }
    let plural = |count: u64, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    session.note(&format!(
        "{} from {} {done}",
        plural(copied.articles, "article", "articles"),
        plural(copied.originals, "file", "files")
    ));
    match copied.damages {
        0 => Ok(()),
        damages => {
            let message = format!("{} found; all else is {done}", plural(damages, "damage", "damages"));
            Err(Failure::error(FailureKind::Damage, message))
        }
    }
}
