//! An article as one reads it: wrapped, cross-heads set off, embedded posts apart.

use std::io::{self, Write};

use super::marked::{lines_of, marked_lines};
use super::style::{Look, Role};
use super::{visible, visible_path};
use crate::article::{Article, ArticleId, Block, Embed};
use crate::search::{Marked, Passage, Piece};

/// Lines are easier to read when they are not too long.
const COMFORT: usize = 88;

/// Writes an article for a person, with its marks where there are some.
///
/// # Errors
/// The writer's.
pub fn write_article(
    out: &mut dyn Write,
    id: ArticleId,
    article: &Article,
    marked: Option<&Marked>,
    paths: &[Vec<u8>],
    look: Look,
) -> io::Result<()> {
    let page = Page { width: look.width.min(COMFORT), look };
    let headline = article.headline.as_deref().unwrap_or("(untitled)");
    let marks = marked.map(|marked| &marked.headline).filter(|_| article.headline.is_some());
    page.lines(out, &passage(headline, marks), ["", ""], Role::Headline)?;
    for line in about(id, article) {
        writeln!(out, "{}", look.paint(Role::Faint, visible(&line)))?;
    }
    for path in paths {
        writeln!(out, "{}", look.paint(Role::Faint, visible_path(path)))?;
    }
    if let Some(lead) = &article.lead {
        writeln!(out)?;
        page.lines(out, &passage(lead, marked.map(|marked| &marked.lead)), ["", ""], Role::Headline)?;
    }
    for (number, block) in article.blocks.iter().enumerate() {
        writeln!(out)?;
        page.block(out, block, marked.and_then(|marked| marked.blocks.get(number)))?;
    }
    if article.truncated {
        writeln!(out, "\n{}", look.paint(Role::Faint, "[The text ends here: the rest was not in the clipping.]"))?;
    }
    Ok(())
}

/// A text with its marks, or without any.
fn passage(text: &str, marks: Option<&Passage>) -> Passage {
    marks.cloned().unwrap_or_else(|| vec![Piece { text: text.to_owned(), hit: false }])
}

/// How wide to write, and in what colours.
struct Page {
    width: usize,
    look: Look,
}

impl Page {
    fn block(&self, out: &mut dyn Write, block: &Block, marks: Option<&Passage>) -> io::Result<()> {
        let passage = passage(block.text().unwrap_or_default(), marks);
        match block {
            Block::Paragraph { .. } => self.lines(out, &passage, ["", ""], Role::Plain),
            Block::Heading { .. } => self.lines(out, &passage, ["", ""], Role::Headline),
            Block::Quote { .. } => self.lines(out, &passage, ["  « ", "    "], Role::Plain),
            Block::List { .. } => {
                lines_of(&passage).try_for_each(|item| self.lines(out, &item, ["  • ", "    "], Role::Plain))
            }
            Block::Embed { embed } => self.embed(out, embed, marks),
        }
    }

    /// Who posted on the first line, with the service and the date; then the text and the address.
    fn embed(&self, out: &mut dyn Write, embed: &Embed, marks: Option<&Passage>) -> io::Result<()> {
        let plain = |text: &str| Piece { text: text.to_owned(), hit: false };
        let handle = embed.handle.as_ref().map(|handle| format!("@{handle}"));
        let who = [embed.author.as_deref(), handle.as_deref()];
        let known = who.iter().flatten().map(|text| text.split('\n').count()).sum();
        let post = who.into_iter().chain([embed.text.as_deref()]).flatten().collect::<Vec<_>>().join("\n");
        let post = passage(&post, marks);
        let mut lines = lines_of(&post);
        let mut first = vec![plain(&embed.kind)];
        for line in lines.by_ref().take(known) {
            first.push(plain(" · "));
            first.extend(line);
        }
        first.extend(embed.date.map(|date| plain(&format!(" · {date}"))));
        let bar = ["  │ ", "  │ "];
        self.lines(out, &first, bar, Role::Plain)?;
        lines.try_for_each(|line| self.lines(out, &line, bar, Role::Plain))?;
        embed.url.iter().try_for_each(|url| self.lines(out, &[plain(url)], bar, Role::Plain))
    }

    /// Wrapped lines, the first and the later ones with what stands before them.
    fn lines(&self, out: &mut dyn Write, text: &[Piece], [first, later]: [&str; 2], role: Role) -> io::Result<()> {
        let width = self.width.saturating_sub(first.chars().count()).max(20);
        let mut before = first;
        for line in lines_of(text) {
            for line in marked_lines(&line, width, role, self.look) {
                writeln!(out, "{before}{line}")?;
                before = later;
            }
        }
        Ok(())
    }
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
