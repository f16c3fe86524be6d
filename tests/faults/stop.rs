//! Ctrl-C and SIGTERM: an end in good order, exit code 130, and the next run completes.

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::bench::{Bench, Dice, Said};
use crate::{clips, faults, is_sound, is_whole, report};

#[test]
fn stop() {
    let (mut dice, mut stopped, wanted) = (Dice::new(23), 0, faults(6));
    let bench = Bench::new();
    let articles = clips(&bench, 24, 100);
    bench.run(&["--archive", "whole", "ingest", "clips"]);
    for n in 0..wanted {
        let signal = ["-INT", "-TERM"][n % 2];
        let (archive, arguments) = match n % 4 {
            0 | 1 => ("archive", &["ingest", "clips"][..]),
            2 => ("whole", &["reindex"][..]),
            _ => ("whole", &["export-archive", "out"][..]),
        };
        let mut command = bench.command(&["--archive", archive]);
        let child = command.args(arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(30 + dice.below(400) as u64));
        Command::new("kill").args([signal, &child.id().to_string()]).stderr(Stdio::null()).status().unwrap();
        let said = Said::of(&child.wait_with_output().unwrap());
        assert!([0, 130].contains(&said.code), "{arguments:?} {said:?}");
        assert!(said.code == 0 || said.err.contains("interrupted"), "{said:?}");
        stopped += usize::from(said.code == 130);
        if bench.archive().exists() {
            is_sound(&bench);
        }
        if bench.dir.path().join("out").exists() {
            std::fs::remove_dir_all(bench.dir.path().join("out")).unwrap();
        }
    }
    assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    is_whole(&bench, articles);
    assert_eq!(bench.run(&["--archive", "whole", "check", "--read-data"]).code, 0);
    report("stop", wanted, &format!("{stopped} ended with exit code 130, the others were done before"));
}
