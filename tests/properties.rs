//! The index against a plain evaluator: for any query, the articles found are those that a scan of their words finds.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::needless_pass_by_value
)] // a test may fail

use std::collections::BTreeSet;
use std::fmt::Write as _;

use newsgrep::archive::Wait;
use newsgrep::french::Analyzer;
use newsgrep::index::Sort;
use newsgrep::ingest::{Observer, Report, Settings, ingest};
use newsgrep::problem::Problem;
use newsgrep::query::{Options, parse};
use newsgrep::search::{Engine, Request};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Words with inflections, accents, compounds and small words among them.
const WORDS: [&str; 24] = [
    "offre",
    "offres",
    "l’offre",
    "rachat",
    "rachats",
    "été",
    "ete",
    "journal",
    "journaux",
    "week-end",
    "weekend",
    "président",
    "présidente",
    "le",
    "de",
    "la",
    "OpenAI",
    "d’OpenAI",
    "1 000",
    "97,4",
    "Saint-Étienne",
    "élus",
    "élu·es",
    "vote",
];

/// What is asked, with its plain meaning.
#[derive(Debug, Clone)]
enum Ask {
    Word(usize),
    Phrase(Vec<usize>),
    Near(usize, usize, u32),
    And(Box<Ask>, Box<Ask>),
    Or(Box<Ask>, Box<Ask>),
    Not(Box<Ask>),
}

impl Ask {
    fn typed(&self) -> String {
        match self {
            Self::Word(word) => WORDS[*word].to_owned(),
            Self::Phrase(words) => {
                format!("\"{}\"", words.iter().map(|word| WORDS[*word]).collect::<Vec<_>>().join(" "))
            }
            Self::Near(a, b, n) => format!("\"{}\" NEAR/{n} \"{}\"", WORDS[*a], WORDS[*b]),
            Self::And(a, b) => format!("({}) ET ({})", a.typed(), b.typed()),
            Self::Or(a, b) => format!("({}) OU ({})", a.typed(), b.typed()),
            Self::Not(a) => format!("SAUF ({})", a.typed()),
        }
    }

    fn holds(&self, article: &[Vec<Place>]) -> bool {
        match self {
            Self::Word(word) => wanted_word(WORDS[*word], article),
            Self::Phrase(words) => {
                let text = words.iter().map(|word| WORDS[*word]).collect::<Vec<_>>().join(" ");
                article.iter().any(|block| !phrase(&places(&text), block).is_empty())
            }
            Self::Near(a, b, n) => article.iter().any(|block| {
                let (left, right) = (phrase(&places(WORDS[*a]), block), phrase(&places(WORDS[*b]), block));
                left.iter().any(|one| {
                    right.iter().any(|other| {
                        (one.1 <= other.0 && other.0 - one.1 <= *n) || (other.1 <= one.0 && one.0 - other.1 <= *n)
                    })
                })
            }),
            Self::And(a, b) => a.holds(article) && b.holds(article),
            Self::Or(a, b) => a.holds(article) || b.holds(article),
            Self::Not(a) => !a.holds(article),
        }
    }
}

/// A word of a text: its positions and forms.
#[derive(Debug, Clone)]
struct Place {
    start: u32,
    end: u32,
    exact: String,
    plural: String,
    light: Option<String>,
}

fn places(text: &str) -> Vec<Place> {
    let mut found = Vec::new();
    Analyzer::new().analyze(text, &mut |token| {
        let (start, term) = (token.position, token.term.clone());
        found.push(Place {
            start,
            end: start + token.width,
            exact: term.exact,
            plural: term.plural,
            light: term.light,
        });
    });
    found
}

/// A word alone: its stem anywhere; a small word as it is; the parts of a compound side by side, or its joined form.
fn wanted_word(word: &str, article: &[Vec<Place>]) -> bool {
    let wanted = places(word);
    let any = |fits: &dyn Fn(&Place) -> bool| article.iter().flatten().any(fits);
    if let [one] = wanted.as_slice() {
        return match &one.light {
            Some(light) => any(&|place| place.light.as_ref() == Some(light)),
            None => any(&|place| place.exact == one.exact),
        };
    }
    let joined = wanted.iter().find(|place| place.end - place.start > 1);
    let parts: Vec<Place> = wanted.iter().filter(|place| place.end - place.start == 1).cloned().collect();
    joined.is_some_and(|joined| any(&|place| place.light == joined.light && joined.light.is_some()))
        || article.iter().any(|block| !phrase(&parts, block).is_empty())
}

