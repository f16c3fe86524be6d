//! Any text as a query: understood or refused, explained or shown its place.

#![no_main]

use libfuzzer_sys::fuzz_target;
use newsgrep::query::{Options, parse, source_filter};

fuzz_target!(|text: &str| {
    let today = jiff::civil::date(2026, 1, 1);
    for (any, plain) in [(false, false), (true, false), (false, true)] {
        match parse(text, &Options { any, plain, today }) {
            Ok(parsed) => {
                let _ = parsed.query.explain();
                parsed.notes.iter().for_each(|note| drop(note.to_string()));
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    let _ = source_filter(text);
});
