//! Faults injected into the real program: kills, stops, failing writes, full disks, crowds, jumping clocks, damage.
//!
//! A few of each run with the other tests; `FAULTS=200 cargo test --test faults NAME -- --nocapture` runs as many and prints
//! what was injected and what was found after it, and, for signals, in which phase of which run they came. NAME is one of kill,
//! stop, write, disk, power, crowd, clock, index, archive, order, readonly, denied, network, or its beginning.
//! A test for which this machine lacks something (a C compiler, mounting, strace) is reported as ignored, with what is lacking.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, clippy::panic, clippy::print_stderr)] // a test may fail

mod archive;
#[path = "../bench/mod.rs"]
mod bench;
mod beside;
mod calls;
mod clock;
mod crowd;
mod denied;
mod disk;
mod found;
mod holder;
mod index;
mod kill;
mod needs;
mod network;
mod order;
mod power;
mod readonly;
mod run;
mod shim;
mod stop;
mod waiting;
mod write;
mod writers;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

use bench::{Bench, Said};
use needs::Need;
use run::{KILL, STOPS};

/// The name of each fault, what it needs of the machine, and what injects it.
type Fault = (&'static str, &'static [Need], fn());

const FAULTS: [Fault; 20] = [
    ("archive", &[], archive::archive),
    ("clock", &[Need::Compiler], clock::clock),
    ("crowd", &[], crowd::crowd),
    ("crowd_and_a_dead_holder", &[], holder::holder),
    ("crowd_beside_each_run", &[], beside::beside),
    ("crowd_of_writers", &[], writers::writers),
    ("denied", &[Need::AnotherUser], denied::denied),
    ("disk", &[Need::Mount], disk::disk),
    ("index", &[], index::index),
    ("kill", &[], kill::kill),
    ("kill_at_calls", &[Need::Compiler], || calls::calls("kill_at_calls", &KILL)),
    ("network", &[Need::NetworkNamespace], network::network),
    ("order", &[Need::Strace], order::order),
    ("power", &[Need::MountedImage], power::power),
    ("readonly_for_another_user", &[Need::AnotherUser], || readonly::readonly(Need::AnotherUser)),
    ("readonly_mount", &[Need::Mount], || readonly::readonly(Need::Mount)),
    ("stop", &[], stop::stop),
    ("stop_at_calls", &[Need::Compiler], || calls::calls("stop_at_calls", &STOPS)),
    ("stop_while_waiting", &[], waiting::waiting),
    ("write", &[Need::Compiler], write::write),
];

fn main() -> ExitCode {
    let trials = FAULTS.iter().map(|(name, needs, inject)| {
        let lacking = needs.iter().find_map(Need::lacking);
        let trial = Trial::test(*name, move || match lacking {
            None => {
                inject();
                Ok(())
            }
            Some(lacking) => Err(Failed::from(lacking)),
        });
        trial.with_ignored_flag(lacking.is_some()).with_kind(lacking.unwrap_or_default())
    });
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials.collect());
    run::print_table();
    conclusion.exit_code()
}

/// How many faults to inject: `few`, unless FAULTS says otherwise.
fn faults(few: usize) -> usize {
    std::env::var("FAULTS").map_or(few, |faults| faults.parse().unwrap())
}

/// Whether what came of it is to be printed.
fn tells() -> bool {
    std::env::args().any(|argument| argument == "--nocapture")
}

/// Prints what came of it.
fn report(name: &str, injected: usize, what: &str) {
    if tells() {
        eprintln!("{name}: {injected} faults injected; {what}");
    }
}

/// Files of `count` articles in all, and some that is no text of theirs, so that a run takes several commits.
fn clips(bench: &Bench, files: usize, megabytes: usize) -> usize {
    clips_of(bench, files, 5, megabytes)
}

/// As [`clips`], with so many articles a file.
fn clips_of(bench: &Bench, files: usize, records: usize, megabytes: usize) -> usize {
    let junk = "x".repeat((megabytes << 20) / files);
    for file in 0..files {
        let records: String = (0..records)
            .map(|record| {
                let name = format!("{file}-{record}");
                let junk = if record == 2 { junk.as_str() } else { "" };
                format!("{{\"id\":\"{name}\",\"title\":\"Le zèbre {name}\",\"text\":\"Un zèbre nommé z{file}z{record} court.\",\"junk\":\"{junk}\"}}\n")
            })
            .collect();
        bench.write(&format!("clips/{file:03}.jsonl"), records);
    }
    files * records
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

/// The archive's folder holds what belongs to it, and of the index the files of the recorded commit alone.
#[track_caller]
fn no_litter(bench: &Bench) {
    let known = ["archive.sqlite", "archive.sqlite-wal", "archive.sqlite-shm", "lock"];
    let database = rusqlite::Connection::open(bench.archive().join("archive.sqlite")).unwrap();
    let mut recorded = database.prepare("SELECT folder || '/' || name FROM index_commit, manifest").unwrap();
    let recorded = recorded.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let recorded: Vec<String> = recorded.map(|name| format!("index/{}", name.unwrap())).collect();
    for name in bench::files(bench.archive()).into_keys() {
        assert!(known.contains(&name.as_str()) || recorded.contains(&name), "{name} was left behind");
    }
    for name in std::fs::read_dir(bench.dir.path()).unwrap() {
        let name = name.unwrap().file_name();
        assert!(!name.to_string_lossy().contains("newsgrep-part"), "{name:?} was left behind");
    }
}

/// The ids that a run with `--verbose` said it had added. A line cut off was not said.
fn reported(said: &Said) -> found::Ids {
    let whole = said.err.rfind('\n').map_or("", |end| &said.err[..end]);
    whole.lines().filter_map(|line| line.strip_prefix("added ")).map(|line| line[..16].to_owned()).collect()
}
