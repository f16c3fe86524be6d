//! Whole collections of articles and pages, which are not part of this repository: `search/piaf/docs.jsonl`, whose lines have a
//! `text`, and `pages/shub`, with pages in `html/` and their texts in `gt.json`. They lie in the folder that COLLECTIONS
//! names, or in `../shared/data`. Without them the tests are reported as ignored.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a test may fail

mod reading;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

use newsgrep::article::{Article, Body, Draft};
use newsgrep::clean::clean;

use reading::articles;

/// The name of each test, the collection it reads, and the test.
type Test = (&'static str, &'static str, fn(&Path));

const TESTS: [Test; 2] = [
    ("clean_articles_are_untouched", "search/piaf/docs.jsonl", clean_articles_are_untouched),
    ("extraction_keeps_its_floor", "pages/shub", extraction_keeps_its_floor),
];

fn main() -> ExitCode {
    let root = std::env::var_os("COLLECTIONS").map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from);
    let trials = TESTS.map(|(name, collection, test)| {
        let path = root.join(collection);
        let (is_there, lacking) = (path.exists(), format!("no {}", path.display()));
        let trial = Trial::test(name, move || {
            test(&path);
            Ok(())
        });
        trial.with_ignored_flag(!is_there).with_kind(if is_there { String::new() } else { lacking })
    });
    libtest_mimic::run(&Arguments::from_args(), trials.into()).exit_code()
}

fn clean_articles_are_untouched(path: &Path) {
    let mut count = 0;
    for line in fs::read_to_string(path).unwrap().lines() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = record["text"].as_str().unwrap();
        let cleaned = clean(Draft { body: Body::Text(text.to_owned()), ..Draft::default() }, &[]);
        assert_eq!(cleaned.ledger.edits, [], "{}", cleaned.article.text());
        assert_eq!(cleaned.article.text(), text);
        count += 1;
    }
    assert!(count > 0);
}

/// How well the main text of whole pages is told.
fn extraction_keeps_its_floor(pages: &Path) {
    const FLOOR: f64 = 0.970;
    let truth = fs::read_to_string(pages.join("gt.json")).unwrap();
    let truth: BTreeMap<String, serde_json::Value> = serde_json::from_str(&truth).unwrap();
    let (mut precision, mut recall) = (0.0, 0.0);
    for (name, page) in &truth {
        let found = articles(&pages.join("html").join(format!("{name}.html")));
        let text: Vec<String> = found.iter().map(Article::text).collect();
        let (p, r) = overlap(page["articleBody"].as_str().unwrap(), &text.join("\n"));
        precision += p / truth.len() as f64;
        recall += r / truth.len() as f64;
    }
    let f1 = 2.0 * precision * recall / (precision + recall);
    assert!(f1 >= FLOOR, "precision {precision:.4}, recall {recall:.4}, F1 {f1:.4}");
}

/// The share of the found groups of four words that are wanted, and of the wanted ones that are found.
fn overlap(wanted: &str, found: &str) -> (f64, f64) {
    let grams = |text: &str| {
        let words: Vec<&str> =
            text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
        let mut grams: HashMap<Vec<String>, usize> = HashMap::new();
        for gram in words.windows(4.min(words.len().max(1))) {
            *grams.entry(gram.iter().map(|word| (*word).to_owned()).collect()).or_default() += 1;
        }
        grams
    };
    let (wanted, found) = (grams(wanted), grams(found));
    let both: usize = wanted.iter().map(|(gram, count)| (*count).min(found.get(gram).copied().unwrap_or(0))).sum();
    let share = |all: &HashMap<Vec<String>, usize>| both as f64 / all.values().sum::<usize>().max(1) as f64;
    (share(&found), share(&wanted))
}
