//! Archives, exports and clippings in odd places, and what stands among them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::needless_pass_by_value
)] // a test may fail

mod bench;

use std::fs;
use std::process::Command;

use bench::{Bench, Said, files};

const CLIP: &str = "Titre du tramway\n\nLe tramway de Brumeval part à midi.\n";

/// A command with another archive, in another folder below the bench's.
fn at(bench: &Bench, folder: &str, archive: &str, arguments: &[&str]) -> Said {
    let mut command: Command = bench.command(arguments);
    command.current_dir(bench.dir.path().join(folder)).env("NEWSGREP_ARCHIVE", archive);
    Said::of(&command.output().unwrap())
}

#[test]
fn an_export_goes_into_the_current_folder_and_not_onto_a_file() {
    let bench = Bench::new();
    bench.write("clips/a.txt", CLIP);
    bench.write("target", "mine");
    assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    let names = || {
        let names = fs::read_dir(bench.dir.path()).unwrap().map(|entry| entry.unwrap().file_name());
        names.collect::<std::collections::BTreeSet<_>>()
    };
    let before = names();
    for target in ["target", "target/x", ".", "clips/..", "..", "clips"] {
        let said = bench.run(&["export-archive", target]);
        assert!(said.code == 2 && said.err.contains("nothing was written"), "{target}: {said:?}");
        assert_eq!(names(), before, "{target}");
    }
    assert_eq!(fs::read(bench.path("target")).unwrap(), b"mine");
    fs::create_dir(bench.dir.path().join("empty")).unwrap();
    let said = at(&bench, "empty", "../archive", &["export-archive", "."]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(bench.dir.path().join("empty/manifest.jsonl").exists());
    fs::create_dir(bench.dir.path().join("new")).unwrap();
    assert_eq!(at(&bench, "new", ".", &["import-archive", "../empty"]).code, 0);
    assert_eq!(at(&bench, "new", ".", &["query", "-c", "tramway"]).out, "1\n");
    assert_eq!(at(&bench, "", "target", &["import-archive", "empty"]).code, 2);
}

#[test]
fn an_archive_named_like_a_uri_is_a_folder() {
    let bench = Bench::new();
    bench.write("clips/a.txt", CLIP);
    bench.write("more/b.txt", "Titre de l’autobus\n\nL’autobus de Brumeval part à une heure.\n");
    fs::create_dir(bench.dir.path().join("below")).unwrap();
    assert_eq!(at(&bench, "", "X", &["ingest", "clips"]).code, 0);
    let before = files(bench.dir.path().join("X"));
    for archive in ["file:X", "file:X?mode=ro", "a b#c%20é", "below/../file:Y"] {
        assert_eq!(at(&bench, "", archive, &["ingest", "more"]).code, 0, "{archive}");
        assert!(bench.dir.path().join(archive).join("archive.sqlite").exists(), "{archive}");
        assert_eq!(at(&bench, "", archive, &["query", "-c", "autobus"]).out, "1\n", "{archive}");
        assert_eq!(at(&bench, "", archive, &["check", "--read-data"]).code, 0, "{archive}");
        assert_eq!(at(&bench, "below", &format!("../{archive}"), &["query", "-c", "autobus"]).out, "1\n", "{archive}");
    }
    assert!(files(bench.dir.path().join("X")) == before, "another archive was opened");
    assert_eq!(at(&bench, "", "X", &["query", "-c", "tramway"]).out, "1\n");
}

#[test]
fn archives_and_exports_among_the_clips_are_passed_over() {
    let bench = Bench::new();
    bench.write("clips/a.txt", CLIP);
    let ingest = |arguments: &[&str]| at(&bench, "", "clips/archive", arguments);
    let said = ingest(&["ingest", "clips"]);
    assert!(said.code == 0 && said.err.contains("1 article added"), "{said:?}");
    assert!(said.err.contains("clips/archive is an archive of newsgrep"), "{said:?}");
    assert_eq!(ingest(&["export-archive", "clips/below/exported"]).code, 5, "no folder to be written in");
    fs::create_dir(bench.dir.path().join("clips/below")).unwrap();
    assert_eq!(ingest(&["export-archive", "clips/below/exported"]).code, 0);
    // Another archive, and one that is damaged.
    assert_eq!(at(&bench, "", "clips/other", &["ingest", "clips/a.txt"]).code, 0);
    assert_eq!(at(&bench, "", "clips/empty", &["ingest", "clips/a.txt"]).code, 0);
    bench.write("clips/empty/archive.sqlite", "");
    for arguments in [&["ingest", "clips"][..], &["ingest", "--rehash", "clips", "clips/below"], &["clean", "clips"]] {
        let said = ingest(arguments);
        assert_eq!(said.code, 0, "{said:?}");
        assert!(!said.err.contains("ignored"), "{said:?}");
        let passed_over: Vec<&str> = said.err.lines().filter(|line| line.starts_with("passed over: ")).collect();
        assert_eq!(passed_over.len(), 4, "{said:?}");
        assert!(passed_over[1].ends_with("clips/below/exported is an export of newsgrep"), "{said:?}");
    }
    assert!(ingest(&["ingest", "clips"]).err.contains("0 articles added, 1 file unchanged, 0 skipped"));
    assert_eq!(ingest(&["list", "--format", "ids"]).lines().len(), 1);

    for (own, instead) in [
        ("clips/archive", "--archive clips/archive query"),
        ("clips/other/", "export-archive"),
        ("clips/below/exported", "import-archive clips/below/exported"),
    ] {
        for command in ["ingest", "clean"] {
            let said = ingest(&[command, "clips", own]);
            assert!(said.code == 2 && said.err.contains(instead), "{said:?}");
        }
    }
    let said = at(&bench, "", "clips", &["ingest", "clips"]);
    assert!(said.code == 2 && !bench.dir.path().join("clips/archive.sqlite").exists(), "{said:?}");
}

/// Another article is given, by hand, the id that a record of the next file has: nobody finds two records with one id.
#[test]
fn two_records_with_one_id_cost_the_second_alone() {
    let bench = Bench::new();
    bench.write("a.txt", CLIP);
    assert_eq!(bench.run(&["ingest", "a.txt"]).code, 0);
    let line =
        |id: &str| format!("{{\"id\":\"{id}\",\"title\":\"Le pélican {id}\",\"text\":\"Un pélican de Brumeval.\"}}");
    let lines = format!("{}\n{}\n{}\n", line("un"), line("deux"), line("trois"));
    let database = rusqlite::Connection::open(bench.archive().join("archive.sqlite")).unwrap();
    let before: (i64, Vec<u8>) =
        database.query_row("SELECT public, hash FROM articles", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let mut hash = *blake3::hash(line("deux").as_bytes()).as_bytes();
    hash[31] ^= 1;
    let public = i64::from_be_bytes(hash[..8].try_into().unwrap());
    let set = "UPDATE articles SET public = ?, hash = ? WHERE id = 1";
    database.execute(set, (public, hash.to_vec())).unwrap();
    drop(database);

    bench.write("b.jsonl", &lines);
    bench.write("z.txt", "Titre du zèbre\n\nLe zèbre de Brumeval dort.\n");
    let said = bench.run(&["ingest", "b.jsonl", "z.txt"]);
    assert_eq!(said.code, 3, "{said:?}");
    assert!(said.err.contains("b.jsonl, record 2: has the same id as another article"), "{said:?}");
    assert!(said.err.contains("3 articles added") && said.err.contains("1 skipped"), "{said:?}");

    let database = rusqlite::Connection::open(bench.archive().join("archive.sqlite")).unwrap();
    database.execute(set, before).unwrap();
    drop(database);
    assert_eq!(bench.run(&["check", "--read-data"]).code, 0);
    let id = bench.run(&["list", "--format", "ids", "--source", "x"]);
    assert_eq!(id.code, 1, "{id:?}");
    let ids = bench.ids("pélican");
    assert_eq!(ids.len(), 2);
    assert_eq!(bench.out(&["show", "--format", "original", &ids[0]]), lines);
}

/// Its articles are invented: they go into an archive of their own.
#[test]
fn the_demonstration_leaves_the_archive_of_its_user_alone() {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let line = readme.lines().find(|line| line.contains("cargo install")).unwrap().trim();
    let demonstration = line.strip_prefix("cargo install --locked --path . && ").unwrap();
    let dir = tempfile::tempdir().unwrap();
    let (data, temporary) = (dir.path().join("data"), dir.path().join("temporary"));
    fs::create_dir(&temporary).unwrap();
    let binaries = std::path::Path::new(env!("CARGO_BIN_EXE_newsgrep")).parent().unwrap();
    let path = format!("{}:{}", binaries.display(), std::env::var("PATH").unwrap());
    let mut command = Command::new("sh");
    command.args(["-c", demonstration]).current_dir(env!("CARGO_MANIFEST_DIR")).env("PATH", path);
    command.env("XDG_DATA_HOME", &data).env("HOME", &data).env("TMPDIR", &temporary).env_remove("NEWSGREP_ARCHIVE");
    let said = Said::of(&command.output().unwrap());
    assert!(said.code == 0 && said.err.contains("6 articles added"), "{said:?}");
    assert!(said.out.starts_with("1. Le fonds Marchal"), "{said:?}");
    assert!(!data.exists(), "{:?}", files(&data).keys());
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 1);
}
