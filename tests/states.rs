//! The states an archive may be met in: a newer format, no index or a wrong one, another who writes; and what is said then.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a test may fail

mod bench;

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use bench::{Bench, files};

/// An archive of one article, and the article's id.
fn one() -> (Bench, String) {
    let bench = Bench::new();
    bench.write("clips/a.txt", "Premier\n\nUn okapi.");
    assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    let id = bench.ids("okapi").pop().unwrap();
    (bench, id)
}

/// Lets another program change the archive's database.
fn altered(bench: &Bench, sql: &str) {
    let database = rusqlite::Connection::open(bench.archive().join("archive.sqlite")).unwrap();
    database.execute_batch(sql).unwrap();
}

#[test]
fn a_newer_format_is_refused_by_every_command() {
    let (bench, id) = one();
    altered(&bench, "PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE);");
    let before = files(bench.archive());
    for arguments in [
        &["ingest", "clips"][..],
        &["query", "okapi"],
        &["show", &id],
        &["list"],
        &["status"],
        &["forget", "--yes", &id],
        &["forget", "--list"],
        &["forget", "--lift", &id],
        &["reindex"],
        &["check"],
        &["verify", &id],
        &["export-archive", "out"],
    ] {
        let said = bench.run(arguments);
        assert_eq!(said.code, 5, "{arguments:?} {said:?}");
        assert!(said.err.contains("format 99") && said.err.contains("install a newer newsgrep"), "{said:?}");
        assert!(files(bench.archive()) == before, "{arguments:?} wrote something");
    }
    assert!(!bench.dir.path().join("out").exists());
}

/// The file that names the segments of the index's last commit.
fn meta(bench: &Bench) -> std::path::PathBuf {
    let index = bench.archive().join("index");
    let name = files(&index).into_keys().find(|name| name.contains("/meta.")).unwrap();
    index.join(name)
}

/// What is done to an index.
type Wrong = fn(&Bench);

/// Without a fitting index a query says so and what to run; all else goes on, and the next run mends it.
#[test]
fn an_index_that_does_not_fit_is_never_searched() {
    let wrongs: [(&str, Wrong); 8] = [
        ("missing", |bench| fs::remove_dir_all(bench.archive().join("index")).unwrap()),
        ("empty folder", |bench| {
            fs::remove_dir_all(bench.archive().join("index")).unwrap();
            fs::create_dir(bench.archive().join("index")).unwrap();
        }),
        ("no list of segments", |bench| fs::remove_file(meta(bench)).unwrap()),
        ("empty list of segments", |bench| fs::write(meta(bench), "").unwrap()),
        ("of another version", |bench| {
            let text = fs::read_to_string(meta(bench)).unwrap();
            let newer = text.replace("\\\"index\\\":", "\\\"index\\\":9");
            assert_ne!(text, newer);
            fs::write(meta(bench), newer).unwrap();
        }),
        ("a file", |bench| {
            fs::remove_dir_all(bench.archive().join("index")).unwrap();
            fs::write(bench.archive().join("index"), "x").unwrap();
        }),
        ("that of another archive", |bench| {
            for n in 0..5 {
                bench.write("more/a.txt", format!("Titre {n}\n\nUn okapi et un tatou {n}."));
                assert_eq!(bench.run(&["--archive", "other", "ingest", "more"]).code, 0);
            }
            fs::remove_dir_all(bench.archive().join("index")).unwrap();
            fs::rename(bench.dir.path().join("other/index"), bench.archive().join("index")).unwrap();
        }),
        ("an older one", |bench| {
            let copied = Command::new("cp").args(["-r", "archive/index", "old"]).current_dir(bench.dir.path()).status();
            assert!(copied.unwrap().success());
            bench.write("clips/b.txt", "Second\n\nUn okapi.");
            assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
            fs::remove_dir_all(bench.archive().join("index")).unwrap();
            fs::rename(bench.dir.path().join("old"), bench.archive().join("index")).unwrap();
        }),
    ];
    for (name, wrong) in wrongs {
        let (bench, id) = one();
        wrong(&bench);
        for arguments in [&["query", "okapi"][..], &["query", "-c", "okapi"], &["check"]] {
            let said = bench.run(arguments);
            let told = format!("{}{}", said.out, said.err);
            assert!(said.code == 4 && told.contains("newsgrep reindex"), "{name}: {said:?}");
        }
        let said = bench.run(&["status"]);
        assert!(said.code == 4 && said.out.contains("articles   "), "{name}: {said:?}");
        assert_eq!(bench.run(&["show", &id]).code, 0, "{name}");
        assert!(bench.run(&["list", "--format", "ids"]).out.contains(&id), "{name}");
        let copy = |to: &str| {
            let copied = Command::new("cp").args(["-r", "archive", to]).current_dir(bench.dir.path()).status();
            assert!(copied.unwrap().success());
        };
        copy("second");
        for (archive, mend) in [("archive", &["reindex"][..]), ("second", &["ingest", "clips"])] {
            let said = bench.run(&[&["--archive", archive][..], mend].concat());
            assert_eq!(said.code, 0, "{name}: {mend:?} {said:?}");
            let found = bench.run(&["--archive", archive, "query", "--format", "ids", "okapi"]);
            assert!(found.code == 0 && found.out.contains(&id), "{name}: {mend:?} {found:?}");
            let said = bench.run(&["--archive", archive, "check", "--read-data"]);
            assert_eq!(said.code, 0, "{name}: {mend:?} {said:?}");
        }
    }
}

