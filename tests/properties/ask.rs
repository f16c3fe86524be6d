//! What is asked, with its plain meaning, and a strategy that writes it.

use std::ops::Range;

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::scan::{Fits, Part, Place, Run, Scanned, Section, errors, phrase, places};

/// Words with inflections, accents, compounds, figures and small words among them. Those with a space come last.
pub(crate) const WORDS: [&str; 42] = [
    "offre",
    "offres",
    "l’offre",
    "rachat",
    "rachats",
    "été",
    "ete",
    "Été",
    "journal",
    "journaux",
    "week-end",
    "weekend",
    "président",
    "présidente",
    "vice-présidente",
    "le",
    "de",
    "la",
    "OpenAI",
    "d’OpenAI",
    "97,4",
    "Saint-Étienne",
    "St-Étienne",
    "élus",
    "élu·es",
    "vote",
    "1er",
    "premières",
    "20h30",
    "XXe",
    "G20",
    "50%",
    "finit",
    "finir",
    "VIe",
    "vie",
    "1 000",
    "50 pour cent",
    "50 %",
    "20 h",
    "G 20",
    "3 M€",
];

/// Of these, how many have no space.
const ONE_WORD: usize = 36;

const PREFIXES: [&str; 9] = ["of", "offr", "pres", "rach", "week", "vi", "jour", "st", "g2"];
const MISSPELT: [&str; 8] = ["ofre", "rahcat", "jounrau", "weekand", "presidant", "saintetiene", "openia", "finie"];
const DAYS: [(&str, Option<Date>, Option<Date>); 8] = [
    ("2024", Some(date(2024, 1, 1)), Some(date(2024, 12, 31))),
    ("2024-11", Some(date(2024, 11, 1)), Some(date(2024, 11, 30))),
    ("2025-02-02", Some(date(2025, 2, 2)), Some(date(2025, 2, 2))),
    ("2024-11-30..2025-02", Some(date(2024, 11, 30)), Some(date(2025, 2, 28))),
    (">=2025-02", Some(date(2025, 2, 1)), None),
    (">2024", Some(date(2025, 1, 1)), None),
    ("<2025", None, Some(date(2024, 12, 31))),
    ("..2024-11-30", None, Some(date(2024, 11, 30))),
];
const ADDRESSES: [&str; 4] = ["lefil.example", "/a", "voix*b", "FIL*/B"];
const PARTS: [(&str, Option<Part>); 7] = [
    ("", None),
    ("titre:", Some(Part::Headline)),
    ("chapo:", Some(Part::Lead)),
    ("texte:", Some(Part::Body)),
    ("auteur:", Some(Part::Author)),
    ("source:", Some(Part::Source)),
    ("tag:", Some(Part::Tag)),
];

/// A query.
#[derive(Debug, Clone)]
pub(crate) enum Ask {
    /// Something of one of [`PARTS`].
    In(usize, Leaf),
    Beside(Vec<usize>),
    Days(usize),
    Address(usize),
    /// A part that has text; none of them: a date.
    Has(usize),
    And(Box<Ask>, Box<Ask>),
    Or(Box<Ask>, Box<Ask>),
    Not(Box<Ask>),
}

/// Words in one place.
#[derive(Debug, Clone)]
pub(crate) enum Leaf {
    Word(usize),
    Folded(usize),
    Exact(usize),
    Phrase(Vec<usize>, u32),
    Near(usize, usize, u32),
    Prefix(usize),
    Fuzzy(usize, u8),
}

/// Where something stands: a section's number and its bytes.
pub(crate) type Marked = (usize, Range<usize>);

impl Ask {
    pub(crate) fn typed(&self) -> String {
        match self {
            Self::In(part, leaf) => match leaf {
                Leaf::Near(..) => format!("{}({})", PARTS[*part].0, leaf.typed()),
                _ => format!("{}{}", PARTS[*part].0, leaf.typed()),
            },
            Self::Beside(words) => joined(words),
            Self::Days(days) => format!("date:{}", DAYS[*days].0),
            Self::Address(piece) => format!("url:{}", ADDRESSES[*piece]),
            Self::Has(0) => "date:*".to_owned(),
            Self::Has(part) => format!("{}*", PARTS[*part].0),
            Self::And(a, b) => format!("({}) ET ({})", a.typed(), b.typed()),
            Self::Or(a, b) => format!("({}) OU ({})", a.typed(), b.typed()),
            Self::Not(a) => format!("SAUF ({})", a.typed()),
        }
    }

