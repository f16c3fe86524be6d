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

#[test]
fn what_was_forgotten_stays_forgotten() {
    let bench = Bench::new();
    let text = |name: &str| format!("{{\"id\":\"{name}\",\"title\":\"{name}\",\"text\":\"le zèbre {name}\"}}\n");
    let path = bench.write("clips/a.jsonl", text("un") + &text("deux"));
    bench.run(&["ingest", "clips"]);
    let id = bench.ids("deux").pop().unwrap();
    let said = bench.run(&["forget", "--yes", &id[..6]]);
    assert!(said.code == 0 && said.err.contains("removed for good"), "{}", said.err);
    bench.write("clips/a.jsonl", text("trois") + &text("deux"));
    bench.write("moved/b.jsonl", text("un") + &text("deux"));
    let said = bench.run(&["ingest", "clips", "moved"]);
    assert!(said.code == 0 && said.err.contains("2 left out as forgotten"), "{}", said.err);
    assert!(bench.ids("deux").is_empty());
    assert_eq!(bench.run(&["forget", "--list"]).out, format!("{id}\n"));
    let said = bench.run(&["show", &id]);
    assert!(said.code == 1 && said.err.contains("was forgotten"), "{}", said.err);
    // Nothing of its text is left on the disk: the index stores it compressed, so its words are looked for there.
    for (name, bytes) in files(bench.archive()) {
        assert!(!String::from_utf8_lossy(&bytes).contains("deux"), "{name}");
    }
    // It stays so in a copy, and after a rebuild.
    bench.run(&["export-archive", "out"]);
    assert!(!files(bench.path("out")).values().any(|bytes| String::from_utf8_lossy(bytes).contains("zèbre deux")));
    bench.run(&["--archive", "copy", "import-archive", "out"]);
    assert_eq!(bench.run(&["--archive", "copy", "forget", "--list"]).out, format!("{id}\n"));
    bench.run(&["reindex"]);
    assert!(bench.ids("deux").is_empty());
    assert_eq!(bench.run(&["check", "--read-data"]).code, 0);
    // The way back.
    assert_eq!(bench.run(&["forget", "--lift", "ffff"]).code, 1);
    assert_eq!(bench.run(&["forget", "--lift", &id]).code, 0);
    assert_eq!(bench.run(&["ingest", "--rehash", &path]).code, 0);
    assert_eq!(bench.ids("deux"), [id]);
    assert_eq!(bench.run(&["check", "--read-data"]).code, 0);
}

/// A chunk of its own for each of three long articles; the second is overwritten.
fn with_a_damaged_original() -> Bench {
    let bench = Bench::new();
    for name in ["un", "deux", "trois"] {
        let text: String = (0..8_000).map(|n| format!("{name}{n} ")).collect();
        bench.write(&format!("clips/{name}.txt"), format!("Titre {name}\n\nLe zèbre {name}. {text}\n"));
    }
    assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    let database = rusqlite::Connection::open(bench.archive().join("archive.sqlite")).unwrap();
    let chunk =
        "SELECT chunk FROM pieces JOIN sources ON sources.original = pieces.original WHERE path LIKE '%deux.txt'";
    database.execute(&format!("UPDATE chunks SET data = zeroblob(100) WHERE id IN ({chunk})"), []).unwrap();
    bench
}

#[test]
fn a_damaged_original_costs_itself_alone() {
    let bench = with_a_damaged_original();
    fs::remove_dir_all(bench.archive().join("index")).unwrap();
    let said = bench.run(&["reindex"]);
    assert_eq!(said.code, 4, "{}", said.err);
    assert!(said.err.contains("skipped") && said.err.contains("deux.txt: article "), "{}", said.err);
    assert!(said.err.contains("the originals of 1 article are damaged"), "{}", said.err);
    assert_eq!(bench.ids("zèbre").len(), 2);
    let said = bench.run(&["check", "--read-data"]);
    assert!(said.code == 4 && said.err.contains("import-archive"), "{}", said.err);
    assert!(said.out.contains("is damaged") && said.out.contains("(lost)"), "{}", said.out);
    // What is sound is taken out; with the source it is whole again.
    let said = bench.run(&["export-archive", "out"]);
    assert!(said.code == 4 && said.err.contains("damaged: original"), "{}", said.err);
    let said = bench.run(&["--archive", "new", "import-archive", "out"]);
    assert_eq!(said.code, 4, "{}", said.err);
    assert_eq!(bench.run(&["--archive", "new", "ingest", "clips"]).code, 0);
    assert_eq!(bench.run(&["--archive", "new", "check", "--read-data"]).code, 0);
    assert_eq!(bench.run(&["--archive", "new", "query", "-c", "zèbre"]).out, "3\n");
}

