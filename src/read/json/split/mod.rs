//! Finds the records of JSON and JSON Lines: objects at the top, in an array at the top, or in an array of a wrapper
//! (`{"articles": […]}`). Sees each byte once and holds one record at a time.

use std::io::{self, Read};
use std::ops::{ControlFlow, Range};

use crate::read::charset::utf_16;
use crate::read::{BadRecord, Record, Sink, too_large};

/// The largest record in bytes.
const LARGEST: usize = 16 << 20;

/// Bytes read at a time.
const BLOCK: usize = 64 << 10;

/// Hands over the records.
pub(super) fn split(input: &mut dyn Read, sink: &mut Sink<'_>) -> io::Result<()> {
    let mut block = Vec::with_capacity(BLOCK);
    Read::take(&mut *input, BLOCK as u64).read_to_end(&mut block)?;
    let splitter = match utf_16(&block) {
        Some(encoding) => {
            let mut places = Places::after_mark(&block);
            let mut decoder = encoding.new_decoder_with_bom_removal();
            let decode = |bytes: &[u8], text: &mut Vec<u8>| {
                let last = bytes.is_empty();
                let mut decoded =
                    String::with_capacity(decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(4 * BLOCK));
                let _ = decoder.decode_to_string(bytes, &mut decoded, last);
                text.extend_from_slice(decoded.as_bytes());
            };
            feed_all(block, input, decode, |splitter, text| {
                // Records of a file in UTF-16 are no ranges of its bytes, but they lie somewhere in it.
                let mut placed = |record: Result<Record, BadRecord>| {
                    sink(record.map(|record| {
                        let place = places.of(&record, text);
                        Record { range: None, place, ..record }
                    }))
                };
                let fed = splitter.feed(text, &mut placed);
                places.pass(text);
                fed
            })?
        }
        None => {
            let decode = |bytes: &[u8], text: &mut Vec<u8>| text.extend_from_slice(bytes);
            feed_all(block, input, decode, |splitter, text| splitter.feed(text, sink))?
        }
    };
    if let Some(splitter) = splitter {
        // What is left is no record.
        splitter.finish(sink);
    }
    Ok(())
}

/// Where records of a decoded file lie in the file itself, in UTF-16.
struct Places {
    /// Where the text begins in the file, behind a byte order mark.
    start: u64,
    /// Bytes of decoded text in the blocks before.
    seen: u64,
    /// The place that was counted up to: bytes of the block under way, and units of UTF-16 up to there from the start.
    counted: usize,
    units: u64,
}

impl Places {
    fn after_mark(block: &[u8]) -> Self {
        let start = if matches!(block, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) { 2 } else { 0 };
        Self { start, seen: 0, counted: 0, units: 0 }
    }

    /// The place of a record that ends in the block under way.
    fn of(&mut self, record: &Record, text: &[u8]) -> Option<Range<u64>> {
        let end = usize::try_from(record.range.as_ref()?.end.checked_sub(self.seen)?).ok()?;
        if end < self.counted {
            return None;
        }
        self.count(text, end);
        let end = self.start + 2 * self.units;
        Some(end.checked_sub(2 * units(&record.bytes))?..end)
    }

    /// Goes on to the next block.
    fn pass(&mut self, text: &[u8]) {
        self.count(text, text.len());
        self.seen += text.len() as u64;
        self.counted = 0;
    }

    fn count(&mut self, text: &[u8], end: usize) {
        self.units += units(text.get(self.counted..end).unwrap_or_default());
        self.counted = self.counted.max(end);
    }
}

/// Units of UTF-16 that a text in UTF-8 has: one for each character, and two for those of four bytes.
fn units(text: &[u8]) -> u64 {
    text.iter().map(|byte| u64::from(byte & 0xC0 != 0x80) + u64::from(*byte >= 0xF0)).sum()
}

/// Feeds a splitter with a file, block by block, as UTF-8. Gives it back at the end, unless it was told to stop.
fn feed_all(
    mut block: Vec<u8>,
    input: &mut dyn Read,
    mut decode: impl FnMut(&[u8], &mut Vec<u8>),
    mut feed: impl FnMut(&mut Splitter, &[u8]) -> ControlFlow<()>,
) -> io::Result<Option<Splitter>> {
    let mut splitter = Splitter::default();
    let mut text = Vec::with_capacity(block.len());
    loop {
        text.clear();
        decode(&block, &mut text);
        if feed(&mut splitter, &text).is_break() {
            return Ok(None);
        }
        if block.is_empty() {
            return Ok(Some(splitter));
        }
        block.clear();
        Read::take(&mut *input, BLOCK as u64).read_to_end(&mut block)?;
    }
}

