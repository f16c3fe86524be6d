//! The binary as a person meets it: real files, real archives, exit codes.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::needless_pass_by_value
)] // a test may fail

mod bench;

use std::fs;
use std::path::Path;
use std::process::Stdio;

use bench::{Bench, files, fixtures};
use serde_json::Value;

#[test]
fn the_main_job() {
    let bench = Bench::new();
    let said = bench.run(&["ingest", fixtures().to_str().unwrap()]);
    assert_eq!((said.code, said.out.as_str()), (0, ""));
    assert!(said.err.contains("6 articles added"), "{}", said.err);
    let said = bench.run(&["query", "OpenAI offre"]);
    assert_eq!(said.code, 0);
    assert!(said.out.starts_with("1. Le fonds Marchal propose 9,8 milliards d’euros"), "{}", said.out);
    assert!(said.out.contains("2 articles"), "{}", said.out);
    assert!(!said.out.contains('\u{1B}'), "no colour in a pipe");
}

#[test]
fn what_is_unchanged_is_not_read_again() {
    let bench = Bench::with_fixtures();
    let said = bench.run(&["ingest", fixtures().to_str().unwrap()]);
    assert!(said.err.starts_with("0 articles added, 3 files unchanged"), "{}", said.err);
    let said = bench.run(&["ingest", "--rehash", fixtures().to_str().unwrap()]);
    assert!(said.err.starts_with("0 articles added, 3 files unchanged"), "{}", said.err);
}

#[test]
fn a_changed_file_is_a_new_version() {
    let bench = Bench::new();
    let path =
        bench.write("clips/a.txt", "Titre ancien\n\nLe pélican est rare ici, dit-on au village depuis toujours.\n");
    bench.run(&["ingest", &path]);
    let old = bench.run(&["list", "--format", "ids"]).out.trim().to_owned();
    bench.write(
        "clips/a.txt",
        "Titre nouveau\n\nLe flamant est rare ici, dit-on au village depuis toujours, et ailleurs.\n",
    );
    let said = bench.run(&["ingest", &path]);
    assert!(said.err.contains("1 new version"), "{}", said.err);
    assert_eq!(bench.run(&["query", "-c", "flamant"]).out, "1\n");
    assert_eq!(bench.run(&["query", "-c", "pélican"]).code, 1, "the old version has left the index");
    let said = bench.run(&["show", &old]);
    assert!(said.out.contains("pélican"), "and is in the archive");
    assert!(said.err.contains("newer version"), "{}", said.err);
}

#[test]
fn queries_find_and_mark() {
    let bench = Bench::with_fixtures();
    let said = bench.run(&["query", "--json", "eleveur lait"]);
    let hit = &said.records()[0];
    assert_eq!(hit["schema"], 1);
    assert_eq!(hit["key"], "cl-2021-001");
    assert_eq!(hit["datePublished"], "2021-11-03");
    assert_eq!(hit["authors"][0], "Fatou Lemaire");
    assert_eq!(hit["publisher"], "La Voix du Berry");
    let marked: Vec<&str> = hit["passages"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|passage| passage.as_array().unwrap())
        .filter(|piece| piece["hit"] == true)
        .map(|piece| piece["text"].as_str().unwrap())
        .collect();
    assert!(marked.contains(&"éleveurs") && marked.contains(&"lait"), "{marked:?}");
    for (query, total) in [
        ("\"offre d’OpenAI\"", 1),
        ("tweet:@jaltberg", 1),
        ("\"Gazette du Rhône\"", 1),
        ("\"Rhône qui a révélé\"", 1),
        ("date:2021..2022", 2),
        ("-date:*", 2),
        ("titre:OpenAI", 2),
        ("source:courrier", 2),
        ("OpenAI SAUF Marchal", 1),
        ("(lait OU pluie) ET préfet", 1),
        ("auteur:delmas", 1),
        ("fonds NEAR/6 racheter", 1),
        ("fonds NEAR/3 racheter", 0),
        ("pelican*", 0),
        ("aujourd'hui", 2),
        ("degre*", 1),
        ("Altbreg~2", 1),
        ("=offres", 0),
        ("lang:fr", 5),
        ("format:json", 4),
    ] {
        let said = bench.run(&["query", "-c", "--", query]);
        assert_eq!(said.out.trim(), total.to_string(), "{query} {}", said.err);
        assert_eq!(said.code, i32::from(total == 0), "{query}");
    }
}

