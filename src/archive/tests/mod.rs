//! Tests of the room as a whole, and what they share.

mod damage;
mod forgetting;
mod intake;
mod interruption;
mod opening;

use std::ops::{ControlFlow, Range};

use tempfile::TempDir;

use super::{
    ArticleId, Checked, FileId, FileInfo, FileOutcome, NewRecord, Outcome, Reader, Summary, Visited, Wait, Writer,
    check,
};
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
        assert_eq!(check(&self.path(), true).unwrap(), Checked::default());
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
    NewRecord { number, place: range.clone(), range, bytes, hash, summary, text_hash: hash, cleaner: 1 }
}

fn info(path: &str, bytes: &[u8]) -> FileInfo {
    let mtime_ns = i64::from(*blake3::hash(bytes).as_bytes().first().unwrap());
    let reader = "clip".to_owned();
    FileInfo { path: path.into(), size: bytes.len() as u64, mtime_ns, ctime_ns: 5, inode: 3, device: 4, reader }
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
