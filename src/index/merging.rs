//! When segments are merged: few are left, and little is written twice.

use std::ops::Range;

use tantivy::SegmentMeta;
use tantivy::indexer::{MergeCandidate, MergePolicy};

/// Segments that may stand side by side. A cold query takes some .2 ms for each.
const MOST: usize = 8;

/// Segments merged at a time where they hold more than [`QUICK`] articles together, so that none has to be waited for long
/// when an ingest ends.
const AT_ONCE: usize = 3;

/// Articles that are merged in two seconds or so.
const QUICK: u64 = 20_000;

/// The part of a segment's documents that may be deleted before it is written anew, in per cent.
const MOST_DELETED: u64 = 30;

/// Leaves at most [`MOST`] segments. When there are more, the smallest that are of one size, give or take the double, are merged,
/// and with them those that are no larger than all before them together: a segment is written anew only when it grows by half
/// at least, so that one article more does not cost the writing of thousands. Only where each is more than twice the one
/// before, the two smallest are.
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
    if sizes.len() <= MOST {
        return 0..0;
    }
    let alike = |pair: &[u64]| matches!(pair, [one, next] if *next <= 2 * *one);
    let Some(first) = sizes.windows(2).position(alike) else { return 0..2 };
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
        assert_eq!(to_merge(&[1, 9, 9, 50, 200, 1_000, 5_000, 90_000, 90_000]), 1..3);
        assert_eq!(to_merge(&[1, 3, 10, 50, 200, 1_000, 5_000, 20_000, 90_000]), 0..2);
        assert_eq!(to_merge(&[10_000; 9]), 0..3);
        assert_eq!(to_merge(&[1, 9_000, 27_000, 27_000, 27_000, 27_000, 27_000, 27_000, 90_000]), 2..5);
    }

    #[test]
    fn writes_each_article_a_few_times_only() {
        let large = vec![27_000; 7];
        for (before, size, steps, most) in
            [(vec![], 1, 20_000, 40), (vec![], 10_000, 100, 4), (large.clone(), 1, 20_000, 40), (large, 10_000, 100, 4)]
        {
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
