//! Terms made once: a bounded store of the words seen lately.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::fast::RandomState;

use super::Term;
use super::fold::fold_word;
use super::number;
use super::sought::Sought;

/// Words kept; with their terms some 280 bytes each. When there are so many, a new one takes the place of one that was not asked
/// for since the last time all places were looked at (the clock of Corbató, 1968).
const MAX_TERMS: usize = 100_000;

/// A number of a word divided by this leaves its place; no two words that are remembered share one. A power of two.
pub(crate) const PLACES: usize = MAX_TERMS.next_power_of_two();

/// Room for the spellings seen last, which fit a processor's cache where all of them do not; a power of two.
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

/// A term, and the number its spelling is known by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) term: &'a Term,
    /// `None` for a spelling too long to keep.
    pub(super) number: Option<u64>,
}

/// What a spelling was known by when it was looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known(u64);

impl Known {
    /// It was not known.
    pub(super) const NOT: Self = Self(u64::MAX);
}

/// The terms of spellings, made when first asked for.
#[derive(Debug, Default)]
pub(super) struct Cache {
    /// Each in its place.
    kept: Vec<Kept>,
    /// Whether the word in a place was asked for since the hand went over it. Recent ones were.
    used: Vec<bool>,
    /// The place that is given away next, unless its word is used.
    hand: usize,
    /// Places the hand went over since [`Cache::begin`].
    went: usize,
    /// Words ever kept.
    met: u64,
    /// The numbers of short spellings, which are nearly all.
    short: HashMap<Short, u64, RandomState>,
    /// Some of them, each where its hash says.
    recent: Vec<(Short, u64)>,
    /// The numbers of the others.
    long: HashMap<Box<str>, u64, RandomState>,
    /// The term last made of a spelling that is not kept.
    unkept: Option<Term>,
    /// The words that are looked for; `None` for any.
    sought: Option<Sought>,
}

/// A word in its place.
#[derive(Debug)]
struct Kept {
    term: Term,
    spelling: Spelling,
}

#[derive(Debug)]
enum Spelling {
    Short(Short),
    Long(Box<str>),
}

impl Cache {
    /// A cache that makes all forms only of words that may be one of those. It is asked for few words.
    pub(super) fn of(sought: Sought) -> Self {
        Self { sought: Some(sought), ..Self::default() }
    }

    /// Whether a word of letters is none that is looked for.
    #[inline]
    pub(super) fn is_other(&self, spelling: &str) -> bool {
        self.sought.as_ref().is_some_and(|sought| sought.is_other(spelling))
    }

    /// From now on spellings are looked up for one article.
    pub(super) const fn begin(&mut self) {
        self.went = 0;
    }

