//! What would have been found, when a query found nothing. Suggests, never runs.

use jiff::civil::Date;

use crate::index::Searcher;
use crate::query::spans::leaves;
use crate::query::{Asked, Part, Query, Span, Word};

/// A query that found nothing.
#[derive(Debug, Clone, Copy)]
pub struct Doubt<'a> {
    /// The query.
    pub query: &'a Query,
    /// The words and phrases it asks for.
    pub asked: &'a [Asked],
    /// The same query for any of its words; `None` where that is the same.
    pub any: Option<&'a Query>,
}

/// Help with a query that found nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Advice {
    /// Each word or phrase asked for.
    pub words: Vec<WordAdvice>,
    /// How many articles there are with any of the words; `None` when only one was asked.
    pub any: Option<usize>,
    /// The conditions without which there would have been articles: each with how many.
    pub without: Vec<(String, usize)>,
    /// The first and last day of the archive's articles, when a date filter left none.
    pub days: Option<(Date, Date)>,
}

/// Help with one word or phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordAdvice {
    /// As one would type it.
    pub typed: String,
    /// How many articles hold it.
    pub count: usize,
    /// The nearest spellings in the archive, the most frequent first, when no article holds it.
    pub nearest: Vec<String>,
    /// The words of a phrase that no article holds.
    pub words: Vec<WordAdvice>,
}

/// Counts each word alone, looks for near spellings of those that no article holds, and tries the query without each of its
/// conditions.
pub(super) fn advise(searcher: &Searcher, doubt: &Doubt<'_>) -> anyhow::Result<Advice> {
    let words = doubt.asked.iter().map(|asked| of_asked(searcher, asked)).collect::<anyhow::Result<_>>()?;
    let any = doubt.any.map(|any| searcher.count(any)).transpose()?;
    let mut without = Vec::new();
    if let Query::And(parts) = doubt.query {
        for (number, condition) in parts.iter().enumerate().filter(|(_, part)| part.is_filter()) {
            let rest = parts.iter().enumerate().filter(|(other, _)| *other != number).map(|(_, part)| part.clone());
            let count = searcher.count(&Query::and(rest.collect()))?;
            if count > 0 {
                without.push((in_one_line(condition), count));
            }
        }
    }
    Ok(Advice { words, any, without, days: None })
}

fn of_asked(searcher: &Searcher, asked: &Asked) -> anyhow::Result<WordAdvice> {
    let mut advice = of_span(searcher, asked.part, &asked.span, asked.shown())?;
    if advice.count > 0 || matches!(asked.span, Span::Word(_)) {
        return Ok(advice);
    }
    for word in leaves(&asked.span) {
        let Some(text) = written(word) else { continue };
        if !advice.words.iter().any(|known| known.typed == text) {
            // A word of a phrase is looked for in all its forms: more would be too little.
            advice.words.push(of_span(searcher, asked.part, &Span::Word(word.clone()), text.to_owned())?);
        }
    }
    Ok(advice)
}

fn of_span(searcher: &Searcher, part: Part, span: &Span, typed: String) -> anyhow::Result<WordAdvice> {
    let count = searcher.count(&Query::Words(part, span.clone()))?;
    let nearest = match span {
        Span::Word(word) if count == 0 => nearest(searcher, part, word)?,
        _ => Vec::new(),
    };
    Ok(WordAdvice { typed, count, nearest, words: Vec::new() })
}

fn nearest(searcher: &Searcher, part: Part, word: &Word) -> anyhow::Result<Vec<String>> {
    let Some(text) = written(word) else { return Ok(Vec::new()) };
    if let Word::Exact { folded, .. } = word {
        let same = Query::Words(part, Span::Word(Word::Folded(folded.clone())));
        if searcher.count(&same)? > 0 {
            return Ok(vec![folded.clone()]);
        }
    }
    searcher.nearest(part, text)
}

/// The word, where it is one.
fn written(word: &Word) -> Option<&str> {
    match word {
        Word::Stem(term) => Some(&term.exact),
        Word::Folded(folded) | Word::Exact { folded, .. } | Word::Fuzzy { word: folded, .. } => Some(folded),
        Word::Prefix(_) => None,
    }
}

fn in_one_line(query: &Query) -> String {
    query.explain().lines().map(str::trim).collect::<Vec<_>>().join(" ")
}
