//! An archive back from plain files.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::value::RawValue;

use super::target::Target;
use super::{
    Article, Copied, End, Forgotten, Former, Head, MANIFEST, Original, Place, SCHEMA, Skipped, Source, Watch, body,
    folder, hash, parts, path_bytes, place,
};
use crate::archive::chunks::ChunkReader;
use crate::archive::opening::create_directory;
use crate::archive::schema::{FILE, damage, explain};
use crate::archive::seal::{FORMER, GONE, ORIGINALS, SOURCES, STATES, seal_of_numbers};
use crate::archive::stream::{APART, Stream};
use crate::archive::writer::Writer;
use crate::archive::{FileInfo, Summary, Wait, row_seal};
use crate::article::ArticleId;
use crate::problem::{Failure, FailureKind, is_damage};

/// The longest line read of a manifest: an article's summary and a thousand places of it take a hundredth.
const LONGEST: u64 = 64 << 20;

/// Written to the archive at once, in bytes.
const COMMIT: u64 = 32 << 20;

/// Makes a new archive in `dir`, which must not exist or be an empty folder, of the plain files in `from`. It is made apart and
/// renamed: either all is there or nothing. The index is not made.
///
/// # Errors
/// [`FailureKind::Usage`] when `dir` is something else or `from` holds no such files; [`FailureKind::Surroundings`] when the
/// archive cannot be written. Damage is told to `watch` and no error: what is sound is in the new archive.
pub fn import(from: &Path, dir: &Path, watch: &mut dyn Watch) -> Result<Copied> {
    if dir.join(FILE).exists() {
        let message = format!(
            "{}: there is an archive already; nothing was written: name a new folder with --archive",
            dir.display()
        );
        return Err(Failure::error(FailureKind::Usage, message));
    }
    let target = Target::find(dir)?;
    let manifest = folder::open(from, Path::new(MANIFEST)).map_err(|error| {
        let path = from.join(MANIFEST);
        let message = format!("{}: {error}; name a folder that `newsgrep export-archive` wrote", path.display());
        Failure::error(FailureKind::Usage, message)
    })?;
    let absolute = std::path::absolute(dir)?;
    let parents = absolute.ancestors().skip(1);
    let new: Vec<&Path> = parents.take_while(|parent| fs::symlink_metadata(parent).is_err()).collect();
    absolute.parent().map_or(Ok(()), create_directory)?;
    let copied = target.fill(FILE, |part| {
        let imported = Import::begin(from, part, watch).and_then(|import| import.run(manifest));
        imported.map_err(|error| explain(part, error))
    });
    if !copied.as_ref().is_ok_and(|copied| !copied.interrupted) {
        // The innermost comes first; one that somebody else has put something into stays.
        new.iter().for_each(|parent| drop(fs::remove_dir(parent)));
    }
    copied
}

struct Import<'a> {
    from: PathBuf,
    watch: &'a mut dyn Watch,
    writer: Writer,
    chunks: ChunkReader,
    /// The originals that have a row: whether they are what they were, and where their next record apart begins.
    originals: HashMap<u64, (bool, i64)>,
    articles: HashMap<ArticleId, i64>,
    sources: i64,
    ended: bool,
    uncommitted: u64,
    copied: Copied,
}

impl<'a> Import<'a> {
    fn begin(from: &Path, part: &Path, watch: &'a mut dyn Watch) -> Result<Self> {
        Ok(Self {
            from: from.to_owned(),
            watch,
            writer: Writer::open_or_create(part, &Wait::No)?,
            chunks: ChunkReader::new()?,
            originals: HashMap::new(),
            articles: HashMap::new(),
            sources: 0,
            ended: false,
            uncommitted: 0,
            copied: Copied::default(),
        })
    }

    fn run(mut self, manifest: File) -> Result<Copied> {
        let total = manifest.metadata().map_or(0, |metadata| metadata.len());
        let mut manifest = BufReader::new(manifest);
        let (mut number, mut read, mut line) = (0, 0, Vec::new());
        loop {
            line.clear();
            let length = manifest.by_ref().take(LONGEST).read_until(b'\n', &mut line).context("manifest.jsonl")?;
            if length == 0 || self.ended {
                break;
            }
            if self.watch.stopped() {
                self.copied.interrupted = true;
                return Ok(self.copied);
            }
            let taken = self.writer.changing(|_| Ok(())).and_then(|()| self.take(&line, number));
            number += 1;
            match taken {
                Err(error) if is_damage(&error) => self.name(&format!("manifest.jsonl, line {number}: {error}")),
                other => other?,
            }
            read += length as u64;
            self.watch.progress(read, total);
            if self.uncommitted > COMMIT {
                self.uncommitted = 0;
                self.writer.commit()?;
            }
        }
        if !self.ended {
            self.name("manifest.jsonl is cut off");
        }
        self.finish()
    }

