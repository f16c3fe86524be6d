//! Two that write at once.

use std::process::Stdio;

use crate::bench::{Bench, Said};
use crate::found::{Ids, Kept};
use crate::{clips, is_whole, report};

/// The second waits for the first, or says who keeps it waiting; nobody comes to harm.
pub(crate) fn writers() {
    let bench = Bench::new();
    let articles = clips(&bench, 12, 60);
    let start = || bench.command(&["ingest", "clips"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut waited = 0;
    for child in [start(), start()] {
        let said = Said::of(&child.wait_with_output().unwrap());
        let is_refused = said.code == 5 && said.err.contains("is being written by process");
        assert!(said.code == 0 || is_refused, "{said:?}");
        waited += usize::from(said.code == 0);
    }
    assert!(waited > 0, "one of them writes");
    let all: Ids = bench.ids("zèbre").into_iter().collect();
    let mut kept = Kept::default();
    kept.count(&bench, (&all, &all), &all, "two writers");
    is_whole(&bench, articles);
    report("crowd_of_writers", 1, &format!("{waited} of 2 writers had their turn; {kept}"));
}
