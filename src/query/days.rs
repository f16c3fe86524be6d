//! Days as queries name them: `2025`, `2025-02`, `10/02/2025`, `hier`, `7j`, and ranges of these.

use jiff::{Span, civil};

use crate::date::Date;
use crate::french::fold;

/// Which end of a period is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Its first day.
    First,
    /// Its last day.
    Last,
}

/// A period: first and last day, either of which may be open.
pub(super) type Period = (Option<civil::Date>, Option<civil::Date>);

/// Reads one end of a range.
#[must_use]
pub fn day_bound(text: &str, today: civil::Date, end: Bound) -> Option<civil::Date> {
    let (first, last) = single(text.trim(), today)?;
    Some(match end {
        Bound::First => first,
        Bound::Last => last,
    })
}

/// Reads what follows `date:`.
pub(super) fn period(text: &str, today: civil::Date) -> Option<Period> {
    let text = text.trim();
    if let Some((from, to)) = text.split_once("..") {
        let (from, to) = (from.trim(), to.trim());
        if from.is_empty() && to.is_empty() {
            return None;
        }
        let from = if from.is_empty() { None } else { Some(single(from, today)?.0) };
        let to = if to.is_empty() { None } else { Some(single(to, today)?.1) };
        return Some((from, to));
    }
    if let Some(rest) = text.strip_prefix(">=") {
        return Some((Some(single(rest.trim(), today)?.0), None));
    }
    if let Some(rest) = text.strip_prefix("<=") {
        return Some((None, Some(single(rest.trim(), today)?.1)));
    }
    if let Some(rest) = text.strip_prefix('>') {
        return Some((Some(single(rest.trim(), today)?.1.tomorrow().ok()?), None));
    }
    if let Some(rest) = text.strip_prefix('<') {
        return Some((None, Some(single(rest.trim(), today)?.0.yesterday().ok()?)));
    }
    single(text, today).map(|(first, last)| (Some(first), Some(last)))
}

/// Reads one period: its first and last day.
fn single(text: &str, today: civil::Date) -> Option<(civil::Date, civil::Date)> {
    match fold(text).replace('’', "'").as_str() {
        "aujourd'hui" | "aujourdhui" | "today" => return Some((today, today)),
        "hier" | "yesterday" => {
            let day = today.yesterday().ok()?;
            return Some((day, day));
        }
        "avant-hier" => {
            let day = today.yesterday().ok()?.yesterday().ok()?;
            return Some((day, day));
        }
        _ => {}
    }
    if let Some(first) = ago(text, today) {
        return Some((first, today));
    }
    let date = Date::read(text)?;
    Some((date.first_day(), date.last_day()))
}

/// Reads `7j`, `2s`, `3m`, `1a`: so many days (weeks, months, years) up to today, today included.
fn ago(text: &str, today: civil::Date) -> Option<civil::Date> {
    let unit = text.chars().last()?;
    let count: i64 = text.strip_suffix(unit)?.parse().ok().filter(|count| (1..=5000).contains(count))?;
    let span = match unit {
        'j' | 'd' => Span::new().try_days(count).ok()?,
        's' | 'w' => Span::new().try_weeks(count).ok()?,
        'm' => Span::new().try_months(count).ok()?,
        'a' | 'y' => Span::new().try_years(count).ok()?,
        _ => return None,
    };
    today.checked_sub(span).ok()?.tomorrow().ok()
}
