//! What every command needs, resolved once: the archive's folder, where results go and how they look.

use std::cell::Cell;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use etcetera::BaseStrategy;
use jiff::civil;
use jiff::tz::TimeZone;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::flag;

use super::{Global, say};
use crate::archive::{LostCommits, Reader, Wait};
use crate::article::ArticleId;
use crate::output::{Look, visible};
use crate::problem::{Failure, FailureKind};

/// How long a command that writes waits for another.
const PATIENCE: Duration = Duration::from_secs(10);

/// The surroundings of a command.
pub(crate) struct Session {
    archive: Option<PathBuf>,
    /// Where results go.
    pub(crate) out: Box<dyn Write>,
    /// How results look.
    pub(crate) look: Look,
    /// Whether results go to a terminal.
    pub(crate) on_terminal: bool,
    pub(crate) quiet: bool,
    pub(crate) verbose: bool,
    stop: Arc<AtomicBool>,
    /// Whether signals set it.
    is_stoppable: Cell<bool>,
    /// Whether damage was met: what is sound was given, and the command ends with that exit code.
    damaged: bool,
}

impl Session {
    pub(super) fn open(global: &Global) -> Self {
        // A file that grows over the limit of its size is then an error of the write, as a full disk is, and not the end.
        let _ = flag::register(SIGXFSZ, Arc::default());
        let on_terminal = io::stdout().is_terminal();
        let colour = match global.color {
            clap::ColorChoice::Always => true,
            clap::ColorChoice::Never => false,
            clap::ColorChoice::Auto => anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never,
        };
        let columns =
            if on_terminal { terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)) } else { None };
        Self {
            archive: global.archive.clone(),
            out: Box::new(BufWriter::with_capacity(64 * 1024, io::stdout().lock())),
            look: Look { colour, terminal: on_terminal, width: columns.unwrap_or(100).max(30) },
            on_terminal,
            quiet: global.quiet,
            verbose: global.verbose,
            stop: Arc::default(),
            is_stoppable: Cell::new(false),
            damaged: false,
        }
    }

    /// Names damage that costs only what it is in. It is said whatever else is kept quiet.
    pub(crate) fn damaged(&mut self, what: &str) {
        self.damaged = true;
        say(&format!("newsgrep: {}", visible(what)));
    }

    /// Whether damage was met.
    pub(super) const fn met_damage(&self) -> bool {
        self.damaged
    }

    /// Opens the archive for reading, and names what is wrong with it as a whole.
    ///
    /// # Errors
    /// As [`Reader::open`].
    pub(crate) fn reader(&mut self) -> anyhow::Result<Reader> {
        let reader = Reader::open(&self.archive()?)?;
        for damage in reader.damage() {
            self.damaged(damage);
        }
        Ok(reader)
    }

    /// Names the commits that a damaged journal took.
    pub(crate) fn tell_lost(&mut self, lost: Option<&LostCommits>) {
        if let Some(lost) = lost {
            self.damaged(&lost.to_string());
        }
    }

    /// The archive's folder.
    pub(crate) fn archive(&self) -> anyhow::Result<PathBuf> {
        if let Some(dir) = &self.archive {
            return Ok(dir.clone());
        }
        let dirs = etcetera::choose_base_strategy().map_err(|error| {
            Failure::error(FailureKind::Surroundings, format!("{error}: say with --archive where the archive is"))
        })?;
        Ok(dirs.data_dir().join("newsgrep"))
    }

    /// Today, where the user is.
    pub(crate) fn today(&self) -> civil::Date {
        jiff::Timestamp::now().to_zoned(time_zone()).date()
    }

    /// Now, where the user is.
    pub(crate) fn moment(&self) -> jiff::Zoned {
        jiff::Zoned::now()
    }

    /// Now, in milliseconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        jiff::Timestamp::now().as_millisecond()
    }

    /// How long to wait for another writer; Ctrl-C ends it.
    pub(crate) fn wait(&self) -> Wait {
        Wait::AtMost(PATIENCE, self.stop.clone())
    }

    /// Says something that is no result.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            say(&visible(text));
        }
    }

    /// From now on Ctrl-C and SIGTERM ask for a clean end instead of ending the process; a second one ends it.
    pub(crate) fn stoppable(&self) -> Arc<AtomicBool> {
        if self.is_stoppable.replace(true) {
            // Registered twice, the first signal would be taken for the second.
            return self.stop.clone();
        }
        let interrupted = i32::from(FailureKind::Interrupted.exit_code());
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            // In this order: the first signal finds the flag not set yet. Without handlers a signal ends the process, as it does
            // any other.
            let _ = flag::register_conditional_shutdown(signal, interrupted, Arc::clone(&self.stop));
            let _ = flag::register(signal, Arc::clone(&self.stop));
        }
        self.stop.clone()
    }

    /// A path for a person: relative where it lies below the folder they are in.
    pub(crate) fn near(&self, path: &Path) -> PathBuf {
        let here = std::env::current_dir().unwrap_or_default();
        path.strip_prefix(&here).unwrap_or(path).to_owned()
    }
}

/// The article a person names by any unique beginning of its id.
pub(crate) fn resolve(archive: &Reader, prefix: &str) -> anyhow::Result<ArticleId> {
    let digits = digits_of(prefix)?;
    match archive.find(&digits)?.as_slice() {
        [id] => Ok(*id),
        [] => {
            let forgotten = archive.forgotten(&mut |_| ())?.iter().any(|id| id.to_string().starts_with(&digits));
            if !forgotten && archive.hides_articles()? {
                let message = format!(
                    "article {digits} cannot be found because rows of the archive are damaged: run newsgrep check"
                );
                return Err(Failure::error(FailureKind::Damage, message));
            }
            let message = if forgotten {
                format!("article {digits} was forgotten: `newsgrep forget --help` tells the way back")
            } else {
                format!("no article {digits} in the archive")
            };
            Err(Failure::error(FailureKind::NotFound, message))
        }
        several => {
            let ids: Vec<String> = several.iter().take(5).map(ToString::to_string).collect();
            let message =
                format!("{digits} may be any of {} articles, {} …: give more digits", several.len(), ids.join(", "));
            Err(Failure::error(FailureKind::Usage, message))
        }
    }
}

/// The time zone of this machine. The system's own file is read where nothing else is said: to look a zone up by its name
/// costs a query more than its search, for all names are listed first.
fn time_zone() -> TimeZone {
    let read = || TimeZone::tzif("local", &std::fs::read("/etc/localtime").ok()?).ok();
    let own = if std::env::var_os("TZ").is_none() { read() } else { None };
    own.unwrap_or_else(TimeZone::system)
}

/// The digits of an id, or of its beginning, as a person typed them.
pub(crate) fn digits_of(typed: &str) -> anyhow::Result<String> {
    let digits = typed.trim().to_lowercase();
    if (4..=16).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(digits);
    }
    let message =
        format!("{typed} is no id: ids are the four or more hexadecimal digits that `query` and `list` print");
    Err(Failure::error(FailureKind::Usage, message))
}
