//! Without a network everything is as it is with one.

use std::process::Command;

use crate::bench::{Bench, Said, fixtures};
use crate::report;

pub(crate) fn network() {
    let cut_off = |bench: &Bench, arguments: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(["-r", "-n", env!("CARGO_BIN_EXE_newsgrep")]).args(arguments).current_dir(bench.dir.path());
        Said::of(&command.env("NEWSGREP_ARCHIVE", "archive").output().unwrap())
    };
    let (with, without) = (Bench::new(), Bench::new());
    let clips = fixtures();
    let clips = clips.to_str().unwrap();
    let session: [&[&str]; 9] = [
        &["ingest", "-q", clips],
        &["query", "--json", "OpenAI offre"],
        &["list", "--json"],
        &["show", "c1cd7715"],
        &["clean", clips],
        &["reindex", "-q"],
        &["check", "--read-data"],
        &["export-archive", "out"],
        &["--archive", "new", "import-archive", "out"],
    ];
    for arguments in session {
        let (one, other) = (with.run(arguments), cut_off(&without, arguments));
        assert_eq!((one.code, &one.out, &one.err), (other.code, &other.out, &other.err), "{arguments:?}");
        assert_eq!(one.code, 0, "{one:?}");
    }
    report("network", session.len(), "the same output, byte for byte, without a network");
}
