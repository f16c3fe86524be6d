//! What is damaged is named, and never served.

use super::{Bench, id, kind, noise};
use crate::archive::{Reader, check, schema};
use crate::problem::FailureKind;

/// Flips bits all over the file: damage is named, or nothing that is read differs; and nothing panics.
#[test]
fn damage_is_named_or_harmless() {
    let mut bench = Bench::new();
    let texts: Vec<_> = (0..40).map(|n| format!("Article {n} du Courrier inventé. {:?}", noise(90, n))).collect();
    let ids: Vec<_> =
        texts.iter().zip(0..).map(|(text, n)| id(bench.file(&format!("/{n}"), text.as_bytes()))).collect();
    bench.close();
    let file = bench.path().join(schema::FILE);
    let sound = std::fs::read(&file).unwrap();
    let mut named = 0;
    for n in 0..300 {
        let mut bytes = sound.clone();
        let at = n * 7919 % bytes.len();
        bytes[at] ^= 1 << (n % 8);
        std::fs::write(&file, &bytes).unwrap();
        let found = check(&bench.path(), true).map_or(1, |found| found.damages.len());
        named += usize::from(found > 0);
        let Ok(reader) = Reader::open(&bench.path()) else { continue };
        for (id, text) in ids.iter().zip(&texts) {
            match reader.record_bytes(*id) {
                Ok(bytes) => assert!(bytes == text.as_bytes(), "served damaged bytes, flip {at}"),
                Err(error) => {
                    assert!(found > 0, "not named by check, flip {at}: {error:#}");
                    assert!(kind(&error) != FailureKind::NotFound, "said to be unknown, flip {at}: {error:#}");
                }
            }
            if let Err(error) = reader.original(*id, &mut std::io::sink()) {
                assert!(kind(&error) != FailureKind::NotFound, "said to be unknown, flip {at}: {error:#}");
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

/// A row that says where an article stands leads to another file: another place is taken, or none.
#[test]
fn the_file_of_another_article_is_never_served() {
    let mut bench = Bench::new();
    let (one, _) = (bench.id_of("/a", b"un"), bench.id_of("/b", b"deux"));
    bench.close();
    let database = rusqlite::Connection::open(bench.path().join(schema::FILE)).unwrap();
    database.execute("UPDATE records SET original = 2, number = 7 WHERE article = 1", []).unwrap();
    drop(database);
    assert_eq!(kind(&bench.reader().original(one, &mut std::io::sink()).unwrap_err()), FailureKind::Damage);
    // Another file with the article is found.
    bench.reopen();
    bench.lines("/c", "un\ntrois\n");
    let mut out = Vec::new();
    let again = bench.file("/d", b"un");
    assert_eq!(id(again), one);
    bench.reader().original(one, &mut out).unwrap();
    assert_eq!(out, b"un");
}

/// The row about itself is damaged, and a row is missing: both are named.
#[test]
fn a_damaged_count_does_not_hide_a_missing_row() {
    let mut bench = Bench::new();
    let one = bench.id_of("/a", b"un");
    bench.writer().forget(&[vec![one]]).unwrap();
    bench.close();
    let database = rusqlite::Connection::open(bench.path().join(schema::FILE)).unwrap();
    database.execute_batch("DELETE FROM gone; UPDATE meta SET fingerprint = zeroblob(32)").unwrap();
    drop(database);
    let found: Vec<_> = check(&bench.path(), false).unwrap().damages.iter().map(ToString::to_string).collect();
    assert!(found.iter().any(|what| what.contains("row about itself")), "{found:?}");
    assert!(found.iter().any(|what| what.contains("0 rows instead of 1")), "{found:?}");
}
