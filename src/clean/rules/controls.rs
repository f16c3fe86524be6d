//! What no reader sees: controls, zero-width characters, soft hyphens; line ends of any kind.

use crate::article::Draft;
use crate::clean::layout::chars_led_by;
use crate::clean::{Change, Ledger, Rule};

pub(super) const RULE: Rule = Rule {
    name: "controls",
    about: "Drops control characters, zero-width characters and soft hyphens, and makes every line end a newline. No-break \
            spaces stay.",
    apply,
    examples: &[
        ("l’inter\u{AD}view\u{200B} a\r\nété", "l’interview a\nété"),
        ("un\u{2028}deux, inter\u{AD}\nview", "un\ndeux, interview"),
        ("50\u{A0}% et 1\u{202F}000", "50\u{A0}% et 1\u{202F}000"),
        ("la famille 👨\u{200D}👩\u{200D}👧", "la famille 👨\u{200D}👩\u{200D}👧"),
    ],
};

/// What a character becomes; `None` when it stays.
fn replacement(c: char) -> Option<&'static str> {
    match c {
        '\n' | '\t' => None,
        '\u{2028}' | '\u{85}' | '\u{B}' | '\u{C}' => Some("\n"),
        '\u{2029}' => Some("\n\n"),
        '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' => Some(""),
        '\u{AD}' | '\u{200B}' | '\u{200C}' | '\u{2060}' | '\u{FEFF}' | '\u{180E}' => Some(""),
        // Directions of text matter within Arabic and Hebrew, and command nothing once they are shown as what they are.
        '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => Some(""),
        _ => None,
    }
}

fn apply(draft: &mut Draft, ledger: &mut Ledger) {
    let text = &draft.text;
    let mut changes = Vec::new();
    // U+0180 is the first that 0xC6 leads; 0xC2 leads U+0080 to U+00BF.
    for (at, c) in chars_led_by(text, |byte| (byte < 0x20) | (byte == 0x7F) | (byte == 0xC2) | (byte >= 0xC6)) {
        let Some(with) = replacement(c) else { continue };
        let after = text.get(at + c.len_utf8()..).unwrap_or_default();
        // A carriage return of its own is a line end; before a newline it is part of one.
        let with = if c == '\r' && !after.starts_with('\n') { "\n" } else { with };
        // A soft hyphen at a line end says that the word goes on below.
        let goes_on =
            c == '\u{AD}' && after.strip_prefix('\n').is_some_and(|after| after.starts_with(char::is_lowercase));
        let end = at + c.len_utf8() + usize::from(goes_on);
        changes.push(Change { range: at..end, with: with.to_owned() });
    }
    ledger.apply(RULE.name, &mut draft.text, changes);
}
