//! Files that change, move and vanish, and what could not be taken in.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, clippy::panic)] // a test may fail

mod bench;

use std::fs::{self, File};
use std::os::unix::fs::symlink;

use bench::{Bench, files};
use serde_json::json;

fn clip(word: &str) -> String {
    format!("Titre\n\nUn mot : {word}.\n")
}

fn record(key: &str, word: &str) -> String {
    format!("{}\n", json!({ "id": key, "title": format!("Le {word}"), "text": format!("Un {word} court.") }))
}

#[test]
fn a_file_whose_time_was_put_back_is_read_again() {
    let bench = Bench::new();
    let path = bench.write("clips/a.txt", clip("tramway"));
    assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    let time = fs::metadata(&path).unwrap().modified().unwrap();
    bench.write("clips/a.txt", clip("tramvia"));
    File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
    assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    assert_eq!((bench.ids("tramvia").len(), bench.ids("tramway").len()), (1, 0));
}

/// A folder that moved is the same source, taken in between or not; what is corrected in it takes the place of what was.
#[test]
fn a_moved_file_is_the_same_source() {
    for between in [true, false] {
        let bench = Bench::new();
        for name in ["a", "b", "c"] {
            bench.write(&format!("clips/{name}.txt"), clip(&format!("tramway{name}")));
        }
        bench.write("clips/d.jsonl", [record("1", "bac"), record("2", "pont"), record("3", "quai")].concat());
        assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
        let before = bench.ids("tramwayb").pop().unwrap();
        fs::rename(bench.path("clips"), bench.path("moved")).unwrap();
        if between {
            assert!(bench.run(&["ingest", "moved"]).err.starts_with("0 articles added"));
        }
        bench.write("moved/b.txt", clip("autobus"));
        bench.write("moved/d.jsonl", [record("1", "bac"), record("2", "gué"), record("3", "quai")].concat());
        let said = bench.run(&["ingest", "moved"]);
        assert!(said.code == 0 && said.err.contains("2 new versions"), "{between} {said:?}");
        for (word, count) in [("autobus", 1), ("tramwayb", 0), ("tramwaya", 1), ("gué", 1), ("pont", 0), ("quai", 1)] {
            assert_eq!(bench.ids(word).len(), count, "{between} {word}");
        }
        assert!(bench.run(&["show", &before]).err.contains("there is a newer version"), "{between}");
        assert!(!bench.run(&["list"]).out.contains("clips/"), "{between}: no path of before");
        assert_eq!(bench.ids("path:moved").len(), 6, "{between}");
        assert_eq!(bench.run(&["check", "--read-data"]).code, 0);
    }
}

/// Half of the records byte for byte prove it, their keys do not; and a copy is no move.
#[test]
fn keys_and_copies_prove_no_move() {
    let bench = Bench::new();
    let export = |words: [&str; 4]| -> String {
        words.iter().zip(1..).map(|(word, key)| record(&format!("{key}"), word)).collect()
    };
    bench.write("clips/lundi.jsonl", export(["bac", "pont", "quai", "gué"]));
    assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    // Another export with the same keys: both are there.
    fs::remove_file(bench.path("clips/lundi.jsonl")).unwrap();
    bench.write("clips/mardi.jsonl", export(["cap", "val", "mas", "col"]));
    assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    assert_eq!((bench.ids("pont").len(), bench.ids("val").len()), (1, 1));
    // Half of it: what is not in it any more has left.
    bench.write("clips/mercredi.jsonl", export(["bac", "pont", "lac", "puy"]));
    assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    assert_eq!((bench.ids("pont").len(), bench.ids("quai").len(), bench.ids("lac").len()), (1, 0, 1));
    // A copy beside it.
    bench.write("clips/jeudi.jsonl", export(["bac", "pont", "lac", "puy"]));
    assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    let shown = bench.run(&["verify", &bench.ids("lac")[0]]).out;
    assert!(shown.contains("mercredi.jsonl") && shown.contains("jeudi.jsonl"), "{shown}");
    assert_eq!(bench.run(&["check", "--read-data"]).code, 0);
}

