//! Answers queries from one archive and its index.

use std::cell::{OnceCell, RefCell};
use std::collections::HashSet;
use std::path::Path;

use super::advice::{Advice, Doubt, advise};
use super::receipt::Searched;
use super::tally::{self, AllFirsts, By, First, Tally};
use super::{Found, Marker, Wanted};
use crate::archive::{ArticleRow, IndexCommit, Occurrence, Reader, Summary, time_to_index};
use crate::article::{Article, ArticleId};
use crate::french::Term;
use crate::index::{FOLDER, Hit, Name, Page, Searcher, Sort, Stored, Trust, folder, verify};
use crate::problem::{Failure, FailureKind, is_damage};
use crate::query::{Asked, Part, Query, Word};

/// What is wanted of the hits of a query.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Which articles.
    pub query: &'a Query,
    /// Words that add to scores and nothing else.
    pub optional: &'a [Term],
    /// The words as typed: articles that write them so come first.
    pub typed: &'a [Asked],
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
    is_copy: bool,
    /// The articles that changed since the index was committed, once asked for.
    changed: OnceCell<HashSet<ArticleId>>,
    /// What was found damaged on the way, and left out.
    damage: RefCell<Vec<String>>,
}

/// How often another commit is opened when the one that was recorded is gone: a run has recorded a newer one meanwhile.
const ATTEMPTS: usize = 100;

impl Engine {
    /// Opens the archive in `dir` and the last commit of its index. Before the first commit there is an index without articles.
    ///
    /// # Errors
    /// [`FailureKind::Surroundings`] when there is no archive; [`FailureKind::Damage`] when the index is missing, cannot be
    /// read, is of another version, or is not as it was written.
    pub fn open(dir: &Path) -> anyhow::Result<Self> {
        let archive = Reader::open(dir)?;
        let mut commit = archive.index_commit()?;
        let mut attempt = 0;
        let (mut searcher, is_copy) = loop {
            let Some(tried) = commit else { break (Searcher::empty()?, false) };
            let is_copy = tried.is_copy(dir);
            match open(dir, tried.clone(), is_copy) {
                Ok(searcher) => break (searcher, is_copy),
                Err(error) => {
                    commit = archive.index_commit()?;
                    attempt += 1;
                    if commit.as_ref() == Some(&tried) || attempt > ATTEMPTS {
                        return Err(advised(&archive, error));
                    }
                }
            }
        };
        if archive.sequence()? > searcher.sequence() {
            // A run that forgot articles was stopped before it came to the index.
            searcher.hide(&archive.forgotten_since(searcher.sequence())?);
        }
        let damage = RefCell::new(archive.damage().to_vec());
        Ok(Self { archive, searcher, is_copy, changed: OnceCell::new(), damage })
    }

    /// Whether the archive is a copy whose index was never compared with what was recorded.
    #[must_use]
    pub const fn is_unchecked_copy(&self) -> bool {
        self.is_copy
    }

    /// What was found damaged since this was last asked. It was left out, and costs nothing else.
    #[must_use]
    pub fn take_damage(&self) -> Vec<String> {
        self.damage.take()
    }

    /// How many articles changed in the archive since the index was brought up to date.
    ///
    /// # Errors
    /// The archive cannot be read.
    pub fn behind(&self) -> anyhow::Result<u64> {
        self.archive.count_changed_since(self.searcher.sequence())
    }

    /// An article as the index stores it.
    ///
    /// # Errors
    /// [`FailureKind::Damage`] when it cannot be read.
    pub fn stored(&self, id: ArticleId) -> anyhow::Result<Option<Stored>> {
        self.searcher.article(id)
    }

    /// How many articles can be found.
    ///
    /// # Errors
    /// [`FailureKind::Damage`] when the index cannot be read.
    pub fn findable(&self) -> anyhow::Result<usize> {
        self.searcher.count(&Query::All)
    }