/// Where the splitter stands.
#[derive(Default)]
struct Splitter {
    /// Bytes seen in the blocks before.
    seen: u64,
    /// Records so far, with the one being read.
    number: u64,
    /// The record being read, as far as it stood in the blocks before.
    record: Vec<u8>,
    /// Where it began.
    start: u64,
    /// What becomes of it.
    fate: Fate,
    /// How deep in it; 0 between records.
    depth: u64,
    in_string: bool,
    escaped: bool,
    /// The last byte outside strings that is not white space.
    last: u8,
    /// Whether the last byte ended a line.
    line_ended: bool,
    /// How many lines ended in it.
    newlines: u64,
    /// Whether it began a line.
    began_line: bool,
    /// Whether the record before stood on a line of its own.
    lines: bool,
    /// Whether bytes between records did not belong there.
    stray: bool,
    /// How deep in a wrapper the list of records is; 0 outside.
    wrapper: u64,
    /// Whether a record came that is not in a wrapper.
    bare: bool,
}

/// What becomes of the record being read.
#[derive(Default, Clone, Copy, PartialEq)]
enum Fate {
    #[default]
    Kept,
    TooLarge,
    /// It is what follows the list in a wrapper.
    Wrapper,
}

impl Splitter {
    fn feed(&mut self, bytes: &[u8], sink: &mut Sink<'_>) -> ControlFlow<()> {
        // `from` is where the part of the record in this block begins.
        let (mut from, mut at) = (0, 0);
        while let Some(&byte) = bytes.get(at) {
            if self.depth == 0 {
                self.between(byte, at, sink)?;
                from = at;
            } else if self.in_string {
                if std::mem::take(&mut self.line_ended) && byte == b'{' {
                    self.cut_off(at, sink)?;
                    from = at;
                } else if !std::mem::take(&mut self.escaped) || byte == b'\n' {
                    at += length_of_plain(bytes.get(at..).unwrap_or_default());
                    self.in_string(bytes.get(at).copied());
                }
            } else {
                let line_began = std::mem::take(&mut self.line_ended);
                match byte {
                    b' ' | b'\t' | b'\r' => {}
                    b'\n' => (self.line_ended, self.newlines) = (true, self.newlines + 1),
                    b'{' if line_began && self.is_impossible() => {
                        self.cut_off(at, sink)?;
                        from = at;
                    }
                    b'{' if self.last == b'[' && self.is_wrapper(bytes.get(from..at).unwrap_or_default()) => {
                        self.unwrap(at);
                        from = at;
                    }
                    _ => {
                        self.structure(byte);
                        if self.depth == 0 {
                            self.keep(bytes.get(from..=at).unwrap_or_default());
                            self.end(at, sink)?;
                        }
                    }
                }
            }
            at += 1;
        }
        if self.depth > 0 {
            self.keep(bytes.get(from..).unwrap_or_default());
        }
        self.seen += bytes.len() as u64;
        ControlFlow::Continue(())
    }

    /// Takes a byte between records.
    fn between(&mut self, byte: u8, at: usize, sink: &mut Sink<'_>) -> ControlFlow<()> {
        match byte {
            b'{' => {
                if std::mem::take(&mut self.stray) {
                    self.bad("this is no JSON object", sink)?;
                }
                self.number += 1;
                self.begin(at, self.line_ended || self.number == 1);
            }
            b']' if self.wrapper > 0 => {
                self.begin(at, false);
                (self.fate, self.depth, self.wrapper) = (Fate::Wrapper, self.wrapper - 1, 0);
            }
            // Brackets and commas of an array, record separators, a byte order mark.
            b'[' | b']' | b',' | 0x1E | 0xEF | 0xBB | 0xBF => {}
            byte => self.stray |= !byte.is_ascii_whitespace(),
        }
        self.line_ended = byte == b'\n';
        ControlFlow::Continue(())
    }

    /// Begins a record at its opening brace.
    fn begin(&mut self, at: usize, began_line: bool) {
        self.record.clear();
        self.start = self.seen + at as u64;
        (self.fate, self.depth, self.last) = (Fate::Kept, 1, b'{');
        (self.in_string, self.escaped, self.line_ended, self.newlines) = (false, false, false, 0);
        self.began_line = began_line;
    }

    /// Takes the byte in a string that plain text ends with.
    fn in_string(&mut self, byte: Option<u8>) {
        match byte {
            Some(b'"') => (self.in_string, self.last) = (false, b'"'),
            Some(b'\\') => self.escaped = true,
            Some(_) => (self.line_ended, self.newlines) = (true, self.newlines + 1),
            None => {}
        }
    }

