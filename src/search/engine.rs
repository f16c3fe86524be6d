//! Answers queries from one archive and its index.

use std::collections::HashSet;
use std::path::Path;
use std::thread;
use std::time::Duration;

use super::advice::{Advice, Doubt, advise};
use super::receipt::Searched;
use super::tally::{self, AllFirsts, By, First, Tally};
use super::{Found, Marker, Wanted};
use crate::archive::{ArticleRow, Reader, Summary, is_being_written};
use crate::article::Article;
use crate::french::Term;
use crate::index::{FOLDER, Hit, Name, Page, Searcher, Sort, Stored, beside, verify};
use crate::problem::{Failure, FailureKind};
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
        let index = dir.join(FOLDER);
        let recorded = || -> anyhow::Result<(Reader, u64, Vec<String>)> {
            let archive = Reader::open(dir)?;
            let (sequence, files) = archive.manifest()?;
            Ok((archive, sequence, verify(&index, &files, false)))
        };
        let (searcher, recorded) = beside(|| Searcher::open(&index), recorded);
        let (archive, sequence, damage) = recorded?;
        let searcher = searcher?;
        // A manifest of another commit says nothing of this one: a run is under way, or died before it was written.
        let known = sequence == searcher.sequence() && !busy;
        if let Some(misfit) = archive.misfit(searcher.sequence())?.filter(|_| !busy) {
            let message = format!("the index in {} {misfit}; run `newsgrep reindex`", index.display());
            return Err(Failure::error(FailureKind::Damage, message));
        }
        match damage.first().filter(|_| known) {
            None => Ok(Self { archive, searcher }),
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
            // An article that was forgotten is left out, even if the index does not know it yet.
            if let Some(row) = self.archive.article(hit.id)? {
                let text_hash = row.text_hash;
                known.push((hit, text_hash, Found { score: Some(hit.score), ..self.listed(row)? }));
            }
        }
        if let Some(wanted) = request.passages {
            self.show(&mut known, request.query, wanted)?;
        }
        Ok(Results { found: known.into_iter().map(|(_, _, found)| found).collect(), total, undated })
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
            let mut earliest: Option<ArticleRow> = None;
            for id in named.first {
                let Some(row) = self.archive.article(id)? else { continue };
                if earliest.as_ref().is_none_or(|known| moment(&row) < moment(known)) {
                    earliest = Some(row);
                }
            }
            let found = earliest.map(|row| self.listed(row)).transpose()?;
            let when = found.as_ref().and_then(|found| Some(tally::moment(found.article.date(), found.id?)));
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
        Ok(Searched::of(&self.archive.stats()?, self.archive.contents()?, self.behind()?))
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

    /// Adds what is shown of these hits, whose texts the archive knows by those hashes.
    fn show(&self, known: &mut [(Hit, [u8; 32], Found)], query: &Query, wanted: Wanted) -> anyhow::Result<()> {
        let hits: Vec<Hit> = known.iter().map(|(hit, _, _)| *hit).collect();
        let shown = self.searcher.articles(&hits, || {
            let mut marker = Marker::new(query);
            move |stored: Stored| (marker.passages(&stored.article, wanted), stored)
        })?;
        for ((hit, text_hash, found), ((headline, passages), stored)) in known.iter_mut().zip(shown) {
            // Between a change of the rules and the next `reindex` the two differ for a reason.
            if stored.text_hash != *text_hash && self.behind()? == 0 {
                let message =
                    format!("the text of article {} in the index is not what it was: run `newsgrep reindex`", hit.id);
                return Err(Failure::error(FailureKind::Damage, message));
            }
            (found.headline, found.passages, found.article) = (headline, passages, stored.article);
        }
        Ok(())
    }

    /// An article as far as the archive's list knows it, with its paths.
    fn listed(&self, row: ArticleRow) -> anyhow::Result<Found> {
        let mut paths: Vec<Vec<u8>> =
            self.archive.occurrences(&row)?.into_iter().filter(|here| here.current).map(|here| here.path).collect();
        let mut seen = HashSet::new();
        paths.retain(|path| seen.insert(path.clone()));
        Ok(Found { id: Some(row.id), paths, article: Article::from(row.summary), ..Found::default() })
    }
}

fn moment(row: &ArticleRow) -> impl PartialOrd + use<> {
    tally::moment(row.summary.date_published.as_ref().and_then(|stated| stated.date), row.id)
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
