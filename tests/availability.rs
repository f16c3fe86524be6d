//! Search is there at every moment, and damage costs only what it is in.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, clippy::panic)] // a test may fail

mod bench;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use bench::{Bench, Said, files};
use newsgrep::archive::{FileInfo, NewRecord, Summary, Wait, Writer};
use serde_json::json;

/// Articles about an okapi each.
fn okapis(count: usize) -> Vec<serde_json::Value> {
    let record = |n: usize| json!({ "id": n.to_string(), "title": format!("L'okapi {n}"), "text": format!("Un okapi boit o{n}.") });
    (0..count).map(record).collect()
}

/// Runs SQL in an archive, as damage.
fn altered(bench: &Bench, sql: &str) {
    let database = rusqlite::Connection::open(bench.archive().join("archive.sqlite")).unwrap();
    database.execute_batch(&format!("PRAGMA foreign_keys = OFF; {sql}")).unwrap();
}

fn copy(bench: &Bench, from: &str, to: &str) {
    let copied = Command::new("cp").args(["-r", from, to]).current_dir(bench.dir.path()).status();
    assert!(copied.unwrap().success());
}

/// The index's files whose name ends so, by their whole paths.
fn index_files(bench: &Bench, end: &str) -> Vec<PathBuf> {
    let index = bench.archive().join("index");
    files(&index).into_keys().filter(|name| name.ends_with(end)).map(|name| index.join(name)).collect()
}

/// Changes a byte in the middle of a file, and leaves the time as it was.
fn flip(path: &Path) {
    let time = fs::metadata(path).unwrap().modified().unwrap();
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    fs::write(path, bytes).unwrap();
    File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
}

/// Adds a record to the archive as a run does that is stopped before it comes to the index.
fn add_unsearchable(archive: &Path, text: &[u8]) {
    let mut writer = Writer::open_or_create(archive, &Wait::No).unwrap();
    add(&mut writer, text);
}

fn add(writer: &mut Writer, text: &[u8]) {
    let hash = *blake3::hash(text).as_bytes();
    let path = format!("/clips/{}", blake3::Hash::from(hash)).into_bytes();
    let size = text.len() as u64;
    let info = FileInfo { path, size, mtime_ns: 1, ctime_ns: 1, inode: 1, device: 1, reader: "clip".to_owned() };
    let file = writer.begin_file(info, 1).unwrap();
    writer.append(file, text).unwrap();
    let summary = Summary::default();
    let record = NewRecord {
        number: 1,
        range: Some(0..size),
        place: Some(0..size),
        bytes: &[],
        hash,
        summary: &summary,
        text_hash: [0; 32],
        cleaner: 1,
    };
    writer.add_record(file, &record).unwrap();
    writer.finish_file(file).unwrap();
    writer.commit().unwrap();
}

#[test]
fn before_the_first_commit_of_an_index_nothing_is_found_and_that_is_said() {
    let bench = Bench::new();
    add_unsearchable(&bench.archive(), b"Titre\n\nUn okapi.\n");
    for arguments in [&["query", "okapi"][..], &["query", "-c", "okapi"], &["query", "--by", "source", "okapi"]] {
        let said = bench.run(arguments);
        assert!(said.code == 1 && said.err.contains("1 article is not yet searchable"), "{arguments:?} {said:?}");
    }
    assert_eq!(bench.run(&["check", "--read-data"]).code, 0);
    assert_eq!(bench.run(&["status"]).code, 0);
    bench.ingest("more.jsonl", &okapis(1));
    assert_eq!(bench.ids("okapi").len(), 2);
}

