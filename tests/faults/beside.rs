//! Queries every 20 ms beside each run that writes, undisturbed.

use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use crate::found::{Ids, ids};
use crate::run::RUNS;
use crate::{faults, report};

const EVERY: Duration = Duration::from_millis(20);

/// Each is answered from a commit: the one before the run, one within it, or its last.
pub(crate) fn beside() {
    let (mut queries, mut runs) = (0, 0);
    for _ in 0..faults(4).div_ceil(4) {
        // Before the first commit there is nothing to be found.
        for run in RUNS.iter().filter(|run| !run.before.is_empty()) {
            let bench = run.bench();
            let arguments: Vec<&str> = run.arguments().collect();
            let mut child = bench.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            let mut is_running = true;
            while is_running {
                // Once more after its end.
                is_running = child.try_wait().unwrap().is_none();
                let began = Instant::now();
                let said = bench.run(&["query", "--format", "ids", "-n", "100000", "zèbre"]);
                assert_eq!(said.code, 0, "{} {said:?}", run.name);
                let found = ids(&said);
                let both: Ids = run.before.intersection(&run.after).cloned().collect();
                let any: Ids = run.before.union(&run.after).cloned().collect();
                assert!(found.is_superset(&both) && found.is_subset(&any), "{} {said:?}", run.name);
                assert!(is_running || found == run.after, "{} {said:?}", run.name);
                queries += 1;
                thread::sleep(EVERY.saturating_sub(began.elapsed()));
            }
            assert!(child.wait().unwrap().success(), "{}", run.name);
            let said = bench.run(&["check", "--read-data"]);
            assert_eq!(said.code, 0, "{} {said:?}", run.name);
            runs += 1;
        }
    }
    report("crowd_beside_each_run", 0, &format!("{queries} queries beside {runs} runs, each answered from a commit"));
}
