//! The index: derived from the archive, made for search, may be deleted at any time.
//!
//! The only room that names tantivy. What others see of it is the seam: [`IndexWriter`] (create, add, delete, commit) and
//! [`Searcher`] (open, find a [`Query`](crate::query::Query), give back articles). Another engine fed with the terms that
//! `french` makes can stand behind the same seam.
//!
//! On disk: a folder a rebuild, with segments of tantivy and, for each commit, a file that names its segments and carries as
//! payload the version of the analysis and the sequence number of the archive that it is up to. Each file is written once. A
//! commit counts when the archive has recorded it; a searcher opens the recorded one, and never writes.

mod beside;
mod compile;
mod directory;
mod document;
mod evaluate;
mod excluded;
mod expand;
mod generation;
mod guard;
mod inversion;
mod lexicon;
mod manifest;
mod merging;
mod pending;
mod salvage;
mod schema;
mod searcher;
mod segment;
mod spans;
mod stored;
mod tally;
mod terms;
mod top;
mod verify;
mod walk;
mod weights;
mod words;
mod writer;

use serde::{Deserialize, Serialize};

pub use document::{Document, DocumentBuilder, Entry};
pub(crate) use evaluate::{Finder, Mark};
pub use generation::{Generation, folder, sweep_others};
pub use manifest::{Fault, Trust, verify, with_times};
pub use salvage::salvage;
pub use searcher::{Hit, Page, Searcher};
pub use stored::Stored;
pub use tally::{Days, Name, Named, Names};
pub use top::Sort;
pub(crate) use walk::{Section, sections};
pub use writer::IndexWriter;

/// The index's folder in the archive's.
pub const FOLDER: &str = "index";

/// The version of fields and positions; another means a rebuild, as another [`crate::french::ANALYSIS_VERSION`] does.
pub const INDEX_VERSION: u32 = 2;

/// What a commit says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Payload {
    /// [`INDEX_VERSION`].
    index: u32,
    /// [`crate::french::ANALYSIS_VERSION`].
    analysis: u32,
    /// The archive's sequence number that the index is up to.
    sequence: u64,
}

impl Payload {
    const fn now(sequence: u64) -> Self {
        Self { index: INDEX_VERSION, analysis: crate::french::ANALYSIS_VERSION, sequence }
    }

    const fn is_current(self) -> bool {
        self.index == INDEX_VERSION && self.analysis == crate::french::ANALYSIS_VERSION
    }
}
