//! Finding as a person meets it: counts, first articles, receipts, passages, advice, and what is refused.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::needless_pass_by_value
)] // a test may fail

#[path = "../bench/mod.rs"]
mod bench;
mod explained;
mod written;

use std::fs;

use serde_json::{Value, json};

use bench::Bench;

fn values(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The lines of a table, but for the last, which sums up.
fn table(out: &str) -> Vec<String> {
    let lines: Vec<String> = out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    lines[..lines.len() - 1].to_vec()
}

/// Six articles of three newspapers, one of them undated and one with a year for a date.
fn press() -> Bench {
    let article = |id: &str, source: &str, date: &str, authors: &[&str], text: &str| json!({"id": id, "title": format!("Titre {id}"), "source": source, "date": date, "authors": authors, "text": text});
    Bench::of(&[
        article("a", "Le Fil", "2024-11-30T08:00:00", &["Zoé Vial"], "Le tramway de nuit roule."),
        article("b", "Le Fil", "2024-11-30T07:00:00", &["Zoé Vial", "Ali Roc"], "Le tramway de nuit est là."),
        article("c", "LE FIL", "", &["Zoe Vial"], "Un tramway sans date."),
        article("d", "La Voix", "2025-02-02", &[], "Le tramway revient."),
        article("e", "La Voix", "2025", &[], "Le tramway de l’année."),
        article("f", "Le Phare", "", &[], "Le tramway du phare."),
    ])
}

#[test]
fn articles_are_counted_by_what_they_have() {
    let bench = press();
    let count = |by: &str| table(&bench.out(&["query", "tramway", "--by", by]));
    assert_eq!(
        count("month"),
        ["2024-11 2", "2024-12 0", "2025 (no month) 1", "2025-01 0", "2025-02 1", "(no date) 2"]
    );
    assert_eq!(count("year"), ["2024 2", "2025 2", "(no date) 2"]);
    assert_eq!(count("source"), ["Le Fil 3", "La Voix 2", "Le Phare 1"], "case does not tell names apart");
    assert_eq!(count("author"), ["Zoé Vial 3", "Ali Roc 1", "(no author) 3"]);
    assert_eq!(count("lang"), ["(no lang) 6"], "too short to tell");
    assert_eq!(count("tag"), ["(no tag) 6"]);
    let days = bench.out(&["query", "tramway", "--by", "day"]);
    assert_eq!(table(&days)[..3], ["2024-11-30 2", "2024-12-01 to 2024-12-31 0", "2025 (no month) 1"]);
    assert_eq!(bench.out(&["query", "tramway", "--by", "day", "--format", "csv"]).lines().count(), 1 + 1 + 65 + 1);
    assert!(days.ends_with("ms\n") && !days.contains('█'), "no bars in a pipe");
}

#[test]
fn counts_are_written_for_scripts() {
    let bench = press();
    let rows = values(&bench.out(&["query", "nuit", "--by", "month", "--json"]));
    assert_eq!(rows, [json!({"schema": 1, "by": "month", "value": "2024-11", "count": 2})]);
    let rows = values(&bench.out(&["query", "--by", "source", "-n", "1", "--json"]));
    assert_eq!(rows[1], json!({"schema": 1, "by": "source", "value": null, "count": 3, "more": 2}));
    let document: Value = serde_json::from_str(&bench.out(&["query", "--by", "year", "--format", "json"])).unwrap();
    assert_eq!((&document["total"], &document["without"]), (&json!(6), &json!(2)));
    assert_eq!(document["rows"][2], json!({"value": null, "count": 2}));
    let csv = bench.out(&["query", "tramway", "--by", "year", "--format", "csv", "--since", "2025"]);
    assert_eq!(csv, "year,count\n2025,2\n");
    let said = bench.run(&["query", "licorne", "--by", "year"]);
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert!(said.err.contains("licorne: no articles"), "{}", said.err);
}

#[test]
fn the_first_of_each_source() {
    let bench = press();
    let out = bench.out(&["query", "tramway", "--first-by", "source"]);
    let lines: Vec<&str> = out.lines().collect();
    assert!(
        lines[0].starts_with("2024-11-30T07:00:00  Le Fil ") && lines[0].ends_with("Titre b (1 undated besides)"),
        "{out}"
    );
    assert!(lines[1].starts_with("2025-02-02 ") && lines[1].contains("Titre d"), "a year may be any day of it: {out}");
    assert!(
        lines[2].starts_with("undated ")
            && lines[2].contains("Le Phare")
            && lines[2].ends_with("none is dated (1 article)"),
        "{out}"
    );
    let rows = values(&bench.out(&["query", "tramway", "--first-by", "source", "--json"]));
    assert_eq!(
        (&rows[0]["value"], &rows[0]["undated"], &rows[0]["first"]["key"]),
        (&json!("Le Fil"), &json!(1), &json!("b"))
    );
    assert_eq!(rows[2]["first"], Value::Null);
    assert!(
        bench
            .out(&["query", "--first-by", "author", "--format", "csv"])
            .starts_with("author,datePublished,id,headline,")
    );
}

#[test]
fn options_that_make_no_sense_together_are_refused() {
    let bench = press();
    for (arguments, word) in [
        (&["query", "x", "--by", "month", "-n", "3"][..], "--since"),
        (&["query", "x", "--by", "month", "--format", "ids"], "--format ids"),
        (&["query", "x", "--by", "month", "--first-by", "source"], "--first-by"),
        (&["query", "x", "--by", "month", "--count"], "--count"),
        (&["query", "x", "--by", "month", "--sort", "newest"], "--sort"),
        (&["query", "x", "--by", "colour"], "possible values"),
        (&["query", "--first-by", "month"], "possible values"),
        (&["query"], "<WORDS>"),
    ] {
        let said = bench.run(arguments);
        assert!(said.code == 2 && said.err.contains(word), "{arguments:?} {said:?}");
    }
    assert_eq!(bench.run(&["query", "--since", "2025"]).code, 0, "a filter is enough");
}

/// A receipt's lines as name and value; a line without name belongs to the one above.
fn receipt(text: &str) -> Vec<(String, String)> {
    let from = text.find("Receipt of this search\n").unwrap();
    let fields = text[from..].lines().skip(1).map(|line| line.split_at(16));
    fields.map(|(name, value)| (name.trim().to_owned(), value.to_owned())).collect()
}

#[test]
fn nothing_found_can_be_cited() {
    let bench = press();
    let said = bench.run(&["query", "--since", "2025-02", "licorne", "-tramway", "--receipt"]);
    assert_eq!(said.code, 2, "a leading minus");
    let said = bench.run(&["query", "--since", "2025-02", "--receipt", "--", "l'licorne", "-phare"]);
    assert_eq!(said.code, 1);
    let fields = receipt(&said.out);
    let field = |name: &str| fields.iter().find(|(known, _)| known == name).unwrap().1.clone();
    assert_eq!(field("asked"), "l'licorne -phare");
    assert_eq!(field("understood"), "AND");
    assert!(said.out.contains("date 2025-02-01 or later"), "relative dates are resolved: {}", said.out);
    assert_eq!(field("answer"), "0 articles; 0 undated left out by the date");
    assert_eq!(field("archive"), "6 articles, 2024-11-30 to 2025-12-31, 2 undated, 0 cut off");
    assert_eq!(field("check again"), "newsgrep query --count --since 2025-02 -- 'l'\\''licorne -phare'");
    assert!(field("newsgrep").starts_with(env!("CARGO_PKG_VERSION")) && field("when").contains('T'));
}

#[test]
fn receipts_go_where_they_belong() {
    let bench = press();
    assert!(bench.out(&["query", "tramway", "--by", "year", "--receipt"]).contains("ms\n\nReceipt of this search\n"));
    let said = bench.run(&["query", "-c", "tramway", "--receipt"]);
    assert_eq!(said.out, "6\n");
    assert!(said.err.starts_with("Receipt of this search\n"), "{}", said.err);
    let document: Value =
        serde_json::from_str(&bench.out(&["query", "nuit", "--format", "json", "--receipt"])).unwrap();
    assert_eq!((&document["receipt"]["total"], &document["receipt"]["archive"]["articles"]), (&json!(2), &json!(6)));
    assert_eq!(bench.run(&["query", "licorne", "--json", "--receipt=r.json"]).code, 1, "nothing found is written too");
    let file = fs::read_to_string(bench.dir.path().join("r.json")).unwrap();
    assert_eq!((&values(&file)[0]["schema"], &values(&file)[0]["total"]), (&json!(1), &json!(0)));
    let said = bench.run(&["query", "licorne", "--receipt=r.json"]);
    assert!(said.code == 2 && said.err.contains("name another"), "{}", said.err);
    assert_eq!(fs::read_to_string(bench.dir.path().join("r.json")).unwrap(), file, "evidence is not written over");
    assert_eq!(bench.run(&["query", "--explain", "x", "--receipt"]).code, 2);
}

#[test]
fn the_fingerprint_is_that_of_the_clippings() {
    let record = |id: &str| json!({"id": id, "title": id, "text": format!("Le pélican {id} est là.")});
    let hash =
        |bench: &Bench| bench.out(&["query", "pélican", "--receipt"]).split("blake3 ").nth(1).unwrap()[..64].to_owned();
    let (one, other) = (Bench::of(&[record("a"), record("b")]), Bench::of(&[record("b"), record("a")]));
    assert_eq!(hash(&one), hash(&other), "whatever the order and the path");
    one.ingest("more.jsonl", &[record("c")]);
    assert_ne!(hash(&one), hash(&other));
}

#[test]
fn nothing_found_is_helped() {
    let bench = press();
    let help = |arguments: &[&str]| {
        let said = bench.run(arguments);
        assert_eq!((said.code, said.out.as_str()), (1, ""), "{arguments:?}");
        said.err
    };
    let said = help(&["query", "tramvay nuit"]);
    assert!(
        said.contains("tramvay: no articles; did you mean tramway?") && said.contains("nuit: 2 articles"),
        "{said}"
    );
    assert!(said.contains("any of these (--any): 2 articles"), "{said}");
    let said = help(&["query", "\"tramvay de nuit\""]);
    assert!(
        said.contains("  \"tramvay de nuit\": no articles\n    tramvay: no articles; did you mean tramway?\n"),
        "{said}"
    );
    let said = help(&["query", "auteur:vyal", "tramway"]);
    assert!(said.contains("auteur:vyal: no articles; did you mean vial?"), "names have spellings of their own: {said}");
    let said = help(&["query", "tramway", "--until", "2020"]);
    assert!(said.contains("without the condition [date 2020-12-31 or earlier]: 6 articles"), "{said}");
    assert!(said.contains("the archive has articles of 2024-11-30 to 2025-12-31"), "{said}");
    assert!(said.contains("2 undated articles left out"), "{said}");
    let said = help(&["query", "tramway -titre:*"]);
    assert!(said.contains("6 articles") && !said.contains("of 2024"), "no date was asked for: {said}");
    assert!(help(&["query", "==Tramway"]).contains("did you mean tramway?"));
    assert!(!help(&["query", "zzz"]).contains("mean"), "short words have no near ones");
    bench.ingest("more.jsonl", &[json!({"id": "g", "text": "La médiation échoue, l’aménagement aussi."})]);
    assert!(help(&["query", "mediattion"]).contains("did you mean médiation?"), "spelled as it is written");
}

/// The marked pieces of a hit's passages.
fn marks(hit: &Value) -> Vec<&str> {
    let pieces = hit["passages"].as_array().unwrap().iter().flat_map(|passage| passage.as_array().unwrap());
    pieces.filter(|piece| piece["hit"] == true).map(|piece| piece["text"].as_str().unwrap()).collect()
}

#[test]
fn passages_are_as_wide_and_as_many_as_wanted() {
    let bench = Bench::of(&[json!({"id": "a", "title": "Port", "text":
        "Le port dort. Un chalutier rentre. La criée ouvre.\n\nLe chalutier vend. Les acheteurs partent. Le port se vide."})]);
    let hits = values(&bench.out(&["query", "chalut*", "--json", "-C", "0", "--passages", "all"]));
    assert_eq!((marks(&hits[0]), hits[0]["passages"].as_array().unwrap().len()), (vec!["chalutier", "chalutier"], 2));
    let out = bench.out(&["query", "chalutier", "-C1", "--passages", "1"]);
    assert!(out.contains("\n     Le port dort. Un chalutier rentre. La criée ouvre.\n\n1 article"), "{out}");
    let out = bench.out(&["query", "acheteurs", "--context", "2"]);
    assert!(
        out.contains("La criée ouvre.\n     Le chalutier vend. Les acheteurs partent."),
        "paragraphs are kept: {out}"
    );
    for arguments in [
        &["query", "x", "-C1", "--format", "csv"][..],
        &["query", "x", "--passages", "0"],
        &["query", "x", "-C1", "-c"],
    ] {
        assert_eq!(bench.run(arguments).code, 2, "{arguments:?}");
    }
}

#[test]
fn an_article_is_marked_as_a_whole() {
    let bench = press();
    let id = bench.out(&["query", "là", "--format", "ids"]);
    let show = |arguments: &[&str]| bench.run(&[&["show", id.trim(), "--mark"], arguments].concat());
    let said = show(&["tramways \"nuit est\"", "--color", "always"]);
    let mark = |text: &str| format!("\u{1B}[1m\u{1B}[31m{text}\u{1B}[0m");
    assert!(said.out.contains(&format!("Le {} de {} là.", mark("tramway"), mark("nuit est"))), "{}", said.out);
    let said = show(&["tramway"]);
    assert!(said.code == 0 && said.out.contains("Le tramway de nuit") && !said.out.contains('\u{1B}'), "{}", said.out);
    assert!(show(&["licorne"]).err.contains("nothing in the text"));
    assert_eq!(show(&["tramway ET"]).code, 2);
    assert_eq!(show(&["tramway", "--format", "json"]).code, 2);
}
