//! Words as numbers. A thread that analyses articles numbers the terms it meets, and the words that have them; what is sent
//! to the thread that writes the index is the words' numbers, and a term is looked up by its letters once and not each time
//! it stands in a text.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use foldhash::fast::RandomState;

use super::document::if_written_otherwise;
use super::terms::joined;
use super::walk::Place;
use crate::french::{PLACES, Term};

/// Terms, or words, numbered before it begins anew.
const MOST: usize = 250_000;

/// tantivy's limit for a term, in bytes.
const LONGEST: usize = 65_530;

/// A term that a word does not have.
pub(super) const NONE: u32 = u32::MAX;

/// What a word is searched by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Light,
    Plural,
    Exact,
    /// [`super::document::as_written`], where the word is not written like its folded form.
    Written,
}

/// The numbers of a word's terms, by form; [`NONE`] for forms it does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct WordTerms([u32; 4]);

impl WordTerms {
    /// Calls `term` for the term of each form.
    pub(super) fn new(mut term: impl FnMut(Form) -> u32) -> Self {
        Self([Form::Light, Form::Plural, Form::Exact, Form::Written].map(&mut term))
    }

    #[inline]
    pub(super) const fn of(self, form: Form) -> u32 {
        let [light, plural, exact, written] = self.0;
        match form {
            Form::Light => light,
            Form::Plural => plural,
            Form::Exact => exact,
            Form::Written => written,
        }
    }
}

/// A word: its number, and a bit for each form it has a term of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word(u32);

impl Word {
    /// Of no word: there are never so many.
    const NONE: Self = Self(u32::MAX);

    fn new(number: u32, terms: WordTerms) -> Self {
        let bits = terms.0.iter().enumerate().map(|(form, term)| u32::from(*term != NONE) << form);
        Self(number << 4 | bits.sum::<u32>())
    }

    #[inline]
    pub(super) const fn number(self) -> u32 {
        self.0 >> 4
    }

    /// The forms it has a term of, as bits in the order of [`Form`].
    #[inline]
    pub(super) const fn forms(self) -> usize {
        (self.0 & 0xf) as usize
    }
}

/// The terms and words of one thread, by number. It only grows.
#[derive(Debug, Default)]
pub(super) struct Lexicon(RwLock<Known>);

#[derive(Debug, Default)]
struct Known {
    /// Terms one after the other.
    letters: String,
    /// Where each ends.
    ends: Vec<usize>,
    words: Vec<WordTerms>,
}

impl Lexicon {
    /// Calls `read` with a term; not for a number that was never given.
    pub(super) fn read<T>(&self, number: u32, read: impl FnOnce(&str) -> T) -> Option<T> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let end = known.ends.get(number as usize)?;
        let start = number.checked_sub(1).and_then(|before| known.ends.get(before as usize)).copied().unwrap_or(0);
        known.letters.get(start..*end).map(read)
    }

    /// The terms of a word.
    pub(super) fn word(&self, number: u32) -> Option<WordTerms> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).words.get(number as usize).copied()
    }

    fn add_term(&self, term: &str) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.letters.push_str(term);
        let end = known.letters.len();
        known.ends.push(end);
    }

    fn add_word(&self, word: WordTerms) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).words.push(word);
    }
}

/// A word the analyzer remembers, and how often its slot was given away before: small, for most of them to stay in a processor's
/// cache.
#[derive(Debug, Clone, Copy)]
struct Slot {
    before: u32,
    word: Word,
}

/// Gives terms and words their numbers.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    lexicon: Arc<Lexicon>,
    terms: HashMap<Box<str>, u32, RandomState>,
    words: HashMap<WordTerms, u32, RandomState>,
    slots: Vec<Slot>,
}

impl Numbering {
    /// Begins an article, whose numbers are those of the lexicon that is returned.
    pub(super) fn begin(&mut self) -> Arc<Lexicon> {
        if self.terms.len().max(self.words.len()) > MOST {
            *self = Self::default();
        }
        Arc::clone(&self.lexicon)
    }

    /// The word at a place in running text; `None` for one that tantivy would not take.
    #[inline]
    pub(super) fn word(&mut self, place: &Place<'_>) -> Option<Word> {
        let Some(number) = place.number.filter(|_| place.width == 1) else { return self.read(place) };
        let slot = number as usize & (PLACES - 1);
        let before = (number / PLACES as u64) as u32;
        match self.slots.get(slot) {
            Some(slot) if slot.before == before && slot.word != Word::NONE => Some(slot.word),
            _ => self.fill(slot, before, place),
        }
    }