/// The runs of a phrase: every way to step through its words, or their joined forms, one right after the other.
fn phrase(wanted: &[Place], block: &[Place]) -> Vec<(u32, u32)> {
    let (first, last) = (
        wanted.iter().map(|place| place.start).min().unwrap_or(0),
        wanted.iter().map(|place| place.end).max().unwrap_or(0),
    );
    let mut runs = BTreeSet::new();
    let mut open: Vec<(u32, u32, u32)> = Vec::new();
    for start in block.iter().map(|place| place.start) {
        open.push((first, start, start));
    }
    while let Some((at, start, end)) = open.pop() {
        if at == last {
            runs.insert((start, end));
            continue;
        }
        for word in wanted.iter().filter(|word| word.start == at) {
            for place in block.iter().filter(|place| place.start == end && place.plural == word.plural) {
                open.push((word.end, start, place.end));
            }
        }
    }
    runs.into_iter().collect()
}

struct Silent;

impl Observer for Silent {
    fn progress(&mut self, _report: &Report) {}
    fn problem(&mut self, problem: &Problem) {
        panic!("{problem}");
    }
    fn added(&mut self, _id: newsgrep::article::ArticleId, _path: &std::path::Path) {}
    fn phase(&mut self, _what: &str) {}
}

fn ask() -> impl Strategy<Value = Ask> {
    let word = 0..WORDS.len();
    let leaf = prop_oneof![
        4 => word.clone().prop_map(Ask::Word),
        2 => prop::collection::vec(word.clone(), 1..4).prop_map(Ask::Phrase),
        1 => (word.clone(), word, 0u32..4).prop_map(|(a, b, n)| Ask::Near(a, b, n)),
    ];
    leaf.prop_recursive(3, 8, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Ask::And(Box::new(a), Box::new(b))),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Ask::Or(Box::new(a), Box::new(b))),
            inner.prop_map(|a| Ask::Not(Box::new(a))),
        ]
    })
}

/// 300 articles of two blocks, drawn from the words by a fixed rule.
fn articles() -> Vec<[String; 2]> {
    let mut seed = 7_u64;
    let mut next = move |bound: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % bound
    };
    (0..300)
        .map(|_| std::array::from_fn(|_| (0..=next(7)).map(|_| WORDS[next(WORDS.len())]).collect::<Vec<_>>().join(" ")))
        .collect()
}

#[test]
fn the_index_finds_what_a_scan_finds() {
    let dir = tempfile::tempdir().unwrap();
    let articles = articles();
    let mut file = String::new();
    for (number, [title, text]) in articles.iter().enumerate() {
        writeln!(file, "{}", serde_json::json!({"id": number.to_string(), "title": title, "text": text})).unwrap();
    }
    let path = dir.path().join("articles.jsonl");
    std::fs::write(&path, file).unwrap();
    let archive = dir.path().join("archive");
    let settings = Settings { jobs: 2, dry_run: false, rehash: false, skip: Vec::new(), now: 0, wait: Wait::No };
    ingest(&archive, &[path], &settings, &false.into(), &mut Silent).unwrap();
    let mut engine = Engine::open(&archive).unwrap();
    let analysed: Vec<Vec<Vec<Place>>> =
        articles.iter().map(|blocks| blocks.iter().map(|block| places(block)).collect()).collect();

    let config = Config { cases: 1500, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let today = jiff::civil::date(2026, 1, 1);
    let engine = std::cell::RefCell::new(&mut engine);
    runner
        .run(&ask(), |ask| {
            let typed = ask.typed();
            let parsed = parse(&typed, &Options { any: false, plain: false, today }).unwrap();
            let request = Request {
                query: &parsed.query,
                optional: &[],
                typed: &[],
                sort: Sort::Score,
                offset: 0,
                limit: 1000,
                passages: None,
            };
            let results = engine.borrow_mut().find(&request).unwrap();
            let found: BTreeSet<usize> =
                results.found.iter().map(|found| found.article.key.as_ref().unwrap().parse().unwrap()).collect();
            let expected: BTreeSet<usize> =
                (0..articles.len()).filter(|number| ask.holds(&analysed[*number])).collect();
            prop_assert_eq!(&found, &expected, "{}\n{}", typed, parsed.query.explain());
            prop_assert_eq!(results.total, expected.len());
            Ok(())
        })
        .unwrap();
}
