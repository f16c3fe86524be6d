//! A linear look at HTML: tags and text as they come, without a tree. Checks what the parser may be given, and strips the
//! tags where it may not.

use html5ever::data::NAMED_ENTITIES;

/// A piece of markup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Text between tags, entities as they stand.
    Text(&'a str),
    /// A tag.
    Tag {
        /// Its name as it stands.
        name: &'a str,
        /// Whether it closes.
        closes: bool,
        /// How many attributes it has.
        attributes: usize,
    },
}

/// Cuts HTML into tags and text; comments and what stands in scripts and styles are left out.
pub(super) fn tokens(html: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        loop {
            let text = rest.find('<').unwrap_or(rest.len());
            if text > 0 {
                let (before, after) = rest.split_at_checked(text)?;
                rest = after;
                return Some(Token::Text(before));
            }
            if rest.is_empty() {
                return None;
            }
            match markup(rest) {
                Markup::Tag(token, after) => {
                    rest = after;
                    return Some(token);
                }
                Markup::Skipped(after) => rest = after,
                Markup::None => {
                    let (bracket, after) = rest.split_at_checked(1)?;
                    rest = after;
                    return Some(Token::Text(bracket));
                }
            }
        }
    })
}

enum Markup<'a> {
    Tag(Token<'a>, &'a str),
    Skipped(&'a str),
    None,
}

/// Reads one tag or comment at the beginning of `html`, which begins with `<`.
fn markup(html: &str) -> Markup<'_> {
    if let Some(comment) = html.strip_prefix("<!--") {
        return Markup::Skipped(comment.split_once("-->").map_or("", |(_, after)| after));
    }
    if html.starts_with("<!") || html.starts_with("<?") {
        return Markup::Skipped(html.split_once('>').map_or("", |(_, after)| after));
    }
    let opened = html.strip_prefix("</").or_else(|| html.strip_prefix('<')).unwrap_or_default();
    if !opened.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Markup::None;
    }
    let closes = html.starts_with("</");
    let name_end = opened.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>').unwrap_or(opened.len());
    let (name, rest) = opened.split_at_checked(name_end).unwrap_or((opened, ""));
    let (attributes, rest) = attributes(rest);
    let rest = if closes { rest } else { after_raw_text(name, rest) };
    Markup::Tag(Token::Tag { name, closes, attributes }, rest)
}

/// Counts a tag's attributes; gives what follows the tag.
fn attributes(tag: &str) -> (usize, &str) {
    let mut count = 0;
    let mut rest = tag;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return (count, "");
        }
        if let Some(after) = rest.strip_prefix('>') {
            return (count, after);
        }
        count += 1;
        let ends = |c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>' | '=');
        let name = rest.char_indices().skip(1).find(|&(_, c)| ends(c)).map_or(rest.len(), |(at, _)| at);
        rest = rest.get(name..).unwrap_or_default().trim_start_matches(|c: char| c.is_ascii_whitespace());
        let Some(value) = rest.strip_prefix('=') else { continue };
        let value = value.trim_start_matches(|c: char| c.is_ascii_whitespace());
        rest = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                value.get(1..).and_then(|inner| inner.split_once(quote)).map_or("", |(_, after)| after)
            }
            _ => value.trim_start_matches(|c: char| !c.is_ascii_whitespace() && c != '>'),
        };
    }
}

/// Skips the inside of an element that holds no markup and no text of the page.
fn after_raw_text<'a>(name: &str, rest: &'a str) -> &'a str {
    if !["script", "style", "noscript", "iframe"].iter().any(|raw| name.eq_ignore_ascii_case(raw)) {
        return rest;
    }
    let mut from = 0;
    while let Some(at) = rest.get(from..).and_then(|tail| tail.find("</")) {
        let close = from + at;
        let named = rest.get(close + 2..close + 2 + name.len());
        if named.is_some_and(|named| named.eq_ignore_ascii_case(name)) {
            return rest.get(close..).unwrap_or_default();
        }
        from = close + 2;
    }
    ""
}

/// The text of HTML too costly to parse, in blocks parted by an empty line.
pub(super) fn strip(html: &str) -> String {
    let mut out = String::new();
    let mut silent: Option<&str> = None;
    for token in tokens(html) {
        match token {
            Token::Text(text) if silent.is_none() => push_text(&mut out, text),
            Token::Text(_) => {}
            Token::Tag { name, closes, .. } => match silent {
                Some(open) if closes && open.eq_ignore_ascii_case(name) => silent = None,
                Some(_) => {}
                None if !closes && SILENT.iter().any(|silent| silent.eq_ignore_ascii_case(name)) => silent = Some(name),
                None if INLINE.iter().any(|inline| inline.eq_ignore_ascii_case(name)) => {}
                None if name.eq_ignore_ascii_case("br") => out.push('\n'),
                None => end_block(&mut out),
            },
        }
    }
    out.truncate(out.trim_end().len());
    out
}

const SILENT: [&str; 3] = ["title", "textarea", "select"];
const INLINE: [&str; 16] =
    ["a", "abbr", "b", "bdi", "cite", "code", "em", "font", "i", "mark", "s", "small", "span", "strong", "sup", "u"];

fn end_block(out: &mut String) {
    let kept = out.trim_end().len();
    out.truncate(kept);
    if kept > 0 {
        out.push_str("\n\n");
    }
}

/// Whether HTML is a page, or else a fragment: the body of a record.
pub(super) fn is_page(html: &str) -> bool {
    tokens(html).any(|token| match token {
        Token::Tag { name, .. } => PAGE.iter().any(|page| page.eq_ignore_ascii_case(name)),
        Token::Text(_) => false,
    })
}

const PAGE: [&str; 8] = ["html", "head", "body", "title", "meta", "main", "nav", "article"];

/// What a page has in its `<title>`.
pub(super) fn title(html: &str) -> Option<String> {
    let mut tokens = tokens(html);
    tokens.find(|token| matches!(token, Token::Tag { name, .. } if name.eq_ignore_ascii_case("title")))?;
    match tokens.next()? {
        Token::Text(text) if text.len() <= MAX_TITLE => Some(plain(text)).filter(|title| !title.is_empty()),
        _ => None,
    }
}

/// A title is not longer than this, in bytes.
const MAX_TITLE: usize = 1_000;

/// A short text without tags and entities, on one line.
pub(super) fn plain(text: &str) -> String {
    if !text.contains(['<', '&']) {
        return text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    strip(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Appends text with its white space folded and its entities decoded.
fn push_text(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some((decoded, after)) = entity(rest) {
            out.push(decoded);
            rest = after;
            continue;
        }
        if !c.is_ascii_whitespace() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with([' ', '\n']) {
            out.push(' ');
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
}

/// Reads one entity at the beginning of `text`.
fn entity(text: &str) -> Option<(char, &str)> {
    let body = text.strip_prefix('&')?;
    let (name, after) = body.split_at_checked(body.bytes().take(32).position(|byte| byte == b';')?)?;
    let code = match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        },
        None => NAMED_ENTITIES.get(format!("{name};").as_str()).map(|&(code, _)| code).filter(|&code| code > 0)?,
    };
    Some((char::from_u32(code).filter(|c| !c.is_control())?, after.strip_prefix(';')?))
}
