//! The index against a plain evaluator: for any query, what is found, in which order and what is marked is what a scan of
//! the articles says.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::needless_pass_by_value
)] // a test may fail

mod ask;
mod scan;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::Range;

use ask::{Ask, WORDS, ask};
use newsgrep::archive::{Reader, Wait};
use newsgrep::article::Article;
use newsgrep::index::{FOLDER, Searcher, Sort, Stored};
use newsgrep::ingest::{Observer, Report, Settings, ingest};
use newsgrep::problem::Problem;
use newsgrep::query::{Options, Parsed, Query, parse};
use newsgrep::search::{Engine, Found, Marker, Piece, Request, Results, Wanted};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use scan::{Part, Scanned};
use tempfile::TempDir;

struct Silent;

impl Observer for Silent {
    fn progress(&mut self, _report: &Report) {}
    fn ignored(&mut self, _: &std::path::Path, _: &str) {}
    fn problem(&mut self, problem: &Problem) {
        panic!("{problem}");
    }
    fn added(&mut self, _id: newsgrep::article::ArticleId, _path: &std::path::Path) {}
    fn phase(&mut self, _what: &str) {}
}

/// Numbers by a fixed rule.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn words(&mut self, most: usize) -> String {
        (0..=self.throw(most)).map(|_| WORDS[self.throw(WORDS.len())]).collect::<Vec<_>>().join(" ")
    }

    fn one_of<'a>(&mut self, values: &[&'a str]) -> &'a str {
        values[self.throw(values.len())]
    }
}

/// 300 articles drawn from the words.
fn records() -> String {
    let mut dice = Dice(7);
    let mut lines = String::new();
    for number in 0..300 {
        let record = serde_json::json!({
            "id": number.to_string(),
            "title": dice.words(7),
            "chapo": if dice.throw(3) == 0 { dice.words(5) } else { String::new() },
            "text": dice.words(7),
            "source": dice.one_of(&["", "offre", "Le Vote", "Saint-Étienne Été"]),
            "authors": if dice.throw(2) == 0 { vec![dice.words(2)] } else { Vec::new() },
            "tags": if dice.throw(2) == 0 { vec![dice.words(1), dice.words(1)] } else { Vec::new() },
            "date": dice.one_of(&["", "2024", "2024-11", "2024-11-30", "2025-02-02", "2025", "2024-12-01"]),
            "url": dice.one_of(&["", "https://lefil.example/a", "https://voix.example/b", "https://fil.example/a/b"]),
        });
        writeln!(lines, "{record}").unwrap();
    }
    lines
}

/// An archive, open for search, and what its articles are.
struct Press {
    _dir: TempDir,
    engine: Engine,
    /// Each by the number of its record.
    articles: BTreeMap<usize, Article>,
    scanned: BTreeMap<usize, Scanned>,
}

impl Press {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("articles.jsonl");
        std::fs::write(&path, records()).unwrap();
        let archive = dir.path().join("archive");
        let settings = Settings {
            jobs: 2,
            dry_run: false,
            rehash: false,
            max_file: u64::MAX,
            skip: Vec::new(),
            now: 0,
            wait: Wait::No,
        };
        ingest(&archive, &[path], &settings, &false.into(), &mut Silent).unwrap();
        let engine = Engine::open(&archive).unwrap();
        let commit = Reader::open(&archive).unwrap().index_commit().unwrap().unwrap();
        let searcher = Searcher::open(&archive.join(FOLDER), commit).unwrap();
        let all = searcher.search(&Query::All, &[], &[], Sort::Newest, 0, 1000).unwrap().hits;
        let articles = searcher.articles(&all, || |stored: Stored| stored.article);
        let articles: Vec<Article> = articles.into_iter().map(Result::unwrap).collect();
        let scanned = articles.iter().map(|article| (key(article), Scanned::of(article))).collect();
        let articles = articles.into_iter().map(|article| (key(&article), article)).collect();
        Self { _dir: dir, engine, articles, scanned }
    }

    fn find(&self, request: &Request<'_>) -> Results {
        self.engine.find(request).unwrap()
    }

    /// Runs a property of queries.
    fn check(&self, cases: u32, holds: impl Fn(&Ask, &Parsed) -> Result<(), TestCaseError>) {
        let config = Config { cases, failure_persistence: None, ..Config::default() };
        let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
        let run = runner.run(&ask(), |ask| {
            let parsed = parsed(&ask.typed(), false);
            holds(&ask, &parsed).map_err(|error| match error {
                TestCaseError::Fail(why) => {
                    TestCaseError::fail(format!("{why}\n{}\n{}", ask.typed(), parsed.query.explain()))
                }
                other => other,
            })
        });
        run.unwrap();
    }
}