#[test]
fn a_path_is_one_however_it_is_written() {
    let bench = Bench::new();
    bench.write("clips/a.txt", clip("tramway"));
    fs::create_dir(bench.path("other")).unwrap();
    symlink(bench.path("clips"), bench.path("link")).unwrap();
    assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    bench.write("clips/a.txt", clip("autobus et train"));
    for (path, unchanged) in [("other/../clips", 0), ("link", 1), ("link/a.txt", 1), ("./clips/../clips/a.txt", 1)] {
        let said = bench.run(&["ingest", path]);
        assert!(said.code == 0 && said.err.contains(&format!("{unchanged} file")), "{path} {said:?}");
        assert_eq!((bench.ids("tramway").len(), bench.ids("autobus").len()), (0, 1), "{path}");
    }
}

#[test]
fn files_that_are_gone_are_told_once_and_named() {
    let bench = Bench::new();
    for name in ["a", "b", "c"] {
        bench.write(&format!("clips/{name}.txt"), clip(&format!("tramway{name}")));
    }
    assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    assert_eq!(bench.run(&["list", "--gone"]).code, 1);
    fs::remove_file(bench.path("clips/b.txt")).unwrap();
    let said = bench.run(&["ingest", "clips"]);
    assert!(said.code == 0 && said.err.contains("1 file is gone since the last run"), "{said:?}");
    assert!(!bench.run(&["ingest", "clips"]).err.contains("gone"));
    assert!(bench.out(&["list", "--gone"]).ends_with("clips/b.txt\n"));
    assert_eq!(bench.ids("tramwayb").len(), 1, "its article stays");
    // It is there again.
    bench.write("clips/b.txt", clip("tramwayb"));
    assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    assert_eq!(bench.run(&["list", "--gone"]).code, 1);
    // A drive that is not there is not a folder that was emptied.
    fs::rename(bench.path("clips"), bench.path("drive")).unwrap();
    fs::create_dir(bench.path("clips")).unwrap();
    let said = bench.run(&["ingest", "clips"]);
    assert!(
        said.code == 0 && said.err.contains("the archive has 3 files from it: is a drive not mounted?"),
        "{said:?}"
    );
    assert_eq!(bench.run(&["list", "--gone"]).code, 1);
    assert_eq!(bench.run(&["check", "--read-data"]).code, 0);
}

/// Told by each run until it is looked after; a nightly run over what is known ends well.
#[test]
fn what_was_skipped_stays_known_until_it_changes() {
    let bench = Bench::new();
    bench.write("clips/a.jsonl", format!("{}{{\"nom\": \"Jean\"}}\n{{\"id\": \n", record("1", "bac")));
    bench.write("clips/empty.txt", " \n");
    let first = bench.run(&["ingest", "clips"]);
    assert!(first.code == 3 && first.err.contains("3 skipped"), "{first:?}");
    for _ in 0..2 {
        let again = bench.run(&["ingest", "clips"]);
        assert!(again.code == 0 && again.err.contains("3 still skipped, 0 skipped"), "{again:?}");
    }
    assert!(bench.out(&["status"]).contains("skipped        3: newsgrep list --skipped"));
    let listed = bench.out(&["list", "--skipped"]);
    assert!(listed.contains("a.jsonl, record 2: ") && listed.contains("empty.txt: is empty"), "{listed}");
    assert!(bench.out(&["query", "bac", "--receipt"]).contains("3 records or files skipped"));
    // One is mended, and tried again; the other is looked after by hand.
    bench.write("clips/a.jsonl", [record("1", "bac"), record("2", "pont")].concat());
    let mended = bench.run(&["ingest", "clips"]);
    assert!(mended.code == 0 && mended.err.contains("1 still skipped, 0 skipped"), "{mended:?}");
    assert_eq!(bench.run(&["forget", "--skipped", "clips"]).code, 0);
    assert_eq!(bench.run(&["list", "--skipped"]).code, 1);
    assert_eq!(bench.run(&["check", "--read-data"]).code, 0);
}

