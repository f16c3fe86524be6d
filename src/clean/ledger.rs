//! The ledger: every edit made to a text, in order, so that it can be shown, replayed and undone.

use std::collections::BTreeMap;
use std::ops::Range;

/// One edit of the laid-out text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The rule that made it.
    pub rule: &'static str,
    /// Byte offset in the text as it then stood.
    pub at: usize,
    /// What stood there.
    pub removed: String,
    /// What stands there now.
    pub inserted: String,
}

/// An element left out of a page before its text was laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// The selector or the reason it was left out by.
    pub selector: String,
    /// Its text, white space folded.
    pub text: String,
}

/// Everything that was taken away, put in or changed on the way from a [`Draft`](crate::article::Draft) to an
/// [`Article`](crate::article::Article).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// The laid-out text before the first edit.
    pub original: String,
    /// The edits, in the order they were made.
    pub edits: Vec<Edit>,
    /// Elements of a page that did not enter the text.
    pub dropped: Vec<Dropped>,
}

/// A replacement wanted by a rule: bytes `range` of the text as it stands become `with`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What to replace; may be empty for an insertion.
    pub range: Range<usize>,
    /// What to put there.
    pub with: String,
}

impl Ledger {
    /// Makes `changes` in `text` and records them. They must be in order and must not overlap; one that is out of
    /// order, out of bounds, inside a character or changes nothing is left out.
    pub fn apply(&mut self, rule: &'static str, text: &mut String, changes: Vec<Change>) {
        if changes.is_empty() {
            return;
        }
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        for Change { range, with } in changes {
            let (Some(kept), Some(removed)) = (text.get(done..range.start), text.get(range.clone())) else { continue };
            out.push_str(kept);
            done = range.end;
            if removed == with {
                out.push_str(removed);
                continue;
            }
            self.edits.push(Edit { rule, at: out.len(), removed: removed.to_owned(), inserted: with.clone() });
            out.push_str(&with);
        }
        out.push_str(text.get(done..).unwrap_or_default());
        *text = out;
    }

    /// How many edits each rule made; a part of a page left out counts as an edit of `page`.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        let mut counts = BTreeMap::new();
        let page = self.dropped.iter().map(|_| "page");
        for rule in self.edits.iter().map(|edit| edit.rule).chain(page) {
            *counts.entry(rule).or_default() += 1;
        }
        counts
    }

    /// Makes all the edits again on the original text. `None` if an edit does not find what it removed.
    #[must_use]
    pub fn replay(&self) -> Option<String> {
        let mut text = self.original.clone();
        for edit in &self.edits {
            let range = edit.at..edit.at.checked_add(edit.removed.len())?;
            if text.get(range.clone())? != edit.removed {
                return None;
            }
            text.replace_range(range, &edit.inserted);
        }
        Some(text)
    }
}
