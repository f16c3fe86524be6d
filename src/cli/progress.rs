//! Tells a person how far a long piece of work is: a bar on a terminal, nothing elsewhere; problems always.

use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::skips::Skips;
use super::{Session, say};
use crate::archive::Watch;
use crate::article::ArticleId;
use crate::ingest::{Observer, OwnFolder, Report};
use crate::output::{visible, visible_path};
use crate::problem::Problem;

/// The bar, and how much is said beside it.
pub(super) struct Progress {
    bar: ProgressBar,
    quiet: bool,
    verbose: bool,
    /// Whether files are counted in bytes (ingest) or articles (reindex).
    in_bytes: bool,
    skips: Skips,
    /// Whether files are named that are passed over because of their kind.
    names_ignored: bool,
    stop: Arc<AtomicBool>,
}

impl Progress {
    /// A bar that counts bytes of files (`in_bytes`) or articles.
    pub(super) fn new(session: &Session, in_bytes: bool) -> Self {
        let template = if in_bytes {
            "{bar:24} {percent:>3} %  {msg}  {binary_bytes_per_sec}  {eta} left"
        } else {
            "{bar:24} {percent:>3} %  {msg}  {per_sec}  {eta} left"
        };
        Self { in_bytes, ..Self::of(session, template) }
    }

    fn of(session: &Session, template: &str) -> Self {
        let shown = std::io::stderr().is_terminal() && !session.quiet;
        let target = if shown { ProgressDrawTarget::stderr_with_hz(10) } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸ "));
        }
        Self {
            bar,
            quiet: session.quiet,
            verbose: session.verbose,
            in_bytes: false,
            skips: Skips::new(session.verbose),
            names_ignored: session.verbose,
            stop: Arc::default(),
        }
    }

    /// A bar for a copy of the archive, which Ctrl-C ends.
    pub(super) fn of_copy(session: &Session) -> Self {
        Self { stop: session.stoppable(), ..Self::of(session, "{bar:24} {percent:>3} %  {elapsed}") }
    }

    /// A bar for a look through the rows of the archive.
    pub(super) fn of_check(session: &Session) -> Self {
        Self::of(session, "{bar:24} {percent:>3} %  {per_sec}  {eta} left")
    }

    /// Names files that are passed over because of their kind, too.
    pub(super) fn naming_ignored(self, names: bool) -> Self {
        Self { names_ignored: self.names_ignored || names, ..self }
    }

    /// Takes the bar away and says what was only counted.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
        self.skips.rest().iter().for_each(|line| say(line));
    }

    fn line(&self, text: &str) {
        self.bar.suspend(|| say(text));
    }
}

impl Watch for Progress {
    fn progress(&mut self, done: u64, total: u64) {
        self.bar.set_length(total);
        self.bar.set_position(done);
    }

    fn damage(&mut self, what: &str) {
        self.line(&format!("newsgrep: damaged: {}", visible(what)));
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

impl Observer for Progress {
    fn progress(&mut self, report: &Report) {
        let (length, position) =
            if self.in_bytes { (report.bytes, report.bytes_read) } else { (report.files, report.files_read) };
        self.bar.set_length(length);
        self.bar.set_position(position);
        if !self.bar.is_hidden() {
            let unchanged =
                if report.unchanged > 0 { format!(", {} unchanged", report.unchanged) } else { String::new() };
            let message = if self.in_bytes {
                let files = report.files.saturating_sub(report.unchanged);
                format!("{} of {files} files{unchanged}, {} articles", report.files_read, report.added + report.known)
            } else {
                format!("{position} of {length} articles")
            };
            self.bar.set_message(message);
        }
    }

    fn problem(&mut self, problem: &Problem) {
        if let Some(line) = self.skips.line(problem) {
            self.line(&line);
        }
    }

    fn ignored(&mut self, path: &Path, kind: &str) {
        if self.names_ignored {
            let path = visible_path(std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()));
            self.line(&format!("ignored {path}: {kind}"));
        }
    }

    fn passed_over(&mut self, folder: &OwnFolder) {
        if !self.quiet {
            self.line(&passed_over(folder));
        }
    }

    fn added(&mut self, id: ArticleId, path: &Path) {
        if self.verbose {
            self.line(&format!(
                "added {id} {}",
                visible_path(std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()))
            ));
        }
    }

    fn phase(&mut self, what: &str) {
        if self.bar.is_hidden() {
            if self.verbose && !self.quiet {
                say(what);
            }
            return;
        }
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}  {elapsed}") {
            self.bar.set_style(style);
            self.bar.enable_steady_tick(Duration::from_millis(100));
        }
        self.bar.set_message(what.to_owned());
    }
}

/// The line that names a folder that was not entered.
pub(super) fn passed_over(folder: &OwnFolder) -> String {
    let path = visible_path(std::os::unix::ffi::OsStrExt::as_bytes(folder.path.as_os_str()));
    format!("passed over: {path} is {}", folder.what())
}