#[test]
fn what_is_passed_over_is_counted_by_kind() {
    let bench = Bench::new();
    bench.write("clips/a.txt", clip("tramway"));
    bench.write("clips/b.pdf", b"%PDF-1.7\nx");
    bench.write("clips/c.pdf", b"%PDF-1.7\ny");
    bench.write("clips/d.eml", "From: lea@val.example\nTo: max@val.example\nSubject: le bac\n\nBonjour.\n");
    bench.write("clips/e.csv", "titre;date\nUn;2024\nDeux;2024\n");
    symlink(bench.path("clips/a.txt"), bench.path("clips/link.txt")).unwrap();
    let said = bench.run(&["ingest", "clips"]);
    assert!(said.code == 0 && said.err.contains("5 (2 PDF, 1 link, 1 mail, 1 table) ignored"), "{said:?}");
    for option in ["-v", "--dry-run"] {
        let said = bench.run(&["ingest", option, "clips"]);
        assert!(
            said.err.contains("clips/d.eml: mail") && said.err.contains("clips/link.txt: link"),
            "{option} {said:?}"
        );
    }
    // To name them makes no articles of them.
    for (name, kind) in [("d.eml", "mail"), ("e.csv", "table"), ("b.pdf", "PDF")] {
        let said = bench.run(&["ingest", &format!("clips/{name}")]);
        assert!(said.code == 3 && said.err.contains(&format!("{kind}: newsgrep does not read")), "{name} {said:?}");
    }
    bench.write("note.xyz", clip("autobus"));
    assert_eq!(bench.run(&["ingest", "note.xyz"]).code, 0);
    assert_eq!(bench.ids("autobus").len(), 1);
    assert_eq!(bench.out(&["list", "--format", "ids"]).lines().count(), 2);
}

#[test]
fn articles_without_text_are_counted() {
    let bench = Bench::new();
    let records = [
        json!({ "id": "1", "title": "Un titre seul", "text": "" }),
        json!({ "id": "2", "title": "Le bac", "text": "Un bac." }),
    ];
    bench.write("clips.jsonl", records.map(|record| format!("{record}\n")).concat());
    let said = bench.run(&["ingest", "clips.jsonl"]);
    assert!(said.code == 0 && said.err.contains("1 article without text"), "{said:?}");
    assert!(bench.out(&["status"]).contains("without text   1: newsgrep list --empty"));
    let listed = bench.out(&["list", "--empty"]);
    assert!(listed.contains("Un titre seul") && !listed.contains("Le bac"), "{listed}");
    assert!(bench.out(&["query", "bac", "--receipt"]).contains("1 article without text"));
}

