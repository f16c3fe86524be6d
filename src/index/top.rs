//! Collects the first hits in a fixed order: score rounded to four decimals, then newest first, then id.
//!
//! Scores are sums of floats whose order depends on how segments lie; rounding makes the order repeatable, and the
//! threshold handed back to tantivy stays half a step below, so that its pruning never drops a tie.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::query::Weight;
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

/// What hits are sorted by before id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Best first, ties newest first.
    #[default]
    Score,
    /// Newest first, undated last.
    Newest,
    /// Oldest first, undated last.
    Oldest,
}

/// A hit and its place in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ranked {
    /// Smaller is better: (first key, second key, id).
    pub(super) key: (i64, i64, u64),
    /// Score in ten-thousandths.
    pub(super) score: i64,
    pub(super) id: u64,
    pub(super) address: DocAddress,
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Collects the best `limit`, and counts.
pub(super) struct Top {
    pub(super) limit: usize,
    pub(super) sort: Sort,
    /// Whether those that cannot be among the best may be passed over, uncounted; only where they are sorted by score.
    pub(super) pruned: bool,
}

/// What was collected.
#[derive(Debug, Clone, Default)]
pub(super) struct Best {
    /// In order.
    pub(super) ranked: Vec<Ranked>,
    /// How many match; of pruned ones, how many were looked at.
    pub(super) count: usize,
}

/// Half of a ten-thousandth and a little: what rounding can hide.
const ROUNDING: Score = 0.000_051;

impl Collector for Top {
    type Fruit = Best;
    type Child = SegmentTop;

    fn for_segment(&self, ordinal: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<SegmentTop> {
        let fast = segment.fast_fields();
        Ok(SegmentTop {
            limit: self.limit,
            sort: self.sort,
            pruned: self.pruned,
            count: 0,
            ordinal,
            ids: fast.u64("id")?,
            days: fast.u64("first_day")?,
            heap: BinaryHeap::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, segments: Vec<Best>) -> tantivy::Result<Best> {
        let count = segments.iter().map(|best| best.count).sum();
        let mut ranked: Vec<Ranked> = segments.into_iter().flat_map(|best| best.ranked).collect();
        ranked.sort_unstable();
        ranked.truncate(self.limit);
        Ok(Best { ranked, count })
    }

    fn collect_segment(&self, weight: &dyn Weight, ordinal: u32, reader: &SegmentReader) -> tantivy::Result<Best> {
        let mut top = self.for_segment(ordinal, reader)?;
        let alive = reader.alive_bitset();
        weight.for_each_pruning(Score::MIN, reader, &mut |doc, score| {
            if alive.is_none_or(|alive| alive.is_alive(doc)) {
                top.collect(doc, score);
            }
            top.threshold()
        })?;
        Ok(top.harvest())
    }
}

/// The best of one segment.
pub(super) struct SegmentTop {
    limit: usize,
    sort: Sort,
    pruned: bool,
    count: usize,
    ordinal: SegmentOrdinal,
    ids: Column<u64>,
    days: Column<u64>,
    heap: BinaryHeap<Ranked>,
}

impl SegmentTop {
    fn threshold(&self) -> Score {
        match self.heap.peek() {
            #[allow(clippy::cast_precision_loss, reason = "scores are far below 2^24 ten-thousandths")]
            Some(worst) if self.pruned && self.heap.len() >= self.limit => worst.score as Score / 10_000.0 - ROUNDING,
            _ => Score::MIN,
        }
    }
}

impl SegmentCollector for SegmentTop {
    type Fruit = Best;

    fn collect(&mut self, doc: DocId, score: Score) {
        self.count += 1;
        #[allow(clippy::cast_possible_truncation, reason = "saturates")]
        let score = (f64::from(score) * 10_000.0).round() as i64;
        // A cheap look before the columns are read.
        if self.sort == Sort::Score
            && self.heap.len() >= self.limit
            && self.heap.peek().is_some_and(|worst| score < worst.score)
        {
            return;
        }
        let day = self.days.first(doc).map(|day| i64::try_from(day).unwrap_or(i64::MAX));
        let newest = day.map_or(1, |day| -day);
        let id = self.ids.first(doc).unwrap_or_default();
        let key = match self.sort {
            Sort::Score => (-score, newest, id),
            Sort::Newest => (newest, -score, id),
            Sort::Oldest => (day.unwrap_or(i64::MAX), -score, id),
        };
        self.heap.push(Ranked { key, score, id, address: DocAddress::new(self.ordinal, doc) });
        if self.heap.len() > self.limit {
            self.heap.pop();
        }
    }

    fn harvest(self) -> Best {
        Best { ranked: self.heap.into_vec(), count: self.count }
    }
}
