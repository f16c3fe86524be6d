//! Which elements of a page are no part of its article, before anything is chosen.

use std::ops::Range;

use super::dom::{Dom, Node, Role};
use super::phrases::{COMMENTS, ENDINGS};
use super::selectors::{BOILERPLATE, DOUBTFUL};

/// Text of this many bytes outside links counts as prose.
const PROSE: usize = 60;
/// Characters read of a `class` or `id`.
const MAX_CLASS: usize = 500;
/// An element with an embed and less text than this is the embed's frame.
const MAX_FRAME: usize = 1_000;

/// Running sums over the nodes of a page, so that any subtree's sum is one subtraction.
pub(super) struct Sums {
    sums: Vec<Held>,
}

/// What an element holds, in bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Held {
    /// Text.
    pub(super) text: usize,
    /// Text inside links.
    pub(super) linked: usize,
    /// Text in runs long enough to be prose, outside links.
    pub(super) prose: usize,
}

impl Held {
    /// What is left without a part of it.
    fn without(self, part: Self) -> Self {
        Self {
            text: self.text.saturating_sub(part.text),
            linked: self.linked.saturating_sub(part.linked),
            prose: self.prose.saturating_sub(part.prose),
        }
    }

    /// Whether it is running text: enough of it, and most of it outside links.
    fn is_running(self) -> bool {
        self.text >= PROSE && self.linked * 2 < self.text
    }
}

impl Sums {
    /// Sums up a page.
    pub(super) fn new(dom: &Dom<'_>) -> Self {
        let mut sums = Vec::with_capacity(dom.nodes.len() + 1);
        let mut sum = Held::default();
        let (mut link_end, mut silent_end) = (0, 0);
        for (number, node) in dom.nodes.iter().enumerate() {
            sums.push(sum);
            match node.role {
                Role::Link => link_end = link_end.max(node.end),
                Role::Silent => silent_end = silent_end.max(node.end),
                Role::Text if number >= silent_end => {
                    let length = node.text.trim().len();
                    let is_linked = number < link_end;
                    sum.text += length;
                    sum.linked += if is_linked { length } else { 0 };
                    sum.prose += if !is_linked && length >= PROSE { length } else { 0 };
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
        to.without(from)
    }
}

/// For each node, whether it and all in it are to be left out.
pub(super) fn skips(
    dom: &Dom<'_>,
    sums: &Sums,
    holds_embed: impl Fn(Range<usize>) -> bool,
) -> Vec<Option<&'static str>> {
    let all = sums.held(0..dom.nodes.len());
    let mut reasons: Vec<Option<&'static str>> = dom
        .nodes
        .iter()
        .enumerate()
        .map(|(number, node)| {
            let reason = reason(node, || sums.held(dom.subtree(number)))?;
            let held = sums.held(dom.subtree(number));
            let is_wrapper = held.prose * 5 >= all.prose * 2 && !is_one_of_many(dom, number);
            let is_frame = held.text < MAX_FRAME && holds_embed(dom.subtree(number));
            let is_said = || reason != HIDDEN && is_amid_sentence(dom, sums, number);
            (!is_wrapper && !is_frame && !is_said()).then_some(reason)
        })
        .collect();
    keep_first_words(dom, sums, &mut reasons);
    skip_after_endings(dom, sums, &mut reasons);
    reasons
}

/// The longest word of a sentence that more hangs on, in bytes.
const MAX_NAME: usize = 60;

/// Keeps a word of a sentence that something hangs on, a card that opens or a note: the element goes but for what it begins
/// with.
fn keep_first_words(dom: &Dom<'_>, sums: &Sums, reasons: &mut [Option<&'static str>]) {
    for (number, node) in dom.elements() {
        let Some(reason) = reasons.get(number).copied().flatten().filter(|reason| *reason != HIDDEN) else { continue };
        let Some(first) = dom.get(number + 1).filter(|first| first.parent == number) else { continue };
        let rest = first.end..node.end;
        let length = sums.held(number + 1..first.end).text;
        if !(1..=MAX_NAME).contains(&length) || sums.held(rest.clone()).text == 0 || !goes_on(dom, number) {
            continue;
        }
        let around = sums.held(dom.subtree(node.parent)).without(sums.held(number..node.end));
        if !around.is_running() {
            continue;
        }
        let mut next = rest.start;
        while let Some(sibling) = dom.get(next).filter(|_| next < rest.end) {
            if let Some(kept) = reasons.get_mut(next) {
                kept.get_or_insert(reason);
            }
            next = sibling.end;
        }
        reasons.iter_mut().take(first.end).skip(number).for_each(|kept| *kept = None);
    }
}

/// Leaves out what stands under a heading like *Articles similaires*, to the end of the element that it heads.
fn skip_after_endings(dom: &Dom<'_>, sums: &Sums, reasons: &mut [Option<&'static str>]) {
    let last_title = dom.elements().filter(|(_, node)| node.name() == "h1").map(|(number, _)| number).last();
    let headings = dom.elements().filter(|(_, node)| node.role == Role::Heading && node.name() != "h1");
    let endings = headings.take(MAX_HEADINGS).filter_map(|(number, _)| Some((number, ending(dom, sums, number)?)));
    for (number, words) in endings.take(MAX_ENDINGS) {
        let Some((around, rest)) = headed(dom, sums, number) else { continue };
        let before = sums.held(0..number).prose;
        let after = sums.held(rest.clone()).prose;
        if before < PROSE || after > MAX_AFTER * before || last_title.is_some_and(|title| title > number) {
            continue;
        }
        if let Some(reason) = reasons.get_mut(number) {
            reason.get_or_insert("heading");
        }
        // Amid the text of an article, text that is no link may be the article's again.
        let is_amid = sums.held(around..number).prose >= PROSE && !COMMENTS.iter().any(|word| words.contains(word));
        let mut sibling = rest.start;
        while sibling < rest.end {
            let Some(end) = dom.get(sibling).map(|node| node.end) else { break };
            let held = sums.held(sibling..end);
            if is_amid && held.prose >= PROSE && held.linked * 4 < held.text {
                break;
            }
            if let Some(reason) = reasons.get_mut(sibling) {
                reason.get_or_insert("under such a heading");
            }
            sibling = end;
        }
    }
}

