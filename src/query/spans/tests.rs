//! The span algebra against its definition.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use proptest::prelude::{Strategy, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};

use super::*;

/// Each word is its number.
#[derive(Debug)]
struct Text(Vec<(u8, Run)>);

impl Text {
    fn new(words: impl IntoIterator<Item = u8>) -> Self {
        Self((0..).zip(words).map(|(at, word)| (word, Run { start: at, end: at + 1 })).collect())
    }

    fn end(&self) -> u32 {
        self.0.iter().map(|(_, run)| run.end).max().unwrap_or(0)
    }
}

impl Positions for Text {
    fn of(&mut self, word: &Word) -> Vec<Run> {
        let Word::Folded(word) = word else { return Vec::new() };
        let mut runs: Vec<Run> =
            self.0.iter().filter(|(text, _)| text.to_string() == *word).map(|(_, run)| *run).collect();
        runs.sort_unstable();
        runs.dedup();
        runs
    }
}

fn word(word: u8) -> Span {
    Span::Word(Word::Folded(word.to_string()))
}

fn phrase(words: &[u8], slop: u32) -> Span {
    Span::Phrase { parts: words.iter().copied().map(word).collect(), slop }
}

fn near(one: Span, other: Span, distance: u32) -> Span {
    Span::Near { operands: Box::new((one, other)), distance }
}

fn run(start: u32, end: u32) -> Run {
    Run { start, end }
}

/// The definition: every choice of a run for every operand, tried.
fn tried(span: &Span, text: &mut Text) -> BTreeSet<Run> {
    let ordered = |parts: &[&Span], slop: u32, text: &mut Text| {
        let mut ways: BTreeSet<(Option<u32>, u32, u32)> = [(None, 0, 0)].into();
        for part in parts {
            let runs = tried(part, text);
            let on = |(start, end, gaps): (Option<u32>, u32, u32)| {
                let after = runs.iter().filter(move |run| start.is_none() || run.start >= end);
                after.map(move |run| (start.or(Some(run.start)), run.end, start.map_or(0, |_| gaps + run.start - end)))
            };
            ways = ways.into_iter().flat_map(on).collect();
        }
        let near = ways.into_iter().filter(|(_, _, gaps)| *gaps <= slop);
        near.filter_map(|(start, end, _)| Some(Run { start: start?, end })).collect::<BTreeSet<Run>>()
    };
    match span {
        Span::Word(word) => text.of(word).into_iter().collect(),
        Span::Any(branches) => branches.iter().flat_map(|branch| tried(branch, text)).collect(),
        Span::Phrase { parts, slop } => ordered(&parts.iter().collect::<Vec<_>>(), *slop, text),
        Span::Near { operands: both, distance } => {
            let mut found = ordered(&[&both.0, &both.1], *distance, text);
            found.extend(ordered(&[&both.1, &both.0], *distance, text));
            found
        }
    }
}

fn tried_minimal(span: &Span, text: &mut Text) -> Vec<Run> {
    let all = tried(span, text);
    let within = |inner: &Run, outer: &Run| inner != outer && inner.start >= outer.start && inner.end <= outer.end;
    all.iter().filter(|outer| !all.iter().any(|inner| within(inner, outer))).copied().collect()
}

fn texts() -> impl Strategy<Value = Text> {
    let joined = prop::collection::vec((0_u8..4, 0_u32..16, 2_u32..4), 0..5);
    (prop::collection::vec(0_u8..5, 0..16), joined).prop_map(|(words, joined)| {
        let mut text = Text::new(words);
        text.0.extend(joined.into_iter().map(|(word, start, width)| (word, run(start, start + width))));
        text
    })
}

fn spans() -> impl Strategy<Value = Span> {
    (0_u8..4).prop_map(word).prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            (prop::collection::vec(inner.clone(), 1..5), 0_u32..5)
                .prop_map(|(parts, slop)| Span::Phrase { parts, slop }),
            (inner.clone(), inner.clone(), 0_u32..5).prop_map(|(one, other, distance)| near(one, other, distance)),
            prop::collection::vec(inner, 1..4).prop_map(Span::Any),
        ]
    })
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(3000))]

    #[test]
    fn what_is_found_is_what_is_defined(mut text in texts(), span in spans()) {
        if !matches!(span, Span::Word(_)) {
            prop_assert_eq!(matches(&span, &mut text), tried_minimal(&span, &mut text));
        }
        prop_assert_eq!(all(&span, &mut text).into_iter().collect::<BTreeSet<Run>>(), tried(&span, &mut text));
    }

    #[test]
    fn a_gap_is_never_crossed(before in texts(), after in texts(), span in spans()) {
        let apart = before.end() + 3 * FURTHEST;
        let moved = after.0.iter().map(|(word, at)| (*word, run(at.start + apart, at.end + apart)));
        let mut text = Text(before.0.iter().copied().chain(moved).collect());
        prop_assert!(matches(&span, &mut text).iter().all(|run| run.end <= before.end() || run.start >= apart));
    }

    #[test]
    fn leaves_are_the_words(span in spans()) {
        fn count(span: &Span) -> usize {
            match span {
                Span::Word(_) => 1,
                Span::Phrase { parts, .. } | Span::Any(parts) => parts.iter().map(count).sum(),
                Span::Near { operands, .. } => count(&operands.0) + count(&operands.1),
            }
        }
        prop_assert_eq!(leaves(&span).count(), count(&span));
    }
}

