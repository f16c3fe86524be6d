//! Bytes to text. Valid UTF-8 first, then what the file says of itself, then detection: labels lie.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Decodes a file or record. `label` is what it says its encoding is.
pub(super) fn decode<'a>(bytes: &'a [u8], label: Option<&str>) -> Cow<'a, str> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(bytes.get(length..).unwrap_or_default()).0;
    }
    // Before UTF-8: plain letters with zeros between them are valid there.
    if let Some(encoding) = utf_16(bytes) {
        return encoding.decode_without_bom_handling(bytes).0;
    }
    if let Ok(text) = simdutf8::basic::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    if is_nearly_utf_8(bytes) {
        return String::from_utf8_lossy(bytes);
    }
    let labelled = label.and_then(|label| Encoding::for_label_no_replacement(label.trim().as_bytes()));
    // A label that could be read as ASCII does not stand in UTF-16, whatever it says.
    let possible = labelled.filter(|encoding| encoding.is_ascii_compatible() && *encoding != UTF_8);
    let encoding = possible.unwrap_or_else(|| detect(bytes));
    encoding.decode_without_bom_handling(bytes).0
}

/// The encoding that a French text with these bytes most likely has.
fn detect(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes.get(..1 << 20).unwrap_or(bytes), true);
    detector.guess(Some(b"fr"), Utf8Detection::Deny)
}

/// The order of bytes in UTF-16, with a mark or without: every other byte of Latin text is 0.
pub(super) fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0xFF, 0xFE, ..] => return Some(UTF_16LE),
        [0xFE, 0xFF, ..] => return Some(UTF_16BE),
        _ => {}
    }
    let head = bytes.get(..4096).unwrap_or(bytes);
    if !head.contains(&0) {
        return None;
    }
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

/// Whether text is UTF-8 but for a few broken bytes: four of five multibyte sequences are whole, one cut off at the end aside.
fn is_nearly_utf_8(bytes: &[u8]) -> bool {
    let (mut whole, mut broken, mut left) = (0_usize, 0_usize, bytes.len());
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        left -= chunk.valid().len() + chunk.invalid().len();
        broken += usize::from(!chunk.invalid().is_empty() && left > 0);
    }
    whole >= 1 && whole >= broken * 4
}

/// What a file begins with, for a look: up to `length` bytes as text, without byte order mark and leading white space.
pub(super) fn beginning(head: &[u8], length: usize) -> String {
    let head = up_to(head, length);
    visible(head, utf_16(head))
}

/// The first character of [`beginning`].
pub(super) fn first(head: &[u8], length: usize) -> Option<char> {
    /// Not many files begin with more white space than that, in bytes.
    const NEAR: usize = 64;
    let head = up_to(head, length);
    let encoding = utf_16(head);
    [NEAR, length].iter().find_map(|length| visible(up_to(head, *length), encoding).chars().next())
}

fn up_to(bytes: &[u8], length: usize) -> &[u8] {
    bytes.get(..length).unwrap_or(bytes)
}

fn visible(head: &[u8], encoding: Option<&'static Encoding>) -> String {
    let text = match encoding {
        Some(encoding) => encoding.decode_without_bom_handling(head).0,
        None => String::from_utf8_lossy(head),
    };
    text.trim_start_matches('\u{FEFF}').trim_start().to_owned()
}

/// Whether the beginning of a file is text: of no known binary format, without zero bytes (but in UTF-16) and with few
/// other controls.
pub(super) fn is_text(head: &[u8]) -> bool {
    const BINARY: [&[u8]; 12] = [
        b"%PDF-",
        b"PK\x03\x04",
        b"\x1F\x8B",
        b"BZh91AY",
        b"\xFD7zXZ",
        b"7z\xBC\xAF",
        b"\x28\xB5\x2F\xFD",
        b"\x89PNG",
        b"\xFF\xD8\xFF",
        b"GIF8",
        b"\xD0\xCF\x11\xE0",
        b"{\\rtf",
    ];
    if BINARY.iter().any(|magic| head.starts_with(magic)) {
        return false;
    }
    let is_control = |c: char| matches!(c, '\0'..='\x08' | '\x0E'..='\x1A' | '\x1C'..='\x1F');
    if utf_16(head).is_some() {
        return beginning(head, head.len()).chars().filter(|c| is_control(*c)).count() * 50 <= head.len();
    }
    let controls = count(head, |byte| is_control(char::from(byte)));
    let zeros = count(head, |byte| byte == 0);
    let is_utf_8 = || simdutf8::basic::from_utf8(head).is_ok() || is_nearly_utf_8(head);
    // A clip may hold U+0001 and U+0002 in the place of brackets, and a stray zero; compressed data is full of them.
    let few = |one_of: usize| controls <= 4 + head.len() / one_of;
    zeros * 200 <= head.len() && (few(50) || (few(10) && is_utf_8()))
}

