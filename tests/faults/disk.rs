//! A disk that is full: the archive on small tmpfs mounts.

use std::process::Command;

use crate::bench::Bench;
use crate::{clips, faults, is_sound, is_whole, report};

#[test]
fn disk() {
    let (mut injected, mut refused) = (0, 0);
    let sizes: Vec<usize> = (0..faults(3)).map(|n| 1 + n * 15 / faults(3).max(2)).collect();
    for megabytes in sizes {
        let bench = Bench::new();
        let articles = clips(&bench, 12, 4);
        // Bytes that do not compress.
        let noise: String = (0..40_000_u64).map(|n| blake3::hash(&n.to_le_bytes()).to_string()).collect();
        bench.write("clips/noise.json", format!("{{\"title\":\"Un okapi\",\"text\":\"x\",\"junk\":\"{noise}\"}}"));
        std::fs::create_dir(bench.archive()).unwrap();
        let size = format!("size={megabytes}m,mode=700");
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(bench.archive()).output();
        if !mount.is_ok_and(|output| output.status.success()) {
            eprintln!("passed over: nothing can be mounted here");
            return;
        }
        let said = bench.run(&["ingest", "clips"]);
        let outcome = std::panic::catch_unwind(|| {
            said.is_orderly();
            if said.code != 0 {
                assert!(said.code == 5 && said.err.contains("archive"), "{said:?}");
                assert!(bench.run(&["query", "-c", "zèbre"]).code != -1);
                if bench.run(&["list"]).code != 5 {
                    is_sound(&bench);
                }
            }
            let larger = format!("remount,size={}m", megabytes + 40);
            assert!(Command::new("mount").args(["-o", &larger]).arg(bench.archive()).status().unwrap().success());
            let again = bench.run(&["ingest", "clips"]);
            assert_eq!(again.code, 0, "{said:?} {again:?}");
            is_whole(&bench, articles);
        });
        Command::new("umount").arg(bench.archive()).status().unwrap();
        if let Err(panic) = outcome {
            std::panic::resume_unwind(panic);
        }
        injected += 1;
        refused += usize::from(said.code == 5);
    }
    report("disk", injected, &format!("{refused} disks too small, each completed when it had grown"));
}
