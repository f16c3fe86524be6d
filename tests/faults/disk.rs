//! A disk that is full: the archive on a tmpfs with a little room beyond what it takes.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::bench::{Bench, files};
use crate::found::{Ids, Kept};
use crate::needs::succeeds;
use crate::{clips, faults, is_whole, report, reported};

pub(crate) fn disk() {
    let (wanted, mut refused, mut kept) = (faults(6), 0, Kept::default());
    for n in 0..wanted {
        let bench = Bench::new();
        clips(&bench, 3, 1);
        std::fs::create_dir(bench.archive()).unwrap();
        let place = bench.path("archive");
        assert!(succeeds("mount", &["-t", "tmpfs", "-o", "size=64m,mode=700", "tmpfs", &place]));
        let outcome = catch_unwind(AssertUnwindSafe(|| fill(&bench, 8 + n * 12_000 / wanted, &mut kept)));
        assert!(succeeds("umount", &[&place]));
        match outcome {
            Ok(code) => refused += usize::from(code == 5),
            Err(panic) => resume_unwind(panic),
        }
    }
    let what =
        format!("{refused} disks too small, each searched while it was full and completed when it had grown; {kept}");
    report("disk", wanted, &what);
}

/// Ingests on a disk with so many kB of room; gives the exit code.
fn fill(bench: &Bench, room: usize, kept: &mut Kept) -> i32 {
    let resize = |kilobytes: usize| {
        let size = format!("remount,size={kilobytes}k");
        assert!(succeeds("mount", &["-o", &size, &bench.path("archive")]));
    };
    assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    let before: Ids = bench.ids("zèbre").into_iter().collect();
    // A file takes whole pages.
    let taken: usize = files(bench.archive()).values().map(|bytes| bytes.len().div_ceil(4096) * 4).sum();
    let articles = clips(bench, 12, 4) + 1;
    // Bytes that do not compress.
    let noise: String = (0..100_000_u64).map(|n| blake3::hash(&n.to_le_bytes()).to_string()).collect();
    let noise = format!("{{\"title\":\"Un zèbre\",\"text\":\"x\",\"junk\":\"{noise}\"}}");
    bench.write("clips/noise.json", &noise);
    resize(taken + room);
    let said = bench.run(&["-v", "ingest", "clips"]);
    let case = format!("{room} kB of room: {said:?}");
    assert!(said.code == 0 || said.code == 5 && said.err.contains("archive"), "{case}");
    // What is known of what comes after: articles with other bytes took the place of three.
    let other = Bench::new();
    clips(&other, 12, 4);
    other.write("clips/noise.json", noise);
    assert_eq!(other.run(&["ingest", "clips"]).code, 0);
    let after: Ids = other.ids("zèbre").into_iter().collect();
    kept.count(bench, (&before, &after), &reported(&said), &case);
    resize(taken + room + 60_000);
    let again = bench.run(&["ingest", "clips"]);
    assert_eq!(again.code, 0, "{case}, then {again:?}");
    assert_eq!(bench.ids("zèbre").into_iter().collect::<Ids>(), after, "{case}");
    is_whole(bench, articles);
    said.code
}
