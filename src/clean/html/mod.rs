//! HTML, read once: metadata, embeds, main text. Takes a page or a fragment, fills a [`Draft`]; never fails, and depends
//! on nothing but the bytes.
//!
//! The page is parsed within a budget (`parse`; past it `strip` takes over) and flattened (`dom`). Metadata is read from
//! all of it; embeds are lifted out; boilerplate is pruned (`prune`), the rest laid out in pieces (`layout`), the element
//! whose pieces are worth most is chosen (`score`) and its pieces are sifted (`body`).

mod body;
mod dom;
mod embeds;
mod jsonld;
mod layout;
mod lead;
mod metadata;
mod names;
mod notes;
mod page;
mod parse;
mod phrases;
mod prune;
mod score;
mod selectors;
mod strip;
mod vocabulary;

use super::Ledger;
use crate::article::Draft;
use dom::Dom;
use embeds::Embeds;

/// Fills the empty fields of `draft` from a page or fragment, sets its laid-out text and its embeds, and records in
/// `ledger` what was left out.
pub(crate) fn extract(html: &str, draft: &mut Draft, ledger: &mut Ledger) {
    let page = strip::is_page(html);
    let (html, lifted) = embeds::lift(html, page, ledger);
    let html = html.as_ref();
    let Some(parsed) = parse::parse(html) else {
        draft.linear = true;
        draft.headline = draft.headline.take().or_else(|| strip::title(html));
        draft.text = strip::strip(html);
        return;
    };
    let dom = Dom::new(&parsed);
    let stated = metadata::fill(&dom, draft);
    let mut embeds = Embeds::find(&dom, &lifted);
    let mut pieces = if page {
        body::of_page(&dom, &embeds, stated.description.as_deref(), draft, ledger)
    } else {
        body::of_fragment(&dom, &embeds, draft, ledger)
    };
    draft.embeds = body::number_embeds(&mut pieces, &mut embeds.embeds);
    draft.text = body::lay_out(&pieces);
    draft.truncated |= stated.free == Some(false) && body::looks_cut(&pieces, stated.words);
}

#[cfg(test)]
mod tests;
