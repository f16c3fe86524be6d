//! What cleaning changed, for a person: the original and the article in one text, as word diffs show it.

use std::io::{self, Write};
use std::mem;

use super::style::{Look, Role};
use super::visible::is_hidden;
use super::{shown, visible};
use crate::clean::layout;
use crate::clean::{Dropped, Piece};

/// Writes the pieces of a ledger one after the other. What was removed is red and what was inserted green where there are
/// colours; else they stand in `[-…-]` and `{+…+}`, the signs of wdiff. The elements left out of a page follow.
///
/// # Errors
/// The writer's.
pub fn write_diff(out: &mut dyn Write, pieces: &[Piece<'_>], dropped: &[Dropped], look: Look) -> io::Result<()> {
    // What several rules did side by side is one change to a reader.
    for run in pieces.chunk_by(|one, next| mem::discriminant(one) == mem::discriminant(next)) {
        let text: String = run.iter().map(|piece| piece.text()).collect();
        match run.first() {
            Some(Piece::Removed(_)) => write_signed(out, &named(&text), Role::Removed, ["[-", "-]"], look)?,
            Some(Piece::Inserted(_)) => write_signed(out, &named(&text), Role::Inserted, ["{+", "+}"], look)?,
            Some(Piece::Kept(_)) | None => write!(out, "{}", plain(&text))?,
        }
    }
    writeln!(out)?;
    if !dropped.is_empty() {
        writeln!(out, "\n{}", look.paint(Role::Headline, "Left out of the page"))?;
    }
    for Dropped { selector, text } in dropped {
        writeln!(out, "{:<22} {}", look.paint(Role::Faint, visible(selector)).to_string(), shown(text))?;
    }
    Ok(())
}

/// A run between its signs, or line by line in its colour: a pager forgets a colour at the end of a line.
fn write_signed(out: &mut dyn Write, text: &str, role: Role, [open, close]: [&str; 2], look: Look) -> io::Result<()> {
    if !look.colour {
        return write!(out, "{open}{text}{close}");
    }
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        if !line.is_empty() {
            write!(out, "{}", look.paint(role, line))?;
        }
    }
    Ok(())
}

/// Text that stayed, with its markers by name.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match layout::marker_name(c) {
            Some(name) => out.push_str(&format!("[{name}] ")),
            None => out.push(c),
        }
    }
    visible(&out).into_owned()
}

/// Text that changed: what the eye would not see is named, for it may be all that changed.
fn named(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("⏎\n"),
            '\t' => out.push('␉'),
            _ if is_hidden(c) => out.push_str(&visible(c.encode_utf8(&mut [0; 4]))),
            _ if is_unseen(c) => out.push_str(&format!("<U+{:04X}>", u32::from(c))),
            _ => match layout::marker_name(c) {
                Some(name) => out.push_str(&format!("[{name}] ")),
                None => out.push(c),
            },
        }
    }
    out
}

/// Spaces that look like any other, and characters that take no room.
fn is_unseen(c: char) -> bool {
    let space = c != ' ' && c.is_whitespace();
    space || (!layout::is_marker(c) && unicode_width::UnicodeWidthChar::width(c) == Some(0)) || c == '\u{AD}'
}

#[cfg(test)]
mod tests {
    use super::*;

    const PIECES: [Piece<'_>; 6] = [
        Piece::Kept("\u{FDD0}Un\n\n"),
        Piece::Removed("a\n"),
        Piece::Removed("b\u{AD}"),
        Piece::Inserted("c\u{202F}"),
        Piece::Kept("\u{1B}[2J"),
        Piece::Removed("\u{1B}"),
    ];

    fn written(look: Look) -> String {
        let dropped = [Dropped { selector: "nav".to_owned(), text: "Accueil".to_owned() }];
        let mut out = Vec::new();
        write_diff(&mut out, &PIECES, &dropped, look).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn signs_stand_where_there_are_no_colours() {
        let expected = "[headline] Un\n\n[-a⏎\nb<U+00AD>-]{+c<U+202F>+}␛[2J[-␛-]\n\nLeft out of the page\n\
                        nav                    \"Accueil\"\n";
        assert_eq!(written(Look::default()), expected);
    }

    #[test]
    fn colours_end_with_their_line() {
        let text = written(Look { colour: true, ..Look::default() });
        assert!(text.contains("\u{1B}[31ma⏎\u{1B}[0m\n\u{1B}[31mb<U+00AD>\u{1B}[0m\u{1B}[32mc"), "{text:?}");
    }
}
