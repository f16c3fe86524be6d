//! Embedded posts: what the markup of one says, whoever damaged it.

mod region;
pub(in crate::clean) mod scan;
mod services;

use std::borrow::Cow;

use crate::article::Embed;
use crate::date::Date;
use scan::{Piece, scan};

pub(in crate::clean) use region::regions;
pub(in crate::clean) use services::{from_url, kind_of_markup};

/// The longest markup of one embed that is read, in bytes.
const LONGEST: usize = 64 << 10;

/// Reads the markup of one embed element. `None` when it is none, or says nothing.
pub(in crate::clean) fn read(markup: &str) -> Option<Embed> {
    let markup = markup.get(..markup.floor_char_boundary(LONGEST))?;
    let pieces = scan(markup);
    let mut reading = Reading::default();
    for (piece, _) in &pieces {
        reading.take(piece);
    }
    reading.finish(markup)
}

/// Whether nothing of what an element holds is read.
pub(in crate::clean) fn is_silent(tag: &str) -> bool {
    matches!(tag, "script" | "style" | "label" | "button" | "noscript" | "svg" | "input" | "form" | "template")
}

/// What was read of an embed so far.
#[derive(Default)]
struct Reading {
    text: String,
    language: Option<String>,
    urls: Vec<String>,
    /// Text of the link to the post itself that is open.
    link_text: String,
    in_post_link: bool,
    /// The one of them that is its date, and what follows where the link is not closed.
    dated: Option<String>,
    silent: Option<String>,
    /// The date a `time` element states.
    date: Option<Date>,
    in_time: bool,
}

impl Reading {
    fn take(&mut self, piece: &Piece<'_>) {
        if let Some(silent) = &self.silent {
            if matches!(piece, Piece::Close(tag) if tag == silent) {
                self.silent = None;
            }
            return;
        }
        match piece {
            Piece::Open(tag, attributes) => self.open(tag, attributes),
            Piece::Close(tag) => match tag.as_ref() {
                "a" => self.end_link(),
                "time" => self.in_time = false,
                "p" | "div" | "section" => self.break_line(),
                _ => {}
            },
            Piece::Text(text) => {
                let text = unescaped(text);
                if self.in_post_link {
                    self.link_text.push_str(&text);
                } else if !self.in_time {
                    self.text.push_str(&text);
                }
            }
            Piece::Comment => {}
        }
    }

    fn open(&mut self, tag: &str, attributes: &[(String, String)]) {
        if matches!(tag, "a" | "p" | "div" | "section" | "blockquote" | "script") {
            self.end_link();
        }
        for (name, value) in attributes {
            match name.as_str() {
                "href"
                | "src"
                | "cite"
                | "data-href"
                | "data-src"
                | "data-url"
                | "data-instgrm-permalink"
                | "data-bluesky-uri"
                | "data-lazy-src"
                | "data-embed-url"
                | "data-tweet-url"
                | "data-video-url" => {
                    let url = mended(value);
                    self.in_post_link |= tag == "a" && services::is_post(&url);
                    self.urls.push(url);
                }
                "data-tweetid" | "data-tweet-id" if value.chars().all(|c| c.is_ascii_digit()) && !value.is_empty() => {
                    self.urls.push(format!("https://twitter.com/i/status/{value}"));
                }
                "lang" if self.language.is_none() && tag == "p" => {
                    self.language = Some(value.to_lowercase().chars().take(2).collect());
                }
                "datetime" if tag == "time" => (self.date, self.in_time) = (Date::read(value), true),
                _ => {}
            }
        }
        match tag {
            _ if is_silent(tag) && tag != "input" => self.silent = Some(tag.to_owned()),
            "br" => self.text.push('\n'),
            "p" | "div" | "section" => self.break_line(),
            _ => {}
        }
    }

    /// The text of a link to the post is its date, which is no word of it, or else all of the post.
    fn end_link(&mut self) {
        let text = std::mem::take(&mut self.link_text);
        self.in_post_link = false;
        if self.dated.is_none() && is_dated(&text) {
            self.dated = Some(text);
        } else {
            self.text.push_str(&text);
        }
    }