    /// The word at a place in a name, which has one term: its folded word, in the place of [`Form::Plural`].
    pub(super) fn name(&mut self, place: &Place<'_>) -> Option<Word> {
        let exact = self.wide(&place.term.exact, place.width)?;
        Some(self.number_word(WordTerms::new(|form| if form == Form::Plural { exact } else { NONE })))
    }

    /// What has the [`Form::Light`] of a word and no other; `None` if it has none.
    pub(super) fn light(&mut self, word: Word) -> Option<Word> {
        let light = self.lexicon.word(word.number())?.of(Form::Light);
        let alone = WordTerms::new(|form| if form == Form::Light { light } else { NONE });
        (light != NONE).then(|| self.number_word(alone))
    }

    #[cold]
    fn fill(&mut self, slot: usize, before: u32, place: &Place<'_>) -> Option<Word> {
        let word = self.read(place)?;
        self.slots.resize(PLACES, Slot { before: 0, word: Word::NONE });
        if let Some(slot) = self.slots.get_mut(slot) {
            *slot = Slot { before, word };
        }
        Some(word)
    }

    fn read(&mut self, place: &Place<'_>) -> Option<Word> {
        let Term { exact, plural, light } = place.term;
        let (exact_number, plural_number) = (self.number(exact)?, self.wide(plural, place.width)?);
        let light = light.as_ref().and_then(|light| self.number(light));
        let written = if_written_otherwise(exact, place.word);
        let written = written.and_then(|written| self.number(&written));
        Some(self.number_word(WordTerms::new(|form| match form {
            Form::Light => light.unwrap_or(NONE),
            Form::Plural => plural_number,
            Form::Exact => exact_number,
            Form::Written => written.unwrap_or(NONE),
        })))
    }

    /// The number of a term as a word of so many positions has it in a field with positions.
    fn wide(&mut self, term: &str, width: u32) -> Option<u32> {
        let joined = if width > 1 { self.number(&joined(term, width)) } else { None };
        joined.or_else(|| self.number(term))
    }

    /// The number of a term; `None` for one that tantivy would not take.
    fn number(&mut self, term: &str) -> Option<u32> {
        if let Some(number) = self.terms.get(term) {
            return Some(*number);
        }
        let number = u32::try_from(self.terms.len()).ok().filter(|_| term.len() <= LONGEST)?;
        self.terms.insert(term.into(), number);
        self.lexicon.add_term(term);
        Some(number)
    }

    fn number_word(&mut self, terms: WordTerms) -> Word {
        let next = self.words.len() as u32;
        let number = *self.words.entry(terms).or_insert_with(|| {
            self.lexicon.add_word(terms);
            next
        });
        Word::new(number, terms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Part;

    fn place<'a>(term: &'a Term, word: &'a str, width: u32) -> Place<'a> {
        Place { part: Part::Body, section: 0, range: 0..word.len(), position: 0, width, term, word, number: None }
    }

    #[test]
    fn numbers_stand_for_words_and_begin_anew() {
        let mut numbering = Numbering::default();
        let first = numbering.begin();
        let term = Term::of_folded("offres".to_owned());
        let [word, same, written, wide] = [("offres", 1), ("Offres", 1), ("öffres", 1), ("offres", 2)]
            .map(|(word, width)| numbering.word(&place(&term, word, width)).unwrap());
        assert!(word == same && word.number() != written.number() && word.number() != wide.number());
        let letters = |word: Word| {
            let terms = first.word(word.number()).unwrap().0;
            terms.map(|term| first.read(term, str::to_owned).unwrap_or_default())
        };
        let [light, plural, exact, as_written] = letters(word);
        assert!(!light.is_empty() && plural == "offre" && exact == "offres" && as_written.is_empty());
        assert_eq!((word.forms(), written.forms()), (0b0111, 0b1111));
        assert_eq!(letters(written).last().unwrap(), "\u{5}offres\u{5}öffres");
        assert_eq!(letters(wide), [light.as_str(), "offre\u{4}2", "offres", ""]);
        assert_eq!(letters(numbering.light(written).unwrap()), [light.as_str(), "", "", ""]);
        assert_eq!(letters(numbering.name(&place(&term, "offres", 1)).unwrap()), ["", "offres", "", ""]);
        assert!(first.read(1000, str::len).is_none() && first.word(1000).is_none());
        assert_eq!(numbering.number(&"a".repeat(LONGEST + 1)), None);
        for n in 0..=MOST {
            numbering.number(&n.to_string());
        }
        let second = numbering.begin();
        assert!(!Arc::ptr_eq(&first, &second) && numbering.terms.is_empty() && numbering.words.is_empty());
        assert_eq!(letters(word)[2], "offres", "articles on their way still have theirs");
    }
}