/// What a run leaves that is stopped anywhere: half a folder beside, files in the folder that nobody recorded, unfinished databases.
#[test]
fn what_a_stopped_run_leaves_is_in_nobodys_way_and_the_next_run_removes_it() {
    let bench = Bench::of(&okapis(3));
    let before = files(bench.archive().join("index")).into_keys().collect::<BTreeSet<_>>();
    let folder = before.first().unwrap().split_once('/').unwrap().0.to_owned();
    for name in ["0123456789abcdef/x.store", &format!("{folder}/x.store"), &format!("{folder}/meta.9.json"), ".tmpabc"]
    {
        bench.write(&format!("archive/index/{name}"), "half");
    }
    bench.write("archive/archive.sqlite.new", "half");
    assert_eq!(bench.ids("okapi").len(), 3);
    assert_eq!(bench.run(&["check", "--read-data"]).code, 0);
    bench.write("none.txt", "Rien\n\nRien.\n");
    assert_eq!(bench.run(&["ingest", "none.txt"]).code, 0);
    let now = files(bench.archive().join("index"));
    assert!(now.keys().all(|name| name.starts_with(&folder) && !name.contains("/x.")), "{:?}", now.keys());
    assert_eq!(bench.ids("okapi").len(), 3);
}

/// A run that was killed between the archive and the index: what it forgot is neither shown nor counted.
#[test]
fn what_the_index_has_yet_to_forget_is_not_counted() {
    let bench = Bench::of(&okapis(3));
    let id = bench.ids("o1").pop().unwrap();
    let mut writer = Writer::open(&bench.archive(), &Wait::No).unwrap();
    writer.forget(&[vec![newsgrep::article::ArticleId(u64::from_str_radix(&id, 16).unwrap())]]).unwrap();
    drop(writer);
    assert_eq!(bench.run(&["query", "-c", "okapi"]).out, "2\n");
    assert_eq!(bench.run(&["query", "o1"]).code, 1);
    assert!(bench.run(&["query", "okapi"]).out.contains("2 articles"));
    assert!(!bench.run(&["query", "--by", "year", "okapi"]).out.contains('3'));
    assert!(bench.run(&["status"]).out.contains("up to date, 2 articles"));
    assert_eq!(bench.run(&["check", "--read-data"]).code, 0);
}

/// Ten leftovers of ten broke search: two clips, one file gone, its article forgotten, and an ordinary run.
#[test]
fn forgetting_leaves_no_segment_of_before() {
    for round in 0..4 {
        let bench = Bench::new();
        bench.write("clips/a.txt", "Premier\n\nUn okapi boit.\n");
        bench.write("clips/b.txt", "Second\n\nUn okapi secret.\n");
        assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
        let before = files(bench.archive().join("index"));
        let id = bench.ids("secret").pop().unwrap();
        fs::remove_file(bench.path("clips/b.txt")).unwrap();
        assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
        assert_eq!(bench.run(&["forget", "--yes", &id]).code, 0);
        let after = files(bench.archive().join("index"));
        assert!(before.keys().all(|name| !after.contains_key(name)), "{round}: a file of before is left");
        assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
        assert_eq!(bench.run(&["query", "-c", "okapi"]).out, "1\n");
        assert_eq!(bench.run(&["check", "--read-data"]).code, 0);
    }
}

/// In a copy times tell nothing: once it is said what to do, and once it is done.
#[test]
fn a_copied_archive_is_checked_once() {
    let bench = Bench::of(&okapis(3));
    copy(&bench, "archive", "copy");
    let on = |archive: &str, arguments: &[&str]| bench.run(&[&["--archive", archive], arguments].concat());
    let is_told = |said: &Said| said.err.contains("run `newsgrep check` once");
    for _ in 0..2 {
        let said = on("copy", &["query", "-c", "okapi"]);
        assert!(said.out == "3\n" && said.code == 0 && is_told(&said), "{said:?}");
    }
    let before = files(bench.path("copy/index"));
    assert_eq!(on("copy", &["check"]).code, 0);
    assert!(files(bench.path("copy/index")) == before, "it writes nothing else");
    let said = on("copy", &["query", "-c", "okapi"]);
    assert!(said.out == "3\n" && !is_told(&said), "{said:?}");
    assert!(!is_told(&bench.run(&["query", "okapi"])), "the original is no copy");
    // A copy that was damaged on the way is not taken for sound.
    copy(&bench, "archive", "broken");
    let store = files(bench.path("broken/index")).into_keys().find(|name| name.ends_with(".idx")).unwrap();
    flip(Path::new(&bench.path(&format!("broken/index/{store}"))));
    let said = on("broken", &["check"]);
    assert!(said.code == 4 && said.out.contains(&store), "{said:?}");
    assert_eq!(on("broken", &["ingest", "records.jsonl"]).code, 0, "the next run builds it anew");
    assert_eq!(on("broken", &["check"]).code, 0);
    assert!(!is_told(&on("broken", &["query", "okapi"])));
}