fn parsed(typed: &str, any: bool) -> Parsed {
    parse(typed, &Options { any, plain: false, today: jiff::civil::date(2026, 1, 1) }).unwrap()
}

fn request(query: &Query) -> Request<'_> {
    Request { query, optional: &[], typed: &[], sort: Sort::Score, offset: 0, limit: 1000, passages: None }
}

fn key(article: &Article) -> usize {
    article.key.as_ref().unwrap().parse().unwrap()
}

fn keys(found: &[Found]) -> BTreeSet<usize> {
    found.iter().map(|found| key(&found.article)).collect()
}

#[test]
fn the_index_finds_what_a_scan_finds() {
    let press = Press::new();
    press.check(1500, |ask, parsed| {
        let results = press.find(&Request { typed: &parsed.asked, ..request(&parsed.query) });
        let expected: BTreeSet<usize> =
            press.scanned.iter().filter(|(_, article)| ask.holds(article)).map(|(number, _)| *number).collect();
        prop_assert_eq!(&keys(&results.found), &expected);
        prop_assert_eq!(results.total, expected.len());
        Ok(())
    });
}

#[test]
fn more_words_find_less_and_more_choice_more() {
    let press = Press::new();
    let found = |typed: &str, any| keys(&press.find(&request(&parsed(typed, any).query)).found);
    press.check(40, |ask, _| {
        let one = ask.typed();
        for other in ["offre", "\"week end\"", "-vote", "date:2024", "auteur:offre"] {
            let (alone, both) = (found(&one, false), found(&format!("({one}) {other}"), false));
            prop_assert!(both.is_subset(&alone), "{other} finds more");
            prop_assert!(found(&format!("({one}) OU {other}"), false).is_superset(&alone), "OU {other} loses");
            prop_assert!(found(&format!("({one}) SAUF {other}"), false).is_disjoint(&both), "SAUF {other} keeps");
            prop_assert!(found(&format!("({one}) {other}"), true).is_superset(&both), "--any loses");
        }
        Ok(())
    });
}

#[test]
fn the_order_is_the_same_each_time() {
    let press = Press::new();
    let other = Press::new();
    press.check(100, |_, parsed| {
        for sort in [Sort::Score, Sort::Newest, Sort::Oldest] {
            let whole = Request { sort, typed: &parsed.asked, ..request(&parsed.query) };
            let order =
                |results: Results| -> Vec<_> { results.found.iter().map(|found| (found.id, found.score)).collect() };
            let all = order(press.find(&whole));
            prop_assert_eq!(&order(press.find(&whole)), &all, "again");
            prop_assert_eq!(&order(other.find(&whole)), &all, "in another archive of the same");
            let paged =
                (0..all.len()).step_by(7).flat_map(|offset| order(press.find(&Request { offset, limit: 7, ..whole })));
            prop_assert_eq!(&paged.collect::<Vec<_>>(), &all, "page by page");
            let scores =
                all.iter().map(|(id, score)| (std::cmp::Reverse((score.unwrap() * 10_000.0).round() as i64), id));
            prop_assert!(sort != Sort::Score || scores.map(|(score, _)| score).is_sorted(), "by score");
        }
        Ok(())
    });
}

