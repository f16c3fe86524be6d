//! Inverts the terms of one field: from the terms of each article to the articles of each term.
//!
//! The words of all articles lie one after the other, as numbers. Their terms are counted, then dealt out to where those of each
//! term begin (a counting sort), for as many terms at a time as fit. The articles being in order, so are each term's.
//! Sort-based, as in Witten, Moffat, Bell: Managing Gigabytes (1999), chapter 5; in memory, for one segment.

use std::io;

use tantivy::postings::FieldSerializer;

use super::lexicon::{Form, NONE, WordTerms};
use super::words::Log;

/// Bytes of the occurrences dealt out at a time: two for the article, and four for the position where it is kept. Tests have
/// more than that.
const MOST: usize = if cfg!(test) { 1 << 10 } else { 56 << 20 };

/// Articles that a segment may have at most, for two bytes to tell which one.
pub(super) const MOST_ARTICLES: u32 = 1 << 16;

/// A term that is not dealt out this time.
const LATER: u32 = u32::MAX;

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

/// What the numbers in a log are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Numbers<'a> {
    /// Terms.
    Terms,
    /// Words, and the forms of theirs that are terms of the field: one or two.
    Words(&'a [WordTerms], &'a [Form]),
}

/// Buffers for the inversion of one field after the other.
#[derive(Debug, Default)]
pub(super) struct Inversion {
    /// How often each term stands in the field.
    counts: Vec<u32>,
    /// Where the next occurrence of each term goes; [`LATER`] for others.
    next: Vec<u32>,
    articles: Vec<u16>,
    positions: Vec<u32>,
    steps: Vec<u32>,
}

impl Inversion {
    /// Writes the postings of a field, if there are any. `order` has all terms of the segment, sorted, with their numbers.
    pub(super) fn write<'a>(
        &mut self,
        log: &Log,
        numbers: Numbers<'_>,
        order: &[(&[u8], u32)],
        kept: Kept,
        field: impl FnOnce(u64) -> io::Result<FieldSerializer<'a>>,
    ) -> io::Result<()> {
        self.count_terms(log, numbers, order.len());
        let all = self.counts.iter().map(|count| u64::from(*count)).sum();
        if all == 0 {
            return Ok(());
        }
        let mut out = field(all)?;
        let mut rest: Vec<(&[u8], u32)> = order.iter().filter(|(_, term)| self.count(*term) > 0).copied().collect();
        while !rest.is_empty() {
            let later = rest.split_off(self.take(&rest, kept));
            self.deal(log, numbers, kept);
            for (bytes, term) in &rest {
                self.write_term(bytes, *term, kept, &mut out)?;
            }
            rest = later;
        }
        out.close()
    }

    fn count_terms(&mut self, log: &Log, numbers: Numbers<'_>, terms: usize) {
        let count = |counts: &mut Vec<u32>, length: usize| {
            counts.clear();
            counts.resize(length, 0);
            log.each(&mut |_, number, _| {
                if let Some(count) = counts.get_mut(number as usize) {
                    *count += 1;
                }
            });
        };
        let Numbers::Words(words, forms) = numbers else { return count(&mut self.counts, terms) };
        // Each word once, then the terms it has.
        count(&mut self.next, words.len());
        self.counts.clear();
        self.counts.resize(terms, 0);
        for (word, of_word) in words.iter().zip(&self.next) {
            for form in forms {
                if let Some(count) = self.counts.get_mut(word.of(*form) as usize) {
                    *count += of_word;
                }
            }
        }
    }

    fn count(&self, term: u32) -> usize {
        self.counts.get(term as usize).copied().unwrap_or(0) as usize
    }

    /// Makes room for as many of these terms as fit, the first of them; returns how many that are.
    fn take(&mut self, terms: &[(&[u8], u32)], kept: Kept) -> usize {
        let most = MOST / if kept == Kept::Positions { 6 } else { 2 };
        self.next.clear();
        self.next.resize(self.counts.len(), LATER);
        let (mut all, mut taken) = (0, 0);
        for (_, term) in terms {
            let count = self.count(*term);
            if taken > 0 && all + count > most {
                break;
            }
            if let Some(next) = self.next.get_mut(*term as usize) {
                *next = all as u32;
            }
            (all, taken) = (all + count, taken + 1);
        }
        self.articles.resize(all, 0);
        taken
    }

    /// Puts the occurrences of the terms that were taken beside each other.
    fn deal(&mut self, log: &Log, numbers: Numbers<'_>, kept: Kept) {
        if kept == Kept::Positions {
            self.positions.resize(self.articles.len(), 0);
        } else {
            self.positions = Vec::new();
        }
        let column =
            |form: &Form, words: &[WordTerms]| -> Vec<u32> { words.iter().map(|word| word.of(*form)).collect() };
        let of = |column: &[u32], number: u32| column.get(number as usize).copied().unwrap_or(NONE);
        match numbers {
            Numbers::Words(words, [form]) => {
                let column = column(form, words);
                log.each(&mut |article, number, position| {
                    self.place(article, of(&column, number), position);
                });
            }
            Numbers::Words(words, forms) => {
                let columns: Vec<_> = forms.iter().map(|form| column(form, words)).collect();
                log.each(&mut |article, number, position| {
                    columns.iter().for_each(|column| self.place(article, of(column, number), position));
                });
            }
            Numbers::Terms => log.each(&mut |article, number, position| {
                self.place(article, number, position);
            }),
        }
    }

    /// Puts an occurrence of a term behind those before it, if the term was taken.
    #[inline]
    fn place(&mut self, article: u32, term: u32, position: u32) {
        let Some(next) = self.next.get_mut(term as usize).filter(|next| **next != LATER) else { return };
        if let Some(place) = self.articles.get_mut(*next as usize) {
            *place = article as u16;
        }
        if let Some(place) = self.positions.get_mut(*next as usize) {
            *place = position;
        }
        *next += 1;
    }

    /// Writes the postings of a term that was dealt out.
    fn write_term(&mut self, bytes: &[u8], term: u32, kept: Kept, out: &mut FieldSerializer<'_>) -> io::Result<()> {
        let end = self.next.get(term as usize).map_or(0, |next| *next as usize);
        let range = end.saturating_sub(self.count(term))..end;
        let articles = self.articles.get(range.clone()).unwrap_or_default();
        let mut positions = self.positions.get(range).unwrap_or_default();
        if kept == Kept::Articles {
            out.new_term_without_freq(bytes)?;
        } else {
            out.new_term(bytes, articles.chunk_by(u16::eq).count() as u32, true)?;
        }
        for group in articles.chunk_by(u16::eq) {
            let Some(article) = group.first() else { continue };
            let (its, others) = positions.split_at_checked(group.len()).unwrap_or_default();
            positions = others;
            self.steps.clear();
            let mut last = 0;
            self.steps.extend(its.iter().map(|position| position - std::mem::replace(&mut last, *position)));
            out.write_doc(
                u32::from(*article),
                if kept == Kept::Articles { 0 } else { group.len() as u32 },
                &self.steps,
            );
        }
        out.close_term()
    }
}
