//! What newsgrep promises about an archive, through the binary: plain files, evidence, forgetting, damage.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, clippy::panic)] // a test may fail

mod bench;

use std::fs;

use bench::{Bench, files, fixtures};

#[test]
fn the_archive_as_plain_files_and_back() {
    let bench = Bench::with_fixtures();
    let (first, second) = (bench.path("first"), bench.path("second"));
    assert_eq!(bench.run(&["export-archive", &first]).code, 0);
    assert_eq!(bench.run(&["export-archive", &first]).code, 2, "never into a folder in use");
    let said = bench.run(&["--archive", "copy", "import-archive", &first]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("6 articles from 3 files taken in"), "{}", said.err);
    assert_eq!(bench.run(&["--archive", "copy", "export-archive", &second]).code, 0);
    assert!(files(bench.path("first")) == files(bench.path("second")));
    for query in ["OpenAI", "tramway", "date:2021..2022", "-date:*"] {
        let of = |archive: &str| bench.run(&["--archive", archive, "query", "--json", query]).out;
        assert_eq!(of("archive"), of("copy"));
    }
    assert_eq!(bench.run(&["--archive", "copy", "check", "--read-data"]).code, 0);
    let stored: Vec<Vec<u8>> = files(&first).into_values().collect();
    for (_, original) in files(fixtures()) {
        assert!(stored.contains(&original));
    }
}

#[test]
fn a_damaged_copy_is_named_and_the_rest_taken_in() {
    let bench = Bench::with_fixtures();
    let out = bench.path("out");
    bench.run(&["export-archive", &out]);
    let name = files(&out).into_keys().find(|name| name.starts_with("originals")).unwrap();
    fs::write(format!("{out}/{name}"), "\u{1B}]0;x").unwrap();
    let said = bench.run(&["--archive", "copy", "import-archive", &out]);
    assert_eq!(said.code, 4);
    assert!(said.err.contains(&name) && said.err.contains("damages found; all else is taken in"), "{}", said.err);
    assert_eq!(bench.run(&["--archive", "copy", "check", "--read-data"]).code, 0);
    assert_eq!(bench.run(&["--archive", "copy", "ingest", fixtures().to_str().unwrap()]).code, 0, "and made whole");
    assert_eq!(bench.run(&["--archive", "copy", "list", "--format", "ids"]).lines().len(), 6);
}
