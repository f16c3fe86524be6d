//! `newsgrep completions`: what a shell completes.

use super::Session;

/// Prints a script that makes a shell complete newsgrep's commands and options.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The shell.
    shell: clap_complete::Shell,
}

pub(super) fn run(arguments: &Arguments, session: &mut Session, command: &mut clap::Command) -> anyhow::Result<()> {
    clap_complete::generate(arguments.shell, command, "newsgrep", &mut session.out);
    Ok(())
}