#[test]
fn phrases_stand_in_order() {
    let mut text = Text::new([1, 2, 3, 1, 9, 2, 2]);
    assert_eq!(matches(&phrase(&[1, 2], 0), &mut text), [run(0, 2)]);
    assert_eq!(matches(&phrase(&[1, 2], 1), &mut text), [run(0, 2), run(3, 6)]);
    assert_eq!(matches(&phrase(&[2, 2], 0), &mut text), [run(5, 7)]);
    assert_eq!(matches(&phrase(&[2, 1, 2], 2), &mut text), [run(1, 6)]);
    assert_eq!(matches(&phrase(&[2, 1, 2], 1), &mut text), []);
    assert_eq!(matches(&phrase(&[], 1), &mut text), []);
}

#[test]
fn near_takes_either_order() {
    let mut text = Text::new([1, 9, 9, 2, 9, 1]);
    assert_eq!(matches(&near(word(1), word(2), 1), &mut text), [run(3, 6)]);
    assert_eq!(matches(&near(word(2), word(1), 2), &mut text), [run(0, 4), run(3, 6)]);
    assert_eq!(matches(&near(word(2), word(2), 9), &mut text), [], "not with itself");
}

#[test]
fn a_joined_form_counts_as_one_word() {
    let mut text = Text::new([0, 1, 2, 3]);
    text.0.push((9, run(1, 3)));
    assert_eq!(matches(&phrase(&[0, 9, 3], 0), &mut text), [run(0, 4)]);
    let either = Span::Any(vec![word(9), phrase(&[1, 2], 0)]);
    assert_eq!(matches(&either, &mut text), [run(1, 3)], "marked once");
}

#[test]
fn a_longer_operand_may_stand_nearer() {
    let mut text = Text::new([7, 1, 1, 2]);
    assert_eq!(matches(&near(word(7), phrase(&[1, 2], 1), 0), &mut text), [run(0, 4)]);
}

#[test]
fn the_furthest_is_a_limit() {
    let mut text = Text(vec![(1, run(0, 1)), (2, run(502, 503))]);
    assert_eq!(matches(&phrase(&[1, 2], u32::MAX), &mut text), []);
    text.0.push((2, run(501, 502)));
    assert_eq!(matches(&near(word(1), word(2), u32::MAX), &mut text), [run(0, 502)]);
    let mut end = Text(vec![(1, run(u32::MAX - 2, u32::MAX - 1)), (2, run(u32::MAX - 1, u32::MAX))]);
    assert_eq!(matches(&phrase(&[1, 2], 0), &mut end).len(), 1);
}

#[test]
fn hostile_text_stays_bounded() {
    let mut text = Text::new(std::iter::repeat_n(1, 100_000));
    // Neighbours of one kind may stand for joined forms of up to eight positions.
    text.0.extend((0..50_000).flat_map(|at| (2..8).map(move |width| (1, run(at, at + width)))));
    struct Once(Vec<Run>);
    impl Positions for Once {
        fn of(&mut self, _: &Word) -> Vec<Run> {
            self.0.clone()
        }
    }
    let mut once = Once(text.of(&Word::Folded("1".to_owned())));
    let sloppy = phrase(&[1, 1, 1], FURTHEST);
    let nested = near(near(sloppy.clone(), sloppy, FURTHEST), phrase(&[1; 8], FURTHEST), FURTHEST);
    let began = Instant::now();
    for span in [phrase(&[1; 20], FURTHEST), near(word(1), word(1), FURTHEST), nested] {
        assert!(!matches(&span, &mut once).is_empty());
    }
    assert!(began.elapsed() < Duration::from_secs(120)); // debug builds on a busy machine
}
