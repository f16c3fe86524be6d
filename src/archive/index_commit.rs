//! What the archive records of the index's last commit: which files it consists of, and what each holds.
//!
//! A commit of the index counts from the moment on that it is recorded here, in one transaction. Readers open what is recorded
//! and nothing else, so what a run leaves behind that is stopped before this moment is in nobody's way.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use anyhow::{Context, Result};
use rusqlite::{Connection, OptionalExtension};

use super::schema::{self, FILE, Meta, damage};

/// A commit of the index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IndexCommit {
    /// The folder its files lie in, within the index's own; empty for that itself, as in archives of format 1.
    pub folder: String,
    /// Its number: each commit has a greater one than the commit before.
    pub number: u64,
    /// The name of the file that tells which segments there are.
    pub meta: String,
    /// The archive's sequence number that it is up to.
    pub sequence: u64,
    /// The inode of the archive's database when this was recorded: another one tells a copy. 0 where that is not known.
    pub inode: u64,
    /// Its files.
    pub files: Vec<ManifestFile>,
}

/// A file of a commit of the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestFile {
    /// Its name in the commit's folder.
    pub name: String,
    /// Its length in bytes.
    pub length: u64,
    /// When it was last modified, in nanoseconds since 1970.
    pub modified: i64,
    /// BLAKE3 of its bytes.
    pub hash: [u8; 32],
}

impl IndexCommit {
    /// Whether the archive in `dir` is a copy of the one in which this was recorded: the times of its files tell nothing then.
    #[must_use]
    pub fn is_copy(&self, dir: &Path) -> bool {
        self.inode != inode(dir).unwrap_or_default()
    }

    pub(super) fn load(connection: &Connection) -> Result<Option<Self>> {
        let mut select =
            connection.prepare_cached("SELECT folder, number, meta, sequence, inode, seal FROM index_commit")?;
        let found = select.query_row([], |row| {
            let commit = Self {
                folder: row.get(0)?,
                number: row.get::<_, i64>(1)?.cast_unsigned(),
                meta: row.get(2)?,
                sequence: row.get::<_, i64>(3)?.cast_unsigned(),
                inode: row.get::<_, i64>(4)?.cast_unsigned(),
                files: Vec::new(),
            };
            Ok((commit, row.get::<_, i64>(5)?))
        });
        // Where the row about the archive is damaged, what is recorded here is still believed by its own checksum.
        let number = Meta::load(connection).map(|meta| meta.index_commit);
        let Some((mut commit, seal)) = found.optional()? else {
            return if number? == 0 { Ok(None) } else { Err(damaged()) };
        };
        commit.files = Self::files(connection)?;
        let is_last = number.map_or(true, |number| number == commit.number.cast_signed());
        let is_sound = seal == commit.seal() && is_last;
        if is_sound { Ok(Some(commit)) } else { Err(damaged()) }
    }

    pub(super) fn files(connection: &Connection) -> Result<Vec<ManifestFile>> {
        let mut select =
            connection.prepare_cached("SELECT name, length, modified, hash FROM manifest ORDER BY name")?;
        let files = select.query_map([], |row| {
            let length = row.get::<_, i64>(1)?.cast_unsigned();
            Ok(ManifestFile { name: row.get(0)?, length, modified: row.get(2)?, hash: row.get(3)? })
        })?;
        Ok(files.collect::<rusqlite::Result<_>>()?)
    }

    /// Takes the place of what is recorded.
    pub(super) fn store(&self, connection: &Connection) -> Result<()> {
        connection.execute("DELETE FROM manifest", [])?;
        let mut insert = connection.prepare_cached("INSERT INTO manifest VALUES (?, ?, ?, ?)")?;
        for file in &self.files {
            insert.execute((&file.name, file.length.cast_signed(), file.modified, file.hash))?;
        }
        let [number, sequence, inode] = [self.number, self.sequence, self.inode].map(u64::cast_signed);
        connection.execute("DELETE FROM index_commit", [])?;
        connection.execute(
            "INSERT INTO index_commit VALUES (1, ?, ?, ?, ?, ?, ?)",
            (&self.folder, number, &self.meta, sequence, inode, self.seal()),
        )?;
        Ok(())
    }

    fn seal(&self) -> i64 {
        let numbers = [self.number, self.sequence, self.inode].map(u64::to_le_bytes);
        let mut fields: Vec<Vec<u8>> =
            Vec::from([self.folder.clone().into(), self.meta.clone().into(), numbers.as_flattened().to_vec()]);
        for file in &self.files {
            fields.push(file.name.clone().into());
            fields.push([file.length.to_le_bytes(), file.modified.to_le_bytes()].concat());
            fields.push(file.hash.to_vec());
        }
        schema::seal(&fields.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }
}

fn damaged() -> anyhow::Error {
    damage("what the archive records of its index is damaged: `newsgrep reindex` records it anew")
}

/// The inode of the archive's database.
pub(super) fn inode(dir: &Path) -> Result<u64> {
    let path = dir.join(FILE);
    Ok(fs::metadata(&path).with_context(|| format!("{}", path.display()))?.ino())
}
