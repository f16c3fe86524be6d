//! Dates as articles write them: as precise as their source, never guessed.

mod text;
mod words;

use std::fmt;

use jiff::civil;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A year, a month, a day or a moment, in the article's own time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// Year, 1600 to 2200.
    pub year: i16,
    /// Month, 1 to 12; `None` when only the year is known.
    pub month: Option<i8>,
    /// Day of the month; `None` when only the month is known.
    pub day: Option<i8>,
    /// Hour, minute and second.
    pub time: Option<(i8, i8, i8)>,
    /// Minutes east of UTC, where the source says so.
    pub offset: Option<i16>,
}

impl Date {
    /// Reads a date in any of the forms that French, English and German papers and machines write, or their neighbours
    /// with the month's name. `None` for what is no date or could be two (10/02/2025 is 10 February: this reader is
    /// French). Looks at 200 characters.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        text::read(text)
    }

    /// The moment of a Unix timestamp of 10 digits (seconds) or 13 (milliseconds), in UTC; `None` for any other.
    #[must_use]
    pub fn from_unix(timestamp: i64) -> Option<Self> {
        let seconds = match timestamp {
            1_000_000_000..=9_999_999_999 => timestamp,
            1_000_000_000_000..=9_999_999_999_999 => timestamp / 1000,
            _ => return None,
        };
        let moment = jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::from_second(seconds).ok()?);
        let date = Self::day(moment.year(), moment.month(), moment.day())?;
        Some(Self { time: Some((moment.hour(), moment.minute(), moment.second())), offset: Some(0), ..date })
    }

    /// The date of a day.
    #[must_use]
    pub fn from_day(day: civil::Date) -> Self {
        Self { year: day.year(), month: Some(day.month()), day: Some(day.day()), time: None, offset: None }
    }

    /// The first day it can be.
    #[must_use]
    pub fn first_day(&self) -> civil::Date {
        civil::Date::new(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1)).unwrap_or_default()
    }

    /// The last day it can be.
    #[must_use]
    pub fn last_day(&self) -> civil::Date {
        match (self.month, self.day) {
            (_, Some(_)) => self.first_day(),
            (Some(_), None) => self.first_day().last_of_month(),
            (None, None) => self.first_day().last_of_year(),
        }
    }

    fn year(year: i16) -> Option<Self> {
        (1600..=2200).contains(&year).then_some(Self { year, month: None, day: None, time: None, offset: None })
    }

    fn month(year: i16, month: i8) -> Option<Self> {
        (1..=12).contains(&month).then_some(Self { month: Some(month), ..Self::year(year)? })
    }

    fn day(year: i16, month: i8, day: i8) -> Option<Self> {
        civil::Date::new(year, month, day).ok()?;
        Some(Self { day: Some(day), ..Self::month(year, month)? })
    }
}

