//! Ordinals, one form for each: `1er` is `premier`, `2e` and `2ème` `deuxième`, `XXe` `20e`.

use std::borrow::Cow;

/// The words from the second to the twentieth.
const WORDS: [&str; 19] = [
    "deuxieme",
    "troisieme",
    "quatrieme",
    "cinquieme",
    "sixieme",
    "septieme",
    "huitieme",
    "neuvieme",
    "dixieme",
    "onzieme",
    "douzieme",
    "treizieme",
    "quatorzieme",
    "quinzieme",
    "seizieme",
    "dixseptieme",
    "dixhuitieme",
    "dixneuvieme",
    "vingtieme",
];

/// Roman numerals up to 9.
const UNITS: [&str; 10] = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];

/// Words that look like Roman ordinals.
const WORDS_LIKE_ROMAN: &[&str] = &["ie", "ive", "vie"];

/// The one form of an ordinal in figures or Roman numerals, folded; `None` for other words.
pub(super) fn spelled(word: &str) -> Option<Cow<'static, str>> {
    if !word.starts_with(|c: char| c.is_ascii_digit() || matches!(c, 'i' | 'v' | 'x')) {
        return None;
    }
    let word = word.strip_suffix('s').unwrap_or(word);
    match word {
        "1er" | "ier" | "1e" => return Some("premier".into()),
        "1re" | "1ere" => return Some("premiere".into()),
        "2nd" => return Some("second".into()),
        "2nde" => return Some("seconde".into()),
        _ if WORDS_LIKE_ROMAN.contains(&word) => return None,
        _ => {}
    }
    // `2ème`, `2ieme`, `2e`; `XXIème` is the twenty-first.
    let rank = word.strip_suffix("eme").or_else(|| word.strip_suffix('e'))?;
    let figures = rank.strip_suffix('i').unwrap_or(rank);
    let number = if figures.bytes().all(|byte| byte.is_ascii_digit()) { figures.parse().ok()? } else { roman(rank)? };
    let named = number.checked_sub(2).and_then(|second| WORDS.get(second));
    Some(named.map_or_else(|| format!("{number}e").into(), |word| (*word).into()))
}

/// Whether letters as spelled may be an ordinal in Roman numerals that [`spelled`] knows when they are folded.
#[inline]
pub(super) fn may_be(letters: &str) -> bool {
    let may_hold = |byte: u8| matches!(byte | 0x20, b'i' | b'v' | b'x' | b'e' | b'm' | b'r' | b's') || !byte.is_ascii();
    letters.bytes().all(may_hold)
}

/// What an ordinal in Roman numerals is in figures when its letters make another word in small ones: `VIe`, `IVe`.
pub(super) fn of_capitals(word: &str) -> Option<&'static str> {
    match word {
        "VIe" | "VIᵉ" | "VIè" => Some("6e"),
        "IVe" | "IVᵉ" | "IVè" => Some("4e"),
        _ => None,
    }
}

/// The value of a Roman numeral in small letters, up to 39.
fn roman(numeral: &str) -> Option<usize> {
    let units = numeral.trim_start_matches('x');
    let tens = numeral.len() - units.len();
    let value = tens * 10 + UNITS.iter().position(|known| *known == units)?;
    (tens <= 3 && value > 0).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinals_have_one_form() {
        for (word, expected) in [
            ("1er", "premier"),
            ("1ers", "premier"),
            ("1re", "premiere"),
            ("1ere", "premiere"),
            ("ier", "premier"),
            ("2nde", "seconde"),
            ("2e", "deuxieme"),
            ("2eme", "deuxieme"),
            ("2ieme", "deuxieme"),
            ("2emes", "deuxieme"),
            ("21eme", "21e"),
            ("xxe", "vingtieme"),
            ("xxieme", "21e"),
            ("xixe", "dixneuvieme"),
            ("iiie", "troisieme"),
            ("ve", "cinquieme"),
            ("xxxixe", "39e"),
        ] {
            assert_eq!(spelled(word).as_deref(), Some(expected), "{word}");
            assert!(word.starts_with(|c: char| c.is_ascii_digit()) || may_be(&word.to_uppercase()));
        }
    }

    #[test]
    fn other_words_stay() {
        for word in
            ["vie", "meme", "creme", "eme", "e", "i", "xxxxe", "iiiie", "vxe", "xie2", "1", "2d", "vice", "exe", "0e1e"]
        {
            assert_eq!(spelled(word), None, "{word}");
        }
    }
}
