//! A holder of the lock: it is named, and when it dies, however it dies, the lock is free.

use crate::bench::Bench;
use crate::clips;

pub(crate) fn holder() {
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
