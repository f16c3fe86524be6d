//! A space before a stop or a comma, where a link was removed.

use crate::article::Draft;
use crate::clean::{Change, Ledger, Rule};

pub(super) const RULE: Rule = Rule {
    name: "spaces",
    about: "Removes the space that a removed link left before a stop or a comma; French sets none there.",
    apply,
    examples: &[
        ("Martin , le maire, a parlé . Puis", "Martin, le maire, a parlé. Puis"),
        ("Il dit … rien, calibre .22, fichier .txt , voilà", "Il dit … rien, calibre .22, fichier .txt, voilà"),
        ("un . . . deux", "un . . . deux"),
    ],
};

fn apply(draft: &mut Draft, ledger: &mut Ledger) {
    if !draft.text.contains(" .") && !draft.text.contains(" ,") {
        return;
    }
    let text = &draft.text;
    let mut changes = Vec::new();
    for (at, found) in text.match_indices([',', '.']) {
        let before = text.get(..at).unwrap_or_default();
        let word = before.trim_end_matches(' ');
        let spaces = before.len() - word.len();
        let after = text.get(at + 1..).and_then(|after| after.chars().next());
        let ends = after.is_none_or(|c| c.is_whitespace() || matches!(c, '»' | '”' | '"' | ')'));
        let follows =
            word.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '»' | '”' | '"' | ')' | '%' | '€' | '’'));
        // Stops in a row are an ellipsis of their own.
        let dotted = found == "." && text.get(at + 1..).is_some_and(|after| after.starts_with(" ."));
        if (1..=2).contains(&spaces) && ends && follows && !dotted {
            changes.push(Change { range: at - spaces..at, with: String::new() });
        }
    }
    ledger.apply(RULE.name, &mut draft.text, changes);
}
