//! Markup that was escaped to text: `&lt;blockquote class=&quot;…`, once or twice, with or without semicolons.

use crate::article::Draft;
use crate::clean::embed::{entities, scan};
use crate::clean::{Change, Ledger, Rule};

pub(super) const RULE: Rule = Rule {
    name: "escapes",
    about: "Makes escaped markup markup again (&lt;p&gt;), three times at most, and only where what appears is a tag.",
    apply,
    examples: &[
        ("Vu &lt;a href=&quot;x&quot;&gt;ici&lt;/a&gt;.", "Vu <a href=\"x\">ici</a>."),
        ("Vu &amp;lt;b&amp;gt;ici&amp;lt;/b&amp;gt;.", "Vu <b>ici</b>."),
        ("si x &lt; 7 et R&amp;D", "si x &lt; 7 et R&amp;D"),
    ],
};

/// The longest escaped tag in bytes.
const LONGEST: usize = 4096;

fn apply(draft: &mut Draft, ledger: &mut Ledger) {
    if !draft.text.contains('&') {
        return;
    }
    if !draft.text.contains("&lt")
        && !draft.text.contains("lt;")
        && !draft.text.contains("&#60")
        && !draft.text.contains("&#x3")
        && !draft.text.contains("&amp;lt")
    {
        return;
    }
    let text = &draft.text;
    let mut changes = Vec::new();
    let mut done = 0;
    for (at, _) in text.match_indices('&') {
        if at < done {
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        let window = rest.get(..rest.floor_char_boundary(LONGEST)).unwrap_or(rest);
        if let Some((with, length)) = unescaped_tag(window) {
            done = at + length;
            changes.push(Change { range: at..done, with });
        }
    }
    ledger.apply(RULE.name, &mut draft.text, changes);
}

/// References that lost their semicolons, and so run into the word that follows: `&ltp class=&quotun`.
fn loose(text: &str) -> String {
    const SIGNS: [(&str, &str); 5] = [("&lt", "<"), ("&gt", ">"), ("&quot", "\""), ("&apos", "'"), ("&amp", "&")];
    SIGNS.iter().fold(text.to_owned(), |text, (name, sign)| {
        if text.contains(name) { text.replace(&format!("{name};"), sign).replace(name, sign) } else { text }
    })
}

/// The tag that the escaped text at the start says, and the length of that text.
fn unescaped_tag(text: &str) -> Option<(String, usize)> {
    let opens = ["&lt", "&amp;lt", "&amp;amp;lt", "&#60", "&#x3c", "&#x3C"].iter().any(|open| text.starts_with(open));
    if !opens {
        return None;
    }
    // The tag ends at the first escaped bracket that closes it; try the first few.
    let ends = text.match_indices('g').filter(|(at, _)| {
        text.get(*at..).is_some_and(|rest| rest.starts_with("gt"))
            && text
                .get(..*at)
                .is_some_and(|before| before.ends_with('&') || before.ends_with("amp;") || before.ends_with("&amp"))
    });
    let numbered = ["&#62;", "&#x3e;", "&#x3E;"].iter().filter_map(|end| Some(text.find(end)? + end.len())).min();
    let literal = text.find('>').map(|at| at + 1);
    // ... or before the next tag, which an attribute holds.
    let next = text.match_indices("lt").find_map(|(at, _)| {
        let start = text.get(..at)?.trim_end_matches("amp;").strip_suffix('&')?.len();
        (start > 0).then_some(start)
    });
    // ... or with the line, where the rest was cut off.
    let next = next.or_else(|| text.find('\n').or(Some(text.len())));
    let escaped =
        ends.map(|(at, _)| at + 2 + usize::from(text.get(at + 2..).is_some_and(|rest| rest.starts_with(';'))));
    for end in escaped.take(3).chain(numbered).chain(literal).chain(next) {
        let mut tag = text.get(..end)?.to_owned();
        for _ in 0..3 {
            let decoded = loose(&entities(&tag));
            if decoded == tag {
                break;
            }
            tag = decoded;
        }
        let length = tag.len();
        if Some(end) == next {
            tag.push_str("<p>");
        }
        if scan::tag(&tag).is_some_and(|(_, taken)| taken == length) {
            tag.truncate(length);
            return Some((tag, end));
        }
    }
    None
}
