//! Articles as they come and as they must come out: `fixtures/pages/<format>/<case>/{source.*, expected.json}`.
//!
//! `UPDATE=1 cargo test --test pages` rewrites the expectations that do not hold; the difference is what is to be reviewed.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::needless_pass_by_value,
    clippy::print_stdout
)] // a test may fail

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::Cursor;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use newsgrep::article::Article;
use newsgrep::clean::clean;
use newsgrep::read::{Choice, Head, choose};

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/pages");
    let folders = |dir: &Path| -> Vec<PathBuf> {
        let mut found: Vec<PathBuf> =
            fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
        found.sort();
        found
    };
    folders(&root).iter().flat_map(|format| folders(format)).collect()
}

fn source(case: &Path) -> PathBuf {
    let mut files = fs::read_dir(case).unwrap().map(|entry| entry.unwrap().path());
    files.find(|path| path.file_stem().is_some_and(|stem| stem == "source")).unwrap()
}

fn articles(path: &Path) -> Vec<Article> {
    let bytes = fs::read(path).unwrap();
    let extension = path.extension().unwrap().to_str().unwrap();
    let Choice::Reader(reader) = choose(&Head { bytes: &bytes, extension }, true) else {
        panic!("{} is no article", path.display())
    };
    let mut found = Vec::new();
    (reader.split)(&mut Cursor::new(&bytes), &mut |record| {
        let draft = (reader.draft)(&record.unwrap().bytes).unwrap();
        found.push(clean(draft, &[]).article);
        ControlFlow::Continue(())
    })
    .unwrap();
    found
}

#[test]
fn pages_come_out_as_expected() {
    let cases = cases();
    assert!(!cases.is_empty());
    let mut wrong = Vec::new();
    for case in cases {
        let found = articles(&source(&case));
        let expected = case.join("expected.json");
        let text = fs::read_to_string(&expected).unwrap_or_default();
        let wanted: Vec<Article> = match text.chars().next() {
            None => Vec::new(),
            Some('[') => serde_json::from_str(&text).unwrap(),
            Some(_) => vec![serde_json::from_str(&text).unwrap()],
        };
        if found == wanted {
            continue;
        }
        let json = match found.as_slice() {
            [one] => serde_json::to_string_pretty(one).unwrap(),
            all => serde_json::to_string_pretty(all).unwrap(),
        };
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&expected, json + "\n").unwrap();
        } else {
            wrong.push(format!("{}:\n{json}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Every sentence of a clip's source that is not markup comes out, and nothing else.
#[test]
fn the_broken_clip_is_whole() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/clips/offre-openai.txt");
    let article = articles(&path).remove(0);
    let text = article.text();
    for residue in ["☺", "☻", "class", "blockquote", "widgets", "Autoriser", "‘>", "twitter"] {
        assert!(!text.contains(residue), "{residue} is left");
    }
    assert!(text.contains("Karim Delmas, dans un entretien à Radio Lutèce. Il demande"));
    assert!(text.contains("la Gazette du Rhônequi a révélé"), "what is glued stays as it came");
    assert_eq!(article.embeds().count(), 1);
    assert_eq!(article.date_published, None);
    assert_eq!(article.date_hint.unwrap().not_before.to_string(), "2025-02-10");
}

/// How well the main text of whole pages is told, where pages with a truth are at hand: `../shared/data/pages`.
#[test]
fn extraction_keeps_its_floor() {
    const FLOOR: f64 = 0.970;
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/pages/shub");
    let Ok(truth) = fs::read_to_string(pages.join("gt.json")) else {
        println!("skipped: no pages at {}", pages.display());
        return;
    };
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
