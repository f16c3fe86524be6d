//! Inverts the terms of one field: from the terms of each article to the articles of each term.
//!
//! The terms of all articles lie one after the other, as numbers. They are counted, then dealt out to where those of each
//! term begin (a counting sort), for as many terms at a time as fit. The articles being in order, so are each term's.
//! Sort-based, as in Witten, Moffat, Bell: Managing Gigabytes (1999), chapter 5; in memory, for one segment.

use std::io;

use tantivy::postings::FieldSerializer;

/// Occurrences dealt out at a time, of eight bytes each.
const MOST: usize = 3 << 20;

/// A term that is not dealt out this time.
const LATER: u32 = u32::MAX;

/// The terms of one field of one article, in the order of their positions.
#[derive(Debug, Clone, Default)]
pub(super) struct Tokens {
    pub(super) terms: Vec<u32>,
    /// How far each lies after the one before, seven bits a byte, the lowest first. None for a field without positions.
    pub(super) steps: Vec<u8>,
    position: u32,
}

impl Tokens {
    /// None yet, with room for those of a text of so many bytes.
    pub(super) fn for_text(bytes: usize) -> Self {
        // Six bytes to a word, with its space.
        Self { terms: Vec::with_capacity(bytes / 6), ..Self::default() }
    }

    /// Adds a term of a field without positions.
    #[inline]
    pub(super) fn push_anywhere(&mut self, term: u32) {
        self.terms.push(term);
    }

    /// Adds a term at a position that is not before that of any term added so far.
    #[inline]
    pub(super) fn push(&mut self, position: u32, term: u32) {
        let mut step = position.saturating_sub(self.position);
        self.position += step;
        while step > 0x7f {
            self.steps.push(step as u8 | 0x80);
            step >>= 7;
        }
        self.steps.push(step as u8);
        self.terms.push(term);
    }

    /// The terms with their positions; 0 in a field without.
    pub(super) fn places(&self) -> impl Iterator<Item = (u32, u32)> {
        let (mut steps, mut position) = (Steps(&self.steps), 0);
        self.terms.iter().map(move |term| {
            position += steps.next();
            (*term, position)
        })
    }
}

/// Reads steps.
struct Steps<'a>(&'a [u8]);

impl Steps<'_> {
    /// The next; 0 when there are no more.
    #[inline]
    fn next(&mut self) -> u32 {
        let (mut step, mut shift) = (0, 0);
        while let Some((byte, rest)) = self.0.split_first() {
            self.0 = rest;
            step |= u32::from(byte & 0x7f) << shift;
            shift += 7;
            if *byte < 0x80 || shift > 28 {
                break;
            }
        }
        step
    }
}

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

/// The terms of one field of all articles of a segment.
#[derive(Debug, Default)]
pub(super) struct Log {
    terms: Vec<u32>,
    steps: Vec<u8>,
    /// Articles that have any, and where in `terms` theirs end.
    ends: Vec<(u32, usize)>,
}

impl Log {
    /// Adds a term of an article. Articles come in order.
    #[inline]
    pub(super) fn push(&mut self, term: u32) {
        self.terms.push(term);
    }

    /// Adds the steps of an article's terms.
    pub(super) fn extend_steps(&mut self, steps: &[u8]) {
        self.steps.extend_from_slice(steps);
    }

    /// Says whose the terms since the last end were.
    pub(super) fn end(&mut self, article: u32) {
        let end = self.terms.len();
        match self.ends.last_mut() {
            Some(last) if last.0 == article => last.1 = end,
            _ => self.ends.push((article, end)),
        }
    }

    /// How many terms there are, of all articles.
    pub(super) fn len(&self) -> usize {
        self.terms.len()
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        4 * self.terms.len() + self.steps.len() + 16 * self.ends.len()
    }

    /// Calls `each` with article, term and position of every occurrence.
    #[inline]
    fn occurrences(&self, each: &mut impl FnMut(u32, u32, u32)) {
        let (mut steps, mut terms) = (Steps(&self.steps), self.terms.as_slice());
        let mut begin = 0;
        for (article, end) in &self.ends {
            let (its, rest) = terms.split_at_checked(end - begin).unwrap_or_default();
            (terms, begin) = (rest, *end);
            let mut position = 0;
            for term in its {
                position += steps.next();
                each(*article, *term, position);
            }
        }
    }
}

/// Buffers for the inversion of one field after the other.
#[derive(Debug, Default)]
pub(super) struct Inversion {
    /// How often each term stands in the field.
    counts: Vec<u32>,
    /// Where the next occurrence of each term goes; [`LATER`] for others.
    next: Vec<u32>,
    articles: Vec<u32>,
    positions: Vec<u32>,
    steps: Vec<u32>,
}

impl Inversion {
    /// Writes the postings of a field. `order` has all terms of the segment, sorted, with their numbers.
    pub(super) fn write(
        &mut self,
        log: &Log,
        order: &[(&[u8], u32)],
        kept: Kept,
        out: &mut FieldSerializer<'_>,
    ) -> io::Result<()> {
        self.counts.clear();
        self.counts.resize(order.len(), 0);
        for term in &log.terms {
            if let Some(count) = self.counts.get_mut(*term as usize) {
                *count += 1;
            }
        }
        let mut rest: Vec<(&[u8], u32)> = order.iter().filter(|(_, term)| self.count(*term) > 0).copied().collect();
        while !rest.is_empty() {
            let later = rest.split_off(self.deal(log, &rest, kept));
            for (bytes, term) in &rest {
                self.write_term(bytes, *term, kept, out)?;
            }
            rest = later;
        }
        Ok(())
    }

    fn count(&self, term: u32) -> usize {
        self.counts.get(term as usize).copied().unwrap_or(0) as usize
    }

    /// Puts the occurrences of the first terms beside each other; returns how many terms that are.
    fn deal(&mut self, log: &Log, terms: &[(&[u8], u32)], kept: Kept) -> usize {
        self.next.clear();
        self.next.resize(self.counts.len(), LATER);
        let (mut all, mut taken) = (0, 0);
        for (_, term) in terms {
            let count = self.count(*term);
            if taken > 0 && all + count > MOST {
                break;
            }
            if let Some(next) = self.next.get_mut(*term as usize) {
                *next = all as u32;
            }
            (all, taken) = (all + count, taken + 1);
        }
        self.articles.resize(all, 0);
        self.positions.resize(if kept == Kept::Positions { all } else { 0 }, 0);
        log.occurrences(&mut |article, term, position| {
            let Some(next) = self.next.get_mut(term as usize).filter(|next| **next != LATER) else { return };
            if let Some(place) = self.articles.get_mut(*next as usize) {
                *place = article;
            }
            if let Some(place) = self.positions.get_mut(*next as usize) {
                *place = position;
            }
            *next += 1;
        });
        taken
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
            out.new_term(bytes, articles.chunk_by(u32::eq).count() as u32, true)?;
        }
        for group in articles.chunk_by(u32::eq) {
            let Some(article) = group.first() else { continue };
            let (its, others) = positions.split_at_checked(group.len()).unwrap_or_default();
            positions = others;
            self.steps.clear();
            let mut last = 0;
            self.steps.extend(its.iter().map(|position| position - std::mem::replace(&mut last, *position)));
            out.write_doc(*article, if kept == Kept::Articles { 0 } else { group.len() as u32 }, &self.steps);
        }
        out.close_term()
    }
}
