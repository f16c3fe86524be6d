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
    if let Some(lead) = &article.lead {
        writeln!(out, "\n**{}**", inline(lead))?;
    }
    article.blocks.iter().try_for_each(|block| write_block(out, block))
}

/// A YAML string in double quotes, which are JSON's.
fn quoted(text: &str) -> String {
    serde_json::to_string(&visible(text)).unwrap_or_default()
}

/// Text on one line, with what Markdown would take for markup escaped.
fn inline(text: &str) -> String {
    let text = visible(text).replace('\n', " ");
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>') {
            out.push('\\');
        }
        out.push(c);
    }
    // A paragraph that begins like a list or a heading is neither.
    match out.chars().next() {
        Some('#' | '-' | '+') => format!("\\{out}"),
        Some('0'..='9') => out.replacen(". ", "\\. ", 1),
        _ => out,
    }
}

fn write_block(out: &mut dyn Write, block: &Block) -> io::Result<()> {
    writeln!(out)?;
    match block {
        Block::Paragraph { text } => writeln!(out, "{}", inline(text)),
        Block::Heading { text } => writeln!(out, "## {}", inline(text)),
        Block::Quote { text } => text.lines().try_for_each(|line| writeln!(out, "> {}", inline(line))),
        Block::List { text } => text.lines().try_for_each(|item| writeln!(out, "- {}", inline(item))),
        Block::Embed { embed } => write_embed(out, embed),
    }
}

fn write_embed(out: &mut dyn Write, embed: &Embed) -> io::Result<()> {
    let handle = embed.handle.as_ref().map(|handle| format!("@{handle}"));
    let date = embed.date.map(|date| date.to_string());
    let who: Vec<&str> = [embed.author.as_deref(), handle.as_deref(), date.as_deref()].into_iter().flatten().collect();
    for line in embed.text.iter().flat_map(|text| text.lines()) {
        writeln!(out, "> {}", inline(line))?;
    }
    match &embed.url {
        Some(url) => {
            writeln!(out, "> — {} <{}>", inline(&who.join(", ")), visible(url).replace(['<', '>', '\n', ' '], ""))
        }
        None => writeln!(out, "> — {} ({})", inline(&who.join(", ")), inline(&embed.kind)),
    }
}