/// Where times do tell, a file with another one is read.
#[test]
fn a_file_with_another_time_is_compared_by_its_bytes() {
    let bench = Bench::of(&okapis(3));
    let path = index_files(&bench, ".idx").pop().unwrap();
    let touch = || {
        let past = SystemTime::now() - Duration::from_secs(9);
        File::options().write(true).open(&path).unwrap().set_modified(past).unwrap();
    };
    touch();
    assert_eq!(bench.run(&["query", "-c", "okapi"]).out, "3\n");
    flip(&path);
    touch();
    let said = bench.run(&["query", "okapi"]);
    assert!(
        said.code == 4 && said.err.contains("run `newsgrep reindex` (a moment)") && said.out.is_empty(),
        "{said:?}"
    );
}

/// An original that cannot be read, a byte of the index, and a rebuild: the text was in one place, and is there still.
#[test]
fn rebuilding_carries_over_the_last_sound_text() {
    let other_version = |bench: &Bench| {
        let path = index_files(bench, ".json").pop().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace("\\\"index\\\":", "\\\"index\\\":9")).unwrap();
    };
    let one_byte = |bench: &Bench| index_files(bench, ".idx").iter().for_each(|path| flip(path));
    let damages: [&dyn Fn(&Bench); 2] = [&one_byte, &other_version];
    for damage in damages {
        for rebuild in [&["reindex"][..], &["ingest", "clips"]] {
            let bench = Bench::new();
            for name in ["un", "deux", "trois"] {
                let text: String = (0..8_000).map(|n| format!("{name}{n} ")).collect();
                bench.write(&format!("clips/{name}.txt"), format!("Titre {name}\n\nUn okapi {name}. {text}\n"));
            }
            assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
            let id = bench.ids("okapi deux").pop().unwrap();
            let chunk = "SELECT chunk FROM pieces JOIN sources ON sources.original = pieces.original WHERE path LIKE '%deux.txt'";
            altered(&bench, &format!("UPDATE chunks SET data = zeroblob(100) WHERE id IN ({chunk})"));
            damage(&bench);
            let said = bench.run(&["check"]);
            assert!(said.code == 4 && !said.err.contains("nothing is lost"), "{said:?}");
            let said = bench.run(&["check", "--read-data"]);
            assert!(
                said.out.contains(&format!("article {id}")) && said.out.contains("kept in one place only"),
                "{said:?}"
            );
            assert!(!said.err.contains("nothing is lost"), "{said:?}");
            let said = bench.run(rebuild);
            assert!([0, 4].contains(&said.code), "{said:?}");
            for _ in 0..2 {
                assert_eq!(bench.run(&["query", "-c", "okapi"]).out, "3\n");
                assert_eq!(bench.ids("okapi deux"), [id.as_str()]);
                let said = bench.run(&["show", &id]);
                assert!(said.code == 4 && said.err.contains("original damaged; text kept"), "{said:?}");
                assert!(said.out.contains("Un okapi deux.") && said.out.contains("deux7999"), "{said:?}");
                // Once more: the rebuilt index is the one place now.
                assert_eq!(bench.run(&["reindex"]).code, 4);
            }
            // With the file it is whole again.
            assert_eq!(bench.run(&["ingest", "--rehash", "clips"]).code, 0);
        }
    }
}

