//! Who may open an archive, and what is refused.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::{Bench, feed, id, info, kind};
use crate::archive::{FORMAT, Reader, Wait, Writer, check, opening, schema};
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

/// As on a full disk, or in a folder that cannot be written: with the journal where there is one, and without SQLite's files.
#[test]
fn an_archive_is_read_without_shared_memory() {
    let mut bench = Bench::new();
    let article = id(bench.file("/a ?#%é", b"un"));
    let copied = bench.path().with_file_name("copied ?#%é");
    std::fs::create_dir(&copied).unwrap();
    for name in [schema::FILE, "archive.sqlite-wal"] {
        std::fs::copy(bench.path().join(name), copied.join(name)).unwrap();
    }
    bench.close();
    for dir in [bench.path(), copied] {
        let before = names(&dir);
        let reader = Reader::on(&dir, opening::open_alone(&dir).unwrap(), None).unwrap();
        assert_eq!(reader.record_bytes(article).unwrap(), b"un", "{}", dir.display());
        drop(reader);
        assert_eq!(names(&dir), before);
    }
}

fn names(dir: &Path) -> Vec<std::ffi::OsString> {
    let mut names: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    names
}

/// While somebody reads without shared memory, nobody writes; and the other way round.
#[test]
fn a_reader_without_shared_memory_and_a_writer_keep_each_other_out() {
    let mut bench = Bench::new();
    bench.file("/a", b"un");
    assert_eq!(kind(&opening::open_alone(&bench.path()).err().unwrap()), FailureKind::Surroundings);
    bench.close();
    let reader = opening::open_alone(&bench.path()).unwrap();
    let Err(error) = Writer::open_or_create(&bench.path(), &Wait::No) else { panic!("a writer beside a reader") };
    assert!(error.to_string().contains("is being read"), "{error}");
    drop(reader);
    Writer::open_or_create(&bench.path(), &Wait::No).unwrap();
}

#[test]
fn an_empty_or_cut_off_database_is_damage_and_left_alone() {
    for bytes in [&b""[..], b"SQLite format 3\0", &[0; 8192]] {
        let mut bench = Bench::new();
        bench.close();
        std::fs::write(bench.path().join(schema::FILE), bytes).unwrap();
        let Err(error) = Writer::open_or_create(&bench.path(), &Wait::No) else { panic!("an archive") };
        assert_eq!(kind(&error), FailureKind::Damage, "{error}");
        assert_eq!(kind(&Reader::open(&bench.path()).err().unwrap()), FailureKind::Damage);
        assert_eq!(std::fs::read(bench.path().join(schema::FILE)).unwrap(), bytes);
        assert!(!check(&bench.path(), true).unwrap().is_sound());
    }
}

#[test]
fn a_database_cut_within_its_last_page_is_told() {
    let mut bench = Bench::new();
    bench.file("/a", &super::noise(40_000, 1));
    bench.close();
    let path = bench.path().join(schema::FILE);
    let length = std::fs::metadata(&path).unwrap().len();
    std::fs::File::options().write(true).open(&path).unwrap().set_len(length - 1).unwrap();
    let damage = bench.reader().damage().to_vec();
    assert!(damage[0].contains("is cut off"), "{damage:?}");
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

/// SQLite would take some of these for URIs, and open another file or none.
#[test]
fn an_archive_is_the_folder_of_its_name() {
    let dir = tempfile::tempdir().unwrap();
    let here = std::env::current_dir().unwrap();
    let up: std::path::PathBuf = here.components().skip(1).map(|_| "..").collect();
    let relative = up.join(dir.path().strip_prefix("/").unwrap());
    let names = ["X", "file:X", "file:X?mode=ro", "X?mode=memory", "a b#c%20é", ":memory:", "x/../file:Y", "file:"];
    std::fs::create_dir(dir.path().join("x")).unwrap();
    for base in [dir.path(), &relative] {
        for name in names {
            let path = base.join(name);
            let mut writer = Writer::open_or_create(&path, &Wait::No).unwrap();
            let bytes = format!("{name} {}", base.display()).into_bytes();
            let file = writer.begin_file(info(name, &bytes), 7).unwrap();
            feed(&mut writer, file, &bytes, &[(None, 0..bytes.len())]);
            writer.finish_file(file).unwrap();
            writer.commit().unwrap();
            drop(writer);
            let live = super::live(&Reader::open(&path).unwrap());
            assert_eq!(live, [String::from_utf8(bytes).unwrap()]);
            let alone = Reader::on(&path, opening::open_alone(&path).unwrap(), None).unwrap();
            assert_eq!(super::live(&alone), live);
            assert!(opening::is_archive(&path));
        }
    }
}
