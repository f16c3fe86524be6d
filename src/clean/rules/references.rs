//! Character references in running text: `&nbsp;`, `&eacute;`, and those whose `#` was lost (`&10;`).

use crate::article::Draft;
use crate::clean::embed::entity;
use crate::clean::{Change, Ledger, Rule};

pub(super) const RULE: Rule = Rule {
    name: "references",
    about: "Decodes character references; one below 32 is white space. A reference that is none stays.",
    apply,
    examples: &[
        ("L&rsquo;&eacute;t&eacute;&#10;fini&10;", "L’été\nfini\n"),
        ("R&D, AT&T; a && b", "R&D, AT&T; a && b"),
    ],
};

fn apply(draft: &mut Draft, ledger: &mut Ledger) {
    if !draft.text.contains('&') {
        return;
    }
    let text = &draft.text;
    let mut changes = Vec::new();
    for (at, _) in text.match_indices('&') {
        let rest = text.get(at..).unwrap_or_default();
        let Some((with, length)) = entity(rest) else { continue };
        // A bare ampersand is one already; decoding it would open the way to the next reference.
        if with == "&" && length == 1 {
            continue;
        }
        let start =
            if with == "\n" && text.get(..at).is_some_and(|before| before.ends_with('#')) { at - 1 } else { at };
        changes.push(Change { range: start..at + length, with });
    }
    ledger.apply(RULE.name, &mut draft.text, changes);
}
