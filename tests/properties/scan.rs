//! The plain evaluator: reads every article from end to end, with no index and no cleverness.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::civil;
use newsgrep::article::Article;
use newsgrep::french::{Analyzer, fold};

/// A part of an article that words may be asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Headline,
    Lead,
    Body,
    Author,
    Source,
    Tag,
}

impl Part {
    /// Names are compared by folded words.
    pub(crate) fn holds_names(self) -> bool {
        matches!(self, Self::Author | Self::Source | Self::Tag)
    }
}

/// A stretch of text that phrases do not cross.
#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) part: Part,
    pub(crate) text: String,
    pub(crate) places: Vec<Place>,
}

/// A word of a text: its positions, its bytes and its forms.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) bytes: Range<usize>,
    pub(crate) text: String,
    pub(crate) exact: String,
    pub(crate) plural: String,
    pub(crate) light: Option<String>,
}

/// An article taken apart.
#[derive(Debug)]
pub(crate) struct Scanned {
    pub(crate) sections: Vec<Section>,
    pub(crate) days: Option<(civil::Date, civil::Date)>,
    pub(crate) url: Option<String>,
}

impl Scanned {
    pub(crate) fn of(article: &Article) -> Self {
        let section = |part, text: &str| Section { part, text: text.to_owned(), places: places(text) };
        let mut sections = Vec::new();
        sections.extend(article.headline.iter().map(|text| section(Part::Headline, text)));
        sections.extend(article.lead.iter().map(|text| section(Part::Lead, text)));
        sections.extend(article.blocks.iter().filter_map(|block| block.text()).map(|text| section(Part::Body, text)));
        sections.extend(article.authors.iter().map(|text| section(Part::Author, text)));
        sections.extend(article.publisher.iter().map(|text| section(Part::Source, text)));
        sections.extend(article.tags.iter().map(|text| section(Part::Tag, text)));
        let days = article.date().map(|date| (date.first_day(), date.last_day()));
        Self { sections, days, url: article.url.as_deref().map(fold) }
    }

    /// The sections that a word asked of `part` (`None`: of the running text) may stand in, with their numbers.
    pub(crate) fn within(&self, part: Option<Part>) -> impl Iterator<Item = (usize, &Section)> {
        let wanted = move |section: &Section| part.map_or(!section.part.holds_names(), |part| section.part == part);
        self.sections.iter().enumerate().filter(move |(_, section)| wanted(section))
    }
}

pub(crate) fn places(text: &str) -> Vec<Place> {
    let mut found = Vec::new();
    Analyzer::new().analyze(text, &mut |token| {
        let (start, term) = (token.position, token.term.clone());
        found.push(Place {
            start,
            end: start + token.width,
            text: text[token.range.clone()].to_owned(),
            bytes: token.range,
            exact: term.exact,
            plural: term.plural,
            light: term.light,
        });
    });
    found
}

/// How a wanted word and one of a text are compared.
pub(crate) type Fits<'a> = &'a dyn Fn(&Place, &Place) -> bool;

/// A run of positions and its bytes.
pub(crate) type Run = (u32, u32, Range<usize>);

/// The runs of a phrase: every way to step through its words, or their joined forms, with at most `slop` words left out
/// between them in all, and none within a compound.
pub(crate) fn phrase(wanted: &[Place], section: &Section, slop: u32, fits: Fits<'_>) -> Vec<Run> {
    let first = wanted.iter().map(|place| place.start).min().unwrap_or(0);
    let last = wanted.iter().map(|place| place.end).max().unwrap_or(0);
    let mut runs = BTreeSet::new();
    // The next wanted position, the run so far (none yet), and the words that may still be left out.
    let mut open: Vec<(u32, Option<Run>, u32)> = vec![(first, None, slop)];
    while let Some((at, run, left)) = open.pop() {
        if at == last {
            runs.extend(run.map(|(start, end, bytes)| (start, end, bytes.start, bytes.end)));
            continue;
        }
        let inside = wanted.iter().any(|word| word.start < at && at < word.end);
        let may_skip = if inside { 0 } else { left };
        for word in wanted.iter().filter(|word| word.start == at) {
            for place in section.places.iter().filter(|place| fits(word, place)) {
                match &run {
                    None => open.push((word.end, Some((place.start, place.end, place.bytes.clone())), left)),
                    Some((start, end, bytes)) => {
                        if let Some(skipped) = place.start.checked_sub(*end).filter(|skipped| *skipped <= may_skip) {
                            let run = (*start, place.end, bytes.start..place.bytes.end);
                            open.push((word.end, Some(run), left - skipped));
                        }
                    }
                }
            }
        }
    }
    runs.into_iter().map(|(start, end, from, to)| (start, end, from..to)).collect()
}

/// Typing errors between two words: insertions, deletions, substitutions and swaps of neighbours, by the definition.
pub(crate) fn errors(one: &[char], other: &[char]) -> usize {
    let (n, m) = (one.len(), other.len());
    let mut table = vec![vec![0; m + 1]; n + 1];
    for i in 0..=n {
        for j in 0..=m {
            table[i][j] = match (i, j) {
                (0, _) => j,
                (_, 0) => i,
                _ => {
                    let cost = usize::from(one[i - 1] != other[j - 1]);
                    let plain = (table[i - 1][j] + 1).min(table[i][j - 1] + 1).min(table[i - 1][j - 1] + cost);
                    let swapped = i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
                    if swapped { plain.min(table[i - 2][j - 2] + 1) } else { plain }
                }
            };
        }
    }
    table[n][m]
}
