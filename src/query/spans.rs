//! The span algebra: where a phrase or a NEAR stands, given where its words stand. Shared by the index and the marks.

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

/// The most words a phrase may hold between its own, or a NEAR between its operands. Blocks lie further apart than this, so
/// that no match crosses from one to the next.
pub const FURTHEST: u32 = 500;

/// Runs kept of one span in one document: what bounds the work on hostile text.
const MOST: usize = 100_000;

/// Finds a span: all its runs that hold no other, by start.
pub fn matches(span: &Span, positions: &mut dyn Positions) -> Vec<Run> {
    let mut runs = match span {
        Span::Word(word) => return positions.of(word),
        Span::Any(branches) => branches.iter().flat_map(|branch| matches(branch, positions)).collect(),
        Span::Phrase { parts, slop } => phrase(parts, (*slop).min(FURTHEST), positions),
        Span::Near { operands, distance } => {
            let left = matches(&operands.0, positions);
            if left.is_empty() {
                return left;
            }
            near(&left, &matches(&operands.1, positions), (*distance).min(FURTHEST))
        }
    };
    runs.sort_unstable();
    runs.dedup();
    runs.truncate(MOST);
    runs
}

/// The parts one after the other, at most `slop` positions between them in all.
fn phrase(parts: &[Span], slop: u32, positions: &mut dyn Positions) -> Vec<Run> {
    // How far each beginning has come: its start, its end, and the gaps on the way.
    let mut found: Vec<(Run, u32)> = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        let next = matches(part, positions);
        if next.is_empty() {
            return Vec::new();
        }
        if number == 0 {
            found = next.into_iter().map(|run| (run, 0)).collect();
            continue;
        }
        let mut longer = Vec::new();
        for (run, gaps) in found {
            let first = next.partition_point(|other| other.start < run.end);
            let reach = run.end.saturating_add(slop - gaps);
            for other in next.iter().skip(first).take_while(|other| other.start <= reach) {
                longer.push((Run { start: run.start, end: other.end }, gaps + (other.start - run.end)));
            }
        }
        longer.sort_unstable();
        // Of the ways to one run, the one with the fewest gaps can do all that the others can.
        longer.dedup_by_key(|(run, _)| *run);
        longer.truncate(MOST);
        found = longer;
    }
    found.into_iter().map(|(run, _)| run).collect()
}

/// Both in either order, not overlapping, at most `distance` positions between: for each run of one, the nearest of the other.
fn near(left: &[Run], right: &[Run], distance: u32) -> Vec<Run> {
    let mut found = Vec::new();
    for (one, other) in [(left, right), (right, left)] {
        for run in one {
            let first = other.partition_point(|next| next.start < run.end);
            let after = other.iter().skip(first).take_while(|next| next.start - run.end <= distance);
            found.extend(
                after.min_by_key(|next| (next.start, next.end)).map(|next| Run { start: run.start, end: next.end }),
            );
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    struct Text(Vec<(String, Run)>);

    impl Positions for Text {
        fn of(&mut self, word: &Word) -> Vec<Run> {
            let Word::Folded(word) = word else { return Vec::new() };
            let mut runs: Vec<Run> = self.0.iter().filter(|(text, _)| text == word).map(|(_, run)| *run).collect();
            runs.sort_unstable();
            runs
        }
    }

    fn text(words: &[u8]) -> Text {
        let run = |at: usize| Run { start: at as u32, end: at as u32 + 1 };
        Text(words.iter().enumerate().map(|(at, word)| (word.to_string(), run(at))).collect())
    }

    fn word(word: u8) -> Span {
        Span::Word(Word::Folded(word.to_string()))
    }

    /// All choices of one place for each word, checked against the definition.
    fn brute_phrase(words: &[u8], wanted: &[u8], slop: u32) -> bool {
        fn from(words: &[u8], wanted: &[u8], at: usize, left: u32) -> bool {
            let Some((first, rest)) = wanted.split_first() else { return true };
            (0..=left as usize)
                .any(|gap| words.get(at + gap) == Some(first) && from(words, rest, at + gap + 1, left - gap as u32))
        }
        let Some((first, rest)) = wanted.split_first() else { return false };
        (0..words.len()).any(|at| words[at] == *first && from(words, rest, at + 1, slop))
    }

    fn brute_near(words: &[u8], a: u8, b: u8, distance: u32) -> bool {
        let places = |wanted| (0..words.len()).filter(move |at| words[*at] == wanted);
        places(a).any(|i| places(b).any(|j| i != j && i.abs_diff(j) as u32 - 1 <= distance))
    }

    proptest! {
        #[test]
        fn phrases_agree_with_the_definition(words in prop::collection::vec(0u8..4, 0..24), wanted in prop::collection::vec(0u8..4, 1..4), slop in 0u32..4) {
            let span = Span::Phrase { parts: wanted.iter().copied().map(word).collect(), slop };
            prop_assert_eq!(!matches(&span, &mut text(&words)).is_empty(), brute_phrase(&words, &wanted, slop));
        }

        #[test]
        fn near_agrees_with_the_definition(words in prop::collection::vec(0u8..6, 0..24), a in 0u8..6, b in 0u8..6, distance in 0u32..5) {
            let span = Span::Near { operands: Box::new((word(a), word(b))), distance };
            prop_assert_eq!(!matches(&span, &mut text(&words)).is_empty(), brute_near(&words, a, b, distance));
        }
    }

    #[test]
    fn a_joined_form_counts_as_one_word() {
        let mut positions = text(&[0, 1, 2, 3]);
        positions.0.push(("9".to_owned(), Run { start: 1, end: 3 }));
        let span = Span::Phrase { parts: vec![word(0), word(9), word(3)], slop: 0 };
        assert_eq!(matches(&span, &mut positions), [Run { start: 0, end: 4 }]);
    }

    #[test]
    fn hostile_text_stays_bounded() {
        let words = vec![0; 20_000];
        let span = Span::Phrase { parts: vec![word(0); 6], slop: FURTHEST };
        let found: BTreeSet<Run> = matches(&span, &mut text(&words[..300])).into_iter().collect();
        assert!(!found.is_empty());
        let near = Span::Near { operands: Box::new((word(0), word(0))), distance: FURTHEST };
        assert!(!matches(&near, &mut text(&words)).is_empty());
    }
}
