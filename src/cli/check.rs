//! `newsgrep check`: looks for damage.

use std::collections::HashSet;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;

use super::Session;
use super::progress::Progress;
use crate::archive::{self, Checked, Filter, IndexCommit, Reader, Watch, time_to_index};
use crate::article::ArticleId;
use crate::index::{FOLDER as INDEX, Searcher, Trust, folder, salvage, verify};
use crate::ingest::record_verified;
use crate::output::visible;
use crate::problem::{Failure, FailureKind, is_damage};

/// Checks the archive's database, every file of the index against what was written, and the index against the archive. Names
/// each damage, and what it means: something is lost, is kept in one place only, or can be rebuilt.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Also read every original and compare it with its hash.
    #[arg(long)]
    read_data: bool,
}

/// What a damage means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// It follows from what is sound.
    Rebuild,
    /// The text of an article is sound, and nothing else of it.
    KeptOnce,
    /// What it was is nowhere in the archive.
    Lost,
    /// A file's bytes; the articles in it are named one by one.
    InOriginals,
}

/// A damage, in words for a person.
struct Finding {
    what: String,
    meaning: Meaning,
}

impl Finding {
    fn new(meaning: Meaning, what: impl Into<String>) -> Self {
        Self { what: what.into(), meaning }
    }
}

pub(super) fn run(arguments: &Arguments, session: &mut Session) -> anyhow::Result<()> {
    let dir = session.archive()?;
    let mut progress = Progress::of_check(session);
    let checked = archive::check_watched(&dir, arguments.read_data, &mut |done, total| progress.progress(done, total));
    progress.end();
    let checked = checked?;
    let mut findings: Vec<Finding> = Vec::new();
    for damage in &checked.damages {
        let meaning = if damage.in_originals { Meaning::InOriginals } else { Meaning::Lost };
        findings.push(Finding::new(meaning, damage.to_string()));
    }
    let index = as_findings(check_index(&dir, session))?;
    let sound_index = index.is_empty();
    findings.extend(index);
    findings.extend(as_findings(of_unreadable(&dir, &checked))?);
    for finding in &findings {
        let meaning = match finding.meaning {
            Meaning::Rebuild => "can be rebuilt",
            Meaning::KeptOnce => "kept in one place only",
            Meaning::Lost => "lost",
            Meaning::InOriginals if checked.unreadable.is_empty() => "the bytes of a file; its articles are sound",
            Meaning::InOriginals => "the bytes of a file; the articles it costs are named below",
        };
        writeln!(session.out, "{} ({meaning})", visible(&finding.what))?;
    }
    if findings.is_empty() {
        match record_verified(&dir)? {
            Some(true) => session.note("the index of this copy was compared; from now on it is known to be sound"),
            Some(false) => {
                session.note("the index of this copy is sound; newsgrep cannot record that, because the archive cannot be written");
            }
            None => {}
        }
        session.note(if arguments.read_data {
            "no damage: every byte is as it was written"
        } else {
            "no damage found; --read-data also reads every original"
        });
        return Ok(());
    }
    session.out.flush()?;
    let lost = findings.iter().any(|finding| finding.meaning != Meaning::Rebuild);
    for (meaning, advice) in advice(&dir, arguments.read_data && !lost && !sound_index) {
        let count = findings.iter().filter(|finding| finding.meaning == meaning).count();
        if count > 0 {
            session.note(&format!("{count} {advice}"));
        }
    }
    let count = if findings.len() == 1 { "1 damage".to_owned() } else { format!("{} damages", findings.len()) };
    Err(Failure::error(FailureKind::Damage, format!("{count} found")))
}

/// What to do about each kind of damage. That nothing is lost is only said when all was read.
fn advice(dir: &Path, nothing_lost: bool) -> [(Meaning, String); 4] {
    let articles = Reader::open(dir).and_then(|archive| archive.count_live()).unwrap_or_default();
    let time = time_to_index(articles);
    let rebuild = if nothing_lost {
        format!("can be rebuilt: run `newsgrep reindex` ({time}): nothing is lost")
    } else {
        format!(
            "can be rebuilt: run `newsgrep reindex` ({time}); `newsgrep check --read-data` tells whether all originals are sound"
        )
    };
    let ingest = "run `newsgrep ingest --rehash` on the file if you still have it";
    [
        (Meaning::Rebuild, rebuild),
        (
            Meaning::KeptOnce,
            format!("kept in one place only: `newsgrep show ID` prints the text, and every rebuild of the index carries it over; {ingest}"),
        ),
        (Meaning::InOriginals, format!("in the bytes of files: {ingest}, or restore the archive from a backup")),
        (
            Meaning::Lost,
            "lost: restore the archive from a backup; or take out what is sound with `newsgrep export-archive DIR`, make a \
             new archive of it with `newsgrep --archive NEW import-archive DIR`, and `ingest` the files into that again"
                .to_owned(),
        ),
    ]
}

