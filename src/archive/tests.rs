//! Tests of the room as a whole.

use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::problem::{Failure, FailureKind};

/// An archive with a writer, and how to feed it.
pub(super) struct Bench {
    dir: TempDir,
    writer: Option<Writer>,
}

impl Bench {
    pub(super) fn new() -> Self {
        let mut bench = Self { dir: tempfile::tempdir().unwrap(), writer: None };
        bench.reopen();
        bench
    }

    pub(super) fn path(&self) -> std::path::PathBuf {
        self.dir.path().join("archive")
    }

    /// Drops the writer, as a killed process would, and opens another.
    fn reopen(&mut self) {
        drop(self.writer.take());
        self.writer = Some(Writer::open_or_create(&self.path(), &Wait::No).unwrap());
    }

    /// Drops the writer.
    pub(super) fn close(&mut self) {
        drop(self.writer.take());
    }

    pub(super) fn writer(&mut self) -> &mut Writer {
        self.writer.as_mut().unwrap()
    }

    pub(super) fn reader(&self) -> Reader {
        Reader::open(&self.path()).unwrap()
    }

    /// Takes in a file of one record.
    pub(super) fn file(&mut self, path: &str, bytes: &[u8]) -> Outcome {
        self.records(path, bytes, &[(None, 0..bytes.len())]).0.pop().unwrap()
    }

    /// Takes in a file of lines `key text`, and commits.
    pub(super) fn lines(&mut self, path: &str, text: &str) -> (Vec<Outcome>, FileOutcome) {
        let mut at = 0;
        let records: Vec<_> = text
            .split_inclusive('\n')
            .map(|line| {
                at += line.len();
                (line.split_once(' ').map(|(key, _)| key.to_owned()), at - line.len()..at)
            })
            .collect();
        self.records(path, text.as_bytes(), &records)
    }

    fn records(
        &mut self,
        path: &str,
        bytes: &[u8],
        records: &[(Option<String>, Range<usize>)],
    ) -> (Vec<Outcome>, FileOutcome) {
        let writer = self.writer();
        let file = writer.begin_file(info(path, bytes), 7).unwrap();
        let outcomes = feed(writer, file, bytes, records);
        let outcome = writer.finish_file(file).unwrap();
        writer.commit().unwrap();
        (outcomes, outcome)
    }

    /// Takes in a file of one record, and gives the article's name.
    pub(super) fn id_of(&mut self, path: &str, bytes: &[u8]) -> ArticleId {
        id(self.file(path, bytes))
    }

    /// Takes in a file whose records are kept beside it.
    pub(super) fn beside(&mut self, path: &str, records: &[&[u8]]) {
        let writer = self.writer();
        let file = writer.begin_file(info(path, b"x"), 7).unwrap();
        writer.append(file, b"\xff\xfex\0").unwrap();
        for (bytes, number) in records.iter().zip(1..) {
            writer.add_record(file, &record(number, None, bytes, &Summary::default())).unwrap();
        }
        writer.finish_file(file).unwrap();
        writer.commit().unwrap();
    }

    /// Takes in the first record of a file that cannot be read to its end.
    pub(super) fn left(&mut self, path: &str, bytes: &[u8], end: usize) {
        let writer = self.writer();
        let file = writer.begin_file(info(path, b"1"), 7).unwrap();
        feed(writer, file, bytes, &[(None, 0..end)]);
        writer.leave_file(file).unwrap();
        writer.commit().unwrap();
    }

    pub(super) fn live(&self) -> Vec<String> {
        live(&self.reader())
    }

    #[track_caller]
    fn is_sound(&self) {
        assert_eq!(check(&self.path(), true).unwrap(), []);
    }
}

/// The live records, as text, in the order they were added.
pub(super) fn live(reader: &Reader) -> Vec<String> {
    let mut texts = Vec::new();
    let sink = &mut |visited: Visited| {
        texts.push(String::from_utf8_lossy(&visited.bytes.unwrap()).into_owned());
        Ok(ControlFlow::Continue(()))
    };
    reader.live(sink).unwrap();
    texts
}

