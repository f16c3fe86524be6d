//! Cross-heads of plain text: short lines without a final stop.

use crate::article::Draft;
use crate::clean::layout::{HEADING, blocks, unmarked};
use crate::clean::{Change, Ledger, Rule};

pub(super) const RULE: Rule = Rule {
    name: "headings",
    about: "Marks short lines without a final stop, before a paragraph, as cross-heads.",
    apply,
    examples: &[
        (
            "Un paragraphe.\n\nUne idée nouvelle ?\n\nLe paragraphe qui suit est bien plus long que la ligne au-dessus de lui.",
            "Un paragraphe.\n\n\u{FDD2}Une idée nouvelle ?\n\nLe paragraphe qui suit est bien plus long que la ligne au-dessus de lui.",
        ),
        (
            "Il part.\n\nOui.\n\nLe paragraphe qui suit est bien plus long que la ligne au-dessus de lui.",
            "Il part.\n\nOui.\n\nLe paragraphe qui suit est bien plus long que la ligne au-dessus de lui.",
        ),
    ],
};

const LONGEST: usize = 90;
const RUNNING: usize = 60;

fn apply(draft: &mut Draft, ledger: &mut Ledger) {
    if draft.page {
        return;
    }
    let all: Vec<(usize, &str)> = blocks(&draft.text).collect();
    let mut changes = Vec::new();
    for pair in all.windows(2) {
        let [(at, block), (_, next)] = pair else { continue };
        let list = next.starts_with('•') && !block.ends_with(':');
        let running = unmarked(next).0.is_none() && (next.chars().count() >= RUNNING || list);
        if *at > 0 && running && unmarked(block).0.is_none() && is_heading(block) {
            changes.push(Change { range: *at..*at, with: HEADING.to_string() });
        }
    }
    ledger.apply(RULE.name, &mut draft.text, changes);
}

fn is_heading(block: &str) -> bool {
    let length = block.chars().count();
    let begins = block.chars().next().is_some_and(|c| c.is_uppercase() || c.is_ascii_digit() || c == '«');
    let item = block.starts_with(['-', '–', '—', '•', '*']);
    let ends = !block.ends_with(['.', ',', ';', '…'])
        && block.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '?' | '!' | ':' | '»' | ')' | '%'));
    begins && ends && !item && !block.contains('\n') && (3..=LONGEST).contains(&length)
}
