//! Where the results of a run go: into the archive and the index, or nowhere.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anyhow::Context;

use super::files::Seen;
use super::pipeline::{Done, Sink, Verdict};
use super::recorded::record;
use super::settle::{self, settle_index};
use super::{Observer, Report, Settings};
use crate::archive::{self, FileId, FileInfo, NewRecord, Outcome, Summary, Writer};
use crate::article::ArticleId;
use crate::clean::RULES_VERSION;
use crate::index::IndexWriter;
use crate::problem::Problem;
use crate::read;

/// The archive is committed when this many bytes of files were taken since the last time.
const COMMIT_BYTES: u64 = 32 << 20;

/// Records of one file that are noted by their numbers when they cannot be taken in; the rest is counted.
const NAMED: u64 = 1000;

/// The file that is being taken in.
struct OpenFile {
    id: FileId,
    path: PathBuf,
    info: FileInfo,
    /// Records that could not be taken in.
    skipped: u64,
}

/// Keeps nothing: a dry run.
pub(super) struct Nowhere;

impl Sink for Nowhere {
    fn begin(&mut self, _info: FileInfo) -> anyhow::Result<()> {
        Ok(())
    }

    fn bytes(&mut self, _bytes: &[u8]) -> anyhow::Result<()> {
        Ok(())
    }

    fn record(&mut self, done: Done, report: &mut Report) -> anyhow::Result<()> {
        if let Ok(Verdict::New(prepared)) = done.result {
            report.added += 1;
            report.linear += u64::from(prepared.article.linear);
            report.empty += u64::from(prepared.summary.empty);
        }
        Ok(())
    }

    fn end(&mut self) -> anyhow::Result<()> {
        Ok(())
    }

    fn leave(&mut self) -> anyhow::Result<()> {
        Ok(())
    }

    fn same(&mut self, _info: &FileInfo) -> anyhow::Result<()> {
        Ok(())
    }

    fn skipped(&mut self, _file: Option<&FileInfo>, _record: u64, _reason: &str) -> anyhow::Result<()> {
        Ok(())
    }

    fn rest(&mut self, _report: &mut Report, _observer: &mut dyn Observer) -> anyhow::Result<()> {
        Ok(())
    }
}

/// Keeps everything: in the archive, then in the index.
pub(super) struct Keeper<'a> {
    dir: &'a Path,
    archive: Writer,
    index: IndexWriter,
    settings: &'a Settings,
    file: Option<OpenFile>,
    /// Said to be added when the archive is committed.
    to_report: Vec<(ArticleId, PathBuf)>,
    /// Articles whose place in the index is decided when the archive is committed: they left, came back, or have another
    /// path now.
    stale: Vec<ArticleId>,
    /// Records whose ids other articles have, not named yet.
    clashes: Vec<Problem>,
    /// Whether a file ended some of whose records were gone.
    left: bool,
    began: u64,
    uncommitted: u64,
    /// Records and files that could not be taken in, and are known from now on.
    noted: u64,
}

impl<'a> Keeper<'a> {
    pub(super) fn open(
        dir: &'a Path,
        mut archive: Writer,
        settings: &'a Settings,
        stop: &AtomicBool,
        observer: &mut dyn Observer,
    ) -> anyhow::Result<Self> {
        let index = settle_index(dir, &mut archive, settings.jobs, stop, observer)?;
        let began = archive.sequence();
        Ok(Self {
            dir,
            archive,
            index,
            settings,
            file: None,
            to_report: Vec::new(),
            stale: Vec::new(),
            clashes: Vec::new(),
            left: false,
            began,
            uncommitted: 0,
            noted: 0,
        })
    }

    fn commit(&mut self, observer: &mut dyn Observer) -> anyhow::Result<()> {
        self.archive.commit()?;
        self.uncommitted = 0;
        // What is stale has its place in the index at the end only.
        if self.stale.is_empty() && !self.left {
            self.index.mark(self.archive.sequence());
        }
        for (id, path) in self.to_report.drain(..) {
            observer.added(id, &path);
        }
        Ok(())
    }

    fn name_clashes(&mut self, observer: &mut dyn Observer) {
        self.clashes.drain(..).for_each(|problem| observer.problem(&problem));
    }

    pub(super) fn close(mut self, report: &mut Report, observer: &mut dyn Observer) -> anyhow::Result<()> {
        self.name_clashes(observer);
        let noted = self.noted;
        let mut archive = self.close_index(report, observer)?;
        report.repaired = archive.repaired();
        report.still_skipped = archive.count_skipped()?.saturating_sub(noted);
        archive.commit()?;
        report.journal_left = !archive.settle_journal()?;
        Ok(())
    }

    /// Notes which files are gone from the folders that were looked through.
    pub(super) fn note_gone(&mut self, seen: &Seen<'_>, report: &mut Report) -> anyhow::Result<()> {
        for folder in &seen.folders {
            let path = folder.as_os_str().as_bytes();
            match self.archive.note_gone(path, &seen.paths, seen.kept_in(folder), self.settings.now)? {
                Ok(gone) => report.gone += gone,
                Err(missing) => report.emptied.push(((*folder).clone(), missing)),
            }
        }
        Ok(())
    }