/// One row, one source, one stored text: the others are given, and the one is named.
#[test]
fn one_damaged_article_costs_itself_only() {
    let bench = Bench::of(&okapis(12));
    let id = bench.ids("o7").pop().unwrap();
    let sound = fs::read(bench.archive().join("archive.sqlite")).unwrap();
    let row = format!("(SELECT id FROM articles WHERE printf('%016x', public) = '{id}')");
    for sql in [
        format!("UPDATE articles SET summary = replace(summary, 'okapi', 'tapir') WHERE id = {row}"),
        format!("UPDATE articles SET changed = changed + 1 WHERE id = {row}"),
        format!("UPDATE records SET number = 99 WHERE article = {row}"),
        format!("DELETE FROM articles WHERE id = {row}"),
    ] {
        altered(&bench, &format!("{sql}; PRAGMA wal_checkpoint(TRUNCATE);"));
        for (arguments, lines) in [
            (&["query", "--format", "ids", "-n", "100", "okapi"][..], 11),
            (&["list", "--format", "ids"], 11),
            (&["query", "--json", "-n", "100", "okapi"], 11),
        ] {
            let said = bench.run(arguments);
            assert_eq!((said.code, said.lines().len()), (4, lines), "{sql} {arguments:?} {said:?}");
            assert!(!said.out.contains(&id) && said.err.contains("newsgrep: "), "{sql} {said:?}");
        }
        assert_eq!(bench.run(&["status"]).code, if sql.contains("records") { 0 } else { 4 }, "{sql}");
        let said = bench.run(&["check"]);
        assert!(said.code == 4 && !said.out.is_empty(), "{sql} {said:?}");
        fs::write(bench.archive().join("archive.sqlite"), &sound).unwrap();
    }
    assert_eq!(bench.run(&["check", "--read-data"]).code, 0);
}

/// Two damages: neither hides the other, and each says what it means.
#[test]
fn check_names_everything_and_what_it_means() {
    let bench = Bench::of(&okapis(12));
    let id = bench.ids("o7").pop().unwrap();
    altered(
        &bench,
        &format!(
            "UPDATE articles SET summary = 'x' WHERE printf('%016x', public) = '{id}';
             UPDATE chunks SET data = zeroblob(10); DELETE FROM gone; UPDATE meta SET created = created + 1"
        ),
    );
    flip(&index_files(&bench, ".term").pop().unwrap());
    let said = bench.run(&["check", "--read-data"]);
    assert_eq!(said.code, 4, "{said:?}");
    for wanted in [
        &format!("article {id} is damaged"),
        "row about itself",
        "chunk 1 is damaged",
        ".term: ",
        "(lost)",
        "(can be rebuilt)",
    ] {
        assert!(said.out.contains(wanted), "{wanted}: {said:?}");
    }
    assert!(!said.err.contains("nothing is lost"), "{said:?}");
    // The index alone: nothing is lost, and that is said when everything was read.
    let bench = Bench::of(&okapis(3));
    flip(&index_files(&bench, ".term").pop().unwrap());
    let said = bench.run(&["check"]);
    assert!(
        said.code == 4 && said.err.contains("newsgrep reindex") && !said.err.contains("nothing is lost"),
        "{said:?}"
    );
    let said = bench.run(&["check", "--read-data"]);
    assert!(said.code == 4 && said.err.contains("nothing is lost"), "{said:?}");
    assert_eq!(bench.run(&["reindex"]).code, 0);
    assert_eq!(bench.run(&["check", "--read-data"]).code, 0);
}

