//! Plural endings, and nothing else, removed from a folded word.
//!
//! After the first step of Jacques Savoy's light stemmer (`-s`, `-x`, `-aux` to `-al`), with the exceptions that
//! French grammars list (`travaux`, `tuyaux`).

use std::borrow::Cow;

use super::irregular::PLURALS;
use super::ordinal;
use super::small_words::is_small;

/// The singular of a folded word, and the one form of an ordinal or a title (`2e`, `Mme`). Small words stay as they are, and
/// no other word becomes one (`mois` is not `moi`).
pub(crate) fn singular(word: &str) -> Cow<'_, str> {
    if let Some(ordinal) = ordinal::spelled(word) {
        return ordinal;
    }
    if !word.bytes().all(|byte| byte.is_ascii_lowercase()) || is_small(word) {
        return Cow::Borrowed(word);
    }
    let singular = without_ending(word);
    if is_small(&singular) { Cow::Borrowed(word) } else { singular }
}

fn without_ending(word: &str) -> Cow<'_, str> {
    if let Ok(found) = PLURALS.binary_search_by_key(&word, |(plural, _)| plural) {
        return Cow::Borrowed(PLURALS.get(found).map_or(word, |(_, singular)| singular));
    }
    if let Some(stem) = word.strip_suffix("aux")
        && !stem.ends_with('e')
    {
        // `taux`, `faux`, `chaux` have no other form; shorter words than `égaux` no plural in -aux.
        return if stem.len() < 2 { Cow::Borrowed(word) } else { Cow::Owned(format!("{stem}al")) };
    }
    if word.len() < 4 {
        return Cow::Borrowed(word);
    }
    if let Some(stem) = word.strip_suffix('x') {
        // `jeux`, `bijoux`, `eaux`, but not `prix` or `voix`.
        return Cow::Borrowed(if stem.ends_with('u') { stem } else { word });
    }
    match word.strip_suffix('s') {
        Some(stem) if !stem.ends_with('s') => Cow::Borrowed(stem),
        _ => Cow::Borrowed(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removes_plural_endings() {
        for (word, expected) in [
            ("elections", "election"),
            ("chevaux", "cheval"),
            ("egaux", "egal"),
            ("chateaux", "chateau"),
            ("eaux", "eau"),
            ("jeux", "jeu"),
            ("bijoux", "bijou"),
            ("travaux", "travail"),
            ("tuyaux", "tuyau"),
            ("royaux", "royal"),
            ("ans", "an"),
            ("presidentes", "presidente"),
            ("2emes", "deuxieme"),
            ("mmes", "madame"),
        ] {
            assert_eq!(singular(word), expected);
        }
    }

    #[test]
    fn leaves_the_rest() {
        for word in ["prix", "taux", "chaux", "mois", "dans", "les", "boss", "gaz", "bus", "covid19s", "президентs"]
        {
            assert_eq!(singular(word), word);
        }
    }
}
