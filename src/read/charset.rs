//! Bytes to text. Valid UTF-8 first, then what the file says of itself, then detection: labels lie.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Decodes a file or record. `label` is what it says its encoding is.
pub(super) fn decode<'a>(bytes: &'a [u8], label: Option<&str>) -> Cow<'a, str> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(bytes.get(length..).unwrap_or_default()).0;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    if let Some(encoding) = utf_16(bytes) {
        return encoding.decode_without_bom_handling(bytes).0;
    }
    if is_nearly_utf_8(bytes) {
        return String::from_utf8_lossy(bytes);
    }
    let labelled = label.and_then(|label| Encoding::for_label(label.trim().as_bytes())).filter(|encoding| *encoding != UTF_8);
    let encoding = labelled.unwrap_or_else(|| detect(bytes));
    encoding.decode_without_bom_handling(bytes).0
}

/// The encoding that a French text with these bytes most likely has.
fn detect(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes.get(..bytes.len().min(1 << 20)).unwrap_or(bytes), true);
    detector.guess(Some(b"fr"), Utf8Detection::Deny)
}

/// UTF-16 without a byte order mark: every other byte of Latin text is 0.
pub(super) fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0xFF, 0xFE, ..] => return Some(UTF_16LE),
        [0xFE, 0xFF, ..] => return Some(UTF_16BE),
        _ => {}
    }
    let head = bytes.get(..bytes.len().min(4096)).unwrap_or(bytes);
    let zeros = |offset: usize| head.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, pairs) = (zeros(0), zeros(1), head.len() / 2);
    let most = |count: usize| pairs > 2 && count * 10 > pairs * 7;
    if most(odd) && even * 20 < pairs {
        Some(UTF_16LE)
    } else if most(even) && odd * 20 < pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Whether text is UTF-8 but for a few broken bytes: most multibyte sequences are whole.
fn is_nearly_utf_8(bytes: &[u8]) -> bool {
    let (mut whole, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    whole >= 3 && whole >= broken * 3
}

/// Whether the beginning of a file is text: no zero bytes (but in UTF-16) and few other controls.
pub(super) fn is_text(head: &[u8]) -> bool {
    const BINARY: [&[u8]; 12] = [
        b"%PDF-", b"PK\x03\x04", b"\x1F\x8B", b"\x89PNG", b"\xFF\xD8\xFF", b"GIF8", b"SQLite format 3", b"\x7FELF", b"RIFF", b"ID3",
        b"\xD0\xCF\x11\xE0", b"{\\rtf",
    ];
    if BINARY.iter().any(|magic| head.starts_with(magic)) {
        return false;
    }
    if utf_16(head).is_some() {
        return true;
    }
    let controls = head.iter().filter(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31)).count();
    let zeros = head.iter().filter(|byte| **byte == 0).count();
    // A clip may hold U+0001 and U+0002 in the place of brackets, and a stray zero; a binary file is full of them.
    zeros * 200 <= head.len() && controls * 10 <= head.len() + 40
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_believed_last_but_one() {
        let utf_8 = "« L’été »".as_bytes();
        assert_eq!(decode(utf_8, Some("iso-8859-1")), "« L’été »", "valid UTF-8 whatever the label says");
        assert_eq!(decode(b"\xEF\xBB\xBFbonjour", None), "bonjour");
        assert_eq!(decode(b"L'\xE9t\xE9 \x9Cuvre", Some("iso-8859-1")), "L'été œuvre");
        assert_eq!(decode(b"L'\xE9lectricit\xE9 est ch\xE8re cet \xE9t\xE9, dit-on \xE0 Paris", None), "L'électricité est chère cet été, dit-on à Paris");
        let le: Vec<u8> = "Une dépêche".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&le, None), "Une dépêche");
    }

    #[test]
    fn a_few_broken_bytes_cost_themselves_only() {
        let mut bytes = "éàèùçé et la suite".as_bytes().to_vec();
        bytes.push(0xC3);
        assert_eq!(decode(&bytes, None), "éàèùçé et la suite\u{FFFD}");
    }

    #[test]
    fn pictures_are_no_text() {
        assert!(!is_text(b"\x89PNG\r\n\x1A\n"));
        assert!(!is_text(&[0; 512]));
        assert!(is_text("Un titre\n\n\u{1}div\u{2}".as_bytes()));
        assert!(is_text(b""));
    }
}
