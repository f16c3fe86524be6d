//! Decides on an article itself what a query asks of its words: for hits that terms alone cannot tell, and for marks.

use std::ops::Range;

use super::expand::within;
use super::walk::{Place, Section, walk};
use crate::french::{Analyzer, Term};
use crate::query::spans::{Positions, Run, matches};
use crate::query::{Part, Span, Word};

/// Something of a query found in an article: bytes of one of its sections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Which section.
    pub(crate) section: usize,
    /// Its bytes there.
    pub(crate) range: Range<usize>,
}

/// Finds spans in one article after the other.
#[derive(Debug)]
pub(crate) struct Finder {
    spans: Vec<(Part, Span)>,
    analyzer: Analyzer,
}

impl Finder {
    /// Finds these, each in its part of an article.
    pub(crate) fn new(spans: Vec<(Part, Span)>) -> Self {
        let (mut terms, mut words) = (Vec::new(), Vec::new());
        for leaf in leaves(&spans) {
            match leaf.word {
                Word::Stem(term) => terms.push(term),
                Word::Folded(word) | Word::Exact { folded: word, .. } | Word::Prefix(word) => words.push(word.as_str()),
                // Typing errors may come right after the first letter.
                Word::Fuzzy { word, .. } => words.push(word.get(..1).unwrap_or_default()),
            }
        }
        let analyzer = Analyzer::looking_for(terms, words);
        Self { spans, analyzer }
    }

    /// Where they stand in an article: for each span, its marks in order.
    pub(crate) fn find(&mut self, sections: &[Section<'_>]) -> Vec<Vec<Mark>> {
        let mut leaves = leaves(&self.spans);
        walk(sections, &mut self.analyzer, &mut |place| {
            for leaf in &mut leaves {
                leaf.look(place);
            }
        });
        self.spans.iter().map(|(part, span)| marks(*part, span, &leaves)).collect()
    }
}

/// The words of these spans, each where it is wanted.
fn leaves(spans: &[(Part, Span)]) -> Vec<Leaf<'_>> {
    let mut leaves = Vec::new();
    for (part, span) in spans {
        collect(*part, span, true, &mut leaves);
    }
    leaves
}

/// A word, where it is wanted and where it was found.
struct Leaf<'a> {
    part: Part,
    word: &'a Word,
    /// Whether it stands alone, and so is compared by stem.
    alone: bool,
    found: Vec<(Run, Mark)>,
}

impl Leaf<'_> {
    fn look(&mut self, place: &Place<'_>) {
        if !covers(self.part, place.part) {
            return;
        }
        let names = matches!(place.part, Part::Author | Part::Source | Part::Tag);
        if agrees(self.word, place.term, self.alone && !names, names, place.word) {
            let run = Run { start: place.position, end: place.position + place.width };
            self.found.push((run, Mark { section: place.section, range: place.range.clone() }));
        }
    }
}

/// Whether words wanted in `wanted` may stand in `part`.
fn covers(wanted: Part, part: Part) -> bool {
    match wanted {
        Part::Anywhere => matches!(part, Part::Headline | Part::Lead | Part::Body | Part::Posts),
        other => other == part,
    }
}

fn agrees(word: &Word, term: &Term, by_stem: bool, names: bool, text: &str) -> bool {
    match word {
        Word::Stem(wanted) if names => wanted.exact == term.exact,
        Word::Stem(wanted) if by_stem && wanted.light.is_some() => wanted.light == term.light,
        Word::Stem(wanted) => wanted.plural == term.plural,
        Word::Folded(folded) => *folded == term.exact,
        Word::Exact { folded, typed } => *folded == term.exact && same_letters(typed, text),
        Word::Prefix(prefix) => term.exact.starts_with(prefix.as_str()),
        Word::Fuzzy { word, edits } => within(word, &term.exact, usize::from(*edits)),
    }
}

/// Whether a text is written exactly so, but for what no reader sees: the apostrophe's form and how accents are composed.
fn same_letters(typed: &str, text: &str) -> bool {
    use unicode_normalization::UnicodeNormalization;
    let plain = |text: &str| -> String {
        text.nfc().filter(|c| *c != '\u{AD}').map(|c| if matches!(c, '’' | 'ʼ') { '\'' } else { c }).collect()
    };
    plain(typed) == plain(text)
}

fn collect<'a>(part: Part, span: &'a Span, alone: bool, leaves: &mut Vec<Leaf<'a>>) {
    match span {
        Span::Word(word) => {
            if !leaves.iter().any(|leaf| leaf.part == part && leaf.alone == alone && leaf.word == word) {
                leaves.push(Leaf { part, word, alone, found: Vec::new() });
            }
        }
        Span::Phrase { parts, .. } => parts.iter().for_each(|inner| collect(part, inner, false, leaves)),
        Span::Near { operands, .. } => {
            collect(part, &operands.0, false, leaves);
            collect(part, &operands.1, false, leaves);
        }
        Span::Any(branches) => branches.iter().for_each(|inner| collect(part, inner, alone, leaves)),
    }
}

