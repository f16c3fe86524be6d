//! `newsgrep check`: looks for damage.

use std::collections::HashSet;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;

use super::Session;
use crate::archive::{self, Filter, Reader};
use crate::index::FOLDER as INDEX;
use crate::index::{self, Searcher};
use crate::output::visible;
use crate::problem::{Failure, FailureKind};

/// Checks the archive's database, every file of the index against what was written, and the index against the archive. Names
/// each damage.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Also read every original and compare it with its hash.
    #[arg(long)]
    read_data: bool,
}

pub(super) fn run(arguments: &Arguments, session: &mut Session) -> anyhow::Result<()> {
    let dir = session.archive()?;
    let mut damage: Vec<String> = archive::check(&dir, arguments.read_data)?.iter().map(ToString::to_string).collect();
    if let Ok(archive) = Reader::open(&dir) {
        damage.extend(check_index(&dir, &archive)?);
    }
    for line in &damage {
        writeln!(session.out, "{}", visible(line))?;
    }
    if damage.is_empty() {
        session.note(if arguments.read_data {
            "no damage: every byte is as it was written"
        } else {
            "no damage found; --read-data also reads every original"
        });
        return Ok(());
    }
    Err(Failure::error(
        FailureKind::Damage,
        format!(
            "{} found",
            if damage.len() == 1 { "1 damage".to_owned() } else { format!("{} damages", damage.len()) }
        ),
    ))
}

/// The index's files against the manifest, then its articles against the archive's.
fn check_index(dir: &Path, archive: &Reader) -> anyhow::Result<Vec<String>> {
    let path = dir.join(INDEX);
    let (_, files) = archive.manifest()?;
    let mut damage = index::verify(&path, &files, true);
    let searcher = match Searcher::open(&path) {
        Ok(searcher) => searcher,
        Err(error) => {
            damage.push(format!("{error:#}"));
            return Ok(damage);
        }
    };
    let indexed = match searcher.ids() {
        Ok(ids) => ids,
        Err(error) => {
            damage.push(format!("{error:#}"));
            return Ok(damage);
        }
    };
    let changed: HashSet<_> = archive.changed_ids(searcher.sequence())?.into_iter().collect();
    let mut live = HashSet::new();
    archive.list(&Filter::default(), &mut |row| {
        live.insert(row.id);
        if !changed.contains(&row.id) && !indexed.contains(&row.id) {
            damage.push(format!("article {} is not in the index: run `newsgrep reindex`", row.id));
        }
        Ok(ControlFlow::Continue(()))
    })?;
    let mut extra: Vec<_> = indexed.iter().filter(|id| !live.contains(id) && !changed.contains(id)).collect();
    extra.sort();
    damage.extend(
        extra.iter().map(|id| format!("article {id} is in the index and not in the archive: run `newsgrep reindex`")),
    );
    Ok(damage)
}
