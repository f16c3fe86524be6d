//! What is taken in comes back bit by bit, its versions follow one another, and it is found and listed.

use std::ops::ControlFlow;

use super::{Bench, id, info, noise, record};
use crate::archive::{ArticleRow, Filter, IndexCommit, ManifestFile, Occurrence, Order, Outcome, Summary, Visited};

#[test]
fn bytes_come_back_as_they_were() {
    let mut bench = Bench::new();
    let files: [&[u8]; 5] = [b"", b"a\0b\0", b"\xff\xfe\xc3(", &noise(5_000_000, 1), &noise(64 * 1024, 2)];
    let ids: Vec<_> = files.iter().zip(0..).map(|(bytes, n)| id(bench.file(&format!("/clips/{n}"), bytes))).collect();
    for (bytes, id) in files.iter().zip(ids) {
        assert!(bench.reader().record_bytes(id).unwrap() == *bytes);
        let mut original = Vec::new();
        assert_eq!(bench.reader().original(id, &mut original).unwrap(), bytes.len() as u64);
        assert!(original == *bytes);
    }
    bench.is_sound();
}

#[test]
fn a_record_that_is_no_run_of_the_file_is_kept_beside_it() {
    let mut bench = Bench::new();
    let big = noise(300_000, 9);
    let summary = Summary::default();
    let writer = bench.writer();
    let file = writer.begin_file(info("/utf16", b"x"), 7).unwrap();
    writer.append(file, b"\xff\xfeu\0n\0").unwrap();
    let one = id(writer.add_record(file, &record(1, None, b"un", &summary)).unwrap());
    writer.commit().unwrap();
    let two = id(writer.add_record(file, &record(2, None, &big, &summary)).unwrap());
    writer.finish_file(file).unwrap();
    writer.commit().unwrap();
    assert_eq!(bench.reader().record_bytes(one).unwrap(), b"un");
    assert!(bench.reader().record_bytes(two).unwrap() == big);
    let mut original = Vec::new();
    bench.reader().original(two, &mut original).unwrap();
    assert_eq!(original, b"\xff\xfeu\0n\0");
    bench.is_sound();
    bench.writer().forget(&[vec![one]]).unwrap();
    assert!(bench.reader().record_bytes(two).unwrap() == big);
    bench.is_sound();
}

#[test]
fn a_grown_export_costs_its_growth() {
    let mut bench = Bench::new();
    let export = noise(6_000_000, 3);
    bench.file("/export", &export);
    let before = bench.reader().stats(&mut |_| ()).unwrap().chunk_bytes;
    bench.file("/export", &[export, noise(1000, 4)].concat());
    let grown = bench.reader().stats(&mut |_| ()).unwrap().chunk_bytes - before;
    assert!(grown < 1_200_000, "{grown}");
    bench.is_sound();
}

#[test]
fn two_paths_with_the_same_bytes_are_one_article() {
    let mut bench = Bench::new();
    let added = bench.file("/a", b"Le pont de Brumeval");
    assert_eq!(bench.file("/b", b"Le pont de Brumeval"), Outcome::KnownElsewhere(id(added)));
    let reader = bench.reader();
    let row = reader.article(id(added)).unwrap().unwrap();
    let paths: Vec<_> = reader.occurrences(&row).unwrap().into_iter().map(|place| place.path).collect();
    assert_eq!(paths, [b"/a", b"/b"]);
    assert_eq!(reader.stats(&mut |_| ()).unwrap().originals, 1);
    bench.is_sound();
    // One path gets another text: the article stays where the other has it.
    let changed = bench.file("/a", b"Le pont de Brumeval, suite");
    assert_eq!(changed, Outcome::NewVersion { id: id(changed), previous: id(added) });
    assert_eq!(bench.live(), ["Le pont de Brumeval", "Le pont de Brumeval, suite"]);
    bench.file("/b", b"autre chose");
    assert_eq!(bench.live(), ["Le pont de Brumeval, suite", "autre chose"]);
    bench.is_sound();
}

#[test]
fn a_changed_file_makes_a_next_version_and_a_reverted_one_brings_the_old_back() {
    let mut bench = Bench::new();
    let first = id(bench.file("/a", b"un"));
    let sequence = bench.writer().sequence();
    let second = id(bench.file("/a", b"deux"));
    let reader = bench.reader();
    let (old, new) = (reader.article(first).unwrap().unwrap(), reader.article(second).unwrap().unwrap());
    assert!(!old.live && new.live);
    assert_eq!((reader.previous(&new).unwrap(), reader.next(&old).unwrap()), (Some(first), Some(second)));
    assert_eq!(reader.record_bytes(first).unwrap(), b"un");
    assert!(!reader.occurrences(&old).unwrap().first().unwrap().current);
    let mut changed = Vec::new();
    let sink = &mut |visited: Visited| {
        changed.push((visited.id, visited.bytes.is_some()));
        Ok(ControlFlow::Continue(()))
    };
    reader.changed_since(sequence, sink).unwrap();
    assert_eq!(changed, [(first, false), (second, true)]);
    assert_eq!(bench.file("/a", b"un"), Outcome::Returned(first));
    assert_eq!(bench.live(), ["un"]);
    let row = bench.reader().article(first).unwrap().unwrap();
    let here = Occurrence { path: b"/a".to_vec(), number: 1, current: true };
    assert_eq!(bench.reader().occurrences(&row).unwrap(), [here]);
    bench.is_sound();
}

