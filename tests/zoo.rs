//! Everything hostile that a folder of clippings can hold: bounded in time and memory, skipped or taken, never the end of a
//! run, and never a command to the terminal.
//!
//! `ZOO=50 cargo test --test zoo -- --nocapture` makes the beasts 50 MB each and prints time and peak memory.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, clippy::panic, clippy::print_stderr)] // a test may fail

mod bench;

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use bench::{Bench, Said, files};

/// The size of a beast in bytes, where ZOO does not say another.
const SIZE: usize = 300_000;

/// Beasts of which a record is skipped.
const BROKEN: [&str; 6] = ["deep.json", "objects.json", "number.json", "line.jsonl", "open.jsonl", "nul.txt"];

fn size() -> usize {
    std::env::var("ZOO").map_or(SIZE, |megabytes| megabytes.parse::<usize>().unwrap() << 20)
}

fn repeat(piece: &str, size: usize) -> String {
    piece.repeat(size / piece.len())
}

/// File name and content of each beast.
fn beasts(size: usize) -> Vec<(&'static str, Vec<u8>)> {
    let page = |body: &str| format!("<html><body><h1>Titre</h1>{body}<p>Le gnou reste.</p>").into_bytes();
    let numbered = |make: fn(usize) -> String| (0..size / 15).map(make).collect::<String>();
    let text = |body: &str| format!("Titre\n\nLe gnou. {body}").into_bytes();
    let member = |value: &str| format!("{{\"title\":\"Gnou\",\"text\":\"Le gnou.\",\"x\":{value}}}").into_bytes();
    let laughs: String = (1..10).map(|n| format!("a{n}: &a{n} [{}]\n", format!("*a{}, ", n - 1).repeat(9))).collect();
    vec![
        ("deep.html", page(&repeat("<div>", size))),
        ("formatting.html", page(&numbered(|n| format!("<font size={n}><p>")))),
        ("bold.html", page(&repeat("<b><i><a href=x>", size))),
        ("tables.html", page(&repeat("<table><tr><td>", size))),
        ("lists.html", page(&repeat("<ul><li>", size))),
        ("attributes.html", page(&format!("<p {}>", numbered(|n| format!("a{n}=\"{n}\" "))))),
        ("tag.html", page(&format!("<p x=\"{}\">", repeat("y", size)))),
        ("name.html", page(&format!("<{}>", repeat("y", size)))),
        ("comment.html", page(&format!("<!--{}", repeat("-x", size)))),
        ("entities.html", page(&repeat("&amp;&#x41;&nope;", size))),
        ("script.html", page(&format!("<script type=\"application/ld+json\">{}</script>", repeat("[", size)))),
        ("select.html", page(&repeat("<select><option><svg><math>", size))),
        ("deep.json", repeat("[", size).into_bytes()),
        ("objects.json", repeat("{\"a\":", size).into_bytes()),
        ("number.json", member(&format!("{}e{}", repeat("9", size / 2), repeat("9", size / 2)))),
        ("string.json", member(&format!("\"{}\"", repeat("\\u0041", size)))),
        ("surrogates.json", member(&format!("\"{}\"", repeat("\\ud800", size)))),
        ("keys.json", format!("{{{}\"title\":\"Gnou\"}}", repeat("\"text\":\"gnou\",", size)).into_bytes()),
        ("line.jsonl", repeat("{\"title\":\"gnou\"", size).into_bytes()),
        (
            "open.jsonl",
            [repeat("{\"\n", size).into_bytes(), b"\n{\"title\":\"Gnou\",\"text\":\"gnou\"}\n".to_vec()].concat(),
        ),
        ("laughs.md", format!("---\na0: &a0 x\n{laughs}title: Gnou\n---\nLe gnou.").into_bytes()),
        ("yaml.md", format!("---\na: {}\n---\nLe gnou.", repeat("[", size)).into_bytes()),
        ("quotes.md", text(&repeat("> ", size))),
        ("brackets.md", text(&repeat("[", size))),
        ("stars.md", text(&repeat("*a **", size))),
        ("ticks.md", text(&repeat("`a``", size))),
        ("line.txt", text(&repeat("mot ", size))),
        ("word.txt", text(&repeat("m", size))),
        ("zip.txt", text(&repeat("\n\n", size))),
        ("marks.txt", text(&repeat("e\u{301}\u{323}", size))),
        ("paragraphs.txt", text(&repeat("a\n\n", size))),
        ("lines.txt", text(&repeat("a\n", size))),
        ("stops.txt", text(&repeat("a , b . ", size))),
        ("hyphens.txt", text(&repeat("bé-\nton ", size))),
        ("glyphs.txt", text(&repeat("☺a☻ b ☺/a☻ ", size))),
        ("posts.txt", text(&repeat("<blockquote class=« twitter-tweet »><p>a — B (@b) ", size))),
        ("embeds.html", page(&repeat("<iframe src=\"https://www.youtube.com/embed/a\"></iframe>", size))),
        ("paragraphs.html", page(&repeat("<p>a", size))),
        ("dashes.txt", text(&repeat("a-", size))),
        ("apostrophes.txt", text(&repeat("l'", size))),
        ("digits.txt", text(&repeat("10/02/2025 1 000 ", size))),
        ("mojibake.txt", text(&repeat("Ã©Ã¢â‚¬", size))),
        ("controls.txt", text(&repeat("\u{1B}]0;x\u{7}\u{202E}\u{9B}", size))),
        ("nul.txt", [b"Titre\n\nLe gnou.".to_vec(), vec![0; size]].concat()),
        ("invalid.txt", [b"Titre\n\nLe gnou.".to_vec(), vec![0xC3; size]].concat()),
        ("utf16.txt", [b"\xFF\xFE".to_vec(), vec![0xD8; size + 1]].concat()),
    ]
}

