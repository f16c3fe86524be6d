//! Phrases and NEAR as a tantivy query: articles whose positions of `plural` (or of a field of names) hold the span.
//!
//! It only matches; the words of the span are scored as words.

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError};

use super::expand::PlacedTerm;
use crate::query::spans::{Positions, Run, matches};
use crate::query::{Span, Word};

/// Matches documents with a span in one field.
#[derive(Debug, Clone)]
pub(super) struct SpanQuery {
    pub(super) field: Field,
    pub(super) span: Span,
    /// The terms each distinct word of the span stands for.
    pub(super) leaves: Vec<(Word, Vec<PlacedTerm>)>,
}

impl Query for SpanQuery {
    fn weight(&self, _scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for SpanQuery {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let inverted = reader.inverted_index(self.field)?;
        let mut leaves = Vec::with_capacity(self.leaves.len());
        for (word, terms) in &self.leaves {
            let mut postings = Vec::new();
            for (term, width) in terms {
                let found = inverted.read_postings(term, IndexRecordOption::WithFreqsAndPositions)?;
                postings.extend(found.map(|found| (found, *width)));
            }
            leaves.push(Leaf { word: word.clone(), postings });
        }
        let (plan, phrase) = (Plan::of(&self.span, &self.leaves), phrase(&self.span, &self.leaves));
        let mut scorer = SpanScorer { span: self.span.clone(), plan, phrase, leaves, doc: 0, boost };
        scorer.doc = scorer.next_match(0);
        if scorer.doc == TERMINATED {
            return Ok(Box::new(EmptyScorer));
        }
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() > doc || scorer.seek(doc) != doc {
            return Err(TantivyError::InvalidArgument(format!("document {doc} does not match")));
        }
        Ok(Explanation::new("span", 0.0))
    }
}

/// Which leaves a document must have, as a tree of leaf numbers: what can be decided without positions.
#[derive(Debug, Clone)]
enum Plan {
    Leaf(usize),
    All(Vec<Plan>),
    Any(Vec<Plan>),
}

impl Plan {
    fn of(span: &Span, leaves: &[(Word, Vec<PlacedTerm>)]) -> Self {
        match span {
            Span::Word(word) => Self::Leaf(leaves.iter().position(|(leaf, _)| leaf == word).unwrap_or(usize::MAX)),
            Span::Phrase { parts, .. } => Self::All(parts.iter().map(|part| Self::of(part, leaves)).collect()),
            Span::Near { operands, .. } => {
                Self::All(vec![Self::of(&operands.0, leaves), Self::of(&operands.1, leaves)])
            }
            Span::Any(branches) => Self::Any(branches.iter().map(|branch| Self::of(branch, leaves)).collect()),
        }
    }

    /// The first document at or after `target` that may match.
    fn seek(&self, target: DocId, leaves: &mut [Leaf]) -> DocId {
        match self {
            Self::Leaf(number) => leaves.get_mut(*number).map_or(TERMINATED, |leaf| leaf.seek(target)),
            Self::Any(branches) => {
                branches.iter().map(|branch| branch.seek(target, leaves)).min().unwrap_or(TERMINATED)
            }
            Self::All(parts) => {
                let mut candidate = target;
                loop {
                    let furthest = parts.iter().fold(candidate, |at, part| at.max(part.seek(at, leaves)));
                    if furthest == candidate || furthest >= TERMINATED {
                        return furthest.min(TERMINATED);
                    }
                    candidate = furthest;
                }
            }
        }
    }
}

/// A word and where its terms stand.
struct Leaf {
    word: Word,
    /// The postings of each term, and how many positions the term covers.
    postings: Vec<(SegmentPostings, u32)>,
}

impl Leaf {
    fn seek(&mut self, target: DocId) -> DocId {
        let seek = |(postings, _): &mut (SegmentPostings, u32)| {
            if postings.doc() >= target { postings.doc() } else { postings.seek(target) }
        };
        self.postings.iter_mut().map(seek).min().unwrap_or(TERMINATED)
    }

