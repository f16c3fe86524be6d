//! Inverts the words of one part of a segment's articles: from the words of each article to the articles of each term.
//!
//! The words of all articles lie one after the other, as numbers. They are counted, then each is dealt out to where the
//! occurrences of its word begin (a counting sort); the articles being in order, so are each word's. A term's are those of its
//! words, merged: to deal out each of the three forms of a word by itself would miss the processor's cache three times over.
//! Sort-based, as in Witten, Moffat, Bell: Managing Gigabytes (1999), chapter 5; in memory, for one segment.

use std::io;

use tantivy::postings::FieldSerializer;

use super::lexicon::{Form, WordTerms};
use super::words::Log;

/// What a field's postings hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// Which articles.
    Articles,
    /// And how often.
    Counts,
    /// And where.
    Positions,
}

/// The terms of a field.
#[derive(Debug, Clone, Copy)]
pub(super) enum Numbers<'a> {
    /// What was dealt out are terms.
    Terms,
    /// What was dealt out are words: their terms, and the forms of theirs that are terms of the field, one or two.
    Words(&'a [WordTerms], &'a [Form]),
}

/// Positions of an article that have one slot.
const SLOT: u32 = if cfg!(test) { 1 << 11 } else { 1 << 16 };

/// Slots that a segment may have: as many as two bytes tell apart, less those of the longest article that is kept. It has half
/// a million blocks of one word at most, a thousand positions apart.
const MOST_SLOTS: usize = (1 << 16) - (1 << 14);

/// The articles of a segment as occurrences name them: each has a slot for so many positions of its text, nearly always one.
/// An occurrence is then four bytes: two for the slot, and two for the place in it.
#[derive(Debug, Default)]
pub(super) struct Slots {
    /// The first slot of each article.
    first: Vec<u32>,
    /// The article of each slot.
    articles: Vec<u32>,
}

impl Slots {
    /// Makes room for the next article, whose words end at a position.
    pub(super) fn add(&mut self, end: u32) {
        let (article, first) = (self.first.len() as u32, self.articles.len());
        self.first.push(first as u32);
        self.articles.resize(first + 1 + (end / SLOT) as usize, article);
    }

    /// Whether there may be too few left for another article.
    pub(super) const fn is_full(&self) -> bool {
        self.articles.len() >= MOST_SLOTS
    }

    /// An occurrence; later ones are greater.
    #[inline]
    fn occurrence(&self, article: u32, position: u32) -> u32 {
        let slot = self.first.get(article as usize).copied().unwrap_or(0) + position / SLOT;
        (slot << 16) | (position % SLOT)
    }

    #[inline]
    fn article(&self, occurrence: u32) -> u32 {
        self.articles.get((occurrence >> 16) as usize).copied().unwrap_or(0)
    }

    fn position(&self, article: u32, occurrence: u32) -> u32 {
        let first = self.first.get(article as usize).copied().unwrap_or(0);
        ((occurrence >> 16) - first) * SLOT + (occurrence & 0xffff)
    }
}

/// Buffers for the inversion of one part after the other.
#[derive(Debug, Default)]
pub(super) struct Inversion {
    /// Where the occurrences of each number end; they begin where those of the number before end.
    ends: Vec<u32>,
    occurrences: Vec<u32>,
    /// The words of each term of the field, one after the other, and where those of each term end.
    words: Vec<u32>,
    words_end: Vec<u32>,
    merged: Vec<u32>,
    steps: Vec<u32>,
}

impl Inversion {
    /// Puts the occurrences of each of so many numbers beside each other.
    pub(super) fn deal(&mut self, log: Log, numbers: usize, number: impl Fn(u32) -> u32, slots: &Slots) {
        self.ends.clear();
        self.ends.resize(numbers, 0);
        log.each(&mut |_, found, _| {
            if let Some(count) = self.ends.get_mut(number(found) as usize) {
                *count += 1;
            }
        });
        let all = counts_to_begins(&mut self.ends);
        self.occurrences.clear();
        self.occurrences.resize(all as usize, 0);
        log.into_each(&mut |article, found, position| {
            let Some(next) = self.ends.get_mut(number(found) as usize) else { return };
            if let Some(place) = self.occurrences.get_mut(*next as usize) {
                *place = slots.occurrence(article, position);
            }
            *next += 1;
        });
    }

