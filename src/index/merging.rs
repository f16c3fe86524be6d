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

/// Segments merged at a time where they hold more than [`QUICK`] articles together, so that none has to be waited for long
/// when an ingest ends.
const AT_ONCE: usize = 3;

/// Articles that are merged in two seconds or so.
const QUICK: u64 = 20_000;

/// Articles that are merged in no time, however often.
const FEW: u64 = 300;

/// The part of a segment's documents that may be deleted before it is written anew, in per cent.
const MOST_DELETED: u64 = 30;

/// Leaves at most [`MOST`] segments, [`MOST_LARGE`] of them large. When there are more, the smallest that are of one size, give or
/// take the double, are merged, and with them those that are no larger than all before them together: a segment is written
/// anew only when it grows by half at least. Only where none are of one size, or the two smallest hold but a [`FEW`]
/// articles, those two are.
#[derive(Debug)]
pub(super) struct FewSegments;

impl MergePolicy for FewSegments {
    fn compute_merge_candidates(&self, segments: &[SegmentMeta]) -> Vec<MergeCandidate> {
        let mut by_size: Vec<&SegmentMeta> = segments.iter().collect();
        by_size.sort_by_key(|segment| segment.num_docs());
        let sizes: Vec<u64> = by_size.iter().map(|segment| u64::from(segment.num_docs())).collect();
        let chosen = to_merge(&sizes);
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

/// Which segments to merge, of sizes that ascend; none where few enough stand already.
fn to_merge(sizes: &[u64]) -> Range<usize> {
    let small = sizes.iter().take_while(|size| **size < LARGE).count();
    let many_large = sizes.len() - small > MOST_LARGE;
    if sizes.len() <= MOST && !many_large {
        return 0..0;
    }
    let begin = if many_large { small } else { 0 };
    let few = matches!(sizes, [one, next, ..] if begin == 0 && one + next <= FEW);
    let alike = |pair: &[u64]| matches!(pair, [one, next] if *next <= 2 * *one);
    let first = sizes.windows(2).skip(begin).position(alike).filter(|_| !few);
    let first = begin + first.unwrap_or(0);
    let mut sum = 0;
    let merged = sizes.iter().skip(first).enumerate().take_while(|(number, size)| {
        let goes_along = *number < 2 || (**size <= sum && (*number < AT_ONCE || sum + **size <= QUICK));
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
        assert_eq!(to_merge(&[1, 1, 1, 1, 1, 1, 1, 90_000]), 0..0);
        assert_eq!(to_merge(&[1, 1, 1, 1, 1, 1, 1, 1, 90_000]), 0..8);
        assert_eq!(to_merge(&[1, 9, 9, 50, 200, 1_000, 5_000, 90_000, 90_000]), 0..3);
        assert_eq!(to_merge(&[1, 900, 1_000, 5_000, 15_000, 31_000, 65_000, 90_000, 300_000]), 1..3);
        assert_eq!(to_merge(&[100, 300, 1_000, 2_500, 6_000, 15_000, 35_000, 90_000, 200_000]), 0..2);
        assert_eq!(to_merge(&[27_000; 6]), 0..0);
        assert_eq!(to_merge(&[27_000; 7]), 0..3);
        assert_eq!(to_merge(&[1, 1, 5_000, 12_000, 27_000, 27_000, 90_000, 90_000, 90_000]), 4..6);
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
                let merged: u64 = sizes.drain(to_merge(&sizes)).sum();
                written += merged;
                sizes.extend((merged > 0).then_some(merged));
                assert!(sizes.len() <= MOST);
            }
            assert!(written <= size * steps * most, "{written} of {}", size * steps);
        }
    }
}
