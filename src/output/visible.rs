//! The terminal filter: makes visible, or drops, every character by which a text could command a terminal or reverse what a
//! person reads.

use std::borrow::Cow;

/// Replaces control characters but newline and tab by their Unicode pictures or their code, and bidirectional controls by
/// their code. Other text comes back as it is.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            _ if !is_hidden(c) => out.push(c),
            '\0'..='\u{1F}' => out.extend(char::from_u32(0x2400 + u32::from(c))),
            '\u{7F}' => out.push('␡'),
            _ => out.push_str(&format!("<U+{:04X}>", u32::from(c))),
        }
    }
    Cow::Owned(out)
}

/// A path, or any one-line text, for a person: newlines and tabs made visible as well.
#[must_use]
pub fn visible_path(path: &[u8]) -> String {
    let text = String::from_utf8_lossy(path);
    visible(&text).replace('\n', "␊").replace('\t', "␉")
}

/// Whether a character could act on a terminal or on the order of what is read.
pub(super) const fn is_hidden(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' => true,
        '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => true,
        // Line and paragraph separators, interlinear annotation, tag characters: nothing a reader sees.
        '\u{2028}' | '\u{2029}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}' => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_commands_the_terminal() {
        assert_eq!(visible("a\u{1B}]52;c;\u{7}b\u{9B}31m\u{202E}c"), "a␛]52;c;␇b<U+009B>31m<U+202E>c");
        assert_eq!(visible_path(b"a\nb\tc\xFF"), "a␊b␉c\u{FFFD}");
    }

    #[test]
    fn honest_text_is_left_alone() {
        let text = "« L’été, 50 % »\n\tœuvre — fin…";
        assert!(matches!(visible(text), Cow::Borrowed(_)));
    }
}
