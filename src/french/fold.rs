//! Folding: case, accents, ligatures and width removed.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

use super::tokenize::is_invisible;

/// Characters of a word that count; what a longer one has beyond is ignored.
const MAX_WORD: usize = 100;

/// Folds a word or phrase: lower case, no accents, ligatures in letters (`Œuvre` is `oeuvre`), invisible characters
/// dropped, one kind of apostrophe. Letters of other scripts, spaces and punctuation stay.
#[must_use]
pub fn fold(text: &str) -> String {
    fold_plain(text).unwrap_or_else(|| folded_chars(text).collect())
}

/// Folds one word: letters and digits alone, at most 100 of them.
pub(super) fn fold_word(word: &str) -> String {
    if word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return word.bytes().take(MAX_WORD).map(|byte| char::from(byte.to_ascii_lowercase())).collect();
    }
    if let Some(folded) = fold_plain(word) {
        return folded.chars().filter(|c| c.is_alphanumeric()).take(MAX_WORD).collect();
    }
    folded_chars(word).filter(|c| c.is_alphanumeric() || canonical_combining_class(*c) != 0).take(MAX_WORD).collect()
}

/// Folds a text whose every character folds by itself, as nearly all texts in French are, ten times as fast as by way of
/// decomposition; `None` for any other.
fn fold_plain(text: &str) -> Option<String> {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        let letter = match c {
            '\0'..='\u{7f}' => c.to_ascii_lowercase(),
            'à' | 'â' | 'ä' | 'á' | 'ã' | 'å' | 'À' | 'Â' | 'Ä' | 'Á' | 'Ã' | 'Å' => 'a',
            'ç' | 'Ç' => 'c',
            'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' | 'Ê' | 'Ë' => 'e',
            'î' | 'ï' | 'í' | 'ì' | 'Î' | 'Ï' | 'Í' | 'Ì' => 'i',
            'ñ' | 'Ñ' => 'n',
            'ô' | 'ö' | 'ó' | 'ò' | 'õ' | 'Ô' | 'Ö' | 'Ó' | 'Ò' | 'Õ' => 'o',
            'ù' | 'û' | 'ü' | 'ú' | 'Ù' | 'Û' | 'Ü' | 'Ú' => 'u',
            '…' => {
                folded.push_str("..");
                '.'
            }
            'œ' | 'Œ' => {
                folded.push('o');
                'e'
            }
            '’' => '\'',
            '\u{a0}' | '\u{202f}' => ' ',
            '«' | '»' | '“' | '”' | '‘' | '–' | '—' | '‐' | '€' | '°' | '·' | '•' => c,
            _ => return None,
        };
        folded.push(letter);
    }
    Some(folded)
}

fn folded_chars(text: &str) -> impl Iterator<Item = char> {
    // Marks go after decomposition; what is left is composed again for the scripts that need theirs.
    text.chars()
        .filter(|c| !is_invisible(*c))
        .nfkd()
        .filter(|c| !is_accent(*c))
        .flat_map(char::to_lowercase)
        .filter(|c| !is_accent(*c))
        .flat_map(letters)
        .nfc()
}

/// Whether a character is an accent: marks of classes below 10 (virama, nukta, voicing) make other letters.
fn is_accent(c: char) -> bool {
    canonical_combining_class(c) >= 10
}

/// A lower-case letter that no decomposition takes apart, in plain letters; apostrophes straight.
fn letters(c: char) -> impl Iterator<Item = char> {
    let (first, second) = match c {
        'œ' => ('o', Some('e')),
        'æ' => ('a', Some('e')),
        'ß' => ('s', Some('s')),
        'þ' => ('t', Some('h')),
        'ø' => ('o', None),
        'đ' | 'ð' => ('d', None),
        'ł' => ('l', None),
        'ħ' => ('h', None),
        'ŧ' => ('t', None),
        'ı' => ('i', None),
        'ς' => ('σ', None),
        '’' | 'ʼ' => ('\'', None),
        other => (other, None),
    };
    std::iter::once(first).chain(second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_case_accents_and_ligatures() {
        for (word, folded) in [
            ("ÉLYSÉE", "elysee"),
            ("Cœur", "coeur"),
            ("ŒUVRE", "oeuvre"),
            ("ex æquo", "ex aequo"),
            ("L’Est", "l'est"),
            ("Straße", "strasse"),
            ("\u{fb01}nance", "finance"),
            ("e\u{301}te\u{301}", "ete"),
            ("Łódź", "lodz"),
            ("İstanbul", "istanbul"),
            ("ＡＢＣ１", "abc1"),
            ("Ça\u{a0}ira", "ca ira"),
            ("Ελλάς", "ελλασ"),
            ("Москва", "москва"),
            ("gou\u{ad}ver\u{200b}ner", "gouverner"),
            ("한국", "한국"),
        ] {
            assert_eq!(fold(word), folded, "{word}");
        }
    }

    #[test]
    fn keeps_letters_and_digits_of_a_word() {
        assert_eq!(fold_word("O.N.U"), "onu");
        assert_eq!(fold_word("Aujourd’hui"), "aujourdhui");
        assert_eq!(fold_word(&"é".repeat(500)), "e".repeat(100));
    }

    #[test]
    fn the_short_way_leads_where_the_long_one_does() {
        let long_way = |text: &str| folded_chars(text).collect::<String>();
        let singly = ('\0'..='\u{2fff}').filter_map(|c| Some((c, fold_plain(c.encode_utf8(&mut [0; 4]))?)));
        for (c, folded) in singly.collect::<Vec<_>>() {
            // Alone, and where what stands beside it could change it.
            assert_eq!(folded, long_way(&c.to_string()), "{c:?}");
            assert_eq!(fold_plain(&format!("o{c}e")), Some(long_way(&format!("o{c}e"))), "{c:?}");
        }
        assert_eq!(fold_plain("e\u{301}"), None);
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for word in ["Noël", "ǅ", "ﬀ", "ẞ", "ŉ", "½", "が", "शक्ति"] {
            assert_eq!(fold(&fold(word)), fold(word), "{word}");
        }
    }
}
