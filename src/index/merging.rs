//! When segments are merged: few are left, and little is written twice.

use tantivy::SegmentMeta;
use tantivy::indexer::{MergeCandidate, MergePolicy};

/// Segments that may stand side by side. A cold query takes some .2 ms for each.
const MOST: usize = 6;

/// The part of a segment's documents that may be deleted before it is written anew, in per cent.
const MOST_DELETED: u64 = 30;

/// Leaves at most [`MOST`] segments. When there are more, the smallest are merged, and with them each larger one that is no
/// larger than all those together: a segment is written anew only when it at least doubles, so that one article more does
/// not cost the writing of thousands.
#[derive(Debug)]
pub(super) struct FewSegments;

impl MergePolicy for FewSegments {
    fn compute_merge_candidates(&self, segments: &[SegmentMeta]) -> Vec<MergeCandidate> {
        let mut by_size: Vec<&SegmentMeta> = segments.iter().collect();
        by_size.sort_by_key(|segment| segment.num_docs());
        let sizes: Vec<u64> = by_size.iter().map(|segment| u64::from(segment.num_docs())).collect();
        let (merged, rest) = by_size.split_at_checked(smallest_to_merge(&sizes)).unwrap_or_default();
        let rewritten = rest.iter().filter(|segment| {
            u64::from(segment.num_deleted_docs()) * 100 > u64::from(segment.max_doc()) * MOST_DELETED
        });
        let merged = (!merged.is_empty()).then(|| merged.iter().map(|segment| segment.id()).collect());
        merged.into_iter().chain(rewritten.map(|segment| vec![segment.id()])).map(MergeCandidate).collect()
    }
}

/// How many of the smallest segments to merge, of sizes that ascend.
fn smallest_to_merge(sizes: &[u64]) -> usize {
    if sizes.len() <= MOST {
        return 0;
    }
    let mut sum = 0;
    let mut larger = sizes.iter().enumerate().filter(|(number, size)| {
        let ends = *number >= 2 && **size > sum;
        sum += **size;
        ends
    });
    larger.next().map_or(sizes.len(), |(number, _)| number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_small_ones_and_leaves_the_large() {
        assert_eq!(smallest_to_merge(&[1, 1, 1, 1, 1, 90_000]), 0);
        assert_eq!(smallest_to_merge(&[1, 1, 1, 1, 1, 1, 90_000]), 6);
        assert_eq!(smallest_to_merge(&[1, 9, 50, 200, 1_000, 5_000, 90_000]), 2);
        assert_eq!(smallest_to_merge(&[10_000; 7]), 7);
    }

    #[test]
    fn writes_each_article_a_few_times_only() {
        for (size, steps, most) in [(1, 20_000, 40), (10_000, 100, 4)] {
            let (mut sizes, mut written) = (Vec::new(), 0);
            for _ in 0..steps {
                sizes.push(size);
                sizes.sort_unstable();
                let merged: u64 = sizes.drain(..smallest_to_merge(&sizes)).sum();
                written += merged;
                sizes.extend((merged > 0).then_some(merged));
                assert!(sizes.len() <= MOST);
            }
            assert!(written <= size * steps * most, "{written} of {}", size * steps);
        }
    }
}
