//! Words as numbers. A thread that analyses articles numbers the terms it meets, and the words that have them; what is sent
//! to the thread that writes the index is the words' numbers, and a term is looked up by its letters once and not each time
//! it stands in a text.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use foldhash::fast::RandomState;

use super::document::if_written_otherwise;
use super::terms::joined;
use super::walk::Place;
use crate::french::{BytesMap, Mark, Term};

/// Terms, or words, numbered before it begins anew. So many terms are of some 190,000 words, which still fit a table of 2^18
/// places; the next takes twice the memory.
const MOST: usize = 330_000;

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

    /// A bit for each form it has, in the order of [`Form`].
    fn forms(self) -> u32 {
        self.0.iter().enumerate().map(|(form, term)| u32::from(*term != NONE) << form).sum()
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
pub(super) struct Word(Mark);

impl Word {
    #[inline]
    pub(super) const fn number(self) -> u32 {
        self.0.get() >> 4
    }

    /// The forms it has a term of, as bits in the order of [`Form`].
    #[inline]
    pub(super) const fn forms(self) -> usize {
        (self.0.get() & 0xf) as usize
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

/// Gives terms and words their numbers.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    lexicon: Arc<Lexicon>,
    terms: BytesMap<u32>,
    words: HashMap<WordTerms, u32, RandomState>,
}

impl Numbering {
    /// Whether it has so many numbers that another should take its place.
    pub(super) fn is_full(&self) -> bool {
        self.terms.len().max(self.words.len()) > MOST
    }

    /// What its numbers stand for.
    pub(super) fn lexicon(&self) -> Arc<Lexicon> {
        Arc::clone(&self.lexicon)
    }

    /// The word at a place in running text; `None` for one that tantivy would not take.
    #[inline]
    pub(super) fn word(&mut self, place: &Place<'_>) -> Option<Word> {
        match place.mark.get() {
            Some(mark) if place.width == 1 => Some(Word(mark)),
            _ => self.read(place),
        }
    }

    /// The word at a place in a name, which has one term: its folded word, in the place of [`Form::Plural`].
    pub(super) fn name(&mut self, place: &Place<'_>) -> Option<Word> {
        let exact = self.wide(&place.term.exact, place.width)?;
        self.number_word(WordTerms::new(|form| if form == Form::Plural { exact } else { NONE }))
    }

    /// What has the [`Form::Light`] of a word and no other; `None` if it has none.
    pub(super) fn light(&mut self, word: Word) -> Option<Word> {
        let light = self.lexicon.word(word.number())?.of(Form::Light);
        let alone = WordTerms::new(|form| if form == Form::Light { light } else { NONE });
        self.number_word(alone)
    }

    #[cold]
    fn read(&mut self, place: &Place<'_>) -> Option<Word> {
        let Term { exact, plural, light } = place.term;
        let exact_number = self.number(exact)?;
        // Many a word is its own singular, and its own stem.
        let plural_number =
            if plural == exact && place.width == 1 { exact_number } else { self.wide(plural, place.width)? };
        let light =
            light.as_ref().and_then(|light| if light == exact { Some(exact_number) } else { self.number(light) });
        let written = if_written_otherwise(exact, place.word);
        let written = written.and_then(|written| self.number(&written));
        let word = self.number_word(WordTerms::new(|form| match form {
            Form::Light => light.unwrap_or(NONE),
            Form::Plural => plural_number,
            Form::Exact => exact_number,
            Form::Written => written.unwrap_or(NONE),
        }))?;
        if place.width == 1 {
            place.mark.set(Some(word.0));
        }
        Some(word)
    }

    /// The number of a term as a word of so many positions has it in a field with positions.
    fn wide(&mut self, term: &str, width: u32) -> Option<u32> {
        let joined = if width > 1 { self.number(&joined(term, width)) } else { None };
        joined.or_else(|| self.number(term))
    }

    /// The number of a term; `None` for one that tantivy would not take.
    fn number(&mut self, term: &str) -> Option<u32> {
        let known = self.terms.get(term.as_bytes());
        if known.is_some() {
            return known;
        }
        let number = u32::try_from(self.terms.len()).ok().filter(|_| term.len() <= LONGEST)?;
        self.terms.insert(term.as_bytes(), number);
        self.lexicon.add_term(term);
        Some(number)
    }

    /// `None` of no term.
    fn number_word(&mut self, terms: WordTerms) -> Option<Word> {
        let forms = Some(terms.forms()).filter(|forms| *forms > 0)?;
        let next = self.words.len() as u32;
        let number = *self.words.entry(terms).or_insert_with(|| {
            self.lexicon.add_word(terms);
            next
        });
        Mark::new(number << 4 | forms).map(Word)
    }
}

#[cfg(test)]
impl Numbering {
    /// Numbers terms until it is full.
    pub(super) fn fill(&mut self) {
        for n in 0..=MOST {
            self.number(&format!("{n}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::query::Part;

    fn place<'a>(term: &'a Term, word: &'a str, width: u32, mark: &'a Cell<Option<Mark>>) -> Place<'a> {
        Place { part: Part::Body, section: 0, range: 0..word.len(), position: 0, width, term, word, mark }
    }

    #[test]
    fn numbers_stand_for_words() {
        let mut numbering = Numbering::default();
        let first = numbering.lexicon();
        let term = Term::of_folded("offres".to_owned());
        let marks = [const { Cell::new(None) }; 4];
        let words = [("offres", 1), ("Offres", 1), ("öffres", 1), ("offres", 2)].into_iter().zip(&marks);
        let mut number = |((word, width), mark)| numbering.word(&place(&term, word, width, mark)).unwrap();
        let numbers: Vec<Word> = words.clone().map(&mut number).collect();
        assert!(words.map(&mut number).eq(numbers.iter().copied()), "a mark stands for the word it was given for");
        assert!(marks[..3].iter().zip(&numbers).all(|(mark, word)| mark.get() == Some(word.0)));
        assert_eq!(marks[3].get(), None, "a joined form is not the word that is written like it");
        marks[3].set(marks[0].get());
        assert_eq!(number((("offres", 2), &marks[3])), numbers[3]);
        let [word, same, written, wide] = numbers[..] else { panic!("{numbers:?}") };
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
        assert_eq!(letters(numbering.name(&place(&term, "offres", 1, &marks[0])).unwrap()), ["", "offres", "", ""]);
        assert!(first.read(1000, str::len).is_none() && first.word(1000).is_none());
        assert_eq!(numbering.number(&"a".repeat(LONGEST + 1)), None);
        assert!(!numbering.is_full());
        numbering.fill();
        assert!(numbering.is_full());
    }
}
