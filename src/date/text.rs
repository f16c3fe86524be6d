//! Reads a date from text: a small grammar over numbers, folded words and marks.

use std::ops::RangeInclusive;

use super::Date;
use super::words::{AFTERMATH, MONTHS, PREAMBLE, PUBLISHED, ZONES};

/// Reads a text that is a date and nothing else, but for what may stand before it and after it.
pub(super) fn read(text: &str) -> Option<Date> {
    let tokens = tokens(text);
    let mut here = Cursor(tokens.as_slice()).published();
    loop {
        if let Some(date) = FORMS.iter().find_map(|form| here.whole(*form)) {
            return Some(date);
        }
        here.preamble()?;
    }
}

/// Two figures are a year of 1970 to 2069.
const CENTURY_TURN: i16 = 70;

#[derive(Debug, PartialEq)]
enum Token {
    Number { value: u64, digits: usize },
    Word(String),
    Mark(char),
}

/// Cuts the beginning of a text into numbers, folded words and marks; a dash between spaces becomes `–`.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut chars = text.trim().chars().take(200).peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        let joined = before.is_alphanumeric();
        match (c, tokens.last_mut()) {
            ('\u{300}'..='\u{36f}', _) => continue,
            ('0'..='9', Some(Token::Number { value, digits })) if joined => {
                *value = value.saturating_mul(10).saturating_add(figure(c));
                *digits += 1;
            }
            ('0'..='9', _) => tokens.push(Token::Number { value: figure(c), digits: 1 }),
            (c, Some(Token::Word(word))) if c.is_alphabetic() && joined => word.extend(folded(c)),
            (c, _) if c.is_alphabetic() => tokens.push(Token::Word(folded(c).collect())),
            ('-' | '–' | '—', _) if before.is_whitespace() && chars.peek().is_none_or(|next| next.is_whitespace()) =>
            {
                tokens.push(Token::Mark('–'));
            }
            ('\u{2212}' | '\u{2010}' | '\u{2011}', _) => tokens.push(Token::Mark('-')),
            (c, _) if c.is_whitespace() => {}
            (c, _) => tokens.push(Token::Mark(c)),
        }
        before = c;
    }
    tokens
}

fn figure(c: char) -> u64 {
    c.to_digit(10).map_or(0, u64::from)
}

/// A letter in lower case and without the accents that names of months and days have.
fn folded(c: char) -> impl Iterator<Item = char> {
    c.to_lowercase().map(|c| match c {
        'à' | 'â' | 'ä' => 'a',
        'ç' => 'c',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'ô' | 'ö' => 'o',
        'ù' | 'û' | 'ü' => 'u',
        'ᵉ' => 'e',
        'ʳ' => 'r',
        c => c,
    })
}