/// Whatever wrote them, and whatever the user's mask is.
#[test]
fn every_file_is_its_owners_alone() {
    let (bench, id) = one();
    let shell = |line: &str| {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("umask 0; {line}")]).current_dir(bench.dir.path());
        command.env("NEWSGREP", env!("CARGO_BIN_EXE_newsgrep"));
        assert!(command.status().unwrap().success(), "{line}");
    };
    bench.write("more/b.txt", "Second\n\nUn autre okapi.");
    for (line, folder) in [
        ("$NEWSGREP -q --archive new ingest clips", "new"),
        ("$NEWSGREP -q --archive new ingest more", "new"),
        ("$NEWSGREP -q --archive new reindex", "new"),
        ("$NEWSGREP -q --archive new export-archive out", "new"),
        ("$NEWSGREP -q --archive copy import-archive out", "copy"),
        (&format!("$NEWSGREP -q --archive new forget --yes {id} 2>/dev/null"), "new"),
    ] {
        shell(line);
        let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let folder = bench.dir.path().join(folder);
        for name in files(&folder).keys() {
            assert_eq!(mode(&folder.join(name)), 0o600, "{line}: {name}");
        }
        assert_eq!((mode(&folder), mode(&folder.join("index"))), (0o700, 0o700), "{line}");
    }
}

/// Two paths of one file.
#[test]
fn hard_links_are_one_article() {
    let (bench, id) = one();
    fs::hard_link(bench.path("clips/a.txt"), bench.path("clips/same.txt")).unwrap();
    assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    assert_eq!(bench.ids("okapi"), [id.as_str()]);
    let shown = bench.run(&["verify", &id]).out;
    assert!(shown.contains("clips/a.txt") && shown.contains("clips/same.txt"), "{shown}");
}

/// Read to the length it had, cut off or not; the next run has the rest.
#[test]
fn a_file_that_grows_is_read_to_the_length_it_had() {
    let bench = Bench::new();
    let line = |n: usize| format!("{{\"id\":\"{n}\",\"title\":\"Titre {n}\",\"text\":\"Un okapi au nombre {n}.\"}}\n");
    bench.write("clips/a.jsonl", (0..2_000).map(line).collect::<String>());
    let growing = AtomicBool::new(true);
    let lines = std::thread::scope(|scope| {
        let grower = scope.spawn(|| {
            let mut file = fs::File::options().append(true).open(bench.path("clips/a.jsonl")).unwrap();
            let mut lines = 2_000;
            while growing.load(Ordering::Relaxed) && lines < 8_000 {
                let more: String = (lines..lines + 10).map(line).collect();
                file.write_all(more.as_bytes()).unwrap();
                lines += 10;
                std::thread::yield_now();
            }
            lines
        });
        for command in ["ingest", "clean", "ingest"] {
            let said = bench.run(&["-q", command, "clips"]);
            assert!([0, 3].contains(&said.code), "{}", said.err);
        }
        growing.store(false, Ordering::Relaxed);
        grower.join().unwrap()
    });
    assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    assert_eq!(bench.run(&["query", "-c", "okapi"]).out.trim(), lines.to_string());
    assert_eq!(bench.run(&["check", "--read-data"]).code, 0);
}
