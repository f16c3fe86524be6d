//! `newsgrep rules`: the cleaning rules.

use std::io::Write;

use clap::builder::PossibleValuesParser;

use super::Session;
use crate::clean::RULES;
use crate::output::shown;

/// Lists the cleaning rules in the order they are applied, each with what it does and an example.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {}

pub(super) fn run(_arguments: &Arguments, session: &mut Session) -> anyhow::Result<()> {
    for rule in RULES {
        writeln!(session.out, "{}\n  {}", rule.name, rule.about)?;
        if let Some((before, after)) = rule.examples.iter().find(|(before, after)| before != after) {
            writeln!(session.out, "  {} -> {}", shown(before), shown(after))?;
        }
        writeln!(session.out)?;
    }
    Ok(())
}

/// The names of the rules, for an option that takes one.
pub(super) fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(RULES.iter().map(|rule| rule.name))
}