impl fmt::Display for Date {
    /// ISO 8601, as precise as the date: `2025`, `2025-02`, `2025-02-10`, `2025-02-10T14:05:00+01:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        let Some(month) = self.month else { return Ok(()) };
        write!(f, "-{month:02}")?;
        let Some(day) = self.day else { return Ok(()) };
        write!(f, "-{day:02}")?;
        let Some((hour, minute, second)) = self.time else { return Ok(()) };
        write!(f, "T{hour:02}:{minute:02}:{second:02}")?;
        match self.offset {
            None => Ok(()),
            Some(0) => f.write_str("Z"),
            Some(offset) => {
                let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.unsigned_abs());
                write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        }
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::read(&text).ok_or_else(|| serde::de::Error::custom("not a date"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, proptest};

    use super::Date;

    #[track_caller]
    fn reads(expected: &str, texts: &[&str]) {
        for text in texts {
            assert_eq!(Date::read(text).map(|date| date.to_string()).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn machines() {
        reads("2025", &["2025", " 2025 "]);
        reads("2025-02", &["2025-02", "2025/02", "02/2025"]);
        reads("2025-02-10", &["2025-02-10", "2025/02/10", "2025.02.10", "20250210", "2025-02-10Z", "2025-02-10-05:00"]);
        reads(
            "2025-02-10T14:05:00",
            &["2025-02-10T14:05", "2025-02-10 14:05:00.123456", "20250210T1405", "20250210140500"],
        );
        reads("2025-02-10T14:05:00Z", &["20250210T140500Z", "2025-02-10T14:05:00,5Z", "2025-02-10t14:05:00+0000"]);
        reads(
            "2025-02-10T14:05:00+01:00",
            &[
                "2025-02-10T14:05:00+01:00",
                "2025-02-10 14:05:00 +0100",
                "2025-02-10T14:05+01",
                "2025-02-10T14:05:00+01:00[Europe/Paris]",
                "Mon, 10 Feb 2025 14:05:00 +0100",
                "10 Feb 25 14:05:00 +0100 (CET)",
                "Mon Feb 10 14:05:00 +0100 2025",
                "Mon Feb 10 2025 14:05:00 GMT+0100 (heure normale d’Europe centrale)",
            ],
        );
        reads("2025-02-10T14:05:00-05:30", &["Mon, 10 Feb 2025 14:05:00 -0530", "2025-02-10T14:05:00\u{2212}05:30"]);
    }

    #[test]
    fn french() {
        reads(
            "2025-02-10",
            &[
                "10 février 2025",
                "10 FEVRIER 2025",
                "lundi 10 févr. 2025",
                "10 fe\u{301}vrier 2025",
                "10 fév 2025",
                "10\u{a0}février\u{202f}2025",
                "10/02/2025",
                "10.02.2025",
                "10/02/25",
                "le 10-02-2025",
                "Publié le 10/02/2025",
                "lun. 10 févr. 2025",
                "Lundi, 10 février 2025, p. A12",
                "lundi 10 février 2025 812 mots, p. 8",
                "Date : 10 février 2025.",
                "Publié le 10 février 2025, mis à jour le 11 février 2025",
                "Mis à jour le 11/02/2025, publié le 10/02/2025",
                "10-févr.-2025",
            ],
        );
        reads("2006-03-14", &["mardi 14 mars 2006, p. 12", "mar. 14 mars 2006", "mar 14/03/2006"]);
        reads("2024-03-01", &["1er mars 2024", "le 1 er mars 2024", "Vendredi 1ᵉʳ mars 2024"]);
        reads("2025-02", &["février 2025", "Févr. 2025"]);
        reads("2025-08-05", &["5 août 2025", "5 aout 2025", "mar. 5 août 2025"]);
        reads(
            "2025-02-10T14:05:00",
            &[
                "lundi 10 févr. 2025 à 14h05",
                "Publié le 10/02/2025 à 14h05",
                "Publié le 10.02.2025 à 14 h 05",
                "10 février 2025 - 14:05",
                "10 février 2025 | 14:05",
                "Mis à jour le 10 février 2025 à 14h05",
                "Publié le 10 février 2025 à 14h05 - Mis à jour le 11 février 2025 à 9h",
                "10/02/2025 14:05",
                "Publié le 10 février 2025 à 14h05 • Temps de lecture : 3 min",
            ],
        );
        reads("2025-02-10T14:00:00", &["10 février 2025 à 14h", "10 février 2025 à 14 heures"]);
    }

    #[test]
    fn every_month_in_every_language() {
        for (number, names) in (1..).zip(super::words::MONTHS) {
            for name in names {
                reads(&format!("2021-{number:02}-03"), &[&format!("3 {name} 2021"), &format!("{name}. 3, 2021")]);
            }
        }
    }

    #[test]
    fn english_and_german() {
        reads(
            "2025-02-10",
            &["February 10, 2025", "Feb. 10th, 2025", "Monday, February 10, 2025", "10th of February 2025"],
        );
        reads(
            "2025-02-10T14:05:00",
            &["10 Feb 2025 2:05 PM", "Published on Feb 10, 2025 at 2:05 p.m.", "Feb 10, 2025, 2:05pm"],
        );
        reads("2025-02-10T00:05:00", &["10 Feb 2025 12:05 AM"]);
        reads("2025-02-10T14:05:00Z", &["Feb 10, 2025 at 14:05 GMT", "Feb 10, 2025 14:05 UTC"]);
        reads("2025-02-10T14:05:00-05:00", &["Feb 10, 2025 at 2:05 PM EST"]);
        reads("2025-02-10", &["10. Februar 2025", "Montag, 10. Febr. 2025", "Mo 10.02.2025"]);
        reads("2025-03-10T14:05:00", &["10. März 2025, 14:05 Uhr", "Stand: 10.03.2025 14:05 Uhr"]);
    }

    #[test]
    fn neighbours() {
        reads(
            "2025-03-10",
            &["10 de marzo de 2025", "10 março 2025", "10 de março de 2025", "10 maart 2025", "10 марта 2025"],
        );
        reads("2025-03-10T20:13:00", &["10 de março de 2025 às 20:13", "10 marzo 2025 alle 20:13"]);
    }

    #[test]
    fn no_dates() {
        for text in [
            "",
            "hier",
            "lundi",
            "31/02/2025",
            "02/13/2025",
            "2025-13-01",
            "2025-02-30",
            "1739192700",
            "1739192700000",
            "10 février",
            "14-15 mars 2006",
            "10-02-25",
            "1599",
            "2201",
            "0000-00-00",
            "2025-02-10T25:00",
            "2025-02-10T14:60",
            "10 Feb 2025 13:05 PM",
            "Le 10 février 2025, le ministre a démissionné",
            "Paris, 10 février 2025 à midi",
            "mars",
            "le le le",
            "12345678901234567890123",
            "2025-02/10",
            "10/02-2025",
            "2025-02-10T14:05+99:00",
            "10 février 2025 - 12 février 2025",
            "99991231",
        ] {
            assert_eq!(Date::read(text), None, "{text}");
        }
    }

    #[test]
    fn timestamps() {
        assert_eq!(Date::from_unix(1_739_192_700).unwrap().to_string(), "2025-02-10T13:05:00Z");
        assert_eq!(Date::from_unix(1_739_192_700_999).unwrap().to_string(), "2025-02-10T13:05:00Z");
        assert!([0, -1, 20_250_210, i64::MAX, i64::MIN, 9_999_999_999].iter().all(|no| Date::from_unix(*no).is_none()));
    }

    #[test]
    fn bounds() {
        let days =
            |text: &str| Date::read(text).map(|date| format!("{} {}", date.first_day(), date.last_day())).unwrap();
        assert_eq!(days("2024"), "2024-01-01 2024-12-31");
        assert_eq!(days("février 2024"), "2024-02-01 2024-02-29");
        assert_eq!(days("10 février 2024"), "2024-02-10 2024-02-10");
    }

    fn dates() -> impl Strategy<Value = Date> {
        let time = prop::option::of((0..24_i8, 0..60_i8, 0..60_i8));
        (
            1600..=2200_i16,
            prop::option::of(1..=12_i8),
            prop::option::of(1..=28_i8),
            time,
            prop::option::of(-840..=840_i16),
        )
            .prop_map(|(year, month, day, time, offset)| {
                let day = day.filter(|_| month.is_some());
                let time = time.filter(|_| day.is_some());
                Date { year, month, day, time, offset: offset.filter(|_| time.is_some()) }
            })
    }

    proptest! {
        #[test]
        fn round_trip(date in dates()) {
            let json = serde_json::to_string(&date).unwrap();
            prop_assert_eq!(serde_json::from_str::<Date>(&json).unwrap(), date);
            prop_assert!(date.first_day() <= date.last_day());
            prop_assert_eq!(Date::from_day(date.last_day()).first_day(), date.last_day());
        }

        #[test]
        fn any_text(text in any::<String>(), near in "[0-9a-zé:/. +-]{0,40}") {
            for text in [text, near] {
                if let Some(date) = Date::read(&text) {
                    prop_assert_eq!(Date::read(&date.to_string()), Some(date));
                }
            }
        }
    }
}
