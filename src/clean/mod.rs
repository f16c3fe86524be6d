//! Cleaning: takes a [`Draft`], gives an [`Article`] and the [`Ledger`] of what was done. Does no I/O, never panics, and
//! depends on nothing but the draft.
//!
//! The way: a page or fragment of HTML is read once (`html`: metadata, embeds, main text); the text is laid out
//! (`layout`); each of the [`RULES`] edits it in turn, every edit in the ledger; what comes out is read as blocks.

pub(crate) mod embed;
mod fields;
mod html;
pub mod layout;
mod ledger;
mod long;
mod pieces;
mod rules;

pub use ledger::{Change, Dropped, Edit, Ledger};
pub use pieces::Piece;
pub use rules::RULES;

use crate::article::{Article, Body, DateHint, Draft, Embed};
use layout::{HEADLINE, LEAD};

/// One cleaning rule. It edits [`Draft::text`] through [`Ledger::apply`] and may fill other fields of the draft.
pub struct Rule {
    /// For traces and `--skip`.
    pub name: &'static str,
    /// What it removes or mends, and why that is safe.
    pub about: &'static str,
    /// Applies it.
    pub apply: fn(&mut Draft, &mut Ledger),
    /// Laid-out text before and after this rule alone: documentation and test at once. At least one shows a change and
    /// one a restraint, text that looks alike and must stay.
    pub examples: &'static [(&'static str, &'static str)],
}

/// Rises whenever the same record may come out otherwise; articles cleaned by another version are cleaned again by
/// `reindex`.
pub const RULES_VERSION: u32 = 3;

/// What comes out of cleaning.
#[derive(Debug, Clone, PartialEq)]
pub struct Cleaned {
    /// The article.
    pub article: Article,
    /// How it came about.
    pub ledger: Ledger,
}

/// Cleans a draft, but for the rules whose names are in `skip`.
#[must_use]
pub fn clean(mut draft: Draft, skip: &[&str]) -> Cleaned {
    let mut ledger = Ledger::default();
    lay_out(&mut draft, &mut ledger);
    let long = draft.text.len() > long::LONGEST;
    if long {
        draft.linear = true;
        draft.text = long::gathered(&draft.text);
    }
    ledger.original.clone_from(&draft.text);
    for rule in RULES.iter().filter(|rule| !long && !skip.contains(&rule.name)) {
        (rule.apply)(&mut draft, &mut ledger);
    }
    draft.embeds.iter_mut().for_each(mend);
    Cleaned { article: article(draft), ledger }
}

/// Lays the text out: headline and lead first, where the format has places for them, so that every rule mends them too.
fn lay_out(draft: &mut Draft, ledger: &mut Ledger) {
    let clip = match std::mem::take(&mut draft.body) {
        Body::Html(html) => {
            draft.page = true;
            html::extract(&html, draft, ledger);
            None
        }
        Body::Text(text) => {
            draft.text = marks_off(text);
            Some(false)
        }
        Body::Clip(text) => {
            draft.text = marks_off(text);
            if draft.text.len() > long::LONGEST && draft.headline.is_none() {
                draft.headline = long::take_headline(&mut draft.text);
            }
            Some(true)
        }
    };
    let mut front = String::new();
    for (marker, text) in [(HEADLINE, &draft.headline), (LEAD, &draft.lead)] {
        if let Some(text) = text {
            front.push(marker);
            front.push_str(marks_off(text.clone()).replace("\n\n", "\n").trim());
            front.push_str("\n\n");
        }
    }
    if clip.is_some() {
        // Lines of a plain text may be its paragraphs; that is decided by a rule, when markup and damage are gone.
        draft.plain_lines = true;
    }
    draft.clip = clip == Some(true) && draft.headline.is_none();
    if !front.is_empty() {
        front.push_str(&draft.text);
        draft.text = front;
    }
}

/// Mends what the rules for the text did not see of a post.
fn mend(embed: &mut Embed) {
    for text in [&mut embed.text, &mut embed.author].into_iter().flatten() {
        *text = characters_mended(text).trim_start_matches(['—', '–', ' ']).to_owned();
    }
}

/// A text that no ledger tells of with its characters mended.
fn characters_mended(text: &str) -> String {
    let mut draft = Draft { text: text.to_owned(), ..Draft::default() };
    for rule in RULES.iter().filter(|rule| matches!(rule.name, "mojibake" | "controls" | "composition" | "hosts")) {
        (rule.apply)(&mut draft, &mut Ledger::default());
    }
    draft.text
}

/// Noncharacters are markers here, and nothing anywhere else.
fn marks_off(text: String) -> String {
    // The first of them is led by 0xEF.
    if text.bytes().all(|byte| byte < 0xEF) || !text.contains(layout::is_noncharacter) {
        return text;
    }
    text.replace(layout::is_noncharacter, "")
}

/// The article that a cleaned draft says.
fn article(mut draft: Draft) -> Article {
    let (headline, lead, blocks) = layout::read(&mut draft);
    let mut article = Article {
        key: draft.key.as_deref().and_then(fields::mended),
        headline,
        lead,
        authors: fields::names(&draft.authors),
        date_published: draft.date_published.filter(|stated| !stated.text.is_empty()),
        date_hint: draft.date_hint,
        publisher: draft.publisher.as_deref().and_then(fields::mended),
        agency: draft.agency.as_deref().and_then(fields::mended),
        section: draft.section.as_deref().and_then(fields::mended),
        language: draft.language.as_deref().and_then(fields::mended),
        url: draft.url.as_deref().and_then(fields::mended),
        tags: fields::names(&draft.tags),
        truncated: draft.truncated,
        linear: draft.linear,
        blocks,
    };
    if article.date().is_none() && article.date_hint.is_none() {
        let latest = article.embeds().filter_map(|embed| embed.date).max();
        article.date_hint = latest.map(|not_before| DateHint { not_before, source: "embedded post".to_owned() });
    }
    article.language = fields::language(&article.text(), article.language.take());
    article
}

#[cfg(test)]
mod tests;