    /// The bytes that each field of the index takes on the disk, the largest first.
    ///
    /// # Errors
    /// [`FailureKind::Damage`] when the index cannot be read.
    pub fn sizes(&self) -> anyhow::Result<Vec<(String, u64)>> {
        self.searcher.sizes()
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
    pub fn find(&self, request: &Request<'_>) -> anyhow::Result<Results> {
        let undated = self.undated(request.query)?;
        let Page { hits, total } = self.searcher.search(
            request.query,
            request.optional,
            request.typed,
            request.sort,
            request.offset,
            request.limit,
        )?;
        let mut known = Vec::with_capacity(hits.len());
        for hit in hits {
            if let Some((text_hash, found)) = self.known(hit.id)? {
                known.push((hit, text_hash, Found { score: Some(hit.score), ..found }));
            }
        }
        let found = match request.passages {
            Some(wanted) => self.show(known, request.query, wanted)?,
            None => known.into_iter().map(|(_, _, found)| found).collect(),
        };
        Ok(Results { found, total, undated })
    }

    /// What the archive knows of an article that the index has. An article that was forgotten is left out, even if the index does
    /// not know it yet; one whose row is damaged or missing is, too, and told.
    fn known(&self, id: ArticleId) -> anyhow::Result<Option<([u8; 32], Found)>> {
        let row = self.archive.listed(id).map(|found| found.map(|(row, places)| (row.text_hash, listed(row, places))));
        match row {
            Ok(Some(known)) => Ok(Some(known)),
            Ok(None) if self.changed()?.contains(&id) => Ok(None),
            Ok(None) => {
                self.left_out(format!(
                    "article {id} is in the index, and the archive has no row of it: run newsgrep check"
                ));
                Ok(None)
            }
            Err(error) if is_damage(&error) => {
                self.left_out(format!("article {id} is left out: {error:#}"));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn left_out(&self, what: String) {
        self.damage.borrow_mut().push(what);
    }

    /// The articles that changed, or were forgotten, since the index was committed.
    fn changed(&self) -> anyhow::Result<&HashSet<ArticleId>> {
        if let Some(changed) = self.changed.get() {
            return Ok(changed);
        }
        let sequence = self.searcher.sequence();
        let mut changed: HashSet<ArticleId> = self.archive.changed_ids(sequence)?.into_iter().collect();
        changed.extend(self.archive.forgotten_since(sequence)?);
        Ok(self.changed.get_or_init(|| changed))
    }

    /// How many undated articles the date filters of a query leave out; `None` when it has none.
    ///
    /// # Errors
    /// [`FailureKind::Damage`] when the index cannot be read.
    pub fn undated(&self, query: &Query) -> anyhow::Result<Option<usize>> {
        dateless(query).map(|query| self.searcher.undated(&query)).transpose()
    }

    /// Counts the articles that match by what they have.
    ///
    /// # Errors
    /// [`FailureKind::Damage`] when the index cannot be read.
    pub fn tally(&self, query: &Query, by: By) -> anyhow::Result<Tally> {
        Ok(match by {
            By::Name(name) => tally::by_name(name, self.searcher.names(query, name)?),
            By::Date(unit) => tally::by_date(unit, &self.searcher.days(query)?),
        })
    }

    /// The earliest article of each name among those that match, in the order of their dates.
    ///
    /// # Errors
    /// [`FailureKind::Damage`] when the index or the archive cannot be read.
    pub fn firsts(&self, query: &Query, name: Name) -> anyhow::Result<AllFirsts> {
        let names = self.searcher.names(query, name)?;
        let mut firsts = Vec::with_capacity(names.names.len());
        for named in names.names {
            let mut found: Option<Found> = None;
            for id in named.first {
                let Some((_, other)) = self.known(id)? else { continue };
                if found.as_ref().is_none_or(|known| moment(&other) < moment(known)) {
                    found = Some(other);
                }
            }
            let when = found.as_ref().and_then(moment);
            let first = First { name: named.name, articles: named.articles, undated: named.undated, found };
            firsts.push((when.is_none(), when, first));
        }
        firsts.sort_by(|(no_date, when, _), (other_none, other, _)| (no_date, when).cmp(&(other_none, other)));
        let firsts = firsts.into_iter().map(|(_, _, first)| first).collect();
        Ok(AllFirsts { firsts, without: names.without, total: names.total })
    }

    /// The archive as it is searched now, for a receipt.
    ///
    /// # Errors
    /// The archive cannot be read.
    pub fn searched(&self) -> anyhow::Result<Searched> {
        let stats = self.archive.stats(&mut |what| self.left_out(what))?;
        Ok(Searched::of(&stats, self.archive.contents()?, self.behind()?))
    }

    /// As which folded words a word of a query stands in the articles, with the number of articles of each, most first.
    ///
    /// # Errors
    /// [`FailureKind::Damage`] when the index cannot be read.
    pub fn forms(&self, part: Part, word: &Word, by_stem: bool) -> anyhow::Result<Vec<(String, u64)>> {
        self.searcher.forms(part, word, by_stem)
    }

    /// What would have been found, when nothing was.
    ///
    /// # Errors
    /// [`FailureKind::Damage`] when the index cannot be read.
    pub fn advise(&self, doubt: &Doubt<'_>) -> anyhow::Result<Advice> {
        let mut advice = advise(&self.searcher, doubt)?;
        if dateless(doubt.query).is_some() {
            advice.days = self.searched()?.days;
        }
        Ok(advice)
    }

    /// Adds what is shown of these hits, whose texts the archive knows by those hashes. A hit whose text is damaged is left out, and
    /// told.
    fn show(&self, known: Vec<(Hit, [u8; 32], Found)>, query: &Query, wanted: Wanted) -> anyhow::Result<Vec<Found>> {
        let hits: Vec<Hit> = known.iter().map(|(hit, _, _)| *hit).collect();
        let shown = self.searcher.articles(&hits, || {
            let mut marker = Marker::new(query);
            move |stored: Stored| (marker.passages(&stored.article, wanted), stored)
        });
        let mut all = Vec::with_capacity(known.len());
        for ((hit, text_hash, mut found), shown) in known.into_iter().zip(shown) {
            let ((headline, passages), stored) = match shown {
                Ok(shown) => shown,
                Err(error) if is_damage(&error) => {
                    self.left_out(format!("article {} is left out: {error:#}: run `newsgrep reindex`", hit.id));
                    continue;
                }
                Err(error) => return Err(error),
            };
            // Between a change of the rules and the next `reindex` the two differ for a reason.
            if stored.text_hash != text_hash && !self.changed()?.contains(&hit.id) {
                self.left_out(format!(
                    "article {} is left out: its text in the index is not what it was: run `newsgrep reindex`",
                    hit.id
                ));
                continue;
            }
            (found.headline, found.passages, found.article) = (headline, passages, stored.article);
            all.push(found);
        }
        Ok(all)
    }
}

/// An article as far as the archive's list knows it, with its paths.
fn listed(row: ArticleRow, occurrences: Vec<Occurrence>) -> Found {
    let mut paths: Vec<Vec<u8>> = occurrences.into_iter().filter(|here| here.current).map(|here| here.path).collect();
    let mut seen = HashSet::new();
    paths.retain(|path| seen.insert(path.clone()));
    Found { id: Some(row.id), paths, article: Article::from(row.summary), ..Found::default() }
}

/// Opens a commit whose files are, by their looks, as they were recorded.
fn open(dir: &Path, commit: IndexCommit, is_copy: bool) -> anyhow::Result<Searcher> {
    let root = dir.join(FOLDER);
    let trust = if is_copy { Trust::Lengths } else { Trust::Times };
    match verify(&folder(&root, &commit), &commit.files, trust).first() {
        Some(fault) => Err(fault.error()),
        None => Searcher::open(&root, commit),
    }
}

/// Says what to do about an index that cannot be used, and how long that takes.
fn advised(archive: &Reader, error: anyhow::Error) -> anyhow::Error {
    if !is_damage(&error) {
        return error;
    }
    let time =
        archive.count_live().map_or_else(|_| String::new(), |articles| format!(" ({})", time_to_index(articles)));
    Failure::error(FailureKind::Damage, format!("{error:#}: run `newsgrep reindex`{time}"))
}

fn moment(found: &Found) -> Option<impl Ord + use<>> {
    found.id.map(|id| tally::moment(found.article.date(), id))
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