    pub(crate) fn holds(&self, article: &Scanned) -> bool {
        match self {
            Self::In(part, leaf) => !leaf.marks(PARTS[*part].1, article).is_empty(),
            Self::Beside(words) => asked_beside(words).iter().all(|word| !word.marks(article).is_empty()),
            Self::Days(days) => article.days.is_some_and(|(first, last)| {
                let (_, from, to) = DAYS[*days];
                from.is_none_or(|from| last >= from) && to.is_none_or(|to| first <= to)
            }),
            Self::Address(piece) => article.url.as_ref().is_some_and(|url| {
                let mut rest = url.as_str();
                ADDRESSES[*piece].to_lowercase().split('*').all(|piece| {
                    let found = rest.split_once(piece);
                    rest = found.map_or(rest, |(_, after)| after);
                    found.is_some()
                })
            }),
            Self::Has(0) => article.days.is_some(),
            Self::Has(part) => article.within(PARTS[*part].1).next().is_some(),
            Self::And(a, b) => a.holds(article) && b.holds(article),
            Self::Or(a, b) => a.holds(article) || b.holds(article),
            Self::Not(a) => !a.holds(article),
        }
    }

    /// All that matches what is asked for, and not what is excluded.
    pub(crate) fn marks(&self, article: &Scanned) -> Vec<Marked> {
        match self {
            Self::In(part, leaf) => leaf.marks(PARTS[*part].1, article),
            Self::Beside(words) => asked_beside(words).iter().flat_map(|word| word.marks(article)).collect(),
            Self::And(a, b) | Self::Or(a, b) => [a.marks(article), b.marks(article)].concat(),
            Self::Not(inner) => match inner.as_ref() {
                Self::Not(twice) => twice.marks(article),
                _ => Vec::new(),
            },
            Self::Days(_) | Self::Address(_) | Self::Has(_) => Vec::new(),
        }
    }
}

impl Leaf {
    fn typed(&self) -> String {
        match self {
            Self::Word(word) => WORDS[*word].to_owned(),
            Self::Folded(word) => format!("={}", WORDS[*word]),
            Self::Exact(word) => format!("=={}", WORDS[*word]),
            Self::Phrase(words, 0) => format!("\"{}\"", joined(words)),
            Self::Phrase(words, slop) => format!("\"{}\"~{slop}", joined(words)),
            Self::Near(a, b, n) => format!("\"{}\" NEAR/{n} \"{}\"", WORDS[*a], WORDS[*b]),
            Self::Prefix(prefix) => format!("{}*", PREFIXES[*prefix]),
            Self::Fuzzy(word, 1) => format!("{}~", MISSPELT[*word]),
            Self::Fuzzy(word, edits) => format!("{}~{edits}", MISSPELT[*word]),
        }
    }

    fn marks(&self, part: Option<Part>, article: &Scanned) -> Vec<Marked> {
        let names = part.is_some_and(Part::holds_names);
        let plural: Fits<'_> =
            &|word, place| if names { word.exact == place.exact } else { word.plural == place.plural };
        let folded: Fits<'_> = &|word, place| word.exact == place.exact;
        let any = |fits: &dyn Fn(&Place) -> bool| marked(article, part, fits);
        let runs = |wanted: &[Place], slop, fits: Fits<'_>| {
            in_runs(article, part, &|section| phrase(wanted, section, slop, fits))
        };
        match self {
            Self::Word(word) => {
                let wanted = places(WORDS[*word]);
                match wanted.as_slice() {
                    [one] if !names && one.light.is_some() => any(&|place| place.light == one.light),
                    [one] => any(&|place| place.exact == one.exact),
                    _ if names => runs(&wanted, 0, folded),
                    _ => Beside { wanted, part }.marks(article),
                }
            }
            Self::Folded(word) => runs(&places(WORDS[*word]), 0, folded),
            Self::Exact(word) => {
                let mut wanted = places(WORDS[*word]);
                wanted.retain(|place| place.end - place.start == 1);
                let same = |word: &Place, place: &Place| word.text.replace('’', "'") == place.text.replace('’', "'");
                runs(&wanted, 0, &|word, place| folded(word, place) && same(word, place))
            }
            Self::Phrase(words, slop) => runs(&places(&joined(words)), *slop, plural),
            Self::Near(a, b, n) => in_runs(article, part, &|section| {
                let (left, right) =
                    (phrase(&places(WORDS[*a]), section, 0, plural), phrase(&places(WORDS[*b]), section, 0, plural));
                let pairs = left.iter().flat_map(|one| right.iter().map(move |other| (one, other)));
                let near = pairs.filter(|(one, other)| {
                    one.1 <= other.0 && other.0 - one.1 <= *n || other.1 <= one.0 && one.0 - other.1 <= *n
                });
                near.map(|(one, other)| {
                    let bytes = one.2.start.min(other.2.start)..one.2.end.max(other.2.end);
                    (one.0.min(other.0), one.1.max(other.1), bytes)
                })
                .collect()
            }),
            Self::Prefix(prefix) => any(&|place| place.exact.starts_with(PREFIXES[*prefix])),
            Self::Fuzzy(word, edits) => {
                let wanted: Vec<char> = MISSPELT[*word].chars().collect();
                any(&|place| {
                    let other: Vec<char> = place.exact.chars().collect();
                    other.first() == wanted.first() && errors(&wanted, &other) <= usize::from(*edits)
                })
            }
        }
    }
}

