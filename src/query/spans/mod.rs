//! The span algebra: where a phrase or a NEAR stands, given where its words stand. Shared by the index and the marks.
//!
//! Everything is one question: do these operands stand in order, not overlapping, with at most so many positions between
//! them in all? A phrase asks it once, NEAR once for each order. The answer is the minimal runs, as in the minimal-interval
//! semantics of Clarke, Cormack and Burkowski (An algebra for structured text search, 1995); operands within operands
//! give all their runs, since a longer one may stand nearer to its neighbour.

use super::{Span, Word};

/// A run of positions, half open: `start..end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Run {
    /// First position.
    pub start: u32,
    /// One past the last.
    pub end: u32,
}

/// Tells where a word stands in one document.
pub trait Positions {
    /// The runs of the word, by start and then end. A word covers one position, a joined compound several.
    fn of(&mut self, word: &Word) -> Vec<Run>;
}

/// The most words a phrase may hold between its own, or a NEAR between its operands. Parts and blocks of an article lie
/// further apart than this, so that no match crosses from one to the next.
pub const FURTHEST: u32 = 500;

/// The most runs kept of an operand within an operand: what bounds the work on hostile text. Past it, its minimal runs
/// stand for all.
const MOST: usize = 20_000;

/// Finds a span: its minimal runs (those that hold no other), by start. Those of a single word are given as they are.
pub fn matches(span: &Span, positions: &mut dyn Positions) -> Vec<Run> {
    let found = match span {
        Span::Word(word) => return positions.of(word),
        Span::Any(branches) => branches.iter().flat_map(|branch| matches(branch, positions)).collect(),
        Span::Phrase { parts, slop } => match operands(parts, positions) {
            Some(parts) => in_order(&parts, *slop),
            None => return Vec::new(),
        },
        Span::Near { operands: both, distance } => match operands([&both.0, &both.1], positions) {
            Some(mut both) => {
                let mut found = in_order(&both, *distance);
                both.reverse();
                found.extend(in_order(&both, *distance));
                found
            }
            None => return Vec::new(),
        },
    };
    minimal(found)
}

/// The words of a span, in order.
pub fn leaves(span: &Span) -> impl Iterator<Item = &Word> {
    let mut open = vec![span];
    std::iter::from_fn(move || {
        loop {
            match open.pop()? {
                Span::Word(word) => return Some(word),
                Span::Phrase { parts, .. } | Span::Any(parts) => open.extend(parts.iter().rev()),
                Span::Near { operands, .. } => open.extend([&operands.1, &operands.0]),
            }
        }
    })
}

/// All the runs of each operand; `None` when one has none.
fn operands<'a>(spans: impl IntoIterator<Item = &'a Span>, positions: &mut dyn Positions) -> Option<Vec<Vec<Run>>> {
    let found = spans.into_iter().map(|span| Some(all(span, positions)).filter(|runs| !runs.is_empty()));
    found.collect()
}

/// All the runs of a span, by start and then end.
fn all(span: &Span, positions: &mut dyn Positions) -> Vec<Run> {
    let mut found = match span {
        Span::Word(word) => return positions.of(word),
        Span::Any(branches) => branches.iter().flat_map(|branch| all(branch, positions)).collect(),
        Span::Phrase { parts, slop } => match operands(parts, positions) {
            Some(parts) => every_in_order(&parts, *slop),
            None => return Vec::new(),
        },
        Span::Near { operands: both, distance } => match operands([&both.0, &both.1], positions) {
            Some(mut both) => {
                let mut found = every_in_order(&both, *distance);
                both.reverse();
                found.extend(every_in_order(&both, *distance));
                found
            }
            None => return Vec::new(),
        },
    };
    found.sort_unstable();
    found.dedup();
    found
}

/// How far a beginning has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    start: u32,
    end: u32,
    /// Positions between operands so far.
    gaps: u32,
}

impl Way {
    const fn begin(run: Run) -> Self {
        Self { start: run.start, end: run.end, gaps: 0 }
    }

