//! Writes the index: one writer at a time, under the archive's lock.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::Context;
use tantivy::index::Segment;
use tantivy::indexer::UserOperation;
use tantivy::store::{Compressor, ZstdCompressor};
use tantivy::tokenizer::RawTokenizer;
use tantivy::{Index, IndexSettings, TantivyError, Term};

use super::Payload;
use super::document::Document;
use super::generation::{Generation, unwritable};
use super::merging::FewSegments;
use super::pending::{Room, Values};
use super::schema::Fields;
use super::segment::SegmentBuilder;
use super::terms::TOKENIZER;
use crate::archive::IndexCommit;
use crate::article::ArticleId;
use crate::problem::{Failure, FailureKind};

/// Memory for articles that take the place of others, in bytes: tantivy's writer takes those, in a thread of its own.
const HEAP: usize = 60_000_000;

/// How often segments that hold removed articles are looked for, and how long a merge under way is waited for each time.
const PURGES: usize = 3000;
const PAUSE: Duration = Duration::from_millis(20);

/// Writes an index. What was not committed is gone when it is dropped.
pub struct IndexWriter {
    dir: PathBuf,
    generation: Generation,
    fields: Fields,
    writer: tantivy::IndexWriter<Values>,
    room: Arc<Room>,
    /// The segment that takes in what is added.
    building: Option<SegmentBuilder>,
    /// Those before it, each written by a thread: one but at the end.
    writing: Writing,
    /// The articles of all these.
    unsettled: HashSet<ArticleId>,
    sequence: u64,
    /// Up to where in the archive all is added; and is in the segment that is written, and in those that are.
    added: u64,
    in_writing: u64,
    written: u64,
}

/// Articles whose segment is written in no time.
const QUICKLY_WRITTEN: usize = 2_000;

/// zstd's level for stored articles. In blocks of 32 kB level 2 makes .462 of French articles at 190 MB/s, 3 .456 at 155,
/// 1 .480 at 215.
const STORE_LEVEL: i32 = 2;

impl IndexWriter {
    /// Opens the index of a commit in `root`, whose files are as they were recorded. `None` when it is of another version:
    /// build a new one.
    ///
    /// # Errors
    /// The index cannot be opened or written.
    pub fn open(root: &Path, commit: &IndexCommit) -> anyhow::Result<Option<Self>> {
        if commit.folder.is_empty() {
            return Ok(None);
        }
        let generation = Generation::open(root, commit)?;
        let Ok(index) = Index::open(generation.directory.clone()) else { return Ok(None) };
        let payload: Option<Payload> =
            index.load_metas()?.payload.and_then(|payload| serde_json::from_str(&payload).ok());
        let fields = Fields::new();
        match payload.filter(|payload| payload.is_current() && index.schema() == fields.schema) {
            Some(payload) => Self::start(generation, &index, fields, payload.sequence).map(Some),
            None => Ok(None),
        }
    }

    /// Starts an empty index in `root`, beside any other. Its commits get numbers after `number`.
    ///
    /// # Errors
    /// A directory that cannot be made or written.
    pub fn create(root: &Path, number: u64) -> anyhow::Result<Self> {
        let context = || format!("cannot make an index in {}", root.display());
        let fields = Fields::new();
        let settings = IndexSettings {
            docstore_compression: Compressor::Zstd(ZstdCompressor { compression_level: Some(STORE_LEVEL) }),
            docstore_blocksize: 32_768,
            ..IndexSettings::default()
        };
        let generation = Generation::create(root, number)?;
        let index =
            Index::create(generation.directory.clone(), fields.schema.clone(), settings).with_context(context)?;
        Self::start(generation, &index, fields, 0).with_context(context)
    }

