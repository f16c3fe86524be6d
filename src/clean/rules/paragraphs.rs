//! Lines to paragraphs: what one line or several make.

use crate::article::Draft;
use crate::clean::layout::{blocks, unmarked};
use crate::clean::{Change, Ledger, Rule};

pub(super) const RULE: Rule = Rule {
    name: "paragraphs",
    about: "Makes each line of a plain text a paragraph, or joins lines that were wrapped at a column; trims spaces at line \
            ends and extra empty lines.",
    apply,
    examples: &[("Un.  \n\n\n\nDeux.", "Un.\n\nDeux."), ("Un.\n\nDeux.", "Un.\n\nDeux.")],
};

fn apply(draft: &mut Draft, ledger: &mut Ledger) {
    trim(draft, ledger);
    if !draft.plain_lines {
        return;
    }
    let mut changes = Vec::new();
    for (at, block) in blocks(&draft.text) {
        let (marker, _) = unmarked(block);
        if marker.is_some() || !block.contains('\n') {
            continue;
        }
        let with = if is_wrapped(block) { " " } else { "\n\n" };
        changes.extend(
            newlines(block)
                .filter(|newline| !breaks_word(block, *newline))
                .map(|newline| Change { range: at + newline..at + newline + 1, with: with.to_owned() }),
        );
    }
    ledger.apply(RULE.name, &mut draft.text, changes);
}

/// Trims line ends and beginnings, and makes any run of empty lines one.
fn trim(draft: &mut Draft, ledger: &mut Ledger) {
    let text = &draft.text;
    let mut changes = Vec::new();
    let mut done = 0;
    for (at, _) in text.match_indices('\n') {
        if at < done {
            continue;
        }
        let before = text.get(done..at).unwrap_or_default();
        let start = done + before.trim_end_matches([' ', '\t', '\u{A0}']).len();
        let after = text.get(at..).unwrap_or_default();
        let end = at + after.len() - after.trim_start_matches(['\n', ' ', '\t', '\u{A0}']).len();
        let newlines = text.get(start..end).unwrap_or_default().matches('\n').count();
        let with = match (start == 0, end == text.len(), newlines) {
            (true, _, _) | (_, true, _) => "",
            (_, _, 1) => "\n",
            _ => "\n\n",
        };
        if text.get(start..end) != Some(with) {
            changes.push(Change { range: start..end, with: with.to_owned() });
        }
        done = end;
    }
    ledger.apply(RULE.name, &mut draft.text, changes);
}

/// Whether a block's lines were broken at a column: several, of like length, most of them ending within a sentence.
fn is_wrapped(block: &str) -> bool {
    let lines: Vec<&str> = block.lines().collect();
    let Some((_, full)) = lines.split_last().filter(|(_, full)| full.len() >= 2) else { return false };
    // Words are broken where columns are narrow.
    let narrowest = if newlines(block).any(|newline| breaks_word(block, newline)) { 15 } else { 45 };
    let lengths = || full.iter().map(|line| line.chars().count());
    let within = full.iter().filter(|line| !line.trim_end().ends_with(['.', '!', '?', '…', ':', '»', '”'])).count();
    lengths().all(|length| (narrowest..=100).contains(&length)) && within * 2 > full.len()
}

fn newlines(block: &str) -> impl Iterator<Item = usize> {
    block.match_indices('\n').map(|(newline, _)| newline)
}

/// Whether a word goes on beyond a newline: a letter and a hyphen before, a small letter after.
fn breaks_word(block: &str, newline: usize) -> bool {
    let Some((before, after)) = block.split_at_checked(newline) else { return false };
    before.strip_suffix(['-', '\u{2010}', '¬']).is_some_and(|word| word.ends_with(char::is_alphabetic))
        && after.chars().nth(1).is_some_and(char::is_lowercase)
}
