//! Answers queries from one archive and its index.

use std::collections::HashSet;
use std::path::Path;
use std::thread;
use std::time::Duration;

use super::advice::{Advice, advise};
use super::{Found, Wanted, mark};
use crate::archive::{Reader, Summary, is_being_written};
use crate::article::Article;
use crate::french::{Analyzer, Term};
use crate::index::{FOLDER, Hit, Searcher, Sort, verify};
use crate::problem::{Failure, FailureKind};
use crate::query::{Asked, Query};

/// What is wanted of the hits of a query.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Which articles.
    pub query: &'a Query,
    /// Words that add to scores and nothing else.
    pub optional: &'a [Term],
    /// The words as typed: accents that someone cared to type prefer articles that have them.
    pub typed: &'a [String],
    /// In which order.
    pub sort: Sort,
    /// How many to leave out first.
    pub offset: usize,
    /// How many to give.
    pub limit: usize,
    /// Which passages; `None` for none.
    pub passages: Option<Wanted>,
}

/// The answer to a query.
#[derive(Debug, Clone, Default)]
pub struct Results {
    /// The hits asked for, in order.
    pub found: Vec<Found>,
    /// How many articles match in all.
    pub total: usize,
    /// How many would match but for a date filter, because they have no date; `None` without a date filter.
    pub undated: Option<usize>,
}

/// An archive and its index, open for search.
pub struct Engine {
    archive: Reader,
    searcher: Searcher,
    analyzer: Analyzer,
}

/// How often the index is looked at anew when a writer changes it at that moment.
const ATTEMPTS: usize = 5;

/// How long a look waits for a run that is putting a new index in place.
const PAUSE: Duration = Duration::from_millis(20);

impl Engine {
    /// Opens the archive in `dir` and its index.
    ///
    /// # Errors
    /// [`FailureKind::Surroundings`] when there is no archive; [`FailureKind::Damage`] when the index is missing, cannot be
    /// read, or is not as it was written.
    pub fn open(dir: &Path) -> anyhow::Result<Self> {
        let mut attempt = 1;
        loop {
            // While a run writes, the index is between two states now and then: its own checksums must do.
            let busy = attempt > 1 && is_being_written(dir);
            match Self::try_open(dir, busy) {
                Err(_) if attempt < ATTEMPTS => attempt += 1,
                other => return other,
            }
            if busy {
                thread::sleep(PAUSE);
            }
        }
    }

    fn try_open(dir: &Path, busy: bool) -> anyhow::Result<Self> {
        let archive = Reader::open(dir)?;
        let index = dir.join(FOLDER);
        let searcher = Searcher::open(&index)?;
        let (sequence, files) = archive.manifest()?;
        // A manifest of another commit says nothing of this one: a run is under way, or died before it was written.
        let known = sequence == searcher.sequence() && !busy;
        match if known { verify(&index, &files, false) } else { Vec::new() }.first() {
            None => Ok(Self { archive, searcher, analyzer: Analyzer::new() }),
            Some(first) => Err(Failure::error(
                FailureKind::Damage,
                format!("the index is damaged: {first}; run `newsgrep reindex`"),
            )),
        }
    }

    /// How many articles changed in the archive since the index was brought up to date.
    ///
    /// # Errors
    /// The archive cannot be read.
    pub fn behind(&self) -> anyhow::Result<u64> {
        self.archive.count_changed_since(self.searcher.sequence())
    }

    /// How many articles match.
    ///
    /// # Errors
    /// [`FailureKind::Damage`] when the index cannot be read.
    pub fn count(&self, query: &Query) -> anyhow::Result<usize> {
        self.searcher.count(query)
    }

    /// Finds articles.
    ///
    /// # Errors
    /// [`FailureKind::Damage`] when the index cannot be read, or an article's text is not what the archive recorded.
    pub fn find(&mut self, request: &Request<'_>) -> anyhow::Result<Results> {
        let total = self.searcher.count(request.query)?;
        let undated = dateless(request.query).map(|query| self.searcher.undated(&query)).transpose()?;
        let hits = self.searcher.search(
            request.query,
            request.optional,
            request.typed,
            request.sort,
            request.offset,
            request.limit,
        )?;
        let mut found = Vec::with_capacity(hits.len());
        for hit in hits {
            found.extend(self.found(&hit, request)?);
        }
        Ok(Results { found, total, undated })
    }

    /// What would have been found, when nothing was.
    ///
    /// # Errors
    /// [`FailureKind::Damage`] when the index cannot be read.
    pub fn advise(&self, asked: &[Asked]) -> anyhow::Result<Advice> {
        advise(&self.searcher, asked)
    }

    /// A hit with what is shown of it; `None` when the article was forgotten and the index does not know it yet.
    fn found(&mut self, hit: &Hit, request: &Request<'_>) -> anyhow::Result<Option<Found>> {
        let Some(row) = self.archive.article(hit.id)? else { return Ok(None) };
        let mut paths: Vec<Vec<u8>> =
            self.archive.occurrences(&row)?.into_iter().filter(|here| here.current).map(|here| here.path).collect();
        let mut seen = HashSet::new();
        paths.retain(|path| seen.insert(path.clone()));
        let mut found = Found { id: Some(hit.id), score: Some(hit.score), paths, ..Found::default() };
        let Some(wanted) = request.passages else {
            found.article = Article::from(row.summary);
            return Ok(Some(found));
        };
        let stored = self.searcher.article(hit)?;
        // Between a change of the rules and the next `reindex` the two differ for a reason.
        if stored.text_hash != row.text_hash && self.behind()? == 0 {
            let message =
                format!("the text of article {} in the index is not what it was: run `newsgrep reindex`", hit.id);
            return Err(Failure::error(FailureKind::Damage, message));
        }
        (found.headline, found.passages) = mark(&stored.article, request.query, &mut self.analyzer, wanted);
        found.article = stored.article;
        Ok(Some(found))
    }
}

/// A query without its date filters, when it has some.
fn dateless(query: &Query) -> Option<Query> {
    match query {
        Query::Date { .. } => Some(Query::All),
        Query::And(parts) if parts.iter().any(|part| matches!(part, Query::Date { .. })) => {
            let rest: Vec<Query> = parts.iter().filter(|part| !matches!(part, Query::Date { .. })).cloned().collect();
            Some(if rest.is_empty() { Query::All } else { Query::And(rest) })
        }
        _ => None,
    }
}

impl From<Summary> for Article {
    /// The article as far as a list shows it: without its text.
    fn from(summary: Summary) -> Self {
        Self {
            key: summary.key,
            headline: summary.headline,
            authors: summary.authors,
            date_published: summary.date_published,
            publisher: summary.publisher,
            agency: summary.agency,
            section: summary.section,
            language: summary.language,
            url: summary.url,
            tags: summary.tags,
            truncated: summary.truncated,
            linear: summary.linear,
            ..Self::default()
        }
    }
}