    /// Takes a byte outside strings.
    fn structure(&mut self, byte: u8) {
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth -= 1,
            _ => {}
        }
        self.last = byte;
    }

    /// Whether a record must have begun anew where a line begins with a brace: no value can stand there; or lines are
    /// records and this is the second of one.
    fn is_impossible(&self) -> bool {
        !matches!(self.last, b':' | b',' | b'[')
            || (self.depth == 1 && self.last != b':')
            || (self.lines && self.newlines == 1)
    }

    /// The record being read will never end: a new one begins here.
    fn cut_off(&mut self, at: usize, sink: &mut Sink<'_>) -> ControlFlow<()> {
        let reason = "the record is cut off: the next one begins before it ends".to_owned();
        sink(Err(BadRecord { number: self.number, reason }))?;
        self.number += 1;
        self.begin(at, true);
        ControlFlow::Continue(())
    }

    /// Whether an object that begins a list is a record in a wrapper: the list has a usual name and comes near the beginning,
    /// and no text before it. Asked until a record comes that has no wrapper.
    fn is_wrapper(&self, part: &[u8]) -> bool {
        const LISTS: [&str; 11] = [
            "articles",
            "items",
            "entries",
            "docs",
            "documents",
            "results",
            "hits",
            "records",
            "posts",
            "stories",
            "data",
        ];
        const TEXTS: [&str; 6] =
            ["\"text\"", "\"body\"", "\"content\"", "\"maintext\"", "\"articleBody\"", "\"texte\""];
        if self.bare
            || self.wrapper > 0
            || self.fate != Fate::Kept
            || self.depth > 4
            || self.record.len() + part.len() > 1024
        {
            return false;
        }
        let before = [self.record.as_slice(), part].concat();
        let before = String::from_utf8_lossy(&before);
        let key = before.trim_end().strip_suffix('[').and_then(|text| text.trim_end().strip_suffix(':'));
        let key = key.and_then(|text| text.trim_end().strip_suffix('"')).and_then(|text| text.rsplit('"').next());
        key.is_some_and(|key| LISTS.contains(&key)) && !TEXTS.iter().any(|name| before.contains(name))
    }

    /// Forgets the wrapper and begins its first record.
    fn unwrap(&mut self, at: usize) {
        self.wrapper = self.depth;
        self.begin(at, false);
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.fate == Fate::Kept && self.record.len() + bytes.len() > LARGEST {
            self.fate = Fate::TooLarge;
            self.record = Vec::new();
        }
        if self.fate == Fate::Kept {
            self.record.extend_from_slice(bytes);
        }
    }

    fn end(&mut self, at: usize, sink: &mut Sink<'_>) -> ControlFlow<()> {
        self.bare |= self.wrapper == 0 && self.fate == Fate::Kept;
        self.lines = self.newlines == 0 && self.began_line;
        let range = Some(self.start..self.seen + at as u64 + 1);
        match self.fate {
            Fate::Kept => {
                // The copy is as long as the record, the buffer as the longest.
                let bytes = self.record.as_slice().to_vec();
                sink(Ok(Record { number: self.number, place: range.clone(), range, bytes }))
            }
            Fate::TooLarge => sink(Err(BadRecord { number: self.number, reason: too_large("record", LARGEST) })),
            Fate::Wrapper => ControlFlow::Continue(()),
        }
    }

    /// Says that something was no record.
    fn bad(&mut self, reason: &str, sink: &mut Sink<'_>) -> ControlFlow<()> {
        self.number += 1;
        sink(Err(BadRecord { number: self.number, reason: reason.to_owned() }))
    }

    fn finish(mut self, sink: &mut Sink<'_>) {
        let _ = if self.depth > 0 && self.fate != Fate::Wrapper {
            sink(Err(BadRecord {
                number: self.number,
                reason: "the record is cut off: the file ends before it".to_owned(),
            }))
        } else if self.depth > 0 || self.wrapper > 0 {
            self.bad("the file is cut off: its list never ends", sink)
        } else if self.stray || self.number == 0 {
            self.bad("this is no JSON object", sink)
        } else {
            ControlFlow::Continue(())
        };
    }
}

/// How many bytes of a string come before one that needs a look: a quote, a backslash, or the end of a line. Eight bytes at
/// a time.
fn length_of_plain(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGHS: u64 = ONES << 7;
    let (words, rest) = bytes.as_chunks::<8>();
    let found = words.iter().enumerate().find_map(|(index, word)| {
        let word = u64::from_le_bytes(*word);
        // A byte less one borrows from its highest bit only if it was 0; the lowest bit found is always a true one.
        let equal = |byte: u8| {
            let difference = word ^ (ONES * u64::from(byte));
            difference.wrapping_sub(ONES) & !difference & HIGHS
        };
        let special = equal(b'"') | equal(b'\\') | equal(b'\n');
        (special != 0).then(|| 8 * index + special.trailing_zeros() as usize / 8)
    });
    let in_rest = || rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | b'\n')).unwrap_or(rest.len());
    found.unwrap_or_else(|| 8 * words.len() + in_rest())
}

#[cfg(test)]
mod tests;
