//! A receipt of a search: what was asked, of what, when and with what, and how many articles there were. Makes of "nothing
//! found" something that can be cited, and checked again.

use jiff::Zoned;
use jiff::civil::Date;

use crate::archive::{Contents, Stats};
use crate::clean::RULES_VERSION;
use crate::french::ANALYSIS_VERSION;
use crate::index::INDEX_VERSION;

/// What a search asked and found.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// What was asked, as typed.
    pub asked: String,
    /// As it was understood: [`Query::explain`](crate::query::Query::explain), with relative dates resolved.
    pub understood: String,
    /// The command that asks it again.
    pub command: String,
    /// How many articles there were.
    pub total: usize,
    /// How many undated articles a date filter left out; `None` without a date filter.
    pub undated: Option<usize>,
    /// What was searched.
    pub searched: Searched,
    /// When.
    pub at: Zoned,
    /// With what.
    pub versions: Versions,
}

/// The archive as it was searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Searched {
    /// What it held.
    pub contents: Contents,
    /// How many articles.
    pub articles: u64,
    /// The first and last day that one of them can be of.
    pub days: Option<(Date, Date)>,
    /// How many have no date.
    pub undated: u64,
    /// How many are known to be cut off.
    pub truncated: u64,
    /// How many have no text.
    pub empty: u64,
    /// How many records and files could not be taken in.
    pub skipped: u64,
    /// How many had changed since the index was brought up to date, and could not be found.
    pub behind: u64,
}

/// The versions of all that an answer depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Versions {
    /// newsgrep's.
    pub newsgrep: &'static str,
    /// The cleaning rules'.
    pub rules: u32,
    /// The French analysis'.
    pub analysis: u32,
    /// The index'.
    pub index: u32,
}

impl Versions {
    /// Those of this program.
    pub const THESE: Self = Self {
        newsgrep: env!("CARGO_PKG_VERSION"),
        rules: RULES_VERSION,
        analysis: ANALYSIS_VERSION,
        index: INDEX_VERSION,
    };
}

impl Searched {
    pub(super) fn of(stats: &Stats, contents: Contents, behind: u64) -> Self {
        Self {
            contents,
            articles: stats.articles,
            days: stats.days.and_then(|(first, last)| Some((day(first)?, day(last)?))),
            undated: stats.undated,
            truncated: stats.truncated,
            empty: stats.empty,
            skipped: stats.skipped,
            behind,
        }
    }
}

/// The day of a number yyyymmdd.
fn day(number: i32) -> Option<Date> {
    let [year, month, day] = [number / 10_000, number / 100 % 100, number % 100];
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}
