//! The standing phrases of papers and sites, read once from `phrases.txt`.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// The phrases, by what they are.
pub(super) struct Phrases {
    /// Blocks that go when this is all they say.
    pub(super) whole: HashSet<&'static str>,
    /// The same, but only beside others that go: alone they may be cross-heads.
    pub(super) buttons: HashSet<&'static str>,
    /// Labels before a title, a link or a name: what begins so goes where a sign parts it from what follows.
    pub(super) labels: Beginnings,
    /// Calls to the reader: a short block that begins so goes, unless somebody says it.
    pub(super) calls: Beginnings,
    /// How notices about cookies begin; they may be long.
    pub(super) notices: Beginnings,
    /// What such a notice speaks of.
    pub(super) notice_words: Vec<&'static str>,
    /// How the credits of pictures begin.
    pub(super) credits: Beginnings,
    /// Labels of credits and of much else: only a name makes them a credit.
    pub(super) sources: Beginnings,
    /// How a paper says that the rest is for subscribers.
    pub(super) paywalls: Beginnings,
    /// How lines begin that say so only if they also speak of an account or a price.
    pub(super) offers: Beginnings,
    /// What these then speak of.
    pub(super) sales: Vec<&'static str>,
}

/// The phrases.
pub(super) static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    let of = |name| section(name).collect();
    Phrases {
        whole: section("whole").collect(),
        buttons: section("buttons").collect(),
        labels: Beginnings::new(section("labels")),
        calls: Beginnings::new(section("calls")),
        notices: Beginnings::new(section("notices")),
        notice_words: of("notice_words"),
        credits: Beginnings::new(section("credits")),
        sources: Beginnings::new(section("sources")),
        paywalls: Beginnings::new(section("paywalls")),
        offers: Beginnings::new(section("offers")),
        sales: of("sales"),
    }
});

/// The phrases of one section of the file.
fn section(name: &'static str) -> impl Iterator<Item = &'static str> {
    let lines = include_str!("phrases.txt").lines();
    let inside = lines.skip_while(move |line| line.trim_matches(['[', ']']) != name || !line.starts_with('['));
    let own = inside.skip(1).take_while(|line| !line.starts_with('['));
    own.filter(|line| !line.is_empty() && !line.starts_with('#')).flat_map(|line| line.split(" | "))
}

/// Beginnings of a text, found by their first word.
pub(super) struct Beginnings(HashMap<&'static str, Vec<&'static str>>);

impl Beginnings {
    fn new(phrases: impl Iterator<Item = &'static str>) -> Self {
        let mut by_word: HashMap<&'static str, Vec<&'static str>> = HashMap::new();
        for phrase in phrases {
            by_word.entry(first_word(phrase)).or_default().push(phrase);
        }
        by_word.values_mut().for_each(|phrases| phrases.sort_unstable_by_key(|phrase| std::cmp::Reverse(phrase.len())));
        Self(by_word)
    }

    /// The longest phrase that a folded text begins with, and what follows it; a phrase ends where a word does.
    pub(super) fn of<'t>(&self, folded: &'t str) -> Option<(&'static str, &'t str)> {
        self.0.get(first_word(folded))?.iter().find_map(|phrase| {
            let rest = folded.strip_prefix(phrase)?;
            let inside = phrase.ends_with(char::is_alphanumeric) && rest.starts_with(char::is_alphanumeric);
            (!inside).then_some((*phrase, rest))
        })
    }
}

/// The letters a text begins with, or else its first sign.
fn first_word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
    let end = if end == 0 { text.chars().next().map_or(0, char::len_utf8) } else { end };
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Beginnings, section};

    #[test]
    fn every_phrase_is_folded() {
        for name in [
            "whole",
            "buttons",
            "labels",
            "calls",
            "notices",
            "notice_words",
            "credits",
            "sources",
            "paywalls",
            "offers",
            "sales",
        ] {
            let mut count = 0;
            for phrase in section(name) {
                assert_eq!(phrase, crate::french::fold(phrase), "{name}");
                count += 1;
            }
            assert!(count > 5, "{name}");
        }
    }

    #[test]
    fn the_longest_beginning_is_found_and_ends_with_a_word() {
        let labels = Beginnings::new(["lire", "lire aussi"].into_iter());
        assert_eq!(labels.of("lire aussi : le vote"), Some(("lire aussi", " : le vote")));
        assert_eq!(labels.of("lire"), Some(("lire", "")));
        assert_eq!(labels.of("lirent-ils ?"), None);
    }
}
