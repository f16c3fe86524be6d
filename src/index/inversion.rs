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

    /// Whether each article has one.
    const fn are_articles(&self) -> bool {
        self.first.len() == self.articles.len()
    }

    /// An occurrence; later ones are greater.
    #[inline]
    fn occurrence(&self, article: u32, position: u32) -> u32 {
        let slot = self.first(article) + position / SLOT;
        (slot << 16) | (position % SLOT)
    }

    #[inline]
    fn article(&self, occurrence: u32) -> u32 {
        self.articles.get((occurrence >> 16) as usize).copied().unwrap_or(0)
    }

    /// The first slot of an article.
    #[inline]
    fn first(&self, article: u32) -> u32 {
        self.first.get(article as usize).copied().unwrap_or(0)
    }

    /// The position in an article whose first slot is given.
    #[inline]
    const fn position(first: u32, occurrence: u32) -> u32 {
        ((occurrence >> 16) - first) * SLOT + (occurrence & 0xffff)
    }
}

/// Where some occurrences begin and end.
type Run = (u32, u32);

/// Buffers for the inversion of one part after the other.
#[derive(Debug, Default)]
pub(super) struct Inversion {
    /// The occurrences of each number.
    runs: Vec<Run>,
    occurrences: Vec<u32>,
    /// The occurrences of the words of each term of the field, one term after the other, and where those of each term end.
    of_words: Vec<Run>,
    of_words_end: Vec<u32>,
    merged: Vec<u32>,
    /// For [`Postings`].
    groups: Vec<u32>,
    steps: Vec<u32>,
}