    /// Writes the postings of a field, from what was dealt out. `terms` has all terms of the segment, sorted; their numbers are
    /// their places in it. Of a field that has none, something is written only if it is a text's: where tantivy finds nothing of a
    /// field that is searched, it builds an empty dictionary, in each process anew, and that takes it as long as many searches.
    pub(super) fn write<'a>(
        &mut self,
        terms: &[&[u8]],
        numbers: Numbers<'_>,
        kept: Kept,
        slots: &Slots,
        field: impl FnOnce(u64) -> io::Result<FieldSerializer<'a>>,
    ) -> io::Result<()> {
        let all = match numbers {
            Numbers::Terms => self.occurrences.len() as u64,
            Numbers::Words(words, forms) => self.gather(words, forms, terms.len()),
        };
        if all == 0 && kept == Kept::Articles {
            return Ok(());
        }
        let mut out = field(all)?;
        let (mut merged, mut steps) = (std::mem::take(&mut self.merged), std::mem::take(&mut self.steps));
        for (term, bytes) in terms.iter().enumerate() {
            let occurrences = match numbers {
                Numbers::Terms => run(&self.occurrences, &self.ends, term),
                Numbers::Words(..) => self.of_words(run(&self.words, &self.words_end, term), &mut merged),
            };
            if !occurrences.is_empty() {
                write_term(bytes, occurrences, kept, slots, &mut steps, &mut out)?;
            }
        }
        (self.merged, self.steps) = (merged, steps);
        out.close()
    }

    /// Finds the words of each term; returns how many occurrences the terms have together.
    fn gather(&mut self, words: &[WordTerms], forms: &[Form], terms: usize) -> u64 {
        self.words_end.clear();
        self.words_end.resize(terms, 0);
        let mut all = 0;
        let met = |word: usize| run(&self.occurrences, &self.ends, word).len() as u64;
        for (word, of_word) in words.iter().enumerate() {
            let times = met(word);
            for form in forms.iter().filter(|_| times > 0) {
                if let Some(count) = self.words_end.get_mut(of_word.of(*form) as usize) {
                    *count += 1;
                    all += times;
                }
            }
        }
        let members = counts_to_begins(&mut self.words_end);
        self.words.clear();
        self.words.resize(members as usize, 0);
        for (word, of_word) in words.iter().enumerate() {
            for form in forms.iter().filter(|_| met(word) > 0) {
                let Some(next) = self.words_end.get_mut(of_word.of(*form) as usize) else { continue };
                if let Some(place) = self.words.get_mut(*next as usize) {
                    *place = word as u32;
                }
                *next += 1;
            }
        }
        all
    }

    /// The occurrences of some words in their order; where they are of several, `merged` holds them.
    fn of_words<'a>(&'a self, words: &[u32], merged: &'a mut Vec<u32>) -> &'a [u32] {
        let of = |word: &u32| run(&self.occurrences, &self.ends, *word as usize);
        if let [word] = words {
            return of(word);
        }
        merged.clear();
        words.iter().for_each(|word| merged.extend_from_slice(of(word)));
        // This sort finds what is in order already and merges it.
        merged.sort();
        merged
    }
}

/// Makes of how many there are of each where those of each begin; returns how many there are.
fn counts_to_begins(counts: &mut [u32]) -> u32 {
    let mut all = 0;
    for count in counts {
        all += std::mem::replace(count, all);
    }
    all
}

/// What lies between two ends.
#[inline]
fn run<'a>(all: &'a [u32], ends: &[u32], number: usize) -> &'a [u32] {
    let begin = number.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
    let end = ends.get(number).copied().unwrap_or(begin);
    all.get(begin as usize..end as usize).unwrap_or_default()
}

fn write_term(
    bytes: &[u8],
    occurrences: &[u32],
    kept: Kept,
    slots: &Slots,
    steps: &mut Vec<u32>,
    out: &mut FieldSerializer<'_>,
) -> io::Result<()> {
    let in_one = |one: &u32, other: &u32| one >> 16 == other >> 16 || slots.article(*one) == slots.article(*other);
    if kept == Kept::Articles {
        out.new_term_without_freq(bytes)?;
    } else {
        out.new_term(bytes, occurrences.chunk_by(in_one).count() as u32, true)?;
    }
    for group in occurrences.chunk_by(in_one) {
        let Some(first) = group.first() else { continue };
        let article = slots.article(*first);
        steps.clear();
        if kept == Kept::Positions {
            let mut last = 0;
            steps.extend(group.iter().map(|occurrence| {
                let position = slots.position(article, *occurrence);
                position - std::mem::replace(&mut last, position)
            }));
        }
        out.write_doc(article, if kept == Kept::Articles { 0 } else { group.len() as u32 }, steps);
    }
    out.close_term()
}
