//! Walks over an article's words as the index numbers them: the one place where positions are given out.

use std::borrow::Cow;
use std::cell::Cell;
use std::ops::Range;

use super::terms::BLOCK_GAP;
use crate::article::{Article, Block, Embed};
use crate::french::{Analyzer, Mark, Term};
use crate::query::Part;

/// One word of an article.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    /// The part it stands in; never [`Part::Anywhere`].
    pub(crate) part: Part,
    /// Which of [`sections`] it stands in.
    pub(crate) section: usize,
    /// Its bytes in that section's text.
    pub(crate) range: Range<usize>,
    /// Its first position.
    pub(crate) position: u32,
    /// How many positions it covers.
    pub(crate) width: u32,
    /// Its forms.
    pub(crate) term: &'a Term,
    /// The word as it stands in the text.
    pub(crate) word: &'a str,
    /// See [`crate::french::Token::mark`].
    pub(crate) mark: &'a Cell<Option<Mark>>,
}

/// One stretch of text that phrases do not cross.
#[derive(Debug, Clone)]
pub(crate) struct Section<'a> {
    /// Where it stands.
    pub(crate) part: Part,
    /// Its text.
    pub(crate) text: Cow<'a, str>,
}

/// The sections of an article, in the order they are numbered: headline, lead, blocks, then names.
pub(crate) fn sections(article: &Article) -> Vec<Section<'_>> {
    let section = |part, text| Section { part, text: Cow::Borrowed(text) };
    let mut sections = Vec::with_capacity(article.blocks.len() + 4);
    sections.extend(article.headline.iter().map(|text| section(Part::Headline, text.as_str())));
    sections.extend(article.lead.iter().map(|text| section(Part::Lead, text.as_str())));
    sections.extend(article.blocks.iter().map(|block| match block {
        Block::Embed { embed } => Section { part: Part::Posts, text: Cow::Owned(post(embed)) },
        other => section(Part::Body, other.text().unwrap_or_default()),
    }));
    sections.extend(article.authors.iter().map(|name| section(Part::Author, name.as_str())));
    sections.extend(article.publisher.iter().map(|name| section(Part::Source, name.as_str())));
    sections.extend(article.tags.iter().map(|tag| section(Part::Tag, tag.as_str())));
    sections
}

/// What is searched of an embedded post: who posted, then what it says.
pub(crate) fn post(embed: &Embed) -> String {
    let handle = embed.handle.as_ref().map(|handle| format!("@{handle}"));
    let parts: Vec<&str> =
        [embed.author.as_deref(), handle.as_deref(), embed.text.as_deref()].into_iter().flatten().collect();
    parts.join("\n")
}

/// Analyses the sections and hands over each word with its place.
pub(crate) fn walk(sections: &[Section<'_>], analyzer: &mut Analyzer, visit: &mut impl FnMut(&Place<'_>)) {
    let texts: Vec<&str> = sections.iter().map(|section| section.text.as_ref()).collect();
    let (mut number, mut base, mut end) = (0, 0, 0);
    analyzer.analyze_article(&texts, &mut |section, token| {
        while number < section {
            (number, base) = (number + 1, end + BLOCK_GAP);
            end = base;
        }
        let Some(Section { part, text }) = sections.get(section) else { return };
        let position = base + token.position;
        end = end.max(position + token.width);
        let word = text.get(token.range.clone()).unwrap_or_default();
        visit(&Place {
            part: *part,
            section,
            range: token.range,
            position,
            width: token.width,
            term: token.term,
            word,
            mark: token.mark,
        });
    });
}
