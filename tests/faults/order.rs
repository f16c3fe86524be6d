//! The order of system calls: what is said to be added is synced before it is said, and the index after its commit too.

use std::fs;
use std::process::{Command, Stdio};

use crate::bench::Bench;
use crate::{clips, report};

pub(crate) fn order() {
    let bench = Bench::new();
    clips(&bench, 2, 1);
    let trace = bench.path("trace");
    let mut traced = Command::new("strace");
    traced.args([
        "-f",
        "-y",
        "-s",
        "200",
        "-e",
        "trace=write,pwrite64,fsync,fdatasync,rename,renameat,renameat2",
        "-o",
        &trace,
    ]);
    traced.arg(env!("CARGO_BIN_EXE_newsgrep")).args(["-v", "ingest", "clips"]).current_dir(bench.dir.path());
    traced.env("NEWSGREP_ARCHIVE", "archive").stdout(Stdio::null()).stderr(Stdio::null());
    assert!(traced.status().unwrap().success());
    let trace = fs::read_to_string(trace).unwrap();
    let lines: Vec<&str> = trace.lines().collect();
    let last = |before: usize, wanted: &dyn Fn(&str) -> bool| lines[..before].iter().rposition(|line| wanted(line));
    let is_sync = |line: &str| line.contains("fsync(") || line.contains("fdatasync(");
    let said = lines.iter().position(|line| line.contains("\"added ")).unwrap();
    let log = |line: &str| line.contains("archive.sqlite-wal>");
    let (written, synced) = (
        last(said, &|line| line.contains("pwrite64(") && log(line)).unwrap(),
        last(said, &|line| is_sync(line) && log(line)).unwrap(),
    );
    assert!(written < synced, "the log is synced before an article is said to be added");
    // A folder within the index's, called by sixteen digits.
    let in_index = |line: &str| {
        let name = line.split_once("/archive/index/").map_or("", |(_, rest)| rest);
        name.find('>') == Some(16)
    };
    let folder = |line: &str, name: &str| is_sync(line) && line.contains(&format!("{name}>"));
    assert!(last(said, &|line| folder(line, "/archive")).is_some(), "and so is the folder that has its name");
    // The index: its segments, then the file that names them, then the folders, then the manifest in the archive.
    let meta = |line: &str| line.contains("/meta.1.json>");
    let segments = lines.iter().rposition(|line| is_sync(line) && line.contains(".store>")).unwrap();
    let named = lines.iter().rposition(|line| is_sync(line) && meta(line)).unwrap();
    assert!(segments < named, "the segments are synced before they are named");
    let generation = lines.iter().position(|line| is_sync(line) && in_index(line)).unwrap();
    let after = lines.iter().rposition(|line| folder(line, "/archive/index")).unwrap();
    assert!(named < generation && generation < after, "the index's folders are synced after its commit");
    let manifest = lines.iter().rposition(|line| line.contains("pwrite64(") && log(line)).unwrap();
    let sealed = lines.iter().rposition(|line| is_sync(line) && log(line)).unwrap();
    assert!(after < manifest && manifest < sealed, "the manifest is written last, and synced");
    report("order", 0, "log, folder, index, its folder, manifest: each synced before the next is relied on");
}
