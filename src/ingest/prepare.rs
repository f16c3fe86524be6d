//! One record, from its bytes to what the archive and the index take: read, clean, hash, analyse.

use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use crate::archive::{Summary, Visited};
use crate::article::{Article, ArticleId};
use crate::clean::{self, Cleaned};
use crate::fault;
use crate::index::{Document, DocumentBuilder, Entry};
use crate::problem::Problem;
use crate::read::{self, Reader, too_large};

/// A record ready to be kept.
#[derive(Debug)]
pub struct Prepared {
    /// Its name.
    pub id: ArticleId,
    /// The cleaned article.
    pub article: Article,
    /// BLAKE3 of the article's JSON.
    pub text_hash: [u8; 32],
    /// What the archive lists.
    pub summary: Summary,
    /// What the index takes.
    pub document: Document,
}

/// The longest article that is kept, as JSON, in bytes: the memory to index it is some ten times as much.
const LONGEST: usize = 16 << 20;

/// Reads and cleans one record.
///
/// # Errors
/// What is wrong with the record, for a person.
pub fn cleaned(reader: &Reader, bytes: &[u8], skip: &[String]) -> Result<Cleaned, String> {
    let skip: Vec<&str> = skip.iter().map(String::as_str).collect();
    // Neither reading nor cleaning panics; should one do so after all, it costs this record and no other.
    let outcome = fault::catch(|| Ok(clean::clean((reader.draft)(bytes)?, &skip)));
    outcome.unwrap_or_else(|_| Err("newsgrep failed on this record; please report it".to_owned()))
}

/// Prepares one record that is found at `paths`.
///
/// # Errors
/// What is wrong with the record, for a person.
pub(super) fn prepare(
    builder: &mut DocumentBuilder,
    reader: &Reader,
    bytes: &[u8],
    hash: &[u8; 32],
    paths: &[String],
    skip: &[String],
) -> Result<Prepared, String> {
    let cleaned = cleaned(reader, bytes, skip)?;
    let summary = Summary::of(&cleaned, skip);
    let Cleaned { article, ledger } = cleaned;
    // That of a long article takes as much memory again.
    drop(ledger);
    let json = serde_json::to_vec(&article).map_err(|error| error.to_string())?;
    if json.len() > LONGEST {
        return Err(too_large("text", LONGEST));
    }
    let id = ArticleId::of_hash(hash);
    let document = builder.build(&Entry { id, article: &article, json: &json, format: reader.name, paths });
    let text_hash = *blake3::hash(&json).as_bytes();
    Ok(Prepared { id, article, text_hash, summary, document })
}

/// Cleans and analyses an article anew; `None` when it has left.
pub(super) fn prepare_again(builder: &mut DocumentBuilder, visited: &Visited) -> Option<Result<Prepared, String>> {
    if let Some(damage) = &visited.damage {
        return Some(Err(damage.clone()));
    }
    let bytes = visited.bytes.as_ref()?;
    let Some(reader) = read::reader(&visited.reader) else {
        return Some(Err(format!("this newsgrep has no reader named {}", visited.reader)));
    };
    Some(prepare(builder, reader, bytes, &visited.hash, &paths(visited), &visited.skip))
}

pub(super) fn paths(visited: &Visited) -> Vec<String> {
    visited.paths.iter().map(|path| String::from_utf8_lossy(path).into_owned()).collect()
}

/// What is wrong with an article, for a person who knows its file.
pub(super) fn problem(visited: &Visited, reason: String) -> Problem {
    let path = visited.paths.first().map(|path| PathBuf::from(std::ffi::OsStr::from_bytes(path))).unwrap_or_default();
    Problem { path, record: None, reason }
}
