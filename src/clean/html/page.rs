//! Metadata as the page shows it: `<h1>`, microdata, `<time>`, bylines.

use super::dom::{Dom, Node, Role};
use super::metadata::{Metadata, stated};
use super::names::{authors, begins_with_by, same};
use super::prune::words;
use super::vocabulary::{
    AUTHOR_CLASSES, DATE_CLASSES, OTHERS_CLASSES, PUBLISHED_CLASSES, PUBLISHED_WORDS, TITLE_SEPARATORS,
};
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
/// Bylines looked at.
const MAX_BYLINES: usize = 20;
/// Runs of text looked at after the heading, for a byline and a date that nothing marks.
const MAX_RUNS: usize = 40;
/// ... and before it.
const MAX_RUNS_BEFORE: usize = 12;

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
    let title = dom.elements().find(|(_, node)| node.name() == "title").and_then(|(number, _)| dom.get(number + 1));
    let title = title.filter(|title| title.text.len() <= MAX_TITLE);
    let title = title.map(|title| title.text.split_whitespace().collect::<Vec<_>>().join(" "));
    let tops = dom.elements().filter(|&(number, node)| node.name() == "h1" && is_heading(dom, number));
    seen.headings = tops.map(|(number, _)| number).take(MAX_HEADINGS).collect();
    for (number, node) in dom.elements() {
        seen.look(dom, number, node);
    }
    if let Some(title) = title.as_deref().filter(|title| !seen.has_heading_of(dom, title))
        && let Some(number) = said_again(dom, title)
    {
        seen.headings.insert(0, number);
    }
    let top = seen.heading(dom, title.as_deref());
    let (near_author, near_date) = top.map(|top| near(dom, top)).unwrap_or_default();
    let date = [seen.date_property.take(), seen.date_published.take(), seen.date.take()].into_iter().flatten();
    let dates: Vec<StatedDate> = date.map(|(text, source)| stated(&text, source)).collect();
    let understood = dates.iter().find(|date| date.date.is_some()).cloned().or(near_date);
    let bylines = [seen.author_property.clone(), seen.author_link.clone(), seen.byline(dom, top), near_author];
    let metadata = Metadata {
        authors: bylines.into_iter().find(|names| !authors(names, None).is_empty()).unwrap_or_default(),
        date: understood
            .or_else(|| seen.updated.take().map(|date| stated(&date, "time")))
            .or_else(|| dates.into_iter().find(|date| date.source == "time")),
        ..Metadata::default()
    };
    let headings = seen.headline_property.into_iter().chain(seen.headings).map(|number| dom.text(number));
    Page { metadata, headings: headings.filter(|heading| !heading.is_empty()).collect(), title }
}

/// A byline and a date in the first runs of text after the heading, told by how they read.
fn near(dom: &Dom<'_>, heading: usize) -> (Vec<String>, Option<StatedDate>) {
    let is_run = |node: &&Node<'_>| {
        let is_silent = || dom.get(node.parent).is_some_and(|parent| parent.role == Role::Silent);
        node.role == Role::Text && !node.text.trim().is_empty() && !is_silent()
    };
    let (before, after) = dom.nodes.split_at_checked(dom.subtree(heading).end).unwrap_or((&dom.nodes, &[]));
    // What a date before the heading is must be said: it may be today's.
    let before = before.iter().rev().filter(is_run).take(MAX_RUNS_BEFORE).map(|node| node.text.trim());
    let before = before.filter(|text| {
        text.len() <= 80 && has_year(text) && PUBLISHED_WORDS.iter().any(|word| text.to_lowercase().contains(word))
    });
    let is_day = |stated: &StatedDate| stated.date.is_some_and(|date| date.day.is_some());
    let mut date = before.map(|text| stated(text, "text")).find(is_day);
    let mut byline = Vec::new();
    let mut begun = false;
    for text in after.iter().filter(is_run).take(MAX_RUNS).map(|node| node.text.trim()) {
        if text.len() > MAX_BYLINE {
            continue;
        }
        if byline.is_empty() && (begun || begins_with_by(text)) && !authors(&[text.to_owned()], None).is_empty() {
            byline.push(text.to_owned());
        }
        // `By`, and the name in a link after it.
        begun = begins_with_by(&format!("{text} "));
        if date.is_none() && text.len() <= 80 && has_year(text) {
            date = Some(stated(text, "text")).filter(is_day);
        }
    }
    (byline, date)
}