impl Inversion {
    /// Puts the occurrences of each number beside each other. `order` has all numbers: in the order in which they are written,
    /// their occurrences lie one after the other.
    pub(super) fn deal(&mut self, log: Log, order: &[u32], number: impl Fn(u32) -> u32, slots: &Slots) {
        self.runs.clear();
        self.runs.resize(order.len(), (0, 0));
        log.each(&mut |_, found, _| {
            if let Some((_, count)) = self.runs.get_mut(number(found) as usize) {
                *count += 1;
            }
        });
        let mut all = 0;
        for number in order {
            let Some(run) = self.runs.get_mut(*number as usize) else { continue };
            let count = run.1;
            *run = (all, all);
            all += count;
        }
        self.occurrences.clear();
        self.occurrences.resize(all as usize, 0);
        log.into_each(&mut |article, found, position| {
            let Some((_, next)) = self.runs.get_mut(number(found) as usize) else { return };
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
        if all == 0 {
            return out.close();
        }
        let Self { runs, occurrences, of_words, of_words_end, merged, groups, steps } = self;
        let mut postings = Postings { kept, slots, groups, steps, out: &mut out };
        match numbers {
            Numbers::Terms => {
                // Most fields have few of the terms.
                for (term, run) in terms.iter().zip(runs).filter(|(_, (begin, end))| begin < end) {
                    postings.write(term, of_run(occurrences, *run))?;
                }
            }
            Numbers::Words(..) => {
                let mut begin = 0;
                for (term, end) in terms.iter().zip(of_words_end) {
                    let of_term = of_words.get(std::mem::replace(&mut begin, *end) as usize..*end as usize);
                    match of_term.unwrap_or_default() {
                        [] => {}
                        [run] => postings.write(term, of_run(occurrences, *run))?,
                        several => {
                            merged.clear();
                            several.iter().for_each(|run| merged.extend_from_slice(of_run(occurrences, *run)));
                            // This sort finds what is in order already and merges it.
                            merged.sort();
                            postings.write(term, merged)?;
                        }
                    }
                }
            }
        }
        out.close()
    }

    /// Finds the words of each term; returns how many occurrences the terms have together.
    fn gather(&mut self, words: &[WordTerms], forms: &[Form], terms: usize) -> u64 {
        if self.occurrences.is_empty() {
            return 0;
        }
        self.of_words_end.clear();
        self.of_words_end.resize(terms, 0);
        let mut all = 0;
        let met = || words.iter().zip(&self.runs).filter(|(_, (begin, end))| begin < end);
        for (word, (begin, end)) in met() {
            for form in forms {
                if let Some(count) = self.of_words_end.get_mut(word.of(*form) as usize) {
                    *count += 1;
                    all += u64::from(end - begin);
                }
            }
        }
        let mut members = 0;
        for count in &mut self.of_words_end {
            members += std::mem::replace(count, members);
        }
        self.of_words.clear();
        self.of_words.resize(members as usize, (0, 0));
        for (word, run) in met() {
            for form in forms {
                let Some(next) = self.of_words_end.get_mut(word.of(*form) as usize) else { continue };
                if let Some(place) = self.of_words.get_mut(*next as usize) {
                    *place = *run;
                }
                *next += 1;
            }
        }
        all
    }
}

#[inline]
fn of_run(occurrences: &[u32], (begin, end): Run) -> &[u32] {
    occurrences.get(begin as usize..end as usize).unwrap_or_default()
}

/// Writes the postings of one term after the other.
struct Postings<'a, 'b> {
    kept: Kept,
    slots: &'a Slots,
    /// Where the occurrences of each article of a term end.
    groups: &'a mut Vec<u32>,
    /// How far each occurrence in an article lies after the one before.
    steps: &'a mut Vec<u32>,
    out: &'a mut FieldSerializer<'b>,
}

impl Postings<'_, '_> {
    fn write(&mut self, term: &[u8], occurrences: &[u32]) -> io::Result<()> {
        let articles = self.group(occurrences);
        if self.kept == Kept::Articles {
            self.out.new_term_without_freq(term)?;
        } else {
            self.out.new_term(term, articles as u32, true)?;
        }
        let mut begin = 0;
        for end in self.groups.iter().take(articles) {
            let its = of_run(occurrences, (std::mem::replace(&mut begin, *end), *end));
            let Some(first) = its.first() else { continue };
            let article = self.slots.article(*first);
            self.steps.clear();
            if self.kept == Kept::Positions {
                let (slot, mut last) = (self.slots.first(article), 0);
                self.steps.extend(its.iter().map(|occurrence| {
                    let position = Slots::position(slot, *occurrence);
                    position - std::mem::replace(&mut last, position)
                }));
            }
            let count = if self.kept == Kept::Articles { 0 } else { its.len() as u32 };
            self.out.write_doc(article, count, self.steps);
        }
        self.out.close_term()
    }

    /// Finds where the occurrences of each article end; returns of how many articles they are.
    fn group(&mut self, occurrences: &[u32]) -> usize {
        if self.groups.len() < occurrences.len() {
            self.groups.resize(occurrences.len(), 0);
        }
        // Whether one is the last of its slot cannot be foretold: it is counted, and not asked for.
        let mut count = 0;
        let mut end = 0;
        for (one, next) in occurrences.iter().zip(occurrences.iter().skip(1)) {
            end += 1;
            if let Some(place) = self.groups.get_mut(count) {
                *place = end;
            }
            count += usize::from(one >> 16 != next >> 16);
        }
        if let Some(place) = self.groups.get_mut(count) {
            *place = end + 1;
            count += 1;
        }
        if self.slots.are_articles() { count } else { self.join_slots(occurrences, count) }
    }

    /// Joins the groups of slots that are of one article.
    fn join_slots(&mut self, occurrences: &[u32], groups: usize) -> usize {
        let article = |end: u32| {
            let last = occurrences.get((end as usize).wrapping_sub(1)).copied().unwrap_or(0);
            self.slots.article(last)
        };
        let mut articles = 0_usize;
        for group in 0..groups {
            let end = self.groups.get(group).copied().unwrap_or(0);
            let before = articles.checked_sub(1).and_then(|before| self.groups.get(before)).copied();
            if before.is_none_or(|before| article(before) != article(end)) {
                articles += 1;
            }
            if let Some(place) = self.groups.get_mut(articles - 1) {
                *place = end;
            }
        }
        articles
    }
}
