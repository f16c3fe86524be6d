//! Where the results of a run go: into the archive and the index, or nowhere.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anyhow::Context;

use super::pipeline::{Done, Sink, Verdict};
use super::recorded::record;
use super::settle::{self, settle_index};
use super::{Observer, Report, Settings};
use crate::archive::{self, FileId, FileInfo, NewRecord, Outcome, Summary, Writer};
use crate::article::ArticleId;
use crate::clean::RULES_VERSION;
use crate::index::IndexWriter;
use crate::problem::Problem;

/// The archive is committed when this many bytes of files were taken since the last time.
const COMMIT_BYTES: u64 = 32 << 20;
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
    file: Option<(FileId, PathBuf)>,
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
        let mut archive = self.close_index(report, observer)?;
        report.journal_left = !archive.settle_journal()?;
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
        self.file.as_ref().map(|(file, _)| *file).context("no file is open")
    }
}

impl Sink for Keeper<'_> {
    fn begin(&mut self, info: FileInfo) -> anyhow::Result<()> {
        let path = PathBuf::from(std::ffi::OsStr::from_bytes(&info.path));
        self.file = Some((self.archive.begin_file(info, self.settings.now)?, path));
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
                self.clashes.push(Problem {
                    path: self.file.as_ref().map(|(_, path)| path.clone()).unwrap_or_default(),
                    record: Some(done.number),
                    reason: format!(
                        "has the id of another article, {id}: its file is kept as it is, the record is no article of its own"
                    ),
                });
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
            self.index.add(&prepared.document)?;
        } else {
            self.stale.push(id);
        }
        if let Some((_, path)) = &self.file {
            self.to_report.push((id, path.clone()));
        }
        Ok(())
    }

    fn end(&mut self) -> anyhow::Result<()> {
        if let Some((file, _)) = self.file.take() {
            self.left |= self.archive.finish_file(file)?.left > 0;
        }
        Ok(())
    }

    fn leave(&mut self) -> anyhow::Result<()> {
        if let Some((file, _)) = self.file.take() {
            self.archive.leave_file(file)?;
        }
        Ok(())
    }

    fn same(&mut self, info: &FileInfo) -> anyhow::Result<()> {
        self.archive.touch_source(info, self.settings.now)
    }

    fn rest(&mut self, _report: &mut Report, observer: &mut dyn Observer) -> anyhow::Result<()> {
        self.name_clashes(observer);
        if self.uncommitted >= COMMIT_BYTES {
            self.commit(observer)?;
        }
        Ok(())
    }
}
