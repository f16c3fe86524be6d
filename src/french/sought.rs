//! Which words can be a form of those that are looked for, told without making their forms.

use super::{Term, ordinal};

/// What the forms of some words begin with. Stemming changes how a word ends: it shares a form with none of them unless it
/// begins alike, or is an ordinal (`2e` and `deuxième`).
#[derive(Debug, Clone)]
pub(super) struct Sought {
    initials: [bool; 256],
}

impl Sought {
    pub(super) fn of<'a>(terms: impl IntoIterator<Item = &'a Term>) -> Self {
        let mut initials = [false; 256];
        for term in terms {
            for form in [Some(&term.exact), Some(&term.plural), term.light.as_ref()].into_iter().flatten() {
                if let Some(initial) = form.bytes().next().and_then(|byte| initials.get_mut(usize::from(byte))) {
                    *initial = true;
                }
            }
        }
        Self { initials }
    }

    /// Whether a folded word may share a form with one of them.
    pub(super) fn may_be(&self, word: &str) -> bool {
        let initial = word.bytes().next().and_then(|byte| self.initials.get(usize::from(byte)));
        initial.is_some_and(|known| *known) || ordinal::spelled(word).is_some()
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
        Sought::of([&sought]).may_be(&word.exact) || !agree(&sought, &word)
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
        let sought = Sought::of([&Term::of_folded("travaux".to_owned())]);
        assert!(sought.may_be("travail") && sought.may_be("tout") && sought.may_be("3e"));
        assert!(!sought.may_be("chantier") && !sought.may_be("") && !sought.may_be("élan"));
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