    fn break_line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    fn finish(mut self, markup: &str) -> Option<Embed> {
        self.end_link();
        let kind = kind_of_markup(markup)?;
        let known = || self.urls.iter().rev().filter_map(|url| Some((url, from_url(url)?)));
        let of_post = known().find(|(url, embed)| embed.kind == kind && services::is_post(url));
        let known = of_post.or_else(|| known().find(|(_, embed)| embed.kind == kind)).map(|(_, embed)| embed);
        let mut embed = known.unwrap_or_else(|| Embed { kind: kind.to_owned(), ..Embed::default() });
        if kind == "iframe" {
            embed = self.urls.iter().find_map(|url| from_url(url))?;
        }
        let signature = signature(&self.text);
        if let Some(signature) = &signature {
            embed.author = Some(signature.author.clone()).filter(|author| !author.is_empty());
            let signed = Some(signature.handle.clone()).filter(|handle| !handle.is_empty());
            embed.handle = embed.handle.filter(|handle| handle != "i").or(signed);
        }
        let text = signature.as_ref().map_or(self.text.as_str(), |signature| signature.text.as_str());
        // TikTok names who posted and the music before and after what was said.
        let text = if kind == "tiktok" { text.split('♬').next().unwrap_or_default() } else { text };
        let by_whom = embed.handle.as_ref().map(|handle| format!("@{handle}"));
        let text: Vec<&str> = text.lines().filter(|line| by_whom.as_deref() != Some(line.trim())).collect();
        embed.text = Some(tidy(&text.join("\n"))).filter(|text| !text.is_empty());
        let after = signature.as_ref().map(|signature| signature.after.as_str()).unwrap_or_default();
        let first_line = |text: &str| Date::read(text.trim().lines().next().unwrap_or_default());
        let stated = || self.dated.as_deref().and_then(first_line).or_else(|| first_line(after));
        embed.date = self.date.or_else(stated);
        embed.language = self.language;
        (embed.text.is_some() || embed.url.is_some()).then_some(embed)
    }
}

/// How a post is signed: `text — Author (@handle) date`.
struct Signature {
    text: String,
    author: String,
    handle: String,
    after: String,
}

/// What services write before the name of who posted.
const SHARED_BY: [&str; 8] = [
    "Une publication partagée par",
    "Une publication Instagram partagée par",
    "A post shared by",
    "Un post partagé par",
    "Une publication de",
    "Post by",
    "Ein Beitrag geteilt von",
    "Publicación compartida de",
];

fn signature(text: &str) -> Option<Signature> {
    // The last one: a post may mention others.
    let opened = |(at, _): (usize, &str)| text.get(..at).unwrap_or_default().trim_end().strip_suffix('(').map(str::len);
    let Some(open) = text.match_indices('@').filter_map(opened).next_back() else { return last_line_signature(text) };
    let inner = text.get(open..)?.trim_start_matches(['(', ' ', '\n', '@']);
    let end =
        inner.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '@'))).unwrap_or(inner.len());
    let handle = inner.get(..end)?.trim_end_matches('.').to_owned();
    let after = inner.get(end..)?.trim_start_matches([' ', ')']).to_owned();
    let before = text.get(..open)?;
    let dash = before
        .rfind(['—', '–'])
        .map(|at| (at, before.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)));
    let shared = SHARED_BY.iter().find_map(|words| Some((before.rfind(words)?, words.len())));
    let hyphen = || before.rfind("\n- ").or_else(|| before.rfind(" - ")).map(|at| (at, 3));
    let (at, length) = shared.or(dash).or_else(hyphen).unwrap_or((before.rfind('\n').unwrap_or(0), 0));
    let author = before.get(at + length..)?.trim().to_owned();
    (!handle.is_empty()).then(|| Signature {
        text: before.get(..at).unwrap_or_default().to_owned(),
        author,
        handle,
        after,
    })
}

/// How services begin the line that says who posted.
const POSTED_BY: [&str; 12] = [
    "Publiée par ",
    "Publié par ",
    "Publication de ",
    "Une publication de ",
    "Une publication partagée par ",
    "A post shared by ",
    "Posted by ",
    "Post by ",
    "Gepostet von ",
    "Beitrag von ",
    "Publicado por ",
    "Pubblicato da ",
];