    /// Looks up what words are known by, without making their terms. First all that are recent, then the others: a processor
    /// goes on to the next of those while it waits for the memory of one, if it has nothing else to do in between.
    pub(super) fn look_up<'a>(&mut self, words: impl Iterator<Item = (&'a str, &'a mut Known)>) {
        if self.sought.is_some() {
            return;
        }
        let mut others = Vec::new();
        for (spelling, known) in words {
            let Some(short) = Short::of(spelling) else { continue };
            match self.recent.get(self.slot(short)) {
                Some((recent, number)) if *recent == short => *known = Known(*number),
                _ => others.push((spelling, known)),
            }
        }
        for (spelling, known) in others {
            if let Some(short) = Short::of(spelling) {
                *known = self.look_up_short(short, self.slot(short)).map_or(Known::NOT, Known);
            }
        }
    }

    /// Like [`Cache::find`], for a word that was looked up.
    #[inline]
    pub(super) fn recall(&mut self, known: Known, spelling: &str) -> Option<Found<'_>> {
        if self.remembers(known) { self.found(known.0) } else { self.find(spelling, Form::Word) }
    }

    /// Whether what was looked up was known and cannot be forgotten since: it was used then, so the hand has to come by twice.
    #[inline]
    fn remembers(&self, known: Known) -> bool {
        known != Known::NOT && self.went < MAX_TERMS
    }

    /// The term of a word as it is spelled; `None` if nothing is left of it when folded.
    #[inline]
    pub(super) fn find(&mut self, spelling: &str, form: Form) -> Option<Found<'_>> {
        let Some(short) = Short::of(spelling) else { return self.find_long(spelling, form) };
        let slot = self.slot(short);
        match self.recent.get(slot) {
            Some((recent, number)) if *recent == short => self.found(*number),
            _ => self.find_short(spelling, short, slot, form),
        }
    }

    /// Where a short spelling is among the recent ones, if it is.
    #[inline]
    fn slot(&self, short: Short) -> usize {
        self.short.hasher().hash_one(short) as usize & (RECENT - 1)
    }

    #[inline]
    fn found(&self, number: u64) -> Option<Found<'_>> {
        self.kept.get(place(number)).map(|kept| Found { term: &kept.term, number: Some(number) })
    }

    fn find_short(&mut self, spelling: &str, short: Short, slot: usize, form: Form) -> Option<Found<'_>> {
        match self.look_up_short(short, slot) {
            Some(number) => self.found(number),
            None => self.insert(spelling, Spelling::Short(short), form),
        }
    }

    /// The number of a short spelling that is not recent; it is from now on.
    #[inline]
    fn look_up_short(&mut self, short: Short, slot: usize) -> Option<u64> {
        let number = *self.short.get(&short)?;
        // While they are few they are near enough.
        if self.recent.is_empty() && self.short.len() >= RECENT {
            self.recent.resize(RECENT, NO_RECENT);
        }
        if let Some(recent) = self.recent.get_mut(slot) {
            *recent = (short, number);
        }
        self.use_again(number);
        Some(number)
    }

    fn find_long(&mut self, spelling: &str, form: Form) -> Option<Found<'_>> {
        let Some(number) = self.long.get(spelling).copied() else {
            return self.insert(spelling, Spelling::Long(spelling.into()), form);
        };
        self.use_again(number);
        self.found(number)
    }

    fn use_again(&mut self, number: u64) {
        if let Some(used) = self.used.get_mut(place(number)) {
            *used = true;
        }
    }

    /// Like [`Cache::find`], for the term alone.
    #[inline]
    pub(super) fn term(&mut self, spelling: &str, form: Form) -> Option<&Term> {
        self.find(spelling, form).map(|found| found.term)
    }

    #[cold]
    fn insert(&mut self, word: &str, spelling: Spelling, form: Form) -> Option<Found<'_>> {
        let folded = match form {
            Form::Word => fold_word(word),
            Form::Number => number::value(word),
            Form::Signs => word.to_ascii_lowercase(),
        };
        let sought = self.sought.as_ref().is_none_or(|sought| sought.may_be(&folded));
        let term = if sought { Term::of_folded(folded) } else { Term::exactly(folded) };
        if term.exact.is_empty() {
            return None;
        }
        if word.len() > MAX_KEPT_BYTES {
            return Some(Found { term: self.unkept.insert(term), number: None });
        }
        if self.kept.is_empty() && self.sought.is_none() {
            // Room for the words of some articles, not taken until it is used: to grow is to copy them.
            self.kept.reserve(RECENT);
            self.short.reserve(RECENT / 2);
        }
        let place = if self.kept.len() < MAX_TERMS { self.kept.len() } else { self.give_away() };
        let number = self.met * PLACES as u64 + place as u64;
        self.met += 1;
        match &spelling {
            Spelling::Short(short) => self.short.insert(*short, number),
            Spelling::Long(long) => self.long.insert(long.clone(), number),
        };
        let kept = Kept { term, spelling };
        match self.kept.get_mut(place) {
            Some(before) => *before = kept,
            None => {
                self.kept.push(kept);
                self.used.push(false);
            }
        }
        self.found(number)
    }

    /// Forgets a word that was not used for long, and returns its place.
    fn give_away(&mut self) -> usize {
        loop {
            let place = self.hand;
            self.hand = (place + 1) % MAX_TERMS;
            self.went += 1;
            let Some(used) = self.used.get_mut(place) else { return place };
            let spelling = self.kept.get(place).map(|kept| &kept.spelling);
            match (std::mem::take(used), spelling) {
                (true, Some(Spelling::Short(short))) => {
                    // What is recent is used without a note: the next time there is one.
                    let (short, slot) = (*short, self.slot(*short));
                    if let Some(recent) = self.recent.get_mut(slot).filter(|(recent, _)| *recent == short) {
                        *recent = NO_RECENT;
                    }
                }
                (true, _) => {}
                (false, Some(Spelling::Short(short))) => {
                    self.short.remove(short);
                    return place;
                }
                (false, Some(Spelling::Long(long))) => {
                    self.long.remove(long);
                    return place;
                }
                (false, None) => return place,
            }
        }
    }
}