/// With an article go its other versions and what has its key; the path of a file in which nothing is left, too.
#[test]
fn a_family_is_forgotten_and_lifted_as_one() {
    let bench = Bench::new();
    bench.write("clips/autre.txt", clip("tramway"));
    for text in ["Zimbelune habite rue Quixagone.", "Zimbelune n’y habite plus.", "Zimbelune se tait."] {
        bench.write("clips/Affaire Zimbelune.txt", format!("Portrait\n\n{text}\n"));
        assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    }
    let id = bench.ids("Zimbelune").pop().unwrap();
    let said = bench.run(&["forget", "--yes", &id]);
    assert!(
        said.code == 0 && said.err.contains("3 articles removed") && said.err.contains("(another version)"),
        "{said:?}"
    );
    for (name, bytes) in files(bench.archive()) {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("Zimbelune") && !text.contains("Quixagone"), "{name}");
    }
    assert_eq!(bench.run(&["export-archive", "out"]).code, 0);
    assert!(!files(bench.path("out")).values().any(|bytes| String::from_utf8_lossy(bytes).contains("Zimbelune")));
    // The file is not even opened while it stays as it is.
    assert!(bench.run(&["ingest", "clips"]).err.contains("2 files unchanged"));
    bench.write("clips/Affaire Zimbelune.txt", "Portrait\n\nZimbelune se tait.\n");
    let said = bench.run(&["ingest", "clips"]);
    assert!(said.code == 0 && said.err.contains("1 left out as forgotten"), "{said:?}");
    for (name, bytes) in files(bench.archive()) {
        assert!(!String::from_utf8_lossy(&bytes).contains("Zimbelune"), "{name}");
    }
    assert_eq!(bench.run(&["check", "--read-data"]).code, 0);
    let said = bench.run(&["forget", "--lift", &id]);
    assert!(said.code == 0 && said.err.contains("3 articles may come back"), "{said:?}");
    assert_eq!(bench.run(&["ingest", "--rehash", "clips"]).code, 0);
    assert_eq!(bench.ids("Zimbelune"), [id.as_str()]);
    // Only what was named.
    bench.write("clips/Affaire Zimbelune.txt", "Portrait\n\nZimbelune parle.\n");
    assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    let now = bench.ids("Zimbelune parle").pop().unwrap();
    assert!(bench.run(&["forget", "--yes", "--only-this", &now]).err.contains("1 article removed"));
    assert_eq!(bench.run(&["show", &id]).code, 0, "its earlier version stays");
    assert_eq!(bench.run(&["check", "--read-data"]).code, 0);
}

/// In UTF-16, in either order of bytes, with a mark or without: the neighbours keep their words.
#[test]
fn forgetting_a_record_of_a_file_in_utf_16_blanks_that_record() {
    let text = format!("{}{}{}", record("1", "bac"), record("2", "zimbelune 𝄞 été"), record("3", "quai"));
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in
        [[&[0xFF, 0xFE][..], &little].concat(), [&[0xFE, 0xFF][..], &big].concat(), little.clone(), big.clone()]
    {
        let bench = Bench::new();
        bench.write("clips/a.jsonl", &bytes);
        assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
        let id = bench.ids("zimbelune").pop().unwrap();
        assert_eq!(bench.run(&["forget", "--yes", &id]).code, 0);
        let other = bench.ids("quai").pop().unwrap();
        let original = bench.command(&["show", "--format", "original", &other]).output().unwrap().stdout;
        assert_eq!(original.len(), bytes.len());
        let length = |text: &str| 2 * text.encode_utf16().count();
        let mark = bytes.len() - length(&text);
        let (first, last) = (length(&record("1", "bac")) + mark, length(&record("3", "quai")));
        assert_eq!(original[..first], bytes[..first], "the record before is as it was");
        assert_eq!(original[original.len() - last..], bytes[bytes.len() - last..], "the record after too");
        let between: Vec<u8> =
            original[first..original.len() - last].iter().copied().filter(|byte| *byte != 0).collect();
        assert!(between.iter().all(|byte| b" \n".contains(byte)), "{between:?}");
        assert_eq!(bench.run(&["check", "--read-data"]).code, 0);
    }
}

/// What a file says now is all forgotten, and what it said before is not: it is no obstacle, and what it said before stays.
#[test]
fn a_file_of_which_all_is_forgotten_now_keeps_what_it_held_before() {
    let bench = Bench::new();
    bench.write("clips/a.jsonl", [record("1", "héron"), record("2", "butor")].concat());
    assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    let heron = bench.ids("héron").pop().unwrap();
    let butor = bench.ids("butor").pop().unwrap();
    assert_eq!(bench.run(&["forget", "--yes", &butor]).code, 0);
    bench.write("clips/a.jsonl", record("2", "butor"));
    bench.write("clips/b.txt", clip("grèbe"));
    let said = bench.run(&["ingest", "clips"]);
    assert!(said.code == 0 && said.err.contains("1 left out as forgotten"), "{said:?}");
    assert_eq!((bench.ids("grèbe").len(), bench.ids("héron").len()), (1, 0));
    assert_eq!(bench.run(&["show", &heron]).code, 0, "it left the file, and not the archive");
    assert!(!bench.keeps("butor"));
    assert_eq!(bench.run(&["check", "--read-data"]).code, 0);
    assert_eq!(bench.run(&["ingest", "--rehash", "clips"]).code, 0);
}

