//! `newsgrep verify`: the chain of evidence of an article.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use clap::ValueEnum;
use serde::Serialize;
use serde_json::{Value, json};

use super::Session;
use super::session::resolve;
use crate::archive::{Evidence, FORMAT, Place};
use crate::article::ArticleId;
use crate::clean::RULES_VERSION;
use crate::french::ANALYSIS_VERSION;
use crate::ingest::cleaned;
use crate::output::{visible, visible_path, write_json};
use crate::problem::{Failure, FailureKind};
use crate::read;

/// Shows what the archive vouches for about an article: the hashes of its bytes and of the files it came in, computed now, with
/// paths, times, versions and the rules that cleaned it. Damage is named, and the exit code is 4 then.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Its id, or any unique beginning of four or more digits.
    #[arg(value_name = "ID")]
    id: String,
    /// Also compare this file with what the archive holds; the exit code is 1 when it is something else.
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
    /// The same as `--format json`.
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For a person.
    Text,
    /// One JSON document.
    Json,
}

pub(super) fn run(arguments: &Arguments, session: &mut Session) -> anyhow::Result<()> {
    let archive = session.reader()?;
    let id = resolve(&archive, &arguments.id)?;
    let mut evidence = archive.evidence(id)?;
    let cleaning = clean_again(&mut evidence);
    let against = arguments.against.as_deref().map(|file| compare(file, &evidence)).transpose()?;
    if arguments.json || arguments.format == Form::Json {
        write_json(&mut session.out, &document(&evidence, &cleaning, against.as_ref(), &archive.fingerprint()?))?;
    } else {
        write_text(&mut session.out, &evidence, &cleaning, against.as_ref())?;
    }
    if !evidence.damage.is_empty() {
        let message = format!("article {id} is not as it was written; `newsgrep check --read-data` names all damage");
        return Err(Failure::error(FailureKind::Damage, message));
    }
    match against {
        Some(Against { same: None, file, .. }) => {
            let message = format!("{file} is not what the archive holds of article {id}");
            Err(Failure::error(FailureKind::NotFound, message))
        }
        _ => Ok(()),
    }
}

/// What cleaning makes of the bytes now.
struct Cleaning {
    /// Whether the text is, bit by bit, that which was archived; `None` when it cannot be told.
    same: Option<bool>,
    /// How many edits each rule made.
    rules: BTreeMap<&'static str, u64>,
}

fn clean_again(evidence: &mut Evidence) -> Cleaning {
    let mut cleaning = Cleaning { same: None, rules: BTreeMap::new() };
    let reader = read::reader(&evidence.article.reader);
    let Some((bytes, reader)) = evidence.bytes.as_ref().zip(reader) else { return cleaning };
    match cleaned(reader, bytes, &evidence.article.summary.skipped_rules) {
        Ok(cleaned) => {
            let json = serde_json::to_vec(&cleaned.article).unwrap_or_default();
            cleaning.same = Some(*blake3::hash(&json).as_bytes() == evidence.article.text_hash);
            cleaned.ledger.edits.iter().for_each(|edit| *cleaning.rules.entry(edit.rule).or_default() += 1);
        }
        Err(reason) => evidence.damage.push(format!("it cannot be cleaned again: {reason}")),
    }
    cleaning
}

/// A file compared with what the archive holds.
#[derive(Serialize)]
struct Against {
    file: String,
    blake3: String,
    /// What it is the same as: `file` or `record`; nothing when it is something else.
    same: Option<&'static str>,
}

fn compare(file: &Path, evidence: &Evidence) -> anyhow::Result<Against> {
    let failed = |error: std::io::Error| Failure::error(FailureKind::Usage, format!("{}: {error}", file.display()));
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(file).map_err(failed)?).map_err(failed)?;
    let hash = hasher.finalize();
    let same = if evidence.places.iter().any(|place| place.hash.is_some_and(|whole| hash == whole)) {
        Some("file")
    } else {
        (hash == evidence.article.hash).then_some("record")
    };
    Ok(Against { file: file.display().to_string(), blake3: hash.to_string(), same })
}

