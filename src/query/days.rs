//! Days as queries name them: `2025`, `2025-02`, `10 février 2025`, `hier`, `7j`, and ranges of these.

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
    let (first, last) = single(text, today)?;
    Some(match end {
        Bound::First => first,
        Bound::Last => last,
    })
}

/// Reads what follows `date:`.
pub(super) fn period(text: &str, today: civil::Date) -> Option<Period> {
    let text = text.trim();
    if let Some((from, to)) = text.split_once("..").or_else(|| text.split_once('…')) {
        let from = open_or(from, |day| Some(single(day, today)?.0))?;
        let to = open_or(to, |day| Some(single(day, today)?.1))?;
        return (from.is_some() || to.is_some()).then_some((from, to));
    }
    if let Some(day) = text.strip_prefix(">=") {
        return Some((Some(single(day, today)?.0), None));
    }
    if let Some(day) = text.strip_prefix("<=") {
        return Some((None, Some(single(day, today)?.1)));
    }
    if let Some(day) = text.strip_prefix('>') {
        return Some((Some(single(day, today)?.1.tomorrow().ok()?), None));
    }
    if let Some(day) = text.strip_prefix('<') {
        return Some((None, Some(single(day, today)?.0.yesterday().ok()?)));
    }
    single(text, today).map(|(first, last)| (Some(first), Some(last)))
}

/// An end of a range: open when nothing stands there, `None` when it is no date.
fn open_or(text: &str, read: impl Fn(&str) -> Option<civil::Date>) -> Option<Option<civil::Date>> {
    if text.trim().is_empty() { Some(None) } else { read(text).map(Some) }
}

/// Reads one period: its first and last day.
fn single(text: &str, today: civil::Date) -> Option<(civil::Date, civil::Date)> {
    let text = text.trim();
    let day = match fold(text).as_str() {
        "aujourd'hui" | "aujourdhui" | "today" => Some(today),
        "hier" | "yesterday" => Some(today.yesterday().ok()?),
        "avant-hier" => Some(today.yesterday().ok()?.yesterday().ok()?),
        _ => None,
    };
    if let Some(day) = day {
        return Some((day, day));
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
    let count = text.strip_suffix(unit).filter(|count| count.bytes().all(|byte| byte.is_ascii_digit()))?;
    let count: i64 = count.parse().ok().filter(|count| (1..=5000).contains(count))?;
    let span = match unit.to_ascii_lowercase() {
        'j' | 'd' => Span::new().try_days(count).ok()?,
        's' | 'w' => Span::new().try_weeks(count).ok()?,
        'm' => Span::new().try_months(count).ok()?,
        'a' | 'y' => Span::new().try_years(count).ok()?,
        _ => return None,
    };
    today.checked_sub(span).ok()?.tomorrow().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let day = |day: Option<civil::Date>| day.map_or("*".to_owned(), |day| day.to_string());
        let period = period(text, civil::date(2025, 3, 1));
        period.map_or("none".to_owned(), |(from, to)| format!("{} {}", day(from), day(to)))
    }

    #[test]
    fn periods_are_read() {
        for (text, expected) in [
            ("2024", "2024-01-01 2024-12-31"),
            ("2024-02", "2024-02-01 2024-02-29"),
            ("2024-02-10", "2024-02-10 2024-02-10"),
            ("10/02/2024", "2024-02-10 2024-02-10"),
            ("10 février 2024", "2024-02-10 2024-02-10"),
            ("février 2024", "2024-02-01 2024-02-29"),
            ("2024-02..2024-04", "2024-02-01 2024-04-30"),
            (" 2024-02 .. 2024-04-02 ", "2024-02-01 2024-04-02"),
            ("2024-02…2024-04", "2024-02-01 2024-04-30"),
            ("1er mars 2024..3 mars 2024", "2024-03-01 2024-03-03"),
            ("2024..", "2024-01-01 *"),
            ("..2024", "* 2024-12-31"),
            ("2024..hier", "2024-01-01 2025-02-28"),
            ("2s..hier", "2025-02-16 2025-02-28"),
            (">=2024-02", "2024-02-01 *"),
            (">2024-02", "2024-03-01 *"),
            ("<=2024-02", "* 2024-02-29"),
            ("<2024-02", "* 2024-01-31"),
            (">= 10 février 2024", "2024-02-10 *"),
            ("hier", "2025-02-28 2025-02-28"),
            ("Avant-hier", "2025-02-27 2025-02-27"),
            ("aujourd’hui", "2025-03-01 2025-03-01"),
            ("7j", "2025-02-23 2025-03-01"),
            ("1j", "2025-03-01 2025-03-01"),
            ("2S", "2025-02-16 2025-03-01"),
            ("3m", "2024-12-02 2025-03-01"),
            ("1a", "2024-03-02 2025-03-01"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        let texts =
            ["", "..", "…", ">", ">=", "demain", "0j", "-3j", "+3j", "7x", "j", "2025-02-31", "mars", "2025..x"];
        for text in texts.into_iter().chain(["99999999j", "2024..2025..2026", ">=<2024", "10 février"]) {
            assert_eq!(shown(text), "none", "{text}");
        }
    }

    #[test]
    fn the_ends_of_a_period() {
        let today = civil::date(2025, 3, 1);
        assert_eq!(day_bound("2024-02", today, Bound::First), Some(civil::date(2024, 2, 1)));
        assert_eq!(day_bound("2024-02", today, Bound::Last), Some(civil::date(2024, 2, 29)));
        assert_eq!(day_bound("2024..2025", today, Bound::Last), None);
    }
}
