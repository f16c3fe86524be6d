//! Full ids, one a line.

use std::io::{self, Write};

use super::{Answer, Format, Look};

pub(super) const FORMAT: Format =
    Format { name: "ids", about: "full ids, one a line", write, tables: None, passages: false };

fn write(out: &mut dyn Write, answer: &Answer<'_>, _look: Look) -> io::Result<()> {
    for id in answer.found.iter().filter_map(|found| found.id) {
        writeln!(out, "{id}")?;
    }
    Ok(())
}
