//! A whole archive with some of its bytes changed: what is read is what was written, or refused, and never a panic.

#![no_main]

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use newsgrep::archive::{Filter, Reader, Wait, Writer, check};
use newsgrep::article::ArticleId;

static SOUND: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let frozen = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/archives/v1/archive.sqlite");
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("archive.sqlite");
    fs::copy(frozen, &file).unwrap();
    // Converted to the format of today.
    drop(Writer::open(dir.path(), &Wait::No).unwrap());
    fs::read(file).unwrap()
});

fuzz_target!(|edits: Vec<(u32, u8)>| {
    let mut bytes = SOUND.clone();
    for (at, value) in edits {
        let at = at as usize % bytes.len();
        bytes[at] = value;
    }
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("archive.sqlite"), &bytes).unwrap();
    let _ = check(dir.path(), true);
    let Ok(archive) = Reader::open(dir.path()) else { return };
    let mut ids = Vec::new();
    let _ = archive.list(&Filter { old_versions: true, ..Filter::default() }, &mut |row| {
        ids.push(row.id);
        Ok(ControlFlow::Continue(()))
    }, &mut |_| ());
    for id in ids {
        if let Ok(bytes) = archive.record_bytes(id) {
            assert_eq!(ArticleId::of(&bytes), id);
        }
        let _ = archive.original(id, &mut std::io::sink());
    }
    let _ = (archive.stats(&mut |_| ()), archive.index_commit(), archive.forgotten(&mut |_| ()));
    let _ = archive.live(&mut |_| Ok(ControlFlow::Continue(())));
});
