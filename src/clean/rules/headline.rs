//! The headline of a clip: its first line.

use crate::article::Draft;
use crate::clean::layout::{HEADLINE, blocks, unmarked};
use crate::clean::{Change, Ledger, Rule};

pub(super) const RULE: Rule = Rule {
    name: "headline",
    about: "Marks the first line of a clip as its headline, when it reads like one.",
    apply,
    examples: &[("Le titre\n\nLe texte.", "Le titre\n\nLe texte.")],
};

/// A longer first line is a paragraph.
const LONGEST: usize = 300;

fn apply(draft: &mut Draft, ledger: &mut Ledger) {
    if !draft.clip {
        return;
    }
    let mut all = blocks(&draft.text);
    let Some((at, block)) = all.next() else { return };
    let is_headline = unmarked(block).0.is_none() && block.chars().count() <= LONGEST && all.next().is_some();
    drop(all);
    if is_headline {
        let change = Change { range: at..at, with: HEADLINE.to_string() };
        ledger.apply(RULE.name, &mut draft.text, vec![change]);
        draft.clip = false;
    }
}
