//! Letters taken apart (NFD) and typographic ligatures.

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::article::Draft;
use crate::clean::layout::{chars_led_by, is_marker};
use crate::clean::{Change, Ledger, Rule};

pub(super) const RULE: Rule = Rule {
    name: "composition",
    about: "Puts accents on the letters they were taken off (NFC) and writes ﬁ and ﬂ with two letters; œ and æ are letters.",
    apply,
    examples: &[
        ("e\u{301}te\u{301}", "été"),
        ("une a\u{fb03}che o\u{fb03}cielle, la \u{fb01}n", "une affiche officielle, la fin"),
        ("l’œuvre d’Æthelred, m², ½", "l’œuvre d’Æthelred, m², ½"),
    ],
};

fn apply(draft: &mut Draft, ledger: &mut Ledger) {
    if chars_led_by(&draft.text, |byte| byte >= 0xCC).all(|(_, c)| is_composed(c)) {
        return;
    }
    let ligatures = draft.text.match_indices(|c| matches!(c, '\u{FB00}'..='\u{FB06}'));
    let changes =
        ligatures.map(|(at, found)| Change { range: at..at + found.len(), with: letters(found).to_owned() }).collect();
    ledger.apply(RULE.name, &mut draft.text, changes);
    if is_nfc(&draft.text) {
        return;
    }
    let mut changes = Vec::new();
    let mut at = 0;
    for word in draft.text.split_inclusive([' ', '\n']) {
        if !is_nfc(word) {
            changes.push(Change { range: at..at + word.len(), with: word.nfc().collect() });
        }
        at += word.len();
    }
    ledger.apply(RULE.name, &mut draft.text, changes);
}

/// Whether a character from U+0300 on is one that French is printed with, or a marker, which stay as they are.
const fn is_composed(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2027}' | '\u{202F}'..='\u{205E}' | '€') || is_marker(c)
}

fn letters(ligature: &str) -> &'static str {
    match ligature {
        "ﬀ" => "ff",
        "ﬁ" => "fi",
        "ﬂ" => "fl",
        "ﬃ" => "ffi",
        "ﬄ" => "ffl",
        _ => "st",
    }
}
