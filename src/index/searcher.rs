//! Searches one commit of the index. Never writes; never lets damage in the index become a crash or a wrong answer.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::collector::{Collector, Count, DocSetCollector};
use tantivy::directory::MmapDirectory;
use tantivy::query::{BooleanQuery, EnableScoring, Occur, TermQuery, TermSetQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocId, Index, ReloadPolicy, SegmentOrdinal, SegmentReader};

use super::Payload;
use super::beside::beside;
use super::compile::{Compiler, is_pruned};
use super::directory::CommitDirectory;
use super::document::field_name;
use super::excluded::Excluded;
use super::expand::{as_read, expand, forms};
use super::generation::folder;
use super::guard::{guarded, unusable};
use super::manifest::read_meta;
use super::schema::Fields;
use super::stored::{Stored, stored_article};
use super::tally::{self, Days, Matching, Name, Names};
use super::top::{Best, Sort, Top};
use crate::archive::IndexCommit;
use crate::article::ArticleId;
use crate::french::{Term, singular};
use crate::query::{Asked, Field, Part, Query, Word};

/// A hit: which article, and how well it matches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// The article.
    pub id: ArticleId,
    /// Its score, rounded to four decimals.
    pub score: f64,
    address: DocAddress,
}

/// Some of the hits of a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// In order.
    pub hits: Vec<Hit>,
    /// How many articles match in all.
    pub total: usize,
}

/// An open index.
pub struct Searcher {
    fields: Fields,
    searcher: tantivy::Searcher,
    sequence: u64,
    /// Articles that are not to be found, though the index has them.
    hidden: Vec<tantivy::Term>,
    /// What its files are compared with when a search panics.
    files: Files,
}

/// Where the files of a commit are, and what was recorded of them.
struct Files {
    folder: PathBuf,
    commit: IndexCommit,
}

/// Articles from which on it pays to search in two threads.
const LARGE: u64 = 20_000;

impl Searcher {
    /// Opens a commit of the index whose files lie below `root`. A file that is missing may have gone with a newer commit: ask the
    /// archive again.
    ///
    /// # Errors
    /// [`FailureKind::Damage`](crate::problem::FailureKind::Damage) when a file is missing, the index cannot be read, or it is of another version;
    /// [`FailureKind::Surroundings`](crate::problem::FailureKind::Surroundings) when a file cannot be opened.
    pub fn open(root: &Path, commit: IndexCommit) -> anyhow::Result<Self> {
        let files = Files { folder: folder(root, &commit), commit };
        let (fields, searcher) = files.guarded(|| {
            let Files { folder, commit } = &files;
            let version = || unusable(folder, "was made by another version of newsgrep");
            if commit.folder.is_empty() {
                return Err(version());
            }
            let meta = read_meta(folder, commit)?;
            let directory = CommitDirectory { folder: MmapDirectory::open(folder)?, meta: Arc::from(meta) };
            let index = Index::open(directory)?;
            let payload =
                index.load_metas()?.payload.and_then(|payload| serde_json::from_str::<Payload>(&payload).ok());
            let fields = Fields::new();
            if !payload.is_some_and(Payload::is_current) || index.schema() != fields.schema {
                return Err(version());
            }
            let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
            Ok((fields, reader.searcher()))
        })?;
        Ok(Self { fields, searcher, sequence: files.commit.sequence, hidden: Vec::new(), files })
    }

    /// Leaves articles out of all that is found and counted from now on: they were forgotten, and the index has yet to learn it.
    pub fn hide(&mut self, ids: &[ArticleId]) {
        self.hidden = ids.iter().map(|id| tantivy::Term::from_field_u64(self.fields.id, id.0)).collect();
    }

    /// A query without what is hidden.
    fn visible(&self, query: Box<dyn tantivy::query::Query>) -> Box<dyn tantivy::query::Query> {
        if self.hidden.is_empty() {
            return query;
        }
        let hidden = Excluded(Box::new(TermSetQuery::new(self.hidden.iter().cloned())));
        Box::new(BooleanQuery::new(vec![(Occur::Must, query), (Occur::MustNot, Box::new(hidden))]))
    }

    /// An index without articles: what there is before the first commit.
    ///
    /// # Errors
    /// When there is no memory.
    pub fn empty() -> anyhow::Result<Self> {
        let fields = Fields::new();
        let index = Index::create_in_ram(fields.schema.clone());
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let files = Files { folder: PathBuf::new(), commit: IndexCommit::default() };
        Ok(Self { fields, searcher: reader.searcher(), sequence: 0, hidden: Vec::new(), files })
    }

