//! Counts and first articles instead of a list of hits.

use std::time::Instant;

use clap::ValueEnum;

use super::{Arguments, Form, Question};
use crate::cli::Session;
use crate::index::Name;
use crate::output::{Counted, Firsts, Tables};
use crate::problem::{Failure, FailureKind};
use crate::search::{By as Counter, Engine, Unit};

/// What articles are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum By {
    /// The newspaper or site.
    Source,
    /// The authors; an article counts for each of them.
    Author,
    /// The year.
    Year,
    /// The month.
    Month,
    /// The day.
    Day,
    /// The language.
    #[value(alias = "langue", alias = "language")]
    Lang,
    /// The tags; an article counts for each of them.
    Tag,
}

impl By {
    const fn counter(self) -> Counter {
        match self {
            Self::Source => Counter::Name(Name::Source),
            Self::Author => Counter::Name(Name::Author),
            Self::Lang => Counter::Name(Name::Language),
            Self::Tag => Counter::Name(Name::Tag),
            Self::Year => Counter::Date(Unit::Year),
            Self::Month => Counter::Date(Unit::Month),
            Self::Day => Counter::Date(Unit::Day),
        }
    }
}

/// What has a first article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FirstBy {
    /// The newspaper or site.
    Source,
    /// The authors.
    Author,
    /// The language.
    #[value(alias = "langue", alias = "language")]
    Lang,
    /// The tags.
    Tag,
}

impl FirstBy {
    const fn name(self) -> Name {
        match self {
            Self::Source => Name::Source,
            Self::Author => Name::Author,
            Self::Lang => Name::Language,
            Self::Tag => Name::Tag,
        }
    }
}

/// A table that is wanted.
#[derive(Clone, Copy)]
pub(super) enum Table {
    Counts(Counter, &'static Tables),
    Firsts(Name, &'static Tables),
}

impl Table {
    /// The table that was asked for, if one was.
    ///
    /// # Errors
    /// Options that make no sense together.
    pub(super) fn wanted(arguments: &Arguments, form: Form) -> anyhow::Result<Option<Self>> {
        let usage = |message: String| Failure::error(FailureKind::Usage, message);
        let (option, by) = match (arguments.by, arguments.first_by) {
            (Some(by), _) => ("--by", by.counter()),
            (None, Some(first)) => ("--first-by", Counter::Name(first.name())),
            (None, None) => return Ok(None),
        };
        let format = form.output();
        let Some(tables) = &format.tables else {
            let message = format!("{option} has no --format {}: take text, json, jsonl or csv", format.name);
            return Err(usage(message));
        };
        if arguments.limit.is_some() && matches!(by, Counter::Date(_)) {
            let message = format!(
                "--by {} has a row for each {0}, so --limit would cut time off: take --since and --until",
                by.name()
            );
            return Err(usage(message));
        }
        Ok(Some(match (arguments.by, by) {
            (None, Counter::Name(name)) => Self::Firsts(name, tables),
            _ => Self::Counts(by, tables),
        }))
    }

    /// Writes the table and gives how many articles match.
    pub(super) fn write(
        self,
        arguments: &Arguments,
        engine: &Engine,
        question: Question<'_>,
        session: &mut Session,
    ) -> anyhow::Result<usize> {
        let query = &question.parsed.query;
        let (asked, receipt, began) = (question.asked, question.receipt, Instant::now());
        let undated = engine.undated(query)?;
        let total = match self {
            Self::Counts(by, tables) => {
                let tally = engine.tally(query, by)?;
                let (rows, rest) = tally.rows.split_at(arguments.limit.unwrap_or(usize::MAX).min(tally.rows.len()));
                let rest = (rest.len(), rest.iter().map(|row| row.count).sum());
                let elapsed = Some(began.elapsed());
                let counted = Counted { asked, tally: &tally, rows, rest, undated, elapsed, receipt };
                (tables.counts)(&mut session.out, &counted, session.look)?;
                tally.total
            }
            Self::Firsts(name, tables) => {
                let all = engine.firsts(query, name)?;
                let shown = all.firsts.get(..arguments.limit.unwrap_or(usize::MAX)).unwrap_or(&all.firsts);
                let elapsed = Some(began.elapsed());
                let firsts = Firsts {
                    asked,
                    name,
                    firsts: shown,
                    without: all.without,
                    total: all.total,
                    undated,
                    elapsed,
                    receipt,
                };
                (tables.firsts)(&mut session.out, &firsts, session.look)?;
                all.total
            }
        };
        Ok(usize::try_from(total)?)
    }
}