/// One of several words side by side: its stem anywhere, or its parts one after the other, or their joined form.
#[derive(Debug)]
struct Beside {
    wanted: Vec<Place>,
    part: Option<Part>,
}

impl Beside {
    fn marks(&self, article: &Scanned) -> Vec<Marked> {
        if let [one] = self.wanted.as_slice() {
            return match &one.light {
                Some(_) => marked(article, self.part, &|place| place.light == one.light),
                None => marked(article, self.part, &|place| place.exact == one.exact),
            };
        }
        let start = self.wanted.iter().map(|place| place.start).min();
        let end = self.wanted.iter().map(|place| place.end).max();
        let joined = self.wanted.iter().find(|place| Some(place.start) == start && Some(place.end) == end);
        let mut marks = joined.map_or_else(Vec::new, |joined| {
            marked(article, self.part, &|place| joined.light.is_some() && place.light == joined.light)
        });
        let plural: Fits<'_> = &|word, place| word.plural == place.plural;
        marks.extend(in_runs(article, self.part, &|section| phrase(&self.wanted, section, 0, plural)));
        marks
    }

    fn is_small(&self) -> bool {
        self.wanted.iter().all(|place| place.light.is_none())
    }
}

/// The words side by side that count: small ones only if there are no others. What has no space in it, and what the analysis
/// takes for one compound, is one.
fn asked_beside(words: &[usize]) -> Vec<Beside> {
    let text = joined(words);
    let mut asked: Vec<Beside> = Vec::new();
    let mut reached = 0;
    for place in places(&text) {
        let spaced = text.get(reached..place.bytes.start).is_some_and(|between| between.contains(' '));
        match asked.last_mut() {
            Some(last) if !spaced => last.wanted.push(place.clone()),
            _ => asked.push(Beside { wanted: vec![place.clone()], part: None }),
        }
        reached = reached.max(place.bytes.end);
    }
    if asked.iter().any(|word| !word.is_small()) {
        asked.retain(|word| !word.is_small());
    }
    asked
}

fn marked(article: &Scanned, part: Option<Part>, fits: &dyn Fn(&Place) -> bool) -> Vec<Marked> {
    let found = article.within(part).flat_map(|(number, section)| {
        section.places.iter().filter(|place| fits(place)).map(move |place| (number, place.bytes.clone()))
    });
    found.collect()
}

/// The runs that hold no other, in each section.
fn in_runs(article: &Scanned, part: Option<Part>, runs: &dyn Fn(&Section) -> Vec<Run>) -> Vec<Marked> {
    let mut found = Vec::new();
    for (number, section) in article.within(part) {
        let runs = runs(section);
        let holds =
            |run: &Run, other: &Run| run.0 <= other.0 && other.1 <= run.1 && (run.0, run.1) != (other.0, other.1);
        let minimal = runs.iter().filter(|run| !runs.iter().any(|other| holds(run, other)));
        found.extend(minimal.map(|run| (number, run.2.clone())));
    }
    found
}

fn joined(words: &[usize]) -> String {
    words.iter().map(|word| WORDS[*word]).collect::<Vec<_>>().join(" ")
}

/// Any query of the language.
pub(crate) fn ask() -> impl Strategy<Value = Ask> {
    let (any, one) = (0..WORDS.len(), 0..ONE_WORD);
    let text = prop_oneof![
        4 => one.clone().prop_map(Leaf::Word),
        1 => one.clone().prop_map(Leaf::Folded),
        1 => one.prop_map(Leaf::Exact),
        3 => (prop::collection::vec(any.clone(), 1..4), 0u32..3).prop_map(|(words, slop)| Leaf::Phrase(words, slop)),
        1 => (any.clone(), any.clone(), 0u32..4).prop_map(|(a, b, n)| Leaf::Near(a, b, n)),
        1 => (0..PREFIXES.len()).prop_map(Leaf::Prefix),
        1 => (0..MISSPELT.len(), 1u8..3).prop_map(|(word, edits)| Leaf::Fuzzy(word, edits)),
    ];
    let leaf = prop_oneof![
        6 => (prop_oneof![4 => Just(0), 3 => 1..PARTS.len()], text).prop_map(|(part, leaf)| Ask::In(part, leaf)),
        3 => prop::collection::vec(any, 1..4).prop_map(Ask::Beside),
        1 => (0..DAYS.len()).prop_map(Ask::Days),
        1 => (0..ADDRESSES.len()).prop_map(Ask::Address),
        1 => (0..PARTS.len()).prop_map(Ask::Has),
    ];
    leaf.prop_recursive(3, 8, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Ask::And(Box::new(a), Box::new(b))),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Ask::Or(Box::new(a), Box::new(b))),
            inner.prop_map(|a| Ask::Not(Box::new(a))),
        ]
    })
}
