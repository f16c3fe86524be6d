//! The manifest of the index's files: name, length and hash, kept in the archive, so that damage is seen.
//!
//! tantivy's own checksums cover the bodies of segment files only.

use std::cmp::Reverse;
use std::fs::{self, File};
use std::io;
use std::num::NonZero;
use std::path::Path;
use std::thread;
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
    let (mut files, mut unknown) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(dir).with_context(|| format!("{}", dir.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !counts(&name) {
            continue;
        }
        let metadata = entry.metadata()?;
        let (length, modified) = (metadata.len(), modified(&metadata));
        let same = known.iter().find(|file| file.name == name && file.length == length && file.modified == modified);
        let taken = if same.is_some() { &mut files } else { &mut unknown };
        taken.push(ManifestFile { name, length, modified, hash: same.map_or([0; 32], |file| file.hash) });
    }
    hash_all(dir, &mut unknown)?;
    files.append(&mut unknown);
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// A lot of files that has fewer bytes than that is not worth a thread.
const LOT: u64 = 4 << 20;

/// Reads the files and fills in their hashes, on several threads where they are large.
fn hash_all(dir: &Path, files: &mut [ManifestFile]) -> anyhow::Result<()> {
    let hash_lot = |lot: Vec<&mut ManifestFile>| {
        lot.into_iter().try_for_each(|file| {
            let path = dir.join(&file.name);
            file.hash = hash_file(&path).with_context(|| format!("{}", path.display()))?;
            anyhow::Ok(())
        })
    };
    let bytes: u64 = files.iter().map(|file| file.length).sum();
    let lots = thread::available_parallelism().map_or(1, NonZero::get).min((bytes / LOT) as usize).max(1);
    let mut lots: Vec<(u64, Vec<&mut ManifestFile>)> = (0..lots).map(|_| (0, Vec::new())).collect();
    // The longest first, each to the lot that is the smallest so far.
    files.sort_by_key(|file| Reverse(file.length));
    for file in files {
        if let Some((bytes, lot)) = lots.iter_mut().min_by_key(|(bytes, _)| *bytes) {
            *bytes += file.length;
            lot.push(file);
        }
    }
    thread::scope(|scope| {
        let ours = lots.pop();
        let others: Vec<_> = lots.into_iter().map(|(_, lot)| scope.spawn(|| hash_lot(lot))).collect();
        let ours = ours.map_or(Ok(()), |(_, lot)| hash_lot(lot));
        let others =
            others.into_iter().map(|lot| lot.join().unwrap_or_else(|_| Err(anyhow::anyhow!("a thread ended early"))));
        others.fold(ours, Result::and)
    })
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
