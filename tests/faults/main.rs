//! Faults injected into the real program: kills, failing writes, full disks, crowds, jumping clocks, damage.
//!
//! A few of each run with the other tests; `FAULTS=200 cargo test --test faults NAME -- --nocapture` runs as many and prints
//! what was injected, what survived and what was lost. NAME is one of kill, write, disk, crowd, clock, index, archive, order, power,
//! stop, readonly, network.
//! What this machine does not allow (mounting, strace) is passed over with a word.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, clippy::panic, clippy::print_stderr)] // a test may fail

mod archive;
#[path = "../bench/mod.rs"]
mod bench;
mod clock;
mod crowd;
mod disk;
mod index;
mod kill;
mod network;
mod order;
mod power;
mod readonly;
mod shim;
mod stop;
mod write;

use bench::{Bench, Said};

/// How many faults to inject: `few`, unless FAULTS says otherwise.
fn faults(few: usize) -> usize {
    std::env::var("FAULTS").map_or(few, |faults| faults.parse().unwrap())
}

/// Prints what came of it.
fn report(name: &str, injected: usize, what: &str) {
    eprintln!("{name}: {injected} faults injected, {injected} survived, 0 lost; {what}");
}

/// Files of `count` articles in all, and some that is no text of theirs, so that a run takes several commits.
fn clips(bench: &Bench, files: usize, megabytes: usize) -> usize {
    let junk = "x".repeat((megabytes << 20) / files);
    for file in 0..files {
        let records: String = (0..5)
            .map(|record| {
                let name = format!("{file}-{record}");
                let junk = if record == 2 { junk.as_str() } else { "" };
                format!("{{\"id\":\"{name}\",\"title\":\"Le zèbre {name}\",\"text\":\"Un zèbre nommé z{file}z{record} court.\",\"junk\":\"{junk}\"}}\n")
            })
            .collect();
        bench.write(&format!("clips/{file:03}.jsonl"), records);
    }
    files * 5
}

/// Nothing is damaged, nothing is left lying about, and every article is found once.
#[track_caller]
fn is_whole(bench: &Bench, articles: usize) {
    let said = bench.run(&["check", "--read-data"]);
    assert_eq!(said.code, 0, "{said:?}");
    let mut ids = bench.ids("zèbre");
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), articles);
    assert_eq!(bench.run(&["query", "-c", "zèbre"]).out.trim(), articles.to_string());
    no_litter(bench);
}

#[track_caller]
fn no_litter(bench: &Bench) {
    let known = ["archive.sqlite", "archive.sqlite-wal", "archive.sqlite-shm", "lock"];
    for name in bench::files(bench.archive()).keys() {
        let index =
            name.strip_prefix("index/").is_some_and(|name| !name.starts_with(".tmp") && !name.contains(".lock"));
        assert!(known.contains(&name.as_str()) || index, "{name} was left behind");
    }
    for name in std::fs::read_dir(bench.dir.path()).unwrap() {
        let name = name.unwrap().file_name();
        assert!(!name.to_string_lossy().contains("newsgrep-part"), "{name:?} was left behind");
    }
}

/// What was committed is whole, whatever happened; the index may be behind and is then repaired by the next run.
#[track_caller]
fn is_sound(bench: &Bench) {
    let said = bench.run(&["check", "--read-data"]);
    said.is_orderly();
    assert!(!said.out.contains("archive.sqlite"), "{said:?}");
}

/// The ids that a run with `--verbose` said it had added.
fn reported(said: &Said) -> Vec<String> {
    let lines = said.err.lines().filter_map(|line| line.strip_prefix("added "));
    lines.map(|line| line[..16].to_owned()).collect()
}