#[test]
fn a_wrong_query_is_shown_its_place() {
    let bench = Bench::with_fixtures();
    let said = bench.run(&["query", "OpenAI ET"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(said.err.contains("OpenAI ET\n         ^^"), "{}", said.err);
    let said = bench.run(&["query", "Musk", "-Tesla"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("`--`"), "{}", said.err);
}

#[test]
fn no_hit_is_helped() {
    let bench = Bench::with_fixtures();
    let said = bench.run(&["query", "OpenAI tramvay"]);
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert!(said.err.contains("tramvay: no articles; did you mean tramway?"), "{}", said.err);
    assert!(said.err.contains("OpenAI: 2 articles"), "{}", said.err);
    let said = bench.run(&["query", "--since", "2030", "OpenAI"]);
    assert!(said.err.contains("1 undated"), "{}", said.err);
}

#[test]
fn files_of_queries_run_in_one_process() {
    let bench = Bench::with_fixtures();
    let file = bench.write("q.tsv", "a\tOpenAI\nb\tdate:rien\nc\tlait\n");
    let said = bench.run(&["query", "--queries", &file, "--format", "trec"]);
    assert_eq!(said.code, 3);
    assert!(said.err.contains("query b refused"), "{}", said.err);
    assert!(said.lines().iter().all(|line| line.split(' ').count() == 6), "{}", said.out);
    assert!(said.out.ends_with("newsgrep\n") && said.out.contains("c Q0 cl-2021-001 1 "), "{}", said.out);
}

#[test]
fn every_format_is_written() {
    let bench = Bench::with_fixtures();
    let ids = bench.run(&["query", "OpenAI", "--format", "ids"]);
    assert!(ids.lines().iter().all(|id| id.len() == 16));
    let csv = bench.run(&["query", "OpenAI", "--format", "csv"]);
    assert_eq!(csv.lines().len(), 3);
    let json: Value = serde_json::from_str(&bench.run(&["query", "OpenAI", "--format", "json"]).out).unwrap();
    assert_eq!((json["total"].as_u64(), json["hits"].as_array().unwrap().len()), (Some(2), 2));
    let paths = bench.run(&["query", "-l", "OpenAI"]);
    assert!(paths.lines().iter().all(|path| Path::new(path).exists()), "{}", paths.out);
    let id = &ids.lines()[0][..8];
    assert!(bench.run(&["show", id, "--format", "markdown"]).out.starts_with("---\ntitle:"));
    let original = bench.command(&["show", id, "--format", "original"]).output().unwrap().stdout;
    assert!(
        [fs::read(fixtures().join("offre-openai.txt")).unwrap(), fs::read(fixtures().join("archives.jsonl")).unwrap()]
            .contains(&original)
    );
    let shown: Value = serde_json::from_str(&bench.run(&["show", id, "--format", "json"]).out).unwrap();
    let keys = [
        "schema",
        "path",
        "record",
        "id",
        "key",
        "headline",
        "lead",
        "authors",
        "datePublished",
        "publisher",
        "section",
        "language",
        "url",
        "truncated",
        "blocks",
        "text",
        "embeds",
    ];
    assert!(keys.iter().all(|key| shown.get(key).is_some()), "{shown}");
}

#[test]
fn list_needs_no_index() {
    let bench = Bench::with_fixtures();
    fs::remove_dir_all(bench.archive().join("index")).unwrap();
    assert_eq!(bench.run(&["list", "--format", "ids"]).lines().len(), 6);
    let said = bench.run(&["list", "--source", "fil", "--since", "2022", "--json"]);
    assert_eq!(said.records()[0]["key"], "cl-2022-014");
    let said = bench.run(&["query", "OpenAI"]);
    assert_eq!(said.code, 4);
    assert!(said.err.contains("newsgrep reindex"), "{}", said.err);
}

#[test]
fn the_index_can_be_deleted_at_any_time() {
    let bench = Bench::with_fixtures();
    let ask = || {
        ["OpenAI", "\"tramway de nuit\"", "date:2023", "tweet:croissant"]
            .map(|query| bench.run(&["query", "--json", query]).out)
    };
    let before = ask();
    fs::remove_dir_all(bench.archive().join("index")).unwrap();
    assert_eq!(bench.run(&["reindex"]).code, 0);
    assert_eq!(ask(), before);
    fs::remove_dir_all(bench.archive().join("index")).unwrap();
    assert_eq!(bench.run(&["ingest", fixtures().to_str().unwrap()]).code, 0, "the next ingest repairs it too");
    assert_eq!(ask(), before);
}

#[test]
fn damage_is_reported_and_never_served() {
    let bench = Bench::with_fixtures();
    assert_eq!(bench.run(&["check", "--read-data"]).code, 0);
    let index = bench.archive().join("index");
    for (name, good) in files(&index) {
        if good.is_empty() {
            continue;
        }
        let path = index.join(name);
        let mut bad = good.clone();
        let middle = bad.len() / 2;
        bad[middle] ^= 0x10;
        fs::write(&path, &bad).unwrap();
        assert_eq!(bench.run(&["check"]).code, 4, "{}", path.display());
        let said = bench.run(&["query", "OpenAI"]);
        assert_eq!(said.code, 4, "{} {}", path.display(), said.err);
        assert!(!said.err.contains("panicked"), "{}", said.err);
        fs::write(&path, &good).unwrap();
    }
    assert_eq!(bench.run(&["query", "OpenAI"]).code, 0);
}

#[test]
fn forgetting_is_for_good() {
    let bench = Bench::with_fixtures();
    let id = bench.run(&["query", "tramway", "--format", "ids"]).out.trim().to_owned();
    assert_eq!(bench.run(&["forget", &id]).code, 2, "nobody to ask");
    assert_eq!(bench.run(&["forget", "--yes", &id]).code, 0);
    assert_eq!(bench.run(&["query", "tramway"]).code, 1);
    assert_eq!(bench.run(&["show", &id]).code, 1);
    let bytes = fs::read(bench.archive().join("archive.sqlite")).unwrap();
    assert!(!String::from_utf8_lossy(&bytes).contains("tramway de nuit"));
    assert_eq!(bench.run(&["check", "--read-data"]).code, 0);
}

#[test]
fn one_bad_record_costs_itself_only() {
    let bench = Bench::new();
    let path = bench.write("x.jsonl", "{\"id\":\"a\",\"title\":\"Un\",\"text\":\"zèbre\"}\n{\"id\": \n{\"id\":\"b\",\"title\":\"Deux\",\"text\":\"zèbre\"}\n");
    bench.write("folder/picture.jpg", b"\xFF\xD8\xFF\xE0\0\0");
    bench.write("folder/empty.txt", "");
    let said = bench.run(&["ingest", &path, "folder"]);
    assert_eq!(said.code, 3);
    assert!(said.err.contains("x.jsonl, record 2: ") && said.err.contains("empty.txt: is empty"), "{}", said.err);
    assert!(said.err.lines().last().unwrap().contains("1 (1 picture) ignored, 2 skipped"), "{}", said.err);
    assert_eq!(bench.run(&["query", "-c", "zebre"]).out, "2\n");
}

#[test]
fn wrong_surroundings_have_their_exit_codes() {
    let bench = Bench::new();
    assert_eq!(bench.run(&["query", "x"]).code, 5, "no archive yet");
    assert_eq!(bench.run(&["ingest", "nowhere"]).code, 2);
    assert!(!bench.archive().exists(), "nothing was done");
    assert_eq!(bench.run(&["show"]).code, 2);
    let path = bench.write("a.txt", "Titre\n\nTexte.");
    assert_eq!(bench.run(&["ingest", "--dry-run", &path]).code, 0);
    assert!(!bench.archive().exists());
    assert_eq!(bench.run(&["clean", &path]).code, 0);
}

#[test]
fn a_closed_pipe_is_success() {
    let bench = Bench::with_fixtures();
    let mut child = bench.command(&["list", "--format", "json"]).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn nothing_in_an_article_commands_the_terminal() {
    let bench = Bench::new();
    let controls: String = (0..=0x9F_u32).filter_map(char::from_u32).filter(|c| c.is_control() && *c != '\n').collect();
    let text = format!("a{controls}\u{202E}b]0;pirate licorne");
    let record = serde_json::json!({"id": text, "title": text, "text": format!("{text} et la suite"), "author": text, "source": text, "url": text, "tags": [text]});
    bench.write("d/\u{1B}[31m.json", record.to_string());
    bench.write("d/b\u{9B}.json", "{broken");
    let said = bench.run(&["ingest", "d"]);
    let hidden = |text: &str| text.chars().any(|c| (c.is_control() && c != '\n' && c != '\t') || c == '\u{202E}');
    assert!(!hidden(&said.err), "{:?}", said.err);
    for arguments in [
        &["query", "licorne"][..],
        &["query", "licorne", "--format", "json"],
        &["query", "licorne", "--json"],
        &["query", "licorne", "--format", "csv"],
        &["query", "licorne", "--format", "trec"],
        &["list"],
        &["clean", "d"],
        &["clean", "--explain", "d"],
        &["query", "\u{1B}]0;x\u{7} ET"],
        &["show", "\u{1B}"],
    ] {
        let said = bench.run(arguments);
        assert!(!hidden(&said.out) && !hidden(&said.err), "{arguments:?} {said:?}");
    }
    let id = bench.run(&["list", "--format", "ids"]).out.trim().to_owned();
    for form in ["text", "json", "markdown"] {
        let said = bench.run(&["show", &id, "--format", form]);
        assert!(said.code == 0 && !hidden(&said.out), "{form} {said:?}");
    }
}

#[test]
fn the_archive_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::with_fixtures();
    let mut folders = vec![bench.archive()];
    while let Some(folder) = folders.pop() {
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700, "{}", folder.display());
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{}", path.display());
            }
        }
    }
}

#[test]
fn help_speaks_of_the_language() {
    let bench = Bench::new();
    let said = bench.run(&["query", "--help"]);
    assert!(said.code == 0 && said.out.contains("Musk NEAR/5 Altman"));
    assert!(bench.run(&["man"]).out.contains(".TH"));
    assert!(bench.run(&["completions", "bash"]).out.contains("_newsgrep"));
    assert!(bench.run(&["rules"]).out.contains("mojibake"));
}
