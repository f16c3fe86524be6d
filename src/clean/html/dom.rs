//! The parsed page as a flat list in document order: every walk is a loop, every subtree a range.

use std::ops::Range;

use scraper::{ElementRef, Html, Node as Parsed};

/// What an element's name says about its part in the layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A run of text, not an element.
    Text,
    /// Flows with the text around it.
    Inline,
    /// A link.
    Link,
    /// `<br>`
    Break,
    /// Stands for itself: text before and after it belongs to other blocks.
    Block,
    /// `<p>`
    Paragraph,
    /// `<h1>` to `<h6>`
    Heading,
    /// `<blockquote>`
    Quote,
    /// `<li>`, `<dt>`, `<dd>`
    Item,
    /// `<tr>`
    Row,
    /// `<td>`, `<th>`
    Cell,
    /// `<pre>`: white space counts.
    Verbatim,
    /// Never text of the page: `<script>`, `<style>`, `<svg>`, …
    Silent,
}

/// One element or run of text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node<'a> {
    /// The element; `None` for text.
    pub(super) element: Option<ElementRef<'a>>,
    /// The text; empty for an element.
    pub(super) text: &'a str,
    /// Its part in the layout.
    pub(super) role: Role,
    /// The number of the element around it.
    pub(super) parent: usize,
    /// The number after its last descendant's.
    pub(super) end: usize,
}

impl<'a> Node<'a> {
    /// The element's name; empty for text.
    pub(super) fn name(&self) -> &'a str {
        self.element.map_or("", |element| element.value().name())
    }

    /// An attribute's value.
    pub(super) fn attr(&self, name: &str) -> Option<&'a str> {
        self.element.and_then(|element| element.value().attr(name))
    }
}

/// The page, its nodes numbered in document order.
pub(super) struct Dom<'a> {
    /// The nodes.
    pub(super) nodes: Vec<Node<'a>>,
}

impl<'a> Dom<'a> {
    /// Flattens a parsed page.
    pub(super) fn new(html: &'a Html) -> Self {
        let mut nodes: Vec<Node<'a>> = Vec::with_capacity(html.tree.values().len());
        let mut open: Vec<usize> = Vec::new();
        let mut next = html.tree.root().first_child();
        while let Some(node) = next {
            let parent = open.last().copied().unwrap_or(0);
            let number = nodes.len();
            let entry = match node.value() {
                Parsed::Element(element) => Some((ElementRef::wrap(node), "", role(element.name()))),
                Parsed::Text(text) => Some((None, &**text, Role::Text)),
                _ => None,
            };
            if let Some((element, text, role)) = entry {
                nodes.push(Node { element, text, role, parent, end: number + 1 });
            }
            if let Some(child) = node.first_child() {
                open.push(if entry.is_some() { number } else { parent });
                next = Some(child);
                continue;
            }
            let mut last = node;
            next = loop {
                if let Some(sibling) = last.next_sibling() {
                    break Some(sibling);
                }
                let Some(around) = last.parent() else { break None };
                let end = nodes.len();
                if let Some(closed) = open.pop().and_then(|number| nodes.get_mut(number)) {
                    closed.end = end;
                }
                last = around;
            };
        }
        Self { nodes }
    }

    /// A node by its number.
    pub(super) fn get(&self, number: usize) -> Option<&Node<'a>> {
        self.nodes.get(number)
    }

    /// The numbers of a node and all that is in it.
    pub(super) fn subtree(&self, number: usize) -> Range<usize> {
        number..self.get(number).map_or(number, |node| node.end)
    }

    /// The nodes in an element, itself first.
    pub(super) fn within(&self, number: usize) -> &[Node<'a>] {
        self.nodes.get(self.subtree(number)).unwrap_or_default()
    }

    /// The text in an element, white space folded, scripts left out.
    pub(super) fn text(&self, number: usize) -> String {
        let mut words: Vec<&str> = Vec::new();
        let mut silent = 0;
        for (offset, node) in self.within(number).iter().enumerate() {
            if number + offset < silent {
                continue;
            }
            match node.role {
                Role::Silent => silent = node.end,
                Role::Text => words.extend(node.text.split_whitespace()),
                _ => {}
            }
        }
        words.join(" ")
    }

    /// The numbers and nodes of all elements.
    pub(super) fn elements(&self) -> impl Iterator<Item = (usize, &Node<'a>)> {
        self.nodes.iter().enumerate().filter(|(_, node)| node.element.is_some())
    }
}

fn role(name: &str) -> Role {
    match name {
        "a" => Role::Link,
        "br" => Role::Break,
        "p" => Role::Paragraph,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Role::Heading,
        "blockquote" => Role::Quote,
        "li" | "dt" | "dd" => Role::Item,
        "tr" => Role::Row,
        "td" | "th" => Role::Cell,
        "pre" => Role::Verbatim,
        "html" | "body" | "div" | "section" | "article" | "main" | "header" | "footer" | "aside" | "nav" | "figure"
        | "figcaption" | "ul" | "ol" | "dl" | "table" | "thead" | "tbody" | "tfoot" | "caption" | "form"
        | "fieldset" | "address" | "details" | "summary" | "hr" | "center" | "hgroup" | "menu" | "dialog"
        | "search" | "amp-ad" => Role::Block,
        "script" | "style" | "noscript" | "template" | "svg" | "math" | "head" | "title" | "iframe" | "object"
        | "embed" | "video" | "audio" | "canvas" | "select" | "option" | "textarea" | "button" | "input" | "img"
        | "picture" | "map" | "noframes" | "frameset" => Role::Silent,
        _ => Role::Inline,
    }
}
