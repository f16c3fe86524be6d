//! An article as Markdown with YAML front matter, under the keys note-taking programs know.

use std::io::{self, Write};

use super::visible;
use crate::article::{Article, ArticleId, Block, Embed};

/// Writes an article as one Markdown note.
///
/// # Errors
/// The writer's.
pub fn write_markdown(out: &mut dyn Write, id: ArticleId, article: &Article) -> io::Result<()> {
    writeln!(out, "---")?;
    let date = article.date().map(|date| date.to_string());
    let scalars = [
        ("title", article.headline.as_deref()),
        ("source", article.url.as_deref()),
        ("site", article.publisher.as_deref()),
        ("published", date.as_deref()),
        ("language", article.language.as_deref()),
        ("key", article.key.as_deref()),
    ];
    for (name, value) in scalars {
        if let Some(value) = value {
            writeln!(out, "{name}: {}", quoted(value))?;
        }
    }
    for (name, values) in [("author", &article.authors), ("tags", &article.tags)] {
        if !values.is_empty() {
            writeln!(out, "{name}:")?;
            values.iter().try_for_each(|value| writeln!(out, "  - {}", quoted(value)))?;
        }
    }
    writeln!(out, "id: {}\n---", quoted(&id.to_string()))?;
    if let Some(headline) = &article.headline {
        writeln!(out, "\n# {}", inline(headline))?;
    }
    // Without text the marks of bold type would be a rule across the page.
    if let Some(lead) = article.lead.as_deref().map(|lead| lines(lead, "")).filter(|lead| !lead.is_empty()) {
        writeln!(out, "\n**{lead}**")?;
    }
    article.blocks.iter().try_for_each(|block| write_block(out, block))
}

/// A YAML string in double quotes, which are JSON's.
fn quoted(text: &str) -> String {
    serde_json::to_string(&visible(text)).unwrap_or_default()
}

/// Text on one line, with what would be markup escaped.
fn inline(text: &str) -> String {
    escaped(&text.replace('\n', " "))
}

/// Text whose lines stay lines: each but the last ends with a backslash, Markdown's mark of a line break. `before` stands before
/// the later ones.
fn lines(text: &str, before: &str) -> String {
    let lines: Vec<String> = text.lines().map(escaped).filter(|line| !line.is_empty()).collect();
    lines.join(&format!("\\\n{before}"))
}

/// One line in which nothing is markup, neither to CommonMark and its extensions nor to Obsidian: no emphasis, code, link, HTML,
/// entity, mathematics, footnote, table, `==mark==`, `%%comment%%`, `#tag` or `^block`; and no heading, list, quotation, fence,
/// rule or front matter at its beginning.
fn escaped(text: &str) -> String {
    let text = visible(text);
    let text = text.trim();
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let number = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let mut before = None;
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        let next = rest.peek().map(|(_, next)| *next);
        let is_markup = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '~' | '$' | '|' | '^' => true,
            '&' => is_entity(text.get(at + 1..).unwrap_or_default()),
            // A tag, a heading, or the end of one. `C#` is none.
            '#' => !before.is_some_and(char::is_alphanumeric),
            '=' => at == 0 || before == Some('=') || next == Some('='),
            '%' => before == Some('%') || next == Some('%') || before == Some('<') || next == Some('>'),
            '-' | '+' | ':' => at == 0,
            // A numbered item.
            '.' | ')' => at == number && at > 0 && next.is_none_or(char::is_whitespace),
            _ => false,
        };
        if is_markup {
            out.push('\\');
        }
        out.push(c);
        before = Some(c);
    }
    out
}

/// Whether what follows an ampersand makes an entity of it.
fn is_entity(rest: &str) -> bool {
    let name = rest.strip_prefix('#').unwrap_or(rest);
    let after = name.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
    after.len() < name.len() && after.starts_with(';')
}

fn write_block(out: &mut dyn Write, block: &Block) -> io::Result<()> {
    writeln!(out)?;
    match block {
        Block::Paragraph { text } => writeln!(out, "{}", lines(text, "")),
        Block::Heading { text } => writeln!(out, "## {}", inline(text)),
        Block::Quote { text } => writeln!(out, "> {}", lines(text, "> ")),
        Block::List { text } => text.lines().try_for_each(|item| writeln!(out, "- {}", inline(item))),
        Block::Embed { embed } => write_embed(out, embed),
    }
}