    fn start(generation: Generation, index: &Index, fields: Fields, sequence: u64) -> anyhow::Result<Self> {
        index.tokenizers().register(TOKENIZER, RawTokenizer::default());
        let writer = index.writer_with_num_threads(1, HEAP)?;
        writer.set_merge_policy(Box::new(FewSegments { goes_on: true }));
        Ok(Self {
            dir: generation.path(),
            generation,
            fields,
            writer,
            room: Arc::default(),
            building: None,
            writing: Writing(Vec::new()),
            unsettled: HashSet::new(),
            sequence,
            added: sequence,
            in_writing: sequence,
            written: sequence,
        })
    }

    /// The archive's sequence number that the last commit is up to.
    #[must_use]
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Adds an article that is not in the index.
    ///
    /// # Errors
    /// The index cannot be written.
    pub fn add(&mut self, document: &Document) -> anyhow::Result<()> {
        let add = |building: &mut Option<SegmentBuilder>, index: &Index| -> tantivy::Result<bool> {
            let mut segment = building.take().map_or_else(|| SegmentBuilder::new(index), Ok)?;
            segment.add(document)?;
            Ok(building.insert(segment).is_full())
        };
        let full = add(&mut self.building, self.writer.index()).map_err(|error| failed(&self.dir, &error))?;
        self.unsettled.insert(document.id);
        if full { self.write_segment() } else { Ok(()) }
    }

    /// Adds an article in place of what the index has under its name.
    ///
    /// tantivy's own writer takes it: in what order it deletes and adds, it alone knows.
    ///
    /// # Errors
    /// The index cannot be written.
    pub fn replace(&mut self, document: Document) -> anyhow::Result<()> {
        self.settle(document.id)?;
        let delete = UserOperation::Delete(self.name(document.id));
        let values = document.into_values(&self.fields).wait(&self.room);
        self.writer.run([delete, UserOperation::Add(values)]).map_err(|error| failed(&self.dir, &error))?;
        Ok(())
    }

    /// Removes an article.
    ///
    /// # Errors
    /// The index cannot be written.
    pub fn delete(&mut self, id: ArticleId) -> anyhow::Result<()> {
        self.settle(id)?;
        self.writer.delete_term(self.name(id));
        Ok(())
    }

    /// Has an article among the index's segments, if it was added: there it can be deleted.
    fn settle(&mut self, id: ArticleId) -> anyhow::Result<()> {
        if self.unsettled.contains(&id) { self.write_all() } else { Ok(()) }
    }

    /// Has a thread write the segment in the making. While more is added only one is written at a time.
    fn write_segment(&mut self) -> anyhow::Result<()> {
        self.take_written()?;
        self.finish();
        Ok(())
    }

    /// Has threads write all that was added, and does not wait for them: something else can be done before the commit.
    pub fn finish(&mut self) {
        self.in_writing = self.added;
        self.writing.0.extend(self.building.take().map(|segment| thread::spawn(|| segment.write())));
    }

    /// Waits for the segments that are written, and adds them to the index.
    fn take_written(&mut self) -> anyhow::Result<()> {
        while let Some(written) = self.writing.wait() {
            let added = written.and_then(|segment| self.writer.add_segment(segment.meta().clone()));
            added.map_err(|error| failed(&self.dir, &error))?;
        }
        self.written = self.in_writing;
        Ok(())
    }

    fn write_all(&mut self) -> anyhow::Result<()> {
        self.finish();
        self.take_written()?;
        self.unsettled.clear();
        Ok(())
    }

    fn name(&self, id: ArticleId) -> Term {
        Term::from_field_u64(self.fields.id, id.0)
    }

    /// Has everything so far in one commit, as of the archive's `sequence`. It counts when it is recorded.
    ///
    /// # Errors
    /// The index cannot be written.
    pub fn commit(&mut self, sequence: u64) -> anyhow::Result<()> {
        self.write_all()?;
        self.writer.set_merge_policy(Box::new(FewSegments { goes_on: false }));
        self.publish(sequence)
    }

    /// Completes the last commit on the disk, before merges are waited for, and gives what is to be recorded.
    ///
    /// # Errors
    /// The index cannot be written.
    pub fn complete(&mut self) -> anyhow::Result<IndexCommit> {
        self.generation.commit(self.sequence)
    }

