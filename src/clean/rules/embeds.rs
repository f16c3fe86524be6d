//! Embedded posts and frames in the middle of a text, whole or broken.

use crate::article::{Draft, Embed};
use crate::clean::embed::scan::{self, Piece, scan};
use crate::clean::embed::{is_silent, kind_of_markup, read};
use crate::clean::layout::EMBED;
use crate::clean::{Change, Ledger, Rule};

pub(super) const RULE: Rule = Rule {
    name: "embeds",
    about: "Lifts embedded posts and frames out of the text, with the scripts and consent switches around them, and puts a \
            typed embed in their place.",
    apply,
    examples: &[
        (
            "Avant.\n<blockquote class=« twitter-tweet »><p lang=« fr »>Bonjour — Zoé (@zoe) <a href= »https://twitter. com/zoe/status/17« >3 mai 2024</blockquote>\n\nAprès.",
            "Avant.\n\n\u{FDD5}0\n\nAprès.",
        ),
        ("Le tag <b>gras</b> et 5 < 7.", "Le tag <b>gras</b> et 5 < 7."),
    ],
};

fn apply(draft: &mut Draft, ledger: &mut Ledger) {
    if !draft.text.contains('<') {
        return;
    }
    let text = std::mem::take(&mut draft.text);
    let pieces = scan(&text);
    let mut changes = Vec::new();
    let mut at = 0;
    while at < pieces.len() {
        if !opens(&pieces, at) {
            at += 1;
            continue;
        }
        let region = region(&text, &pieces, at);
        let markup = text.get(region.start..region.end).unwrap_or_default();
        let with = match read(markup).filter(|embed| region.holds_post && says_something(embed)) {
            Some(embed) => {
                draft.embeds.push(embed);
                format!("\n\n{EMBED}{}\n\n", draft.embeds.len() - 1)
            }
            None => "\n\n".to_owned(),
        };
        changes.push(with_borders(&text, region.start, region.end, with));
        at = pieces.iter().position(|(_, range)| range.start >= region.end).unwrap_or(pieces.len());
    }
    draft.text = text;
    ledger.apply(RULE.name, &mut draft.text, changes);
}

fn says_something(embed: &Embed) -> bool {
    embed.url.is_some() || embed.text.is_some()
}

/// A change that takes the white space around the region along.
fn with_borders(text: &str, start: usize, end: usize, with: String) -> Change {
    let before = text.get(..start).unwrap_or_default();
    let start = before.trim_end_matches(['\n', ' ']).len();
    let after = text.get(end..).unwrap_or_default();
    let end = end + after.len() - after.trim_start_matches(['\n', ' ']).len();
    let with = match (start == 0, end == text.len()) {
        (true, _) => with.trim_start().to_owned(),
        (_, true) => with.trim_end().to_owned(),
        _ => with,
    };
    Change { range: start..end, with }
}

/// Words in the attributes of containers around embeds.
const CONTAINER: [&str; 14] = [
    "embed",
    "twitter",
    "instagram",
    "tiktok",
    "toggle",
    "optout",
    "consent",
    "iframe",
    "fb-post",
    "fb-video",
    "social",
    "player",
    "bluesky",
    "mastodon",
];

