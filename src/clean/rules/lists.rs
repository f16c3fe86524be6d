//! Lists of plain text: lines that begin with a bullet or a dash.

use crate::article::Draft;
use crate::clean::layout::{ITEM, blocks, chars_led_by};
use crate::clean::{Change, Ledger, Rule};

pub(super) const RULE: Rule = Rule {
    name: "lists",
    about: "Makes lines that begin with a bullet items of a list; dashes only where two follow each other and no one speaks.",
    apply,
    examples: &[
        ("Trois choses :\n\n• le pain\n\n• le vin", "Trois choses :\n\n\u{FDD4}le pain\n\n\u{FDD4}le vin"),
        ("Deux choses :\n\n- le pain ;\n\n- le vin.", "Deux choses :\n\n\u{FDD4}le pain ;\n\n\u{FDD4}le vin."),
        ("— Vous venez ?\n\n— Non.", "— Vous venez ?\n\n— Non."),
    ],
};

fn apply(draft: &mut Draft, ledger: &mut Ledger) {
    let bullet = |(_, c)| matches!(c, '•' | '‣' | '▪');
    let bullets = chars_led_by(&draft.text, |byte| byte == 0xE2).any(bullet);
    if !bullets && !draft.text.contains("\n- ") && !draft.text.contains("\n* ") {
        return;
    }
    let all: Vec<(usize, &str)> = blocks(&draft.text).collect();
    let dashed =
        |number: usize| all.get(number).is_some_and(|(_, block)| block.starts_with("- ") || block.starts_with("* "));
    let mut changes = Vec::new();
    for (number, (at, block)) in all.iter().enumerate() {
        let bullet = ["• ", "•\u{A0}", "•", "‣ ", "▪ "]
            .iter()
            .find(|bullet| block.starts_with(**bullet))
            .map(|bullet| bullet.len());
        let dash = (dashed(number) && (dashed(number + 1) || number.checked_sub(1).is_some_and(dashed))).then_some(2);
        if let Some(length) = bullet.or(dash) {
            changes.push(Change { range: *at..at + length, with: ITEM.to_string() });
        }
    }
    ledger.apply(RULE.name, &mut draft.text, changes);
}
