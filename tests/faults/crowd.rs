//! Searches by several while an ingest and a rebuild follow each other.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::bench::Bench;
use crate::{clips, faults, is_whole, report};

pub(crate) fn crowd() {
    let wanted = faults(30);
    let bench = Bench::new();
    let articles = clips(&bench, 12, 30);
    bench.write("first/a.txt", "Premier\n\nUn okapi.");
    assert_eq!(bench.run(&["ingest", "first"]).code, 0);
    let all = articles.to_string();
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
                    // None before the first commit that has them, all from then on.
                    let said = bench.run(&["query", "-c", "zèbre"]);
                    let (all, none) = ((0, all.as_str()), (1, "0"));
                    assert!([all, none].contains(&(said.code, said.out.trim())), "{said:?}");
                }
            });
        }
    });
    is_whole(&bench, articles);
    report("crowd", 2 * wanted, &format!("searches without an error during {} writes", writers.into_inner()));
}
