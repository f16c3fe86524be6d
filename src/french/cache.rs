//! Terms made once: a bounded store of the words seen lately.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};

use super::Term;
use super::fold::fold_word;
use super::number;

/// Words kept; with their terms some 250 bytes each. When full, all go: the common ones are back at once.
pub(crate) const MAX_TERMS: usize = 60_000;

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
    short: HashMap<Short, usize, Seed>,
    /// The places of the others.
    long: HashMap<Box<str>, usize, Seed>,
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
        let found = match id {
            Some(&id) => Found { term: self.terms.get(id)?, number: Some(self.first + id as u64) },
            None => self.insert(spelling, short, form)?,
        };
        (!found.term.exact.is_empty()).then_some(found)
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
        if spelling.len() > MAX_KEPT_BYTES {
            return Some(Found { term: self.unkept.insert(term), number: None });
        }
        if self.terms.len() >= MAX_TERMS {
            self.first += self.terms.len() as u64;
            self.terms.clear();
            self.short.clear();
            self.long.clear();
        }
        match short {
            Some(short) => self.short.insert(short, self.terms.len()),
            None => self.long.insert(spelling.into(), self.terms.len()),
        };
        let number = self.first + self.terms.len() as u64;
        self.terms.push(term);
        self.terms.last().map(|term| Found { term, number: Some(number) })
    }
}

/// A spelling of up to 23 bytes, filled up with zeros, and its length: found and compared in its place, without a jump to
/// where a string would keep its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Short([u8; 24]);

impl Short {
    #[inline]
    fn of(spelling: &str) -> Option<Self> {
        let mut bytes = [0; 24];
        let (place, length) = bytes.split_at_mut_checked(23)?;
        place.get_mut(..spelling.len())?.copy_from_slice(spelling.as_bytes());
        *length.first_mut()? = u8::try_from(spelling.len()).ok()?;
        Some(Self(bytes))
    }
}

impl Hash for Short {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        for word in self.0.as_chunks::<8>().0 {
            state.write_u64(u64::from_le_bytes(*word));
        }
    }
}

/// A start value for [`Folding`] that no text can foresee.
#[derive(Debug)]
struct Seed(u64);

impl Default for Seed {
    fn default() -> Self {
        Self(RandomState::new().hash_one(0))
    }
}

impl BuildHasher for Seed {
    type Hasher = Folding;

    fn build_hasher(&self) -> Folding {
        Folding(self.0)
    }
}

/// A fast hash for short strings: eight bytes at a time, multiplied to 128 bits whose halves are folded together.
struct Folding(u64);

impl Hasher for Folding {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.fold(u64::from_le_bytes(*word));
        }
        self.fold(rest.iter().fold(rest.len() as u64, |sum, byte| sum << 8 | u64::from(*byte)));
    }

    #[inline]
    fn write_u64(&mut self, word: u64) {
        self.fold(word);
    }

    #[inline]
    fn write_u8(&mut self, _: u8) {} // what ends a string: its length is hashed already

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}

impl Folding {
    #[inline]
    fn fold(&mut self, word: u64) {
        const ODD: u128 = 0x9e37_79b9_7f4a_7c15; // 2^64 divided by the golden ratio
        let product = u128::from(self.0 ^ word) * ODD;
        self.0 = (product as u64) ^ ((product >> 64) as u64);
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
