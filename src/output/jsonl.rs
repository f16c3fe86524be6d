//! JSON Lines: one hit a line, as it comes.

use std::io::{self, Write};

use super::json::{HitRecord, write_json};
use super::{Answer, Format, Look, Tables, rows};

pub(super) const FORMAT: Format = Format {
    name: "jsonl",
    about: "one JSON document a hit, for scripts",
    write,
    tables: Some(Tables { counts: rows::jsonl, firsts: rows::jsonl_firsts }),
    passages: true,
};

fn write(out: &mut dyn Write, answer: &Answer<'_>, _look: Look) -> io::Result<()> {
    for found in answer.found {
        write_json(out, &HitRecord::of(found, answer.id))?;
    }
    Ok(())
}
