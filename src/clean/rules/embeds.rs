//! Embedded posts and frames in the middle of a text, whole or broken.

use crate::article::Draft;
use crate::clean::embed::regions;
use crate::clean::layout::EMBED;
use crate::clean::{Change, Ledger, Rule};

pub(super) const RULE: Rule = Rule {
    name: "embeds",
    about: "Lifts embedded posts and frames out of the text, with the scripts and consent switches around them, and puts a \
            typed embed in their place.",
    apply,
    examples: &[
        (
            "Avant.\n<blockquote class=« twitter-tweet »><p lang=« fr »>Bonjour — Zoé (@zoe) <a href= »https://twitter. com/zoe/status/17« >3 mai 2024</blockquote>\n\nAprès.",
            "Avant.\n\n\u{FDD5}0\n\nAprès.",
        ),
        ("Le tag <b>gras</b> et 5 < 7.", "Le tag <b>gras</b> et 5 < 7."),
    ],
};

fn apply(draft: &mut Draft, ledger: &mut Ledger) {
    if !draft.text.contains('<') {
        return;
    }
    let text = std::mem::take(&mut draft.text);
    let mut changes = Vec::new();
    for (range, embed) in regions(&text, false) {
        let with = match embed {
            Some(embed) => {
                draft.embeds.push(embed);
                format!("\n\n{EMBED}{}\n\n", draft.embeds.len() - 1)
            }
            None => "\n\n".to_owned(),
        };
        changes.push(with_borders(&text, range.start, range.end, with));
    }
    draft.text = text;
    ledger.apply(RULE.name, &mut draft.text, changes);
}

/// A change that takes the white space around the region along.
fn with_borders(text: &str, start: usize, end: usize, with: String) -> Change {
    let before = text.get(..start).unwrap_or_default();
    let start = before.trim_end_matches(['\n', ' ']).len();
    let after = text.get(end..).unwrap_or_default();
    let end = end + after.len() - after.trim_start_matches(['\n', ' ']).len();
    let with = match (start == 0, end == text.len()) {
        (true, _) => with.trim_start().to_owned(),
        (_, true) => with.trim_end().to_owned(),
        _ => with,
    };
    Change { range: start..end, with }
}