type Form = fn(&mut Cursor<'_>) -> Option<Date>;

/// The forms of a date, tried in turn; each must account for the whole text.
const FORMS: &[Form] = &[
    year_first,
    day_first,
    day_and_name,
    name_and_day,
    name_and_year,
    |at| at.number(4..=4).and_then(Date::year),
    compact,
];

/// `2025-02-10`, `2025/02/10`, `2025-02`.
fn year_first(at: &mut Cursor<'_>) -> Option<Date> {
    let year = at.number(4..=4)?;
    let mark = at.mark("-/.")?;
    let month = at.number(1..=2)?;
    let rest = *at;
    if at.mark("-/.") == Some(mark)
        && let Some(day) = at.number(1..=2)
    {
        return Date::day(year, month, day);
    }
    *at = rest;
    if mark == '.' { None } else { Date::month(year, month) }
}

/// `10/02/2025`, `10.02.25`, `10-02-2025`, `02/2025`. Not `10-02-25`, which may begin with its year.
fn day_first(at: &mut Cursor<'_>) -> Option<Date> {
    let day = at.number(1..=2)?;
    let mark = at.mark("-/.")?;
    if mark == '/'
        && let Some(year) = at.number(4..=4)
    {
        return Date::month(year, day);
    }
    let month = at.number(1..=2)?;
    at.mark("-/.").filter(|second| *second == mark)?;
    let year = if mark == '-' { at.number(4..=4)? } else { at.any_year()? };
    Date::day(year, month, day)
}

/// `1er mars 2024`, `10 févr. 2025`, `10. Februar 2025`, `10-Feb-25`, `10 de mayo de 2025`.
fn day_and_name(at: &mut Cursor<'_>) -> Option<Date> {
    let day = at.number(1..=2)?;
    at.mark(".").map_or_else(|| at.word(&["er", "st", "nd", "rd", "th", "e"]), |_| None);
    at.mark("-/").map_or_else(|| at.word(&["of", "de"]), |_| None);
    let month = at.month()?;
    at.mark(".");
    at.mark("-/,").map_or_else(|| at.word(&["de", "del"]), |_| None);
    Date::day(at.any_year()?, month, day)
}

/// `February 10, 2025`, `Feb 10th 2025`; and the old Unix way, `Feb 10 14:05:00 +0000 2025`.
fn name_and_day(at: &mut Cursor<'_>) -> Option<Date> {
    let month = at.month()?;
    at.mark(".");
    let day = at.number(1..=2)?;
    at.word(&["st", "nd", "rd", "th"]);
    at.mark(",");
    let before = *at;
    if let Some(year) = at.number(4..=4) {
        return Date::day(year, month, day);
    }
    *at = before;
    let time = at.time()?;
    let offset = at.zone();
    Some(Date { time: Some(time), offset, ..Date::day(at.number(4..=4)?, month, day)? })
}

/// `février 2025`, `Feb. 2025`.
fn name_and_year(at: &mut Cursor<'_>) -> Option<Date> {
    let month = at.month()?;
    at.mark(".");
    at.mark("-/,");
    Date::month(at.number(4..=4)?, month)
}

/// `20250210`, and with hours and minutes, perhaps seconds, run on to it.
fn compact(at: &mut Cursor<'_>) -> Option<Date> {
    let [Token::Number { value, digits }, rest @ ..] = at.0 else { return None };
    at.0 = rest;
    let (day, time) = match digits {
        8 => (*value, None),
        12 => (value / 10_000, Some(value % 10_000 * 100)),
        14 => (value / 1_000_000, Some(value % 1_000_000)),
        _ => return None,
    };
    let date = Date::day(i16::try_from(day / 10_000).ok()?, pair(day / 100)?, pair(day)?)?;
    let Some(time) = time else { return Some(date) };
    Some(Date { time: Some(run_on_clock(time)?), ..date })
}

/// A place in the tokens. What takes a token moves it on; what fails may have moved it too.
#[derive(Clone, Copy)]
struct Cursor<'a>(&'a [Token]);

