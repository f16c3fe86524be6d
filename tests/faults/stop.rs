//! Ctrl-C, SIGTERM and SIGHUP at random moments of each run that writes: an end in good order, exit code 130.

use std::process::Stdio;
use std::thread;
use std::time::Duration;

use crate::bench::{Bench, Said};
use crate::needs::succeeds;
use crate::run::{STOPS, Stopped, any_time};
use crate::{clips, faults, no_litter, report};

pub(crate) fn stop() {
    let stopped = Stopped::stop(&STOPS, faults(8), 23, any_time);
    let Stopped { sent, ended, slowest, kept } = stopped;
    report("stop", sent, &format!("{ended} runs ended, the others went on to their end; slowest {slowest:?}; {kept}"));
    leaves_no_half_copy();
}

/// A copy of the archive is there whole, or not at all.
fn leaves_no_half_copy() {
    let bench = Bench::new();
    clips(&bench, 12, 60);
    assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    for (n, (name, _)) in (1..).zip(STOPS) {
        let mut command = bench.command(&["export-archive", "out"]);
        let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        thread::sleep(Duration::from_millis(30 * n));
        succeeds("kill", &[&format!("-{name}"), &child.id().to_string()]);
        let said = Said::of(&child.wait_with_output().unwrap());
        let is_there = bench.dir.path().join("out").exists();
        assert_eq!(said.code, if is_there { 0 } else { 130 }, "{name} {said:?}");
        if is_there {
            assert_eq!(bench.run(&["--archive", name, "import-archive", "out"]).code, 0);
            std::fs::remove_dir_all(bench.path("out")).unwrap();
        }
        assert_eq!(bench.run(&["check", "--read-data"]).code, 0);
        no_litter(&bench);
    }
}
