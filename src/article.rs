//! What an article is: [`Draft`] (what a file says), [`Article`] (what a reader would call the article) and its parts.
//!
//! Fields are named after schema.org's `NewsArticle`. Nothing here reads, cleans or stores.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::date::Date;

/// Names an article: the first 64 bits of the BLAKE3 hash of its record's bytes, written as 16 hex digits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleId(pub u64);

impl ArticleId {
    /// The id of a record with these bytes.
    #[must_use]
    pub fn of(record: &[u8]) -> Self {
        Self::of_hash(blake3::hash(record).as_bytes())
    }

    /// The id of a record whose bytes have this BLAKE3 hash.
    #[must_use]
    pub const fn of_hash(hash: &[u8; 32]) -> Self {
        let [a, b, c, d, e, f, g, h, ..] = *hash;
        Self(u64::from_be_bytes([a, b, c, d, e, f, g, h]))
    }

    /// The eight digits a terminal shows.
    #[must_use]
    pub fn short(self) -> String {
        format!("{:08x}", self.0 >> 32)
    }
}

impl fmt::Display for ArticleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// What one record of a file says, nothing removed: what a reader gives and the cleaner takes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    /// The record's own id in its database or export.
    pub key: Option<String>,
    /// The title, where the format has a place for it.
    pub headline: Option<String>,
    /// The lead (chapô), where the format has a place for it.
    pub lead: Option<String>,
    /// The authors, one name each.
    pub authors: Vec<String>,
    /// When it was published, where the format has a place for it.
    pub date_published: Option<StatedDate>,
    /// What the date must be near to, where only that is known.
    pub date_hint: Option<DateHint>,
    /// The newspaper or site.
    pub publisher: Option<String>,
    /// The news agency credited (AFP, Reuters, …).
    pub agency: Option<String>,
    /// The section of the paper.
    pub section: Option<String>,
    /// ISO 639-1 code.
    pub language: Option<String>,
    /// The canonical address.
    pub url: Option<String>,
    /// Keywords.
    pub tags: Vec<String>,
    /// Whether the text is known to be cut off (a paywall).
    pub truncated: bool,
    /// Whether a budget was spent: the markup was only stripped or, in a very long text, left as it was.
    pub linear: bool,
    /// Whether the text came from a page, whose markup tells leads, headings and lists.
    pub page: bool,
    /// Whether its first line may be the headline.
    pub clip: bool,
    /// Whether its lines may be paragraphs of their own.
    pub plain_lines: bool,
    /// The text itself, in the form the format has it.
    pub body: Body,
    /// The laid-out text that cleaning rules work on: see `clean::layout`. Empty until cleaning begins.
    pub text: String,
    /// The embedded posts that [`Draft::text`] refers to by number.
    pub embeds: Vec<Embed>,
}

/// The body of a [`Draft`], by the form it comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// A text clip: the headline is its first line, the lead its first paragraph.
    Clip(String),
    /// Plain text without headline.
    Text(String),
    /// HTML: a whole page or a fragment.
    Html(String),
}

impl Default for Body {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

/// A date as a source states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedDate {
    /// The date understood; `None` when the text is no date we can be sure of.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub date: Option<Date>,
    /// The text it was read from, as it stood.
    pub text: String,
    /// Where it was found: `json-ld`, `meta`, `time`, `front matter`, `record`, `text`, …
    pub source: String,
}

impl StatedDate {
    /// Reads `text`; keeps it as text when it is no date we can be sure of.
    #[must_use]
    pub fn read(text: &str, source: &str) -> Self {
        Self { date: Date::read(text), text: text.trim().to_owned(), source: source.to_owned() }
    }
}

/// A bound on an unknown date: the article cannot be older.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DateHint {
    /// The article was not published before this.
    pub not_before: Date,
    /// Where this comes from, for example `embedded post`.
    pub source: String,
}

/// A cleaned article: what a reader would call the article, and nothing else.
///
/// Only the `clean` room makes one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Article {
    /// The record's own id in its database or export.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headline: Option<String>,
    /// The lead (chapô).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead: Option<String>,
    /// The authors, one name each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
    /// When it was published; never guessed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_published: Option<StatedDate>,
    /// What the date must be near to, where only that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_hint: Option<DateHint>,
    /// The newspaper or site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// The news agency credited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// The section of the paper.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// ISO 639-1 code; stated by the source or detected in the text.
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
    /// Whether a budget was spent: the markup was only stripped or, in a very long text, left as it was.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub linear: bool,
    /// The body, in order.
    pub blocks: Vec<Block>,
}

/// One block of an article's body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Block {
    /// A paragraph.
    Paragraph {
        /// Its text.
        text: String,
    },
    /// A cross-head.
    Heading {
        /// Its text.
        text: String,
    },
    /// A quotation set apart.
    Quote {
        /// Its text.
        text: String,
    },
    /// A list.
    List {
        /// Its items, one a line.
        text: String,
    },
    /// An embedded post or frame.
    Embed {
        /// What it is.
        embed: Embed,
    },
}

impl Block {
    /// The block's own text; `None` for an embed.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Paragraph { text } | Self::Heading { text } | Self::Quote { text } | Self::List { text } => {
                Some(text)
            }
            Self::Embed { .. } => None,
        }
    }
}

/// A post or frame embedded in an article.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Embed {
    /// The service: `twitter`, `instagram`, `facebook`, `youtube`, `tiktok`, `bluesky`, `mastodon`, `linkedin`,
    /// `datawrapper`, `spotify`, or `iframe`.
    pub kind: String,
    /// The name shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// The account, without `@`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handle: Option<String>,
    /// What it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Its address, mended and without tracking parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When it was posted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// ISO 639-1 code, as its markup states it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

impl Article {
    /// Whether there is no text: no lead, and no block but embedded posts. A headline is no text.
    #[must_use]
    pub fn is_without_text(&self) -> bool {
        self.text().trim().is_empty()
    }

    /// Lead and body as a reader reads them: blocks parted by an empty line, without headline and without embeds.
    #[must_use]
    pub fn text(&self) -> String {
        let parts: Vec<&str> =
            self.lead.as_deref().into_iter().chain(self.blocks.iter().filter_map(Block::text)).collect();
        parts.join("\n\n")
    }

    /// The embedded posts, in order.
    pub fn embeds(&self) -> impl Iterator<Item = &Embed> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Embed { embed } => Some(embed),
            _ => None,
        })
    }

    /// The date understood, if any.
    #[must_use]
    pub fn date(&self) -> Option<Date> {
        self.date_published.as_ref().and_then(|stated| stated.date)
    }
}