/// Read again beside new files, in whatever order, a forgotten file leaves no byte behind.
#[test]
fn a_forgotten_file_that_is_read_again_leaves_no_byte() {
    for arguments in [&["ingest", "clips"][..], &["ingest", "--rehash", "clips"]] {
        let bench = Bench::new();
        let forgotten = bench.write("clips/m.txt", clip("zorglub"));
        bench.write("clips/n.jsonl", record("1", "bulgroz"));
        assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
        let ids = [bench.ids("zorglub"), bench.ids("bulgroz")].concat();
        assert_eq!(bench.run(&["forget", "--yes", &ids[0], &ids[1]]).code, 0);
        for name in ["a", "m2", "z"] {
            bench.write(&format!("clips/{name}.txt"), clip(&format!("autre{name}")));
        }
        fs::copy(forgotten, bench.path("clips/copie.txt")).unwrap();
        bench.write("clips/m.txt", clip("zorglub"));
        bench.write("clips/n.jsonl", record("1", "bulgroz"));
        let said = bench.run(arguments);
        assert!(said.code == 0 && said.err.contains("3 articles added"), "{said:?}");
        assert!(!bench.keeps("zorglub") && !bench.keeps("bulgroz") && bench.keeps("autrez"), "{arguments:?}");
        assert_eq!(bench.run(&["check", "--read-data"]).code, 0);
    }
}

/// A file in UTF-16 that is read again stores its records anew: what was stored before goes with them when they are forgotten.
#[test]
fn what_was_stored_twice_is_forgotten_twice() {
    let bench = Bench::new();
    let text = [record("1", "zorglub"), record("2", "canard")].concat();
    let utf_16: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    bench.write("clips/a.jsonl", &utf_16);
    bench.write("clips/b.txt", clip("sarcelle"));
    assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    for name in ["c", "d"] {
        bench.write(&format!("clips/{name}.jsonl"), &utf_16);
        bench.write(&format!("clips/{name}.txt"), clip(&format!("sarcelle{name}")));
        assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    }
    assert!(bench.keeps("zorglub"));
    let id = bench.ids("zorglub").pop().unwrap();
    assert_eq!(bench.run(&["forget", "--yes", &id]).code, 0);
    assert!(!bench.keeps("zorglub") && bench.keeps("canard") && bench.keeps("sarcelled"));
    assert_eq!(bench.run(&["check", "--read-data"]).code, 0);
}

#[test]
fn two_new_files_with_the_same_bytes_are_no_damage() {
    let bench = Bench::new();
    bench.write("clips/a.txt", clip("bécasse"));
    bench.write("clips/b.txt", clip("bécasse"));
    let said = bench.run(&["ingest", "--rehash", "clips"]);
    assert!(said.code == 0 && !said.err.contains("damaged"), "{said:?}");
}

