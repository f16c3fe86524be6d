//! Counts the articles of a query by what they have. The matching documents are gathered once, without scores, and then
//! looked up in columns.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::RandomState;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::StrColumn;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use super::Searcher;
use crate::article::ArticleId;
use crate::french::fold;
use crate::query::Query;

/// Names that articles have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// The publisher.
    Source,
    /// The authors.
    Author,
    /// The tags.
    Tag,
    /// The language.
    Language,
}

/// A name, and the articles that have it. Letter case and accents do not tell names apart; the most frequent spelling
/// stands for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub name: String,
    /// How many articles have it.
    pub articles: u64,
    /// How many of them have no date.
    pub undated: u64,
    /// Those of the dated that were certainly published first: on the earliest last day that one of them can be of.
    pub first: Vec<ArticleId>,
}

/// Articles by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// The names, in the order of their folded forms.
    pub names: Vec<Named>,
    /// How many articles have none.
    pub without: u64,
    /// How many articles match in all.
    pub total: u64,
}

/// Articles by date.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Days {
    /// How many articles there are for each first and last day (yyyymmdd) that one can be of.
    pub days: BTreeMap<(u64, u64), u64>,
    /// How many have no date.
    pub without: u64,
    /// How many articles match in all.
    pub total: u64,
}

pub(super) fn names(searcher: &Searcher, query: &Query, name: Name) -> anyhow::Result<Names> {
    let mut groups = Groups::default();
    let mut names = Names::default();
    for (ordinal, docs) in searcher.matching(query)? {
        names.total += docs.len() as u64;
        let fast = searcher.segment(ordinal).fast_fields();
        let Some(column) = fast.str(column(name))? else {
            names.without += docs.len() as u64;
            continue;
        };
        let (ids, last_days) = (fast.u64("id")?, fast.u64("last_day")?);
        let (terms, mut labels) = groups.labels(&column, &docs)?;
        for doc in docs {
            let id = ArticleId(ids.first(doc).unwrap_or_default());
            let mut nameless = true;
            for number in column.term_ords(doc).filter_map(|ord| terms.binary_search(&ord).ok()) {
                let Some(label) = labels.get_mut(number) else { continue };
                label.count += u64::from(groups.add(label.group, id, last_days.first(doc)));
                nameless = false;
            }
            names.without += u64::from(nameless);
        }
        groups.spell(labels);
    }
    names.names = groups.named();
    Ok(names)
}

pub(super) fn days(searcher: &Searcher, query: &Query) -> anyhow::Result<Days> {
    let mut days = Days::default();
    // Put in order at the end: there are far fewer days than articles.
    let mut found: HashMap<(u64, u64), u64, RandomState> = HashMap::default();
    for (ordinal, docs) in searcher.matching(query)? {
        let fast = searcher.segment(ordinal).fast_fields();
        let (first_days, last_days) = (fast.u64("first_day")?, fast.u64("last_day")?);
        days.total += docs.len() as u64;
        for doc in docs {
            match first_days.first(doc).zip(last_days.first(doc)) {
                Some(day) => *found.entry(day).or_insert(0) += 1,
                None => days.without += 1,
            }
        }
    }
    days.days = found.into_iter().collect();
    Ok(days)
}

const fn column(name: Name) -> &'static str {
    match name {
        Name::Source => "publisher_name",
        Name::Author => "author_names",
        Name::Tag => "tag_names",
        Name::Language => "language",
    }
}

/// Names that are the same but for case and accents.
#[derive(Debug, Default)]
struct Group {
    spellings: HashMap<String, u64>,
    articles: u64,
    dated: u64,
    earliest: u64,
    first: Vec<ArticleId>,
    /// The article counted last: one that has a name in two spellings counts once.
    last: Option<ArticleId>,
}

/// A spelling of a name in one segment.
struct Label {
    group: usize,
    spelling: String,
    count: u64,
}

/// The groups of all segments, by folded name.
#[derive(Debug, Default)]
struct Groups {
    by_name: BTreeMap<String, usize>,
    groups: Vec<Group>,
}

impl Groups {
    /// The terms of a column that these documents have, in order, and their labels.
    fn labels(&mut self, column: &StrColumn, docs: &[DocId]) -> anyhow::Result<(Vec<u64>, Vec<Label>)> {
        let mut used: Vec<u64> = docs.iter().flat_map(|&doc| column.term_ords(doc)).collect();
        used.sort_unstable();
        used.dedup();
        let mut labels = Vec::with_capacity(used.len());
        column.dictionary().sorted_ords_to_term_cb(&used, |term| {
            let spelling = String::from_utf8_lossy(term).into_owned();
            let folded = fold(&spelling).split_whitespace().collect::<Vec<_>>().join(" ");
            let group = *self.by_name.entry(folded).or_insert_with(|| {
                self.groups.push(Group::default());
                self.groups.len() - 1
            });
            labels.push(Label { group, spelling, count: 0 });
        })?;
        Ok((used, labels))
    }

    /// Counts an article of a group; false when it was counted before.
    fn add(&mut self, group: usize, id: ArticleId, last_day: Option<u64>) -> bool {
        let Some(group) = self.groups.get_mut(group).filter(|group| group.last != Some(id)) else { return false };
        group.last = Some(id);
        group.articles += 1;
        let Some(day) = last_day else { return true };
        if group.dated == 0 || day < group.earliest {
            group.earliest = day;
            group.first.clear();
        }
        group.dated += 1;
        if day == group.earliest {
            group.first.push(id);
        }
        true
    }

    fn spell(&mut self, labels: Vec<Label>) {
        for label in labels {
            if let Some(group) = self.groups.get_mut(label.group) {
                *group.spellings.entry(label.spelling).or_insert(0) += label.count;
            }
        }
    }

    fn named(self) -> Vec<Named> {
        let mut groups: Vec<Option<Group>> = self.groups.into_iter().map(Some).collect();
        let in_order = self.by_name.into_values().filter_map(|group| groups.get_mut(group)?.take());
        in_order.map(Group::named).collect()
    }
}

impl Group {
    fn named(self) -> Named {
        let most =
            self.spellings.into_iter().max_by(|(one, count), (other, more)| count.cmp(more).then(other.cmp(one)));
        Named {
            name: most.map(|(spelling, _)| spelling).unwrap_or_default(),
            articles: self.articles,
            undated: self.articles - self.dated,
            first: self.first,
        }
    }
}

/// Collects the matching documents of each segment.
pub(super) struct Matching;

impl Collector for Matching {
    type Fruit = Vec<(SegmentOrdinal, Vec<DocId>)>;
    type Child = SegmentMatching;

    fn for_segment(&self, ordinal: SegmentOrdinal, _segment: &SegmentReader) -> tantivy::Result<SegmentMatching> {
        Ok(SegmentMatching { ordinal, docs: Vec::new() })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<(SegmentOrdinal, Vec<DocId>)>) -> tantivy::Result<Self::Fruit> {
        Ok(segments)
    }
}

/// The matching documents of one segment.
pub(super) struct SegmentMatching {
    ordinal: SegmentOrdinal,
    docs: Vec<DocId>,
}

impl SegmentCollector for SegmentMatching {
    type Fruit = (SegmentOrdinal, Vec<DocId>);

    fn collect(&mut self, doc: DocId, _score: Score) {
        self.docs.push(doc);
    }

    fn harvest(self) -> Self::Fruit {
        (self.ordinal, self.docs)
    }
}