    /// What the gaps of the way would be when it went on at position 0; only differences matter.
    fn debt(self) -> i64 {
        i64::from(self.gaps) - i64::from(self.end)
    }

    /// The way on to a run at or after its end, when that is not too far.
    fn on(self, run: Run, slop: u32) -> Option<Self> {
        let gaps = self.gaps.saturating_add(run.start.checked_sub(self.end)?);
        (gaps <= slop).then_some(Self { start: self.start, end: run.end, gaps })
    }
}

/// The runs of operands in order that hold the minimal ones: for each end, the latest start.
///
/// One sweep for each operand. Of the ways that ended before a run, only those count that no other beats both in its start
/// and in its gaps: with words of one position that is one way, so that the whole is linear but for sorting.
fn in_order(operands: &[Vec<Run>], slop: u32) -> Vec<Run> {
    let slop = slop.min(FURTHEST);
    let Some((first, rest)) = operands.split_first() else { return Vec::new() };
    let mut ways: Vec<Way> = first.iter().copied().map(Way::begin).collect();
    for (number, runs) in rest.iter().enumerate() {
        let last = number + 1 == rest.len();
        ways.sort_unstable_by_key(|way| (way.end, way.start));
        let mut ended = ways.iter().copied().peekable();
        // The latest start stands last.
        let mut best: Vec<Way> = Vec::new();
        let mut longer = Vec::new();
        for &run in runs {
            while let Some(way) = ended.next_if(|way| way.end <= run.start) {
                insert(&mut best, way);
            }
            let reaching = best.iter().rev().filter_map(|way| way.on(run, slop));
            longer.extend(reaching.take(if last { 1 } else { KEPT }));
        }
        ways = longer;
    }
    ways.into_iter().map(|way| Run { start: way.start, end: way.end }).collect()
}

/// The most ways to one run that are followed, each with fewer gaps and an earlier start than the one before.
const KEPT: usize = 16;

/// Adds a way that ends last to those that no other beats: starts rise, and so do debts.
fn insert(best: &mut Vec<Way>, way: Way) {
    let at = best.partition_point(|other| other.start < way.start);
    if best.get(at).is_some_and(|later| later.debt() <= way.debt()) {
        return;
    }
    let earlier = best.get(..at).unwrap_or_default();
    let beaten = earlier.iter().rev().take_while(|other| other.debt() >= way.debt()).count();
    let same = best.get(at).is_some_and(|other| other.start == way.start);
    best.splice(at - beaten..at + usize::from(same), [way]);
}

/// All runs of operands in order, the minimal ones alone when there are too many.
fn every_in_order(operands: &[Vec<Run>], slop: u32) -> Vec<Run> {
    let slop = slop.min(FURTHEST);
    let Some((first, rest)) = operands.split_first() else { return Vec::new() };
    let mut ways: Vec<Way> = first.iter().copied().map(Way::begin).collect();
    for runs in rest {
        let mut longer = Vec::new();
        for way in ways {
            let from = runs.partition_point(|run| run.start < way.end);
            longer.extend(runs.iter().skip(from).map_while(|run| way.on(*run, slop)));
            if longer.len() > MOST {
                return in_order(operands, slop);
            }
        }
        longer.sort_unstable();
        // Of the ways to one run, the one with the fewest gaps can do all that the others can.
        longer.dedup_by_key(|way| (way.start, way.end));
        ways = longer;
    }
    ways.into_iter().map(|way| Run { start: way.start, end: way.end }).collect()
}

/// The runs that hold no other, by start.
fn minimal(mut runs: Vec<Run>) -> Vec<Run> {
    // Of one start the shortest comes last here, so that whoever ends before all later ones holds none.
    runs.sort_unstable_by_key(|run| (std::cmp::Reverse(run.start), run.end));
    let mut nearest_end = None;
    runs.retain(|run| {
        let holds_none = nearest_end.is_none_or(|end| run.end < end);
        if holds_none {
            nearest_end = Some(run.end);
        }
        holds_none
    });
    runs.reverse();
    runs
}

#[cfg(test)]
mod tests;
