//! The lead (chapô) of a clip: a short first paragraph.

use crate::article::Draft;
use crate::clean::layout::{HEADLINE, LEAD, blocks, unmarked};
use crate::clean::{Change, Ledger, Rule};

pub(super) const RULE: Rule = Rule {
    name: "lead",
    about: "Marks a short paragraph between the headline and the text of a clip as its lead.",
    apply,
    examples: &[
        (
            "\u{FDD0}Le titre\n\nUn chapô qui dit l’essentiel en une phrase courte et nette.\n\nLe premier paragraphe.\n\nLe second.",
            "\u{FDD0}Le titre\n\n\u{FDD1}Un chapô qui dit l’essentiel en une phrase courte et nette.\n\nLe premier paragraphe.\n\nLe second.",
        ),
        (
            "\u{FDD0}Le titre\n\nUn seul paragraphe qui dit tout, et rien après lui.",
            "\u{FDD0}Le titre\n\nUn seul paragraphe qui dit tout, et rien après lui.",
        ),
    ],
};

/// A lead has between so many characters.
const SHORTEST: usize = 40;
const LONGEST: usize = 350;

fn apply(draft: &mut Draft, ledger: &mut Ledger) {
    // Pages and records state their lead; only in plain text must it be told.
    let all: Vec<(usize, &str)> = blocks(&draft.text).take(4).collect();
    let [(_, title), (at, first), (_, second), ..] = all.as_slice() else { return };
    let told = all.iter().any(|(_, block)| unmarked(block).0 == Some(LEAD));
    let paragraphs = unmarked(first).0.is_none() && unmarked(second).0.is_none();
    let length = first.chars().count();
    let sentence = first.trim_end().ends_with(['.', '!', '?', '…', '»']);
    let is_lead = unmarked(title).0 == Some(HEADLINE)
        && !told
        && paragraphs
        && all.len() > 3
        && (SHORTEST..=LONGEST).contains(&length);
    if is_lead && sentence && !draft.page {
        let change = Change { range: *at..*at, with: LEAD.to_string() };
        ledger.apply(RULE.name, &mut draft.text, vec![change]);
    }
}
