//! Text to pieces: the longest runs of letters and digits, with the marks and invisible characters among them.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A run of letters and digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    /// Its first byte.
    pub(super) start: usize,
    /// The byte after its last.
    pub(super) end: usize,
    /// What it consists of.
    pub(super) kind: Kind,
}

/// What a piece consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters alone.
    Letters,
    /// ASCII digits alone.
    Digits,
    /// Letters and digits.
    Mixed,
}

/// What a character is to the tokenizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Digit,
    /// A letter of a script without spaces between words: a piece of its own.
    Ideograph,
    /// A combining mark: part of the piece it follows.
    Mark,
    /// Invisible: neither part of a word nor its end.
    Invisible,
    Other,
}

/// The pieces of a text, of which the first may be cut already, with something known of each.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pieces<'a, T> {
    pub(super) text: &'a str,
    pub(super) cut: &'a [(Piece, T)],
}

impl<T: Copy> Pieces<'_, T> {
    /// The first piece at or after byte `from`, which does not lie before that of the last call.
    #[inline]
    pub(super) fn next(&mut self, from: usize) -> Option<(Piece, Option<T>)> {
        while let Some(((piece, of_piece), rest)) = self.cut.split_first() {
            if piece.start >= from {
                self.cut = rest;
                return Some((*piece, Some(*of_piece)));
            }
            if piece.end > from {
                break;
            }
            self.cut = rest;
        }
        Some((next_piece(self.text, from)?, None))
    }
}

/// The first piece at or after byte `from`.
#[inline]
pub(super) fn next_piece(text: &str, from: usize) -> Option<Piece> {
    let mut at = from;
    loop {
        let (class, length) = class_at(text, at)?;
        if matches!(class, Class::Letter | Class::Digit | Class::Ideograph) {
            return read_piece(text, at);
        }
        at += length;
    }
}

/// The piece that begins at byte `from`, invisible characters before it aside.
pub(super) fn piece_at(text: &str, from: usize) -> Option<Piece> {
    read_piece(text, from)
}

#[inline]
fn read_piece(text: &str, from: usize) -> Option<Piece> {
    let mut start = from;
    let (first, length) = loop {
        match class_at(text, start)? {
            (Class::Invisible, length) => start += length,
            (Class::Mark | Class::Other, _) => return None,
            begins => break begins,
        }
    };
    let (mut letters, mut digits) = (first != Class::Digit, first == Class::Digit);
    let mut end = start + length;
    let mut at = end;
    loop {
        if first != Class::Ideograph {
            // Most letters are these.
            let plain = small_letters(text.as_bytes().get(at..).unwrap_or_default());
            letters |= plain > 0;
            at += plain;
            end = if plain > 0 { at } else { end };
        }
        let Some((class, length)) = class_at(text, at) else { break };
        match class {
            Class::Letter if first != Class::Ideograph => letters = true,
            Class::Digit if first != Class::Ideograph => digits = true,
            Class::Mark => {}
            Class::Invisible => {
                at += length;
                continue;
            }
            _ => break,
        }
        at += length;
        end = at;
    }
    let kind = match (letters, digits) {
        (true, true) => Kind::Mixed,
        (false, true) => Kind::Digits,
        _ => Kind::Letters,
    };
    Some(Piece { start, end, kind })
}