/// What was found; an error that is damage is a finding.
fn as_findings(found: anyhow::Result<Vec<Finding>>) -> anyhow::Result<Vec<Finding>> {
    match found {
        Err(error) if is_damage(&error) => Ok(vec![Finding::new(Meaning::Lost, format!("{error:#}"))]),
        other => other,
    }
}

/// Articles whose originals are damaged: of some the index still has the text.
fn of_unreadable(dir: &Path, checked: &Checked) -> anyhow::Result<Vec<Finding>> {
    let wanted: Vec<[u8; 32]> = checked.unreadable.iter().map(|(_, text_hash)| *text_hash).collect();
    let kept = salvage(&dir.join(INDEX), &wanted);
    let finding = |(id, text_hash): &(ArticleId, [u8; 32])| {
        if kept.contains_key(text_hash) {
            Finding::new(Meaning::KeptOnce, format!("article {id}: its original is damaged, its text is in the index"))
        } else {
            Finding::new(
                Meaning::Lost,
                format!("article {id}: its original is damaged, and its text is not in the index"),
            )
        }
    };
    Ok(checked.unreadable.iter().map(finding).collect())
}

/// The files of the index's last commit against what was recorded, then its articles against the archive's.
fn check_index(dir: &Path, session: &Session) -> anyhow::Result<Vec<Finding>> {
    let archive = Reader::open(dir)?;
    let mut recorded = archive.index_commit();
    // A run may record another commit meanwhile: the files of the first may be gone then.
    loop {
        let commit = match recorded {
            Ok(Some(commit)) => commit,
            Ok(None) => return Ok(Vec::new()),
            Err(error) if is_damage(&error) => return Ok(vec![Finding::new(Meaning::Rebuild, format!("{error:#}"))]),
            Err(error) => return Err(error),
        };
        let found = check_commit(dir, &archive, commit.clone(), session);
        recorded = archive.index_commit();
        if recorded.as_ref().is_ok_and(|recorded| recorded.as_ref() == Some(&commit)) {
            return found;
        }
    }
}

fn check_commit(dir: &Path, archive: &Reader, commit: IndexCommit, session: &Session) -> anyhow::Result<Vec<Finding>> {
    let root = dir.join(INDEX);
    let mut findings = Vec::new();
    for fault in verify(&folder(&root, &commit), &commit.files, Trust::Nothing) {
        if fault.is_environment() {
            return Err(fault.error());
        }
        findings.push(Finding::new(Meaning::Rebuild, fault.to_string()));
    }
    let opened = Searcher::open(&root, commit).and_then(|searcher| Ok((searcher.ids()?, searcher)));
    let (indexed, searcher) = match opened {
        Ok(opened) => opened,
        Err(error) if is_damage(&error) => {
            if findings.is_empty() {
                findings.push(Finding::new(Meaning::Rebuild, format!("{error:#}")));
            }
            return Ok(findings);
        }
        Err(error) => return Err(error),
    };
    findings.extend(check_articles(archive, &indexed, searcher.sequence(), session)?);
    Ok(findings)
}

/// The articles of an index that is up to `sequence` against those of the archive.
fn check_articles(
    archive: &Reader,
    indexed: &HashSet<ArticleId>,
    sequence: u64,
    session: &Session,
) -> anyhow::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let mut changed: HashSet<_> = archive.changed_ids(sequence)?.into_iter().collect();
    // A run that forgot them was killed before it came to the index.
    let forgotten = archive.forgotten_since(sequence)?;
    let left = forgotten.iter().filter(|id| indexed.contains(id)).count();
    if left > 0 {
        let articles = if left == 1 { "1 forgotten article" } else { &format!("{left} forgotten articles") };
        session.note(&format!("the index still has {articles}, never shown: the next `newsgrep ingest` removes them"));
    }
    changed.extend(forgotten);
    let (mut live, mut missing) = (HashSet::new(), Vec::new());
    // What of the archive's rows is damaged was found before.
    let mut damaged = 0;
    let mut take = |row: archive::ArticleRow| {
        live.insert(row.id);
        if !changed.contains(&row.id) && !indexed.contains(&row.id) {
            missing.push(row.id);
        }
        Ok(ControlFlow::Continue(()))
    };
    archive.list(&Filter::default(), &mut take, &mut |_| damaged += 1)?;
    for id in missing {
        // A damaged article cannot be indexed.
        if archive.visit_one(id)?.is_none_or(|visited| visited.damage.is_none()) {
            findings.push(Finding::new(Meaning::Rebuild, format!("article {id} is not in the index")));
        }
    }
    if damaged == 0 {
        let mut extra: Vec<_> = indexed.iter().filter(|id| !live.contains(id) && !changed.contains(id)).collect();
        extra.sort();
        findings.extend(
            extra.iter().map(|id| {
                Finding::new(Meaning::Rebuild, format!("article {id} is in the index and not in the archive"))
            }),
        );
    }
    Ok(findings)
}
