//! Spaces that damage put into addresses: `twitter. com`.

use crate::article::Draft;
use crate::clean::{Change, Ledger, Rule};

pub(super) const RULE: Rule = Rule {
    name: "hosts",
    about: "Takes the space out of the addresses of well-known hosts (pic. twitter. com).",
    apply,
    examples: &[
        ("voir pic. twitter. com/AbC et youtube. com/x", "voir pic.twitter.com/AbC et youtube.com/x"),
        ("racheté par Twitter. Comme prévu, twitter. Com", "racheté par Twitter. Comme prévu, twitter. Com"),
    ],
};

/// Hosts, as what stands before and after the space.
const HOSTS: [(&str, &str); 12] = [
    ("twitter", "com"),
    ("x", "com/"),
    ("youtube", "com"),
    ("youtu", "be"),
    ("instagram", "com"),
    ("facebook", "com"),
    ("tiktok", "com"),
    ("t", "co/"),
    ("linkedin", "com"),
    ("bsky", "app"),
    ("spotify", "com"),
    ("widgets", "js"),
];

fn apply(draft: &mut Draft, ledger: &mut Ledger) {
    if !draft.text.contains(". ") {
        return;
    }
    let text = &draft.text;
    let mut changes: Vec<Change> = Vec::new();
    for (dot, _) in text.match_indices('.') {
        let before = text.get(..dot).unwrap_or_default();
        let Some(after) = text.get(dot + 1..).and_then(|after| after.strip_prefix(' ')) else { continue };
        let Some((name, end)) = HOSTS.iter().find(|(name, end)| after.starts_with(end) && before.ends_with(name))
        else {
            continue;
        };
        let start = dot - name.len();
        let before = text.get(..start).unwrap_or_default();
        let rest = after.get(end.len()..).unwrap_or_default();
        // A host begins a word and is followed by a path or the end of one.
        let inside = before.ends_with(|c: char| c.is_alphanumeric())
            || rest.starts_with(|c: char| c.is_alphanumeric() && !end.ends_with('/'));
        if inside {
            continue;
        }
        for part in ["pic. ", "www. "].iter().filter(|part| before.ends_with(**part)) {
            changes.push(Change { range: start - part.len()..start, with: part.replace(' ', "") });
        }
        changes.push(Change { range: dot..dot + 2, with: ".".to_owned() });
    }
    ledger.apply(RULE.name, &mut draft.text, changes);
}
