//! Narrows a query that finds too much to the documents whose stored text really matches.
//!
//! What positions of folded words cannot decide (`==word`, `texte:`, `="a phrase"`) is decided on the article itself.
//! Slower, and exact.

use std::fmt;
use std::sync::Arc;

use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::Field;
use tantivy::store::StoreReader;
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED};

use super::stored::stored_article;
use crate::article::Article;

/// Decides on an article.
pub(super) type Predicate = Arc<dyn Fn(&Article) -> bool + Send + Sync>;

/// Documents of `candidates` that satisfy `holds`.
#[derive(Clone)]
pub(super) struct VerifyQuery {
    pub(super) candidates: Arc<dyn Query>,
    pub(super) article: Field,
    pub(super) holds: Predicate,
}

impl fmt::Debug for VerifyQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyQuery({:?})", self.candidates)
    }
}

impl Query for VerifyQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(VerifyWeight {
            candidates: self.candidates.weight(scoring)?,
            article: self.article,
            holds: self.holds.clone(),
        }))
    }
}

struct VerifyWeight {
    candidates: Box<dyn Weight>,
    article: Field,
    holds: Predicate,
}

impl Weight for VerifyWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut scorer = VerifyScorer {
            candidates: self.candidates.scorer(reader, boost)?,
            store: reader.get_store_reader(1)?,
            article: self.article,
            holds: self.holds.clone(),
        };
        scorer.settle();
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.candidates.explain(reader, doc)
    }
}

struct VerifyScorer {
    candidates: Box<dyn Scorer>,
    store: StoreReader,
    article: Field,
    holds: Predicate,
}

impl VerifyScorer {
    /// Moves on to the first document, from where it stands, that holds.
    fn settle(&mut self) -> DocId {
        while self.candidates.doc() < TERMINATED {
            // An article that cannot be read counts as a hit: showing it reports the damage, hiding it would not.
            let holds = match stored_article(&self.store, self.candidates.doc(), self.article) {
                Ok(stored) => (self.holds)(&stored.article),
                Err(_) => true,
            };
            if holds {
                break;
            }
            self.candidates.advance();
        }
        self.candidates.doc()
    }
}

impl DocSet for VerifyScorer {
    fn advance(&mut self) -> DocId {
        self.candidates.advance();
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.candidates.seek(target);
        self.settle()
    }

    fn doc(&self) -> DocId {
        self.candidates.doc()
    }

    fn size_hint(&self) -> u32 {
        self.candidates.size_hint()
    }
}

impl Scorer for VerifyScorer {
    fn score(&mut self) -> Score {
        self.candidates.score()
    }
}
