//! An article as one reads it: wrapped, cross-heads set off, embedded posts apart.

use std::io::{self, Write};

use super::style::{Look, Role};
use super::wrap::wrap;
use super::{visible, visible_path};
use crate::article::{Article, ArticleId, Block, Embed};

/// Lines are easier to read when they are not too long.
const COMFORT: usize = 88;

/// Writes an article for a person.
///
/// # Errors
/// The writer's.
pub fn write_article(
    out: &mut dyn Write,
    id: ArticleId,
    article: &Article,
    paths: &[Vec<u8>],
    look: Look,
) -> io::Result<()> {
    let width = look.width.min(COMFORT);
    let headline = article.headline.as_deref().unwrap_or("(untitled)");
    for line in wrap(&visible(headline), width) {
        writeln!(out, "{}", look.paint(Role::Headline, line))?;
    }
    for line in about(id, article) {
        writeln!(out, "{}", look.paint(Role::Faint, visible(&line)))?;
    }
    for path in paths {
        writeln!(out, "{}", look.paint(Role::Faint, visible_path(path)))?;
    }
    if let Some(lead) = &article.lead {
        writeln!(out)?;
        for line in wrap(&visible(lead), width) {
            writeln!(out, "{}", look.paint(Role::Headline, line))?;
        }
    }
    for block in &article.blocks {
        writeln!(out)?;
        write_block(out, block, width, look)?;
    }
    if article.truncated {
        writeln!(out, "\n{}", look.paint(Role::Faint, "[The text ends here: the rest was not in the clipping.]"))?;
    }
    Ok(())
}

fn write_block(out: &mut dyn Write, block: &Block, width: usize, look: Look) -> io::Result<()> {
    match block {
        Block::Paragraph { text } => lines(out, text, "", "", width),
        Block::Heading { text } => wrap(&visible(text), width)
            .iter()
            .try_for_each(|line| writeln!(out, "{}", look.paint(Role::Headline, line))),
        Block::Quote { text } => lines(out, text, "  « ", "    ", width),
        Block::List { text } => text.lines().try_for_each(|item| lines(out, item, "  • ", "    ", width)),
        Block::Embed { embed } => write_embed(out, embed, width),
    }
}

fn lines(out: &mut dyn Write, text: &str, first: &str, later: &str, width: usize) -> io::Result<()> {
    for (number, line) in wrap(&visible(text), width.saturating_sub(first.chars().count())).iter().enumerate() {
        writeln!(out, "{}{line}", if number == 0 { first } else { later })?;
    }
    Ok(())
}

fn write_embed(out: &mut dyn Write, embed: &Embed, width: usize) -> io::Result<()> {
    let handle = embed.handle.as_ref().map(|handle| format!("@{handle}"));
    let date = embed.date.map(|date| date.to_string());
    let who = [Some(embed.kind.as_str()), embed.author.as_deref(), handle.as_deref(), date.as_deref()];
    let who: Vec<&str> = who.into_iter().flatten().collect();
    lines(out, &who.join(" · "), "  │ ", "  │ ", width)?;
    for text in [&embed.text, &embed.url].into_iter().flatten() {
        lines(out, text, "  │ ", "  │ ", width)?;
    }
    Ok(())
}

/// The lines under the headline: who, where, when, and its name.
fn about(id: ArticleId, article: &Article) -> Vec<String> {
    let date = article.date_published.as_ref().map(|stated| match stated.date {
        Some(date) => format!("{date} ({})", stated.source),
        None => format!("« {} » ({})", stated.text, stated.source),
    });
    let hint =
        article.date_hint.as_ref().map(|hint| format!("undated, not before {} ({})", hint.not_before, hint.source));
    let date = date.or(hint).unwrap_or_else(|| "undated".to_owned());
    let join = |parts: &[Option<&str>]| parts.iter().flatten().copied().collect::<Vec<_>>().join(" · ");
    let authors = article.authors.join(", ");
    let authors = (!authors.is_empty()).then_some(authors.as_str());
    let agency = article.agency.as_deref();
    let mut about = vec![join(&[article.publisher.as_deref(), article.section.as_deref(), Some(&date)])];
    about.push(join(&[authors, agency]));
    about.push(join(&[
        Some(&id.to_string()),
        article.key.as_deref(),
        article.language.as_deref(),
        article.url.as_deref(),
    ]));
    about.retain(|line| !line.is_empty());
    about
}