/// Whether an embed begins at this piece.
fn opens(pieces: &[(Piece<'_>, std::ops::Range<usize>)], at: usize) -> bool {
    let Some((Piece::Open(tag, attributes), _)) = pieces.get(at) else { return false };
    let marked = || {
        attributes.iter().any(|(name, value)| {
            CONTAINER.iter().any(|word| value.to_lowercase().contains(word) || name.contains(word))
        })
    };
    match tag.as_ref() {
        "iframe" | "script" | "amp-twitter" | "amp-iframe" => true,
        "blockquote" => marked() || links_to_post(pieces, at),
        "div" | "figure" | "section" | "aside" | "span" | "p" | "center" | "label" | "input" => marked(),
        _ => false,
    }
}

/// Whether a quotation without class holds a link to a post before it ends.
fn links_to_post(pieces: &[(Piece<'_>, std::ops::Range<usize>)], at: usize) -> bool {
    pieces
        .iter()
        .skip(at + 1)
        .take(12)
        .take_while(|(piece, _)| !matches!(piece, Piece::Close(tag) if tag == "blockquote"))
        .any(|(piece, _)| {
            let Piece::Open(tag, attributes) = piece else { return false };
            let post = |value: &str| {
                let url = crate::clean::embed::mended(value);
                kind_of_markup(&format!("<blockquote {url}")).is_some() && url.contains("/status/")
            };
            tag == "a" && attributes.iter().any(|(name, value)| name == "href" && post(value))
        })
}

/// The bytes an embed takes.
struct Region {
    start: usize,
    end: usize,
    /// Whether a post or frame stands in it, not only scripts and switches.
    holds_post: bool,
}

/// How far the embed that begins at a piece goes.
fn region(text: &str, pieces: &[(Piece<'_>, std::ops::Range<usize>)], first: usize) -> Region {
    let start = pieces.get(first).map_or(0, |(_, range)| range.start);
    let mut walk = Walk { text, pieces, end: start, post: false, container: false, quote: Quote::None, silent: None };
    for at in first..pieces.len() {
        if !walk.take(at) {
            break;
        }
    }
    Region { start, end: walk.end, holds_post: walk.post || walk.container }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Quote {
    None,
    /// Within a quotation that will be closed.
    Closed,
    /// Within one that never is: it ends with its date.
    Unclosed,
    /// Its date comes next.
    Dated,
    Over,
}

struct Walk<'a, 'b> {
    text: &'a str,
    pieces: &'b [(Piece<'a>, std::ops::Range<usize>)],
    end: usize,
    post: bool,
    /// Whether a container of an embed was opened, which may say all by its attributes.
    container: bool,
    quote: Quote,
    silent: Option<String>,
}

impl Walk<'_, '_> {
    /// Takes a piece into the region; `false` when the region ended before or within it.
    fn take(&mut self, at: usize) -> bool {
        let Some((piece, range)) = self.pieces.get(at) else { return false };
        match piece {
            Piece::Comment => self.end = range.end,
            Piece::Open(tag, _) => {
                if self.post && matches!(self.quote, Quote::None | Quote::Over) && self.begins_another(at, tag) {
                    return false;
                }
                match tag.as_ref() {
                    "blockquote" => {
                        (self.post, self.quote) =
                            (true, if self.is_closed(at) { Quote::Closed } else { Quote::Unclosed });
                    }
                    "iframe" | "amp-twitter" | "amp-iframe" => self.post = true,
                    "a" if self.quote == Quote::Unclosed && self.after_signature(at) => self.quote = Quote::Dated,
                    "div" | "section" | "figure" if opens(self.pieces, at) => self.container = true,
                    _ => {}
                }
                if is_silent(tag) && self.silent_end(at, tag).is_some() {
                    self.silent = Some(tag.to_string());
                }
                self.end = range.end;
            }
            Piece::Close(tag) => {
                if self.silent.as_deref() == Some(tag.as_ref()) {
                    self.silent = None;
                }
                if tag == "blockquote" && self.quote != Quote::None {
                    self.quote = Quote::Over;
                }
                self.end = range.end;
            }
            Piece::Text(text) => return self.take_text(text, range.start),
        }
        true
    }

    fn take_text(&mut self, text: &str, start: usize) -> bool {
        if self.silent.is_some() || self.quote == Quote::Closed {
            self.end = start + text.len();
            return true;
        }
        match self.quote {
            Quote::Unclosed => {
                // Without a signature to wait for, the post ends where its paragraph does.
                if !self.signature_follows(start) {
                    let cut = text.find("\n\n").unwrap_or(text.len());
                    self.end = start + cut;
                    self.quote = Quote::Over;
                    return cut == text.len();
                }
                self.end = start + text.len();
                true
            }
            Quote::Dated => {
                let cut = text.find('\n').unwrap_or(text.len());
                self.end = start + cut;
                self.quote = Quote::Over;
                cut == text.len() || self.residue(text.get(cut..).unwrap_or_default(), start + cut)
            }
            _ => self.residue(text, start),
        }
    }

    /// Takes what is left of markup (quotation marks, brackets, entities, prompts); `false` when prose follows.
    fn residue(&mut self, text: &str, start: usize) -> bool {
        let junk = |c: char| c.is_whitespace() || matches!(c, '>' | '/') || scan::QUOTES.contains(&c);
        let mut rest = text;
        loop {
            let trimmed = rest.trim_start_matches(junk);
            let skipped = rest.get(..rest.len() - trimmed.len()).unwrap_or_default();
            if let Some(bracket) = skipped.rfind('>') {
                self.end = start + (text.len() - rest.len()) + bracket + 1;
            }
            rest = trimmed;
            if rest.is_empty() {
                return true;
            }
            let taken = reference(rest).or_else(|| prompt(rest));
            match taken {
                Some(length) => {
                    rest = rest.get(length..).unwrap_or_default();
                    self.end = start + text.len() - rest.len();
                }
                None => return false,
            }
        }
    }

    /// Whether the quotation that opens at a piece is closed before another one opens.
    fn is_closed(&self, at: usize) -> bool {
        for (piece, _) in self.pieces.iter().skip(at + 1).take(60) {
            match piece {
                Piece::Close(tag) if tag == "blockquote" => return true,
                Piece::Open(tag, _) if tag == "blockquote" => return false,
                _ => {}
            }
        }
        false
    }

    fn begins_another(&self, at: usize, tag: &str) -> bool {
        matches!(tag, "blockquote" | "iframe")
            || (matches!(tag, "p" | "h1" | "h2" | "h3" | "h4" | "ul" | "ol" | "a" | "b" | "strong" | "em" | "i")
                && !self.is_empty(at))
    }

    /// Whether an element holds no prose.
    fn is_empty(&self, at: usize) -> bool {
        match self.pieces.get(at + 1) {
            Some((Piece::Text(text), _)) => text.trim().is_empty() || prompt(text.trim()).is_some(),
            _ => true,
        }
    }

    fn silent_end(&self, at: usize, tag: &str) -> Option<usize> {
        self.pieces
            .iter()
            .skip(at + 1)
            .take(12)
            .position(|(piece, _)| matches!(piece, Piece::Close(name) if name == tag))
    }

    /// Whether the text before a piece ends with the signature of a post.
    fn after_signature(&self, at: usize) -> bool {
        let start = self.pieces.get(at).map_or(0, |(_, range)| range.start);
        let before = self.text.get(..start).unwrap_or_default().trim_end();
        before.ends_with(')') && before.rfind("(@").is_some_and(|open| before.len() - open < 80)
    }

    /// Whether a signature follows soon: `— Name (@handle)`.
    fn signature_follows(&self, start: usize) -> bool {
        let rest = self.text.get(start..).unwrap_or_default();
        let window = rest.get(..rest.floor_char_boundary(1500)).unwrap_or(rest);
        window.contains("(@")
    }
}

/// A character reference at the start, and its length.
fn reference(text: &str) -> Option<usize> {
    let text_after = text.strip_prefix('#').map_or(text, |after| after);
    let (_, length) = crate::clean::embed::entity(text_after)?;
    Some(text.len() - text_after.len() + length)
}

/// What pages write around posts for their visitors: consent and links to the post.
fn prompt(text: &str) -> Option<usize> {
    const PROMPTS: [&str; 10] = [
        "Autoriser les contenus",
        "Autoriser le contenu",
        "Accepter les cookies",
        "Afficher le contenu",
        "Ce contenu est bloqué",
        "Voir cette publication",
        "View this post",
        "Voir le tweet",
        "Contenu externe",
        "Allow ",
    ];
    let line = text.lines().next().unwrap_or_default();
    (line.chars().count() < 120 && PROMPTS.iter().any(|prompt| line.starts_with(prompt))).then_some(line.len())
}
