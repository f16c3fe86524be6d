//! What cleaning did, as a person sees it: differences, ledgers, totals, rules left out.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, clippy::panic)] // a test may fail

mod bench;

use bench::Bench;

const CLIP: &str = "Le bac de Sombreval , vendu hier , part lundi .\n\nPartager\n\nIl a servi soixante ans .";
const CLEAN: &str = "Le bac de Sombreval, vendu hier, part lundi.\n\nIl a servi soixante ans.";

fn bench(arguments: &[&str]) -> (Bench, String) {
    let bench = Bench::new();
    let record = serde_json::json!({ "title": "Le bac", "text": CLIP });
    bench.write("clips.jsonl", record.to_string());
    assert_eq!(bench.run(&[&["ingest", "clips.jsonl"], arguments].concat()).code, 0);
    let id = bench.ids("bac").pop().unwrap();
    (bench, id)
}

/// The text that a difference says was removed, or was inserted, and all else.
fn without(diff: &str, open: &str, close: &str) -> String {
    let mut parts = diff.split(open);
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |text, part| text + part.split_once(close).unwrap().1)
}

#[test]
fn a_difference_holds_the_original_and_the_article() {
    let (bench, id) = bench(&[]);
    let diff = bench.run(&["show", "--diff", &id]).out;
    assert!(diff.contains("[-⏎\n⏎\nPartager-]") && diff.contains("Sombreval[- -],"), "{diff}");
    let bare = |text: String| text.replace(['⏎', '{', '+', '}', '[', ']'], "").replace("-]", "");
    let article = without(&diff, "[-", "-]");
    assert!(article.contains(CLEAN), "{article}");
    let original = bare(without(&diff, "{+", "+}").replace("[-", "").replace("-]", ""));
    assert!(original.contains(CLIP), "{original}");
    let said = bench.run(&["show", "--diff", "--format", "json", &id]);
    assert_eq!(said.code, 2, "{said:?}");
}

#[test]
fn edits_are_summed_by_rule() {
    let (bench, _) = bench(&[]);
    let said = bench.run(&["status"]);
    let start = said.out.find("edits ").unwrap();
    let lines: Vec<String> =
        said.out[start..].lines().take(3).map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(lines, ["edits 5 by the cleaning rules", "4 spaces", "1 boilerplate"], "{}", said.out);
    let said = bench.run(&["clean", "--explain", "clips.jsonl"]);
    let lines: Vec<&str> = said.out.lines().filter(|line| line.contains(" -> ")).collect();
    assert!(lines.iter().any(|line| line.starts_with("spaces ") && line.contains("\" \" -> \"\"")), "{said:?}");
}

#[test]
fn rules_left_out_stay_left_out() {
    let (bench, id) = bench(&["--skip", "spaces"]);
    let reads = |bench: &Bench| bench.run(&["show", "--format", "json", &id]).out.contains("Sombreval , vendu hier ,");
    assert!(reads(&bench));
    assert_eq!(bench.run(&["reindex"]).code, 0);
    assert!(reads(&bench));
    assert!(bench.run(&["status"]).out.contains("boilerplate"));
    assert!(!bench.run(&["show", "--diff", &id]).out.contains("[- -],"));
    let said = bench.run(&["clean", "--skip", "space", "clips.jsonl"]);
    assert!(said.code == 2 && said.err.contains("'spaces'"), "the nearest is named: {said:?}");
}

#[test]
fn every_rule_is_listed_with_an_example() {
    let bench = Bench::new();
    let said = bench.run(&["rules"]);
    for rule in newsgrep::clean::RULES {
        assert!(said.out.contains(rule.name), "{}", rule.name);
    }
    assert_eq!(said.code, 0);
}