/// How many of the bytes are `a` to `z`, from the first.
#[inline]
fn small_letters(bytes: &[u8]) -> usize {
    /// A byte eight times.
    const fn each(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    let (mut rest, mut before) = (bytes, 0);
    while let Some((eight, others)) = rest.split_first_chunk() {
        // The highest bit of each byte of the sums tells whether it is at least `a`, and whether it is more than `z`.
        let bytes = u64::from_le_bytes(*eight);
        let low = bytes & each(0x7f);
        let (from_a, beyond_z) = (low + each(0x80 - b'a'), low + each(0x80 - b'z' - 1));
        let others_than_small = !(from_a & !beyond_z & !bytes) & each(0x80);
        if others_than_small != 0 {
            return before + others_than_small.trailing_zeros() as usize / 8;
        }
        (rest, before) = (others, before + 8);
    }
    before + rest.iter().take_while(|byte| byte.is_ascii_lowercase()).count()
}

/// Whether a letter or digit stands at byte `at`.
pub(super) fn begins_word(text: &str, at: usize) -> bool {
    matches!(class_at(text, at), Some((Class::Letter | Class::Digit | Class::Ideograph, _)))
}

/// The character at byte `at`.
pub(super) fn char_at(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

/// The text of the bytes from `start` to `end`.
pub(super) fn slice(text: &str, start: usize, end: usize) -> &str {
    text.get(start..end).unwrap_or_default()
}

/// The letters and digits of a word, without its marks and invisible characters: `é` counts once however it is written.
pub(super) fn letters(word: &str) -> impl Iterator<Item = char> {
    word.nfc().filter(|c| c.is_alphanumeric())
}

/// Whether a word has so many letters and digits.
pub(super) fn has_letters(word: &str, least: usize) -> bool {
    // The characters below U+0300, whose first bytes are below 0xCC, are composed.
    if word.bytes().all(|byte| byte < 0xcc) {
        return word.len() >= least && word.chars().filter(|c| c.is_alphanumeric()).count() >= least;
    }
    letters(word).count() >= least
}

/// Whether a character is invisible and ignored within words.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// The class and length in bytes of the character at byte `at`. ASCII and what French has beside it go first: to look a
/// character up in tables takes longer.
#[inline]
fn class_at(text: &str, at: usize) -> Option<(Class, usize)> {
    let byte = *text.as_bytes().get(at)?;
    let next = |nth: usize| text.as_bytes().get(at + nth).copied().unwrap_or_default();
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' => Some((Class::Letter, 1)),
        b'0'..=b'9' => Some((Class::Digit, 1)),
        0..=0x7f => Some((Class::Other, 1)),
        0xc3 => Some((if matches!(next(1), 0x97 | 0xb7) { Class::Other } else { Class::Letter }, 2)), // × ÷
        0xc2 if matches!(next(1), 0xa0 | 0xab | 0xbb) => Some((Class::Other, 2)), // no-break space, « »
        // Spaces, dashes, quotation marks, and the invisible characters among them: U+2000 to U+203F.
        0xe2 if next(1) == 0x80 => {
            let invisible = matches!(next(2), 0x8b..=0x8f | 0xaa..=0xae);
            Some((if invisible { Class::Invisible } else { Class::Other }, 3))
        }
        _ => char_at(text, at).map(|c| (class(c), c.len_utf8())),
    }
}

fn class(c: char) -> Class {
    match c {
        'º' | 'ª' | 'ʼ' => Class::Other, // nº is n°, and U+02BC an apostrophe
        _ if is_invisible(c) => Class::Invisible,
        _ if is_ideograph(c) => Class::Ideograph,
        _ if c.is_alphanumeric() => Class::Letter,
        _ if is_combining_mark(c) => Class::Mark,
        _ => Class::Other,
    }
}

/// Whether a character belongs to a script without spaces between words (Chinese, Japanese, Thai, Lao, Burmese, Khmer).
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9d}'
        | '\u{20000}'..='\u{3ffff}')
        && c.is_alphabetic()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<&str> {
        let mut from = 0;
        std::iter::from_fn(|| {
            let piece = next_piece(text, from)?;
            from = piece.end;
            Some(slice(text, piece.start, piece.end))
        })
        .collect()
    }

    #[test]
    fn counts_small_letters() {
        for byte in 0..=u8::MAX {
            for place in 0..18 {
                let mut bytes = [b'a', b'z', b'm'].repeat(6);
                bytes[place] = byte;
                let expected = if byte.is_ascii_lowercase() { 18 } else { place };
                assert_eq!(small_letters(&bytes), expected, "{byte} at {place}");
            }
        }
    }

    #[test]
    fn what_goes_first_is_of_its_class() {
        for c in (0x80..=u32::from(char::MAX)).filter_map(char::from_u32) {
            assert_eq!(class_at(c.encode_utf8(&mut [0; 4]), 0), Some((class(c), c.len_utf8())), "{c:?}");
        }
    }

    #[test]
    fn cuts_at_what_is_no_letter() {
        assert_eq!(pieces("Le maire, élu : 3 voix !"), ["Le", "maire", "élu", "3", "voix"]);
        assert_eq!(pieces("2×3 ÷ n°4"), ["2", "3", "n", "4"]);
    }

    #[test]
    fn keeps_marks_and_invisible_characters_within() {
        assert_eq!(pieces("e\u{301}te\u{301} gou\u{ad}verne\u{200b}"), ["e\u{301}te\u{301}", "gou\u{ad}verne"]);
    }

    #[test]
    fn gives_each_ideograph_alone() {
        assert_eq!(pieces("東京タワー Москва"), ["東", "京", "タ", "ワ", "ー", "Москва"]);
    }
}
