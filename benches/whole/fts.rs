//! A peer: SQLite with its own full-text index. It knows no French; accents aside, words are found as they are written.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use anyhow::bail;
use rusqlite::Connection;

/// Runs one of the peer's commands.
pub(crate) fn main(arguments: &[String]) -> anyhow::Result<()> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["index", source, database] => index(Path::new(source), Path::new(database)),
        ["query", database, words] => query(Path::new(database), words),
        other => bail!("the peer does not know {other:?}"),
    }
}

fn index(source: &Path, database: &Path) -> anyhow::Result<()> {
    let mut connection = Connection::open(database)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         CREATE VIRTUAL TABLE articles USING fts5(id UNINDEXED, title, body, tokenize = 'unicode61 remove_diacritics 2')",
    )?;
    let transaction = connection.transaction()?;
    let mut insert = transaction.prepare("INSERT INTO articles VALUES (?1 ->> 'id', ?1 ->> 'title', ?1 ->> 'body')")?;
    for line in BufReader::new(File::open(source)?).lines() {
        insert.execute([line?])?;
    }
    drop(insert);
    transaction.commit()?;
    Ok(())
}

fn query(database: &Path, query: &str) -> anyhow::Result<()> {
    let connection = Connection::open(database)?;
    let mut select = connection.prepare(
        "SELECT id, title, snippet(articles, 2, '<b>', '</b>', '…', 24) FROM articles(?) ORDER BY rank LIMIT 10",
    )?;
    let mut rows = select.query([query])?;
    let mut out = std::io::stdout().lock();
    while let Some(row) = rows.next()? {
        let (id, title, snippet): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        writeln!(out, "{id} {title}\n   {snippet}")?;
    }
    Ok(())
}
