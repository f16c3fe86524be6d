//! Which elements of a page are no part of its article, before anything is chosen.

use std::ops::Range;

use super::dom::{Dom, Node, Role};
use super::selectors::{BOILERPLATE, DOUBTFUL};

/// Text of this many bytes outside links counts as prose.
const PROSE: usize = 60;
/// Characters read of a `class` or `id`.
const MAX_CLASS: usize = 500;
/// An element with an embed and less text than this is the embed's frame.
const MAX_FRAME: usize = 1_000;

/// Running sums over the nodes of a page, so that any subtree's sum is one subtraction.
pub(super) struct Sums {
    sums: Vec<[usize; 3]>,
}

/// What an element holds, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    /// Text.
    pub(super) text: usize,
    /// Text inside links.
    pub(super) linked: usize,
    /// Text in runs long enough to be prose, outside links.
    pub(super) prose: usize,
}

impl Sums {
    /// Sums up a page.
    pub(super) fn new(dom: &Dom<'_>) -> Self {
        let mut sums = Vec::with_capacity(dom.nodes.len() + 1);
        let mut sum = [0; 3];
        let (mut link_end, mut silent_end) = (0, 0);
        for (number, node) in dom.nodes.iter().enumerate() {
            sums.push(sum);
            match node.role {
                Role::Link => link_end = link_end.max(node.end),
                Role::Silent => silent_end = silent_end.max(node.end),
                Role::Text if number >= silent_end => {
                    let length = node.text.trim().len();
                    let is_linked = number < link_end;
                    let [text, linked, prose] = &mut sum;
                    *text += length;
                    *linked += if is_linked { length } else { 0 };
                    *prose += if !is_linked && length >= PROSE { length } else { 0 };
                }
                _ => {}
            }
        }
        sums.push(sum);
        Self { sums }
    }

    /// What the nodes of a range hold.
    pub(super) fn held(&self, range: Range<usize>) -> Held {
        let [from, to] = [range.start, range.end].map(|at| self.sums.get(at).copied().unwrap_or_default());
        let ([text, linked, prose], [text0, linked0, prose0]) = (to, from);
        Held {
            text: text.saturating_sub(text0),
            linked: linked.saturating_sub(linked0),
            prose: prose.saturating_sub(prose0),
        }
    }
}

/// For each node, whether it and all in it are to be left out.
pub(super) fn skips(
    dom: &Dom<'_>,
    sums: &Sums,
    holds_embed: impl Fn(Range<usize>) -> bool,
) -> Vec<Option<&'static str>> {
    let all = sums.held(0..dom.nodes.len());
    dom.nodes
        .iter()
        .enumerate()
        .map(|(number, node)| {
            let reason = reason(node, || sums.held(dom.subtree(number)))?;
            let held = sums.held(dom.subtree(number));
            let is_wrapper = held.prose * 5 >= all.prose * 2;
            let is_frame = held.text < MAX_FRAME && holds_embed(dom.subtree(number));
            (!is_wrapper && !is_frame).then_some(reason)
        })
        .collect()
}

fn reason(node: &Node<'_>, held: impl Fn() -> Held) -> Option<&'static str> {
    let element = node.element?.value();
    match node.name() {
        "nav" | "footer" | "aside" | "form" | "figcaption" | "dialog" | "menu" | "fieldset" | "label" => {
            return Some("element");
        }
        "html" | "body" | "article" | "main" | "p" | "br" | "tbody" | "tr" | "td" | "th" => return None,
        _ => {}
    }
    if is_hidden(node) {
        return Some("hidden");
    }
    let mut doubtful = false;
    for (name, value) in element.attrs() {
        if !matches!(name, "class" | "id" | "role" | "data-component" | "data-testid") {
            continue;
        }
        for word in words(value) {
            if is_listed(&word, BOILERPLATE) {
                return Some("class");
            }
            doubtful |= is_listed(&word, DOUBTFUL);
        }
    }
    if doubtful {
        let held = held();
        if held.text < 160 || held.linked * 4 > held.text {
            return Some("doubtful");
        }
    }
    None
}

/// Whether an element is not shown.
pub(super) fn is_hidden(node: &Node<'_>) -> bool {
    node.attr("hidden").is_some()
        || node.attr("aria-hidden") == Some("true")
        || node.attr("style").is_some_and(|style| {
            let style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
            style.contains("display:none") || style.contains("visibility:hidden")
        })
}

/// The words of a `class` or `id`, lower case: parted by signs and by capitals.
pub(super) fn words(value: &str) -> impl Iterator<Item = String> {
    let mut chars = value.chars().take(MAX_CLASS).peekable();
    std::iter::from_fn(move || {
        let mut word = String::new();
        let mut lower = false;
        while let Some(&c) = chars.peek() {
            if !c.is_alphabetic() {
                chars.next();
                if word.is_empty() {
                    continue;
                }
                break;
            }
            if c.is_uppercase() && lower {
                break;
            }
            lower = c.is_lowercase();
            word.extend(c.to_lowercase());
            chars.next();
        }
        (!word.is_empty()).then_some(word)
    })
}

/// Whether a sorted list has a word, or a beginning of it marked with `*`.
fn is_listed(word: &str, list: &[&str]) -> bool {
    let after = list.partition_point(|entry| entry.trim_end_matches('*') <= word);
    let entry = after.checked_sub(1).and_then(|at| list.get(at));
    entry.is_some_and(|entry| entry.strip_suffix('*').map_or(*entry == word, |stem| word.starts_with(stem)))
}
