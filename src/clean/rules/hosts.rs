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

const HOSTS: [(&str, &str); 12] = [
    ("twitter. com", "twitter.com"), ("x. com/", "x.com/"), ("youtube. com", "youtube.com"), ("youtu. be", "youtu.be"), ("instagram. com", "instagram.com"),
    ("facebook. com", "facebook.com"), ("tiktok. com", "tiktok.com"), ("t. co/", "t.co/"), ("linkedin. com", "linkedin.com"), ("bsky. app", "bsky.app"),
    ("spotify. com", "spotify.com"), ("widgets. js", "widgets.js"),
];

fn apply(draft: &mut Draft, ledger: &mut Ledger) {
    if !draft.text.contains(". ") {
        return;
    }
    let text = &draft.text;
    let mut changes = Vec::new();
    for (damaged, whole) in HOSTS {
        for (at, _) in text.match_indices(damaged) {
            let before = text.get(..at).unwrap_or_default();
            let after = text.get(at + damaged.len()..).unwrap_or_default();
            // A host begins a word and is followed by a path or the end of one.
            let inside = before.ends_with(|c: char| c.is_alphanumeric()) || after.starts_with(|c: char| c.is_alphanumeric() && !damaged.ends_with('/'));
            if inside {
                continue;
            }
            let start = ["pic. ", "www. "].iter().find(|part| before.ends_with(**part)).map_or(at, |part| at - part.len());
            let with = if start < at { format!("{}.{whole}", text.get(start..at - 2).unwrap_or_default()) } else { whole.to_owned() };
            changes.push(Change { range: start..at + damaged.len(), with });
        }
    }
    changes.sort_by_key(|change| change.range.start);
    ledger.apply(RULE.name, &mut draft.text, changes);
}
