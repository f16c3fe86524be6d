//! Compiles a query tree to tantivy's queries.
//!
//! A required word is one clause on `light`; its other forms and the small parts only add to the score, so that tantivy can
//! skip blocks of postings that cannot reach the first page.

use std::ops::Bound;
use std::sync::{Arc, Mutex};

use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Occur, Query as TantivyQuery, RangeQuery,
    TermQuery, TermSetQuery,
};
use tantivy::schema::{Field as TantivyField, IndexRecordOption};
use tantivy::{Searcher, Term};

use super::document::{day_number, field_name, if_written_otherwise};
use super::evaluate::Finder;
use super::excluded::Excluded;
use super::expand::{PlacedTerm, expand, placed, plural_terms};
use super::schema::{Fields, Forms};
use super::spans::SpanQuery;
use super::verify::VerifyQuery;
use super::walk::sections;
use super::weights;
use crate::french::{Term as Word3, fold};
use crate::query::{Address, Asked, Part, Property, Query, Span, Word, spans};

type Compiled = tantivy::Result<Box<dyn TantivyQuery>>;

/// Compiles queries for one state of the index.
pub(super) struct Compiler<'a> {
    pub(super) fields: &'a Fields,
    pub(super) searcher: &'a Searcher,
}

impl Compiler<'_> {
    /// The query that finds what `query` asks for and scores it.
    ///
    /// `optional` words only add to the score of what is found anyway (the small words of a question).
    /// `typed` are the words of the query as they were typed, with accents and signs: articles that have them so come first.
    pub(super) fn scored(&self, query: &Query, optional: &[Word3], typed: &[Asked]) -> Compiled {
        let mut words = Vec::new();
        gather(query, &mut words);
        let mut extra = Vec::new();
        for (part, word, in_phrase) in words {
            self.add_score(part, word, in_phrase, &mut extra);
        }
        let small_words = !optional.is_empty();
        for word in optional {
            self.add_score(Part::Anywhere, word, false, &mut extra);
        }
        for word in typed.iter().filter_map(written) {
            extra.push((Occur::Should, term_query(self.fields.all.exact, &word, weights::WRITTEN)));
        }
        if let (false, Some(flat)) = (small_words, self.flat(query)) {
            extra.extend(flat);
            return Ok(Box::new(BooleanQuery::new(extra)));
        }
        let matching = self.matching(query)?;
        if extra.is_empty() {
            return Ok(matching);
        }
        extra.push((Occur::Must, matching));
        Ok(Box::new(BooleanQuery::new(extra)))
    }

    /// A query of one word, or of any of several: its `light` clauses. Who matches in another field matches there too, so
    /// that all clauses may stand side by side, and tantivy prunes such a union.
    fn flat(&self, query: &Query) -> Option<Vec<(Occur, Box<dyn TantivyQuery>)>> {
        match query {
            Query::Words(Part::Anywhere, Span::Word(Word::Stem(word))) => {
                Some(vec![(Occur::Should, term_query(self.fields.all.light, word.light.as_deref()?, weights::LIGHT))])
            }
            Query::Or(branches) => {
                let all: Option<Vec<_>> = branches.iter().map(|branch| self.flat(branch)).collect();
                all.map(|clauses| clauses.into_iter().flatten().collect())
            }
            _ => None,
        }
    }

    /// The query that finds what `query` asks for; the score of `light` words only.
    pub(super) fn matching(&self, query: &Query) -> Compiled {
        Ok(match query {
            Query::All => filter(Box::new(AllQuery)),
            Query::And(parts) => self.conjunction(parts)?,
            Query::Not(_) => self.conjunction(std::slice::from_ref(query))?,
            Query::Or(branches) => {
                any(branches.iter().map(|branch| self.matching(branch)).collect::<tantivy::Result<_>>()?)
            }
            Query::Words(part, span) => self.words(*part, span)?,
            Query::Date { from, to } => self.days(*from, *to),
            Query::Equals(property, value) => {
                let field = match property {
                    Property::Language => self.fields.language,
                    Property::Format => self.fields.format,
                };
                filter(term_query(field, &value.to_lowercase(), 1.0))
            }
            Query::Holds(address, pattern) => self.holds(*address, pattern)?,
            Query::Has(field) => filter(term_query(self.fields.has, field_name(*field), 1.0)),
        })
    }

    fn conjunction(&self, parts: &[Query]) -> Compiled {
        let mut clauses: Vec<(Occur, Box<dyn TantivyQuery>)> = Vec::with_capacity(parts.len());
        for part in parts {
            clauses.push(match part {
                Query::Not(inner) => (Occur::MustNot, Box::new(Excluded(self.matching(inner)?))),
                other => (Occur::Must, self.matching(other)?),
            });
        }
        if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
            clauses.push((Occur::Must, filter(Box::new(AllQuery))));
        }
        Ok(Box::new(BooleanQuery::new(clauses)))
    }

    fn words(&self, part: Part, span: &Span) -> Compiled {
        if let Span::Any(branches) = span {
            return Ok(any(branches.iter().map(|branch| self.words(part, branch)).collect::<tantivy::Result<_>>()?));
        }
        if let Some(field) = self.fields.names(part) {
            let found = filter(self.in_names(field, span)?);
            return Ok(if is_exact(span) { self.verified(found, part, span) } else { found });
        }
        let Some(forms) = self.fields.forms(part) else { return Ok(Box::new(EmptyQuery)) };
        let mut found = self.in_text(forms, span)?;
        let stem = matches!(span, Span::Word(Word::Stem(word)) if word.light.is_some());
        if part == Part::Anywhere && !stem {
            // `light` holds the posts' words too; the other forms have them apart.
            found = any(vec![found, self.in_text(self.fields.posts, span)?]);
        }
        if part == Part::Body || needs_text(span) {
            return Ok(self.verified(found, part, span));
        }
        Ok(found)
    }

    fn in_text(&self, forms: Forms, span: &Span) -> Compiled {
        Ok(match span {
            Span::Word(Word::Stem(word)) => match &word.light {
                Some(light) => term_query(forms.light, light, weights::LIGHT),
                None => term_query(forms.exact, &word.exact, weights::EXACT),
            },
            Span::Word(Word::Folded(folded) | Word::Exact { folded, .. }) => term_query(forms.exact, folded, 1.0),
            Span::Word(word) => self.expanded(forms.exact, word)?,
            _ => {
                let terms = |word: &Word| plural_terms(self.searcher, forms.exact, forms.plural, word);
                span_query(forms.plural, span, terms)?
            }
        })
    }

    fn in_names(&self, field: TantivyField, span: &Span) -> Compiled {
        let exact = |word: &Word| -> tantivy::Result<Vec<PlacedTerm>> {
            Ok(match word {
                Word::Stem(term) => placed(field, &term.exact),
                Word::Folded(folded) | Word::Exact { folded, .. } => placed(field, folded),
                other => expand(self.searcher, field, other)?.keys().flat_map(|found| placed(field, found)).collect(),
            })
        };
        match span {
            Span::Word(word) => Ok(Box::new(TermSetQuery::new(exact(word)?.into_iter().map(|(term, _)| term)))),
            _ => span_query(field, span, exact),
        }
    }

    fn expanded(&self, field: TantivyField, word: &Word) -> Compiled {
        let terms = expand(self.searcher, field, word)?;
        let terms = terms.keys().map(|found| Term::from_field_text(field, found));
        Ok(Box::new(ConstScoreQuery::new(Box::new(TermSetQuery::new(terms)), 1.0)))
    }

    fn verified(&self, candidates: Box<dyn TantivyQuery>, part: Part, span: &Span) -> Box<dyn TantivyQuery> {
        let finder = Mutex::new(Finder::new(vec![(part, span.clone())]));
        let holds = move |article: &crate::article::Article| {
            let Ok(mut finder) = finder.lock() else { return true };
            finder.find(&sections(article)).iter().any(|marks| !marks.is_empty())
        };
        Box::new(VerifyQuery {
            candidates: Arc::from(candidates),
            article: self.fields.article,
            holds: Arc::new(holds),
        })
    }

    fn days(&self, from: Option<jiff::civil::Date>, to: Option<jiff::civil::Date>) -> Box<dyn TantivyQuery> {
        let bound = |field, day| Bound::Included(Term::from_field_u64(field, day));
        let latest = bound(self.fields.first_day, to.map_or(u64::from(u32::MAX), day_number));
        let earliest = bound(self.fields.last_day, from.map_or(0, day_number));
        let zero = bound(self.fields.first_day, 0);
        let open = bound(self.fields.last_day, u64::from(u32::MAX));
        let started: Box<dyn TantivyQuery> = Box::new(RangeQuery::new(zero, latest));
        let lasted: Box<dyn TantivyQuery> = Box::new(RangeQuery::new(earliest, open));
        filter(Box::new(BooleanQuery::new(vec![(Occur::Must, started), (Occur::Must, lasted)])))
    }

    fn holds(&self, address: Address, pattern: &str) -> Compiled {
        let field = match address {
            Address::Url => self.fields.url,
            Address::Path => self.fields.path,
        };
        let pattern = fold(pattern);
        let mut terms = Vec::new();
        for segment in self.searcher.segment_readers() {
            let inverted = segment.inverted_index(field)?;
            let mut stream = inverted.terms().stream()?;
            while stream.advance() {
                if let Ok(value) = std::str::from_utf8(stream.key())
                    && holds(value, &pattern)
                {
                    terms.push(Term::from_field_text(field, value));
                }
            }
        }
        Ok(filter(Box::new(TermSetQuery::new(terms))))
    }

    /// What a word adds to the score beside its `light` clause.
    fn add_score(&self, part: Part, word: &Word3, in_phrase: bool, extra: &mut Vec<(Occur, Box<dyn TantivyQuery>)>) {
        let Some(forms) = self.fields.forms(part) else { return };
        let mut add = |field, text: &str, weight| extra.push((Occur::Should, term_query(field, text, weight)));
        add(forms.plural, &word.plural, weights::PLURAL);
        add(forms.exact, &word.exact, weights::EXACT);
        let Some(light) = word.light.as_deref() else { return };
        if in_phrase {
            add(forms.light, light, weights::LIGHT);
        }
        if part == Part::Anywhere {
            add(self.fields.headline.light, light, weights::HEADLINE);
            add(self.fields.lead.light, light, weights::LEAD);
        }
    }
}