/// What stands under such a heading holds no more than so many times the prose before it.
const MAX_AFTER: usize = 10;
/// Headings looked at, and how many of them may end something.
const MAX_HEADINGS: usize = 500;
const MAX_ENDINGS: usize = 50;
/// A heading that ends the article is no longer than this, in bytes.
const MAX_ENDING: usize = 60;

/// The words of a heading that ends the article.
fn ending(dom: &Dom<'_>, sums: &Sums, number: usize) -> Option<String> {
    let held = sums.held(dom.subtree(number));
    if held.text == 0 || held.text > MAX_ENDING {
        return None;
    }
    let text = crate::french::fold(&dom.text(number));
    let words = text.trim_matches(|c: char| !c.is_alphabetic());
    ENDINGS.contains(&words).then(|| words.to_owned())
}

/// The element that a heading heads, which is the nearest that has more text in it, and the nodes after the heading there.
fn headed(dom: &Dom<'_>, sums: &Sums, number: usize) -> Option<(usize, Range<usize>)> {
    let mut inner = number;
    for _ in 0..3 {
        let Node { end, parent, .. } = *dom.get(inner)?;
        let around = dom.get(parent)?;
        if matches!(around.name(), "body" | "html") {
            return None;
        }
        if sums.held(end..around.end).text > 0 {
            return Some((parent, end..around.end));
        }
        inner = parent;
    }
    None
}

/// Elements of one class side by side are a list, of comments or teasers; what holds the article stands alone.
const MANY: usize = 3;
/// Siblings looked at on either side.
const MAX_SIBLINGS: usize = 50;

fn is_one_of_many(dom: &Dom<'_>, number: usize) -> bool {
    let Some((node, class)) = dom.get(number).and_then(|node| Some((node, node.attr("class")?))) else { return false };
    let end = dom.get(node.parent).map_or(node.end, |around| around.end);
    let next = |&sibling: &usize| Some(dom.get(sibling)?.end).filter(|&next| next < end);
    let siblings = std::iter::successors(Some(node.parent + 1), next).filter(|&sibling| sibling != number);
    let alike = siblings
        .take(MAX_SIBLINGS)
        .filter(|&sibling| dom.get(sibling).and_then(|node| node.attr("class")) == Some(class));
    alike.count() + 1 >= MANY
}

/// Whether an element is a word or more of a sentence, whatever its class: text goes on right before or right after it, and
/// enough of it.
fn is_amid_sentence(dom: &Dom<'_>, sums: &Sums, number: usize) -> bool {
    let around = dom.get(number).map(|node| sums.held(dom.subtree(node.parent)));
    goes_on(dom, number) && around.is_some_and(Held::is_running)
}

/// Whether text goes on right before or right after an element set among words.
fn goes_on(dom: &Dom<'_>, number: usize) -> bool {
    let Some(node) = dom.get(number).filter(|node| matches!(node.role, Role::Inline | Role::Link)) else {
        return false;
    };
    let run = |number: Option<usize>| {
        let beside = number.and_then(|number| dom.get(number)).filter(|beside| beside.parent == node.parent);
        beside.map_or("", |beside| beside.text).trim()
    };
    let (before, after) = (run(number.checked_sub(1)), run(Some(node.end)));
    (!before.is_empty() && !after.is_empty())
        || before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ',' | '«' | '“' | '('))
        || after.starts_with(|c: char| c.is_lowercase() || matches!(c, ',' | '.' | ';' | ')' | '’' | '\'' | '»' | '”'))
}

/// The one reason that the page itself gives.
const HIDDEN: &str = "hidden";

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
        return Some(HIDDEN);
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