fn write_text(
    out: &mut dyn Write,
    evidence: &Evidence,
    cleaning: &Cleaning,
    against: Option<&Against>,
) -> anyhow::Result<()> {
    let Evidence { article, bytes, previous, next, places, damage } = evidence;
    let mut line = |name: &str, value: &str| writeln!(out, "{name:<12} {}", visible(value).replace('\n', "␊"));
    let of = |hash: &[u8; 32]| blake3::Hash::from_bytes(*hash).to_string();
    line("article", &article.id.to_string())?;
    line("title", article.summary.headline.as_deref().unwrap_or("(untitled)"))?;
    if let Some(url) = &article.summary.url {
        line("address", url)?;
    }
    line("added", &time(article.added))?;
    line("state", if article.live { "current" } else { "no file has it any more" })?;
    let size = places.first().map_or(0, |place| place.record_length);
    let sound = |sound| if sound { "verified now" } else { "DAMAGED" };
    line("bytes", &format!("{size}, BLAKE3 {}: {}", of(&article.hash), sound(bytes.is_some())))?;
    for Place { hash, length, redacted, sound: whole, record, offset, sources, .. } in places {
        let name = hash.as_ref().map_or_else(|| "not read to its end".to_owned(), of);
        let redacted = if *redacted { ", articles in it were forgotten" } else { "" };
        line("file", &format!("{length} bytes, BLAKE3 {name}{redacted}: {}", sound(*whole)))?;
        let at = offset.map_or_else(|| "kept beside it".to_owned(), |offset| format!("at byte {offset}"));
        line("", &format!("record {record}, {at}"))?;
        for source in sources {
            let until = source.until.map(|until| format!(", until {}", time(until))).unwrap_or_default();
            let seen = format!("first seen {}, last read {}", time(source.first_seen), time(source.last_read));
            line("", &format!("{}: {seen}{until}", visible_path(&source.path)))?;
        }
    }
    for (name, version) in [("version of", previous), ("replaced by", next)] {
        if let Some(id) = version {
            line(name, &id.to_string())?;
        }
    }
    let rules: Vec<String> = cleaning.rules.iter().map(|(rule, edits)| format!("{rule} {edits}")).collect();
    line("cleaned", &format!("as {}, by rules version {} (now {RULES_VERSION})", article.reader, article.cleaner))?;
    let same = match cleaning.same {
        Some(true) => "cleaned again now it is the same",
        Some(false) => "cleaned again now it comes out otherwise",
        None => "it cannot be cleaned now",
    };
    line("text", &format!("BLAKE3 {}: {same}", of(&article.text_hash)))?;
    line("edits", &if rules.is_empty() { "none".to_owned() } else { rules.join(", ") })?;
    line("analysis", &format!("version {ANALYSIS_VERSION}"))?;
    if let Some(Against { file, same, .. }) = against {
        let same = match same {
            Some("file") => "the same bytes as the file",
            Some(_) => "the same bytes as the article",
            None => "something else",
        };
        line("against", &format!("{file}: {same}"))?;
    }
    damage.iter().try_for_each(|damage| line("DAMAGE", damage))?;
    Ok(())
}

/// Everything, for a program; only ever grows.
fn document(evidence: &Evidence, cleaning: &Cleaning, against: Option<&Against>, fingerprint: &[u8; 32]) -> Value {
    let Evidence { article, bytes, previous, next, places, damage } = evidence;
    let of = |hash: &[u8; 32]| blake3::Hash::from_bytes(*hash).to_string();
    let version = |id: &Option<ArticleId>| id.map(|id| id.to_string());
    let files: Vec<Value> = places
        .iter()
        .map(|place| {
            let paths: Vec<Value> = place
                .sources
                .iter()
                .map(|source| {
                    json!({
                        "path": String::from_utf8_lossy(&source.path),
                        "pathBase64": std::str::from_utf8(&source.path).is_err().then(|| BASE64_STANDARD.encode(&source.path)),
                        "firstSeen": time(source.first_seen),
                        "lastRead": time(source.last_read),
                        "modified": time(source.mtime_ns / 1_000_000),
                        "until": source.until.map(time),
                    })
                })
                .collect();
            json!({
                "blake3": place.hash.as_ref().map(of),
                "length": place.length,
                "redacted": place.redacted,
                "verified": place.sound,
                "record": place.record,
                "offset": place.offset,
                "recordLength": place.record_length,
                "paths": paths,
            })
        })
        .collect();
    json!({
        "schema": 1,
        "id": article.id.to_string(),
        "headline": article.summary.headline,
        "url": article.summary.url,
        "added": time(article.added),
        "live": article.live,
        "blake3": of(&article.hash),
        "verified": bytes.is_some(),
        "files": files,
        "previous": version(previous),
        "next": version(next),
        "reader": article.reader,
        "rulesVersion": article.cleaner,
        "analysisVersion": ANALYSIS_VERSION,
        "textBlake3": of(&article.text_hash),
        "textReproduced": cleaning.same,
        "edits": cleaning.rules,
        "archive": { "format": FORMAT, "fingerprint": of(fingerprint) },
        "against": against,
        "damage": damage,
    })
}

/// A time in UTC, from milliseconds since 1970.
fn time(milliseconds: i64) -> String {
    jiff::Timestamp::from_millisecond(milliseconds)
        .map_or_else(|_| milliseconds.to_string(), |time| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}