    /// Brings the index up to date and closes it; gives the archive back.
    fn close_index(mut self, report: &Report, observer: &mut dyn Observer) -> anyhow::Result<Writer> {
        let leaves = report.interrupted && self.index.commits_slowly();
        if !leaves {
            // Its last segments are written while the archive is committed; they count when the index is.
            self.index.finish();
        }
        self.commit(observer)?;
        let sequence = self.archive.sequence();
        if leaves {
            // Who wants to stop does not wait: the next run catches up.
            if let Some((index, sequence)) = self.index.leave()? {
                record(index, sequence, &mut self.archive)?;
            }
            return Ok(self.archive);
        }
        if sequence == self.index.sequence() {
            self.index.close()?;
            return Ok(self.archive);
        }
        observer.phase("writing the index");
        if self.left {
            self.stale.extend(archive::Reader::open(self.dir)?.left_since(self.began)?);
        }
        settle::refresh(self.dir, &mut self.index, &self.stale)?;
        self.archive.put_in_place()?;
        observer.progress(report);
        settle::commit(self.dir, self.index, sequence, &mut self.archive)?;
        Ok(self.archive)
    }

    fn file(&self) -> anyhow::Result<FileId> {
        self.file.as_ref().map(|file| file.id).context("no file is open")
    }

    /// Notes how many records of a file could not be taken in beyond those that are named.
    fn count_unnamed(&mut self, file: &OpenFile) -> anyhow::Result<()> {
        let unnamed = file.skipped.saturating_sub(NAMED);
        if unnamed == 0 {
            return Ok(());
        }
        let reason = format!("{unnamed} more records");
        let now = self.settings.now;
        self.archive.add_skip(&file.info, archive::WHOLE_FILE + 1, &reason, unnamed, read::VERSION, now)
    }
}

impl Sink for Keeper<'_> {
    fn begin(&mut self, info: FileInfo) -> anyhow::Result<()> {
        let path = PathBuf::from(std::ffi::OsStr::from_bytes(&info.path));
        self.archive.remove_skips(&info.path)?;
        let id = self.archive.begin_file(info.clone(), self.settings.now)?;
        self.file = Some(OpenFile { id, path, info, skipped: 0 });
        Ok(())
    }

    fn bytes(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.uncommitted += bytes.len() as u64;
        let file = self.file()?;
        self.archive.append(file, bytes)
    }

    fn record(&mut self, done: Done, report: &mut Report) -> anyhow::Result<()> {
        let (prepared, summary, text_hash) = match done.result {
            Ok(Verdict::New(prepared)) => {
                let (summary, text_hash) = (prepared.summary.clone(), prepared.text_hash);
                (Some(prepared), summary, text_hash)
            }
            Ok(Verdict::Known) => (None, Summary::default(), [0; 32]),
            Err(_) => return Ok(()),
        };
        let record = NewRecord {
            number: done.number,
            range: done.range,
            place: done.place,
            bytes: &done.bytes,
            hash: done.hash,
            summary: &summary,
            text_hash,
            cleaner: RULES_VERSION,
        };
        let file = self.file()?;
        let (id, new) = match self.archive.add_record(file, &record)? {
            Outcome::Added(id) => (id, true),
            Outcome::NewVersion { id, previous } => {
                report.versions += 1;
                self.stale.push(previous);
                (id, true)
            }
            Outcome::Known(id) => (id, false),
            Outcome::KnownElsewhere(id) | Outcome::Returned(id) => {
                self.stale.push(id);
                (id, false)
            }
            Outcome::Forgotten(_) => {
                report.forgotten += 1;
                return Ok(());
            }
            Outcome::Clash(id) => {
                report.skipped += 1;
                let path = self.file.as_ref().map(|file| file.path.clone()).unwrap_or_default();
                let reason = format!(
                    "has the same id as another article, {id}: the file is kept whole, but the record is not searchable"
                );
                self.skipped(None, done.number, &reason)?;
                self.clashes.push(Problem { path, record: Some(done.number), reason });
                return Ok(());
            }
        };
        if !new {
            report.known += 1;
            return Ok(());
        }
        report.added += 1;
        if let Some(prepared) = prepared {
            report.linear += u64::from(prepared.article.linear);
            report.empty += u64::from(prepared.summary.empty);
            self.index.add(&prepared.document)?;
        } else {
            self.stale.push(id);
        }
        if let Some(file) = &self.file {
            self.to_report.push((id, file.path.clone()));
        }
        Ok(())
    }

    fn end(&mut self) -> anyhow::Result<()> {
        if let Some(file) = self.file.take() {
            self.count_unnamed(&file)?;
            self.left |= self.archive.finish_file(file.id)?.left > 0;
        }
        Ok(())
    }

    fn leave(&mut self) -> anyhow::Result<()> {
        if let Some(file) = self.file.take() {
            self.count_unnamed(&file)?;
            self.archive.leave_file(file.id)?;
        }
        Ok(())
    }

    fn same(&mut self, info: &FileInfo) -> anyhow::Result<()> {
        self.archive.touch_source(info, self.settings.now)
    }

    fn skipped(&mut self, file: Option<&FileInfo>, record: u64, reason: &str) -> anyhow::Result<()> {
        self.noted += 1;
        if let Some(file) = file {
            self.archive.remove_skips(&file.path)?;
            return self.archive.add_skip(file, record, reason, 1, read::VERSION, self.settings.now);
        }
        let Some(open) = &mut self.file else { return Ok(()) };
        open.skipped += 1;
        if open.skipped <= NAMED {
            let info = open.info.clone();
            self.archive.add_skip(&info, record, reason, 1, read::VERSION, self.settings.now)?;
        }
        Ok(())
    }

    fn rest(&mut self, _report: &mut Report, observer: &mut dyn Observer) -> anyhow::Result<()> {
        self.name_clashes(observer);
        if self.uncommitted >= COMMIT_BYTES {
            self.commit(observer)?;
        }
        Ok(())
    }
}