fn feed(writer: &mut Writer, file: FileId, bytes: &[u8], records: &[(Option<String>, Range<usize>)]) -> Vec<Outcome> {
    for part in bytes.chunks(100_000) {
        writer.append(file, part).unwrap();
    }
    records
        .iter()
        .zip(1..)
        .map(|((key, range), number)| {
            let summary = Summary { key: key.clone(), ..Summary::default() };
            let bytes = &bytes[range.clone()];
            let range = Some(range.start as u64..range.end as u64);
            writer.add_record(file, &record(number, range, bytes, &summary)).unwrap()
        })
        .collect()
}

fn record<'a>(number: u64, range: Option<Range<u64>>, bytes: &'a [u8], summary: &'a Summary) -> NewRecord<'a> {
    let hash = *blake3::hash(bytes).as_bytes();
    NewRecord { number, range, bytes, hash, summary, text_hash: hash, cleaner: 1 }
}

fn info(path: &str, bytes: &[u8]) -> FileInfo {
    let mtime_ns = i64::from(*blake3::hash(bytes).as_bytes().first().unwrap());
    let reader = "clip".to_owned();
    FileInfo { path: path.into(), size: bytes.len() as u64, mtime_ns, inode: 3, device: 4, reader }
}

/// Bytes that neither repeat nor compress.
pub(super) fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}

fn kind(error: &anyhow::Error) -> FailureKind {
    error.downcast_ref::<Failure>().unwrap_or_else(|| panic!("{error:#}")).kind
}

pub(super) fn id(outcome: Outcome) -> ArticleId {
    match outcome {
        Outcome::Added(id) | Outcome::NewVersion { id, .. } | Outcome::Known(id) | Outcome::Clash(id) => id,
        Outcome::KnownElsewhere(id) | Outcome::Returned(id) | Outcome::Forgotten(id) => id,
    }
}

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
    bench.writer().forget(&[one]).unwrap();
    assert!(bench.reader().record_bytes(two).unwrap() == big);
    bench.is_sound();
}

#[test]
fn a_grown_export_costs_its_growth() {
    let mut bench = Bench::new();
    let export = noise(6_000_000, 3);
    bench.file("/export", &export);
    let before = bench.reader().stats().unwrap().chunk_bytes;
    bench.file("/export", &[export, noise(1000, 4)].concat());
    let grown = bench.reader().stats().unwrap().chunk_bytes - before;
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
    assert_eq!(reader.stats().unwrap().originals, 1);
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
    assert_eq!(bench.reader().stats().unwrap().originals, 1);
    let sequence = bench.writer().sequence();
    assert_eq!(bench.writer().commit().unwrap(), sequence);
    bench.is_sound();
}

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
    let stats = bench.reader().stats().unwrap();
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
    let writer = bench.writer();
    let file = writer.begin_file(info("/broken", b"1"), 7).unwrap();
    feed(writer, file, b"un\ndeux\n", &[(None, 0..3)]);
    writer.leave_file(file).unwrap();
    writer.commit().unwrap();
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

