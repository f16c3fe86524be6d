//! Gets the stored articles out of an index that cannot be searched: damaged, or of another version.
//!
//! Only the files of stored documents are read, block by block. A text is believed if it has the hash that the archive recorded,
//! whatever became of the rest.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use tantivy::directory::footer::Footer;
use tantivy::directory::{Directory, MmapDirectory};
use tantivy::schema::{OwnedValue, TantivyDocument};
use tantivy::store::StoreReader;

use crate::article::Article;
use crate::fault;

/// The stored articles with these text hashes, found in any index below `root`: each as JSON, and what is read from it.
#[must_use]
pub fn salvage(root: &Path, wanted: &[[u8; 32]]) -> HashMap<[u8; 32], (Vec<u8>, Article)> {
    let mut found = HashMap::new();
    if wanted.is_empty() {
        return found;
    }
    for path in stores(root) {
        // Whatever is wrong with a file costs what is in it.
        let documents = fault::catch(|| Documents::open(&path)).ok().flatten();
        let Some(documents) = documents else { continue };
        for number in 0..documents.count {
            if found.len() == wanted.len() {
                return found;
            }
            let Ok(values) = fault::catch(|| documents.get(number)) else { continue };
            for json in values {
                let hash = *blake3::hash(&json).as_bytes();
                if !wanted.contains(&hash) {
                    continue;
                }
                if let Ok(article) = serde_json::from_slice(&json) {
                    found.insert(hash, (json, article));
                }
            }
        }
    }
    found
}

/// The files of stored documents in the index's root and the folders in it.
fn stores(root: &Path) -> Vec<PathBuf> {
    let entries = |folder: &Path| {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect::<Vec<_>>()
    };
    let mut found: Vec<PathBuf> = entries(root);
    found.extend(entries(root).iter().filter(|path| path.is_dir()).flat_map(|folder| entries(folder)));
    found.retain(|path| path.extension().is_some_and(|extension| extension == "store"));
    found.sort();
    found
}

/// The documents of one file.
struct Documents {
    reader: StoreReader,
    count: u32,
}

impl Documents {
    fn open(path: &Path) -> Option<Self> {
        let directory = MmapDirectory::open(path.parent()?).ok()?;
        let file = directory.open_read(Path::new(path.file_name()?)).ok()?;
        let (_, body) = Footer::extract_footer(file).ok()?;
        let reader = StoreReader::open(body, 1).ok()?;
        let count = reader.iter::<TantivyDocument>(None).size_hint().1?;
        Some(Self { count: u32::try_from(count).ok()?, reader })
    }

    /// The values of a document that are bytes.
    fn get(&self, number: u32) -> Vec<Vec<u8>> {
        let Ok(document) = self.reader.get::<TantivyDocument>(number) else { return Vec::new() };
        let values = document.field_values().map(|(_, value)| OwnedValue::from(value));
        values.filter_map(|value| if let OwnedValue::Bytes(bytes) = value { Some(bytes) } else { None }).collect()
    }
}
