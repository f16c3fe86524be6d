//! Terms as numbers. A thread that analyses articles numbers the terms it meets; what is sent to the thread that writes the
//! index is those numbers, and a term is looked up by its letters once and not each time it stands in a text.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use foldhash::fast::RandomState;

use super::document::as_written;
use super::terms::joined;
use super::walk::Place;
use crate::french::{MAX_TERMS, Term};

/// Terms numbered before it begins anew.
const MOST: usize = 250_000;

/// Slots for words: more than an analyzer remembers, so that no two of those it does share one; a power of two.
const SLOTS: usize = MAX_TERMS.next_power_of_two();

/// tantivy's limit for a term, in bytes.
const LONGEST: usize = 65_530;

/// The terms of one thread, by number. It only grows.
#[derive(Debug, Default)]
pub(super) struct Lexicon(RwLock<Letters>);

/// Terms one after the other, and where each ends.
#[derive(Debug, Default)]
struct Letters {
    text: String,
    ends: Vec<usize>,
}

impl Lexicon {
    /// Calls `read` with a term; not for a number that was never given.
    pub(super) fn read<T>(&self, number: u32, read: impl FnOnce(&str) -> T) -> Option<T> {
        let letters = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let end = letters.ends.get(number as usize)?;
        let start = number.checked_sub(1).and_then(|before| letters.ends.get(before as usize)).copied().unwrap_or(0);
        letters.text.get(start..*end).map(read)
    }

    fn push(&self, term: &str) {
        let mut letters = self.0.write().unwrap_or_else(PoisonError::into_inner);
        letters.text.push_str(term);
        let end = letters.text.len();
        letters.ends.push(end);
    }
}

/// A term that a word does not have.
pub(super) const NONE: u32 = u32::MAX;

/// The numbers of a word's terms.
#[derive(Debug, Clone, Copy)]
pub(super) struct WordTerms {
    /// Or [`NONE`].
    pub(super) light: u32,
    pub(super) plural: u32,
    pub(super) exact: u32,
    /// Of [`as_written`], where the word is not written like its folded form; or [`NONE`].
    pub(super) written: u32,
}

/// A word the analyzer remembers, and its terms.
#[derive(Debug, Clone, Copy)]
struct Slot {
    number: u64,
    terms: WordTerms,
}

impl Slot {
    /// Of no word: so many are never met.
    const EMPTY: Self =
        Self { number: u64::MAX, terms: WordTerms { light: NONE, plural: NONE, exact: NONE, written: NONE } };
}

/// Gives terms their numbers.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    lexicon: Arc<Lexicon>,
    numbers: HashMap<Box<str>, u32, RandomState>,
    slots: Vec<Slot>,
}

impl Numbering {
    /// Begins an article, whose numbers are those of the lexicon that is returned.
    pub(super) fn begin(&mut self) -> Arc<Lexicon> {
        if self.numbers.len() > MOST {
            *self = Self::default();
        }
        Arc::clone(&self.lexicon)
    }

    /// The number of a term; `None` for one that tantivy would not take.
    pub(super) fn number(&mut self, term: &str) -> Option<u32> {
        if let Some(number) = self.numbers.get(term) {
            return Some(*number);
        }
        let number = u32::try_from(self.numbers.len()).ok().filter(|_| term.len() <= LONGEST)?;
        self.numbers.insert(term.into(), number);
        self.lexicon.push(term);
        Some(number)
    }

    /// The number of a joined form.
    pub(super) fn joined(&mut self, term: &str, width: u32) -> Option<u32> {
        self.number(&joined(term, width))
    }

    /// The numbers of a word's terms.
    #[inline]
    pub(super) fn word(&mut self, place: &Place<'_>) -> Option<WordTerms> {
        let Some(number) = place.number else { return self.terms(place.term, place.word) };
        let slot = number as usize & (SLOTS - 1);
        match self.slots.get(slot) {
            Some(slot) if slot.number == number => Some(slot.terms),
            _ => self.fill(slot, number, place),
        }
    }

    #[cold]
    fn fill(&mut self, slot: usize, number: u64, place: &Place<'_>) -> Option<WordTerms> {
        let terms = self.terms(place.term, place.word)?;
        self.slots.resize(SLOTS, Slot::EMPTY);
        if let Some(slot) = self.slots.get_mut(slot) {
            *slot = Slot { number, terms };
        }
        Some(terms)
    }

    fn terms(&mut self, term: &Term, word: &str) -> Option<WordTerms> {
        Some(WordTerms {
            exact: self.number(&term.exact)?,
            plural: self.number(&term.plural)?,
            light: term.light.as_ref().and_then(|light| self.number(light)).unwrap_or(NONE),
            written: (!word.eq_ignore_ascii_case(&term.exact))
                .then(|| self.number(&as_written(&term.exact, word)))
                .flatten()
                .unwrap_or(NONE),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_for_terms_and_begin_anew() {
        let mut numbering = Numbering::default();
        let first = numbering.begin();
        let [offer, other] = ["offre", "autre"].map(|term| numbering.number(term).unwrap());
        assert_eq!(numbering.number("offre"), Some(offer));
        assert_eq!(first.read(other, str::to_owned).as_deref(), Some("autre"));
        assert_eq!(first.read(other + 1, str::to_owned), None);
        assert_eq!(numbering.number(&"a".repeat(LONGEST + 1)), None);
        for n in 0..=MOST {
            numbering.number(&n.to_string());
        }
        let second = numbering.begin();
        assert!(!Arc::ptr_eq(&first, &second) && numbering.numbers.is_empty());
        assert_eq!(
            first.read(offer, str::to_owned).as_deref(),
            Some("offre"),
            "articles on their way still have theirs"
        );
    }
}
