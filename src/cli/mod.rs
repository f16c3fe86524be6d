//! The command line: one file a subcommand. Arguments are resolved once, into a `Session`; then the work is done.

mod check;
mod clean;
mod completions;
mod export_archive;
mod forget;
mod import_archive;
mod ingest;
mod list;
mod man;
mod progress;
mod query;
mod reindex;
mod rules;
mod session;
mod show;
mod skips;
mod status;
mod verify;

use std::borrow::Cow;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::fault;
use crate::output::visible;
use crate::problem::{Failure, FailureKind};

pub(crate) use session::Session;

/// Keeps press clippings for good, cleans them, and finds them again in French.
#[derive(Debug, Parser)]
#[command(name = "newsgrep", version, about, max_term_width = 100, after_help = EXIT_CODES)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes: 0 done, or hits; 1 no hit or no such article; 2 wrong usage or query; 3 finished, but some records
were skipped; 4 damage found (what is sound is given), or no index; 5 the surroundings failed; 70 a fault in
newsgrep itself; 130 interrupted.";

/// Options of every command.
#[derive(Debug, clap::Args)]
struct Global {
    /// The archive's folder [default: newsgrep in the XDG data directory].
    #[arg(long, global = true, value_name = "DIR", env = "NEWSGREP_ARCHIVE", help_heading = "Global options")]
    archive: Option<PathBuf>,
    /// When to colour.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "Global options")]
    color: clap::ColorChoice,
    /// Say less: results and errors only.
    #[arg(short, long, global = true, help_heading = "Global options")]
    quiet: bool,
    /// Say more.
    #[arg(short, long, global = true, help_heading = "Global options")]
    verbose: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Take files and folders into the archive.
    Ingest(ingest::Arguments),
    /// Find articles.
    Query(query::Arguments),
    /// Show articles as one reads them.
    Show(show::Arguments),
    /// List what is in the archive.
    List(list::Arguments),
    /// Clean articles without an archive.
    Clean(clean::Arguments),
    /// List the cleaning rules.
    Rules(rules::Arguments),
    /// Remove articles, and their originals, for good.
    Forget(forget::Arguments),
    /// Tell what the archive holds.
    Status(status::Arguments),
    /// Build the index anew from the archive.
    Reindex(reindex::Arguments),
    /// Look for damage in the archive and the index.
    Check(check::Arguments),
    /// Show the chain of evidence of an article.
    Verify(verify::Arguments),
    /// Write the whole archive as plain files.
    ExportArchive(export_archive::Arguments),
    /// Make an archive of the plain files that `export-archive` wrote.
    ImportArchive(import_archive::Arguments),
    /// Print the completions of a shell.
    Completions(completions::Arguments),
    /// Print the manual page.
    Man(man::Arguments),
}

/// Runs newsgrep with these arguments.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let mut session = Session::open(&cli.global);
    let outcome = fault::catch(|| run(cli.command, &mut session).and_then(|()| Ok(session.out.flush()?)));
    match outcome.unwrap_or_else(|panic| Err(panic.error())) {
        Ok(()) if session.met_damage() => ExitCode::from(FailureKind::Damage.exit_code()),
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report(&error, session.met_damage()),
    }
}

fn run(command: Command, session: &mut Session) -> anyhow::Result<()> {
    match command {
        Command::Ingest(arguments) => ingest::run(&arguments, session),
        Command::Query(arguments) => query::run(&arguments, session),
        Command::Show(arguments) => show::run(&arguments, session),
        Command::List(arguments) => list::run(&arguments, session),
        Command::Clean(arguments) => clean::run(&arguments, session),
        Command::Rules(arguments) => rules::run(&arguments, session),
        Command::Forget(arguments) => forget::run(&arguments, session),
        Command::Status(arguments) => status::run(&arguments, session),
        Command::Reindex(arguments) => reindex::run(&arguments, session),
        Command::Check(arguments) => check::run(&arguments, session),
        Command::Verify(arguments) => verify::run(&arguments, session),
        Command::ExportArchive(arguments) => export_archive::run(&arguments, session),
        Command::ImportArchive(arguments) => import_archive::run(&arguments, session),
        Command::Completions(arguments) => completions::run(&arguments, session, &mut Cli::command()),
        Command::Man(arguments) => man::run(&arguments, session, &Cli::command()),
    }
}

/// Wrong usage, or help: clap says it, and a word that begins with a dash gets a hint.
fn usage(error: &clap::Error) -> ExitCode {
    let text = error.render().to_string();
    match visible(&text) {
        // What was typed may come from a file name: clap lets some of what commands a terminal through.
        Cow::Owned(safe) => say(safe.trim_end()),
        Cow::Borrowed(_) => drop(error.print()),
    }
    let unknown = error.get(clap::error::ContextKind::InvalidArg).map(ToString::to_string);
    if let (clap::error::ErrorKind::UnknownArgument, Some(word)) = (error.kind(), unknown) {
        let word = visible(&word).into_owned();
        say(&format!("newsgrep: to search without a word, put `--` before the words: newsgrep query -- Musk {word}"));
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// Says what went wrong and gives its exit code. That nobody reads the results any more is success. That nothing was found, or
/// something skipped, says less than that something is damaged.
fn report(error: &anyhow::Error, met_damage: bool) -> ExitCode {
    let closed = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    };
    if error.chain().any(closed) {
        return ExitCode::SUCCESS;
    }
    let failure = error.chain().find_map(|cause| cause.downcast_ref::<Failure>());
    let message = format!("{error:#}");
    if !message.is_empty() {
        say(&format!("newsgrep: {}", visible(&message)));
    }
    let kind = failure.map_or(FailureKind::Surroundings, |failure| failure.kind);
    let is_less = matches!(kind, FailureKind::NotFound | FailureKind::Skipped);
    ExitCode::from(if met_damage && is_less { FailureKind::Damage } else { kind }.exit_code())
}

/// Writes a line to stderr; that nobody reads it is no failure.
fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
