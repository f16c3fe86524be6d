//! Texts longer than any article: kept whole as they came, without the rules, in bounded memory.

use super::layout::{blocks, unmarked};

/// The longest text that is mended, in bytes: some eight novels. Every rule looks at each of its blocks and may note an
/// edit for every few bytes.
pub(super) const LONGEST: usize = 4_000_000;

/// Blocks of a longer text are joined until they have this many bytes.
const BLOCK: usize = 1_000;

/// A laid-out text with its short paragraphs joined, line by line, so that there are not too many of them.
pub(super) fn gathered(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // The bytes of the last block, while it may take more.
    let mut open = None;
    for (_, block) in blocks(text).filter(|(_, block)| !block.trim().is_empty()) {
        let plain = unmarked(block).0.is_none();
        match open.filter(|bytes| plain && *bytes < BLOCK) {
            Some(bytes) => {
                out.push('\n');
                open = Some(bytes + block.len());
            }
            None => {
                out.push_str(if out.is_empty() { "" } else { "\n\n" });
                open = plain.then_some(block.len());
            }
        }
        out.push_str(block);
    }
    out
}

/// Takes off the headline of a clip that no rule looks at: its first line, unless that is a paragraph.
pub(super) fn take_headline(text: &mut String) -> Option<String> {
    const LONGEST: usize = 200;
    let (line, _) = text.split_once('\n').filter(|(line, _)| line.len() <= LONGEST && !line.trim().is_empty())?;
    let (headline, end) = (line.trim().to_owned(), line.len());
    text.drain(..end);
    Some(headline)
}

#[cfg(test)]
mod tests {
    use super::super::clean;
    use super::*;
    use crate::article::{Body, Draft};

    #[test]
    fn short_paragraphs_are_joined_and_nothing_else() {
        let long = "x".repeat(BLOCK);
        let text = format!("\u{FDD0}Un\n\na\n\nb\n\n\n\n{long}\n\nc\n\n\u{FDD2}d\n\ne");
        assert_eq!(gathered(&text), format!("\u{FDD0}Un\n\na\nb\n{long}\n\nc\n\n\u{FDD2}d\n\ne"));
    }

    #[test]
    fn a_text_longer_than_any_article_is_kept_as_it_is() {
        let text = "Il dit , enfin . ".repeat(LONGEST / 15);
        let draft = |body| Draft { body, ..Draft::default() };
        let cleaned = clean(draft(Body::Clip(format!("Un titre\n\n{text}\n\nFin ."))), &[]);
        assert!(cleaned.article.linear && !cleaned.article.truncated);
        assert_eq!(cleaned.article.headline.as_deref(), Some("Un titre"));
        assert_eq!(cleaned.article.text(), format!("{}\n\nFin .", text.trim()));
        let cleaned = clean(draft(Body::Html(format!("<p>{text}</p>"))), &[]);
        assert!(cleaned.article.linear && cleaned.article.text().contains("Il dit , enfin ."));
    }
}
