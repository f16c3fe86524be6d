//! Tags that are left when embeds are gone.

use crate::article::Draft;
use crate::clean::embed::is_silent;
use crate::clean::embed::scan::{Piece, scan};
use crate::clean::{Change, Ledger, Rule};

pub(super) const RULE: Rule = Rule {
    name: "tags",
    about: "Removes tags and keeps what stands between them; a tag of a block ends the paragraph. Scripts go whole. What only \
            looks like a tag stays.",
    apply,
    examples: &[
        ("Le <b>maire</b> l’a <a href=« x »>dit</a>.", "Le maire l’a dit."),
        ("<p>Un.</p><p>Deux.</p>", "Un.\n\nDeux."),
        ("<Sans titre>, 5 < 7 % et Vec<String>", "<Sans titre>, 5 < 7 % et Vec<String>"),
    ],
};

fn apply(draft: &mut Draft, ledger: &mut Ledger) {
    if !draft.text.contains('<') {
        return;
    }
    let pieces = scan(&draft.text);
    let mut changes: Vec<Change> = Vec::new();
    let mut silent: Option<&str> = None;
    let length = draft.text.len();
    for (number, (piece, range)) in pieces.iter().enumerate() {
        let with = match piece {
            Piece::Text(_) if silent.is_some() => String::new(),
            Piece::Text(_) => continue,
            Piece::Comment => String::new(),
            Piece::Open(tag, _) => {
                let closes = |(piece, _): &(Piece<'_>, _)| matches!(piece, Piece::Close(name) if name == tag);
                if is_silent(tag) && pieces.iter().skip(number + 1).take(6).any(closes) {
                    silent = Some(tag);
                }
                boundary(tag).to_owned()
            }
            Piece::Close(tag) => {
                if silent == Some(tag) {
                    silent = None;
                }
                boundary(tag).to_owned()
            }
        };
        match changes.last_mut() {
            // Neighbours are one change, with one boundary.
            Some(last) if last.range.end == range.start => {
                last.range.end = range.end;
                if with.len() > last.with.len() {
                    last.with = with;
                }
            }
            _ => changes.push(Change { range: range.clone(), with }),
        }
    }
    for change in &mut changes {
        if change.range.start == 0 || change.range.end == length {
            change.with.clear();
        }
    }
    ledger.apply(RULE.name, &mut draft.text, changes);
}

/// What parts the text at a tag.
fn boundary(tag: &str) -> &'static str {
    match tag {
        "br" => "\n",
        "a" | "abbr" | "b" | "bdi" | "cite" | "code" | "em" | "font" | "i" | "img" | "ins" | "small" | "span"
        | "strong" | "sub" | "sup" | "time" | "u" | "label" | "input" | "button" | "svg" | "path" | "g" | "link"
        | "meta" | "source" | "picture" => "",
        _ => "\n\n",
    }
}