/// What a copy of the archive says of files that are gone, and of what was skipped.
#[test]
fn a_copy_knows_what_was_skipped_and_what_is_gone() {
    let bench = Bench::new();
    bench.write("clips/a.jsonl", record("1", "vanneau") + "{mal\n");
    bench.write("clips/b.txt", clip("courlis"));
    bench.write("clips/vide.txt", "");
    assert_eq!(bench.run(&["ingest", "clips"]).code, 3);
    fs::remove_file(bench.path("clips/b.txt")).unwrap();
    assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    assert_eq!(bench.run(&["export-archive", "export"]).code, 0);
    assert_eq!(bench.run(&["--archive", "copy", "import-archive", "export"]).code, 0);
    for arguments in [["list", "--skipped"], ["list", "--gone"]] {
        let said = bench.run(&arguments);
        assert!(said.code == 0 && !said.out.is_empty(), "{said:?}");
        let copy = [&["--archive", "copy"][..], &arguments].concat();
        assert_eq!(bench.run(&copy).out, said.out, "{arguments:?}");
    }
    let said = bench.run(&["--archive", "copy", "ingest", "clips"]);
    assert!(said.code == 0 && said.err.contains("2 still skipped"), "{said:?}");
    // What is no file is told, and not known: it does not count among these.
    assert!(std::process::Command::new("mkfifo").arg(bench.path("tuyau")).status().unwrap().success());
    let said = bench.run(&["--archive", "copy", "ingest", "tuyau"]);
    assert!(said.code == 3 && said.err.contains("2 still skipped, 1 skipped"), "{said:?}");
    assert_eq!(bench.run(&["--archive", "copy", "check", "--read-data"]).code, 0);
    assert_eq!(bench.run(&["--archive", "copy", "export-archive", "again"]).code, 0);
    assert_eq!(files(bench.path("again")), files(bench.path("export")), "and so does a copy of the copy");
}

/// What was skipped in a file that moved is named where it is now, and no more when it is mended there.
#[test]
fn what_was_skipped_moves_with_its_file() {
    let bench = Bench::new();
    bench.write("clips/a.jsonl", [record("1", "tarin"), "{mal\n".to_owned(), record("2", "verdier")].concat());
    bench.write("clips/vide.txt", "");
    assert_eq!(bench.run(&["ingest", "clips"]).code, 3);
    fs::rename(bench.path("clips/a.jsonl"), bench.path("clips/z.jsonl")).unwrap();
    fs::rename(bench.path("clips/vide.txt"), bench.path("clips/zz.txt")).unwrap();
    assert_eq!(bench.run(&["ingest", "clips"]).code, 3);
    let said = bench.run(&["list", "--skipped"]);
    assert!(said.lines().len() == 2 && said.out.contains("z.jsonl") && said.out.contains("zz.txt"), "{said:?}");
    bench.write("clips/z.jsonl", [record("1", "tarin"), record("2", "verdier")].concat());
    bench.write("clips/zz.txt", clip("linotte"));
    assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    let said = bench.run(&["list", "--skipped"]);
    assert!(said.out.is_empty(), "{said:?}");
}

/// The same text under another title, key and date is the same text; an empty one is not.
#[test]
fn the_same_text_is_forgotten_whatever_its_title() {
    let bench = Bench::new();
    let article = |key: &str, title: &str, date: &str, text: &str| {
        format!("{}\n", json!({ "id": key, "title": title, "date": date, "text": text }))
    };
    let text = "Le chevreuil traverse la route.";
    bench
        .write("clips/a.jsonl", article("1", "Un titre", "2024-01-02", text) + &article("2", "Vide", "2024-01-02", ""));
    bench.write(
        "clips/b.jsonl",
        article("7", "Autre titre", "2024-03-04", text) + &article("8", "Vide aussi", "2024-01-02", ""),
    );
    bench.write("clips/c.txt", format!("Troisième titre\n\n{text}\n"));
    bench.ingest("clips/d.jsonl", &[json!({ "id": "9", "title": "Reste", "text": "Un chevreuil et un faon." })]);
    assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    let id = bench.ids("titre:\"Un titre\"").pop().unwrap();
    let said = bench.run(&["forget", "--yes", &id]);
    assert!(said.code == 0 && said.err.matches("(the same text)").count() == 2, "{said:?}");
    assert_eq!((bench.ids("chevreuil").len(), bench.run(&["list", "--format", "ids"]).lines().len()), (1, 3));
}
