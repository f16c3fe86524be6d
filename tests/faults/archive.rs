//! The archive's database flipped, cut and emptied: named by `check`, served never, a crash never.

use std::fs;

use crate::bench::{Bench, Dice, files};
use crate::{clips, faults, report};

pub(crate) fn archive() {
    let wanted = faults(25);
    let bench = Bench::new();
    clips(&bench, 3, 1);
    bench.run(&["ingest", "clips"]);
    assert_eq!(bench.run(&["export-archive", "sound"]).code, 0);
    let truth = files(bench.path("sound"));
    let path = bench.archive().join("archive.sqlite");
    let sound = fs::read(&path).unwrap();
    let id = bench.ids("z1z1").pop().unwrap();
    let (all, listed) = (bench.ids("zèbre"), bench.run(&["list", "--format", "ids"]).out);
    let shown = bench.run(&["show", &id, "--format", "original"]).out;
    let (mut dice, mut named, mut harmless) = (Dice::new(17), 0, 0);
    for n in 0..wanted {
        let mut bytes = sound.clone();
        if n % 20 == 19 {
            bytes.truncate(dice.below(bytes.len()));
        } else {
            let at = dice.below(bytes.len());
            bytes[at] ^= 1 << dice.below(8);
        }
        fs::write(&path, &bytes).unwrap();
        let said = bench.run(&["check", "--read-data"]);
        // One bit more, and it is an archive of another format, or none.
        let is_refused = said.code == 5 && ["format", "no archive at"].iter().any(|word| said.err.contains(word));
        assert!([0, 4].contains(&said.code) || is_refused, "{said:?}");
        let found = bench.run(&["query", "--format", "ids", "-n", "1000", "zèbre"]);
        assert!(found.lines().iter().all(|id| all.iter().any(|known| known == id)), "{found:?}");
        if said.code == 0 || found.code == 0 {
            assert_eq!((found.code, found.lines().len()), (0, all.len()), "{said:?} {found:?}");
        }
        if said.code == 0 {
            assert_eq!(bench.run(&["list", "--format", "ids"]).out, listed, "damage that was not named");
        }
        for arguments in [
            &["show", &id, "--format", "original"][..],
            &["list"],
            &["status"],
            &["query", "z1z1"],
            &["verify", &id],
            &["forget", "--list"],
        ] {
            let served = bench.run(arguments);
            served.is_orderly();
            if arguments[0] == "show" && served.code == 0 {
                assert_eq!(served.out, shown);
            }
        }
        if said.code == 0 {
            assert_eq!(bench.run(&["export-archive", "now"]).code, 0);
            assert!(files(bench.path("now")) == truth, "damage that was not named");
            harmless += 1;
            fs::remove_dir_all(bench.path("now")).unwrap();
        } else {
            named += 1;
        }
        for journal in ["archive.sqlite-wal", "archive.sqlite-shm"] {
            let _ = fs::remove_file(bench.archive().join(journal));
        }
    }
    report("archive", wanted, &format!("{named} named, {harmless} where nothing is stored"));
}
