//! Files of an archive that are missing, were put back, or are something else: named, and never made worse.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a test may fail

mod bench;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use bench::{Bench, files};
use serde_json::json;

fn lynxes(from: usize, count: usize) -> Vec<serde_json::Value> {
    let record = |n: usize| {
        let noise = blake3::hash(format!("bruit {n}").as_bytes());
        json!({ "id": n.to_string(), "title": format!("Le lynx {n}"), "text": format!("Un lynx guette l{n}. {noise}") })
    };
    (from..from + count).map(record).collect()
}

const READERS: [&[&str]; 5] = [&["query", "lynx"], &["list"], &["status"], &["check"], &["forget", "--list"]];

#[test]
fn a_missing_database_is_damage_and_nothing_is_made_in_its_place() {
    let bench = Bench::of(&lynxes(0, 20));
    fs::rename(bench.archive().join("archive.sqlite"), bench.path("aside")).unwrap();
    let before = files(bench.archive());
    for arguments in
        READERS.into_iter().chain([&["ingest", "records.jsonl"][..], &["reindex"], &["forget", "--yes", "0123"]])
    {
        let said = bench.run(arguments);
        assert!(said.code == 4 && format!("{}{}", said.out, said.err).contains("is missing"), "{arguments:?} {said:?}");
    }
    assert_eq!(files(bench.archive()).keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
    fs::rename(bench.path("aside"), bench.archive().join("archive.sqlite")).unwrap();
    assert_eq!(bench.ids("lynx").len(), 20);
}

/// A backup is put back beside the journal of a later run that was killed.
#[test]
fn a_backup_beside_a_foreign_journal_is_not_mixed_with_it() {
    for in_place in [false, true] {
        let bench = Bench::of(&lynxes(0, 300));
        let database = bench.archive().join("archive.sqlite");
        fs::copy(&database, bench.path("backup")).unwrap();
        bench.ingest("others.jsonl", &lynxes(300, 300));
        // A reader keeps the journal, and its end does not empty it.
        let kept = rusqlite::Connection::open(&database).unwrap();
        kept.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
        kept.execute_batch("BEGIN; SELECT count(*) FROM articles").unwrap();
        kept.query_row("SELECT count(*) FROM articles", [], |_| Ok(())).unwrap();
        bench.ingest("more.jsonl", &lynxes(600, 300));
        let journal = fs::read(bench.archive().join("archive.sqlite-wal")).unwrap();
        assert!(!journal.is_empty());
        kept.execute_batch("COMMIT").unwrap();
        drop(kept);
        fs::write(bench.archive().join("archive.sqlite-wal"), &journal).unwrap();
        if !in_place {
            fs::remove_file(&database).unwrap();
        }
        fs::copy(bench.path("backup"), &database).unwrap();
        let said = bench.run(&["ingest", "records.jsonl"]);
        assert!(said.code == 4 && said.err.contains("do not belong together"), "{in_place} {said:?}");
        assert_eq!(fs::read(&database).unwrap(), fs::read(bench.path("backup")).unwrap(), "{in_place}");
        // As the message says.
        fs::remove_file(bench.archive().join("archive.sqlite-wal")).unwrap();
        let _ = fs::remove_file(bench.archive().join("archive.sqlite-shm"));
        let said = bench.run(&["ingest", "records.jsonl", "others.jsonl", "more.jsonl"]);
        assert!(said.code == 4 && said.err.contains("run `newsgrep ingest` on the files of that run"), "{said:?}");
        assert_eq!(bench.run(&["check", "--read-data"]).code, 0, "{in_place}");
        assert_eq!(bench.ids("lynx").len(), 900, "{in_place}");
    }
}

#[test]
fn a_lock_that_is_a_link_or_a_pipe_is_refused() {
    let bench = Bench::of(&lynxes(0, 3));
    let lock = bench.archive().join("lock");
    let target = bench.write("precious.txt", "à garder");
    fs::remove_file(&lock).unwrap();
    symlink(&target, &lock).unwrap();
    let said = bench.run(&["ingest", "records.jsonl"]);
    assert!(said.code == 5 && said.err.contains("lock"), "{said:?}");
    assert_eq!(fs::read_to_string(&target).unwrap(), "à garder");
    fs::remove_file(&lock).unwrap();
    assert!(Command::new("mkfifo").arg(&lock).status().unwrap().success());
    assert_eq!(bench.run(&["ingest", "records.jsonl"]).code, 5);
    assert_eq!(bench.ids("lynx").len(), 3);
    fs::remove_file(bench.archive().join("archive.sqlite")).unwrap();
    assert!(Command::new("mkfifo").arg(bench.archive().join("archive.sqlite")).status().unwrap().success());
    for arguments in READERS {
        assert!(bench.run(arguments).code >= 4, "{arguments:?}");
    }
}

#[test]
fn what_a_killed_creation_left_is_removed_by_the_next_run() {
    let bench = Bench::of(&lynxes(0, 3));
    for end in ["", "-wal", "-journal"] {
        fs::write(bench.archive().join(format!("archive.sqlite.new{end}")), "x").unwrap();
    }
    assert_eq!(bench.run(&["ingest", "records.jsonl"]).code, 0);
    assert!(!files(bench.archive()).into_keys().any(|name| name.contains(".new")));
}

/// Somebody reads while articles are forgotten: they are out of the search at once, and asked for again out of the journal.
#[test]
fn forgetting_beside_a_reader_takes_articles_out_of_the_search_at_once() {
    let bench = Bench::of(&lynxes(0, 5));
    let id = bench.ids("l3").pop().unwrap();
    let reader = rusqlite::Connection::open(bench.archive().join("archive.sqlite")).unwrap();
    reader.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    reader.query_row("SELECT count(*) FROM articles", [], |_| Ok(())).unwrap();
    let said = bench.run(&["forget", "--yes", &id]);
    assert!(said.code == 5 && said.err.contains("another process is reading"), "{said:?}");
    assert_eq!((bench.ids("l3").len(), bench.ids("lynx").len()), (0, 4));
    reader.execute_batch("COMMIT").unwrap();
    drop(reader);
    let said = bench.run(&["forget", "--yes", &id]);
    assert!(said.code == 0 && said.err.contains("was forgotten before"), "{said:?}");
    assert!(!files(bench.archive()).into_keys().any(|name| name.ends_with("-wal")));
}

/// A copy in a folder that cannot be written is compared each time, and `check` says so.
#[test]
fn a_copy_that_cannot_be_written_is_said_to_be() {
    let bench = Bench::of(&lynxes(0, 5));
    let copied = Command::new("cp").args(["-r", "archive", "copy"]).current_dir(bench.dir.path()).status();
    assert!(copied.unwrap().success());
    let lock = bench.path("copy/lock");
    fs::remove_file(&lock).unwrap();
    fs::create_dir(&lock).unwrap();
    fs::set_permissions(&lock, fs::Permissions::from_mode(0o500)).unwrap();
    let said = bench.run(&["--archive", "copy", "check"]);
    assert!(said.code == 0 && said.err.contains("cannot record that"), "{said:?}");
}
