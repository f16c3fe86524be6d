//! Where embeds begin and end in a text with damaged markup: posts, frames, and the scripts and consent switches around them.

use std::ops::Range;

use super::scan::{self, Piece, scan};
use super::services::is_post;
use super::{POSTED_BY, is_dated, is_silent, kind_of_markup, read};
use crate::article::Embed;
use crate::clean::characters_mended;

/// The regions of a text that embeds take, in order, each with what it says; `None` where only scripts and switches stand.
/// Of a page only the body is looked at, and no region begins with a script that says what the page is.
pub(in crate::clean) fn regions(text: &str, page: bool) -> Vec<(Range<usize>, Option<Embed>)> {
    let pieces = scan(text);
    let mut regions = Vec::new();
    let body = || pieces.iter().position(|(piece, _)| matches!(piece, Piece::Open(tag, _) if tag == "body"));
    let mut at = if page { body().unwrap_or_default() } else { 0 };
    while at < pieces.len() {
        if !opens(&pieces, at) || (page && is_metadata(&pieces, at)) {
            at += 1;
            continue;
        }
        let region = region(text, &pieces, at);
        let markup = text.get(region.start..region.end).unwrap_or_default();
        let embed = read(&characters_mended(markup)).filter(|embed| region.holds_post && says_something(embed));
        let after = pieces.iter().skip(at).position(|(_, range)| range.start >= region.end);
        at = after.map_or(pieces.len(), |pieces| at + pieces.max(1));
        regions.push((region.start..region.end, embed));
    }
    regions
}

