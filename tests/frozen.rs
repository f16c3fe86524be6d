//! Archives of every format there was are read for good: `fixtures/archives/vN` was written once and is never written again.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a test may fail

mod bench;

use std::fs;
use std::path::Path;

use bench::{Bench, files};

/// The articles of `v1`, newest first.
const V1: [&str; 8] = [
    "3c5842da1981dd15",
    "d12ad6bb4f847bb4",
    "0445ecd79d2b0d29",
    "59591c7609bb4d0a",
    "9c4124062e39d98f",
    "6ba0f5d3948ce448",
    "c1cd771537a058ad",
    "fb9b841440dc9717",
];

fn frozen() -> Bench {
    let bench = Bench::new();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/archives/v1");
    for (name, bytes) in files(&from) {
        bench.write(&format!("archive/{name}"), bytes);
    }
    bench
}

/// A reader never converts: it says what does, and how long that takes. A command that writes converts first.
fn converted() -> Bench {
    let bench = frozen();
    let before = files(bench.archive());
    for arguments in [
        &["query", "OpenAI"][..],
        &["list"],
        &["show", "c1cd7715"],
        &["verify", "c1cd7715"],
        &["forget", "--list"],
        &["status"],
        &["check"],
        &["export-archive", "out"],
    ] {
        let said = bench.run(arguments);
        assert_eq!(said.code, 5, "{arguments:?} {said:?}");
        assert!(said.err.contains("run newsgrep reindex, which converts it (a moment)"), "{arguments:?} {}", said.err);
    }
    let after = files(bench.archive()).into_iter().filter(|(name, _)| !name.contains("sqlite-"));
    assert!(after.eq(before), "a reader wrote something");
    assert_eq!(bench.run(&["reindex"]).code, 0);
    bench
}

/// Each command that writes converts, and the index of format 1 is carried on.
#[test]
fn format_1_is_converted_by_whatever_writes() {
    for arguments in
        [&["reindex"][..], &["ingest", "new.txt"], &["forget", "--yes", "3c5842da"], &["forget", "--lift", "29d528cb"]]
    {
        let bench = frozen();
        bench.write("new.txt", "Un okapi\n\nUn okapi est né.\n");
        let said = bench.run(arguments);
        assert_eq!(said.code, 0, "{arguments:?} {said:?}");
        if arguments[1..] == ["--lift", "29d528cb"] {
            // The index was not looked at; the next run that does builds it anew.
            assert_eq!(bench.run(&["query", "flamant"]).code, 4);
            assert_eq!(bench.run(&["reindex"]).code, 0);
        }
        assert_eq!(bench.ids("flamant"), ["fb9b841440dc9717"], "{arguments:?}");
        assert_eq!(bench.run(&["check", "--read-data"]).code, 0, "{arguments:?}");
        assert!(!bench.archive().join("index/meta.json").exists(), "the old index is removed");
    }
}

#[test]
fn format_1_is_listed_shown_searched_and_verified() {
    let bench = converted();
    let mut listed: Vec<String> = bench.run(&["list", "--format", "ids"]).out.lines().map(str::to_owned).collect();
    let mut expected = V1.map(str::to_owned).to_vec();
    listed.sort();
    expected.sort();
    assert_eq!(listed, expected);
    for id in V1 {
        let said = bench.run(&["verify", id, "--json"]);
        let evidence: serde_json::Value = serde_json::from_str(&said.out).unwrap();
        assert_eq!((said.code, evidence["verified"].as_bool()), (0, Some(true)), "{}", said.err);
        assert!(evidence["blake3"].as_str().unwrap().starts_with(id));
        assert_eq!(bench.run(&["show", id]).code, 0);
    }
    let original = bench.command(&["show", "c1cd7715", "--format", "original"]).output().unwrap().stdout;
    assert_eq!(blake3::hash(&original).to_string(), "c1cd771537a058ad415bbe22a07acdb4a4e8b40da406eaefb1a6c68a1ae897bd");
    assert_eq!(bench.ids("flamant"), ["fb9b841440dc9717"]);
    assert!(bench.ids("pélican").is_empty(), "an older version");
    assert!(bench.ids("château").len() == 1, "under a path that is not UTF-8");
    let evidence = bench.run(&["verify", "fb9b8414", "--json"]).out;
    let evidence: serde_json::Value = serde_json::from_str(&evidence).unwrap();
    assert!(bench.run(&["show", evidence["previous"].as_str().unwrap()]).out.contains("pélican"));
    // The forgotten stays forgotten.
    assert_eq!(bench.run(&["forget", "--list"]).out, "29d528cb34f4e8f7\n");
    bench.write("prive.txt", "Une affaire privée\n\nUn zébu perdu a été rendu à son maître.\n");
    assert!(bench.run(&["ingest", "prive.txt"]).err.contains("1 left out as forgotten"));
    assert_eq!(bench.run(&["check", "--read-data"]).code, 0);
}

#[test]
fn format_1_is_taken_out_and_back() {
    let bench = converted();
    assert_eq!(bench.run(&["export-archive", "out"]).code, 0);
    assert_eq!(bench.run(&["--archive", "new", "import-archive", "out"]).code, 0);
    assert_eq!(bench.run(&["--archive", "new", "check", "--read-data"]).code, 0);
    assert_eq!(bench.run(&["--archive", "new", "list", "--format", "ids"]).lines().len(), V1.len());
}

/// Whatever the command: said, exit code 5, and not a byte written.
#[test]
fn a_newer_format_is_refused_and_left_alone() {
    let bench = frozen();
    let path = bench.archive().join("archive.sqlite");
    let mut bytes = fs::read(&path).unwrap();
    bytes[63] += 9;
    fs::write(&path, &bytes).unwrap();
    let before = files(bench.archive());
    bench.write("a.txt", "Titre\n\nTexte.");
    for arguments in [
        &["ingest", "a.txt"][..],
        &["reindex"],
        &["query", "OpenAI"],
        &["list"],
        &["show", "c1cd7715"],
        &["verify", "c1cd7715"],
        &["forget", "--yes", "c1cd7715"],
        &["forget", "--list"],
        &["status"],
        &["check"],
        &["export-archive", "out"],
    ] {
        let said = bench.run(arguments);
        assert_eq!(said.code, 5, "{arguments:?} {said:?}");
        assert!(said.err.contains("install a newer newsgrep"), "{arguments:?} {}", said.err);
        assert!(files(bench.archive()) == before, "{arguments:?}");
    }
}
