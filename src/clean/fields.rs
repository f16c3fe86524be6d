//! The small fields of an article: mended, folded to one line, bounded.

use unicode_normalization::UnicodeNormalization;
use whichlang::Lang;

/// The longest value of a small field, in characters.
const LONGEST: usize = 2000;

/// The most names in a list.
const MOST: usize = 100;

/// A field's value without controls and with white space folded; `None` when nothing is left.
pub(super) fn mended(value: &str) -> Option<String> {
    let composed: String = value
        .nfc()
        .filter(|c| !super::layout::is_noncharacter(*c) && !matches!(c, '\u{AD}' | '\u{200B}' | '\u{FEFF}'))
        .take(LONGEST)
        .collect();
    let words: Vec<&str> = composed
        .split(|c: char| c.is_control() || matches!(c, ' ' | '\u{2028}' | '\u{2029}'))
        .filter(|word| !word.is_empty())
        .collect();
    Some(words.join(" ")).filter(|value| !value.is_empty())
}

/// The names of a list, each once.
pub(super) fn names(values: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in values.iter().filter_map(|value| mended(value)).take(MOST) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Letters that a language can be told from.
const ENOUGH: usize = 60;

/// The language of a text, when there is enough of it to tell.
pub(super) fn language(text: &str) -> Option<String> {
    let text = text.get(..text.floor_char_boundary(1200))?;
    if text.chars().filter(|c| c.is_alphabetic()).count() < ENOUGH {
        return None;
    }
    let code = match whichlang::detect_language(text) {
        Lang::Fra => "fr",
        Lang::Eng => "en",
        Lang::Deu => "de",
        Lang::Spa => "es",
        Lang::Ita => "it",
        Lang::Nld => "nl",
        Lang::Por => "pt",
        Lang::Ara => "ar",
        Lang::Rus => "ru",
        Lang::Swe => "sv",
        Lang::Tur => "tr",
        Lang::Vie => "vi",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Cmn => "zh",
        Lang::Hin => "hi",
    };
    Some(code.to_owned())
}
