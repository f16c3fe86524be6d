//! An archive out into plain files.

use std::collections::HashMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rusqlite::Row;
use serde::Serialize;
use serde_json::value::RawValue;

use super::target::Target;
use super::{
    Article, Copied, End, Forgotten, Former, Head, MANIFEST, Original, Place, README, README_NAME, SCHEMA, Skipped,
    Source, Watch, hex, line, path_text, place,
};
use crate::archive::opening::sync_directory;
use crate::archive::reader::Reader;
use crate::archive::record;
use crate::archive::rows::{ROW, article_row};
use crate::archive::schema::{Meta, damage};
use crate::archive::stream::APART;
use crate::article::ArticleId;
use crate::problem::is_damage;

/// Writes the whole archive as plain files to `dir`, which must not exist or be an empty folder. They are written apart, synced,
/// and renamed: either all is there or nothing.
///
/// # Errors
/// [`crate::problem::FailureKind::Usage`] when `dir` is something else, before anything is written;
/// [`crate::problem::FailureKind::Surroundings`] when it cannot be written. Damage in the archive is told to `watch` and no
/// error.
pub fn export(archive: &Reader, dir: &Path, watch: &mut dyn Watch) -> Result<Copied> {
    let target = Target::find(dir)?;
    let _snapshot = archive.snapshot()?;
    target.fill(MANIFEST, |part| {
        archive.explained(|| {
            let mut export = Export::begin(archive, part, watch)?;
            export.run()?;
            Ok(export.copied)
        })
    })
}

struct Export<'a> {
    archive: &'a Reader,
    part: PathBuf,
    watch: &'a mut dyn Watch,
    manifest: BufWriter<File>,
    lines: u64,
    /// The numbers of the originals by their rows; `None` for one whose bytes are damaged.
    numbers: HashMap<i64, (u64, bool)>,
    folders: Vec<PathBuf>,
    copied: Copied,
    total: u64,
}

impl<'a> Export<'a> {
    fn begin(archive: &'a Reader, part: &Path, watch: &'a mut dyn Watch) -> Result<Self> {
        make_folder(part)?;
        let mut readme = create(&part.join(README_NAME))?;
        readme.write_all(README.as_bytes())?;
        readme.sync_all()?;
        let count = "SELECT (SELECT count(*) FROM originals) + (SELECT count(*) FROM articles)";
        Ok(Self {
            archive,
            part: part.to_owned(),
            watch,
            manifest: BufWriter::new(create(&part.join(MANIFEST))?),
            lines: 0,
            numbers: HashMap::new(),
            folders: Vec::from([part.to_owned()]),
            copied: Copied::default(),
            total: archive.connection.query_row(count, [], |row| row.get::<_, i64>(0))?.cast_unsigned(),
        })
    }

    fn run(&mut self) -> Result<()> {
        let meta = Meta::load(&self.archive.connection)?;
        self.line("archive", &Head { schema: SCHEMA, fingerprint: hex(&meta.fingerprint), created: meta.created })?;
        self.each("SELECT id, reader, length, hash, kept FROM originals ORDER BY id", Self::original)?;
        self.each("SELECT id, path, size, mtime_ns, inode, device, original, partial, first_seen, last_read, ctime_ns, gone_since FROM sources ORDER BY id", Self::source)?;
        self.each(&format!("{ROW} ORDER BY id"), Self::article)?;
        self.each(
            "SELECT public, family FROM gone WHERE public NOT IN (SELECT public FROM articles) ORDER BY 1",
            Self::forgotten,
        )?;
        self.each(
            "SELECT path, record, reason, count, size, mtime_ns, ctime_ns, inode, device, readers, since FROM skipped
             ORDER BY path, record",
            Self::skipped,
        )?;
        self.line("end", &End { lines: self.lines })?;
        self.manifest.flush()?;
        self.manifest.get_ref().sync_all()?;
        self.folders.iter().try_for_each(|folder| sync_directory(folder))
    }

