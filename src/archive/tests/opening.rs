//! Who may open an archive, and what is refused.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::{Bench, feed, id, info, kind};
use crate::archive::{FORMAT, Reader, Wait, Writer, schema};
use crate::problem::FailureKind;

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
    bench.close();
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
    bench.close();
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