/// Whether a script begins at this piece that says what the page is.
fn is_metadata(pieces: &[(Piece<'_>, Range<usize>)], at: usize) -> bool {
    let Some((Piece::Open(_, attributes), _)) = pieces.get(at) else { return false };
    attributes.iter().any(|(name, value)| name == "type" && value.contains("ld+json"))
}

fn says_something(embed: &Embed) -> bool {
    embed.url.is_some() || embed.text.is_some()
}

/// Words in the attributes of containers around embeds.
const CONTAINER: [&str; 15] = [
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
    "datawrapper",
];

/// Whether an embed begins at this piece.
fn opens(pieces: &[(Piece<'_>, Range<usize>)], at: usize) -> bool {
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
fn links_to_post(pieces: &[(Piece<'_>, Range<usize>)], at: usize) -> bool {
    pieces
        .iter()
        .skip(at + 1)
        .take(12)
        .take_while(|(piece, _)| !matches!(piece, Piece::Close(tag) if tag == "blockquote"))
        .any(|(piece, _)| {
            let Piece::Open(tag, attributes) = piece else { return false };
            let post = |value: &str| {
                let url = super::mended(value);
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
fn region(text: &str, pieces: &[(Piece<'_>, Range<usize>)], first: usize) -> Region {
    let start = pieces.get(first).map_or(0, |(_, range)| range.start);
    let mut walk =
        Walk { text, pieces, end: start, post: false, container: false, quote: Quote::None, silent: None, code: false };
    for at in first..pieces.len() {
        if (at > first && is_metadata(pieces, at)) || !walk.take(at) {
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
    pieces: &'b [(Piece<'a>, Range<usize>)],
    end: usize,
    post: bool,
    /// Whether a container of an embed was opened, which may say all by its attributes.
    container: bool,
    quote: Quote,
    silent: Option<String>,
    /// Whether a script was opened that is never closed.
    code: bool,
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
                // Where a post was cut off, the article goes on with a block of its own.
                let block = matches!(tag.as_ref(), "p" | "h1" | "h2" | "h3" | "h4" | "ul" | "ol");
                let apart = self.text.get(..range.start).is_some_and(|before| before.ends_with('\n'));
                if self.quote == Quote::Unclosed && block && apart && !self.signature_follows(at) {
                    return false;
                }
                match tag.as_ref() {
                    "blockquote" => {
                        (self.post, self.quote) =
                            (true, if self.is_closed(at) { Quote::Closed } else { Quote::Unclosed });
                    }
                    "iframe" | "amp-twitter" | "amp-iframe" => self.post = true,
                    "a" if self.quote == Quote::Unclosed && (self.is_dated(at) || self.after_signature(at)) => {
                        self.quote = Quote::Dated;
                    }
                    "div" | "section" | "figure" if opens(self.pieces, at) => self.container = true,
                    _ => {}
                }
                if is_silent(tag) && self.silent_end(at, tag).is_some() {
                    self.silent = Some(tag.to_string());
                }
                self.code = tag == "script" && self.silent.is_none();
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
            Piece::Text(text) => return self.take_text(at, text, range.start),
        }
        true
    }

    fn take_text(&mut self, at: usize, text: &str, start: usize) -> bool {
        if self.code {
            // A script that is never closed ends with its line.
            let cut = text.find('\n').unwrap_or(text.len());
            self.code = false;
            let line = text.get(..cut).unwrap_or_default();
            if line.contains("function") || line.contains('{') && line.contains('}') {
                self.end = start + cut;
                return cut == text.len() || self.residue(text.get(cut..).unwrap_or_default(), self.end);
            }
        }
        if self.silent.is_some() || self.quote == Quote::Closed {
            self.end = start + text.len();
            return true;
        }
        match self.quote {
            Quote::Unclosed => {
                // Without a signature to wait for, the post ends where its line does, or with who posted it.
                let by = posted_by(text).filter(|_| !self.is_dated_soon(at)).or_else(|| signed(text));
                let end = by.or_else(|| {
                    let goes_on = text.trim().is_empty() && !text.contains("\n\n") || self.signature_follows(at);
                    (!goes_on).then(|| text.find('\n').unwrap_or(text.len()))
                });
                let cut = end.unwrap_or(text.len());
                self.end = start + cut;
                if end.is_some() {
                    self.quote = Quote::Over;
                }
                cut == text.len() || self.residue(text.get(cut..).unwrap_or_default(), start + cut)
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

    /// Whether a link to the post opens at a piece and its text is a date.
    fn is_dated(&self, at: usize) -> bool {
        let (Some((Piece::Open(tag, attributes), _)), Some((Piece::Text(text), _))) =
            (self.pieces.get(at), self.pieces.get(at + 1))
        else {
            return false;
        };
        let post = |(name, value): &(String, String)| name == "href" && is_post(&super::mended(value));
        tag == "a" && attributes.iter().any(post) && is_dated(text)
    }

    fn is_dated_soon(&self, at: usize) -> bool {
        (at..at + 6).any(|at| self.is_dated(at))
    }

    /// Whether a signature follows in this post: `— Name (@handle)`, who posted it, or its date.
    fn signature_follows(&self, at: usize) -> bool {
        let mut window = String::new();
        for (number, (piece, _)) in self.pieces.iter().enumerate().skip(at).take(24) {
            match piece {
                Piece::Open(tag, _) if matches!(tag.as_ref(), "blockquote" | "iframe" | "script") => break,
                Piece::Open(..) if self.is_dated(number) => return true,
                Piece::Open(tag, _) if matches!(tag.as_ref(), "p" | "div" | "section") => window.push('\n'),
                Piece::Close(tag) if matches!(tag.as_ref(), "p" | "div" | "section") => window.push('\n'),
                Piece::Text(text) => window.push_str(text.get(..text.floor_char_boundary(1500)).unwrap_or(text)),
                _ => {}
            }
            if window.contains("(@") || posted_by(&window).is_some() {
                return true;
            }
            if window.len() > 1500 {
                break;
            }
        }
        false
    }
}

/// Where the line ends that a post is signed on, `— Name (@handle)`, if it ends in this text.
fn signed(text: &str) -> Option<usize> {
    let open = text.rfind("(@")?;
    let close = open + text.get(open..)?.find(')')?;
    Some(close + text.get(close..)?.find('\n')?)
}

/// Where the line ends that says who posted, if a line of this text does.
fn posted_by(text: &str) -> Option<usize> {
    let mut at = 0;
    text.split_inclusive('\n').find_map(|line| {
        at += line.len();
        let line = line.trim_start();
        // On TikTok the music comes last.
        let names = line.starts_with('♬') || POSTED_BY.iter().any(|words| line.starts_with(words));
        names.then_some(at - usize::from(line.ends_with('\n')))
    })
}

/// A character reference at the start, and its length; one that was escaped too.
fn reference(text: &str) -> Option<usize> {
    let after = text.strip_prefix('#').unwrap_or(text);
    let escaped = after.strip_prefix("&amp;").map(|after| after.trim_start_matches("amp;"));
    let sign = escaped.and_then(|after| {
        ["gt;", "lt;", "quot;"].into_iter().find(|sign| after.starts_with(sign)).map(|sign| (after, sign))
    });
    if let Some((after, sign)) = sign {
        return Some(text.len() - after.len() + sign.len());
    }
    if let Some(digits) = escaped.filter(|digits| digits.starts_with(|c: char| c.is_ascii_digit())) {
        let end = digits.find(|c: char| !c.is_ascii_digit())?;
        return digits.get(end..)?.starts_with(';').then(|| text.len() - digits.len() + end + 1);
    }
    let (_, length) = super::entity(after)?;
    Some(text.len() - after.len() + length)
}

/// What pages write around posts for their visitors: consent and links to the post.
fn prompt(text: &str) -> Option<usize> {
    const PROMPTS: [&str; 12] = [
        "View on Mastodon",
        "Read more on",
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