    /// Takes each row of a table in turn; one that is damaged is named and passed over.
    fn each(&mut self, query: &str, take: fn(&mut Self, &Row<'_>) -> Result<()>) -> Result<()> {
        let archive = self.archive;
        let mut select = archive.connection.prepare(query)?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            if self.copied.interrupted || self.watch.stopped() {
                self.copied.interrupted = true;
                break;
            }
            match take(self, row) {
                Err(error) if is_damage(&error) => self.name(&error.to_string()),
                other => other?,
            }
        }
        Ok(())
    }

    fn original(&mut self, row: &Row<'_>) -> Result<()> {
        let id: i64 = row.get(0)?;
        let number = self.numbers.len() as u64 + 1;
        self.numbers.insert(id, (number, false));
        let (hash, kept): (Option<[u8; 32]>, Option<[u8; 32]>) = (row.get(3)?, row.get(4)?);
        let stored = match self.store_original(id, kept.or(hash)) {
            Err(error) if is_damage(&error) => {
                self.name(&format!("original {number}: {error}; its articles are written one by one"));
                None
            }
            other => Some(other?),
        };
        self.numbers.insert(id, (number, stored.is_some()));
        let (hash, stored) = (hash.as_ref().map(hex), stored.as_ref().map(hex));
        let (reader, length) = (row.get(1)?, row.get(2)?);
        self.line("original", &Original { number, reader, length, hash, stored, redacted: kept.is_some() })?;
        self.copied.originals += 1;
        self.progress();
        Ok(())
    }

    /// Writes the bytes of an original; gives their hash.
    fn store_original(&mut self, id: i64, hash: Option<[u8; 32]>) -> Result<[u8; 32]> {
        let path = self.part.join("unfinished");
        let mut file = BufWriter::new(create(&path)?);
        let mut hasher = blake3::Hasher::new();
        let (connection, chunks) = (&self.archive.connection, &self.archive.chunks);
        let written = record::original(connection, &mut chunks.borrow_mut(), id, hash.as_ref(), &mut |bytes| {
            hasher.update(bytes);
            file.write_all(bytes).with_context(|| format!("{}: cannot be written", path.display()))
        });
        let hash = *hasher.finalize().as_bytes();
        let kept = written.and_then(|_| self.keep(file, "originals", &hash));
        if kept.is_err() {
            let _ = fs::remove_file(&path);
        }
        kept.map(|()| hash)
    }

    /// Puts a finished file where its name belongs, unless the same bytes are there.
    fn keep(&mut self, file: BufWriter<File>, folder: &str, hash: &[u8; 32]) -> Result<()> {
        let (from, to) = (self.part.join("unfinished"), self.part.join(place(folder, hash)));
        let file = file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        if to.exists() {
            return Ok(fs::remove_file(&from)?);
        }
        file.sync_all()?;
        for folder in [self.part.join(folder), to.parent().unwrap_or(&self.part).to_owned()] {
            if !folder.exists() {
                make_folder(&folder)?;
                self.folders.push(folder);
            }
        }
        fs::rename(&from, &to).with_context(|| format!("{}: cannot be written", to.display()))
    }

    fn source(&mut self, row: &Row<'_>) -> Result<()> {
        let id: i64 = row.get(0)?;
        let (path, path_base64) = path_text(row.get(1)?);
        let mut former = Vec::new();
        let connection = &self.archive.connection;
        let mut select = connection.prepare_cached("SELECT original, until FROM former WHERE source = ? ORDER BY 1")?;
        let mut rows = select.query([id])?;
        while let Some(row) = rows.next()? {
            if let Some((original, _)) = self.numbers.get(&row.get(0)?) {
                former.push(Former { original: *original, until: row.get(1)? });
            }
        }
        let number = |original: Option<i64>| Some(self.numbers.get(&original?)?.0);
        let source = Source {
            path,
            path_base64,
            size: row.get(2)?,
            mtime_ns: row.get(3)?,
            inode: row.get(4)?,
            device: row.get(5)?,
            original: number(row.get(6)?),
            partial: number(row.get(7)?),
            first_seen: row.get(8)?,
            last_read: row.get(9)?,
            former,
            ctime_ns: row.get(10)?,
            gone_since: row.get(11)?,
        };
        self.line("source", &source)
    }

