//! The small fields of an article: mended, folded to one line, bounded.

use unicode_normalization::UnicodeNormalization;
use whichlang::Lang;

/// The longest value of a small field, in characters.
const LONGEST: usize = 2000;

/// The most names in a list.
const MOST: usize = 100;

/// A field's value without controls and with white space folded; `None` when nothing is left.
pub(super) fn mended(value: &str) -> Option<String> {
    if is_whole(value) { Some(value.to_owned()) } else { mended_by_character(value) }
}

/// Whether a value has nothing to mend that is seen at a glance, as nearly all have.
fn is_whole(value: &str) -> bool {
    // Combining characters begin at U+0300.
    let stays = |c: char| matches!(c, ' '..='~' | '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{24f}' | '’');
    (1..=LONGEST).contains(&value.len())
        && value.chars().all(stays)
        && !(value.starts_with(' ') || value.ends_with(' ') || value.contains("  "))
}

fn mended_by_character(value: &str) -> Option<String> {
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
/// What must be in another language, from the beginning, before a page's own label is disbelieved: so many pieces of so many
/// bytes. The label is often that of its template; names and figures look like any language.
const PIECES: usize = 3;
const PIECE: usize = 400;
/// Where there is no label, what must agree of the first piece and the last, in bytes. To look at all of both takes a fiftieth
/// of an ingest, and told none of the sixteen languages otherwise in pieces of the Universal Declaration of Human Rights.
const BEGINNING: usize = 200;

/// So many bytes of a text from a place on, if it has them.
fn stretch(text: &str, from: usize, length: usize) -> Option<&str> {
    let to = from + length;
    text.get(text.floor_char_boundary(from)..text.floor_char_boundary(to)).filter(|_| to <= text.len())
}

/// Whether a text has letters enough for its language to be told: figures would be told too, as any.
fn has_enough(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphabetic()).nth(ENOUGH - 1).is_some()
}

/// The language of a text: as stated, unless a good part of the text is plainly in another.
pub(super) fn language(text: &str, stated: Option<String>) -> Option<String> {
    let Some(stated) = stated else {
        let told = |text: &str| has_enough(text).then(|| detected(text));
        let beginning = |number: usize| told(stretch(text, number * PIECE, BEGINNING)?);
        // Where its first piece and its last begin in one language, so is the text.
        let agreed = beginning(0).filter(|first| beginning(PIECES - 1) == Some(first));
        let whole = || told(stretch(text, 0, text.len().min(PIECES * PIECE))?);
        return agreed.or_else(whole).map(str::to_owned);
    };
    let piece = |number: usize| stretch(text, number * PIECE, PIECE).map(detected);
    let first = piece(0).filter(|first| *first != stated && TOLD.contains(&stated.as_str()));
    let other = first.filter(|first| (1..PIECES).all(|number| piece(number) == Some(first)));
    Some(other.map_or(stated, str::to_owned))
}

/// The languages that can be told apart.
const TOLD: [&str; 16] =
    ["fr", "en", "de", "es", "it", "nl", "pt", "ar", "ru", "sv", "tr", "vi", "ja", "ko", "zh", "hi"];

fn detected(text: &str) -> &'static str {
    match whichlang::detect_language(text) {
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
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::{LONGEST, is_whole, language, mended, mended_by_character};

    #[test]
    fn fields_are_mended() {
        for (value, expected) in [
            (" Claire  Vial\u{200b} ", Some("Claire Vial")),
            ("E\u{301}lise\nNoël", Some("Élise Noël")),
            ("L’Écho d’Aubrac", Some("L’Écho d’Aubrac")),
            (" \u{ad}", None),
            ("", None),
        ] {
            assert_eq!(mended(value).as_deref(), expected);
        }
        assert_eq!(mended(&"é".repeat(3 * LONGEST)).map(|value| value.chars().count()), Some(LONGEST));
    }

    proptest! {
        #[test]
        fn what_is_whole_is_its_own_mended_form(value in "[ a-zÀ-ɏ’\u{7f}-\u{b0}\u{301}\u{200b}\n]{0,12}|.{0,12}") {
            prop_assert_eq!(mended(&value), mended_by_character(&value));
        }

        #[test]
        fn most_values_are_whole(value in "[A-Za-zÀ-ɏ’.,0-9]{1,9}( [A-Za-zé’-]{1,9}){0,4}") {
            prop_assert!(is_whole(&value));
        }
    }

    const FRENCH: &str =
        "Le conseil a voté hier soir la réouverture de la passerelle, que les habitants attendaient depuis la crue. ";
    const GERMAN: &str =
        "Der Rat hat gestern Abend beschlossen, die Brücke wieder zu öffnen, auf die alle seit dem Hochwasser warten. ";

    #[test]
    fn a_label_is_believed_unless_the_text_is_plainly_in_another_language() {
        let of = |text: &str, stated: Option<&str>| language(text, stated.map(str::to_owned));
        assert_eq!(of(&GERMAN.repeat(20), Some("en")).as_deref(), Some("de"));
        assert_eq!(of(&GERMAN.repeat(3), Some("en")).as_deref(), Some("en"), "too short to tell");
        assert_eq!(of(&(GERMAN.repeat(6) + &FRENCH.repeat(20)), Some("fr")).as_deref(), Some("fr"), "a long quotation");
        assert_eq!(of(&FRENCH.repeat(20), Some("br")).as_deref(), Some("br"), "a language that is not told apart");
        assert_eq!(of(FRENCH, None).as_deref(), Some("fr"));
        assert_eq!(of("Oui.", None), None);
        let figures = "1 204, 3 887, 12 450, 9, 77 ; ".repeat(14);
        let french = FRENCH.repeat(5);
        assert_eq!(of(&format!("{figures}{french}{figures}"), None).as_deref(), Some("fr"), "figures tell nothing");
    }
}
