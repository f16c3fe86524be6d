//! Terms made once: a bounded store of the words seen lately.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::fast::RandomState;

use super::Term;
use super::fold::fold_word;
use super::number;
use super::sought::Sought;

/// Words kept; with their terms some 250 bytes each. When full, all go: the common ones are back at once.
pub(crate) const MAX_TERMS: usize = 100_000;

/// Places for the spellings seen last, which fit a processor's cache where all of them do not; a power of two.
const RECENT: usize = 4096;

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
    /// Some of them, each where its hash says.
    recent: Vec<(Short, u32)>,
    /// The places of the others.
    long: HashMap<Box<str>, u32, RandomState>,
    /// The term last made of a spelling too long to keep.
    unkept: Option<Term>,
    /// The words that others need all their forms for; `None` for any.
    sought: Option<Sought>,
}

impl Cache {
    /// A cache that makes all forms only of words that may be one of those.
    pub(super) fn of(sought: Sought) -> Self {
        Self { sought: Some(sought), ..Self::default() }
    }

    /// The term of a word as it is spelled; `None` if nothing is left of it when folded.
    #[inline]
    pub(super) fn find(&mut self, spelling: &str, form: Form) -> Option<Found<'_>> {
        let Some(short) = Short::of(spelling) else { return self.find_long(spelling, form) };
        let place = self.short.hasher().hash_one(short) as usize & (RECENT - 1);
        match self.recent.get(place) {
            Some((recent, id)) if *recent == short => self.found(*id),
            _ => self.find_short(spelling, short, place, form),
        }
    }

    #[inline]
    fn found(&self, id: u32) -> Option<Found<'_>> {
        self.terms.get(id as usize).map(|term| Found { term, number: Some(self.first + u64::from(id)) })
    }

    fn find_short(&mut self, spelling: &str, short: Short, place: usize, form: Form) -> Option<Found<'_>> {
        let Some(id) = self.short.get(&short).copied() else { return self.insert(spelling, Some(short), form) };
        // While they are few they are near enough.
        if self.recent.is_empty() && self.short.len() >= RECENT {
            self.recent.resize(RECENT, (Short::default(), NOTHING));
        }
        if let Some(recent) = self.recent.get_mut(place) {
            *recent = (short, id);
        }
        self.found(id)
    }

    fn find_long(&mut self, spelling: &str, form: Form) -> Option<Found<'_>> {
        match self.long.get(spelling) {
            Some(id) => self.found(*id),
            None => self.insert(spelling, None, form),
        }
    }

    /// Like [`Cache::find`], for the term alone.
    #[inline]
    pub(super) fn term(&mut self, spelling: &str, form: Form) -> Option<&Term> {
        self.find(spelling, form).map(|found| found.term)
    }

    #[cold]
    fn insert(&mut self, spelling: &str, short: Option<Short>, form: Form) -> Option<Found<'_>> {
        let folded = match form {
            Form::Word => fold_word(spelling),
            Form::Number => number::value(spelling),
            Form::Signs => spelling.to_ascii_lowercase(),
        };
        let sought = self.sought.as_ref().is_none_or(|sought| sought.may_be(&folded));
        let term = if sought { Term::of_folded(folded) } else { Term::exactly(folded) };
        let is_nothing = term.exact.is_empty();
        if spelling.len() > MAX_KEPT_BYTES {
            return (!is_nothing).then(|| Found { term: self.unkept.insert(term), number: None });
        }
        if self.short.len() + self.long.len() >= MAX_TERMS {
            self.first += self.terms.len() as u64;
            self.terms.clear();
            self.short.clear();
            self.recent.clear();
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
        if self.terms.is_empty() {
            // Room for the words of some articles, not taken until it is used: to grow is to copy them.
            self.terms.reserve(RECENT);
            self.short.reserve(RECENT / 2);
        }
        self.terms.push(term);
        self.terms.last().map(|term| Found { term, number: Some(self.first + u64::from(id)) })
    }
}

/// A spelling of up to 23 bytes, filled up with zeros, and its length in the last byte: found and compared in its place,
/// without a jump to where a string would keep its bytes. By default the empty one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Short([u64; 3]);

impl Short {
    #[inline]
    fn of(spelling: &str) -> Option<Self> {
        let bytes = spelling.as_bytes();
        let length = (bytes.len() as u64) << 56;
        Some(Self(match bytes.len() {
            0..=8 => [up_to_eight(bytes), 0, length],
            9..=16 => [up_to_eight(bytes.get(..8)?), up_to_eight(bytes.get(8..)?), length],
            17..=23 => {
                [up_to_eight(bytes.get(..8)?), up_to_eight(bytes.get(8..16)?), up_to_eight(bytes.get(16..)?) | length]
            }
            _ => return None,
        }))
    }
}

/// At most eight bytes as a number, the first the lowest; read together, for to read what was just written bytewise takes
/// a processor long.
#[inline]
fn up_to_eight(bytes: &[u8]) -> u64 {
    if let Some(eight) = bytes.first_chunk() {
        return u64::from_le_bytes(*eight);
    }
    let shift = |by: usize| 8 * by as u32;
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let last = u64::from(u32::from_le_bytes(*last)) << shift(bytes.len() - 4);
        return u64::from(u32::from_le_bytes(*first)) | last;
    }
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
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
    fn short_spellings_are_told_apart() {
        let text = "aàbcdefghijklmnopqrstuvwxyz";
        let mut met = std::collections::HashSet::new();
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            let short = text.get(..end).and_then(Short::of);
            assert_eq!(short.is_some(), end < 24);
            if let Some(Short(words)) = short {
                let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
                assert!(bytes[..end] == text.as_bytes()[..end] && bytes[end..23].iter().all(|byte| *byte == 0));
                assert!(usize::from(bytes[23]) == end && met.insert(words));
            }
        }
    }

    #[test]
    fn finds_the_same_term_however_often_it_is_asked() {
        let mut cache = Cache::default();
        let words: Vec<String> = (0..3 * RECENT).map(|n| format!("mot{n}")).collect();
        let mut numbers = Vec::new();
        for round in 0..3 {
            for (n, word) in words.iter().enumerate() {
                let found = cache.find(word, Form::Word).unwrap();
                assert_eq!(found.term.exact, *word);
                let number = found.number.unwrap();
                assert!(round == 0 || numbers[n] == number);
                numbers.push(number);
            }
        }
        assert!(cache.find("", Form::Word).is_none() && cache.find("\u{301}", Form::Word).is_none());
        assert!(cache.find("\u{301}", Form::Word).is_none());
    }

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
