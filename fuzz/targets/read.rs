//! Any bytes through every reader: no panic, ranges that hold what was handed over, numbers that rise.

#![no_main]

use std::ops::ControlFlow;

use libfuzzer_sys::fuzz_target;
use newsgrep::read::{Head, READERS, choose};

fuzz_target!(|bytes: &[u8]| {
    for extension in ["", "txt", "html", "json", "jsonl", "md"] {
        let _ = choose(&Head { bytes, extension }, true);
    }
    for reader in READERS {
        let mut last = 0;
        let split = (reader.split)(&mut &*bytes, &mut |record| {
            let number = match &record {
                Ok(record) => {
                    if let Some(range) = &record.range {
                        let range = usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap();
                        assert_eq!(bytes.get(range), Some(record.bytes.as_slice()), "{}", reader.name);
                    }
                    let first = (reader.draft)(&record.bytes);
                    assert_eq!(first, (reader.draft)(&record.bytes));
                    record.number
                }
                Err(bad) => bad.number,
            };
            assert!(number > last, "{}: {number} after {last}", reader.name);
            last = number;
            ControlFlow::Continue(())
        });
        split.unwrap();
    }
});
