//! The main text of a page, laid out: boilerplate left out, the article chosen, its pieces sifted.

use std::collections::BTreeSet;

use super::dom::Dom;
use super::embeds::Embeds;
use super::layout::{Kind, Piece, pieces, with_cross_heads};
use super::lead;
use super::names::same;
use super::notes;
use super::phrases::{NOISE, NOISE_BEGINNINGS};
use super::prune::{Sums, is_hidden, skips};
use super::score::{ends_sentence, is_sentence, roots};
use crate::article::{Draft, Embed};
use crate::clean::layout::{EMBED, HEADING, ITEM, QUOTE};
use crate::clean::{Dropped, Ledger};

/// The pieces of the page's article, in order.
pub(super) fn of_page(
    dom: &Dom<'_>,
    embeds: &Embeds,
    description: Option<&str>,
    draft: &mut Draft,
    ledger: &mut Ledger,
) -> Vec<Piece> {
    let sums = Sums::new(dom);
    let reasons = skips(dom, &sums, |nodes| embeds.is_among(nodes));
    let skips: Vec<bool> = reasons.iter().map(Option::is_some).collect();
    let all = pieces(dom, &skips, |node| embeds.at(node));
    let roots = roots(dom, &all);
    record_skipped(dom, &reasons, ledger);
    let is_inside = |node: usize| {
        let before = roots.partition_point(|&root| root <= node);
        before.checked_sub(1).and_then(|at| roots.get(at)).is_some_and(|&root| dom.subtree(root).contains(&node))
    };
    let inside = |piece: &Piece| is_inside(piece.node);
    let notes = notes::outside(dom, &all, is_inside);
    let is_english = is_english(draft.language.as_deref(), &all);
    let lead = lead::find(dom, &sums, &all, inside, description, draft.headline.as_deref(), is_english)
        .filter(|_| draft.lead.is_none());
    let (mut chosen, mut noted) = (Vec::new(), Vec::new());
    for (at, piece) in all.into_iter().enumerate() {
        if lead.as_ref().is_some_and(|places| places.contains(&at)) {
            let lead = draft.lead.get_or_insert_default();
            lead.push_str(if lead.is_empty() { "" } else { "\n" });
            lead.push_str(without_label(&piece.text, description));
        } else if notes.contains(&at) {
            noted.push(piece);
        } else if inside(&piece) {
            chosen.push(piece);
        } else {
            record(ledger, "outside the article", &piece.text);
        }
    }
    let sifted = sift(dom, chosen, draft, ledger);
    if draft.lead.is_some() && !sifted.iter().any(is_sentence) {
        sifted.iter().for_each(|piece| record(ledger, "nothing but a lead", &piece.text));
        return Vec::new();
    }
    let mut pieces = with_cross_heads(without_lead(sifted, draft));
    pieces.extend(noted);
    pieces
}

/// A lead that is the page's description, without the word that is set before it.
fn without_label<'a>(lead: &'a str, description: Option<&'a str>) -> &'a str {
    description.map(str::trim).filter(|description| lead.ends_with(description)).unwrap_or(lead)
}

/// Takes off a lead that is told by its setting alone: a first piece set as a heading or in bold, and as long as a lead.
fn without_lead(mut pieces: Vec<Piece>, draft: &mut Draft) -> Vec<Piece> {
    const LEAD: std::ops::RangeInclusive<usize> = 80..=700;
    // A word over the lead, that of a series or section, goes before it.
    let over = usize::from(pieces.first().is_some_and(|piece| piece.size < 30 && !ends_sentence(&piece.text)));
    let is_lead = |piece: &Piece| {
        let is_set = piece.kind == Kind::Heading || (piece.kind == Kind::Paragraph && piece.bold == piece.text.len());
        is_set && LEAD.contains(&piece.size) && (ends_sentence(&piece.text) || piece.size > 150)
    };
    let is_followed = pieces
        .get(over + 1)
        .is_some_and(|next| is_sentence(next) && next.kind == Kind::Paragraph && next.bold < next.text.len());
    if draft.lead.is_none() && is_followed && pieces.get(over).is_some_and(is_lead) {
        draft.lead = Some(pieces.remove(over).text);
    }
    pieces
}

/// The pieces of a fragment: all of it, but for the headline said again.
pub(super) fn of_fragment(dom: &Dom<'_>, embeds: &Embeds, draft: &Draft, ledger: &mut Ledger) -> Vec<Piece> {
    let skips: Vec<bool> = dom.nodes.iter().map(|node| is_hidden(node) || node.name() == "figcaption").collect();
    let headline = draft.headline.as_deref().unwrap_or_default();
    let mut pieces = pieces(dom, &skips, |node| embeds.at(node));
    if pieces.first().is_some_and(|first| same(&first.text, headline)) {
        record(ledger, "the headline again", &pieces.remove(0).text);
    }
    with_cross_heads(pieces)
}

/// Whether the page is in English: as it says, or else as its longest piece reads.
fn is_english(stated: Option<&str>, pieces: &[Piece]) -> bool {
    stated.map_or_else(
        || {
            let longest = pieces.iter().max_by_key(|piece| piece.size).map_or("", |piece| piece.text.as_str());
            whichlang::detect_language(longest) == whichlang::Lang::Eng
        },
        |language| language == "en",
    )
}

/// Entries of a ledger about what was left out of a page.
const MAX_DROPPED: usize = 500;
/// Characters kept of a text that was left out.
const MAX_TEXT: usize = 200;