#[test]
fn the_chain_of_evidence() {
    let bench = Bench::with_fixtures();
    let id = bench.ids("tramway").pop().unwrap();
    let said = bench.run(&["verify", &id[..8]]);
    let bytes = fs::read(fixtures().join("tramway.txt")).unwrap();
    let hash = blake3::hash(&bytes).to_string();
    assert_eq!(said.code, 0, "{}", said.err);
    for wanted in [&hash, "tramway.txt: first seen 2", "verified now", "cleaned again now it is the same", "analysis"] {
        assert!(said.out.contains(wanted), "{wanted}: {}", said.out);
    }
    let file = fixtures().join("tramway.txt");
    let document: serde_json::Value =
        serde_json::from_str(&bench.run(&["verify", &id, "--json", "--against", file.to_str().unwrap()]).out).unwrap();
    assert_eq!((&document["schema"], &document["verified"]), (&1.into(), &true.into()));
    assert_eq!(document["files"][0]["blake3"], hash.as_str());
    assert_eq!((&document["against"]["same"], &document["textReproduced"]), (&"file".into(), &true.into()));
    let other = bench.write("other", "x");
    assert_eq!(bench.run(&["verify", &id, "--against", &other]).code, 1);
    assert_eq!(bench.run(&["verify", &id, "--against", "nowhere"]).code, 2);
    assert_eq!(bench.run(&["verify", "ffffffff"]).code, 1);

    let bench = with_a_damaged_original();
    let damaged = bench.ids("zèbre").into_iter().filter(|id| bench.run(&["verify", id]).code == 4).collect::<Vec<_>>();
    assert_eq!(damaged.len(), 1);
    let said = bench.run(&["verify", &damaged[0]]);
    assert!(said.out.contains("DAMAGE") && said.out.contains("deux.txt"), "{}", said.out);
    assert_eq!(bench.run(&["show", &damaged[0]]).code, 4, "damage is never served");
}

/// As a run leaves it that is killed between the archive and the index.
#[test]
fn forgotten_before_the_index_knew() {
    use newsgrep::archive::{Wait, Writer};
    let bench = Bench::with_fixtures();
    let id = bench.ids("tramway").pop().unwrap();
    let mut writer = Writer::open_or_create(&bench.archive(), &Wait::No).unwrap();
    writer.forget(&[vec![newsgrep::article::ArticleId(u64::from_str_radix(&id, 16).unwrap())]]).unwrap();
    drop(writer);
    assert!(!bench.ids("tramway").contains(&id), "what is forgotten is not found");
    let said = bench.run(&["check", "--read-data"]);
    assert!(said.code == 0 && said.err.contains("1 forgotten article"), "it is behind, not damaged: {said:?}");
    assert_eq!(bench.run(&["forget", "--yes", &id]).code, 0, "said again, it is completed");
    let said = bench.run(&["check", "--read-data"]);
    assert!(said.code == 0 && !said.err.contains("forgotten"), "{said:?}");
    assert_eq!(bench.run(&["forget", "--yes", &id]).code, 1, "and then there is nothing left to do");
}

#[test]
fn evidence_knows_the_rules_left_out() {
    let bench = Bench::new();
    bench.write("a.txt", "Un titre\n\nLe zèbre<b> court.\n\n(AFP) 12:30\n");
    bench.run(&["ingest", "--skip", "tags", "a.txt"]);
    let said = bench.run(&["verify", &bench.ids("zèbre")[0]]);
    assert!(said.out.contains("cleaned again now it is the same"), "{}", said.out);
}
