//! When segments are merged: few are left, and little is written twice.

use std::ops::Range;

use tantivy::SegmentMeta;
use tantivy::indexer::{MergeCandidate, MergePolicy};

/// Segments that may stand side by side. A cold query takes some .2 ms for each.
const MOST: usize = 8;

/// Articles that make a segment a large one.
const LARGE: u64 = 5_000;

/// Large segments that may stand: they leave room for small ones, so that one article more does not set off a long merge.
const MOST_LARGE: usize = 6;

/// While a long ingest goes on, one large segment more may stand for each so many articles, up to so many: to merge many at a
/// time is to write each article less often, and what is left to do at the end takes a small part of the whole time still.
const ARTICLES_FOR_ONE: u64 = 70_000;
const MOST_MORE: usize = 8;

/// Segments merged at a time where they hold more than [`QUICK`] articles together, so that none has to be waited for long
/// when an ingest ends; and as many as may stand beyond [`MOST_LARGE`] while it goes on.
const AT_ONCE: usize = 3;

/// Articles that are merged in two seconds or so.
const QUICK: u64 = 20_000;

/// Articles that are merged in no time, however often.
const FEW: u64 = 300;

/// The part of a segment's documents that may be deleted before it is written anew, in per cent.
const MOST_DELETED: u64 = 30;

/// Leaves at most [`MOST`] segments, [`MOST_LARGE`] of them large. When there is one more, the smallest that are of one size, give
/// or take the double, are merged, and with them those that are no larger than all before them together: a segment is written
/// anew only when it grows by half at least. Only where none are of one size, or the two smallest hold but a [`FEW`]
/// articles, those two are. When there are several large ones more, as at the end of a long ingest, the smallest of them
/// are made one: that is the least to write.
#[derive(Debug)]
pub(super) struct FewSegments {
    /// Whether more is to come before anybody searches.
    pub(super) goes_on: bool,
}

impl MergePolicy for FewSegments {
    fn compute_merge_candidates(&self, segments: &[SegmentMeta]) -> Vec<MergeCandidate> {
        let mut by_size: Vec<&SegmentMeta> = segments.iter().collect();
        by_size.sort_by_key(|segment| segment.num_docs());
        let sizes: Vec<u64> = by_size.iter().map(|segment| u64::from(segment.num_docs())).collect();
        let more = if self.goes_on { more(&sizes) } else { 0 };
        let chosen = to_merge(&sizes, more);
        let merged = by_size.get(chosen.clone()).filter(|merged| !merged.is_empty());
        let rest =
            by_size.iter().enumerate().filter(|(number, _)| !chosen.contains(number)).map(|(_, segment)| segment);
        let rewritten = rest.filter(|segment| {
            u64::from(segment.num_deleted_docs()) * 100 > u64::from(segment.max_doc()) * MOST_DELETED
        });
        let merged = merged.map(|merged| merged.iter().map(|segment| segment.id()).collect());
        merged.into_iter().chain(rewritten.map(|segment| vec![segment.id()])).map(MergeCandidate).collect()
    }
}

/// How many large segments more may stand while an ingest goes on.
fn more(sizes: &[u64]) -> usize {
    usize::try_from(sizes.iter().sum::<u64>() / ARTICLES_FOR_ONE).map_or(MOST_MORE, |more| more.min(MOST_MORE))
}

