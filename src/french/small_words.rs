//! Small words: those that say how a sentence hangs together, not what it is about.
//!
//! Short on purpose. What also names a thing is left out: `or` (gold), `car` (coach), `été` (summer, and folded as
//! `ete`), `contre`, `fait`, `cent`, `as`. `est`, `son` and `pas` are in: they nearly always are verb, possessive and
//! negation, and phrases and queries of small words alone still find them.

use std::sync::LazyLock;

/// Folded, sorted.
const SMALL: &[&str] = &[
    "a",
    "ai",
    "ainsi",
    "au",
    "auquel",
    "aura",
    "aurait",
    "auront",
    "aussi",
    "aux",
    "auxquelles",
    "auxquels",
    "avaient",
    "avait",
    "avec",
    "avons",
    "ca",
    "ce",
    "cela",
    "celle",
    "celles",
    "celui",
    "ces",
    "cet",
    "cette",
    "ceux",
    "chez",
    "ci",
    "combien",
    "comme",
    "comment",
    "dans",
    "de",
    "des",
    "desquelles",
    "desquels",
    "donc",
    "dont",
    "du",
    "duquel",
    "elle",
    "elles",
    "en",
    "entre",
    "est",
    "et",
    "etaient",
    "etait",
    "eux",
    "il",
    "ils",
    "je",
    "la",
    "laquelle",
    "le",
    "lequel",
    "les",
    "lesquelles",
    "lesquels",
    "leur",
    "leurs",
    "lors",
    "lui",
    "ma",
    "mais",
    "me",
    "meme",
    "mes",
    "moi",
    "mon",
    "ne",
    "ni",
    "nos",
    "notre",
    "nous",
    "on",
    "ont",
    "ou",
    "par",
    "pas",
    "pour",
    "pourquoi",
    "qu",
    "quand",
    "que",
    "quel",
    "quelle",
    "quelles",
    "quels",
    "qui",
    "quoi",
    "sa",
    "sans",
    "se",
    "sera",
    "serait",
    "seront",
    "ses",
    "si",
    "soit",
    "son",
    "sont",
    "sous",
    "suis",
    "sur",
    "ta",
    "te",
    "tes",
    "toi",
    "ton",
    "tous",
    "tout",
    "toute",
    "toutes",
    "tres",
    "tu",
    "un",
    "une",
    "vers",
    "vos",
    "votre",
    "vous",
    "y",
];

/// [`SMALL`] as numbers that sort as the words do: every word is looked up here, and a number compares at once.
static NUMBERS: LazyLock<Vec<u128>> = LazyLock::new(|| SMALL.iter().map(|word| number(word)).collect());

/// The bytes of a word of at most 16, the first the most significant.
fn number(word: &str) -> u128 {
    (0..16).zip(word.bytes()).map(|(place, byte)| u128::from(byte) << (120 - 8 * place)).sum()
}

/// Whether a folded word is small.
pub(super) fn is_small(word: &str) -> bool {
    word.len() <= 16 && NUMBERS.binary_search(&number(word)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted() {
        assert!(SMALL.is_sorted() && NUMBERS.is_sorted());
        assert!(SMALL.iter().all(|word| is_small(word)));
    }

    #[test]
    fn names_of_things_are_not_small() {
        for word in ["or", "car", "ete", "contre", "rn", "b", "plan", "pari"] {
            assert!(!is_small(word), "{word}");
        }
    }
}
