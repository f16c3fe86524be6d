//! Articles as they come and as they must come out: `fixtures/pages/<format>/<case>/{source.*, expected.json}`.
//!
//! `UPDATE=1 cargo test --test pages` rewrites the expectations that do not hold; the difference is what is to be reviewed.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::needless_pass_by_value
)] // a test may fail

mod reading;

use std::fs;
use std::path::{Path, PathBuf};

use newsgrep::article::Article;

use reading::articles;

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
