//! Ctrl-C and SIGTERM: an end in good order, exit code 130, and the next run completes.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::bench::{Bench, Dice, Said};
use crate::{clips, faults, is_sound, is_whole, report};

#[test]
fn stop() {
    let (mut dice, mut stopped, wanted) = (Dice::new(23), 0, faults(6));
    let bench = Bench::new();
    let articles = clips(&bench, 24, 100);
    bench.run(&["--archive", "whole", "ingest", "clips"]);
    let mut slowest = Duration::ZERO;
    for n in 0..wanted {
        let signal = ["-INT", "-TERM"][n % 2];
        let (archive, arguments) = match n % 6 {
            0 | 1 => ("archive", &["ingest", "clips"][..]),
            2 => ("whole", &["reindex"][..]),
            3 => ("whole", &["ingest", "--rehash", "clips"][..]),
            4 => {
                // An index that lacks everything is caught up first.
                let _ = std::fs::remove_dir_all(bench.dir.path().join("whole/index"));
                ("whole", &["ingest", "clips"][..])
            }
            _ => ("whole", &["export-archive", "out"][..]),
        };
        let mut command = bench.command(&["--archive", archive]);
        let child = command.args(arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(30 + dice.below(400) as u64));
        Command::new("kill").args([signal, &child.id().to_string()]).stderr(Stdio::null()).status().unwrap();
        let began = Instant::now();
        let said = Said::of(&child.wait_with_output().unwrap());
        slowest = slowest.max(began.elapsed());
        assert!(slowest < Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 1 }), "{slowest:?} {said:?}");
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
    assert_eq!(bench.run(&["--archive", "whole", "ingest", "clips"]).code, 0);
    assert_eq!(bench.run(&["--archive", "whole", "check", "--read-data"]).code, 0);
    report(
        "stop",
        wanted,
        &format!("{stopped} ended with exit code 130, the others were done before; slowest {slowest:?}"),
    );
}

/// Also while another process has the lock; and a second Ctrl-C does not wait for anything.
#[test]
fn stop_while_waiting() {
    let bench = Bench::new();
    let articles = clips(&bench, 4, 1);
    bench.run(&["ingest", "clips"]);
    let lock = std::fs::File::options().write(true).open(bench.archive().join("lock")).unwrap();
    lock.lock().unwrap();
    for arguments in [&["ingest", "clips"][..], &["reindex"]] {
        for signals in 1..=2 {
            let child = bench.command(arguments).stderr(Stdio::piped()).spawn().unwrap();
            let id = child.id().to_string();
            std::thread::sleep(Duration::from_millis(300));
            let began = Instant::now();
            for _ in 0..signals {
                Command::new("kill").args(["-INT", &id]).stderr(Stdio::null()).status().unwrap();
            }
            let said = Said::of(&child.wait_with_output().unwrap());
            assert_eq!(said.code, 130, "{said:?}");
            assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
        }
    }
    drop(lock);
    is_whole(&bench, articles);
}
