//! The articles that the index stores, as it stored them.

use anyhow::Context;
use tantivy::schema::{Field, Value};
use tantivy::store::StoreReader;
use tantivy::{DocId, TantivyDocument};

use crate::article::Article;

/// An article read back from the index.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The article.
    pub article: Article,
    /// BLAKE3 of its JSON: what the archive recorded as its text hash, unless the index is damaged.
    pub text_hash: [u8; 32],
}

/// Reads the article of one document.
pub(super) fn stored_article(store: &StoreReader, doc: DocId, field: Field) -> anyhow::Result<Stored> {
    let document: TantivyDocument = store.get(doc)?;
    let json = document.get_first(field).and_then(|value| value.as_bytes()).context("a document without article")?;
    Ok(Stored { article: serde_json::from_slice(json)?, text_hash: *blake3::hash(json).as_bytes() })
}
