//! What checking finds, column by column.

use std::collections::BTreeSet;
use std::fs;

use rusqlite::Connection;

use super::super::tests::Bench;
use super::super::{IndexCommit, ManifestFile, Reader};
use super::{Checked, FILE, check};

/// An archive with rows of every kind: versions, former contents, a file not read to its end, records kept beside theirs, a
/// forgotten article, a manifest.
fn of_every_kind() -> Bench {
    let mut bench = Bench::new();
    bench.lines("a.jsonl", "un Un\ndeux Deux\n");
    bench.lines("a.jsonl", "un Un autre\ntrois Trois\n");
    bench.lines("b.jsonl", "quatre Quatre\ncinq Cinq\n");
    bench.beside("c.jsonl", &[b"six", b"sept"]);
    bench.left("d.jsonl", b"huit Huit", 4);
    let gone = bench.id_of("e.txt", b"neuf");
    bench.writer().forget(&[vec![gone]]).unwrap();
    let files = vec![ManifestFile { name: "a".to_owned(), length: 1, modified: 2, hash: [3; 32] }];
    let commit =
        IndexCommit { folder: "f".to_owned(), number: 1, meta: "a".to_owned(), files, ..IndexCommit::default() };
    bench.writer().set_index_commit(commit).unwrap();
    bench.close();
    bench
}

/// Each table with each of its columns and the number of its rows.
fn columns(database: &Connection) -> Vec<(String, String, i64)> {
    let query = "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'";
    let mut select = database.prepare(query).unwrap();
    let columns = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let count =
        |table: &str| database.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
    columns
        .map(|column| column.unwrap())
        .map(|(table, column): (String, String)| (table.clone(), column, count(&table)))
        .collect()
}

/// What nothing vouches for: a number that is always one, and means nothing.
const BELIEVED: [&str; 2] = ["index_commit.id", "meta.id"];

/// Whatever single value of the archive is changed, a hash, a seal or another row tells.
#[test]
fn every_column_is_vouched_for() {
    let bench = of_every_kind();
    let path = bench.path().join(FILE);
    assert_eq!(check(&bench.path(), true).unwrap(), Checked::default());
    let sound = fs::read(&path).unwrap();
    let columns = columns(&Connection::open(&path).unwrap());
    let mut believed = BTreeSet::new();
    for (table, column, rows) in columns {
        for row in 0..rows {
            fs::write(&path, &sound).unwrap();
            let database = Connection::open(&path).unwrap();
            database.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON;").unwrap();
            let key: String = database
                .query_row("SELECT name FROM pragma_table_info(?) LIMIT 1", [&table], |row| row.get(0))
                .unwrap();
            let changed = database.execute(
                &format!(
                    "UPDATE {table} SET {column} = CASE typeof({column}) WHEN 'integer' THEN {column} + 1
                     WHEN 'text' THEN {column} || 'x' WHEN 'null' THEN 1 ELSE zeroblob(length({column})) END
                     WHERE {key} = (SELECT {key} FROM {table} LIMIT 1 OFFSET {row})"
                ),
                [],
            );
            drop(database);
            // What the database itself refuses cannot be.
            let is_believed = || {
                let recorded = Reader::open(&bench.path()).is_ok_and(|archive| archive.index_commit().is_ok());
                recorded && check(&bench.path(), true).unwrap().is_sound()
            };
            if changed.is_ok() && is_believed() {
                believed.insert(format!("{table}.{column}"));
            }
        }
    }
    assert!(believed.iter().eq(&BELIEVED), "{believed:?}");
}