#[test]
fn a_forgotten_article_is_gone_from_the_disk() {
    let mut bench = Bench::new();
    let secret = String::from_utf8(noise(3000, 5).iter().map(|byte| b'a' + byte % 26).collect()).unwrap();
    let kept = id(bench.file("/kept", b"Une dent de sagesse"));
    let alone = id(bench.file("/alone", secret.as_bytes()));
    let (before, _) = bench.lines("/export", &format!("k1 un\nk2 {secret}\nk3 trois\n"));
    let (after, _) = bench.lines("/export", &format!("k1 UN\nk2 {secret}\nk3 trois\n"));
    assert_eq!(bench.writer().forget(&[alone, id(after[1])]).unwrap().articles, 2);
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
    let secret = String::from_utf8(noise(3000, 6).iter().map(|byte| b'a' + byte % 26).collect()).unwrap();
    let export = |first: &str| format!("k1 {first}\nk2 {secret}\nk3 trois\n");
    let (before, _) = bench.lines("/export", &export("un"));
    let hidden = id(before[1]);
    bench.writer().forget(&[hidden]).unwrap();
    let sequence = bench.writer().sequence();
    bench.writer().set_manifest(sequence, &[]).unwrap();
    // Met again in the same file, in one that grew, under another path, alone, and beside its file.
    for (path, text) in [("/export", export("un")), ("/export", export("deux")), ("/copy", export("un"))] {
        assert_eq!(bench.lines(path, &text).0[1], Outcome::Forgotten(hidden));
        bench.is_sound();
    }
    assert_eq!(bench.file("/alone", format!("k2 {secret}\n").as_bytes()), Outcome::Forgotten(hidden));
    bench.beside("/utf16", &[format!("k2 {secret}\n").as_bytes(), b"autre"]);
    bench.is_sound();
    assert!(!holds(&bench.path(), &secret.as_bytes()[..500]));
    assert_eq!(bench.reader().forgotten().unwrap(), [hidden]);
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
    bench.writer().forget(&hidden).unwrap();
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

/// Whether `needle` stands in any file or, decompressed, in any chunk.
fn holds(dir: &Path, needle: &[u8]) -> bool {
    let contains = |bytes: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    let files = std::fs::read_dir(dir).unwrap().any(|entry| contains(&std::fs::read(entry.unwrap().path()).unwrap()));
    let connection = schema::open_for_reading(dir).unwrap();
    let mut reader = chunks::ChunkReader::new().unwrap();
    let mut select = connection.prepare("SELECT id FROM chunks").unwrap();
    let ids: Vec<i64> = select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    files || ids.into_iter().any(|id| contains(reader.chunk(&connection, id).unwrap()))
}

#[test]
fn a_second_writer_is_refused_and_readers_are_not() {
    let mut bench = Bench::new();
    let article = id(bench.file("/a", b"un"));
    let Err(error) = Writer::open_or_create(&bench.path(), &Wait::No) else { panic!("two writers") };
    assert_eq!(kind(&error), FailureKind::Surroundings);
    let writer = bench.writer();
    let file = writer.begin_file(info("/b", b"deux"), 7).unwrap();
    feed(writer, file, b"deux", &[(None, 0..4)]);
    assert_eq!(bench.reader().record_bytes(article).unwrap(), b"un");
}

#[test]
fn private_by_default() {
    let mut bench = Bench::new();
    bench.file("/a", b"un");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&bench.path()), 0o700);
    for entry in std::fs::read_dir(bench.path()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn an_archive_that_cannot_be_written_is_read_as_it_is() {
    let mut bench = Bench::new();
    let article = id(bench.file("/a ?#%é", b"un"));
    drop(bench.writer.take());
    let reader = Reader::on(&bench.path(), schema::open_immutable(&bench.path()).unwrap()).unwrap();
    assert_eq!(reader.record_bytes(article).unwrap(), b"un");
}

#[test]
fn no_archive_and_a_newer_one_are_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let Err(error) = Reader::open(&dir.path().join("none")) else { panic!("an archive") };
    assert_eq!(kind(&error), FailureKind::Surroundings);
    assert!(error.to_string().contains("run newsgrep ingest"), "{error}");

    let mut bench = Bench::new();
    drop(bench.writer.take());
    let file = bench.path().join(schema::FILE);
    rusqlite::Connection::open(&file).unwrap().pragma_update(None, "user_version", FORMAT + 1).unwrap();
    std::fs::remove_file(bench.path().join("lock")).unwrap();
    let before = std::fs::read(&file).unwrap();
    let Err(error) = Writer::open_or_create(&bench.path(), &Wait::No) else { panic!("a newer format") };
    assert!(error.to_string().contains("newer newsgrep"), "{error}");
    assert!(Reader::open(&bench.path()).is_err());
    assert!(std::fs::read(&file).unwrap() == before);
    assert!(!bench.path().join("lock").exists());
}

