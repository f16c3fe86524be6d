//! Embeds, lifted out of the page before its body is chosen: posts set as quotations, frames, and their copies in
//! `<noscript>`.

use std::collections::BTreeMap;
use std::ops::Range;

use super::dom::{Dom, Node};
use super::selectors::{EMBED_CLASSES, FRAME_SOURCES};
use crate::article::Embed;
use crate::clean::embed;

/// An embed's markup is not longer than this, in nodes.
const MAX_NODES: usize = 300;
/// ... nor in bytes of text.
const MAX_TEXT: usize = 20_000;
/// Embeds taken from one page.
const MAX_EMBEDS: usize = 500;

/// The embeds of a page and the elements they stand for.
#[derive(Default)]
pub(super) struct Embeds {
    /// In the page's order.
    pub(super) embeds: Vec<Embed>,
    by_node: BTreeMap<usize, usize>,
}

impl Embeds {
    /// Finds the embeds of a page.
    pub(super) fn find(dom: &Dom<'_>) -> Self {
        let mut found = Self::default();
        let mut resume = 0;
        for (number, node) in dom.elements() {
            if number < resume || found.embeds.len() >= MAX_EMBEDS {
                continue;
            }
            let Some(embed) = read(dom, number, node) else { continue };
            resume = node.end;
            if found.embeds.last() != Some(&embed) {
                found.by_node.insert(number, found.embeds.len());
                found.embeds.push(embed);
            }
        }
        found
    }

    /// The embed that an element stands for.
    pub(super) fn at(&self, node: usize) -> Option<usize> {
        self.by_node.get(&node).copied()
    }

    /// Whether one of these nodes stands for an embed.
    pub(super) fn is_among(&self, nodes: Range<usize>) -> bool {
        self.by_node.range(nodes).next().is_some()
    }
}

fn read(dom: &Dom<'_>, number: usize, node: &Node<'_>) -> Option<Embed> {
    match node.name() {
        "iframe" | "amp-iframe" | "embed" => frame(node),
        "noscript" => {
            let markup = dom.get(number + 1)?.text;
            let is_embed = markup.contains("<iframe") || EMBED_CLASSES.iter().any(|class| markup.contains(class));
            (is_embed && markup.len() <= MAX_TEXT).then(|| embed::read(markup)).flatten()
        }
        "blockquote" | "div" | "figure" | "section" | "a" => {
            let class = node.attr("class")?;
            let is_post = class.split_ascii_whitespace().any(|class| EMBED_CLASSES.contains(&class));
            let nodes = dom.within(number);
            let fits = is_post && nodes.len() <= MAX_NODES;
            let fits = fits && nodes.iter().map(|node| node.text.len()).sum::<usize>() <= MAX_TEXT;
            fits.then(|| embed::read(&node.element?.html())).flatten()
        }
        _ => None,
    }
}

/// A frame, perhaps one that is to be loaded later.
fn frame(node: &Node<'_>) -> Option<Embed> {
    let address = FRAME_SOURCES.iter().filter_map(|name| node.attr(name)).find(|url| url.contains("//"))?.trim();
    let absolute = if address.starts_with("//") { format!("https:{address}") } else { address.to_owned() };
    embed::from_url(&absolute)
}