/// A last line that says who posted: `Publiée par Mairie de Valbourg sur mardi 4 juin`, `Post by @zoe@mastodon.social`.
fn last_line_signature(text: &str) -> Option<Signature> {
    let lines = || text.char_indices().filter(|(_, c)| *c == '\n').map(|(at, _)| at + 1).chain([0]);
    let starts = |at: usize| {
        let line = text.get(at..)?.trim_start();
        let words = POSTED_BY.iter().find(|words| line.starts_with(**words))?;
        Some((at, line.get(words.len()..)?))
    };
    // Its line may have lost its beginning.
    let glued = POSTED_BY.iter().flat_map(|words| text.match_indices(words)).map(|(at, _)| at);
    let glued =
        glued.filter(|at| text.get(..*at).is_some_and(|before| before.ends_with(['.', '!', '?', '…', '»', ')'])));
    let (at, rest) = lines().chain(glued).filter_map(starts).max_by_key(|(at, _)| *at)?;
    let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
    let ends = [" sur ", " on ", " le ", " am ", " el "];
    let padded = format!("{line} ");
    let end = ends.iter().filter_map(|end| padded.find(end)).min().unwrap_or(line.len());
    let (who, when) = line.split_at_checked(end)?;
    let who = who.trim();
    let handle = who.strip_prefix('@').map(|handle| handle.split('@').next().unwrap_or_default());
    Some(Signature {
        text: text.get(..at)?.to_owned(),
        author: if handle.is_some() { String::new() } else { who.to_owned() },
        handle: handle.unwrap_or_default().to_owned(),
        after: format!("{} {after}", ends.iter().fold(when, |when, end| when.trim_start_matches(end.trim_end()))),
    })
}

/// Whether the text of a link is the date of a post: a date, or a short text with a year where the language is not known.
fn is_dated(text: &str) -> bool {
    let line = text.trim().lines().next().unwrap_or_default();
    let year = || line.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() == 4);
    !line.is_empty()
        && line.chars().count() <= 60
        && (Date::read(line).is_some() || (line.chars().count() <= 32 && year()))
}

