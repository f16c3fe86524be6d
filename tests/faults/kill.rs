//! kill -9 at random moments of each run that writes.

use crate::bench::{self, Bench};
use crate::run::{KILL, Stopped, any_time};
use crate::{clips_of, faults, report};

pub(crate) fn kill() {
    let stopped = Stopped::stop(&KILL, faults(6), 11, any_time);
    report("kill", stopped.sent, &format!("{} runs ended; {}", stopped.ended, stopped.kept));
    is_no_larger_than_twice_a_new_index();
}

/// After kills and one whole run the index is at most twice as large as one that is built anew.
fn is_no_larger_than_twice_a_new_index() {
    let bench = Bench::new();
    clips_of(&bench, 12, 100, 1);
    for file in 0..12 {
        bench.run(&["ingest", &format!("clips/{file:03}.jsonl")]);
        let mut command = bench.command(&["-q", "ingest", "--rehash", "clips"]);
        let mut killed = command.spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(6 * file));
        killed.kill().unwrap();
        killed.wait().unwrap();
    }
    assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    let size = || bench::files(bench.archive().join("index")).values().map(Vec::len).sum::<usize>();
    let grown = size();
    assert_eq!(bench.run(&["reindex"]).code, 0);
    assert!(grown <= 2 * size(), "{grown} bytes of index, {} when it is new", size());
}
