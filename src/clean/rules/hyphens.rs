//! Words broken over two lines by a hyphen, as scanners and typesetters leave them.

use std::collections::HashSet;

use crate::article::Draft;
use crate::clean::layout::chars_led_by;
use crate::clean::{Change, Ledger, Rule};
use crate::french::fold;

pub(super) const RULE: Rule = Rule {
    name: "hyphens",
    about: "Joins a word broken at a line end (gouver- nement) where the joined word stands elsewhere in the same article; \
            where the hyphened one does (week- end), or nothing tells, the hyphen stays and only a line break goes.",
    apply,
    examples: &[
        ("Le gouver-\nnement cède. Ce gouvernement vit.", "Le gouvernement cède. Ce gouvernement vit."),
        ("un week- end pluvieux, ce week-end", "un week-end pluvieux, ce week-end"),
        ("les pré- et postfaces, la micro- édition", "les pré- et postfaces, la micro- édition"),
        ("Peut-\nêtre cède-t-\nil", "Peut-être cède-t-il"),
        ("sur la 1re-\n2e place, la liste FR-\nDE", "sur la 1re-\n2e place, la liste FR-\nDE"),
    ],
};

/// What may lie in a break.
const SPACES: [char; 4] = [' ', '\n', '\t', '\u{A0}'];

/// Bytes of white space that may lie in a break: a newline, an indent, a paragraph's end.
const GAP: usize = 8;

fn apply(draft: &mut Draft, ledger: &mut Ledger) {
    let breaks: Vec<Break<'_>> = breaks(&draft.text).collect();
    if breaks.is_empty() {
        return;
    }
    let words = words(&draft.text);
    let changes = breaks.iter().filter_map(|broken| {
        let (first, second) = (fold(broken.first), fold(broken.second));
        let joined = words.contains(&format!("{first}{second}"));
        let hyphened = words.contains(&format!("{first}-{second}"));
        let start = if joined { broken.hyphen } else { broken.gap };
        (joined || hyphened || broken.at_line_end).then_some(Change { range: start..broken.end, with: String::new() })
    });
    let changes = changes.collect();
    ledger.apply(RULE.name, &mut draft.text, changes);
}

/// A hyphen between a letter, and white space before a small letter.
struct Break<'a> {
    first: &'a str,
    second: &'a str,
    hyphen: usize,
    gap: usize,
    end: usize,
    at_line_end: bool,
}

fn breaks(text: &str) -> impl Iterator<Item = Break<'_>> {
    let signs = chars_led_by(text, |byte| (byte == b'-') | (byte == 0xC2) | (byte == 0xE2));
    signs.filter(|(_, sign)| matches!(sign, '-' | '\u{2010}' | '¬')).filter_map(move |(hyphen, sign)| {
        let gap = hyphen + sign.len_utf8();
        let after = text.get(gap..)?;
        if !after.starts_with(SPACES) {
            return None;
        }
        let rest = after.trim_start_matches(SPACES);
        let length = after.len() - rest.len();
        let space = after.get(..length)?;
        let first = text.get(..hyphen)?.rsplit(|c: char| !c.is_alphabetic()).next()?;
        let second = rest.split(|c: char| !c.is_alphabetic()).next()?;
        let small = second.starts_with(char::is_lowercase);
        let at_line_end = space.matches('\n').count() == 1;
        (length <= GAP && !first.is_empty() && small).then_some(Break {
            first,
            second,
            hyphen,
            gap,
            end: gap + length,
            at_line_end,
        })
    })
}

/// The words of the text, folded, whole and with their hyphens.
fn words(text: &str) -> HashSet<String> {
    let mut words = HashSet::new();
    for word in text.split(|c: char| !c.is_alphabetic() && c != '-') {
        words.insert(fold(word));
        if word.contains('-') {
            words.extend(word.split('-').map(fold));
        }
    }
    words
}