/// The place that is part of a number.
#[inline]
const fn place(number: u64) -> usize {
    number as usize & (PLACES - 1)
}

/// No spelling, and the number of no word.
const NO_RECENT: (Short, u64) = (Short([0; 3]), PLACES as u64 - 1);

/// A spelling of up to 23 bytes, filled up with zeros, and its length in the last byte: found and compared in its place,
/// without a jump to where a string would keep its bytes.
#[derive(Debug, Clone, Copy)]
struct Short([u64; 3]);

impl PartialEq for Short {
    /// By numbers: to read two together that were just written one by one takes a processor long.
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        let (Self([a, b, c]), Self([d, e, f])) = (self, other);
        ((a ^ d) | (b ^ e) | (c ^ f)) == 0
    }
}

impl Eq for Short {}

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
    fn forgets_what_was_not_used_for_long_and_gives_no_number_twice() {
        let mut cache = Cache::default();
        let mut numbers = std::collections::HashSet::new();
        let number = |cache: &mut Cache, word: &str| {
            let found = cache.find(word, Form::Word).unwrap();
            assert_eq!(found.term.exact, word);
            found.number.unwrap()
        };
        let often: Vec<(String, u64)> = (0..2 * RECENT)
            .map(|n| format!("souvent{n}"))
            .map(|word| (word.clone(), number(&mut cache, &word)))
            .collect();
        for n in 0..3 * MAX_TERMS {
            assert!(numbers.insert(number(&mut cache, &format!("mot{n}"))));
            let (word, before) = &often[n % often.len()];
            assert_eq!(number(&mut cache, word), *before, "{n}: {word} was in use");
        }
        assert!(!numbers.contains(&number(&mut cache, "mot1")), "it was forgotten long ago");
    }

    #[test]
    fn recalls_what_was_looked_up_until_it_may_be_forgotten() {
        let mut cache = Cache::default();
        let insert = |cache: &mut Cache, from: usize, to: usize| {
            for n in from..to {
                cache.find(&format!("mot{n}"), Form::Word);
            }
        };
        insert(&mut cache, 0, MAX_TERMS + RECENT);
        cache.begin();
        let look_up = |cache: &mut Cache, words: &[String]| {
            let mut known = vec![Known::NOT; words.len()];
            cache.look_up(words.iter().map(String::as_str).zip(&mut known));
            known
        };
        assert_eq!(look_up(&mut cache, &["inconnu".to_owned()]), [Known::NOT]);
        assert_eq!(cache.recall(Known::NOT, "inconnu").unwrap().term.exact, "inconnu");
        // Some are recent by now and some are not.
        let words: Vec<String> = (RECENT + 1..MAX_TERMS).step_by(7).map(|n| format!("mot{n}")).collect();
        let known = look_up(&mut cache, &words);
        let remembered = |cache: &mut Cache| {
            for (word, known) in words.iter().zip(&known) {
                assert_eq!(cache.recall(*known, word).unwrap().term.exact, *word);
            }
            known.iter().all(|known| cache.remembers(*known))
        };
        assert!(remembered(&mut cache));
        let mut met = MAX_TERMS + RECENT;
        while cache.went < MAX_TERMS - 100 {
            insert(&mut cache, met, met + 1);
            met += 1;
        }
        assert!(remembered(&mut cache), "the hand has not come by twice");
        insert(&mut cache, met, met + MAX_TERMS);
        assert!(!remembered(&mut cache));
    }

    #[test]
    fn stays_within_bounds() {
        let mut cache = Cache::default();
        for n in 0..MAX_TERMS + 10 {
            let word = format!("mot{n}x");
            assert_eq!(cache.term(&word, Form::Word).unwrap().exact, word);
        }
        assert!(cache.kept.len() == MAX_TERMS && cache.short.len() + cache.long.len() == MAX_TERMS);
        let long = "é".repeat(1000);
        assert_eq!(cache.term(&long, Form::Word).unwrap().exact.len(), 100);
        assert!(!cache.long.contains_key(long.as_str()));
        let middling = "é".repeat(20);
        assert_eq!(cache.term(&middling, Form::Word).unwrap().exact.len(), 20);
        assert!(cache.long.contains_key(middling.as_str()));
    }
}
