//! Finds the records of JSON and JSON Lines: objects at the top, or in an array at the top. Reads each byte once and holds one
//! record at a time.

use std::io::{self, Read};
use std::ops::ControlFlow;

use super::charset::{decode, utf_16};
use super::{BadRecord, Record, Sink};

/// The largest record in bytes.
const LARGEST: usize = 64 << 20;

/// Bytes read at a time.
const BLOCK: usize = 64 << 10;

/// Hands over the records.
pub(super) fn split(input: &mut dyn Read, sink: &mut Sink<'_>) -> io::Result<()> {
    let mut splitter = Splitter::default();
    let mut block = vec![0; BLOCK];
    let mut first = true;
    loop {
        let read = input.read(&mut block)?;
        let bytes = block.get(..read).unwrap_or_default();
        if first && utf_16(bytes).is_some() {
            return split_utf_16(bytes, input, sink);
        }
        first = false;
        if read == 0 {
            return Ok(splitter.finish(sink));
        }
        if splitter.feed(bytes, sink).is_break() {
            return Ok(());
        }
    }
}

/// UTF-16 is decoded whole; its records are no ranges of the file's bytes.
fn split_utf_16(head: &[u8], input: &mut dyn Read, sink: &mut Sink<'_>) -> io::Result<()> {
    let mut bytes = head.to_vec();
    input.take(4 * LARGEST as u64).read_to_end(&mut bytes)?;
    let text = decode(&bytes, None);
    let mut splitter = Splitter::default();
    let mut rangeless = |record: Result<Record, BadRecord>| sink(record.map(|record| Record { range: None, ..record }));
    if splitter.feed(text.as_bytes(), &mut rangeless).is_continue() {
        splitter.finish(&mut rangeless);
    }
    Ok(())
}

/// Where the splitter stands.
#[derive(Default)]
struct Splitter {
    /// Bytes seen so far.
    seen: u64,
    /// Records so far.
    number: u64,
    /// The record being read.
    record: Vec<u8>,
    /// Where it began.
    start: u64,
    /// How deep in it; 0 between records.
    depth: u32,
    in_string: bool,
    escaped: bool,
    /// Whether bytes between records did not belong there.
    stray: bool,
    /// Whether the last byte ended a line.
    line_ended: bool,
    /// The last byte in the record that is not white space.
    last: u8,
    /// Whether the record is too large and is passed over.
    too_large: bool,
}

impl Splitter {
    fn feed(&mut self, bytes: &[u8], sink: &mut Sink<'_>) -> ControlFlow<()> {
        let mut kept = 0;
        for (at, &byte) in bytes.iter().enumerate() {
            if self.depth == 0 {
                if byte == b'{' {
                    (self.depth, kept) = (1, at);
                    self.start = self.seen + at as u64;
                    if std::mem::take(&mut self.stray) {
                        self.bad("this is no JSON object", sink)?;
                    }
                    self.number += 1;
                } else if !byte.is_ascii_whitespace() && !matches!(byte, b'[' | b']' | b',' | 0x1E | 0xEF | 0xBB | 0xBF) {
                    self.stray = true;
                }
                self.line_ended = byte == b'\n';
                continue;
            }
            // A line that begins with `{` in the middle of a record: the one before it was never ended.
            if std::mem::take(&mut self.line_ended) && byte == b'{' && self.looks_cut_off() {
                self.record.clear();
                self.restart(at, &mut kept, sink)?;
                continue;
            }
            self.line_ended = byte == b'\n';
            if !byte.is_ascii_whitespace() {
                self.last = byte;
            }
            if self.in_string {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.in_string = false,
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        self.keep(bytes.get(kept..=at).unwrap_or_default());
                        self.end(at, sink)?;
                    }
                }
                _ => {}
            }
        }
        if self.depth > 0 {
            self.keep(bytes.get(kept..).unwrap_or_default());
        }
        self.seen += bytes.len() as u64;
        ControlFlow::Continue(())
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.record.len() + bytes.len() > LARGEST {
            self.too_large = true;
            self.record = Vec::new();
        }
        if !self.too_large {
            self.record.extend_from_slice(bytes);
        }
    }

    /// JSON Lines have one record a line: a raw newline within a string cannot be, and an object within an object begins a
    /// line only where it is indented or follows a bracket or a comma.
    fn looks_cut_off(&self) -> bool {
        self.in_string || (self.depth == 1 && self.last != b':')
    }

    fn restart(&mut self, at: usize, kept: &mut usize, sink: &mut Sink<'_>) -> ControlFlow<()> {
        let number = self.number;
        sink(Err(BadRecord { number, reason: "the record is cut off: the next one begins before it ends".to_owned() }))?;
        *self = Self { seen: self.seen, number: number + 1, start: self.seen + at as u64, depth: 1, ..Self::default() };
        *kept = at;
        ControlFlow::Continue(())
    }

    fn end(&mut self, at: usize, sink: &mut Sink<'_>) -> ControlFlow<()> {
        let bytes = std::mem::take(&mut self.record);
        if std::mem::take(&mut self.too_large) {
            return sink(Err(BadRecord { number: self.number, reason: format!("the record is larger than {} MB", LARGEST >> 20) }));
        }
        let end = self.seen + at as u64 + 1;
        sink(Ok(Record { number: self.number, range: Some(self.start..end), bytes }))
    }

    /// Says that something was no record.
    fn bad(&mut self, reason: &str, sink: &mut Sink<'_>) -> ControlFlow<()> {
        self.number += 1;
        sink(Err(BadRecord { number: self.number, reason: reason.to_owned() }))
    }

    fn finish(mut self, sink: &mut Sink<'_>) {
        let _ = if self.depth > 0 {
            sink(Err(BadRecord { number: self.number, reason: "the record is cut off: the file ends before it".to_owned() }))
        } else if self.stray || self.number == 0 {
            self.bad("this is no JSON object", sink)
        } else {
            ControlFlow::Continue(())
        };
    }
}
