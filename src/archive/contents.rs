//! What an archive holds, in one hash.

use anyhow::Result;

use super::Reader;

/// What an archive holds, told briefly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// BLAKE3 over the sorted BLAKE3 hashes of the live articles' records: the same clippings give the same hash, in any
    /// archive, in whatever order and from whatever paths they came.
    pub hash: [u8; 32],
    /// The versions of the cleaning rules that made the texts, in order.
    pub cleaners: Vec<u32>,
}

impl Reader {
    /// What the archive holds now.
    ///
    /// # Errors
    /// When the database fails.
    pub fn contents(&self) -> Result<Contents> {
        self.explained(|| {
            let mut select = self.connection.prepare_cached("SELECT hash, cleaner FROM articles WHERE live")?;
            let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let (mut hashes, mut cleaners): (Vec<[u8; 32]>, Vec<u32>) = (Vec::new(), Vec::new());
            for row in rows {
                let (hash, cleaner) = row?;
                hashes.push(hash);
                if !cleaners.contains(&cleaner) {
                    cleaners.push(cleaner);
                }
            }
            hashes.sort_unstable();
            cleaners.sort_unstable();
            Ok(Contents { hash: *blake3::hash(hashes.as_flattened()).as_bytes(), cleaners })
        })
    }
}