    fn runs(&mut self, doc: DocId) -> Vec<Run> {
        let mut runs = Vec::new();
        let mut positions = Vec::new();
        for (postings, width) in &mut self.postings {
            if postings.doc() == doc {
                postings.positions(&mut positions);
                runs.extend(positions.iter().map(|&start| Run { start, end: start + *width }));
            }
        }
        if self.postings.len() > 1 {
            runs.sort_unstable();
            runs.dedup();
        }
        runs
    }
}

/// The leaves of a phrase of words alone, without others between them, which is decided without the span algebra.
fn phrase(span: &Span, leaves: &[(Word, Vec<PlacedTerm>)]) -> Option<Vec<usize>> {
    let Span::Phrase { parts, slop: 0 } = span else { return None };
    let number = |part: &Span| match part {
        Span::Word(word) => leaves.iter().position(|(leaf, _)| leaf == word),
        _ => None,
    };
    parts.iter().map(number).collect()
}

/// Whether these leaves stand one right after the other.
fn follow(phrase: &[usize], leaves: &mut [Leaf], doc: DocId) -> bool {
    let mut ends: Option<Vec<u32>> = None;
    for number in phrase {
        let runs = leaves.get_mut(*number).map(|leaf| leaf.runs(doc)).unwrap_or_default();
        let goes_on = |run: &Run| ends.as_ref().is_none_or(|ends| ends.binary_search(&run.start).is_ok());
        let mut further: Vec<u32> = runs.into_iter().filter(goes_on).map(|run| run.end).collect();
        if further.is_empty() {
            return false;
        }
        further.sort_unstable();
        ends = Some(further);
    }
    true
}

struct SpanScorer {
    span: Span,
    plan: Plan,
    phrase: Option<Vec<usize>>,
    leaves: Vec<Leaf>,
    doc: DocId,
    boost: Score,
}

impl SpanScorer {
    fn next_match(&mut self, mut target: DocId) -> DocId {
        loop {
            let doc = self.plan.seek(target, &mut self.leaves);
            if doc >= TERMINATED {
                return TERMINATED;
            }
            let holds = match &self.phrase {
                Some(phrase) => follow(phrase, &mut self.leaves, doc),
                None => {
                    let known = vec![None; self.leaves.len()];
                    let mut positions = DocPositions { leaves: &mut self.leaves, doc, known };
                    !matches(&self.span, &mut positions).is_empty()
                }
            };
            if holds {
                return doc;
            }
            target = doc + 1;
        }
    }
}

/// The positions in one document, read once a word.
struct DocPositions<'a> {
    leaves: &'a mut [Leaf],
    doc: DocId,
    known: Vec<Option<Vec<Run>>>,
}

impl Positions for DocPositions<'_> {
    fn of(&mut self, word: &Word) -> Vec<Run> {
        let Some(number) = self.leaves.iter().position(|leaf| leaf.word == *word) else { return Vec::new() };
        let (Some(leaf), Some(known)) = (self.leaves.get_mut(number), self.known.get_mut(number)) else {
            return Vec::new();
        };
        known.get_or_insert_with(|| leaf.runs(self.doc)).clone()
    }
}

impl DocSet for SpanScorer {
    fn advance(&mut self) -> DocId {
        if self.doc < TERMINATED {
            self.doc = self.next_match(self.doc + 1);
        }
        self.doc
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc < target {
            self.doc = if target >= TERMINATED { TERMINATED } else { self.next_match(target) };
        }
        self.doc
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        let sizes =
            self.leaves.iter().map(|leaf| leaf.postings.iter().map(|(postings, _)| postings.size_hint()).sum::<u32>());
        sizes.min().unwrap_or_default()
    }
}

impl Scorer for SpanScorer {
    fn score(&mut self) -> Score {
        0.0 * self.boost
    }
}
