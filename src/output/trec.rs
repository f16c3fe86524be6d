//! A TREC run: query id, `Q0`, document, rank, score, run name. What evaluation programs read.

use std::io::{self, Write};

use super::{Answer, Format, Look, visible};

pub(super) const FORMAT: Format =
    Format { name: "trec", about: "a run file, to measure relevance", write, tables: None, passages: false };

fn write(out: &mut dyn Write, answer: &Answer<'_>, _look: Look) -> io::Result<()> {
    let query = answer.id.unwrap_or("1");
    for (number, found) in answer.found.iter().enumerate() {
        let id = found.id.map(|id| id.to_string()).unwrap_or_default();
        // Fields are parted by white space, so a key must not hold any.
        let document = found.article.key.clone().unwrap_or(id).replace(char::is_whitespace, "_");
        let rank = answer.offset + number + 1;
        writeln!(
            out,
            "{} Q0 {} {rank} {:.4} newsgrep",
            visible(query),
            visible(&document),
            found.score.unwrap_or_default()
        )?;
    }
    Ok(())
}