fn marks(part: Part, span: &Span, leaves: &[Leaf<'_>]) -> Vec<Mark> {
    let mut marks = match span {
        Span::Word(word) => leaves
            .iter()
            .filter(|leaf| leaf.part == part && leaf.alone && leaf.word == word)
            .flat_map(|leaf| leaf.found.iter().map(|(_, mark)| mark.clone()))
            .collect(),
        Span::Any(branches) => branches.iter().flat_map(|branch| marks(part, branch, leaves)).collect(),
        Span::Phrase { .. } | Span::Near { .. } => {
            let mut positions = Found { part, leaves };
            matches(span, &mut positions).into_iter().filter_map(|run| positions.mark(&run)).collect::<Vec<_>>()
        }
    };
    marks.sort_by_key(|mark| (mark.section, mark.range.start, mark.range.end));
    marks.dedup();
    marks
}

/// The positions of words within phrases.
struct Found<'a> {
    part: Part,
    leaves: &'a [Leaf<'a>],
}

impl Found<'_> {
    fn here(&self) -> impl Iterator<Item = &Leaf<'_>> {
        self.leaves.iter().filter(|leaf| leaf.part == self.part && !leaf.alone)
    }

    /// The bytes from the first to the last word of a run.
    fn mark(&self, run: &Run) -> Option<Mark> {
        // Each leaf was found in the order of positions.
        let inside = self.here().flat_map(|leaf| {
            let from = leaf.found.partition_point(|(found, _)| found.start < run.start);
            let begun = leaf.found.iter().skip(from).take_while(|(found, _)| found.start < run.end);
            begun.filter(|(found, _)| found.end <= run.end)
        });
        inside.map(|(_, mark)| mark.clone()).reduce(|all, mark| Mark {
            section: all.section,
            range: all.range.start.min(mark.range.start)..all.range.end.max(mark.range.end),
        })
    }
}

impl Positions for Found<'_> {
    fn of(&mut self, word: &Word) -> Vec<Run> {
        let mut runs: Vec<Run> = self
            .here()
            .filter(|leaf| leaf.word == word)
            .flat_map(|leaf| leaf.found.iter().map(|(run, _)| *run))
            .collect();
        runs.sort_unstable();
        runs.dedup();
        runs
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::{Strategy, prop_assert_eq, proptest};

    use super::*;

    const WORDS: &[&str] = &[
        "offre",
        "Offres",
        "l’offre",
        "travaux",
        "Travail",
        "week-end",
        "weekend",
        "2e",
        "XXe",
        "vingtième",
        "vie",
        "Madame",
        "Mmes",
        "messieurs",
        "Monsieur",
        "journal",
        "Journalqui",
        "élan",
        "à",
        "a",
        "Œuvre",
        "œufs",
        "oeuf",
        "St-Malo",
        "Saint-Malo",
        "OpenAI",
        "C++",
        "été",
        "e\u{301}te\u{301}",
        "pre\u{301}sidents",
        "président",
        "ils",
        "Élus",
        "élue",
        "deux",
        "mieux",
    ];

    fn word() -> impl Strategy<Value = String> {
        proptest::sample::select(WORDS).prop_map(str::to_owned)
    }

    /// Every word of a text as each kind of word of a query.
    fn asked(text: &str) -> Vec<(Part, Span)> {
        let mut words = Vec::new();
        Analyzer::new().analyze(text, &mut |token| {
            let (folded, typed) = (token.term.exact.clone(), text.get(token.range).unwrap_or_default().to_owned());
            let beginning: String = folded.chars().take(3).collect();
            let mistyped: String = folded.chars().take(1).chain(['z']).chain(folded.chars().skip(2)).collect();
            words.extend([
                Word::Stem(token.term.clone()),
                Word::Folded(folded.clone()),
                Word::Exact { folded: folded.clone(), typed },
                Word::Prefix(beginning),
                Word::Fuzzy { word: mistyped, edits: 2 },
                Word::Fuzzy { word: folded, edits: 2 },
            ]);
        });
        words.into_iter().map(|word| (Part::Anywhere, Span::Word(word))).collect()
    }

    proptest! {
        #[test]
        fn to_look_for_few_words_is_to_find_the_same(
            words in proptest::collection::vec(word(), 1..30), any in "\\PC{0,30}", looked_for in word()
        ) {
            let text = format!("{} {any}", words.join(" "));
            let sections = [Section { part: Part::Body, text: Cow::Borrowed(&text) }];
            for (part, span) in asked(&looked_for) {
                let spans = vec![(part, span)];
                let mut all = Finder { spans: spans.clone(), analyzer: Analyzer::new() };
                prop_assert_eq!(Finder::new(spans).find(&sections), all.find(&sections));
            }
        }
    }
}