    /// The archive's sequence number that the index is up to.
    #[must_use]
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// How many articles it holds.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.searcher.num_docs()
    }

    /// The bytes that each field takes on the disk (its terms, postings, positions, lengths and columns), the largest first,
    /// and those of the stored articles under `stored`.
    ///
    /// # Errors
    /// A segment that cannot be read.
    pub fn sizes(&self) -> anyhow::Result<Vec<(String, u64)>> {
        let mut sizes: BTreeMap<String, u64> = BTreeMap::new();
        let usage = self.files.guarded(|| Ok(self.searcher.space_usage()?))?;
        for segment in usage.segments() {
            let parts = [
                segment.termdict(),
                segment.postings(),
                segment.positions(),
                segment.fieldnorms(),
                segment.fast_fields(),
            ];
            for field in parts.into_iter().flat_map(|part| part.fields()) {
                *sizes.entry(field.field_name().to_owned()).or_default() += field.total().get_bytes();
            }
            *sizes.entry("stored".to_owned()).or_default() += segment.store().total().get_bytes();
        }
        let mut sizes: Vec<(String, u64)> = sizes.into_iter().collect();
        sizes.sort_by_key(|(_, bytes)| Reverse(*bytes));
        Ok(sizes)
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many articles match.
    ///
    /// # Errors
    /// [`FailureKind::Damage`](crate::problem::FailureKind::Damage) when the index cannot be read.
    pub fn count(&self, query: &Query) -> anyhow::Result<usize> {
        self.files.guarded(|| Ok(self.searcher.search(&*self.visible(self.compiler().matching(query)?), &Count)?))
    }

    /// The hits from `offset` on, at most `limit`, in order, and how many there are in all. `optional` words, and how
    /// `typed` ones were written, add to scores and nothing else.
    ///
    /// # Errors
    /// [`FailureKind::Damage`](crate::problem::FailureKind::Damage) when the index cannot be read.
    pub fn search(
        &self,
        query: &Query,
        optional: &[Term],
        typed: &[Asked],
        sort: Sort,
        offset: usize,
        limit: usize,
    ) -> anyhow::Result<Page> {
        self.files.guarded(|| {
            // Where most matches can be passed over unseen, counting apart from ranking is less work than ranking them all.
            let pruned = sort == Sort::Score && is_pruned(query) && self.hidden.is_empty();
            let compiled = self.visible(self.compiler().scored(query, optional, typed)?);
            let wanted = offset.saturating_add(limit).min(usize::try_from(self.len())?);
            let best = self.collect(&*compiled, &Top { limit: wanted, sort, pruned })?;
            let total = if pruned { self.count(query)? } else { best.count };
            let hits = best.ranked.into_iter().skip(offset).map(|hit| Hit {
                id: ArticleId(hit.id),
                #[allow(clippy::cast_precision_loss, reason = "scores are far below 2^53 ten-thousandths")]
                score: hit.score as f64 / 10_000.0,
                address: hit.address,
            });
            Ok(Page { hits: hits.collect(), total })
        })
    }

    /// What `top` collects; of a large index, in two threads that take every other segment.
    fn collect(&self, query: &dyn tantivy::query::Query, top: &Top) -> tantivy::Result<Best> {
        let weight = query.weight(EnableScoring::enabled_from_searcher(&self.searcher))?;
        let segments = self.searcher.segment_readers();
        let collect = |first: usize, step: usize| -> tantivy::Result<Vec<Best>> {
            let chosen = (0_u32..).zip(segments).skip(first).step_by(step);
            chosen.map(|(ordinal, segment)| top.collect_segment(&*weight, ordinal, segment)).collect()
        };
        if segments.len() < 2 || self.len() < LARGE {
            return top.merge_fruits(collect(0, 1)?);
        }
        let (odd, even) = beside(|| collect(1, 2), || collect(0, 2));
        top.merge_fruits([even?, odd?].concat())
    }

    /// The articles of hits, as the index stored them, each made into what is wanted of it; an error stands in the place of one
    /// that cannot be read. Two threads share the work, each with what `maker` gives it: to read and mark ten articles takes
    /// as long as to find them.
    pub fn articles<T: Send, M: FnMut(Stored) -> T>(
        &self,
        hits: &[Hit],
        maker: impl Fn() -> M + Sync,
    ) -> Vec<anyhow::Result<T>> {
        let read = |hits: &[Hit]| {
            let mut make = maker();
            hits.iter().map(|hit| self.stored(hit.address).map(&mut make)).collect::<Vec<_>>()
        };
        let (first, rest) = hits.split_at(hits.len().div_ceil(2));
        if rest.is_empty() {
            return read(first);
        }
        let (rest, mut made) = beside(|| read(rest), || read(first));
        made.extend(rest);
        made
    }

    /// One article, as the index stored it; `None` when the index does not have it.
    ///
    /// # Errors
    /// [`FailureKind::Damage`](crate::problem::FailureKind::Damage) when it cannot be read.
    pub fn article(&self, id: ArticleId) -> anyhow::Result<Option<Stored>> {
        let query = TermQuery::new(tantivy::Term::from_field_u64(self.fields.id, id.0), IndexRecordOption::Basic);
        let found = self.files.guarded(|| Ok(self.searcher.search(&query, &DocSetCollector)?))?;
        found.into_iter().next().map(|address| self.stored(address)).transpose()
    }

    fn stored(&self, address: DocAddress) -> anyhow::Result<Stored> {
        self.files.guarded(|| {
            let segment = self.searcher.segment_reader(address.segment_ord);
            stored_article(&segment.get_store_reader(1)?, address.doc_id, self.fields.article)
        })
    }

    /// The words of a part nearest to one that it does not have: those with the fewest typing errors, the most frequent
    /// first, at most three, and of several forms of one word the most frequent alone; with the accents that most articles give
    /// them. A short word has no near ones: all that are left would be as short.
    ///
    /// # Errors
    /// [`FailureKind::Damage`](crate::problem::FailureKind::Damage) when the index cannot be read.
    pub fn nearest(&self, part: Part, folded: &str) -> anyhow::Result<Vec<String>> {
        let most = match folded.chars().count() {
            0..3 => 0,
            3..5 => 1,
            _ => 2,
        };
        let field = self.fields.names(part).or(self.fields.forms(part).map(|forms| forms.exact));
        self.files.guarded(|| {
            for edits in 1..=most {
                let word = Word::Fuzzy { word: folded.to_owned(), edits };
                let found = field.map(|field| expand(&self.searcher, field, &word)).transpose()?.unwrap_or_default();
                let mut found: Vec<(String, u64)> = found.into_iter().filter(|(term, _)| term != folded).collect();
                found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
                let mut forms = HashSet::new();
                found.retain(|(term, _)| forms.insert(singular(term).into_owned()));
                if let (Some(field), false) = (field, found.is_empty()) {
                    let near = found.into_iter().take(3);
                    return near.map(|(term, count)| Ok(as_read(&self.searcher, field, &term, count)?)).collect();
                }
            }
            Ok(Vec::new())
        })
    }

    /// As which folded words a word stands in the articles (by its stem, if so said), with the number of articles of each, most
    /// first.
    ///
    /// # Errors
    /// [`FailureKind::Damage`](crate::problem::FailureKind::Damage) when the index cannot be read.
    pub fn forms(&self, part: Part, word: &Word, by_stem: bool) -> anyhow::Result<Vec<(String, u64)>> {
        let names = self.fields.names(part);
        let Some(field) = names.or(self.fields.forms(part).map(|forms| forms.exact)) else { return Ok(Vec::new()) };
        self.files.guarded(|| {
            let mut found: Vec<_> =
                forms(&self.searcher, field, word, by_stem && names.is_none())?.into_iter().collect();
            found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            Ok(found)
        })
    }

    /// The articles that match, by the names they have.
    ///
    /// # Errors
    /// [`FailureKind::Damage`](crate::problem::FailureKind::Damage) when the index cannot be read.
    pub fn names(&self, query: &Query, name: Name) -> anyhow::Result<Names> {
        self.files.guarded(|| tally::names(self, query, name))
    }

    /// The articles that match, by date.
    ///
    /// # Errors
    /// [`FailureKind::Damage`](crate::problem::FailureKind::Damage) when the index cannot be read.
    pub fn days(&self, query: &Query) -> anyhow::Result<Days> {
        self.files.guarded(|| tally::days(self, query))
    }

    pub(super) fn matching(&self, query: &Query) -> anyhow::Result<Vec<(SegmentOrdinal, Vec<DocId>)>> {
        Ok(self.searcher.search(&*self.visible(self.compiler().matching(query)?), &Matching)?)
    }

    pub(super) fn segment(&self, ordinal: SegmentOrdinal) -> &SegmentReader {
        self.searcher.segment_reader(ordinal)
    }

    /// How many articles have no date.
    ///
    /// # Errors
    /// [`FailureKind::Damage`](crate::problem::FailureKind::Damage) when the index cannot be read.
    pub fn undated(&self, query: &Query) -> anyhow::Result<usize> {
        debug_assert_eq!(field_name(Field::Date), "date");
        self.count(&Query::And(vec![query.clone(), Query::Not(Box::new(Query::Has(Field::Date)))]))
    }

    /// The names of all articles in the index.
    ///
    /// # Errors
    /// [`FailureKind::Damage`](crate::problem::FailureKind::Damage) when the index cannot be read.
    pub fn ids(&self) -> anyhow::Result<HashSet<ArticleId>> {
        self.files.guarded(|| {
            let mut ids = HashSet::new();
            for segment in self.searcher.segment_readers() {
                let column = segment.fast_fields().u64("id")?;
                ids.extend(segment.doc_ids_alive().filter_map(|doc| column.first(doc)).map(ArticleId));
            }
            Ok(ids)
        })
    }

    const fn compiler(&self) -> Compiler<'_> {
        Compiler { fields: &self.fields, searcher: &self.searcher }
    }
}

impl Files {
    /// Runs a search of these files.
    fn guarded<T>(&self, search: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
        guarded(&self.folder, &self.commit.files, search)
    }
}