/// Lines trimmed, empty ones left out, spaces folded.
fn tidy(text: &str) -> String {
    let lines =
        text.lines().map(|line| line.split([' ', '\t']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "));
    let lines: Vec<String> =
        lines.filter(|line| !line.is_empty() && !services::is_prompt(line) && !is_aside(line)).collect();
    let text = lines.join("\n");
    text.trim_end_matches(['—', '–', ' ', '\n']).to_owned()
}

/// Lines that are not of the post: the music, and what is left of damaged markup.
fn is_aside(line: &str) -> bool {
    let junk = |c: char| c.is_whitespace() || matches!(c, '>' | '/') || scan::QUOTES.contains(&c);
    line.starts_with('♬') || line.chars().all(junk)
}

/// An address without the spaces and marks that damage put into it.
pub(in crate::clean) fn mended(url: &str) -> String {
    let url: String = url
        .chars()
        .filter(|c| {
            !c.is_whitespace() && !c.is_control() && !matches!(c, '«' | '»' | '“' | '”' | '″' | '\\' | '\u{200B}')
        })
        .collect();
    let url = url.replace("&amp;", "&");
    if let Some(rest) = url.strip_prefix("//") { format!("https://{rest}") } else { url }
}

/// The character references that occur in clippings, decoded; one without semicolon or `#` too where it is plain.
pub(in crate::clean) fn entities(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at..).unwrap_or_default();
        match entity(rest) {
            Some((c, length)) => {
                // `#&10;`
                if c == "\n" && out.ends_with('#') {
                    out.pop();
                }
                out.push_str(&c);
                rest = rest.get(length..).unwrap_or_default();
            }
            None => {
                out.push('&');
                rest = rest.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Text whose references were escaped with the markup around it, perhaps twice.
pub(in crate::clean) fn unescaped(text: &str) -> Cow<'_, str> {
    let mut text = entities(text);
    for _ in 0..2 {
        match entities(&text) {
            Cow::Owned(again) if again != text => text = Cow::Owned(again),
            _ => break,
        }
    }
    text
}

const NAMED: [(&str, &str); 34] = [
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", "\u{A0}"),
    ("laquo", "«"),
    ("raquo", "»"),
    ("rsquo", "’"),
    ("lsquo", "‘"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("mdash", "—"),
    ("ndash", "–"),
    ("hellip", "…"),
    ("eacute", "é"),
    ("egrave", "è"),
    ("ecirc", "ê"),
    ("agrave", "à"),
    ("acirc", "â"),
    ("ccedil", "ç"),
    ("ocirc", "ô"),
    ("icirc", "î"),
    ("iuml", "ï"),
    ("ugrave", "ù"),
    ("ucirc", "û"),
    ("euro", "€"),
    ("oelig", "œ"),
    ("Eacute", "É"),
    ("Agrave", "À"),
    ("euml", "ë"),
    ("uuml", "ü"),
    ("deg", "°"),
    ("middot", "·"),
];

/// The reference at the start of `text`, and its length.
pub(in crate::clean) fn entity(text: &str) -> Option<(String, usize)> {
    let after = text.strip_prefix('&')?;
    let numeric = after.strip_prefix('#');
    let digits = numeric.unwrap_or(after);
    if let Some(hex) = numeric.and_then(|digits| digits.strip_prefix(['x', 'X'])) {
        let end = hex.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(hex.len());
        let code = u32::from_str_radix(hex.get(..end).filter(|hex| hex.len() <= 6)?, 16).ok()?;
        let semicolon = usize::from(hex.get(end..).is_some_and(|rest| rest.starts_with(';')));
        return Some((character(code), 3 + end + semicolon));
    }
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    if (1..=6).contains(&end) {
        let semicolon = digits.get(end..)?.starts_with(';');
        // Without `#` the semicolon must be there: `&10;`.
        if numeric.is_some() || semicolon {
            let code = digits.get(..end)?.parse().ok()?;
            return Some((character(code), text.len() - digits.len() + end + usize::from(semicolon)));
        }
    }
    let end = after.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(after.len());
    let name = after.get(..end)?;
    let semicolon = usize::from(after.get(end..)?.starts_with(';'));
    let (_, c) = NAMED
        .iter()
        .find(|(known, _)| *known == name)
        .filter(|(name, _)| semicolon == 1 || matches!(*name, "lt" | "gt" | "quot" | "amp" | "nbsp"))?;
    Some(((*c).to_owned(), 1 + end + semicolon))
}

fn character(code: u32) -> String {
    match code {
        0..=31 => "\n".to_owned(),
        _ => char::from_u32(code).filter(|c| !c.is_control()).map(String::from).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_is_read_whole() {
        let markup = "<blockquote class=« twitter-tweet »><p lang=« en » dir=« ltr »>we will buy your newspaper for 9 euros\n\n— Zoé Marchal (@zoem) \
            <a href= »https://twitter. com/zoem/status/1712345678901234567?ref_src=twsrc^tfw« >3 mai 2024</blockquote>";
        let embed = read(markup).unwrap();
        assert_eq!(embed.kind, "twitter");
        assert_eq!(embed.author.as_deref(), Some("Zoé Marchal"));
        assert_eq!(embed.handle.as_deref(), Some("zoem"));
        assert_eq!(embed.text.as_deref(), Some("we will buy your newspaper for 9 euros"));
        assert_eq!(embed.url.as_deref(), Some("https://twitter.com/zoem/status/1712345678901234567"));
        assert_eq!(embed.date.map(|date| date.to_string()).as_deref(), Some("2024-05-03"));
        assert_eq!(embed.language.as_deref(), Some("en"));
    }

    #[test]
    fn references_are_decoded() {
        assert_eq!(
            entities("a &amp; b &#233; &#x20AC; &10; &lt;p&gt &inconnu; AT&T"),
            "a & b é € \n <p> &inconnu; AT&T"
        );
    }
}
