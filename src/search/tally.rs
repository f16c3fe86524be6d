//! Tallies: how many articles of an answer there are by source, author, tag, language, year, month or day, and which was
//! the first of each name.

use crate::article::ArticleId;
use crate::date::Date;
use crate::index::{Days, Name, Named, Names};

use super::Found;

/// What articles are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A name they have.
    Name(Name),
    /// The year, month or day they were published.
    Date(Unit),
}

/// A stretch of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// `2025`
    Year,
    /// `2025-02`
    Month,
    /// `2025-02-10`
    Day,
}

impl By {
    /// Its name on the command line and in what is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name(Name::Source) => "source",
            Self::Name(Name::Author) => "author",
            Self::Name(Name::Tag) => "tag",
            Self::Name(Name::Language) => "lang",
            Self::Date(Unit::Year) => "year",
            Self::Date(Unit::Month) => "month",
            Self::Date(Unit::Day) => "day",
        }
    }

    /// Whether one article may have several of these, so that the rows sum to more than there are articles.
    #[must_use]
    pub const fn many(self) -> bool {
        matches!(self, Self::Name(Name::Author | Name::Tag))
    }
}

/// The articles of an answer, counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// By what.
    pub by: By,
    /// Names by falling count, dates in order and without gaps.
    pub rows: Vec<Row>,
    /// How many articles have no value.
    pub without: u64,
    /// How many articles match in all.
    pub total: u64,
}

/// How many articles have a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The value: a name, or a date in ISO 8601.
    pub value: String,
    /// The articles.
    pub count: u64,
    /// Whether it is a date less exact than asked: a year that has no month, a month that has no day.
    pub imprecise: bool,
}

/// The earliest articles of an answer.
#[derive(Debug, Clone, Default)]
pub struct AllFirsts {
    /// One for each name, in the order of their dates; names without a dated article last.
    pub firsts: Vec<First>,
    /// How many articles have no name.
    pub without: u64,
    /// How many articles match in all.
    pub total: u64,
}

/// The earliest article of a name.
#[derive(Debug, Clone, Default)]
pub struct First {
    /// The name.
    pub name: String,
    /// How many articles have it.
    pub articles: u64,
    /// How many of them have no date, so that one of them may be the earliest.
    pub undated: u64,
    /// The earliest dated one; `None` when all are undated.
    pub found: Option<Found>,
}

/// Counts by name: most articles first.
pub(super) fn by_name(name: Name, names: Names) -> Tally {
    let mut rows: Vec<Row> = names
        .names
        .into_iter()
        .map(|Named { name, articles, .. }| Row { value: name, count: articles, imprecise: false })
        .collect();
    // Stable: equals stay in the order of their names.
    rows.sort_by_key(|row| std::cmp::Reverse(row.count));
    Tally { by: By::Name(name), rows, without: names.without, total: names.total }
}

/// Counts by date: every unit between the first and the last has its row.
pub(super) fn by_date(unit: Unit, days: &Days) -> Tally {
    let mut counts = std::collections::BTreeMap::new();
    for (&(first, last), &count) in &days.days {
        *counts.entry(Place::of(first, last).within(unit)).or_insert(0) += count;
    }
    let exact = || counts.keys().copied().filter(|place: &Place| place.unit() == unit);
    let (mut next, last) = (exact().next(), exact().next_back());
    let mut rows = Vec::new();
    while let Some(place) = next {
        counts.entry(place).or_insert(0);
        next = place.next().filter(|next| last.is_some_and(|last| *next < last));
    }
    for (place, count) in counts {
        rows.push(Row { value: place.to_string(), count, imprecise: place.unit() != unit });
    }
    Tally { by: By::Date(unit), rows, without: days.without, total: days.total }
}

/// A year, month or day; a year stands before its months, a month before its days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
}

impl Place {
    /// The place of a date that can be of these days (yyyymmdd), and of all between.
    fn of(first: u64, last: u64) -> Self {
        let number = |value: u64| i8::try_from(value % 100).unwrap_or_default();
        let year = i16::try_from(first / 10_000).unwrap_or(i16::MAX);
        let month = (first / 100 == last / 100).then(|| number(first / 100));
        let day = (first == last).then(|| number(first));
        Self { year, month, day }
    }

    fn within(self, unit: Unit) -> Self {
        Self { month: self.month.filter(|_| unit >= Unit::Month), day: self.day.filter(|_| unit >= Unit::Day), ..self }
    }

    const fn unit(self) -> Unit {
        match (self.month, self.day) {
            (None, _) => Unit::Year,
            (_, None) => Unit::Month,
            _ => Unit::Day,
        }
    }

    /// The one after it; `None` at the end of the calendar.
    fn next(self) -> Option<Self> {
        let last = self.date().last_day().tomorrow().ok()?;
        Some(Self { year: last.year(), month: self.month.map(|_| last.month()), day: self.day.map(|_| last.day()) })
    }

    const fn date(self) -> Date {
        Date { year: self.year, month: self.month, day: self.day, time: None, offset: None }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.date().fmt(f)
    }
}

/// Of articles with the same last day, what tells the earlier: the time of day where it is stated, then the id.
pub(super) fn moment(date: Option<Date>, id: ArticleId) -> impl Ord + use<> {
    let time = date.and_then(|date| date.time);
    (date.map(|date| Date::from_day(date.last_day())), time.is_none(), time, id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(unit: Unit, days: &[(u64, u64, u64)]) -> Vec<String> {
        let days = days.iter().map(|&(first, last, count)| ((first, last), count)).collect();
        let tally = by_date(unit, &Days { days, without: 0, total: 0 });
        let shown = |row: Row| format!("{}{} {}", row.value, if row.imprecise { "?" } else { "" }, row.count);
        tally.rows.into_iter().map(shown).collect()
    }

    #[test]
    fn gaps_are_filled() {
        let days = [(20241130, 20241130, 2), (20241101, 20241130, 1), (20250201, 20250201, 3)];
        assert_eq!(rows(Unit::Month, &days), ["2024-11 3", "2024-12 0", "2025-01 0", "2025-02 3"]);
        assert_eq!(rows(Unit::Year, &days), ["2024 3", "2025 3"]);
        assert_eq!(
            rows(Unit::Day, &[(20240228, 20240228, 1), (20240301, 20240301, 1)]),
            ["2024-02-28 1", "2024-02-29 0", "2024-03-01 1"]
        );
    }

    #[test]
    fn dates_that_are_less_exact_have_rows_of_their_own() {
        let days = [(20240101, 20241231, 5), (20240301, 20240331, 1), (20240302, 20240302, 1)];
        assert_eq!(rows(Unit::Month, &days), ["2024? 5", "2024-03 2"]);
        assert_eq!(rows(Unit::Day, &days), ["2024? 5", "2024-03? 1", "2024-03-02 1"]);
        assert_eq!(rows(Unit::Day, &[(20240101, 20241231, 5)]), ["2024? 5"]);
    }

    #[test]
    fn the_end_of_the_calendar_is_an_end() {
        assert_eq!(rows(Unit::Year, &[(21980101, 21981231, 1), (22001231, 22001231, 1)]).len(), 3);
        assert_eq!(rows(Unit::Day, &[(99991230, 99991230, 1), (99991231, 99991231, 1)]).len(), 2);
    }
}