    fn article(&mut self, row: &Row<'_>) -> Result<()> {
        let article = article_row(row)?;
        let previous = self.archive.previous(&article)?.map(|id| id.to_string());
        let summary = RawValue::from_string(row.get(11)?).map_err(|_| damage("a summary makes no sense"))?;
        let mut records = Vec::new();
        let connection = &self.archive.connection;
        let mut select = connection.prepare_cached(
            "SELECT original, number, offset, length, file_offset, file_length FROM records
                             WHERE article = ? ORDER BY 1, 2",
        )?;
        let mut rows = select.query([article.row])?;
        while let Some(row) = rows.next()? {
            let (number, offset): (i64, i64) = (row.get(1)?, row.get(2)?);
            let Some((original, whole)) = self.numbers.get(&row.get(0)?) else { continue };
            let inside = *whole && offset < APART;
            let (offset, length) = if inside { (Some(offset), Some(row.get(3)?)) } else { (None, None) };
            // A record that is a file of its own still lies somewhere in a file that is whole.
            let lies: Option<(i64, i64)> = row.get::<_, Option<i64>>(4)?.zip(row.get(5)?);
            let place = lies.filter(|_| *whole && !inside).map(|(offset, length)| [offset, length]);
            records.push(Place { original: *original, number, offset, length, place });
        }
        if records.iter().any(|record| record.offset.is_none()) {
            self.store_record(article.row, &article.hash)?;
        }
        let (hash, text_hash) = (hex(&article.hash), hex(&article.text_hash));
        let (id, reader, cleaner, added) = (article.id.to_string(), article.reader, article.cleaner, article.added);
        self.line("article", &Article { id, hash, text_hash, reader, cleaner, added, previous, summary, records })?;
        self.copied.articles += 1;
        self.progress();
        Ok(())
    }

    /// Writes the bytes of one article where no original has them.
    fn store_record(&mut self, row: i64, hash: &[u8; 32]) -> Result<()> {
        let bytes = record::bytes(&self.archive.connection, &mut self.archive.chunks.borrow_mut(), row, hash)
            .with_context(|| format!("article {}", ArticleId::of_hash(hash)));
        let bytes = bytes.map_err(|error| if is_damage(&error) { damage(format!("{error:#}")) } else { error })?;
        let mut file = BufWriter::new(create(&self.part.join("unfinished"))?);
        file.write_all(&bytes)?;
        self.keep(file, "records", hash)
    }

    fn forgotten(&mut self, row: &Row<'_>) -> Result<()> {
        self.copied.forgotten += 1;
        let name = |column| -> Result<String> { Ok(ArticleId(row.get::<_, i64>(column)?.cast_unsigned()).to_string()) };
        let (id, family) = (name(0)?, name(1)?);
        let family = Some(family).filter(|family| *family != id);
        self.line("forgotten", &Forgotten { id, family })
    }

    fn skipped(&mut self, row: &Row<'_>) -> Result<()> {
        let (path, path_base64) = path_text(row.get(0)?);
        let skipped = Skipped {
            path,
            path_base64,
            record: row.get(1)?,
            reason: row.get(2)?,
            count: row.get(3)?,
            size: row.get(4)?,
            mtime_ns: row.get(5)?,
            ctime_ns: row.get(6)?,
            inode: row.get(7)?,
            device: row.get(8)?,
            readers: row.get(9)?,
            since: row.get(10)?,
        };
        self.line("skipped", &skipped)
    }

    fn line(&mut self, kind: &str, body: &impl Serialize) -> Result<()> {
        self.lines += 1;
        self.manifest.write_all(line(kind, body)?.as_bytes()).context("manifest.jsonl: cannot be written")
    }

    fn name(&mut self, what: &str) {
        self.copied.damages += 1;
        self.watch.damage(what);
    }

    fn progress(&mut self) {
        self.watch.progress(self.copied.originals + self.copied.articles, self.total);
    }
}

fn create(path: &Path) -> Result<File> {
    let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    opened.with_context(|| format!("{}: cannot be written", path.display()))
}

fn make_folder(path: &Path) -> Result<()> {
    let made = DirBuilder::new().mode(0o700).create(path);
    made.with_context(|| format!("{}: cannot be made", path.display()))
}
