//! The receipt of a search: part of the answer where that is for people or one document, else on stderr, or in a file.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::PathBuf;

use super::{Arguments, Form, Question};
use crate::cli::Session;
use crate::output::{Look, write_receipt, write_receipt_json};
use crate::problem::{Failure, FailureKind};
use crate::search::{Engine, Receipt};

/// A receipt and where it goes.
pub(super) struct Wanted {
    receipt: Receipt,
    file: Option<PathBuf>,
    within: bool,
}

impl Wanted {
    /// The receipt, when one was asked for.
    ///
    /// # Errors
    /// The file exists; the index or the archive cannot be read.
    pub(super) fn of(
        arguments: &Arguments,
        engine: &Engine,
        question: Question<'_>,
        session: &Session,
    ) -> anyhow::Result<Option<Self>> {
        let Some(file) = &arguments.receipt else { return Ok(None) };
        if let Some(file) = file.as_ref().filter(|file| file.exists()) {
            return Err(taken(file));
        }
        let query = &question.parsed.query;
        let receipt = Receipt {
            asked: question.asked.to_owned(),
            understood: query.explain(),
            command: command(arguments, question.asked),
            total: engine.count(query)?,
            undated: engine.undated(query)?,
            searched: engine.searched()?,
            at: session.moment(),
            versions: crate::search::Versions::THESE,
        };
        let list = !(arguments.count || arguments.paths);
        let within = file.is_none() && list && matches!(arguments.form(), Form::Text | Form::Json);
        Ok(Some(Self { receipt, file: file.clone(), within }))
    }

    /// The receipt, when it is part of the answer.
    pub(super) fn within(&self) -> Option<&Receipt> {
        Some(&self.receipt).filter(|_| self.within)
    }

    /// Writes the receipt where it goes, if it is no part of the answer.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn write(&self) -> anyhow::Result<()> {
        let Some(file) = &self.file else {
            if !self.within {
                // That nobody reads stderr is no failure.
                let _ = write_receipt(&mut io::stderr(), &self.receipt, Look::default());
            }
            return Ok(());
        };
        // A receipt is evidence: one that is there is not written over.
        let mut out = match OpenOptions::new().write(true).create_new(true).open(file) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(taken(file)),
            other => other.map_err(|error| cannot(file, &error))?,
        };
        let written = if file.extension().is_some_and(|extension| extension == "json") {
            write_receipt_json(&mut out, &self.receipt)
        } else {
            write_receipt(&mut out, &self.receipt, Look::default())
        };
        written.and_then(|()| out.flush()).and_then(|()| out.sync_all()).map_err(|error| cannot(file, &error))
    }
}

fn taken(file: &std::path::Path) -> anyhow::Error {
    let message = format!("--receipt={}: the file is there already; name another", file.display());
    Failure::error(FailureKind::Usage, message)
}

fn cannot(file: &std::path::Path, error: &io::Error) -> anyhow::Error {
    Failure::error(FailureKind::Surroundings, format!("--receipt={}: {error}", file.display()))
}

/// The command that asks the same again, for a shell.
fn command(arguments: &Arguments, asked: &str) -> String {
    let mut words = vec!["newsgrep query --count".to_owned()];
    words.extend(
        [(arguments.any, "--any"), (arguments.plain, "--plain")]
            .iter()
            .filter(|(on, _)| *on)
            .map(|(_, option)| (*option).to_owned()),
    );
    let options = [("--since", &arguments.since), ("--until", &arguments.until), ("--source", &arguments.source)];
    words.extend(options.iter().filter_map(|(name, value)| Some(format!("{name} {}", quoted(value.as_ref()?)))));
    if !arguments.words.is_empty() {
        words.push(format!("-- {}", quoted(asked)));
    }
    words.join(" ")
}

fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':');
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn words_are_quoted_for_a_shell() {
        assert_eq!(quoted("tramway"), "tramway");
        assert_eq!(quoted("l'été *"), "'l'\\''été *'");
        assert_eq!(quoted(""), "''");
    }
}