/// Which segments to merge, of sizes that ascend, where so many `more` may stand; none where few enough stand already.
fn to_merge(sizes: &[u64], more: usize) -> Range<usize> {
    let small = sizes.iter().take_while(|size| **size < LARGE).count();
    let too_many = (sizes.len() - small).saturating_sub(MOST_LARGE + more);
    let many_large = too_many > 0;
    if sizes.len() <= MOST + more && !many_large {
        return 0..0;
    }
    if too_many > 1 {
        // Nothing more comes that these would be merged with again.
        return small..small + too_many + 1;
    }
    let begin = if many_large { small } else { 0 };
    let few = matches!(sizes, [one, next, ..] if begin == 0 && one + next <= FEW);
    let alike = |pair: &[u64]| matches!(pair, [one, next] if *next <= 2 * *one);
    let first = sizes.windows(2).skip(begin).position(alike).filter(|_| !few);
    let first = begin + first.unwrap_or(0);
    let mut sum = 0;
    let merged = sizes.iter().skip(first).enumerate().take_while(|(number, size)| {
        let goes_along = *number < 2 || (**size <= sum && (*number < AT_ONCE + more || sum + **size <= QUICK));
        sum += **size;
        goes_along
    });
    first..first + merged.count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_small_ones_and_leaves_the_large() {
        assert_eq!(to_merge(&[1, 1, 1, 1, 1, 1, 1, 90_000], 0), 0..0);
        assert_eq!(to_merge(&[1, 1, 1, 1, 1, 1, 1, 1, 90_000], 0), 0..8);
        assert_eq!(to_merge(&[1, 9, 9, 50, 200, 1_000, 5_000, 90_000, 90_000], 0), 0..3);
        assert_eq!(to_merge(&[1, 900, 1_000, 5_000, 15_000, 31_000, 65_000, 90_000, 300_000], 0), 1..3);
        assert_eq!(to_merge(&[100, 300, 1_000, 2_500, 6_000, 15_000, 35_000, 90_000, 200_000], 0), 0..2);
        assert_eq!(to_merge(&[27_000; 6], 0), 0..0);
        assert_eq!(to_merge(&[27_000; 7], 0), 0..3);
        assert_eq!(to_merge(&[1, 17_000, 17_000, 17_000, 80_000, 90_000, 90_000, 90_000, 90_000], 0), 1..4);
        assert_eq!(to_merge(&[1, 17_000, 17_000, 17_000, 17_000, 80_000, 90_000, 90_000, 90_000, 90_000], 0), 1..5);
        assert_eq!(to_merge(&[1, 1, 5_000, 12_000, 27_000, 27_000, 90_000, 90_000, 90_000], 0), 4..6);
    }

    #[test]
    fn writes_each_article_a_few_times_only() {
        let large = vec![27_000; 7];
        for (before, size, steps, most) in [
            (vec![], 1, 20_000, 20),
            (vec![], 10_000, 100, 4),
            (large.clone(), 1, 20_000, 200),
            (large, 10_000, 100, 5),
        ] {
            let (mut sizes, mut written): (Vec<u64>, u64) = (before, 0);
            for _ in 0..steps {
                sizes.push(size);
                sizes.sort_unstable();
                let merged: u64 = sizes.drain(to_merge(&sizes, 0)).sum();
                written += merged;
                sizes.extend((merged > 0).then_some(merged));
                assert!(sizes.len() <= MOST);
            }
            assert!(written <= size * steps * most, "{written} of {}", size * steps);
        }
    }
    #[test]
    fn writes_less_often_while_an_ingest_goes_on_and_leaves_little_for_its_end() {
        const SIZE: u64 = 20_000;
        for steps in 3..300 {
            let (mut sizes, mut written) = (Vec::<u64>::new(), 0);
            let mut merge = |sizes: &mut Vec<u64>, goes_on: bool| {
                loop {
                    let chosen = to_merge(sizes, if goes_on { more(sizes) } else { 0 });
                    if chosen.is_empty() {
                        return written;
                    }
                    let merged: u64 = sizes.drain(chosen).sum();
                    written += merged;
                    sizes.push(merged);
                    sizes.sort_unstable();
                }
            };
            for _ in 0..steps {
                sizes.push(SIZE);
                sizes.sort_unstable();
                merge(&mut sizes, true);
            }
            let before = merge(&mut sizes, true);
            let after = merge(&mut sizes, false);
            let all = SIZE * steps;
            assert!(sizes.len() <= MOST && sizes.iter().sum::<u64>() == all);
            assert!(after - before <= all * 45 / 100, "{steps}: {} at the end", after - before);
            assert!(after <= all * if steps <= 100 { 17 } else { 21 } / 10, "{steps}: {after} of {all}");
        }
    }
}
