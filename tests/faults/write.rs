//! Writes, syncs, renames and removals that fail or write half, one at a time and all from some moment on.

use crate::bench::{Dice, Said};
use crate::found::Kept;
use crate::run::{RUNS, Run};
use crate::shim::faulty;
use crate::{faults, report, reported};

pub(crate) fn write() {
    let wanted = faults(16);
    let (mut refused, mut kept) = (0, Kept::default());
    assert!(RUNS[0].calls > 30, "{}", RUNS[0].calls);
    for round in 0..wanted {
        let mut dice = Dice::new(5_000_011 + round as u64);
        let run = Run::of(round);
        let bench = run.bench();
        let at = (1 + dice.below(run.calls)).to_string();
        let kind = ["ENOSPC", "EIO", "SHORT"][dice.below(3)];
        let always = if kind != "SHORT" && dice.below(2) == 0 { "1" } else { "" };
        let last = bench.path("last");
        let settings =
            [("FAULT_AT", at.as_str()), ("FAULT_KIND", kind), ("FAULT_ALWAYS", always), ("FAULT_LAST", &last)];
        let said = Said::of(&faulty(&bench, run.arguments(), &settings).output().unwrap());
        let last = std::fs::read_to_string(last).unwrap();
        let case = format!("round {round}: {kind} at {at} {always} of {}: {} {said:?}", run.name, last.trim());
        said.is_orderly();
        // A call whose failure does no harm (the text in the lock) is no failure of the command.
        assert!([0, 5].contains(&said.code), "{case}");
        if said.code == 5 {
            refused += 1;
            assert!(said.err.contains("archive"), "the folder is named: {case}");
            assert!(!said.err.contains("in a thread"), "what happened is said: {case}");
        }
        kept.count(&bench, (&run.before, &run.after), &reported(&said), &case);
        run.complete(&bench, &case);
    }
    report("write", wanted, &format!("{refused} refused with exit code 5, each completed by the next run; {kept}"));
}