#[test]
fn a_manifest_is_kept_and_does_not_count_as_a_change() {
    let mut bench = Bench::new();
    bench.file("/a", b"un");
    let sequence = bench.writer().sequence();
    let files = [ManifestFile { name: "meta.json".into(), length: 12, modified: 5, hash: [7; 32] }];
    bench.writer().set_manifest(sequence, &files).unwrap();
    assert_eq!(bench.reader().manifest().unwrap(), (sequence, files.to_vec()));
    assert_eq!(bench.reader().sequence().unwrap(), sequence);
    bench.writer().set_manifest(sequence, &[]).unwrap();
    assert_eq!(bench.reader().manifest().unwrap(), (sequence, Vec::new()));
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
    reader.list(&Filter { order: Order::Added, ..Filter::default() }, sink).unwrap();
    assert_eq!(listed, ids);
    reader.list(&Filter { since: Some(20_000_101), ..Filter::default() }, &mut |_| panic!("undated")).unwrap();
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

/// Flips bits all over the file: damage is named, or nothing that is read differs; and nothing panics.
#[test]
fn damage_is_named_or_harmless() {
    let mut bench = Bench::new();
    let texts: Vec<_> = (0..40).map(|n| format!("Article {n} du Courrier inventé. {:?}", noise(90, n))).collect();
    let ids: Vec<_> =
        texts.iter().zip(0..).map(|(text, n)| id(bench.file(&format!("/{n}"), text.as_bytes()))).collect();
    drop(bench.writer.take());
    let file = bench.path().join(schema::FILE);
    let sound = std::fs::read(&file).unwrap();
    let mut named = 0;
    for n in 0..300 {
        let mut bytes = sound.clone();
        let at = n * 7919 % bytes.len();
        bytes[at] ^= 1 << (n % 8);
        std::fs::write(&file, &bytes).unwrap();
        let found = check(&bench.path(), true).map_or(1, |found| found.len());
        named += usize::from(found > 0);
        let Ok(reader) = Reader::open(&bench.path()) else { continue };
        for (id, text) in ids.iter().zip(&texts) {
            match reader.record_bytes(*id) {
                Ok(bytes) => assert!(bytes == text.as_bytes(), "served damaged bytes, flip {at}"),
                Err(error) => assert!(found > 0, "not named by check, flip {at}: {error:#}"),
            }
            if let Ok(Some(row)) = reader.article(*id) {
                assert!(row.live || found > 0, "flip {at}");
            }
        }
    }
    assert!(named > 20, "{named}");
}

/// Found by fuzzing: a damaged index of the database led to another article, which was served.
#[test]
fn another_article_is_never_served() {
    let mut bench = Bench::new();
    let (one, two) = (bench.id_of("/a", b"un"), bench.id_of("/b", b"deux"));
    bench.close();
    let database = rusqlite::Connection::open(bench.path().join(schema::FILE)).unwrap();
    database.pragma_update(None, "foreign_keys", false).unwrap();
    database.execute("DELETE FROM articles WHERE public = ?", [one.0.cast_signed()]).unwrap();
    let swap = "UPDATE articles SET public = ? WHERE public = ?";
    database.execute(swap, [one.0.cast_signed(), two.0.cast_signed()]).unwrap();
    let reader = bench.reader();
    assert_eq!(kind(&reader.record_bytes(one).unwrap_err()), FailureKind::Damage);
    assert_eq!(kind(&reader.original(one, &mut std::io::sink()).unwrap_err()), FailureKind::Damage);
    assert_eq!(kind(&reader.article(one).unwrap_err()), FailureKind::Damage);
    assert!(reader.visit_one(one).unwrap().unwrap().damage.is_some());
}