#[test]
fn records_of_one_key_are_versions_and_vanished_ones_leave() {
    let mut bench = Bench::new();
    let (first, _) = bench.lines("/export", "k1 un\nk2 deux\nk3 trois\n");
    let (second, outcome) = bench.lines("/export", "k1 un\nk2 DEUX\nk4 quatre\n");
    assert_eq!(second[0], Outcome::Known(id(first[0])));
    assert_eq!(second[1], Outcome::NewVersion { id: id(second[1]), previous: id(first[1]) });
    assert_eq!(second[2], Outcome::Added(id(second[2])));
    assert_eq!(outcome.left, 2);
    assert_eq!(bench.live(), ["k1 un\n", "k2 DEUX\n", "k4 quatre\n"]);
    assert_eq!(bench.reader().record_bytes(id(first[2])).unwrap(), b"k3 trois\n");
    bench.is_sound();
}

#[test]
fn a_file_read_again_changes_nothing() {
    let mut bench = Bench::new();
    let (first, _) = bench.lines("/export", "k1 un\nk2 deux\n");
    let sequence = bench.writer().sequence();
    let (second, outcome) = bench.lines("/export", "k1 un\nk2 deux\n");
    assert_eq!(second, first.iter().map(|outcome| Outcome::Known(id(*outcome))).collect::<Vec<_>>());
    assert_eq!(outcome.left, 0);
    assert_eq!(bench.reader().count_changed_since(sequence).unwrap(), 0);
    assert_eq!(bench.reader().stats(&mut |_| ()).unwrap().originals, 1);
    let sequence = bench.writer().sequence();
    assert_eq!(bench.writer().commit().unwrap(), sequence);
    bench.is_sound();
}

#[test]
fn a_cleaned_article_is_replaced() {
    let mut bench = Bench::new();
    let article = id(bench.file("/a", b"un"));
    let sequence = bench.writer().sequence();
    let summary = Summary { headline: Some("Un".into()), truncated: true, ..Summary::default() };
    bench.writer().reclean(article, &summary, &[9; 32], 2).unwrap();
    bench.writer().commit().unwrap();
    let row = bench.reader().article(article).unwrap().unwrap();
    assert_eq!((row.summary, row.text_hash, row.cleaner), (summary, [9; 32], 2));
    assert_eq!(bench.reader().count_changed_since(sequence).unwrap(), 1);
    bench.is_sound();
}

#[test]
fn ids_are_found_by_their_beginning_and_lists_are_sorted() {
    let mut bench = Bench::new();
    let ids: Vec<_> = (0..20).map(|n| id(bench.file(&format!("/{n}"), format!("article {n}").as_bytes()))).collect();
    let reader = bench.reader();
    for id in &ids {
        let digits = id.to_string();
        for length in [4, 8, 16] {
            assert!(reader.find(digits.get(..length).unwrap()).unwrap().contains(id));
        }
        assert_eq!(reader.find(&digits.to_uppercase()).unwrap(), [*id]);
    }
    for wrong in ["", "abc", "zzzz", "+123", "00000000000000000", "é é"] {
        assert_eq!(reader.find(wrong).unwrap(), [], "{wrong}");
    }
    let mut listed = Vec::new();
    let sink = &mut |row: ArticleRow| {
        listed.push(row.id);
        Ok(ControlFlow::Continue(()))
    };
    let damaged = &mut |what| panic!("{what}");
    reader.list(&Filter { order: Order::Added, ..Filter::default() }, sink, damaged).unwrap();
    assert_eq!(listed, ids);
    let since = Filter { since: Some(20_000_101), ..Filter::default() };
    reader.list(&since, &mut |_| panic!("undated"), damaged).unwrap();
}

#[test]
fn a_manifest_is_kept_and_does_not_count_as_a_change() {
    let mut bench = Bench::new();
    bench.file("/a", b"un");
    let sequence = bench.writer().sequence();
    assert_eq!(bench.reader().index_commit().unwrap(), None);
    let file = |name: &str| ManifestFile { name: name.to_owned(), length: 12, modified: 5, hash: [7; 32] };
    let mut commit = IndexCommit {
        folder: "0123456789abcdef".to_owned(),
        number: 3,
        meta: "a".to_owned(),
        sequence,
        files: vec![file("b"), file("a")],
        ..IndexCommit::default()
    };
    bench.writer().set_index_commit(commit.clone()).unwrap();
    let recorded = bench.reader().index_commit().unwrap().unwrap();
    assert!(!recorded.is_copy(&bench.path()));
    commit.inode = recorded.inode;
    commit.files.reverse();
    assert_eq!(recorded, commit);
    assert_eq!(bench.reader().sequence().unwrap(), sequence);
    commit.files.pop();
    bench.writer().set_index_commit(commit.clone()).unwrap();
    assert_eq!(bench.reader().index_commit().unwrap(), Some(commit));
}
