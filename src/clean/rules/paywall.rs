//! Lines by which a paper says that the rest of the article is for subscribers.

use crate::article::Draft;
use crate::clean::layout::{blocks, removals, unmarked};
use crate::clean::{Ledger, Rule};

pub(super) const RULE: Rule = Rule {
    name: "paywall",
    about: "Removes the lines of a paywall and marks the article as cut off.",
    apply,
    examples: &[
        ("Le début.\n\nIl vous reste 74,2 % de cet article à lire. La suite est réservée aux abonnés.", "Le début."),
        (
            "« Il vous reste dix jours », a-t-il dit à ceux qui lui demandaient ce qu’il leur fallait encore pour partir.",
            "« Il vous reste dix jours », a-t-il dit à ceux qui lui demandaient ce qu’il leur fallait encore pour partir.",
        ),
    ],
};

/// How such lines begin, folded: lower case, straight apostrophes.
const BEGINNINGS: [&str; 15] = [
    "il vous reste ",
    "la suite est reservee",
    "la suite de cet article est reservee",
    "cet article est reserve aux abonnes",
    "article reserve aux abonnes",
    "cet article est reserve a nos abonnes",
    "contenu reserve aux abonnes",
    "pour lire la suite",
    "pour acceder a l'integralite de cet article",
    "vous devez etre abonne",
    "this article is for subscribers",
    "subscribe to continue reading",
    "to continue reading",
    "sie mussen abonnent sein",
    "dieser artikel ist fur abonnenten",
];

/// Lines that say no more than that the article is one for subscribers; the text may be whole.
const MARKS: [&str; 3] = ["reserve aux abonnes", "abonnes", "subscribers only"];

fn apply(draft: &mut Draft, ledger: &mut Ledger) {
    let mut gone = Vec::new();
    let mut cut = false;
    for (at, block) in blocks(&draft.text) {
        if block.len() > 300 || unmarked(block).0 == Some(super::super::layout::HEADLINE) {
            continue;
        }
        let folded = super::boilerplate::folded(block);
        let percentage = !folded.starts_with("il vous reste ") || folded.contains('%');
        if percentage && BEGINNINGS.iter().any(|beginning| folded.starts_with(beginning)) {
            cut = true;
            gone.push(at..at + block.len());
        } else if MARKS.contains(&folded.trim_end_matches('.')) {
            gone.push(at..at + block.len());
        }
    }
    draft.truncated |= cut;
    let changes = removals(&draft.text, &gone);
    ledger.apply(RULE.name, &mut draft.text, changes);
}