/// How many bytes are such, counted in bytes: the compiler makes vectors of them.
fn count(bytes: &[u8], is_such: impl Fn(u8) -> bool) -> usize {
    let few = |bytes: &[u8]| bytes.iter().map(|byte| u8::from(is_such(*byte))).sum::<u8>();
    bytes.chunks(usize::from(u8::MAX)).map(|bytes| usize::from(few(bytes))).sum()
}

#[cfg(test)]
mod tests {
    use super::{decode, first, is_text};

    #[test]
    fn labels_are_believed_last_but_one() {
        let utf_8 = "« L’été »".as_bytes();
        assert_eq!(decode(utf_8, Some("iso-8859-1")), "« L’été »", "valid UTF-8 whatever the label says");
        assert_eq!(decode(b"\xEF\xBB\xBFbonjour", None), "bonjour");
        assert_eq!(decode(b"L'\xE9t\xE9 \x9Cuvre", Some("iso-8859-1")), "L'été œuvre");
        assert_eq!(decode(b"L'\xE9t\xE9", Some("utf-16")), "L'été", "a label in ASCII is not in UTF-16");
        assert_eq!(
            decode(b"L'\xE9t\xE9 est fini", Some("iso-2022-kr")),
            "L'été est fini",
            "a label that decodes nothing"
        );
        assert_eq!(
            decode(b"L'\xE9lectricit\xE9 est ch\xE8re cet \xE9t\xE9, dit-on \xE0 Paris", None),
            "L'électricité est chère cet été, dit-on à Paris"
        );
    }

    #[test]
    fn utf_16_needs_no_mark() {
        for text in ["Une dépêche", "Un titre sans accent", "\u{FEFF}Œ"] {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            let expected = text.trim_start_matches('\u{FEFF}');
            assert_eq!((decode(&little, None), decode(&big, None)), (expected.into(), expected.into()));
        }
        assert_eq!(decode(b"Un z\0ro", None), "Un z\0ro");
    }

    #[test]
    fn what_a_file_begins_with_may_stand_behind_white_space() {
        for spaces in [0, 1, 62, 63, 64, 100, 1000] {
            let text = format!("\u{FEFF}{}{{\"titre\": 1}}", " ".repeat(spaces));
            let in_utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!((first(text.as_bytes(), 1024), first(&in_utf_16, 4096)), (Some('{'), Some('{')), "{spaces}");
        }
        assert_eq!((first(&[b' '; 2000], 1024), first(b"", 1024)), (None, None));
    }

    #[test]
    fn short_french_texts_are_detected() {
        for text in [
            "Élu d’un été",
            "Grève à la régie",
            "Où va l’Œuvre ?",
            "« Non »",
            "Le maïs brûlé",
            "Prix : 5 €",
            "ça",
            "Fin août",
        ] {
            let (bytes, _, unmappable) = encoding_rs::WINDOWS_1252.encode(text);
            assert!(!unmappable);
            assert_eq!(decode(&bytes, None), text);
        }
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
        let mut state = 1_u32;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        })
        .take(4096)
        .collect();
        assert!(!is_text(&noise), "compressed data of no known kind");
        assert!(is_text(b"L'\xE9t\xE9 fut \x01chaud\x02, dit-on; et l'automne, de m\xEAme, fut plus doux que d'habitude dans le pays."));
        assert!(is_text("Un titre\n\n\u{1}div\u{2}".as_bytes()));
        assert!(is_text(b""));
    }
}