/// Runs a command and gives its time and its peak memory in MB.
fn measured(command: &mut Command) -> (Said, Duration, usize) {
    let began = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut peak = 0;
    let code = loop {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(peak);
        match child.try_wait().unwrap() {
            Some(status) => break status.code().unwrap_or(-1),
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    (Said { out: String::new(), err: String::new(), code }, began.elapsed(), peak / 1024)
}

#[test]
fn every_beast_is_bounded() {
    let bench = Bench::new();
    let mut worst = (Duration::ZERO, 0);
    for (name, bytes) in beasts(size()) {
        let path = bench.write(&format!("zoo/{name}"), &bytes);
        let (said, took, peak) = measured(&mut bench.command(&["clean", "--format", "jsonl", &path]));
        eprintln!("{name:<18} {:>7.2} s {peak:>5} MB  exit {}", took.as_secs_f64(), said.code);
        // A larger one may be beyond a limit.
        if size() == SIZE {
            assert_eq!(said.code, if BROKEN.contains(&name) { 3 } else { 0 }, "{name}: {said:?}");
        } else {
            assert!([0, 3].contains(&said.code), "{name}: {said:?}");
        }
        // A debug build without optimisation is given more time.
        let limit = if cfg!(debug_assertions) { 60 } else { 5 };
        assert!(took < Duration::from_secs(limit), "{name}: {took:?}");
        assert!(peak < 512, "{name}: {peak} MB");
        worst = (worst.0.max(took), worst.1.max(peak));
    }
    eprintln!("worst: {:.2} s, {} MB", worst.0.as_secs_f64(), worst.1);
}

/// The whole zoo at once among good clippings: every good one is found, every source is as it was.
#[test]
fn the_zoo_costs_nothing_else() {
    let bench = Bench::new();
    for (name, bytes) in beasts(60_000) {
        bench.write(&format!("zoo/{name}"), bytes);
    }
    for n in 0..1000 {
        bench.write(&format!("zoo/good{n}.txt"), format!("Titre {n}\n\nUn okapi au numéro {n}.\n"));
    }
    let before = files(bench.path("zoo"));
    let said = bench.run(&["ingest", "zoo"]);
    assert_eq!(said.code, 3, "{}", said.err);
    assert_eq!(bench.run(&["query", "-c", "okapi"]).out, "1000\n");
    assert!(files(bench.path("zoo")) == before, "sources are never touched");
    assert_eq!(bench.run(&["check", "--read-data"]).code, 0);
    assert_eq!(bench.run(&["export-archive", "out"]).code, 0);
    let stored: std::collections::BTreeSet<Vec<u8>> = files(bench.path("out/originals")).into_values().collect();
    for (name, bytes) in before.iter().filter(|(name, _)| name.starts_with("good") || *name == "invalid.txt") {
        assert!(stored.contains(bytes), "{name} is not kept bit by bit");
    }
    let good = bench.ids("okapi");
    for id in bench.run(&["list", "--format", "ids"]).lines().into_iter().filter(|id| !good.contains(&(*id).to_owned()))
    {
        bench.run(&["show", id]).is_orderly();
    }
}

/// What is larger than any article is kept as it is, costs little, and the message says what to do.
#[test]
fn what_is_too_large_is_kept_and_told() {
    let bench = Bench::new();
    let values = format!("{{\"title\":\"Gnou\",\"x\":[{}0]}}", repeat("{\"\":0},", 2 << 20));
    for (name, bytes) in [
        ("file.txt", repeat("Un gnou. ", 65 << 20)),
        ("text.txt", repeat("Un gnou. ", 17 << 20)),
        ("record.jsonl", format!("{{\"title\":\"{}\"}}\n", repeat("gnou ", 17 << 20))),
        ("values.json", values),
        ("empty.jsonl", repeat("{}\n", 60_000)),
        ("open.jsonl", repeat("{\"\n", 2 << 20)),
        ("good.txt", "Titre\n\nUn okapi.".to_owned()),
    ] {
        bench.write(&format!("zoo/{name}"), bytes);
    }
    let (said, _, peak) = measured(&mut bench.command(&["ingest", "zoo"]));
    assert!(said.code == 3 && peak < 256, "{said:?} {peak} MB");
    assert_eq!(bench.run(&["query", "-c", "okapi"]).out, "1\n");
    let said = bench.run(&["--archive", "other", "ingest", "zoo"]);
    for what in ["file is larger than 64 MB", "text is larger than 16 MB", "record is larger than 16 MB"] {
        assert!(said.err.contains(&format!("the {what}, which no article is: split it")), "{what}: {}", said.err);
    }
    assert_eq!(bench.run(&["export-archive", "out"]).code, 0);
    let stored: Vec<Vec<u8>> = files(bench.path("out/originals")).into_values().collect();
    assert!(files(bench.path("zoo")).values().all(|bytes| stored.contains(bytes)), "each is kept bit by bit");
}

/// Names that could be taken for something else, links, pipes, sockets, devices.
#[test]
fn links_and_special_files_are_safe() {
    let bench = Bench::new();
    let zoo = bench.dir.path().join("zoo");
    bench.write("zoo/good.txt", "Titre\n\nUn okapi.");
    bench.write("outside/secret.txt", "Secret\n\nUn tatou.");
    symlink("..", zoo.join("loop")).unwrap();
    symlink("self.txt", zoo.join("self.txt")).unwrap();
    symlink("../outside", zoo.join("folder")).unwrap();
    symlink("../outside/secret.txt", zoo.join("link.txt")).unwrap();
    symlink("/dev/zero", zoo.join("zero.txt")).unwrap();
    let _socket = UnixListener::bind(zoo.join("socket.txt")).unwrap();
    let pipe = zoo.join("pipe.txt");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let names: [&[u8]; 9] = [
        b"-rf",
        b"--help.txt",
        b"a\nb.txt",
        b"\xE9t\xE9.txt",
        b"\x1B]0;x\x07.txt",
        "e\u{301}te\u{301}.txt".as_bytes(),
        "été.txt".as_bytes(),
        b"..evil.txt",
        b"$(touch x).txt",
    ];
    for (name, n) in names.iter().zip(0..) {
        fs::write(zoo.join(std::ffi::OsStr::from_bytes(name)), format!("Titre {n}\n\nUn okapi au nombre {n}."))
            .unwrap();
    }
    let said = bench.run(&["ingest", "zoo"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(bench.run(&["query", "-c", "tatou"]).code, 1, "nothing outside the folder");
    // A name that begins with a dot is a hidden file's.
    assert_eq!(bench.run(&["query", "-c", "okapi"]).out, "9\n", "{}", said.err);
    // Named by hand a pipe is refused, not waited for.
    let said = bench.run(&["ingest", pipe.to_str().unwrap(), "zoo/good.txt"]);
    assert!(said.code == 3 && said.err.contains("neither a file nor a folder"), "{said:?}");
    let mut here: Vec<_> = fs::read_dir(bench.dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    here.sort();
    assert_eq!(here, ["archive", "outside", "zoo"], "nothing is written outside the archive");
}

/// Every command, every field, every control character; what is left of colours is ours.
#[test]
fn nothing_commands_the_terminal() {
    let bench = Bench::new();
    let controls: String = (1..=0x9F_u32).filter_map(char::from_u32).filter(|c| c.is_control() && *c != '\n').collect();
    let evil = format!("okapi{controls}\u{202E}\u{2066}\u{1B}]52;c;x\u{7}\u{1B}Pq\u{1B}\\");
    let record = serde_json::json!({"id": evil, "title": evil, "text": format!("{evil} okapi"), "author": evil, "source": evil,
        "url": format!("https://a.example/{evil}"), "tags": [evil], "section": evil, "language": evil, "date": evil});
    let name = "\u{1B}]0;pirate\u{7}\u{9B}31m";
    bench.write(&format!("clips/{name}/{name}.json"), record.to_string());
    bench.write(&format!("clips/{name}.json"), "{broken");
    let archive = format!("arc{name}");
    let run = |arguments: &[&str]| {
        let said = Said::of(&bench.command(arguments).env("NEWSGREP_ARCHIVE", &archive).output().unwrap());
        said.is_orderly();
        for text in [&said.out, &said.err] {
            assert!(!commands(text), "{arguments:?} {text:?}");
        }
        said
    };
    run(&["ingest", "-v", "clips"]);
    let id = run(&["list", "--format", "ids"]).out.trim().to_owned();
    assert_eq!(id.len(), 16);
    let evil_path = format!("clips/{name}/none{name}");
    for arguments in [
        &["query", "okapi"][..],
        &["query", "--color", "always", "okapi"],
        &["query", "okapi", "--format", "json"],
        &["query", "okapi", "--json"],
        &["query", "okapi", "--format", "csv"],
        &["query", "okapi", "--format", "trec"],
        &["query", &evil],
        &["query", "--explain", &evil],
        &["query", "--plain", &evil],
        &["query", "--since", &evil, "x"],
        &["query", "--source", &evil, "x"],
        &["query", &format!("\"{evil}")],
        &["query", "--queries", &evil_path],
        &["list"],
        &["list", "--color", "always"],
        &["list", "--source", &evil],
        &["show", &id],
        &["show", "--color", "always", &id],
        &["show", &id, "--format", "json"],
        &["show", &id, "--format", "markdown"],
        &["show", &evil],
        &["verify", &id],
        &["verify", &id, "--json"],
        &["verify", &evil],
        &["verify", &id, "--against", &evil_path],
        &["clean", "clips"],
        &["clean", "--explain", "clips"],
        &["clean", &evil_path],
        &["ingest", &evil_path],
        &["ingest", "--skip", &evil, "clips"],
        &["status"],
        &["check"],
        &["check", "--read-data"],
        &["reindex"],
        &["export-archive", name],
        &["export-archive", name],
        &["import-archive", name],
        &["import-archive", &evil_path],
        &["--archive", &evil_path, "list"],
        &["--archive", &evil_path, "query", "x"],
        &["forget", &id],
        &["forget", &evil],
        &["forget", "--lift", &evil],
        &["forget", "--yes", &id],
        &["forget", "--list"],
        &[&evil],
        &["--format", &evil],
        &["list", &evil],
        &["completions", &evil],
        &["list", "--limit", &evil],
        &["query", "x", &format!("--{evil}")],
    ] {
        run(arguments);
    }
}

/// Whether a text commands the terminal that shows it: any control but newline and tab, our own colours aside.
fn commands(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| (c.is_control() && c != '\n' && c != '\t') || is_bidi(c)) {
        let Some(colour) = rest[at..].strip_prefix("\u{1B}[") else { return true };
        let end = colour.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap_or(0);
        if !colour[end..].starts_with('m') || colour[..end].split(';').any(|code| code.len() > 3) {
            return true;
        }
        rest = &colour[end + 1..];
    }
    false
}

fn is_bidi(c: char) -> bool {
    matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Any query is answered or refused within a second.
#[test]
fn any_query_is_answered_or_refused() {
    let bench = Bench::with_fixtures();
    let controls: String = (1..=0x9F_u32).filter_map(char::from_u32).collect();
    for query in [
        "(".repeat(10_000),
        format!("{}x{}", "(".repeat(5_000), ")".repeat(5_000)),
        format!("{}x", "NOT ".repeat(20_000)),
        "\"".repeat(4_096),
        "-".repeat(20_000),
        "a OU ".repeat(5_000) + "b",
        "a* ".repeat(500),
        "?* *".repeat(500),
        "abcdefgh~2 ".repeat(200),
        "a NEAR/9999999999 b".to_owned(),
        "titre:".repeat(5_000),
        "date:9999999999999..".to_owned(),
        "x".repeat(100_000),
        "l'".repeat(20_000),
        "« ".repeat(5_000),
        controls,
    ] {
        for more in [&[][..], &["--any"], &["--plain"], &["--explain"]] {
            let began = Instant::now();
            let said = bench.run(&[&["query"][..], more, &["--", &query]].concat());
            let took = began.elapsed();
            said.is_orderly();
            let limit = if cfg!(debug_assertions) { 20 } else { 1 };
            assert!(
                took < Duration::from_secs(limit),
                "{more:?} {took:?} {}",
                &query.chars().take(40).collect::<String>()
            );
        }
    }
}
