//! What is forgotten is gone from the disk and stays away until it is lifted.

use std::path::Path;

use super::{Bench, id, info, kind, noise, record};
use crate::archive::{IndexCommit, Outcome, Summary, chunks, opening};
use crate::problem::FailureKind;

#[test]
fn a_forgotten_article_is_gone_from_the_disk() {
    let mut bench = Bench::new();
    let secret = secret(5);
    let kept = id(bench.file("/kept", b"Une dent de sagesse"));
    let alone = id(bench.file("/alone", secret.as_bytes()));
    let (before, _) = bench.lines("/export", &format!("k1 un\nk2 {secret}\nk3 trois\n"));
    let (after, _) = bench.lines("/export", &format!("k1 UN\nk2 {secret}\nk3 trois\n"));
    assert_eq!(bench.writer().forget(&[vec![alone], vec![id(after[1])]]).unwrap().articles, 2);
    assert!(!holds(&bench.path(), &secret.as_bytes()[..500]));
    let reader = bench.reader();
    assert!(reader.article(alone).unwrap().is_none());
    assert_eq!(kind(&reader.record_bytes(alone).unwrap_err()), FailureKind::NotFound);
    assert_eq!(reader.record_bytes(kept).unwrap(), b"Une dent de sagesse");
    assert_eq!(reader.record_bytes(id(before[0])).unwrap(), b"k1 un\n");
    assert_eq!(reader.record_bytes(id(after[2])).unwrap(), b"k3 trois\n");
    let mut original = Vec::new();
    reader.original(id(after[2]), &mut original).unwrap();
    assert_eq!(String::from_utf8(original).unwrap(), format!("k1 UN\n{}k3 trois\n", " ".repeat(secret.len() + 4)));
    assert_eq!(reader.forgotten_since(0).unwrap().len(), 2);
    bench.is_sound();
}

#[test]
fn what_was_forgotten_stays_forgotten_until_it_is_lifted() {
    let mut bench = Bench::new();
    let secret = secret(6);
    let export = |first: &str| format!("k1 {first}\nk2 {secret}\nk3 trois\n");
    let (before, _) = bench.lines("/export", &export("un"));
    let hidden = id(before[1]);
    bench.writer().forget(&[vec![hidden]]).unwrap();
    let sequence = bench.writer().sequence();
    bench.writer().set_index_commit(IndexCommit { sequence, ..IndexCommit::default() }).unwrap();
    // Met again in the same file, in one that grew, under another path, alone, and beside its file.
    for (path, text) in [("/export", export("un")), ("/export", export("deux")), ("/copy", export("un"))] {
        assert_eq!(bench.lines(path, &text).0[1], Outcome::Forgotten(hidden));
        bench.is_sound();
    }
    assert_eq!(bench.file("/alone", format!("k2 {secret}\n").as_bytes()), Outcome::Forgotten(hidden));
    bench.beside("/utf16", &[format!("k2 {secret}\n").as_bytes(), b"autre"]);
    bench.is_sound();
    assert!(!holds(&bench.path(), &secret.as_bytes()[..500]));
    assert_eq!(bench.reader().forgotten(&mut |_| ()).unwrap(), [hidden]);
    assert!(bench.reader().article(hidden).unwrap().is_none());
    bench.reopen();
    assert_eq!(bench.lines("/third", &export("trois")).0[1], Outcome::Forgotten(hidden));
    assert!(!holds(&bench.path(), &secret.as_bytes()[..500]));
    // Lifted and read again it is there again, and whole.
    bench.writer().lift(&[hidden]).unwrap();
    assert_eq!(bench.writer().known_sources(&[b"/copy"]).unwrap()[b"/copy".as_slice()].hash, None);
    assert_eq!(bench.lines("/copy", &export("un")).0[1], Outcome::Added(hidden));
    let mut original = Vec::new();
    bench.reader().original(hidden, &mut original).unwrap();
    assert_eq!(String::from_utf8(original).unwrap(), export("un"));
    bench.is_sound();
}

/// A long file is committed in parts: at none of these moments the forgotten article may be in it.
#[test]
fn what_was_forgotten_does_not_come_back_in_parts() {
    let mut bench = Bench::new();
    let export: Vec<u8> = (0..40).flat_map(|n| noise(60_000, n)).collect();
    let record_of = |n: usize| n * 60_000..(n + 1) * 60_000;
    let hidden = [0, 7, 39].map(|n| bench.id_of(&format!("/{n}"), &export[record_of(n)]));
    bench.writer().forget(&[hidden.to_vec()]).unwrap();
    let gone = |bench: &Bench| [0, 7, 39].iter().all(|n| !holds(&bench.path(), &export[record_of(*n)][..500]));
    for stop in [9, 39, 40] {
        let writer = bench.writer();
        let file = writer.begin_file(info("/export", &export), 7).unwrap();
        for n in 0..stop {
            let summary = Summary::default();
            let range = record_of(n);
            bench.writer().append(file, &export[range.clone()]).unwrap();
            let place = Some(range.start as u64..range.end as u64);
            bench.writer().add_record(file, &record(n as u64 + 1, place, &export[range], &summary)).unwrap();
            if n % 6 == 0 {
                bench.writer().commit().unwrap();
                assert!(gone(&bench));
                bench.is_sound();
            }
        }
        if stop == 40 {
            bench.writer().finish_file(file).unwrap();
            bench.writer().commit().unwrap();
        }
        bench.reopen();
    }
    assert!(gone(&bench));
    assert_eq!(bench.live().len(), 37);
    bench.is_sound();
}

/// A text of letters that stands nowhere else.
fn secret(seed: u64) -> String {
    noise(3000, seed).iter().map(|byte| char::from(b'a' + byte % 26)).collect()
}

/// Whether `needle` stands in any file or, decompressed, in any chunk.
fn holds(dir: &Path, needle: &[u8]) -> bool {
    let contains = |bytes: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    let files = std::fs::read_dir(dir).unwrap().any(|entry| contains(&std::fs::read(entry.unwrap().path()).unwrap()));
    let connection = opening::open_for_reading(dir).unwrap().connection;
    let mut reader = chunks::ChunkReader::new().unwrap();
    let mut select = connection.prepare("SELECT id FROM chunks").unwrap();
    let ids: Vec<i64> = select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    files || ids.into_iter().any(|id| contains(reader.chunk(&connection, id).unwrap()))
}
