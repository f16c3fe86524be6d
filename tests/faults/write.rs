//! Writes, syncs and renames that fail or write half, one at a time and all from some moment on.

use crate::bench::{Bench, Dice, Said};
use crate::shim::{calls, faulty};
use crate::{clips, faults, is_sound, is_whole, report};

#[test]
fn write() {
    let wanted = faults(24);
    let (mut dice, mut injected, mut refused) = (Dice::new(5), 0, 0);
    let measure = Bench::new();
    let articles = clips(&measure, 6, 1);
    let Some(total) = calls(&measure, &["ingest", "clips"]) else { return };
    let Some(rebuild) = calls(&measure, &["reindex"]) else { return };
    assert!(total > 30, "{total}");
    while injected < wanted {
        let bench = Bench::new();
        clips(&bench, 6, 1);
        bench.write("one/a.txt", "Premier\n\nUn okapi.");
        assert_eq!(bench.run(&["ingest", "one"]).code, 0);
        let (command, span) =
            if injected % 3 == 2 { (&["reindex"][..], rebuild) } else { (&["ingest", "clips"][..], total) };
        let at = (1 + dice.below(span)).to_string();
        let kind = ["ENOSPC", "EIO", "SHORT"][dice.below(3)];
        let always = if kind != "SHORT" && dice.below(2) == 0 { "1" } else { "" };
        let settings = [("FAULT_AT", at.as_str()), ("FAULT_KIND", kind), ("FAULT_ALWAYS", always)];
        let Some(mut command) = faulty(&bench, command, &settings) else { return };
        let said = Said::of(&command.output().unwrap());
        let case = format!("{kind} at {at} {always} {said:?}");
        said.is_orderly();
        // A call whose failure does no harm (the text in the lock) is no failure of the command.
        assert!([0, 5].contains(&said.code), "{case}");
        if said.code == 5 {
            refused += 1;
            assert!(said.err.contains("archive"), "the folder is named: {case}");
            assert!(!said.err.contains("in a thread"), "what happened is said: {case}");
        }
        is_sound(&bench);
        let found = bench.run(&["query", "-c", "okapi"]);
        assert!(found.out == "1\n" || found.err.contains("newsgrep reindex"), "{case} {found:?}");
        let said = bench.run(&["ingest", "clips"]);
        assert_eq!(said.code, 0, "{case}, then {said:?}");
        is_whole(&bench, articles);
        injected += 1;
    }
    report("write", injected, &format!("{refused} refused with exit code 5, each completed by the next run"));
}
