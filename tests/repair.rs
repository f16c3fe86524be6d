//! Damaged originals: they are stored anew from files that are still there, and what is forgotten goes out of them too.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a test may fail

mod bench;

use bench::Bench;
use serde_json::json;

/// Small files, and a large one with a JSON record a line; each has a word of its own.
fn bench() -> Bench {
    let large: Vec<_> = (0..900)
        .map(|n| {
            let noise = blake3::hash(format!("bruit {n}").as_bytes());
            json!({ "id": n.to_string(), "title": format!("Le tatou {n}"), "text": format!("Un tatou creuse t{n}. {noise}") })
        })
        .collect();
    let bench = Bench::of(&large);
    for n in 0..6 {
        bench.write(&format!("clips/{n}.txt"), format!("Le pangolin {n}\n\nUn pangolin dort p{n}.\n"));
    }
    assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    bench
}

/// Changes the bytes of all chunks, or of none but the articles' places.
fn damage(bench: &Bench, sql: &str) {
    let database = rusqlite::Connection::open(bench.archive().join("archive.sqlite")).unwrap();
    database.execute_batch(sql).unwrap();
}

const GARBLED: &str = "UPDATE chunks SET data = CAST(substr(data, 1, 40) || x'5a5a' || substr(data, 43) AS BLOB)";

#[test]
fn rehash_stores_anew_what_is_damaged() {
    for sql in [
        GARBLED,
        "UPDATE chunks SET data = x''",
        "PRAGMA foreign_keys = OFF; DELETE FROM chunks",
        "DELETE FROM pieces",
        "UPDATE records SET offset = offset + 1",
    ] {
        let bench = bench();
        damage(&bench, sql);
        assert_eq!(bench.run(&["check", "--read-data"]).code, 4, "{sql}");
        let said = bench.run(&["ingest", "--rehash", "clips", "records.jsonl"]);
        assert!(said.code == 0 && said.err.contains("repaired the damaged originals of 7 files"), "{sql} {said:?}");
        let said = bench.run(&["check", "--read-data"]);
        assert_eq!(said.code, 0, "{sql} {said:?}");
        let id = bench.ids("p3").pop().unwrap();
        let said = bench.run(&["show", "--format", "original", &id]);
        assert!(said.code == 0 && said.out.contains("dort p3"), "{sql} {said:?}");
        // And nothing is done twice.
        let said = bench.run(&["ingest", "--rehash", "clips", "records.jsonl"]);
        assert!(!said.err.contains("repaired"), "{sql} {said:?}");
    }
}

/// The file is found again at another place.
#[test]
fn a_copy_of_the_file_repairs_its_original() {
    let bench = bench();
    damage(&bench, GARBLED);
    let clips = bench.dir.path().join("clips");
    std::fs::rename(&clips, bench.dir.path().join("saved")).unwrap();
    let said = bench.run(&["ingest", "--rehash", "saved", "records.jsonl"]);
    assert!(said.code == 0 && said.err.contains("repaired the damaged originals of 7 files"), "{said:?}");
    let said = bench.run(&["check", "--read-data"]);
    assert_eq!(said.code, 0, "{said:?}");
}

#[test]
fn what_is_forgotten_goes_out_of_damaged_originals_too() {
    for (word, sql) in [("p3", GARBLED), ("t7", GARBLED), ("t7", "UPDATE chunks SET data = x'00'")] {
        let bench = bench();
        damage(&bench, sql);
        assert!(word != "p3" || bench.keeps(&format!(" {word}.")), "{word}");
        let id = bench.ids(word).pop().unwrap();
        let said = bench.run(&["forget", "--yes", &id]);
        assert_eq!(said.code, 0, "{word} {said:?}");
        assert!(bench.ids(word).is_empty(), "{word}");
        assert!(!bench.keeps(&format!(" {word}.")), "{word}: {sql}");
        // The others are as damaged as they were, and as found.
        assert_eq!(bench.ids("p4").len(), 1);
        assert_eq!(bench.run(&["check", "--read-data"]).code, 4, "{word}");
        let said = bench.run(&["ingest", "--rehash", "clips", "records.jsonl"]);
        assert_eq!(said.code, 0, "{word} {said:?}");
        let said = bench.run(&["check", "--read-data"]);
        assert_eq!(said.code, 0, "{word} {said:?}");
        assert!(bench.ids(word).is_empty(), "{word}");
    }
}
