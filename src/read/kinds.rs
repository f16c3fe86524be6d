//! Kinds of files that are recognised and hold no article that newsgrep reads: told by name, so that nobody takes them for read.

use super::Head;
use super::charset::{beginning, is_text};

/// How a file of a kind begins, as bytes.
const MAGIC: [(&[u8], &str); 27] = [
    (b"%PDF-", "PDF"),
    (b"{\\rtf", "RTF"),
    (b"\x89PNG", "picture"),
    (b"\xFF\xD8\xFF", "picture"),
    (b"GIF8", "picture"),
    (b"II*\0", "picture"),
    (b"MM\0*", "picture"),
    (b"BM", "picture"),
    (b"\x1F\x8B", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xFD7zXZ", "xz"),
    (b"7z\xBC\xAF", "7-Zip"),
    (b"Rar!", "RAR"),
    (b"\x28\xB5\x2F\xFD", "zstd"),
    (b"SQLite format 3\0", "database"),
    (b"ID3", "audio"),
    (b"OggS", "audio"),
    (b"fLaC", "audio"),
    (b"\x7FELF", "program"),
    (b"MZ", "program"),
    (b"\xCA\xFE\xBA\xBE", "program"),
    (b"!BDN", "Outlook"),
    (b"bplist00", "property list"),
    (b"WARC/", "web archive"),
    (b"\0asm", "program"),
    (b"wOFF", "font"),
    (b"wOF2", "font"),
];

/// Endings of names that mean a kind, where the contents do not tell.
const EXTENSIONS: [(&[&str], &str); 14] = [
    (&["csv", "tsv", "tab"], "table"),
    (&["xls", "xlsx", "ods"], "table"),
    (&["eml", "emlx", "mbox", "mbx", "mht", "mhtml", "msg", "pst"], "mail"),
    (&["xml", "rss", "atom", "rdf", "opml", "nitf", "newsml", "enex"], "XML"),
    (&["doc", "docx", "dot", "odt"], "Word"),
    (&["ris", "enw", "bib", "nbib"], "bibliography"),
    (&["srt", "vtt", "sub"], "subtitles"),
    (&["ics", "vcf"], "calendar or contacts"),
    (&["css", "js", "mjs", "py", "rs", "c", "h", "sh", "sql"], "program text"),
    (&["ini", "conf", "toml", "yaml", "yml", "plist"], "settings"),
    (&["log"], "log"),
    (&["warc", "arc"], "web archive"),
    (&["svg"], "picture"),
    (&["rtf"], "RTF"),
];

/// The kind of a file that no reader takes, in a word or two; `None` for text of no kind that is known.
pub(super) fn kind(head: &Head<'_>) -> Option<&'static str> {
    let bytes = head.bytes;
    let by_name = || EXTENSIONS.iter().find(|(names, _)| names.contains(&head.extension)).map(|(_, kind)| *kind);
    if !is_text(bytes) {
        let magic = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, kind)| *kind);
        return Some(magic.or_else(|| packed(bytes)).or_else(by_name).unwrap_or("not text"));
    }
    of_text(&beginning(bytes, 4096)).or_else(by_name)
}

/// Kinds that are told deeper in the file.
fn packed(bytes: &[u8]) -> Option<&'static str> {
    let holds = |what: &[u8]| bytes.windows(what.len()).any(|window| window == what);
    if bytes.starts_with(b"PK\x03\x04") {
        return Some(match () {
            () if holds(b"word/") => "Word",
            () if holds(b"xl/") => "table",
            () if holds(b"application/epub+zip") => "EPUB",
            () if holds(b"opendocument.text") => "Word",
            () if holds(b"opendocument.spreadsheet") => "table",
            () => "ZIP",
        });
    }
    if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        return Some("Word");
    }
    if bytes.get(257..262) == Some(b"ustar") {
        return Some("tar");
    }
    let brand = bytes.get(4..8)?;
    if brand == b"ftyp" { Some("video") } else { None }
}

/// Kinds of text that say what they are in their first lines.
fn of_text(text: &str) -> Option<&'static str> {
    let mut lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
    let first = lines.next()?;
    if first.starts_with("<?xml") || first.starts_with("<rss") || first.starts_with("<feed") {
        return Some("XML");
    }
    if first.starts_with("{\\rtf") {
        return Some("RTF");
    }
    let is_envelope = first.starts_with("From ") && first.split_whitespace().count() >= 6 && first.contains(':');
    let headers = text.lines().take_while(|line| !line.is_empty()).take(40).filter(|line| is_mail_header(line)).count();
    if headers >= 2 && (is_envelope || is_header(first)) {
        return Some("mail");
    }
    if first.starts_with("TY  - ") {
        return Some("bibliography");
    }
    is_table(text).then_some("table")
}

/// Header fields that mail has and nothing else.
const MAIL: [&str; 9] =
    ["received", "return-path", "delivered-to", "mime-version", "message-id", "from", "subject", "content-type", "to"];

fn is_header(line: &str) -> bool {
    let name = line.split_once(':').map_or("", |(name, _)| name);
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn is_mail_header(line: &str) -> bool {
    let name = line.split_once(": ").map_or("", |(name, _)| name).to_ascii_lowercase();
    MAIL.contains(&name.as_str())
}

/// Whether every line of the beginning has the same number of the same separator: two at least, in three lines at least.
fn is_table(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    // The last may be cut off.
    let lines = lines.split_last().map_or(&[][..], |(_, lines)| lines);
    [';', '\t', ',', '|'].into_iter().any(|separator| {
        let count = |line: &&str| line.matches(separator).count();
        let first = lines.first().map_or(0, count);
        first >= 2 && lines.len() >= 3 && lines.iter().all(|line| count(line) == first)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8], extension: &str) -> Option<&'static str> {
        kind(&Head { bytes, extension })
    }

    #[test]
    fn kinds_are_told_by_contents_first() {
        for (bytes, extension, expected) in [
            (&b"%PDF-1.7\n"[..], "txt", Some("PDF")),
            (b"PK\x03\x04\0\0\0\0word/document.xml\0\0", "zip", Some("Word")),
            (b"\0\0\0\0\0\0\0\0\0\0", "bin", Some("not text")),
            (b"From: lea@val.example\nTo: max@val.example\nSubject: le bac\n\nBonjour\n", "txt", Some("mail")),
            (b"titre;date;texte\nUn;2024;Oui\nDeux;2024;Non\nTrois;2023;Bon\n", "txt", Some("table")),
            (b"<?xml version=\"1.0\"?>\n<rss/>", "txt", Some("XML")),
            (b"Un titre\n\nUn texte, avec des virgules, et un point.\n", "txt", None),
            (b"Un titre\n\nDe: la mairie\nA: tous\n", "txt", None),
            (b"Un titre\n\nUn texte.\n", "eml", Some("mail")),
            (b"a,b\n", "csv", Some("table")),
        ] {
            assert_eq!(of(bytes, extension), expected, "{}", String::from_utf8_lossy(bytes));
        }
    }
}
