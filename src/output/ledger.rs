//! The ledger for a person: each edit as rule, place, before and after.

use std::io::{self, Write};

use super::style::{Look, Role};
use super::visible;
use crate::clean::Ledger;
use crate::clean::layout;

/// Writes the ledger, one edit a line, elements left out of a page first.
///
/// # Errors
/// The writer's.
pub fn write_ledger(out: &mut dyn Write, ledger: &Ledger, look: Look) -> io::Result<()> {
    for dropped in &ledger.dropped {
        let text = look.paint(Role::Removed, shown(&dropped.text));
        writeln!(out, "{:<22} {text}", look.paint(Role::Faint, visible(&dropped.selector)).to_string())?;
    }
    for edit in &ledger.edits {
        let removed = look.paint(Role::Removed, shown(&edit.removed));
        let inserted = look.paint(Role::Inserted, shown(&edit.inserted));
        writeln!(out, "{:<22} {:>7}  {removed} -> {inserted}", edit.rule, edit.at)?;
    }
    Ok(())
}

/// Gives a piece of laid-out text in quotes, its markers by name, cut when it is long.
pub fn shown(text: &str) -> String {
    const LONGEST: usize = 160;
    let mut out = String::from("\"");
    for c in text.chars().take(LONGEST) {
        match layout::marker_name(c) {
            Some(name) => out.push_str(&format!("[{name}]")),
            None if c == '\n' => out.push_str("\\n"),
            None if c == '"' => out.push_str("\\\""),
            None => out.push(c),
        }
    }
    let left = text.chars().skip(LONGEST).count();
    out.push('"');
    if left > 0 {
        out.push_str(&format!(" and {left} characters more"));
    }
    visible(&out).into_owned()
}
