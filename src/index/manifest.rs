//! The manifest of the index's files: name, length and hash, kept in the archive, so that damage is seen.
//!
//! tantivy's own checksums cover the bodies of segment files only.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::UNIX_EPOCH;

use anyhow::Context;

use crate::archive::ManifestFile;

/// Lock files say nothing about the index.
fn counts(name: &str) -> bool {
    !(name.ends_with(".lock") || name.starts_with(".tmp"))
}

/// Takes stock of the files in `dir`. A file that stands in `known` with the same name, length and time is not read again:
/// tantivy writes segment files once.
///
/// # Errors
/// A file that cannot be read.
pub fn manifest(dir: &Path, known: &[ManifestFile]) -> anyhow::Result<Vec<ManifestFile>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).with_context(|| format!("{}", dir.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !counts(&name) {
            continue;
        }
        let metadata = entry.metadata()?;
        let (length, modified) = (metadata.len(), modified(&metadata));
        let same = known.iter().find(|file| file.name == name && file.length == length && file.modified == modified);
        let hash = match same {
            Some(file) => file.hash,
            None => hash_file(&entry.path()).with_context(|| format!("{}", entry.path().display()))?,
        };
        files.push(ManifestFile { name, length, modified, hash });
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// Compares the files in `dir` with the manifest and says what is wrong with each.
///
/// Length and time are enough for a file that nobody touched; with `thorough`, and wherever the time differs, the bytes are
/// read.
#[must_use]
pub fn verify(dir: &Path, files: &[ManifestFile], thorough: bool) -> Vec<String> {
    let mut damage = Vec::new();
    for file in files {
        let path = dir.join(&file.name);
        let wrong = match fs::metadata(&path) {
            Err(error) => Some(format!("cannot be read: {error}")),
            Ok(metadata) if metadata.len() != file.length => {
                Some(format!("has {} bytes instead of {}", metadata.len(), file.length))
            }
            Ok(metadata) if !thorough && modified(&metadata) == file.modified => None,
            Ok(_) => match hash_file(&path) {
                Ok(hash) if hash == file.hash => None,
                Ok(_) => Some("is not as it was written".to_owned()),
                Err(error) => Some(format!("cannot be read: {error}")),
            },
        };
        damage.extend(wrong.map(|wrong| format!("{}: {wrong}", path.display())));
    }
    damage
}

fn modified(metadata: &fs::Metadata) -> i64 {
    let since = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.and_then(|since| i64::try_from(since.as_nanos()).ok()).unwrap_or_default()
}

fn hash_file(path: &Path) -> io::Result<[u8; 32]> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path)?)?;
    Ok(*hasher.finalize().as_bytes())
}
