//! A scanner for damaged markup: tags whose quotes were made French, whose brackets were lost, that were never closed.
//!
//! An HTML parser follows rules for whole documents and spreads an unclosed `<a>` over all that follows. This one sees tags
//! and text, one after the other, in one pass.

use std::borrow::Cow;
use std::ops::Range;

/// A piece of markup or text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::clean) enum Piece<'a> {
    /// A beginning tag: its name in lower case and its attributes.
    Open(Cow<'static, str>, Vec<(String, String)>),
    /// An ending tag.
    Close(Cow<'static, str>),
    /// A comment.
    Comment,
    /// Text between tags.
    Text(&'a str),
}

/// Characters that stand for quotation marks of attributes.
pub(in crate::clean) const QUOTES: [char; 14] = ['"', '\'', '«', '»', '“', '”', '„', '″', '‘', '’', '′', '`', '‹', '›'];

/// The tags that articles and embeds are made of.
const TAGS: [&str; 71] = [
    "a",
    "abbr",
    "amp-twitter",
    "amp-iframe",
    "article",
    "aside",
    "b",
    "bdi",
    "blockquote",
    "br",
    "button",
    "center",
    "cite",
    "code",
    "dd",
    "div",
    "dl",
    "dt",
    "em",
    "fieldset",
    "figcaption",
    "figure",
    "font",
    "footer",
    "form",
    "g",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "body",
    "i",
    "iframe",
    "img",
    "input",
    "ins",
    "label",
    "legend",
    "li",
    "link",
    "meta",
    "nav",
    "noscript",
    "ol",
    "p",
    "path",
    "picture",
    "script",
    "section",
    "small",
    "source",
    "span",
    "strong",
    "style",
    "sub",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "time",
    "tr",
    "u",
    "ul",
    "video",
];

/// Tag names that a translation program translated.
const TRANSLATED: [(&str, &str); 14] = [
    ("cadre", "iframe"),
    ("paragraphe", "p"),
    ("tête", "head"),
    ("corps", "body"),
    ("envergure", "span"),
    ("portée", "span"),
    ("bouton", "button"),
    ("étiquette", "label"),
    ("scénario", "script"),
    ("citation", "blockquote"),
    ("entrée", "input"),
    ("lien", "link"),
    ("forme", "form"),
    ("tableau", "table"),
];

/// The longest a tag may be in bytes: what is longer is no tag.
const LONGEST: usize = 8192;

/// Where a tag begins at the start of `text`, which begins with `<`: its name and where the name ends.
fn name(text: &str) -> Option<(Cow<'static, str>, bool, usize)> {
    let after = text.strip_prefix('<')?;
    let unspaced = after.trim_start_matches([' ', '\u{A0}']);
    // A slash may have been escaped, as in JSON.
    let (closing, after) = match unspaced.strip_prefix("\\/").or_else(|| unspaced.strip_prefix('/')) {
        Some(after) => (true, after.trim_start_matches(' ')),
        None => (false, unspaced),
    };
    // `a < b` is a comparison; a tag after a space has attributes.
    let within = unspaced.split(['<', '>', '\n']).next().unwrap_or_default();
    if !closing && unspaced.len() + 1 < text.len() && !within.contains('=') {
        return None;
    }
    let end = after.find(|c: char| !(c.is_alphanumeric() || c == '-')).unwrap_or(after.len());
    let written = after.get(..end).filter(|name| name.len() <= 16)?;
    let length = text.len() - after.len() + end;
    let lower = written.to_lowercase();
    let known = TAGS.iter().find(|tag| **tag == lower).copied();
    let translated = || TRANSLATED.iter().find(|(name, _)| *name == lower).map(|(_, tag)| *tag);
    let name = known.or_else(translated)?;
    // `<b` in `a <b` is a comparison unless something of a tag follows.
    let next = text.get(length..)?.chars().next();
    let fits = match next {
        Some('>' | '/') => true,
        Some(c) if c.is_whitespace() || QUOTES.contains(&c) || c == '<' => true,
        _ => false,
    };
    fits.then_some((Cow::Borrowed(name), closing, length))
}

/// The tag at the start of `text`, which begins with `<`, and its length; `None` when it is text.
pub(in crate::clean) fn tag(text: &str) -> Option<(Piece<'static>, usize)> {
    if text.starts_with("<!--") {
        let end = text.find("-->").map_or_else(|| text.len().min(LONGEST), |end| end + 3);
        return Some((Piece::Comment, text.floor_char_boundary(end)));
    }
    let (name, closing, name_end) = name(text)?;
    let limit = text.floor_char_boundary(LONGEST);
    let rest = text.get(name_end..limit)?;
    let (inner, length) = attributes_end(rest, text.len() > limit)?;
    let inside = rest.get(..inner).unwrap_or_default();
    let attributes = attributes(inside);
    // A name and prose: `<b et c>` has no attribute and is no tag, but for the simplest.
    let bare = inside.trim_matches(|c: char| c.is_whitespace() || c == '/' || QUOTES.contains(&c));
    if !closing && attributes.is_empty() && !bare.is_empty() && !is_switch(bare) && !is_cut_off(&name, bare) {
        return None;
    }
    let piece = if closing { Piece::Close(name) } else { Piece::Open(name, attributes) };
    Some((piece, name_end + length))
}

/// Whether a tag that no prose uses was cut off within an attribute's name.
fn is_cut_off(name: &str, bare: &str) -> bool {
    let word = |word: &str| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    matches!(name, "script" | "iframe" | "blockquote")
        && bare.split_whitespace().all(word)
        && bare.split_whitespace().nth(4).is_none()
}

/// Attributes without value.
fn is_switch(bare: &str) -> bool {
    bare.split_whitespace().all(|word| {
        matches!(word, "async" | "defer" | "checked" | "allowfullscreen" | "hidden" | "disabled" | "novalidate" | "/")
    })
}

/// Where the attributes end: before `>`, or before the next tag when the bracket was lost or the value holds markup.
fn attributes_end(rest: &str, cut: bool) -> Option<(usize, usize)> {
    let mut quoted = None;
    for (at, c) in rest.char_indices() {
        match c {
            '"' if quoted == Some('"') => quoted = None,
            // A straight quote protects a bracket only when it is closed soon and holds no tag.
            '"' if quoted.is_none() && rest.get(..at).is_some_and(|before| before.trim_end().ends_with('=')) => {
                let value = rest.get(at + 1..).and_then(|value| value.split_once('"')).map(|(value, _)| value);
                if value.is_some_and(|value| !value.contains('<') && !value.contains("\n\n")) {
                    quoted = Some('"');
                }
            }
            '>' if quoted.is_none() => return Some((at, at + 1)),
            '<' if rest.get(at..).and_then(name).is_some() => return Some((at, at)),
            // The end of the tag was cut off, and a line of prose follows.
            '\n' if quoted.is_none() && !goes_on(rest.get(at..).unwrap_or_default()) => return Some((at, at)),
            _ => {}
        }
    }
    (!cut).then_some((rest.len(), rest.len()))
}

/// Whether what follows a line end within a tag belongs to it: an attribute, or what ends it, or markup it holds.
fn goes_on(after: &str) -> bool {
    let after = after.trim_start();
    let name = after.find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | ':'))).unwrap_or(after.len());
    let (name, rest) = after.split_at_checked(name).unwrap_or((after, ""));
    let rest = rest.trim_start();
    if name.is_empty() {
        return rest.is_empty() || rest.starts_with(['<', '>', '/']) || rest.starts_with(QUOTES);
    }
    is_switch(name)
        || rest.starts_with('=')
        || after.lines().next().is_some_and(|line| {
            line.find(['<', '>']).is_some_and(|at| line.get(at..).is_some_and(|end| end.starts_with('>')))
        })
}