/// A journal as a killed run leaves it, with one bit flipped: what was reported and is gone is told until it is looked after.
#[test]
fn a_damaged_journal_is_told_and_set_aside() {
    let bench = Bench::of(&okapis(2));
    let mut writer = Writer::open_or_create(&bench.archive(), &Wait::No).unwrap();
    add(&mut writer, b"Un\n\nUn tatou.\n");
    let size = fs::metadata(bench.archive().join("archive.sqlite-wal")).unwrap().len();
    for n in 0..5 {
        add(&mut writer, format!("Titre {n}\n\nUn tatou {n}.\n").as_bytes());
    }
    copy(&bench, "archive", "killed");
    drop(writer);
    let on = |arguments: &[&str]| bench.run(&[&["--archive", "killed"], arguments].concat());
    assert_eq!(on(&["list"]).code, 0, "a journal that is whole loses nothing");
    let journal = bench.dir.path().join("killed/archive.sqlite-wal");
    let mut bytes = fs::read(&journal).unwrap();
    bytes[usize::try_from(size).unwrap() + 30] ^= 4;
    fs::write(&journal, bytes).unwrap();
    let _ = fs::remove_file(bench.path("killed/archive.sqlite-shm"));
    for arguments in [&["check"][..], &["list"], &["query", "okapi"], &["status"]] {
        let said = on(arguments);
        let told = format!("{}{}", said.out, said.err);
        assert!(
            said.code == 4 && told.contains("5 articles that a run reported are not in the archive"),
            "{arguments:?} {said:?}"
        );
    }
    bench.write("new.txt", "Nouveau\n\nUn okapi.\n");
    let said = on(&["ingest", "new.txt"]);
    assert!(said.code == 4 && said.err.contains("5 articles") && said.err.contains("damaged-journal-"), "{said:?}");
    // It is said until somebody has looked after it.
    let said = on(&["check"]);
    assert!(said.code == 4 && said.out.contains("damaged-journal-"), "{said:?}");
    assert_eq!(on(&["query", "-c", "okapi"]).out, "3\n");
    let id = on(&["query", "--format", "ids", "o1"]).out;
    assert_eq!(on(&["forget", "--yes", id.trim()]).code, 0);
    assert_eq!(on(&["check"]).code, 0, "forgetting removes it");
}

/// A reader that is in the way of emptying the journal costs nothing, and is told.
#[test]
fn a_journal_that_a_reader_holds_is_told() {
    let bench = Bench::of(&okapis(2));
    assert!(!bench.archive().join("archive.sqlite-wal").exists());
    let reader = rusqlite::Connection::open(bench.archive().join("archive.sqlite")).unwrap();
    reader.execute_batch("BEGIN; SELECT * FROM articles;").unwrap();
    bench.write("more.jsonl", format!("{}\n", okapis(9)[8]));
    let said = bench.run(&["ingest", "more.jsonl"]);
    assert!(said.code == 0 && said.err.contains("somebody is reading the archive"), "{said:?}");
    assert_eq!(bench.ids("okapi").len(), 3);
    drop(reader);
    bench.write("last.jsonl", format!("{}\n", okapis(10)[9]));
    let said = bench.run(&["ingest", "last.jsonl"]);
    assert!(said.code == 0 && !said.err.contains("somebody is reading"), "{said:?}");
    assert_eq!(bench.run(&["check", "--read-data"]).code, 0);
}

/// Few open files: the index could not be opened, which is not to say that it is gone.
#[test]
fn an_index_that_cannot_be_opened_is_not_taken_for_gone() {
    let bench = Bench::of(&okapis(3));
    bench.write("more.jsonl", format!("{}\n", okapis(9)[8]));
    for limit in 4..24 {
        let line = format!("ulimit -n {limit}; exec \"$NEWSGREP\" \"$@\"");
        for arguments in [&["ingest", "more.jsonl"][..], &["query", "okapi"], &["reindex"]] {
            let mut command = Command::new("sh");
            command.args(["-c", &line, "sh"]).args(arguments).current_dir(bench.dir.path());
            command.env("NEWSGREP", env!("CARGO_BIN_EXE_newsgrep")).env("NEWSGREP_ARCHIVE", "archive");
            let said = Said::of(&command.output().unwrap());
            // A limit that leaves no room for the program's own libraries is none of its business.
            assert!([0, 3, 5, 127].contains(&said.code), "{limit} {arguments:?} {said:?}");
            assert!(bench.ids("okapi").len() >= 3, "{limit} {arguments:?} {said:?}");
        }
    }
    assert_eq!(bench.run(&["ingest", "more.jsonl"]).code, 0);
    assert_eq!(bench.ids("okapi").len(), 4);
    assert_eq!(bench.run(&["check", "--read-data"]).code, 0);
}

