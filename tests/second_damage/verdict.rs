//! Whether what came out is the article and its posts, and nothing else.

use newsgrep::article::{Article, Block};

use super::articles::Case;

/// What held.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verdict {
    /// Every paragraph is there, word for word and in order.
    pub(crate) paragraphs: bool,
    /// Nothing else is.
    pub(crate) residue: bool,
    /// Every post is there: service, address, account, words.
    pub(crate) posts: bool,
}

/// What no clean text holds.
const MARKUP: [&str; 18] = [
    "class=",
    "href",
    "src=",
    "style=",
    "blockquote",
    "script",
    "</",
    "/>",
    "data-",
    "&lt",
    "&gt",
    "&quot",
    "&amp",
    "&#",
    "&10",
    "☻",
    "\\n",
    "\\\"",
];

pub(crate) fn judge(case: &Case, article: &Article) -> Verdict {
    let mut texts = article
        .lead
        .iter()
        .map(String::as_str)
        .chain(article.blocks.iter().filter_map(Block::text))
        .map(folded)
        .collect::<Vec<_>>();
    let mut wanted = case.paragraphs.iter().map(|text| folded(text)).collect::<Vec<_>>();
    let paragraphs = {
        let mut found = texts.iter();
        wanted.iter().all(|text| found.any(|other| other == text))
    };
    texts.retain(|text| match wanted.iter().position(|other| other == text) {
        Some(at) => {
            wanted.remove(at);
            false
        }
        None => true,
    });
    let said = article.embeds().flat_map(|embed| [&embed.author, &embed.handle, &embed.text, &embed.url]).flatten();
    let residue = texts.is_empty() && said.into_iter().all(|said| !MARKUP.iter().any(|mark| said.contains(mark)));
    let embeds: Vec<_> = article.embeds().collect();
    let posts = embeds.len() == case.posts.len()
        && case.posts.iter().zip(&embeds).all(|((post, names_handle), embed)| {
            embed.kind == post.service
                && embed.url.as_ref().is_some_and(|url| {
                    url.contains(&post.id)
                        && !url.contains(char::is_whitespace)
                        && !url.contains("ref_src")
                        && !url.contains("utm_")
                })
                && (!names_handle
                    || embed
                        .handle
                        .as_deref()
                        .is_some_and(|handle| handle.trim_start_matches('@').starts_with(&post.handle)))
                && (post.words.is_empty()
                    || embed.text.as_ref().is_some_and(|text| folded(text).contains(&folded(&post.words))))
        });
    Verdict { paragraphs, residue, posts }
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