/// Whether a text has a year in it.
fn has_year(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() == 4 && digits.starts_with(['1', '2']))
}

/// The run of text in which the page says its title again, or the part of it before the site's name.
fn said_again(dom: &Dom<'_>, title: &str) -> Option<usize> {
    let heads = TITLE_SEPARATORS.iter().filter_map(|sign| title.rsplit_once(sign)).map(|(head, _)| head);
    let mut heads: Vec<&str> = heads.chain([title]).filter(|head| head.len() >= 10).collect();
    heads.sort_unstable_by_key(|head| std::cmp::Reverse(head.len()));
    let is_shown = |node: &Node<'_>| dom.get(node.parent).is_none_or(|parent| parent.role != Role::Silent);
    heads.into_iter().find_map(|head| {
        dom.nodes.iter().position(|node| node.role == Role::Text && same(node.text.trim(), head) && is_shown(node))
    })
}

/// The first of each kind that was met.
#[derive(Default)]
struct Seen {
    headings: Vec<usize>,
    headline_property: Option<usize>,
    author_property: Vec<String>,
    author_link: Vec<String>,
    author_end: usize,
    bylines: Vec<(usize, String)>,
    date_property: Option<(String, &'static str)>,
    date_published: Option<(String, &'static str)>,
    date: Option<(String, &'static str)>,
    updated: Option<String>,
    /// Up to here everything belongs to others: comments, teasers.
    others_end: usize,
}

impl Seen {
    fn look(&mut self, dom: &Dom<'_>, number: usize, node: &Node<'_>) {
        if number < self.others_end
            || matches!(node.name(), "meta" | "link" | "script" | "html" | "body" | "label" | "h1" | "title")
        {
            return self.look_at_heading(dom, number, node);
        }
        let classes: Vec<String> =
            [node.attr("class"), node.attr("id")].into_iter().flatten().flat_map(words).take(30).collect();
        let has = |wanted: &[&str]| classes.iter().any(|word| wanted.contains(&word.as_str()));
        let inside = dom.subtree(number);
        if has(OTHERS_CLASSES) && !self.headings.iter().any(|heading| inside.contains(heading)) && number > 0 {
            self.others_end = inside.end;
            return;
        }
        self.look_at_heading(dom, number, node);
        // Microdata, and RDFa with or without its prefix.
        let properties = [node.attr("itemprop"), node.attr("property")].into_iter().flatten();
        for property in properties.flat_map(str::split_whitespace) {
            match property.rsplit(':').next().unwrap_or_default() {
                "author" | "creator" if self.author_property.is_empty() || number < self.author_end + MAX_GAP => {
                    self.author_property.extend(name(dom, number));
                    self.author_end = node.end;
                }
                "datePublished" if self.date_property.is_none() => self.date_property = date(dom, number, node),
                _ => {}
            }
        }
        let is_link = node.attr("rel").is_some_and(|rel| rel.split_whitespace().any(|rel| rel == "author"));
        if is_link && (self.author_link.is_empty() || number < self.author_end + MAX_GAP) {
            self.author_link.extend(name(dom, number));
            self.author_end = node.end;
        }
        if self.bylines.len() < MAX_BYLINES && has(AUTHOR_CLASSES) {
            self.bylines.extend(name(dom, number).map(|name| (number, name)));
        }
        let is_time = node.name() == "time";
        if is_time && has(&["updated", "modified"]) && !has(PUBLISHED_CLASSES) {
            self.updated = self.updated.take().or_else(|| date(dom, number, node).map(|(date, _)| date));
        } else if has(PUBLISHED_CLASSES) && self.date_published.is_none() {
            self.date_published = date(dom, number, node);
        } else if (is_time || has(DATE_CLASSES)) && self.date.is_none() {
            self.date = date(dom, number, node);
        }
    }

    fn look_at_heading(&mut self, dom: &Dom<'_>, number: usize, node: &Node<'_>) {
        let property = node.attr("itemprop").unwrap_or_default();
        if self.headline_property.is_none()
            && property.split_whitespace().any(|property| property == "headline")
            && is_heading(dom, number)
        {
            self.headline_property = Some(number);
        }
    }

    /// Whether one of the headings is in the title of the page.
    fn has_heading_of(&self, dom: &Dom<'_>, title: &str) -> bool {
        self.headline_property.is_some() || self.headings.iter().any(|&number| title.contains(&dom.text(number)))
    }

    /// The heading that is the headline: the one marked so, the one that the title begins with, or the first.
    fn heading(&self, dom: &Dom<'_>, title: Option<&str>) -> Option<usize> {
        let titled = |&&number: &&usize| title.is_some_and(|title| title.starts_with(&dom.text(number)));
        self.headline_property.or_else(|| self.headings.iter().find(titled).or(self.headings.first()).copied())
    }

    /// The first byline after the heading; before it, the last. Where it says more than names, the names in it.
    fn byline(&self, dom: &Dom<'_>, heading: Option<usize>) -> Vec<String> {
        let names = |byline: &(usize, String)| authors(std::slice::from_ref(&byline.1), None);
        let bylines = self.bylines.iter().filter(|byline| !names(byline).is_empty());
        let (before, after): (Vec<_>, Vec<_>) =
            bylines.partition(|(number, _)| heading.is_some_and(|heading| *number < heading));
        let Some(outer) = after.first().or(before.last()) else { return Vec::new() };
        let range = dom.subtree(outer.0);
        let inner = self.bylines.iter().filter(|(number, _)| *number > range.start && *number < range.end);
        let inner: Vec<String> = inner.flat_map(names).collect();
        let longer =
            |name: &String| inner.iter().any(|other| name.len() > other.len() && name.starts_with(other.as_str()));
        let inner: Vec<String> = inner.iter().filter(|name| !longer(name)).cloned().collect();
        let outer = names(outer);
        if inner.iter().all(|name| outer.iter().any(|other| same(other, name))) { outer } else { inner }
    }
}

/// The name in an element: that of an inner `itemprop="name"`, or its text where it is short.
fn name(dom: &Dom<'_>, number: usize) -> Option<String> {
    let inner = dom.within(number).iter().take(MAX_NODES).position(|node| node.attr("itemprop") == Some("name"));
    let named = inner.map_or(number, |offset| number + offset);
    let content = dom.get(named).and_then(|node| node.attr("content")).map(str::to_owned);
    content.or_else(|| short_text(dom, named))
}

/// A date in an element: of its `datetime` or `content`, of a `<time>` in it, or of its text where it is short.
fn date(dom: &Dom<'_>, number: usize, node: &Node<'_>) -> Option<(String, &'static str)> {
    let stated = |node: &Node<'_>| {
        let attributes = ["datetime", "content", "title", "value", "data-datetime", "data-date", "data-published"];
        let mut stated = attributes.iter().filter_map(|name| node.attr(name)).filter(|date| is_date(date));
        stated.next().map(str::to_owned)
    };
    let inner = || dom.within(number).iter().take(MAX_NODES).filter(|node| node.name() == "time").find_map(stated);
    if let Some(date) = stated(node).or_else(inner) {
        return Some((date, "time"));
    }
    let source = if node.name() == "time" { "time" } else { "text" };
    short_text(dom, number).map(|date| (date, source))
}

/// Whether an attribute is a date that is understood.
fn is_date(text: &str) -> bool {
    text.len() <= MAX_BYLINE && text.contains(|c: char| c.is_ascii_digit()) && stated(text, "time").date.is_some()
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
