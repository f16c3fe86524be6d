//! Terms made once: a bounded store of the words seen lately.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use foldhash::fast::RandomState;

use super::Term;
use super::fold::fold_word;
use super::number;

/// Words kept; with their terms some 250 bytes each. When full, all go: the common ones are back at once.
pub(crate) const MAX_TERMS: usize = 100_000;

/// Longer spellings are not kept.
const MAX_KEPT_BYTES: usize = 64;

/// How the spelling of a word becomes its term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Its letters and digits, folded.
    Word,
    /// A number: its value.
    Number,
    /// A letter and signs that tell it from the letter: `C++`.
    Signs,
}

/// Stands for the term of a spelling of which nothing is left when it is folded.
const NOTHING: u32 = u32::MAX;

/// A term, and the number its spelling is known by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) term: &'a Term,
    /// `None` for a spelling too long to keep.
    pub(super) number: Option<u64>,
}

/// The terms of spellings, made when first asked for.
#[derive(Debug, Default)]
pub(super) struct Cache {
    terms: Vec<Term>,
    /// The number of the first of them. No number is ever given twice.
    first: u64,
    /// The places of the terms of short spellings, which are nearly all.
    short: HashMap<Short, u32, RandomState>,
    /// The places of the others.
    long: HashMap<Box<str>, u32, RandomState>,
    /// The term last made of a spelling too long to keep.
    unkept: Option<Term>,
}

impl Cache {
    /// The term of a word as it is spelled; `None` if nothing is left of it when folded.
    #[inline]
    pub(super) fn find(&mut self, spelling: &str, form: Form) -> Option<Found<'_>> {
        let short = Short::of(spelling);
        let id = match &short {
            Some(short) => self.short.get(short),
            None => self.long.get(spelling),
        };
        match id {
            Some(&id) => {
                self.terms.get(id as usize).map(|term| Found { term, number: Some(self.first + u64::from(id)) })
            }
            None => self.insert(spelling, short, form),
        }
    }

    /// Like [`Cache::find`], for the term alone.
    #[inline]
    pub(super) fn term(&mut self, spelling: &str, form: Form) -> Option<&Term> {
        self.find(spelling, form).map(|found| found.term)
    }

    #[cold]
    fn insert(&mut self, spelling: &str, short: Option<Short>, form: Form) -> Option<Found<'_>> {
        let term = Term::of_folded(match form {
            Form::Word => fold_word(spelling),
            Form::Number => number::value(spelling),
            Form::Signs => spelling.to_ascii_lowercase(),
        });
        let is_nothing = term.exact.is_empty();
        if spelling.len() > MAX_KEPT_BYTES {
            return (!is_nothing).then(|| Found { term: self.unkept.insert(term), number: None });
        }
        if self.short.len() + self.long.len() >= MAX_TERMS {
            self.first += self.terms.len() as u64;
            self.terms.clear();
            self.short.clear();
            self.long.clear();
        }
        let id = if is_nothing { NOTHING } else { self.terms.len() as u32 };
        match short {
            Some(short) => self.short.insert(short, id),
            None => self.long.insert(spelling.into(), id),
        };
        if is_nothing {
            return None;
        }
        self.terms.push(term);
        self.terms.last().map(|term| Found { term, number: Some(self.first + u64::from(id)) })
    }
}

/// A spelling of up to 23 bytes, filled up with zeros, and its length: found and compared in its place, without a jump to
/// where a string would keep its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Short([u64; 3]);

impl Short {
    #[inline]
    fn of(spelling: &str) -> Option<Self> {
        let mut bytes = [0; 24];
        let (place, length) = bytes.split_at_mut_checked(23)?;
        place.get_mut(..spelling.len())?.copy_from_slice(spelling.as_bytes());
        *length.first_mut()? = u8::try_from(spelling.len()).ok()?;
        let (words, _) = bytes.as_chunks();
        Some(Self(std::array::from_fn(|n| words.get(n).map_or(0, |word| u64::from_le_bytes(*word)))))
    }
}

impl Hash for Short {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.iter().for_each(|word| state.write_u64(*word));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_within_bounds() {
        let mut cache = Cache::default();
        for n in 0..MAX_TERMS + 10 {
            let word = format!("mot{n}x");
            assert_eq!(cache.term(&word, Form::Word).unwrap().exact, word);
        }
        assert!(cache.terms.len() <= MAX_TERMS && cache.short.len() + cache.long.len() == cache.terms.len());
        let long = "é".repeat(1000);
        assert_eq!(cache.term(&long, Form::Word).unwrap().exact.len(), 100);
        assert!(!cache.long.contains_key(long.as_str()));
        let middling = "é".repeat(20);
        assert_eq!(cache.term(&middling, Form::Word).unwrap().exact.len(), 20);
        assert!(cache.long.contains_key(middling.as_str()));
    }
}
