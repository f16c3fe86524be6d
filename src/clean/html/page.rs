//! Metadata as the page shows it: `<h1>`, microdata, `<time>`, bylines.

use super::dom::{Dom, Node, Role};
use super::metadata::{Metadata, stated};
use super::names::same;
use super::prune::words;
use super::vocabulary::TITLE_SEPARATORS;
use crate::article::StatedDate;

/// A byline is not longer than this, in bytes.
const MAX_BYLINE: usize = 200;
/// A title is not longer than this, in bytes.
const MAX_TITLE: usize = 1_000;
/// Headings looked at.
const MAX_HEADINGS: usize = 5;
/// Names of one byline stand no further apart than this, in nodes.
const MAX_GAP: usize = 20;
/// A heading, byline or date has no more nodes than this.
const MAX_NODES: usize = 200;

/// What the page shows of itself.
pub(super) struct Page {
    /// What is read as any other source.
    pub(super) metadata: Metadata,
    /// The headings of the first level, one marked as the headline first.
    pub(super) headings: Vec<String>,
    /// The document's title.
    pub(super) title: Option<String>,
}

/// Reads what a reader sees.
pub(super) fn read(dom: &Dom<'_>) -> Page {
    let mut seen = Seen::default();
    for (number, node) in dom.elements() {
        seen.look(dom, number, node);
    }
    let headings = seen.headline_property.into_iter().chain(seen.headings).map(|number| dom.text(number));
    let title = seen.title.and_then(|number| dom.get(number + 1)).filter(|title| title.text.len() <= MAX_TITLE);
    let date = [seen.date_property, seen.date_published, seen.date].into_iter().flatten();
    let dates: Vec<StatedDate> = date.map(|(text, source)| stated(&text, source)).collect();
    let authors = [seen.author_property, seen.author_link, seen.author_class];
    let metadata = Metadata {
        authors: authors.into_iter().find(|names| !names.is_empty()).unwrap_or_default(),
        date: dates
            .iter()
            .find(|date| date.date.is_some())
            .or_else(|| dates.iter().find(|date| date.source == "time"))
            .cloned(),
        ..Metadata::default()
    };
    let title = title.map(|title| title.text.split_whitespace().collect::<Vec<_>>().join(" "));
    let mut headings: Vec<String> = headings.filter(|heading| !heading.is_empty()).collect();
    if headings.is_empty() {
        headings.extend(title.as_deref().and_then(|title| said_again(dom, title)));
    }
    Page { metadata, headings, title }
}

/// The part of the title that the page says again, where it has no heading.
fn said_again(dom: &Dom<'_>, title: &str) -> Option<String> {
    let heads = TITLE_SEPARATORS.iter().filter_map(|sign| title.rsplit_once(sign)).map(|(head, _)| head);
    let mut heads: Vec<&str> = heads.filter(|head| head.len() >= 10).collect();
    heads.sort_unstable_by_key(|head| head.len());
    let is_shown = |head: &str| dom.nodes.iter().any(|node| node.role == Role::Text && same(node.text.trim(), head));
    heads.into_iter().rev().find(|head| is_shown(head)).map(str::to_owned)
}

/// The first of each kind that was met.
#[derive(Default)]
struct Seen {
    title: Option<usize>,
    headings: Vec<usize>,
    headline_property: Option<usize>,
    author_property: Vec<String>,
    author_link: Vec<String>,
    author_end: usize,
    author_class: Vec<String>,
    date_property: Option<(String, &'static str)>,
    date_published: Option<(String, &'static str)>,
    date: Option<(String, &'static str)>,
}

impl Seen {
    fn look(&mut self, dom: &Dom<'_>, number: usize, node: &Node<'_>) {
        match node.name() {
            "title" => self.title = self.title.or(Some(number)),
            "h1" if self.headings.len() < MAX_HEADINGS && is_heading(dom, number) => self.headings.push(number),
            "meta" | "link" | "script" | "html" | "body" | "label" => return,
            _ => {}
        }
        let property = node.attr("itemprop").unwrap_or_default();
        for property in property.split_whitespace() {
            match property {
                "headline" if is_heading(dom, number) => {
                    self.headline_property = self.headline_property.or(Some(number));
                }
                "author" | "creator" if self.author_property.len() < 10 => {
                    self.author_property.extend(name(dom, number));
                }
                "datePublished" if self.date_property.is_none() => self.date_property = date(dom, number, node, "time"),
                _ => {}
            }
        }
        let is_link = node.attr("rel").is_some_and(|rel| rel.split_whitespace().any(|rel| rel == "author"));
        if is_link && (self.author_link.is_empty() || number < self.author_end + MAX_GAP) {
            self.author_link.extend(name(dom, number));
            self.author_end = node.end;
        }
        self.look_at_class(dom, number, node);
    }

    fn look_at_class(&mut self, dom: &Dom<'_>, number: usize, node: &Node<'_>) {
        let class = node.attr("class").unwrap_or_default();
        let is_time = node.name() == "time";
        if class.is_empty() && !is_time {
            return;
        }
        let words: Vec<String> = words(class).take(30).collect();
        let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
        if self.author_class.is_empty() && has(&["author", "auteur", "byline", "signature"]) {
            self.author_class.extend(name(dom, number));
        }
        if self.date_published.is_none() && has(&["published", "publish", "pubdate", "publication", "posted"]) {
            self.date_published = date(dom, number, node, if is_time { "time" } else { "text" });
        }
        if self.date.is_none() && (is_time || has(&["date", "dateline", "timestamp", "datetime"])) {
            self.date = date(dom, number, node, if is_time { "time" } else { "text" });
        }
    }
}

/// The name in an element: that of an inner `itemprop="name"`, or its text where it is short.
fn name(dom: &Dom<'_>, number: usize) -> Option<String> {
    let inner = dom.within(number).iter().take(MAX_NODES).position(|node| node.attr("itemprop") == Some("name"));
    let named = inner.map_or(number, |offset| number + offset);
    let content = dom.get(named).and_then(|node| node.attr("content")).map(str::to_owned);
    content.or_else(|| short_text(dom, named))
}

/// A date in an element: of its `datetime` or `content`, or of its text where it is short.
fn date(dom: &Dom<'_>, number: usize, node: &Node<'_>, source: &'static str) -> Option<(String, &'static str)> {
    let stated = ["datetime", "content", "title"].iter().find_map(|name| node.attr(name));
    let stated = stated.filter(|date| date.chars().any(|c| c.is_ascii_digit())).map(str::to_owned);
    stated.or_else(|| short_text(dom, number)).map(|date| (date, source))
}

fn short_text(dom: &Dom<'_>, number: usize) -> Option<String> {
    let nodes = dom.within(number);
    let bytes: usize = nodes.iter().take(MAX_NODES).map(|node| node.text.trim().len()).sum();
    let fits = bytes > 0 && bytes <= MAX_BYLINE && nodes.len() <= MAX_NODES;
    fits.then(|| dom.text(number)).filter(|text| !text.is_empty())
}

fn is_heading(dom: &Dom<'_>, number: usize) -> bool {
    let nodes = dom.within(number);
    let bytes: usize = nodes.iter().take(MAX_NODES).map(|node| node.text.trim().len()).sum();
    nodes.len() <= MAX_NODES && (1..=MAX_TITLE).contains(&bytes)
}
