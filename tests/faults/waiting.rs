//! Ctrl-C while another process has the lock; a second Ctrl-C does not wait for anything.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::bench::{Bench, Said};
use crate::{clips, is_whole};

pub(crate) fn waiting() {
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