    fn take(&mut self, line: &[u8], number: u64) -> Result<()> {
        let text = std::str::from_utf8(line).map_err(|_| damage("is not what was written"))?;
        let (kind, body) = parts(text.trim_end())?;
        match kind.as_str() {
            "archive" => self.head(&body),
            "original" => self.original(&body),
            "source" => self.source(&body),
            "article" => self.article(&body),
            "forgotten" => self.forgotten(&body),
            "skipped" => self.skipped(&body),
            "end" => self.end(&body, number),
            _ => Err(damage(format!("newsgrep knows no {kind}"))),
        }
    }

    fn head(&mut self, text: &RawValue) -> Result<()> {
        let head: Head = body(text)?;
        if head.schema > SCHEMA {
            let message = format!("these files have version {}, this newsgrep knows up to {SCHEMA}", head.schema);
            return Err(Failure::error(FailureKind::Surroundings, message));
        }
        self.writer.adopt(hash(&head.fingerprint)?, head.created);
        Ok(())
    }

    fn original(&mut self, text: &RawValue) -> Result<()> {
        let original: Original = body(text)?;
        let id = original.number.cast_signed();
        let full = original.hash.as_deref().map(hash).transpose()?;
        let stored = original.stored.as_deref().map(hash).transpose()?;
        if id < 1 || self.originals.contains_key(&original.number) {
            return Err(damage(format!("original {id} stands here twice")));
        }
        let name = stored.map(|stored| place("originals", &stored));
        let file = name.as_deref().map(|name| folder::open(&self.from, name).map_err(|error| wrong(&error)));
        let (file, wrong) = match file {
            Some(Ok(file)) => (Some(file), None),
            Some(Err(wrong)) => (None, Some(wrong)),
            None => (None, Some("is missing".to_owned())),
        };
        let (found, length) = file.map_or(Ok((None, 0)), |file| self.store(id, file))?;
        let sound = stored.is_some() && found == stored;
        if !sound {
            let path = name.map_or_else(|| PathBuf::from(format!("original {id}")), |name| self.from.join(name));
            let wrong = wrong.as_deref().unwrap_or("is not what it was");
            self.name(&format!("{}: {wrong}; what of its articles is sound is taken", path.display()));
        }
        // What is damaged counts as read in part: the next ingest of its path makes it whole.
        let full = full.filter(|_| sound);
        let kept = stored.filter(|_| sound && original.redacted);
        let length = if sound { original.length } else { length };
        let insert = "INSERT INTO originals (id, hash, kept, reader, length, seal) VALUES (?, ?, ?, ?, ?, 0)";
        self.writer.connection.prepare_cached(insert)?.execute((id, full, kept, &original.reader, length))?;
        ORIGINALS.set(&self.writer.connection, id)?;
        self.originals.insert(original.number, (sound, APART));
        self.copied.originals += 1;
        Ok(())
    }

    /// Stores the bytes of a file as those of an original; gives their hash and length.
    fn store(&mut self, id: i64, mut file: File) -> Result<(Option<[u8; 32]>, i64)> {
        let mut hasher = blake3::Hasher::new();
        let mut stream = Stream::new(id, 0);
        let mut buffer = vec![0; 1 << 16];
        loop {
            // What cannot be read to its end is what it is up to there.
            let length = file.read(&mut buffer).unwrap_or(0);
            let bytes = buffer.get(..length).unwrap_or_default();
            if bytes.is_empty() {
                break;
            }
            hasher.update(bytes);
            stream.append(&self.writer.connection, &mut self.writer.chunks, bytes)?;
            self.uncommitted += length as u64;
        }
        stream.finish(&self.writer.connection, &mut self.writer.chunks)?;
        Ok((Some(*hasher.finalize().as_bytes()), stream.end()))
    }

