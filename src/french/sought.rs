//! Which words can be a form of those that are looked for, told without making their forms.

use super::{Term, ordinal};

/// What the words that are looked for begin with. Stemming changes how a word ends: it shares a form with none of them unless
/// it begins alike, or is an ordinal (`2e` and `deuxième`).
#[derive(Debug, Clone)]
pub(super) struct Sought {
    /// Those of which all forms are compared.
    terms: Initials,
    /// Those and the ones that are compared as they are spelled.
    words: Initials,
}

impl Sought {
    /// Looks for the forms of `terms`, and for folded words that begin with the first letter of one of `words`.
    pub(super) fn of<'a>(terms: impl IntoIterator<Item = &'a Term>, words: impl IntoIterator<Item = &'a str>) -> Self {
        let mut of_terms = Initials([false; 256]);
        for term in terms {
            for form in [Some(&term.exact), Some(&term.plural), term.light.as_ref()].into_iter().flatten() {
                of_terms.insert(form);
            }
        }
        let mut of_words = of_terms.clone();
        words.into_iter().for_each(|word| of_words.insert(word));
        Self { terms: of_terms, words: of_words }
    }

    /// Whether a folded word may share a form with one of the terms.
    pub(super) fn may_be(&self, word: &str) -> bool {
        word.bytes().next().is_some_and(|initial| self.terms.hold(initial)) || ordinal::spelled(word).is_some()
    }

    /// Whether a word of letters, as spelled, is none that is looked for; `false` where that takes more than a look.
    #[inline]
    pub(super) fn is_other(&self, spelling: &str) -> bool {
        // What folds to letters begins with the first of them, small.
        let initial = spelling.bytes().next().unwrap_or_default().to_ascii_lowercase();
        initial.is_ascii_lowercase() && !self.words.hold(initial) && !ordinal::may_begin(initial)
    }
}

/// First bytes.
#[derive(Debug, Clone)]
struct Initials([bool; 256]);

impl Initials {
    /// Takes in the first byte of a word; any, where it has none.
    fn insert(&mut self, word: &str) {
        match word.bytes().next().map(|byte| self.0.get_mut(usize::from(byte))) {
            Some(Some(initial)) => *initial = true,
            _ => self.0 = [true; 256],
        }
    }

    #[inline]
    fn hold(&self, initial: u8) -> bool {
        self.0.get(usize::from(initial)) == Some(&true)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, proptest};

    use super::super::irregular::{PLURALS, STEMS};
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
        assert!(sought.may_be("travail") && sought.may_be("tout") && sought.may_be("3e"));
        assert!(!sought.may_be("chantier") && !sought.may_be("") && !sought.may_be("élan"));
        for word in ["travail", "Tout", "XXe", "vie", "Million", "élan", "Œuvre", ""] {
            assert!(!sought.is_other(word), "{word}");
        }
        assert!(sought.is_other("chantier") && sought.is_other("Élan".trim_start_matches('É')));
        assert!(!Sought::of([], [""]).is_other("chantier"));
    }

    proptest! {
        #[test]
        fn forms_begin_as_the_word_does(word in "[a-z0-9]{1,12}", any in any::<String>()) {
            for word in [word, any].into_iter().filter(|word| ordinal::spelled(word).is_none()) {
                let term = Term::of_folded(word);
                let initial = term.exact.bytes().next();
                prop_assert!(term.plural.bytes().next() == initial);
                prop_assert!(term.light.as_ref().is_none_or(|light| light.bytes().next() == initial));
            }
        }
    }
}
