//! Many at once: searches while an ingest runs, two that write, a holder of the lock that dies.

use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::bench::Bench;
use crate::{clips, faults, is_whole, report};

#[test]
fn crowd() {
    let wanted = faults(30);
    let bench = Bench::new();
    let articles = clips(&bench, 12, 30);
    bench.write("first/a.txt", "Premier\n\nUn okapi.");
    assert_eq!(bench.run(&["ingest", "first"]).code, 0);
    let (searches, writers) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // A search that fails ends its thread: the others must not wait for it.
            while searches.load(Ordering::Relaxed) < wanted && writers.load(Ordering::Relaxed) < 4 * wanted {
                for arguments in [&["ingest", "--rehash", "clips"][..], &["reindex"]] {
                    let said = bench.run(arguments);
                    assert_eq!(said.code, 0, "{said:?}");
                    writers.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        for _ in 0..2 {
            scope.spawn(|| {
                while searches.fetch_add(1, Ordering::Relaxed) < wanted {
                    let said = bench.run(&["query", "-c", "okapi"]);
                    assert_eq!((said.code, said.out.as_str()), (0, "1\n"), "{said:?}");
                    let said = bench.run(&["query", "zèbre"]);
                    assert!(said.code <= 1, "{said:?}");
                }
            });
        }
    });
    is_whole(&bench, articles);
    report("crowd", 2 * wanted, &format!("searches without an error during {} writes", writers.into_inner()));
}

#[test]
fn crowd_of_writers() {
    let bench = Bench::new();
    let articles = clips(&bench, 12, 60);
    let start = || bench.command(&["ingest", "clips"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut both = [start(), start()];
    for child in &mut both {
        assert!([0, 5].contains(&child.wait().unwrap().code().unwrap()));
    }
    assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    is_whole(&bench, articles);
}

/// Who holds the lock is said; when they die, however they die, the lock is free.
#[test]
fn crowd_and_a_dead_holder() {
    let bench = Bench::new();
    let articles = clips(&bench, 4, 1);
    bench.run(&["ingest", "clips"]);
    let lock = std::fs::File::options().read(true).write(true).open(bench.archive().join("lock")).unwrap();
    lock.lock().unwrap();
    let said = bench.run(&["reindex"]);
    assert_eq!(said.code, 5, "{said:?}");
    assert!(said.err.contains("is being written by process"), "{said:?}");
    assert_eq!(bench.run(&["query", "-c", "zèbre"]).out.trim(), articles.to_string(), "readers are not kept out");
    drop(lock);
    assert_eq!(bench.run(&["reindex"]).code, 0);
}