    fn source(&mut self, text: &RawValue) -> Result<()> {
        let source: Source = body(text)?;
        let path = path_bytes(&source.path, source.path_base64.as_deref())?;
        let known = |number: Option<u64>| number.filter(|number| self.originals.contains_key(number));
        let sound = |number: &u64| self.originals.get(number).is_some_and(|(sound, _)| *sound);
        let original = known(source.original);
        let partial = known(source.partial).or(original.filter(|original| !sound(original)));
        let (original, partial) = (original.filter(sound).map(u64::cast_signed), partial.map(u64::cast_signed));
        self.sources += 1;
        let insert =
            "INSERT OR IGNORE INTO sources (id, path, size, mtime_ns, inode, device, original, partial, first_seen,
                      last_read, ctime_ns, gone_since, seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)";
        let inserted = self.writer.connection.prepare_cached(insert)?.execute(rusqlite::params![
            self.sources,
            path,
            source.size,
            source.mtime_ns,
            source.inode,
            source.device,
            original,
            partial,
            source.first_seen,
            source.last_read,
            source.ctime_ns,
            source.gone_since
        ])?;
        if inserted == 0 {
            return Err(damage("a path stands here twice"));
        }
        SOURCES.set(&self.writer.connection, self.sources)?;
        for Former { original, until } in source.former {
            if self.originals.contains_key(&original) {
                let insert = "INSERT OR IGNORE INTO former VALUES (?, ?, ?, 0)";
                let values = (original.cast_signed(), self.sources, until);
                self.writer.connection.prepare_cached(insert)?.execute(values)?;
                FORMER.set(&self.writer.connection, original.cast_signed())?;
            }
        }
        Ok(())
    }

    fn article(&mut self, text: &RawValue) -> Result<()> {
        let article: Article = body(text)?;
        let (bytes_hash, text_hash) = (hash(&article.hash)?, hash(&article.text_hash)?);
        let id = ArticleId::of_hash(&bytes_hash);
        if id.to_string() != article.id || self.articles.contains_key(&id) {
            return Err(damage(format!("article {id} makes no sense here")));
        }
        self.writer.chunks.close_pack(&self.writer.connection)?;
        let row = i64::try_from(self.articles.len())? + 1;
        let mut places = 0;
        for record in &article.records {
            match self.record(row, record, &bytes_hash) {
                Err(error) if is_damage(&error) => {
                    self.name(&format!(
                        "article {id}, record {} of original {}: {error}",
                        record.number, record.original
                    ));
                }
                other => {
                    other?;
                    places += 1;
                }
            }
        }
        if places == 0 {
            return Err(damage(format!("article {id} is lost")));
        }
        self.articles.insert(id, row);
        let summary: Summary = body(&article.summary)?;
        let (first, last) = summary.days().unzip();
        let json = article.summary.get();
        let seal =
            row_seal(&bytes_hash, &text_hash, &article.reader, article.cleaner, article.added, (first, last), json);
        let previous = article.previous.and_then(|id| u64::from_str_radix(&id, 16).ok());
        let previous = previous.and_then(|id| self.articles.get(&ArticleId(id)).copied());
        let insert =
            "INSERT INTO articles (id, public, hash, text_hash, reader, cleaner, added, changed, live, previous,
             date_first, date_last, truncated, summary, seal, state_seal)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, 0)";
        self.writer.connection.prepare_cached(insert)?.execute(rusqlite::params![
            row,
            id.0.cast_signed(),
            bytes_hash,
            text_hash,
            article.reader,
            article.cleaner,
            article.added,
            self.writer.this_sequence(),
            previous,
            first,
            last,
            summary.truncated,
            json,
            seal
        ])?;
        self.copied.articles += 1;
        Ok(())
    }

    /// Takes a record whose bytes are those of the article.
    fn record(&mut self, article: i64, record: &Place, bytes_hash: &[u8; 32]) -> Result<()> {
        let Some((_, apart)) = self.originals.get_mut(&record.original) else {
            return Err(damage("the original is missing"));
        };
        let original = record.original.cast_signed();
        let connection = &self.writer.connection;
        let (offset, length) = match (record.offset, record.length) {
            (Some(offset), Some(length)) => {
                let range = offset.max(0)..offset.saturating_add(length.max(0)).min(APART);
                let mut hasher = blake3::Hasher::new();
                self.chunks.read(connection, original, range, &mut |bytes| {
                    hasher.update(bytes);
                    Ok(())
                })?;
                if hasher.finalize() != *bytes_hash {
                    return Err(damage("is not what it was"));
                }
                (offset, length)
            }
            _ => {
                let mut bytes = Vec::new();
                let file = folder::open(&self.from, &place("records", bytes_hash)).map_err(|error| wrong(&error));
                file.map_err(damage)?.read_to_end(&mut bytes).map_err(|error| damage(error.to_string()))?;
                if blake3::hash(&bytes) != *bytes_hash {
                    return Err(damage("is not what it was"));
                }
                let mut stream = Stream::new(original, *apart);
                stream.append(connection, &mut self.writer.chunks, &bytes)?;
                stream.finish(connection, &mut self.writer.chunks)?;
                self.uncommitted += bytes.len() as u64;
                let offset = *apart;
                *apart = stream.end();
                (offset, *apart - offset)
            }
        };
        let mut insert = connection.prepare_cached("INSERT OR IGNORE INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?)")?;
        let number = record.number;
        let place =
            (offset < APART).then_some((offset, length)).or(record.place.map(|[offset, length]| (offset, length)));
        let (file_offset, file_length) = place.unzip();
        let [row, start, bytes] = [article, offset, length].map(Some);
        let seal = seal_of_numbers([Some(original), Some(number), row, start, bytes, file_offset, file_length]);
        match insert.execute((original, number, row, start, bytes, seal, file_offset, file_length))? {
            0 => Err(damage("another record has its number")),
            _ => Ok(()),
        }
    }

    fn forgotten(&mut self, text: &RawValue) -> Result<()> {
        let forgotten: Forgotten = body(text)?;
        let id = u64::from_str_radix(&forgotten.id, 16).map_err(|_| damage("makes no sense"))?;
        let mut insert = self
            .writer
            .connection
            .prepare_cached("INSERT OR REPLACE INTO gone (public, changed, family, seal) VALUES (?, ?, ?, 0)")?;
        let family = forgotten.family.as_deref().and_then(|id| u64::from_str_radix(id, 16).ok()).unwrap_or(id);
        insert.execute((id.cast_signed(), self.writer.this_sequence(), family.cast_signed()))?;
        GONE.set(&self.writer.connection, id.cast_signed())?;
        self.copied.forgotten += 1;
        Ok(())
    }

    fn skipped(&mut self, text: &RawValue) -> Result<()> {
        let skipped: Skipped = body(text)?;
        let path = path_bytes(&skipped.path, skipped.path_base64.as_deref())?;
        let [size, inode, device, record, count] =
            [skipped.size, skipped.inode, skipped.device, skipped.record, skipped.count].map(i64::cast_unsigned);
        let Skipped { mtime_ns, ctime_ns, reason, readers, since, .. } = skipped;
        let file = FileInfo { path, size, mtime_ns, ctime_ns, inode, device, reader: String::new() };
        self.writer.add_skip(&file, record, &reason, count, readers, since)
    }

    fn end(&mut self, text: &RawValue, lines: u64) -> Result<()> {
        let end: End = body(text)?;
        self.ended = true;
        if end.lines == lines {
            Ok(())
        } else {
            Err(damage(format!("{} lines are missing", end.lines.abs_diff(lines))))
        }
    }

    /// Works out what follows from the rest, and makes it durable.
    fn finish(mut self) -> Result<Copied> {
        self.writer.changing(|writer| {
            writer.connection.execute_batch(
                "UPDATE articles SET live = 0 WHERE id NOT IN (SELECT r.article FROM records r JOIN sources s
                     ON s.original = r.original) AND id NOT IN (SELECT r.article FROM records r JOIN sources s
                     ON s.partial = r.original)",
            )?;
            STATES.set_all(&writer.connection)?;
            writer.count_rows()
        })?;
        self.writer.commit()?;
        Ok(self.copied)
    }

    fn name(&mut self, what: &str) {
        self.copied.damages += 1;
        self.watch.damage(what);
    }
}

/// What is wrong with a file that cannot be opened.
fn wrong(error: &io::Error) -> String {
    if error.kind() == ErrorKind::NotFound { "is missing".to_owned() } else { error.to_string() }
}
