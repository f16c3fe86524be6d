//! What can go wrong: [`Problem`], one bad record, which is data; and [`Failure`], an error that knows its exit code.
//!
//! Everything else is an [`anyhow::Error`] with the path in its context.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// One record (or one file) that could not be taken in: reported, counted, skipped, never the end of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file it stands in.
    pub path: PathBuf,
    /// The record's number in that file, from 1; `None` when it is the file as a whole.
    pub record: Option<u64>,
    /// What is wrong, in words for a person.
    pub reason: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(record) = self.record {
            write!(f, ", record {record}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// The ways a command can fail, as a script tells them apart: see [`FailureKind::exit_code`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// No hit, or no such article.
    NotFound,
    /// A wrong option, a wrong query, or a named path that does not exist.
    Usage,
    /// Finished, but some records were skipped.
    Skipped,
    /// Damage in the archive or the index, or the index is missing.
    Damage,
    /// The surroundings failed: no archive yet, disk full, locked, denied.
    Surroundings,
    /// Stopped by Ctrl-C or SIGTERM.
    Interrupted,
    /// A fault of newsgrep itself.
    Internal,
}

impl FailureKind {
    /// The process's exit code.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::NotFound => 1,
            Self::Usage => 2,
            Self::Skipped => 3,
            Self::Damage => 4,
            Self::Surroundings => 5,
            Self::Internal => 70,
            Self::Interrupted => 130,
        }
    }
}

/// Whether an error of the system says nothing about what is on the disk: too many files are open, memory or permission is
/// lacking, the disk does not answer.
#[must_use]
pub fn is_environment(error: &io::Error) -> bool {
    // By their numbers, which are the same on all Linuxes: EIO, ENOMEM, ENFILE, EMFILE.
    let numbers = [5, 12, 23, 24];
    error.kind() == io::ErrorKind::PermissionDenied || error.raw_os_error().is_some_and(|n| numbers.contains(&n))
}

/// An error of a known kind. Found by downcasting along an [`anyhow::Error`]'s chain; an error without one counts as
/// [`FailureKind::Surroundings`].
#[derive(Debug)]
pub struct Failure {
    /// Which exit code it leads to.
    pub kind: FailureKind,
    /// What happened, where, and what to do next. Empty when everything was said already.
    pub message: String,
}

impl Failure {
    /// Makes an [`anyhow::Error`] of this kind.
    pub fn error(kind: FailureKind, message: impl Into<String>) -> anyhow::Error {
        Self { kind, message: message.into() }.into()
    }
}

/// Whether an error says that something is not what it was.
#[must_use]
pub fn is_damage(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Failure>().is_some_and(|failure| failure.kind == FailureKind::Damage)
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
