//! `newsgrep man`: the manual page.

use super::Session;

/// Prints the manual page; `newsgrep man | man -l -` shows it.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {}

pub(super) fn run(_arguments: &Arguments, session: &mut Session, command: &clap::Command) -> anyhow::Result<()> {
    clap_mangen::Man::new(command.clone()).render(&mut session.out)?;
    for inner in command.get_subcommands() {
        clap_mangen::Man::new(inner.clone()).render(&mut session.out)?;
    }
    Ok(())
}