/// The attributes in what stands between a tag's name and its end. A value goes from `=` to the next name with `=`.
fn attributes(text: &str) -> Vec<(String, String)> {
    let mut marks: Vec<(Range<usize>, usize)> = Vec::new();
    for (equals, _) in text.match_indices('=') {
        let before = text.get(..equals).unwrap_or_default().trim_end();
        let begin = before
            .rfind(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_' || c == ':'))
            .map_or(0, |at| at + before.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
        let boundary = before.get(..begin).and_then(|before| before.chars().last());
        let fits = boundary.is_none_or(|c| c.is_whitespace() || QUOTES.contains(&c));
        if begin < before.len() && fits && marks.len() < 64 {
            marks.push((begin..before.len(), equals + 1));
        }
    }
    let mut attributes = Vec::with_capacity(marks.len());
    for (number, (name, value)) in marks.iter().enumerate() {
        let end = marks.get(number + 1).map_or(text.len(), |(next, _)| next.start);
        let name = text.get(name.clone()).unwrap_or_default().to_lowercase();
        let name = match name.as_str() {
            "classe" => "class".to_owned(),
            "langue" => "lang".to_owned(),
            _ => name,
        };
        let value = super::unescaped(text.get(*value..end).unwrap_or_default());
        let value = if value.contains("&quot") { value.replace("&quot", "\"").into() } else { value };
        let quote = |c: char| c.is_whitespace() || c == '\\' || QUOTES.contains(&c);
        let value = value.trim_matches(quote);
        let value = if number + 1 == marks.len() { value.trim_end_matches('/').trim_end_matches(quote) } else { value };
        attributes.push((name, value.to_owned()));
    }
    attributes
}

/// Takes a fragment apart.
pub(in crate::clean) fn scan(text: &str) -> Vec<(Piece<'_>, Range<usize>)> {
    let mut pieces = Vec::new();
    let mut done = 0;
    for (at, _) in text.match_indices('<') {
        if at < done {
            continue;
        }
        let Some((piece, length)) = text.get(at..).and_then(tag) else { continue };
        if let Some(before) = text.get(done..at).filter(|before| !before.is_empty()) {
            pieces.push((Piece::Text(before), done..at));
        }
        done = at + length;
        pieces.push((piece, at..done));
    }
    if let Some(rest) = text.get(done..).filter(|rest| !rest.is_empty()) {
        pieces.push((Piece::Text(rest), done..text.len()));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_attributes_are_read() {
        let (piece, length) = tag("<a href= »https://x. com/a?b=c« class=« une deux »>suite").unwrap();
        let attributes =
            vec![("href".to_owned(), "https://x. com/a?b=c".to_owned()), ("class".to_owned(), "une deux".to_owned())];
        assert_eq!(piece, Piece::Open("a".into(), attributes));
        assert!("<a href= »https://x. com/a?b=c« class=« une deux »>".len() == length);
    }

    #[test]
    fn what_only_looks_like_a_tag_is_text() {
        for text in ["<Sans titre>", "<b et c>", "< p>", "<5 %", "<Vec<String>>", "<inconnu a=b>"] {
            assert_eq!(tag(text), None, "{text}");
        }
    }
}