fn record_skipped(dom: &Dom<'_>, reasons: &[Option<&'static str>], ledger: &mut Ledger) {
    let mut resume = 0;
    for (number, (node, reason)) in dom.nodes.iter().zip(reasons).enumerate() {
        let Some(reason) = reason else { continue };
        if number < resume || ledger.dropped.len() >= MAX_DROPPED {
            continue;
        }
        resume = node.end;
        let class = node.attr("class").or(node.attr("id")).unwrap_or_default();
        let classes: String = class.split_whitespace().take(6).map(|class| format!(".{class}")).collect();
        record(ledger, &format!("{}{classes} ({reason})", node.name()), &dom.text(number));
    }
}

pub(super) fn record(ledger: &mut Ledger, selector: &str, text: &str) {
    if !text.is_empty() && ledger.dropped.len() < MAX_DROPPED {
        let text = text.chars().take(MAX_TEXT).collect();
        ledger.dropped.push(Dropped { selector: selector.to_owned(), text });
    }
}

/// Leaves out what stands between the paragraphs without being one.
fn sift(dom: &Dom<'_>, pieces: Vec<Piece>, draft: &Draft, ledger: &mut Ledger) -> Vec<Piece> {
    let headline = draft.headline.as_deref().unwrap_or_default();
    let lead = draft.lead.as_deref().unwrap_or_default();
    let mut kept: Vec<Piece> = Vec::new();
    for piece in pieces {
        let reason = if piece.link_share() >= 0.6 && piece.size <= 300 {
            "links"
        } else if same(&piece.text, headline) {
            "the headline again"
        } else if same(&piece.text, lead) {
            "the lead again"
        } else if is_noise(&piece) {
            "noise"
        } else {
            kept.push(piece);
            continue;
        };
        record(ledger, reason, &piece.text);
    }
    trim(dom, kept, ledger)
}

/// Leaves out what stands before the first and after the last sentence, but for what stands among paragraphs.
fn trim(dom: &Dom<'_>, pieces: Vec<Piece>, ledger: &mut Ledger) -> Vec<Piece> {
    let around = |piece: &Piece| dom.get(piece.block).map_or(0, |block| block.parent);
    let sentences = pieces.iter().filter(|piece| is_sentence(piece));
    let containers: BTreeSet<usize> = sentences.map(around).collect();
    let belongs = |piece: &Piece| {
        let mut outer = piece.block;
        is_sentence(piece)
            || matches!(piece.kind, Kind::Embed(_)) && containers.contains(&outer)
            || (0..4).any(|_| {
                outer = dom.get(outer).map_or(0, |node| node.parent);
                containers.contains(&outer)
            })
    };
    let first = pieces.iter().position(belongs).unwrap_or(0);
    // A heading at the end heads nothing.
    let last = pieces.iter().rposition(|piece| piece.kind != Kind::Heading && belongs(piece)).unwrap_or(pieces.len());
    for (at, piece) in pieces.iter().enumerate().filter(|&(at, _)| at < first || at > last) {
        record(ledger, if at < first { "before the text" } else { "after the text" }, &piece.text);
    }
    pieces.into_iter().take(last.saturating_add(1)).skip(first).collect()
}

/// Whether a piece is one of the phrases that stand on pages everywhere.
fn is_noise(piece: &Piece) -> bool {
    if piece.size > 160 {
        return false;
    }
    let text = piece.text.to_lowercase();
    NOISE_BEGINNINGS.iter().any(|beginning| text.starts_with(beginning))
        || NOISE.contains(&text.trim_matches(|c: char| !c.is_alphanumeric()))
}

/// Numbers the embeds among the pieces in order; gives these embeds.
pub(super) fn number_embeds(pieces: &mut [Piece], embeds: &mut [Embed]) -> Vec<Embed> {
    let mut kept = Vec::new();
    for piece in pieces {
        if let Kind::Embed(number) = &mut piece.kind
            && let Some(embed) = embeds.get_mut(*number)
        {
            *number = kept.len();
            kept.push(std::mem::take(embed));
        }
    }
    kept
}

/// Whether a text that is not free to read looks cut off: far from the stated number of words, or short, or open at the end
/// of its last paragraph.
pub(super) fn looks_cut(pieces: &[Piece], words: Option<u64>) -> bool {
    let has: usize = pieces.iter().map(|piece| piece.text.split_whitespace().count()).sum();
    let size: usize = pieces.iter().map(|piece| piece.size).sum();
    let ends = |piece: &Piece| ends_sentence(&piece.text) && !piece.text.ends_with('…') && !piece.text.ends_with("...");
    let last = pieces.iter().rev().find(|piece| piece.size > 0);
    let last_running = pieces.iter().rev().find(|piece| is_sentence(piece));
    let is_open = |piece: Option<&Piece>| !piece.is_some_and(ends);
    match words {
        Some(words) => (has as u64).saturating_mul(3) < words.saturating_mul(2),
        None => {
            size < 1_500
                || is_open(last_running)
                || last.is_some_and(|last| last.text.ends_with("...") || last.text.ends_with('…'))
        }
    }
}

/// The laid-out text of pieces.
pub(super) fn lay_out(pieces: &[Piece]) -> String {
    let mut out = String::new();
    for piece in pieces {
        if !out.is_empty() {
            out.push_str("\n\n");
        }
        match piece.kind {
            Kind::Paragraph | Kind::Row => {}
            Kind::Heading => out.push(HEADING),
            Kind::Quote => out.push(QUOTE),
            Kind::Item => out.push(ITEM),
            Kind::Embed(number) => {
                out.push(EMBED);
                out.push_str(&number.to_string());
            }
        }
        out.push_str(&piece.text);
    }
    out
}