/// The term of a word as it was typed, if that is not how it is folded. It implies the folded word, so that who matches it
/// matches in `light` as well.
fn written(asked: &Asked) -> Option<String> {
    let one = match &asked.span {
        Span::Any(branches) => branches.first()?,
        span => span,
    };
    match one {
        Span::Word(Word::Stem(term)) => if_written_otherwise(&term.exact, &asked.typed),
        _ => None,
    }
}

/// Whether a wildcard pattern stands somewhere in a value: its pieces between `*`, in order.
fn holds(value: &str, pattern: &str) -> bool {
    let mut rest = value;
    pattern.split('*').all(|piece| match rest.split_once(piece) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}

/// The words of a query that its hits must or may have, each once, and whether it stands in a phrase.
fn gather<'a>(query: &'a Query, words: &mut Vec<(Part, &'a Word3, bool)>) {
    match query {
        Query::And(parts) | Query::Or(parts) => parts.iter().for_each(|part| gather(part, words)),
        Query::Words(part, span) => gather_span(*part, span, false, words),
        _ => {}
    }
}

fn gather_span<'a>(part: Part, span: &'a Span, in_phrase: bool, words: &mut Vec<(Part, &'a Word3, bool)>) {
    match span {
        Span::Word(Word::Stem(word)) => {
            if !words.iter().any(|(known_part, known, _)| *known_part == part && *known == word) {
                words.push((part, word, in_phrase));
            }
        }
        Span::Word(_) => {}
        Span::Phrase { parts, .. } => parts.iter().for_each(|inner| gather_span(part, inner, true, words)),
        Span::Near { operands, .. } => {
            gather_span(part, &operands.0, true, words);
            gather_span(part, &operands.1, true, words);
        }
        Span::Any(branches) => branches.iter().for_each(|inner| gather_span(part, inner, in_phrase, words)),
    }
}

/// Whether a query, as it is compiled, lets tantivy pass over matches that cannot reach the first page: words by their stems
/// do, and conditions that add no score beside them.
pub(super) fn is_pruned(query: &Query) -> bool {
    match query {
        Query::And(parts) | Query::Or(parts) => parts.iter().all(is_pruned),
        Query::Words(part, Span::Word(Word::Stem(word))) => *part != Part::Body && word.light.is_some(),
        Query::Words(..) => false,
        Query::All | Query::Not(_) | Query::Date { .. } | Query::Equals(..) | Query::Holds(..) | Query::Has(_) => true,
    }
}

/// Whether accents and case count in a span (`==`).
fn is_exact(span: &Span) -> bool {
    spans::leaves(span).any(|word| matches!(word, Word::Exact { .. }))
}

/// Whether terms and positions cannot decide a span: `==`, and folded words inside phrases.
fn needs_text(span: &Span) -> bool {
    fn other_than_stem(span: &Span) -> bool {
        match span {
            Span::Word(word) => !matches!(word, Word::Stem(_)),
            Span::Phrase { parts, .. } | Span::Any(parts) => parts.iter().any(other_than_stem),
            Span::Near { operands, .. } => other_than_stem(&operands.0) || other_than_stem(&operands.1),
        }
    }
    match span {
        Span::Word(word) => matches!(word, Word::Exact { .. }),
        other => other_than_stem(other),
    }
}

fn span_query(field: TantivyField, span: &Span, terms: impl Fn(&Word) -> tantivy::Result<Vec<PlacedTerm>>) -> Compiled {
    fn collect<'a>(span: &'a Span, words: &mut Vec<&'a Word>) {
        match span {
            Span::Word(word) if words.contains(&word) => {}
            Span::Word(word) => words.push(word),
            Span::Phrase { parts, .. } | Span::Any(parts) => parts.iter().for_each(|part| collect(part, words)),
            Span::Near { operands, .. } => {
                collect(&operands.0, words);
                collect(&operands.1, words);
            }
        }
    }
    let mut words = Vec::new();
    collect(span, &mut words);
    let leaves = words.into_iter().map(|word| Ok((word.clone(), terms(word)?))).collect::<tantivy::Result<_>>()?;
    Ok(Box::new(SpanQuery { field, span: span.clone(), leaves }))
}

fn term_query(field: TantivyField, text: &str, weight: f32) -> Box<dyn TantivyQuery> {
    let query = Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs));
    if (weight - 1.0).abs() < f32::EPSILON { query } else { Box::new(BoostQuery::new(query, weight)) }
}

fn filter(query: Box<dyn TantivyQuery>) -> Box<dyn TantivyQuery> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

fn any(mut queries: Vec<Box<dyn TantivyQuery>>) -> Box<dyn TantivyQuery> {
    match queries.len() {
        0 => Box::new(EmptyQuery),
        1 => queries.swap_remove(0),
        _ => Box::new(BooleanQuery::union(queries)),
    }
}
