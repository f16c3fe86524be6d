//! A clock that jumps by years, both ways, at every look.

use crate::bench::{Bench, Said};
use crate::shim::faulty;
use crate::{clips, faults, is_whole, report};

pub(crate) fn clock() {
    let injected = faults(3);
    for span in (1..=injected).map(|n| (n * 400_000_000 / injected).to_string()) {
        let bench = Bench::new();
        let articles = clips(&bench, 3, 1);
        for arguments in
            [&["ingest", "clips"][..], &["ingest", "--rehash", "clips"], &["reindex"], &["query", "zèbre"], &["list"]]
        {
            let mut command = faulty(&bench, arguments.iter().copied(), &[("FAULT_CLOCK", &span)]);
            let said = Said::of(&command.output().unwrap());
            assert_eq!(said.code, 0, "{arguments:?} {said:?}");
        }
        is_whole(&bench, articles);
    }
    report("clock", injected, "jumps of up to twelve years at every look, every article found once");
}