fn write_embed(out: &mut dyn Write, embed: &Embed) -> io::Result<()> {
    let handle = embed.handle.as_ref().map(|handle| format!("@{handle}"));
    let date = embed.date.map(|date| date.to_string());
    let who: Vec<&str> = [embed.author.as_deref(), handle.as_deref(), date.as_deref()].into_iter().flatten().collect();
    if let Some(text) = &embed.text {
        writeln!(out, "> {}", lines(text, "> "))?;
    }
    let who = inline(&who.join(", "));
    match &embed.url {
        // A link to a page; another address may be a command to the program that shows the note.
        Some(url) if url.starts_with("https://") || url.starts_with("http://") => {
            writeln!(out, "> — {who} <{}>", visible(url).replace(['<', '>', '\n', ' '], ""))
        }
        Some(url) => writeln!(out, "> — {who} {}", inline(url)),
        None => writeln!(out, "> — {who} ({})", inline(&embed.kind)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    use super::*;

    /// What a Markdown parser takes the body of an article's note for: its text, and the events that are markup.
    fn parsed(article: &Article) -> (String, Vec<String>) {
        let mut note = Vec::new();
        write_markdown(&mut note, ArticleId(7), article).unwrap();
        let note = String::from_utf8(note).unwrap();
        let (_, body) = note.split_once("\n---\n").unwrap();
        let (mut text, mut markup) = (String::new(), Vec::new());
        // What it makes of quotation marks and dots is no markup, and changes the text.
        for event in Parser::new_ext(body, Options::all() - Options::ENABLE_SMART_PUNCTUATION) {
            match event {
                Event::Start(Tag::Paragraph) => {}
                Event::End(TagEnd::Paragraph) => text.push_str("\n\n"),
                Event::Text(part) => text.push_str(&part),
                Event::SoftBreak | Event::HardBreak => text.push('\n'),
                other => markup.push(format!("{other:?}")),
            }
        }
        (text.trim_end_matches('\n').to_owned(), markup)
    }

    fn paragraphs(texts: &[String]) -> Article {
        let blocks = texts.iter().map(|text| Block::Paragraph { text: text.clone() }).collect();
        Article { blocks, ..Article::default() }
    }

    /// Whether Obsidian, which goes beyond what the parser knows, would find markup in a line.
    fn is_marked(line: &str) -> bool {
        let mut plain = String::new();
        let mut chars = line.chars();
        while let Some(c) = chars.next() {
            // What is escaped is a letter like any other.
            plain.push(if c == '\\' { chars.next().map_or(' ', |_| 'x') } else { c });
        }
        let tag = plain.split_whitespace().any(|word| word.starts_with(['#', '^']));
        tag || ["==", "%%", "[[", "$", "<", "`", "^["].iter().any(|mark| plain.contains(mark))
    }

    /// What would be markup somewhere, and what stands around it.
    const FRAGMENTS: &[&str] = &[
        "~~~dataviewjs",
        "~~~",
        "```",
        "`",
        "~",
        "[[",
        "]]",
        "![[",
        "[",
        "]",
        "(",
        ")",
        "==",
        "=",
        "%%",
        "%",
        "#tag",
        "#",
        "##",
        "C#",
        "^block",
        "^",
        "$$",
        "$",
        "<b>",
        "</b>",
        "<!--",
        "<%",
        "<",
        ">",
        "|",
        "|-|",
        "> [!note]",
        "---",
        "--",
        "-",
        "+",
        "*",
        "**",
        "_",
        "__",
        "1.",
        "1)",
        "23",
        ". ",
        "&copy;",
        "&#35;",
        "&",
        "\\",
        ":",
        "::",
        ": ",
        "!",
        "http://a.fr/b_c",
        "{#id}",
        "[^1]:",
        "[a]: b",
        "- [ ]",
        "\u{A0}",
        "\u{1B}",
        " ",
        " ",
        "  ",
        "\t",
        "mot",
        "é",
        ".",
    ];

    /// A line without white space around it.
    fn line() -> impl Strategy<Value = String> {
        let some = prop::collection::vec(prop::sample::select(FRAGMENTS), 1..8);
        let line = some.prop_map(|some| some.concat().trim().to_owned());
        line.prop_filter("empty", |line| !line.is_empty())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        #[test]
        fn a_paragraph_comes_out_as_plain_text(lines in prop::collection::vec(line(), 1..4)) {
            for article in [paragraphs(&lines), paragraphs(&[lines.join("\n")])] {
                let (text, markup) = parsed(&article);
                prop_assert_eq!(visible(&article.text()).into_owned(), text);
                prop_assert!(markup.is_empty(), "{markup:?}");
            }
            for line in &lines {
                prop_assert!(!is_marked(&escaped(line)), "{line:?}: {:?}", escaped(line));
            }
        }

        #[test]
        fn markup_is_only_what_the_note_sets(text in line()) {
            for (block, most) in [
                (Block::Heading { text: text.clone() }, 2),
                (Block::Quote { text: text.clone() }, 2),
                (Block::List { text: text.clone() }, 4),
            ] {
                let (found, markup) = parsed(&Article { blocks: vec![block], ..Article::default() });
                prop_assert_eq!(visible(&text).into_owned(), found);
                prop_assert!(markup.len() <= most, "{markup:?}");
            }
        }
    }

    #[test]
    fn only_pages_are_linked() {
        let with = |url: &str| {
            let embed = Embed { kind: "iframe".to_owned(), url: Some(url.to_owned()), ..Embed::default() };
            parsed(&Article { blocks: vec![Block::Embed { embed }], ..Article::default() }).1.join(" ")
        };
        assert!(with("https://brumeval.fr/a_b").contains("Link"));
        assert!(!with("javascript:alert(1)").contains("Link"));
        assert!(!with("obsidian://open?vault=x").contains("Link"));
    }

    #[test]
    fn what_is_no_markup_is_not_escaped() {
        for text in [
            "L’été 2024, 50 % des « oui » (enfin).",
            "R&D, C# et a=b",
            "3.5 ou 4) - peut-être + ou :",
            "https://a.fr/?b=c#d",
        ] {
            assert_eq!(escaped(text), text);
        }
        assert_eq!(escaped("12. Juin"), "12\\. Juin");
        assert_eq!(escaped("~~~dataviewjs"), "\\~\\~\\~dataviewjs");
    }
}
