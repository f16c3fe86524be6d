//! Embeds, lifted out of the page before its body is chosen: posts set as quotations, frames, and their copies in
//! `<noscript>`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use super::dom::{Dom, Node};
use super::selectors::{EMBED_CLASSES, FRAME_SOURCES};
use crate::article::Embed;
use crate::clean::{Ledger, embed};

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

/// The element that [`lift`] leaves for an embed; its number is the attribute `n`.
const LIFTED: &str = "newsgrep-embed";

/// Takes the embeds out of a fragment before it is parsed: it is a field of a record, whose markup may be damaged, and a
/// parser spreads an unclosed tag over all that follows. Leaves an element for each; scripts and switches go.
pub(super) fn lift<'a>(html: &'a str, page: bool, ledger: &mut Ledger) -> (Cow<'a, str>, Vec<Embed>) {
    let mut embeds = Vec::new();
    let mut out = String::new();
    let mut done = 0;
    for (range, embed) in embed::regions(html, page) {
        // Most frames of a page are advertisements: one of no known service is no embed unless it stands in the article,
        // which the parsed page tells. Scripts alone stay too: they may say what the page is.
        if page && embed.as_ref().is_none_or(|embed| embed.kind == "iframe") {
            continue;
        }
        out.push_str(html.get(done..range.start).unwrap_or_default());
        let removed = html.get(range.clone()).unwrap_or_default();
        done = range.end;
        match embed {
            Some(embed) if embeds.len() < MAX_EMBEDS => {
                out.push_str(&format!("<{LIFTED} n={}></{LIFTED}>", embeds.len()));
                embeds.push(embed);
            }
            _ => super::body::record(ledger, "around embeds", removed),
        }
    }
    if done == 0 {
        return (Cow::Borrowed(html), embeds);
    }
    out.push_str(html.get(done..).unwrap_or_default());
    (Cow::Owned(out), embeds)
}

impl Embeds {
    /// Finds the embeds of a page; `lifted` are those taken out before.
    pub(super) fn find(dom: &Dom<'_>, lifted: &[Embed]) -> Self {
        let mut found = Self::default();
        let mut resume = 0;
        for (number, node) in dom.elements() {
            if number < resume || found.embeds.len() >= MAX_EMBEDS {
                continue;
            }
            let Some(embed) = read(dom, number, node, lifted) else { continue };
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

fn read(dom: &Dom<'_>, number: usize, node: &Node<'_>, lifted: &[Embed]) -> Option<Embed> {
    match node.name() {
        LIFTED => lifted.get(node.attr("n")?.parse::<usize>().ok()?).cloned(),
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
