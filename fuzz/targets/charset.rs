//! Bytes in any encoding, under any label, alone and within a page.

#![no_main]

use libfuzzer_sys::fuzz_target;
use newsgrep::read::reader;

fuzz_target!(|input: (&str, &[u8])| {
    let (label, bytes) = input;
    let mut page = format!("<html><head><meta charset=\"{label}\"></head><body><p>").into_bytes();
    page.extend_from_slice(bytes);
    let _ = (reader("html").unwrap().draft)(&page);
    let _ = (reader("clip").unwrap().draft)(bytes);
    let wide: Vec<u8> = bytes.iter().flat_map(|byte| [*byte, 0]).collect();
    let _ = (reader("clip").unwrap().draft)(&wide);
});
