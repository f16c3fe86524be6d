//! Files that are one record.

use std::io::{self, Read};

use super::{BadRecord, Record, Sink};

/// The largest file that is read as one record, in bytes.
const LARGEST: u64 = 256 << 20;

/// Hands over the whole file as record 1.
pub(super) fn split(input: &mut dyn Read, sink: &mut Sink<'_>) -> io::Result<()> {
    let mut bytes = Vec::new();
    input.take(LARGEST + 1).read_to_end(&mut bytes)?;
    let length = bytes.len() as u64;
    if length > LARGEST {
        let _ = sink(Err(BadRecord {
            number: 1,
            reason: format!("is larger than {} MB and no list of records", LARGEST >> 20),
        }));
        return Ok(());
    }
    let _ = sink(Ok(Record { number: 1, range: Some(0..length), bytes }));
    Ok(())
}
