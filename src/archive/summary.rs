//! What the archive says of an article without reading it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::article::StatedDate;
use crate::clean::Cleaned;
use crate::date::Date;

/// What a list shows of an article, so that it needs neither index nor cleaning.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Summary {
    /// The record's own id in its database or export.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headline: Option<String>,
    /// The authors, one name each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
    /// When it was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_published: Option<StatedDate>,
    /// The newspaper or site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// The news agency credited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// The section of the paper.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// ISO 639-1 code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The canonical address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Keywords.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Whether the text is known to be cut off (a paywall).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
    /// Whether there is no text: no lead, and no block but embedded posts.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub empty: bool,
    /// The first half of the BLAKE3 of its text alone, without headline and metadata, in hexadecimal; `None` where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_digest: Option<String>,
    /// Whether a budget was spent: the markup was only stripped or, in a very long text, left as it was.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub linear: bool,
    /// How many edits each rule made; a part of a page left out counts as an edit of `page`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub edits: BTreeMap<String, u64>,
    /// The rules that were left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skipped_rules: Vec<String>,
}

impl Summary {
    /// The summary of an article that was cleaned without the rules `skip`.
    #[must_use]
    pub fn of(cleaned: &Cleaned, skip: &[String]) -> Self {
        let article = &cleaned.article;
        let edits = cleaned.ledger.counts();
        let text = article.text();
        let is_empty = text.trim().is_empty();
        let text_digest = || blake3::hash(text.as_bytes()).to_hex().chars().take(32).collect();
        Self {
            key: article.key.clone(),
            headline: article.headline.clone(),
            authors: article.authors.clone(),
            date_published: article.date_published.clone(),
            publisher: article.publisher.clone(),
            agency: article.agency.clone(),
            section: article.section.clone(),
            language: article.language.clone(),
            url: article.url.clone(),
            tags: article.tags.clone(),
            truncated: article.truncated,
            empty: is_empty,
            text_digest: (!is_empty).then(text_digest),
            linear: article.linear,
            edits: edits.into_iter().map(|(rule, count)| (rule.to_owned(), count)).collect(),
            skipped_rules: skip.to_vec(),
        }
    }

    /// The date understood, if any.
    #[must_use]
    pub fn date(&self) -> Option<Date> {
        self.date_published.as_ref().and_then(|stated| stated.date)
    }

    /// The first and last day it can have been published, as [`day_number`]s.
    #[must_use]
    pub fn days(&self) -> Option<(i32, i32)> {
        self.date().map(|date| (day_number(date.first_day()), day_number(date.last_day())))
    }
}

/// A day as a number that a person can read and that sorts: 20250210.
#[must_use]
pub fn day_number(day: jiff::civil::Date) -> i32 {
    i32::from(day.year()) * 10_000 + i32::from(day.month()) * 100 + i32::from(day.day())
}