impl Cursor<'_> {
    /// Where the publication's date begins in "mis à jour le … publié le …": otherwise the first date is the one.
    fn published(mut self) -> Self {
        let all = self;
        if self.word(&["mis", "mise", "modifie", "modifiee", "updated", "last", "aktualisiert"]).is_none() {
            return all;
        }
        let at =
            self.0.iter().position(|token| matches!(token, Token::Word(word) if PUBLISHED.contains(&word.as_str())));
        at.and_then(|at| self.0.get(at..)).map_or(all, Cursor)
    }

    /// Steps over one word or mark that may stand before a date.
    fn preamble(&mut self) -> Option<()> {
        self.mark(",.:|–(").map(|_| ()).or_else(|| self.word(PREAMBLE).map(|_| ()))
    }

    /// Reads a date in this form, then its time, its zone, and what may follow them.
    fn whole(mut self, form: Form) -> Option<Date> {
        let mut date = form(&mut self)?;
        if date.day.is_some() {
            let after_day = self;
            date.time = date.time.or_else(|| self.time());
            if date.time.is_none() {
                self = after_day;
            }
            let offset = self.zone();
            date.offset = date.offset.or(offset).filter(|_| date.time.is_some());
        }
        self.ends().then_some(date)
    }

    fn ends(mut self) -> bool {
        while self.mark(",;.–|·•").is_some() {}
        let counted =
            matches!(self.0, [Token::Number { .. }, Token::Word(unit), ..] if unit == "mots" || unit == "words");
        self.0.is_empty() || counted || self.mark("([)").is_some() || self.word(AFTERMATH).is_some()
    }

    fn number<N: TryFrom<u64>>(&mut self, wanted: RangeInclusive<usize>) -> Option<N> {
        let [Token::Number { value, digits }, rest @ ..] = self.0 else { return None };
        if !wanted.contains(digits) {
            return None;
        }
        self.0 = rest;
        N::try_from(*value).ok()
    }

    fn word(&mut self, wanted: &[&str]) -> Option<()> {
        let [Token::Word(word), rest @ ..] = self.0 else { return None };
        wanted.contains(&word.as_str()).then(|| self.0 = rest)
    }

    fn mark(&mut self, wanted: &str) -> Option<char> {
        let [Token::Mark(mark), rest @ ..] = self.0 else { return None };
        wanted.contains(*mark).then(|| self.0 = rest).map(|()| *mark)
    }

    fn month(&mut self) -> Option<i8> {
        (1..).zip(MONTHS).find_map(|(month, names)| self.word(names).map(|()| month))
    }

    /// A year of four figures, or of two.
    fn any_year(&mut self) -> Option<i16> {
        let century = |year: i16| if year < CENTURY_TURN { 2000 + year } else { 1900 + year };
        self.number(4..=4).or_else(|| self.number(2..=2).map(century))
    }

    /// `14:05`, `14:05:00.123`, `à 14h05`, `14 heures`, `T140500`, `2:05 PM`, `14:05 Uhr`.
    fn time(&mut self) -> Option<(i8, i8, i8)> {
        if self.word(&["t"]).is_some() {
            let run_on = self.number(6..=6).or_else(|| self.number(4..=4).map(|time: u64| time * 100));
            if let Some(time) = run_on {
                return run_on_clock(time);
            }
        }
        self.mark(",–|·•@");
        self.word(&["a", "at", "um", "as", "alle", "om"]);
        let hour = self.number(1..=2)?;
        let (mut minute, mut second) = (0, 0);
        let mut complete = true;
        if self.mark(":").is_some() {
            minute = self.number(2..=2)?;
            if self.mark(":").is_some() {
                second = self.number(2..=2)?;
                let mut fraction = *self;
                if fraction.mark(".,").is_some() && fraction.number::<u64>(1..=18).is_some() {
                    *self = fraction;
                }
            }
            self.word(&["uhr", "h"]);
        } else if self.word(&["h", "heure", "heures", "uhr"]).is_some() {
            minute = self.number(2..=2).unwrap_or(0);
            self.word(&["min", "mn"]);
        } else {
            complete = false;
        }
        let hour = match self.meridiem() {
            Some(afternoon) if (1..=12).contains(&hour) => hour % 12 + afternoon,
            None if complete => hour,
            _ => return None,
        };
        clock(hour, minute, second)
    }

    /// `AM` and `p.m.`, as the hours to add.
    fn meridiem(&mut self) -> Option<i8> {
        let mut at = *self;
        let hours =
            [(["am", "a"], 0), (["pm", "p"], 12)].iter().find_map(|(names, hours)| at.word(names).map(|()| *hours))?;
        let short = matches!(self.0, [Token::Word(word), ..] if word.len() == 1);
        if short {
            at.mark(".")?;
            at.word(&["m"])?;
            at.mark(".");
        }
        *self = at;
        Some(hours)
    }

    /// `Z`, `CET`, `+01:00`, `-0500`, `GMT+1`, as minutes east of UTC.
    fn zone(&mut self) -> Option<i16> {
        let named = ZONES.iter().find_map(|(name, minutes)| self.word(&[name]).map(|()| *minutes));
        let mut at = *self;
        let Some(minutes) = at.signed().filter(|minutes| minutes.abs() <= 14 * 60) else { return named };
        *self = at;
        Some(minutes)
    }

    fn signed(&mut self) -> Option<i16> {
        let sign = if self.mark("+-")? == '-' { -1 } else { 1 };
        if let Some(both) = self.number::<i16>(4..=4) {
            return (both % 100 < 60).then_some(sign * (both / 100 * 60 + both % 100));
        }
        let hours: i16 = self.number(1..=2)?;
        let minutes = self.mark(":").map_or(Some(0), |_| self.number::<i16>(2..=2).filter(|minutes| *minutes < 60))?;
        Some(sign * (hours * 60 + minutes))
    }
}

/// A time of day; a leap second counts as the one before it.
fn clock(hour: i8, minute: i8, second: i8) -> Option<(i8, i8, i8)> {
    (hour < 24 && minute < 60 && second <= 60).then_some((hour, minute, second.min(59)))
}

/// A time of day written as six figures run together.
fn run_on_clock(time: u64) -> Option<(i8, i8, i8)> {
    clock(pair(time / 10_000)?, pair(time / 100)?, pair(time)?)
}

/// The last two figures of a number.
fn pair(value: u64) -> Option<i8> {
    i8::try_from(value % 100).ok()
}
