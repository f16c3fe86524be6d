//! Which words can be a form of those that are looked for, told without making their forms.

use super::irregular::{PLURALS, STEMS};
use super::{Term, light, ordinal};

/// What the words that are looked for begin with. Stemming changes how a word ends: it shares a form with none of them unless
/// it begins alike, or is irregular (`messieurs` and `monsieur`) or an ordinal (`2e` and `deuxième`).
#[derive(Debug, Clone)]
pub(super) struct Sought {
    /// Those of which all forms are compared.
    terms: Beginnings,
    /// Those and the ones that are compared as they are spelled.
    words: Beginnings,
}

impl Sought {
    /// Looks for the forms of `terms`, and for folded words that begin with the first two letters of one of `words`.
    pub(super) fn of<'a>(terms: impl IntoIterator<Item = &'a Term>, words: impl IntoIterator<Item = &'a str>) -> Self {
        let mut of_terms = Beginnings([0; 256]);
        for term in terms {
            let forms = [Some(&term.exact), Some(&term.plural), term.light.as_ref()];
            for form in forms.into_iter().flatten() {
                of_terms.insert(form);
                for (word, known) in PLURALS.iter().chain(STEMS) {
                    let begins_otherwise = word.as_bytes().get(..2) != known.as_bytes().get(..2);
                    if begins_otherwise && (known == form || light::stem(known) == *form) {
                        of_terms.insert(word);
                    }
                }
            }
        }
        let mut of_words = of_terms.clone();
        words.into_iter().for_each(|word| of_words.insert(word));
        Self { terms: of_terms, words: of_words }
    }

    /// Whether a folded word may share a form with one of the terms.
    pub(super) fn may_be(&self, word: &str) -> bool {
        self.terms.hold(word) || ordinal::spelled(word).is_some()
    }

    /// Whether a word of letters, as spelled, is none that is looked for; `false` where that takes more than a look.
    #[inline]
    pub(super) fn is_other(&self, spelling: &str) -> bool {
        // What begins with such a letter folds to what begins with it, small.
        spelling.bytes().next().is_some_and(|initial| initial.is_ascii_alphabetic())
            && !self.words.hold(spelling)
            && !ordinal::may_be(spelling)
    }
}

/// What some words begin with: for each first byte, the bits of the second.
#[derive(Debug, Clone)]
struct Beginnings([u32; 256]);

impl Beginnings {
    fn insert(&mut self, word: &str) {
        match word.as_bytes() {
            [] => self.0 = [u32::MAX; 256],
            [first, rest @ ..] => {
                if let Some(seconds) = self.0.get_mut(usize::from(*first)) {
                    *seconds |= rest.first().map_or(u32::MAX, |second| Self::bit(*second));
                }
            }
        }
    }

    /// Whether a word, large letters or small, may begin so. Of a short word the second letter may be part of its ending: `maux`.
    #[inline]
    fn hold(&self, word: &str) -> bool {
        let [first, rest @ ..] = word.as_bytes() else { return false };
        let seconds = self.0.get(usize::from(first.to_ascii_lowercase())).copied().unwrap_or_default();
        let second = rest.first().filter(|_| rest.len() > 2 && word.is_ascii());
        seconds != 0 && second.is_none_or(|second| seconds & Self::bit(*second) != 0)
    }

    /// The bit of a letter, whatever its case.
    const fn bit(byte: u8) -> u32 {
        1 << (byte & 31)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, proptest};

    use super::super::fold::fold_word;
    use super::*;

    fn agree(one: &Term, other: &Term) -> bool {
        one.plural == other.plural || (one.light.is_some() && one.light == other.light)
    }

    fn is_told(sought: &str, word: &str) -> bool {
        let (sought, word) = (Term::of_folded(sought.to_owned()), Term::of_folded(word.to_owned()));
        let known = Sought::of([&sought], []);
        known.may_be(&word.exact) && !known.is_other(&word.exact) || !agree(&sought, &word)
    }

    #[test]
    fn irregular_forms_and_ordinals_are_sought() {
        for (word, form) in PLURALS.iter().chain(STEMS) {
            assert!(is_told(word, form) && is_told(form, word), "{word} {form}");
        }
        for (one, other) in [("2e", "deuxieme"), ("xxe", "vingtieme"), ("1er", "premiers"), ("mme", "madame")] {
            assert!(agree(&Term::of_folded(one.to_owned()), &Term::of_folded(other.to_owned())));
            assert!(is_told(one, other) && is_told(other, one), "{one} {other}");
        }
    }

    #[test]
    fn others_are_not() {
        let sought = Sought::of([&Term::of_folded("travaux".to_owned())], ["milliard"]);
        assert!(sought.may_be("travail") && sought.may_be("trop") && sought.may_be("3e"));
        assert!(!sought.may_be("chantier") && !sought.may_be("") && !sought.may_be("élan"));
        for word in ["travail", "Trop", "tas", "XXe", "vie", "Million", "élan", "Œuvre", ""] {
            assert!(!sought.is_other(word), "{word}");
        }
        assert!(
            sought.is_other("chantier")
                && sought.is_other("Tout")
                && sought.is_other("vient")
                && sought.is_other("Élan".trim_start_matches('É'))
        );
        assert!(!Sought::of([], [""]).is_other("chantier"));
    }

    proptest! {
        #[test]
        fn what_shares_a_form_is_sought(word in "[a-z0-9]{1,12}(s|x|aux|eux|e|es|ent|ieme)?", any in any::<String>()) {
            for word in [word, fold_word(&any)].into_iter().filter(|word| !word.is_empty()) {
                let term = Term::of_folded(word);
                let by_stem = term.light.clone().map(|light| ("-".to_owned(), Some(light)));
                for (plural, light) in [(term.plural.clone(), None)].into_iter().chain(by_stem) {
                    let sought = Sought::of([&Term { exact: "-".to_owned(), plural, light }], []);
                    prop_assert!(sought.may_be(&term.exact));
                    prop_assert!(!sought.is_other(&term.exact) && !sought.is_other(&term.exact.to_uppercase()));
                }
            }
        }
    }
}
