//! Numbers: `1 000` is `1000`, `97,4` is `97.4`.

use super::tokenize::{char_at, slice};

/// Groups of three digits that one number may have after its first.
const MAX_GROUPS: usize = 6;

/// Where the number that begins with the digits from `start` to `end` ends: after its groups of three digits and its
/// decimals, if it has any. Digits that follow a point or comma (`12.03.2024`) are a number of their own.
pub(super) fn end(text: &str, start: usize, end: usize) -> usize {
    if follows_number(text, start) {
        return end;
    }
    let digits = slice(text, start, end);
    let grouped = if digits.len() <= 3 && !digits.starts_with('0') { end_of_groups(text, end) } else { end };
    let decimals = end_of_decimals(text, grouped);
    // `2019,2020` lists two years.
    if digits.len() >= 4 && decimals.saturating_sub(grouped) > 4 { grouped } else { decimals }
}

/// The value of a number as `end` bounds it: digits, with a point before decimals. A point or comma before three digits
/// says nothing certain (`1.000`, `1,000`), so both readings are one: no decimals.
pub(super) fn value(number: &str) -> String {
    let fields = || number.split(|c: char| !c.is_ascii_digit()).filter(|field| !field.is_empty());
    let grouped = fields().skip(1).all(|field| field.len() == 3) && !number.starts_with('0');
    let count = fields().count();
    let mut value = String::with_capacity(number.len());
    for (nth, field) in fields().enumerate() {
        if nth > 0 && nth + 1 == count && !grouped {
            value.push('.');
        }
        value.push_str(field);
    }
    value
}

fn follows_number(text: &str, start: usize) -> bool {
    let mut before = slice(text, 0, start).bytes().rev();
    matches!(before.next(), Some(b'.' | b',')) && before.next().is_some_and(|byte| byte.is_ascii_digit())
}

fn end_of_groups(text: &str, from: usize) -> usize {
    let Some(separator) = char_at(text, from).filter(|c| is_group_separator(*c)) else { return from };
    let mut end = from;
    for _ in 0..MAX_GROUPS {
        let group = end + separator.len_utf8();
        if char_at(text, end) != Some(separator) {
            return end;
        }
        match digits_at(text, group) {
            3 => end = group + 3,
            0 => return end,
            _ if separator.is_whitespace() => return end,
            _ => return from, // `192.168.1.1`, `1,250,3`: no groups
        }
    }
    end
}

fn end_of_decimals(text: &str, from: usize) -> usize {
    if !matches!(char_at(text, from), Some('.' | ',')) {
        return from;
    }
    let digits = digits_at(text, from + 1);
    let end = from + 1 + digits;
    let more = matches!(char_at(text, end), Some('.' | ',')) && digits_at(text, end + 1) > 0;
    if digits == 0 || more { from } else { end }
}

fn is_group_separator(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}' | '.' | ',')
}

fn digits_at(text: &str, from: usize) -> usize {
    text.as_bytes().get(from..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_groups_and_decimals() {
        for (text, number, read) in [
            ("97,4 %", "97,4", "97.4"),
            ("12 500 euros", "12 500", "12500"),
            ("1\u{202f}000\u{202f}000,5", "1\u{202f}000\u{202f}000,5", "1000000.5"),
            ("1.000", "1.000", "1000"),
            ("1.234,56", "1.234,56", "1234.56"),
            ("0,125", "0,125", "0.125"),
            ("2024 100", "2024", "2024"),
            ("12.03.2024", "12", "12"),
            ("2019,2020", "2019", "2019"),
            ("06 123", "06", "06"),
            ("7, 8", "7", "7"),
            ("20 minutes", "20", "20"),
        ] {
            let first = digits_at(text, 0);
            assert_eq!(slice(text, 0, end(text, 0, first)), number, "{text}");
            assert_eq!(value(number), read, "{text}");
        }
    }

    #[test]
    fn digits_after_a_point_stand_alone() {
        assert_eq!(end("12.03.2024", 3, 5), 5);
    }
}
