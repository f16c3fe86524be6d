//! The filters that options give: `--since`, `--until`, `--source`.

use jiff::civil;

use super::Arguments;
use crate::cli::Session;
use crate::problem::{Failure, FailureKind};
use crate::query::{Bound, Query, day_bound, source_filter};

/// The filters given as options.
pub(super) fn filters(arguments: &Arguments, session: &Session) -> anyhow::Result<Vec<Query>> {
    let today = session.today();
    let mut filters = Vec::new();
    let bound = |text: &Option<String>, end| text.as_deref().map(|text| day(text, today, end)).transpose();
    let (from, to) = (bound(&arguments.since, Bound::First)?, bound(&arguments.until, Bound::Last)?);
    if from.is_some() || to.is_some() {
        filters.push(Query::Date { from, to });
    }
    if let Some(name) = &arguments.source {
        let usage = || Failure::error(FailureKind::Usage, format!("--source {name}: there is no word in this"));
        filters.push(source_filter(name).ok_or_else(usage)?);
    }
    Ok(filters)
}

/// A day given to `--since` or `--until`.
pub(in crate::cli) fn day(text: &str, today: civil::Date, end: Bound) -> anyhow::Result<civil::Date> {
    day_bound(text, today, end).ok_or_else(|| {
        let message = format!("{text} is no date: write 2025, 2025-02, 2025-02-10, 10/02/2025, hier or 7j");
        Failure::error(FailureKind::Usage, message)
    })
}
