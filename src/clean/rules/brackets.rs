//! ☺ and ☻ (the old glyphs of U+0001 and U+0002) in the place of the brackets of tags.

use crate::article::Draft;
use crate::clean::embed::scan;
use crate::clean::layout::chars_led_by;
use crate::clean::{Change, Ledger, Rule};

pub(super) const RULE: Rule = Rule {
    name: "brackets",
    about: "Makes ☺ and ☻ (or the control characters they are the old glyphs of) brackets again where a tag stands between them.",
    apply,
    examples: &[
        ("avant ☺a href=« x »☻lien☺/a☻ après", "avant <a href=« x »>lien</a> après"),
        ("Il sourit ☺ et signe ☻ ici", "Il sourit ☺ et signe ☻ ici"),
    ],
};

fn apply(draft: &mut Draft, ledger: &mut Ledger) {
    let glyph = |(_, c)| matches!(c, '☺' | '☻' | '\u{1}' | '\u{2}');
    if !chars_led_by(&draft.text, |byte| (byte == 1) | (byte == 2) | (byte == 0xE2)).any(glyph) {
        return;
    }
    let mut changes = Vec::new();
    // As many brackets as a text with tags has; a lone glyph is text.
    let mut inside = false;
    for (at, c) in draft.text.char_indices() {
        let change = |with: &str| Change { range: at..at + c.len_utf8(), with: with.to_owned() };
        match c {
            '☺' | '\u{1}' => {
                let after = draft.text.get(at + c.len_utf8()..).unwrap_or_default();
                if begins_tag(after) {
                    changes.push(change("<"));
                    inside = true;
                }
            }
            '☻' | '\u{2}' if inside || closes_attribute(draft.text.get(..at).unwrap_or_default()) => {
                changes.push(change(">"));
                inside = false;
            }
            _ => {}
        }
    }
    ledger.apply(RULE.name, &mut draft.text, changes);
}

/// Whether what follows a bracket is a tag.
fn begins_tag(after: &str) -> bool {
    let piece: String = after
        .chars()
        .take(400)
        .map(|c| match c {
            '☺' | '\u{1}' => '<',
            '☻' | '\u{2}' => '>',
            other => other,
        })
        .collect();
    scan::tag(&format!("<{piece}")).is_some()
}

/// Whether a bracket follows the quotation mark that ends an attribute around markup: `‘☻`.
fn closes_attribute(before: &str) -> bool {
    before.trim_end_matches(' ').ends_with(scan::QUOTES)
}