#[test]
fn what_is_marked_is_what_matched() {
    let press = Press::new();
    press.check(300, |ask, parsed| {
        let mut marker = Marker::new(&parsed.query);
        for context in [None, Some(1)] {
            let wanted = Wanted { passages: 3, context, ..Wanted::default() };
            let few = Request { passages: Some(wanted), limit: 12, ..request(&parsed.query) };
            for found in press.find(&few).found {
                let number = key(&found.article);
                let scanned = &press.scanned[&number];
                let marks = merged(scanned, ask.marks(scanned));
                let whole = marker.mark(&press.articles[&number]);
                let shown = [&whole.headline, &whole.lead].into_iter().filter(|passage| !passage.is_empty());
                let running = scanned.within(None);
                for (passage, (section, text)) in shown.chain(&whole.blocks).zip(running) {
                    prop_assert_eq!(&written(passage), &text.text, "the text word for word");
                    prop_assert_eq!(&hits(passage), &marks[section], "marks of {}", text.text);
                }
                let stretches = found.passages.iter().flat_map(|passage| passage.split(|piece| piece.text == "\n\n"));
                for stretch in stretches.chain([found.headline.as_slice()]).filter(|stretch| !stretch.is_empty()) {
                    let text = written(stretch);
                    let fits = scanned.within(None).any(|(section, whole)| {
                        let mut starts = whole.text.match_indices(&text).map(|(start, _)| start);
                        starts.any(|start| hits(stretch) == cut(&marks[section], start, text.len()))
                    });
                    prop_assert!(fits, "a stretch of the text with its marks: {:?}", stretch);
                }
            }
        }
        Ok(())
    });
}

/// What stands in a passage, without the ellipses around it.
fn written(passage: &[Piece]) -> String {
    passage
        .iter()
        .filter(|piece| !matches!(piece.text.as_str(), "… " | " …"))
        .map(|piece| piece.text.as_str())
        .collect()
}

/// The marked bytes of a passage.
fn hits(passage: &[Piece]) -> Vec<Range<usize>> {
    let mut at = 0;
    let mut hits = Vec::new();
    for piece in passage.iter().filter(|piece| !matches!(piece.text.as_str(), "… " | " …")) {
        if piece.hit {
            hits.push(at..at + piece.text.len());
        }
        at += piece.text.len();
    }
    hits
}

/// The marks of each section of running text, overlapping ones made one.
fn merged(article: &Scanned, mut marks: Vec<ask::Marked>) -> Vec<Vec<Range<usize>>> {
    marks.sort_by_key(|(section, bytes)| (*section, bytes.start, bytes.end));
    let mut merged: Vec<Vec<Range<usize>>> = vec![Vec::new(); article.sections.len()];
    for (section, bytes) in marks {
        match merged[section].last_mut() {
            Some(last) if bytes.start < last.end => last.end = last.end.max(bytes.end),
            _ => merged[section].push(bytes),
        }
    }
    merged
}

/// The marks within a stretch of a section, counted from its beginning.
fn cut(marks: &[Range<usize>], start: usize, length: usize) -> Vec<Range<usize>> {
    let inside = |mark: &Range<usize>| mark.start.max(start)..mark.end.min(start + length);
    let cut = marks.iter().map(inside).filter(|mark| mark.start < mark.end);
    cut.map(|mark| mark.start - start..mark.end - start).collect()
}

#[test]
fn the_scan_sees_every_part() {
    let press = Press::new();
    for part in [Part::Headline, Part::Lead, Part::Body, Part::Author, Part::Source, Part::Tag] {
        assert!(
            press.scanned.values().filter(|article| article.within(Some(part)).next().is_some()).count() > 50,
            "{part:?}"
        );
    }
}
