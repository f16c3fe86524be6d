//! Files that are one record.

use std::io::{self, Read};

use super::{BadRecord, Record, Sink, too_large};

/// The largest file that is read as one record, in bytes: a page with its images in it, not a collection of texts.
const LARGEST: usize = 64 << 20;

/// Most files are no longer than this, in bytes.
const USUAL: usize = 256 << 10;

/// Hands over the whole file as record 1.
pub(super) fn split(input: &mut dyn Read, sink: &mut Sink<'_>) -> io::Result<()> {
    let mut bytes = Vec::new();
    Read::take(&mut *input, USUAL as u64).read_to_end(&mut bytes)?;
    if bytes.len() == USUAL {
        // A buffer that doubles would take twice what the file needs.
        bytes.reserve_exact(LARGEST + 1 - USUAL);
        Read::take(&mut *input, (LARGEST + 1 - USUAL) as u64).read_to_end(&mut bytes)?;
    }
    let _ = sink(if bytes.len() > LARGEST {
        Err(BadRecord { number: 1, reason: too_large("file", LARGEST) })
    } else {
        let range = Some(0..bytes.len() as u64);
        Ok(Record { number: 1, place: range.clone(), range, bytes })
    });
    Ok(())
}
