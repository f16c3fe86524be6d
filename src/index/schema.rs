//! The fields of the index.
//!
//! Running text has three forms (see [`crate::french::Term`]), each a field; `plural` alone holds positions. What stands
//! in the small parts (headline, lead, embedded posts) has the same three again, for weight and for `titre:`, `chapo:`
//! and `tweet:`. Names (authors, publisher, tags) are compared by folded words, in order.

use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};

use super::lexicon::Form;
use super::terms::TOKENIZER;
use crate::query::Part;

/// The three forms of a part's words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Forms {
    /// Stems, small words left out; no positions. Who matches in `plural` or `exact` matches here, but for small words.
    pub(super) light: Field,
    /// Plural endings removed; with positions.
    pub(super) plural: Field,
    /// Folded words; no positions.
    pub(super) exact: Field,
}

/// The fields, by name.
#[derive(Debug, Clone)]
pub(super) struct Fields {
    pub(super) schema: Schema,
    /// The article's id; fast.
    pub(super) id: Field,
    /// The cleaned article as JSON; stored.
    pub(super) article: Field,
    /// Headline, lead and body; `light` holds each word of the embedded posts too, once.
    pub(super) all: Forms,
    pub(super) headline: Forms,
    pub(super) lead: Forms,
    pub(super) posts: Forms,
    /// Folded words with positions.
    pub(super) authors: Field,
    pub(super) publisher: Field,
    pub(super) tags: Field,
    /// First and last day it may have been published, as yyyymmdd; fast; absent when undated.
    pub(super) first_day: Field,
    pub(super) last_day: Field,
    /// Whole values; fast.
    pub(super) language: Field,
    pub(super) format: Field,
    pub(super) publisher_name: Field,
    pub(super) author_names: Field,
    pub(super) tag_names: Field,
    /// Whole values, folded, for search by pieces.
    pub(super) url: Field,
    pub(super) path: Field,
    /// The fields that have a value, by [`super::document::field_name`].
    pub(super) has: Field,
}

impl Fields {
    /// The schema of [`super::INDEX_VERSION`].
    pub(super) fn new() -> Self {
        let terms = |option| {
            let indexing = TextFieldIndexing::default().set_tokenizer(TOKENIZER).set_index_option(option);
            TextOptions::default().set_indexing_options(indexing)
        };
        let bag = terms(IndexRecordOption::WithFreqs);
        let places = terms(IndexRecordOption::WithFreqsAndPositions);
        let mut builder = Schema::builder();
        let mut forms = |name: &str| Forms {
            light: builder.add_text_field(&format!("{name}_light"), bag.clone()),
            plural: builder.add_text_field(&format!("{name}_plural"), places.clone()),
            exact: builder.add_text_field(&format!("{name}_exact"), bag.clone()),
        };
        let (all, headline, lead, posts) = (forms("all"), forms("headline"), forms("lead"), forms("posts"));
        Self {
            all,
            headline,
            lead,
            posts,
            id: builder.add_u64_field("id", INDEXED | FAST),
            article: builder.add_bytes_field("article", STORED),
            authors: builder.add_text_field("authors", places.clone()),
            publisher: builder.add_text_field("publisher", places.clone()),
            tags: builder.add_text_field("tags", places),
            first_day: builder.add_u64_field("first_day", FAST),
            last_day: builder.add_u64_field("last_day", FAST),
            language: builder.add_text_field("language", STRING | FAST),
            format: builder.add_text_field("format", STRING | FAST),
            publisher_name: builder.add_text_field("publisher_name", FAST),
            author_names: builder.add_text_field("author_names", FAST),
            tag_names: builder.add_text_field("tag_names", FAST),
            url: builder.add_text_field("url", STRING),
            path: builder.add_text_field("path", STRING),
            has: builder.add_text_field("has", STRING),
            schema: builder.build(),
        }
    }

    /// The three forms of a part; `None` for a part that has folded words only.
    pub(super) fn forms(&self, part: Part) -> Option<Forms> {
        match part {
            Part::Anywhere | Part::Body => Some(self.all),
            Part::Headline => Some(self.headline),
            Part::Lead => Some(self.lead),
            Part::Posts => Some(self.posts),
            Part::Author | Part::Source | Part::Tag => None,
        }
    }

    /// The fields in which the words of a part are searched, and by which of their forms; those of [`Part::Anywhere`] by how
    /// they are written too. A name has one term.
    pub(super) fn of_part(&self, part: Part) -> impl Iterator<Item = (Field, &'static [Form])> {
        let exact: &[Form] = if part == Part::Anywhere { &[Form::Exact, Form::Written] } else { &[Form::Exact] };
        let forms = self
            .forms(part)
            .map(|forms| [(forms.light, &[Form::Light][..]), (forms.plural, &[Form::Plural]), (forms.exact, exact)]);
        let name = self.names(part).map(|name| (name, &[Form::Plural][..]));
        forms.into_iter().flatten().chain(name)
    }

    /// The field of folded words of a part of names.
    pub(super) fn names(&self, part: Part) -> Option<Field> {
        match part {
            Part::Author => Some(self.authors),
            Part::Source => Some(self.publisher),
            Part::Tag => Some(self.tags),
            _ => None,
        }
    }
}
