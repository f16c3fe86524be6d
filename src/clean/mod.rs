//! Cleaning: takes a [`Draft`], gives an [`Article`] and the [`Ledger`] of what was done. Does no I/O, never panics, and
//! depends on nothing but the draft.
//!
//! The way: a page or fragment of HTML is read once (`html`: metadata, embeds, main text); the text is laid out
//! (`layout`); each of the [`RULES`] edits it in turn, every edit in the ledger; what comes out is read as blocks.

pub mod layout;
mod ledger;

pub use ledger::{Change, Dropped, Edit, Ledger};

use crate::article::{Article, Draft};

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

/// The rules, in the order they are applied.
pub const RULES: &[Rule] = &[];

/// What comes out of cleaning.
#[derive(Debug, Clone, PartialEq)]
pub struct Cleaned {
    /// The article.
    pub article: Article,
    /// How it came about.
    pub ledger: Ledger,
}

/// Cleans a draft.
#[must_use]
pub fn clean(draft: Draft) -> Cleaned {
    todo!()
}
