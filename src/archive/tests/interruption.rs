//! What was committed survives an interruption, and the next run completes it.

use super::{Bench, feed, info, noise, record};
use crate::archive::Summary;

#[test]
fn what_was_committed_survives_and_the_next_run_completes_it() {
    let mut bench = Bench::new();
    let mut export = Vec::new();
    let mut records = Vec::new();
    for n in 0..60 {
        let line = noise(100_000, n);
        records.push((Some(format!("k{n}")), export.len()..export.len() + line.len()));
        export.extend(line);
    }
    // Killed after each of several commits, each time a little further.
    for stop in [7, 7, 25, 59] {
        let writer = bench.writer();
        let file = writer.begin_file(info("/export", &export), 7).unwrap();
        let mut at = 0;
        for n in 0..stop {
            let end = records[n].1.end;
            writer.append(file, &export[at..end]).unwrap();
            at = end;
            let summary = Summary { key: records[n].0.clone(), ..Summary::default() };
            let range = Some(records[n].1.start as u64..end as u64);
            writer.add_record(file, &record(n as u64 + 1, range, &export[records[n].1.clone()], &summary)).unwrap();
            if n % 5 == 4 {
                writer.commit().unwrap();
            }
        }
        bench.reopen();
        assert_eq!(bench.live().len(), stop / 5 * 5);
        assert!(!bench.writer().known_sources(&[b"/export"]).unwrap()[b"/export".as_slice()].complete);
        bench.is_sound();
    }
    let (outcomes, outcome) = bench.records("/export", &export, &records);
    assert_eq!((outcomes.len(), outcome.left, bench.live().len()), (60, 0, 60));
    let stats = bench.reader().stats(&mut |_| ()).unwrap();
    assert_eq!((stats.originals, stats.original_bytes), (1, export.len() as u64));
    assert!(stats.chunk_bytes < export.len() as u64 + 10_000, "{}", stats.chunk_bytes);
    bench.is_sound();
}

/// A run that goes on after another may be interrupted earlier than that: what the first one added stays whole.
#[test]
fn a_second_interruption_costs_nothing_of_the_first_run() {
    let mut bench = Bench::new();
    let export = noise(1_500_000, 8);
    let records = [(None, 0..100_000), (None, 100_000..700_000), (None, 700_000..1_500_000)];
    for stop in [3, 1, 2, 1] {
        let writer = bench.writer();
        let file = writer.begin_file(info("/export", &export), 7).unwrap();
        feed(writer, file, &export[..records[stop - 1].1.end], &records[..stop]);
        writer.commit().unwrap();
        bench.reopen();
        assert_eq!(bench.live().len(), 3, "{stop}");
        bench.is_sound();
    }
    bench.records("/export", &export, &records);
    bench.is_sound();
}

#[test]
fn an_interrupted_file_that_changed_leaves_no_litter() {
    let mut bench = Bench::new();
    let writer = bench.writer();
    let file = writer.begin_file(info("/export", b"1"), 7).unwrap();
    feed(writer, file, b"k1 un\nk2 deux\n", &[(None, 0..6), (None, 6..14)]);
    writer.commit().unwrap();
    bench.reopen();
    bench.is_sound();
    let (_, outcome) = bench.lines("/export", "k1 un\nk2 DEUX\n");
    assert_eq!(outcome.left, 1);
    assert_eq!(bench.live(), ["k1 un\n", "k2 DEUX\n"]);
    bench.is_sound();
    bench.lines("/export", "k1 un\nk2 DEUX\nk3 trois\n");
    bench.is_sound();
}

#[test]
fn a_file_left_in_the_middle_keeps_what_was_read() {
    let mut bench = Bench::new();
    bench.left("/broken", b"un\ndeux\n", 3);
    assert_eq!(bench.live(), ["un\n"]);
    assert!(!bench.writer().known_sources(&[b"/broken"]).unwrap()[b"/broken".as_slice()].complete);
    bench.is_sound();
}

#[test]
fn nothing_is_kept_without_commit() {
    let mut bench = Bench::new();
    bench.file("/a", b"un");
    let writer = bench.writer();
    let file = writer.begin_file(info("/b", b"deux"), 7).unwrap();
    feed(writer, file, b"deux", &[(None, 0..4)]);
    writer.finish_file(file).unwrap();
    bench.reopen();
    assert_eq!(bench.live(), ["un"]);
    bench.is_sound();
}