    /// Says that a commit was recorded: files that only an earlier one had may go.
    pub fn recorded(&self, commit: &IndexCommit) {
        self.generation.recorded(commit);
    }

    /// Says that all that the archive has up to `sequence` is added.
    pub const fn mark(&mut self, sequence: u64) {
        self.added = sequence;
    }

    /// Whether a commit may take a second.
    #[must_use]
    pub fn commits_slowly(&self) -> bool {
        self.unsettled.len() > QUICKLY_WRITTEN
    }

    /// Ends at once: what is written is committed up to the last mark that it reaches, and the rest is dropped. Merges under
    /// way are, too.
    ///
    /// # Errors
    /// The index cannot be written.
    pub fn leave(mut self) -> anyhow::Result<Option<(Generation, u64)>> {
        if self.writing.0.iter().all(JoinHandle::is_finished) {
            self.take_written()?;
        }
        // The thread ends with the process; what it leaves is cleared when the index is opened again.
        self.writing.0.clear();
        if self.written == self.sequence {
            return Ok(None);
        }
        self.publish(self.written)?;
        Ok(Some((self.generation, self.written)))
    }

    fn publish(&mut self, sequence: u64) -> anyhow::Result<()> {
        let mut commit = self.writer.prepare_commit().map_err(|error| failed(&self.dir, &error))?;
        commit.set_payload(&serde_json::to_string(&Payload::now(sequence))?);
        commit.commit().map_err(|error| failed(&self.dir, &error))?;
        self.sequence = sequence;
        Ok(())
    }

    /// Removes what is left on the disk of articles that were removed: segments that hold some are written anew. Slow where
    /// the index is large; the commit must have been made.
    ///
    /// # Errors
    /// The index cannot be written.
    pub fn purge(&mut self) -> anyhow::Result<()> {
        let mut purge = || -> tantivy::Result<()> {
            for _ in 0..PURGES {
                let segments = self.writer.index().searchable_segment_metas()?;
                let mut holding = segments.iter().filter(|segment| segment.has_deletes()).peekable();
                if holding.peek().is_none() {
                    break;
                }
                for segment in holding {
                    match self.writer.merge(&[segment.id()]).wait() {
                        // The commit set off a merge of its own that has this segment: it is looked at again.
                        Err(TantivyError::InvalidArgument(_)) => thread::sleep(PAUSE),
                        other => drop(other?),
                    }
                }
            }
            self.writer.garbage_collect_files().wait().map(drop)
        };
        purge().map_err(|error| failed(&self.dir, &error))
    }

    /// Waits for merges to end and closes the index. Its last commit may have other files now: complete and record it.
    ///
    /// # Errors
    /// The index cannot be written.
    pub fn close(self) -> anyhow::Result<Generation> {
        self.writer.wait_merging_threads().map_err(|error| failed(&self.dir, &error))?;
        Ok(self.generation)
    }
}

/// Threads that write a segment each, in the order they began. They are not left alone in the folder.
struct Writing(Vec<JoinHandle<tantivy::Result<Segment>>>);

impl Writing {
    /// Waits for the first of them; `None` when there is none.
    fn wait(&mut self) -> Option<tantivy::Result<Segment>> {
        let ended = (!self.0.is_empty()).then(|| self.0.remove(0))?.join();
        Some(ended.unwrap_or_else(|_| Err(TantivyError::ErrorInThread("it panicked".to_owned()))))
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        while self.wait().is_some() {}
    }
}

/// tantivy says of a thread that failed only that it did; it hardly ever fails but by a write.
fn failed(dir: &Path, error: &TantivyError) -> anyhow::Error {
    let what = match error {
        TantivyError::ErrorInThread(_) => "a write failed; is the disk full?".to_owned(),
        other => format!("{other}."),
    };
    let message =
        format!("{}: {what} What was added stays in the archive: run again when there is room", unwritable(dir));
    Failure::error(FailureKind::Surroundings, message)
}

#[cfg(test)]
mod tests;