/// A file that may grow no further is an error of the write, as on a full disk.
#[test]
fn a_limit_of_file_sizes_ends_a_run_like_a_full_disk() {
    let bench = Bench::of(&okapis(3));
    let noise: String = (0..4_000_u64).map(|n| blake3::hash(&n.to_le_bytes()).to_string()).collect();
    let record = json!({ "title": "Un okapi", "text": "Un okapi long.", "picture": noise });
    bench.write("more.jsonl", format!("{record}\n"));
    for kilobytes in [64, 256] {
        let line = format!("ulimit -f {}; exec \"$NEWSGREP\" ingest more.jsonl", kilobytes * 2);
        let mut command = Command::new("sh");
        command.args(["-c", &line]).current_dir(bench.dir.path());
        command.env("NEWSGREP", env!("CARGO_BIN_EXE_newsgrep")).env("NEWSGREP_ARCHIVE", "archive");
        let said = Said::of(&command.output().unwrap());
        assert!([0, 5].contains(&said.code), "{kilobytes} {said:?}");
        assert!(bench.ids("okapi").len() >= 3);
        assert_eq!(bench.run(&["check"]).code, 0);
    }
    assert_eq!(bench.run(&["ingest", "more.jsonl"]).code, 0);
    assert_eq!(bench.ids("okapi").len(), 4);
}

/// Whatever byte of the index is another, no command panics, and what is said is right or refused.
#[test]
fn no_command_panics_over_a_damaged_index() {
    let bench = Bench::of(&okapis(30));
    for path in index_files(&bench, "") {
        let sound = fs::read(&path).unwrap();
        let time = fs::metadata(&path).unwrap().modified().unwrap();
        for part in 1..6 {
            let mut bytes = sound.clone();
            let at = sound.len() * part / 6;
            bytes[at] ^= 0xFF;
            fs::write(&path, &bytes).unwrap();
            File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
            for arguments in [
                &["status"][..],
                &["query", "-c", "okapi"],
                &["query", "o7 OU o8"],
                &["query", "--by", "month", "okapi"],
            ] {
                let said = bench.run(arguments);
                assert!([0, 4].contains(&said.code), "{} {at} {arguments:?} {said:?}", path.display());
                assert!(!said.err.contains("panicked"), "{} {at} {arguments:?} {said:?}", path.display());
            }
        }
        fs::write(&path, &sound).unwrap();
        File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
    }
}

/// An article whose row is gone, or stands under another id, is not said to be none.
#[test]
fn a_hidden_article_is_damage_and_not_unknown() {
    for sql in [
        "DELETE FROM articles",
        "UPDATE articles SET public = 7",
        "UPDATE articles SET public = 7, hash = zeroblob(32)",
    ] {
        let bench = Bench::of(&okapis(3));
        let id = bench.ids("o2").pop().unwrap();
        altered(&bench, &format!("{sql} WHERE printf('%016x', public) = '{id}'; PRAGMA wal_checkpoint(TRUNCATE);"));
        for format in ["text", "original", "json"] {
            let said = bench.run(&["show", "--format", format, &id]);
            assert!(said.code == 4 && said.err.contains("rows of the archive are damaged"), "{sql} {format} {said:?}");
        }
        assert_eq!(bench.run(&["verify", &id]).code, 4, "{sql}");
    }
    let bench = Bench::of(&okapis(3));
    assert_eq!(bench.run(&["show", "0123456789abcdef"]).code, 1, "where nothing is damaged, it is unknown");
}
