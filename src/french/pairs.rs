//! Query and text: what must be found and what must not, for the analysis as a whole.

use std::collections::HashSet;

use super::{Analyzer, Term};

struct Found {
    term: Term,
    position: u32,
    width: u32,
}

fn analyze(analyzer: &mut Analyzer, text: &str) -> Vec<Found> {
    let mut tokens = Vec::new();
    analyzer.analyze(text, &mut |token| {
        tokens.push(Found { term: token.term.clone(), position: token.position, width: token.width });
    });
    tokens
}

/// Whether all words of the query are in the text, small words aside unless there are no others. A compound is there if its
/// joined form is, or its parts are neighbours.
fn finds(query: &str, text: &str) -> bool {
    let mut analyzer = Analyzer::new();
    let query = analyze(&mut analyzer, query);
    let text = analyze(&mut analyzer, text);
    let exact: HashSet<&str> = text.iter().map(|found| found.term.exact.as_str()).collect();
    let light: HashSet<&str> = text.iter().filter_map(|found| found.term.light.as_deref()).collect();
    let plural: HashSet<(&str, u32)> = text.iter().map(|found| (found.term.plural.as_str(), found.position)).collect();
    let has = |term: &Term| term.light.as_deref().is_some_and(|stem| light.contains(stem));
    let mut covered = 0;
    let mut wanted = 0;
    for (nth, word) in query.iter().enumerate() {
        if word.width > 1 {
            let parts: Vec<&str> =
                query[nth + 1..].iter().take(word.width as usize).map(|part| part.term.plural.as_str()).collect();
            let last = text.last().map_or(0, |found| found.position);
            let neighbours =
                (0..=last).any(|at| (at..).zip(&parts).all(|(place, part)| plural.contains(&(*part, place))));
            if !has(&word.term) && !neighbours {
                return false;
            }
            covered = word.position + word.width;
            wanted += 1;
        } else if word.position >= covered && word.term.light.is_some() {
            if !has(&word.term) {
                return false;
            }
            wanted += 1;
        }
    }
    wanted > 0 || !query.is_empty() && query.iter().all(|word| exact.contains(word.term.exact.as_str()))
}

/// Checks lines of query, tab, text, tab, `1` (found), `0` (not found), `=` (found, and the other way round as well) or
/// anything else (either).
fn check(lines: &str) -> Vec<String> {
    let wrong = |line: &&str| {
        let mut fields = line.split('\t');
        let (Some(query), Some(text), Some(expected)) = (fields.next(), fields.next(), fields.next()) else {
            return false;
        };
        match expected {
            "1" => !finds(query, text),
            "0" => finds(query, text),
            "=" => !finds(query, text) || !finds(text, query),
            _ => false,
        }
    };
    lines.lines().filter(wrong).map(str::to_owned).collect()
}

#[test]
fn pairs_of_the_shared_data_hold() {
    let path = std::env::var("NEWSGREP_SHARED")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../shared").to_owned());
    let Ok(lines) = std::fs::read_to_string(format!("{path}/data/search/pairs.tsv")) else { return };
    assert_eq!(check(&lines), Vec::<String>::new());
}

#[test]
fn our_pairs_hold() {
    let lines = include_str!("pairs.txt").replace('|', "\t");
    assert!(lines.lines().count() > 150);
    assert_eq!(check(&lines), Vec::<String>::new());
}
