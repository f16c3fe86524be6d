//! The terminal filter: makes visible, or drops, every character by which a text could command a terminal or reverse what a
//! person reads.

use std::borrow::Cow;
use std::io::{self, Write};

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

/// Passes bytes on to a terminal as text with everything made visible that could command it. Line ends stay, those of two
/// characters too; what is not UTF-8 becomes U+FFFD.
pub struct VisibleWriter<W> {
    out: W,
    /// The beginning of a character, or of a line end, whose rest is to come.
    pending: Vec<u8>,
    changed: bool,
}

impl<W: Write> VisibleWriter<W> {
    /// Passes bytes on to `out`.
    pub const fn new(out: W) -> Self {
        Self { out, pending: Vec::new(), changed: false }
    }

    /// Writes what is pending, and tells whether anything came out other than it went in.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn finish(mut self) -> io::Result<bool> {
        let rest = std::mem::take(&mut self.pending);
        self.pass_on(&rest)?;
        Ok(self.changed)
    }

    fn pass_on(&mut self, bytes: &[u8]) -> io::Result<()> {
        let text = String::from_utf8_lossy(bytes);
        self.changed |= matches!(text, Cow::Owned(_));
        for (number, line) in text.split("\r\n").enumerate() {
            if number > 0 {
                self.out.write_all(b"\r\n")?;
            }
            let line = visible(line);
            self.changed |= matches!(line, Cow::Owned(_));
            self.out.write_all(line.as_bytes())?;
        }
        Ok(())
    }
}

impl<W: Write> Write for VisibleWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut all = std::mem::take(&mut self.pending);
        all.extend_from_slice(bytes);
        let whole = all.len() - unfinished(&all);
        self.pending = all.split_off(whole);
        self.pass_on(&all)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// How many bytes at the end may begin a character, or a line end, that goes on.
fn unfinished(bytes: &[u8]) -> usize {
    if bytes.last() == Some(&b'\r') {
        return 1;
    }
    // A character has four bytes at most, and only its first is 0xC0 or more.
    let lead = bytes.iter().rev().take(3).position(|byte| *byte >= 0xC0);
    let is_open = |back: usize| {
        let end = bytes.get(bytes.len() - back - 1..).unwrap_or_default();
        std::str::from_utf8(end).is_err_and(|error| error.error_len().is_none())
    };
    lead.filter(|back| is_open(*back)).map_or(0, |back| back + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a terminal gets of these bytes, written so many at a time.
    fn shown(bytes: &[u8], step: usize) -> (String, bool) {
        let mut out = Vec::new();
        let mut writer = VisibleWriter::new(&mut out);
        bytes.chunks(step).for_each(|chunk| writer.write_all(chunk).unwrap());
        let changed = writer.finish().unwrap();
        (String::from_utf8(out).unwrap(), changed)
    }

    #[test]
    fn bytes_for_a_terminal_are_made_safe_however_they_are_cut() {
        for step in 1..9 {
            let shown = |bytes: &[u8]| shown(bytes, step);
            assert_eq!(shown("a\u{1B}]0;x\u{7}\u{9B}31m\u{202E}é\rb".as_bytes()).0, "a␛]0;x␇<U+009B>31m<U+202E>é␍b");
            assert_eq!(shown(b"a\x9B31m\xE2\x82"), ("a\u{FFFD}31m\u{FFFD}".to_owned(), true));
            assert_eq!(shown(b"a\r"), ("a␍".to_owned(), true));
            let honest = "« L’été »\r\n\t€ 𝄞\n";
            assert_eq!(shown(honest.as_bytes()), (honest.to_owned(), false));
        }
    }

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
