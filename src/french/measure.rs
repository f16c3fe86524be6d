//! Signs and abbreviations beside a number, read aloud: `50 %`, `3 M€`, `2 Mds`, `20 h`, `n° 5`.

use super::tokenize::{Kind, begins_word, char_at, piece_at, slice};

/// A sign and the word it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spoken {
    /// Its first byte.
    pub(super) start: usize,
    /// The byte after its last.
    pub(super) end: usize,
    /// The word.
    pub(super) word: &'static str,
}

/// The signs after a number that ends at byte `at`, in their order: a sign of its own, or a power of ten and its currency.
pub(super) fn after_number(text: &str, at: usize) -> impl Iterator<Item = Spoken> {
    let start = after_space(text, at);
    let alone = sign(text, start).or_else(|| hours(text, start)).or_else(|| billions(text, start));
    let signs = match amount(text, start) {
        Some((power, currency)) => [Some(power), Some(currency)],
        None => [alone, None],
    };
    signs.into_iter().flatten()
}

/// No power of ten is longer, in bytes: `Mrds`.
pub(super) const LONGEST_POWER: usize = 4;

/// A power of ten and its currency, `M€`, that begin at byte `start`.
pub(super) fn amount(text: &str, start: usize) -> Option<(Spoken, Spoken)> {
    let piece = piece_at(text, start).filter(|piece| piece.kind == Kind::Letters)?;
    let word = match slice(text, piece.start, piece.end) {
        "k" | "K" => "mille",
        "M" => "million",
        _ => billions(text, start)?.word,
    };
    let currency = currency(text, after_space(text, piece.end))?;
    Some((Spoken { start: piece.start, end: piece.end, word }, currency))
}

/// Where the `n°` whose n ends at byte `end` ends, when a number follows it.
pub(super) fn end_of_numero(text: &str, end: usize) -> Option<usize> {
    let sign = char_at(text, end).filter(|c| matches!(c, '°' | 'º'))?;
    let end = end + sign.len_utf8();
    char_at(text, after_space(text, end)).filter(char::is_ascii_digit)?;
    Some(end)
}

/// Whether `pour` from byte `start` to `end` says per cent: a number before it, `cent` after it.
pub(super) fn is_per_cent(text: &str, start: usize, end: usize) -> bool {
    let before = slice(text, 0, start).trim_end_matches(is_space);
    let after = piece_at(text, after_space(text, end)).map(|piece| slice(text, piece.start, piece.end));
    before.len() < start && before.ends_with(|c: char| c.is_ascii_digit()) && after == Some("cent")
}

/// Whether a character is a sign of currency.
pub(super) fn is_currency(c: char) -> bool {
    matches!(c, '€' | '$' | '£')
}

fn sign(text: &str, start: usize) -> Option<Spoken> {
    // `a%20b` is an address.
    let percent = char_at(text, start) == Some('%') && !begins_word(text, start + 1);
    if percent { Some(Spoken { start, end: start + 1, word: "pourcent" }) } else { currency(text, start) }
}

fn currency(text: &str, start: usize) -> Option<Spoken> {
    let sign = char_at(text, start).filter(|c| is_currency(*c))?;
    let word = match sign {
        '€' => "euro",
        '$' => "dollar",
        _ => "livre",
    };
    Some(Spoken { start, end: start + sign.len_utf8(), word })
}

fn hours(text: &str, start: usize) -> Option<Spoken> {
    let piece = piece_at(text, start).filter(|piece| slice(text, piece.start, piece.end) == "h")?;
    Some(Spoken { start: piece.start, end: piece.end, word: "heure" })
}

fn billions(text: &str, start: usize) -> Option<Spoken> {
    let piece = piece_at(text, start)?;
    let known = matches!(slice(text, piece.start, piece.end), "Md" | "Mds" | "Mrd" | "Mrds" | "md" | "mds");
    known.then_some(Spoken { start: piece.start, end: piece.end, word: "milliard" })
}

fn after_space(text: &str, at: usize) -> usize {
    at + char_at(text, at).filter(|c| is_space(*c)).map_or(0, char::len_utf8)
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_after_a_number_are_words() {
        for (text, expected) in [
            (" %", "pourcent"),
            ("%", "pourcent"),
            ("%20b", ""),
            ("\u{a0}€", "euro"),
            (" M€", "million euro"),
            ("Md$", "milliard dollar"),
            (" Mds d’euros", "milliard"),
            (" k€", "mille euro"),
            (" M de", ""),
            ("\u{202f}h 30", "heure"),
            (" habitants", ""),
            ("  %", ""),
        ] {
            let words: Vec<&str> = after_number(text, 0).map(|spoken| spoken.word).collect();
            assert_eq!(words.join(" "), expected, "{text}");
        }
    }

    #[test]
    fn a_number_makes_numero_and_per_cent() {
        assert_eq!(
            (end_of_numero("n° 5", 1), end_of_numero("nº5", 1), end_of_numero("n° cinq", 1)),
            (Some(3), Some(3), None)
        );
        assert!(
            is_per_cent("50 pour cent", 3, 7)
                && !is_per_cent("bon pour cent", 4, 8)
                && !is_per_cent("50pour cent", 2, 6)
        );
    }
}
