//! Breaks text into lines of a terminal's width, at ordinary spaces only: a no-break space keeps `50 %` together.

use unicode_width::UnicodeWidthStr;

/// One word with how it is to be painted, as [`wrap`] takes and gives them.
pub(super) type Word<T> = (String, T);

/// Fills lines of at most `width` columns with words; a longer word has a line of its own.
pub(super) fn fill<T>(words: impl IntoIterator<Item = Word<T>>, width: usize) -> Vec<Vec<Word<T>>> {
    let mut lines: Vec<Vec<Word<T>>> = Vec::new();
    let mut used = 0;
    for (word, role) in words {
        let columns = word.width();
        match lines.last_mut() {
            Some(line) if used + 1 + columns <= width => {
                line.push((word, role));
                used += 1 + columns;
            }
            _ => {
                lines.push(vec![(word, role)]);
                used = columns;
            }
        }
    }
    lines
}

/// Breaks a plain text; its own line ends are kept.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut out = Vec::new();
    for line in text.lines() {
        let words = line.split([' ', '\t']).filter(|word| !word.is_empty()).map(|word| (word.to_owned(), ()));
        let lines = fill(words, width.max(20));
        out.extend(lines.iter().map(|line| line.iter().map(|(word, ())| word.as_str()).collect::<Vec<_>>().join(" ")));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn lines_break_at_spaces_only() {
        assert_eq!(
            wrap("une hausse de 50\u{A0}% attendue", 20),
            ["une hausse de 50\u{A0}%", "attendue"].map(str::to_owned).to_vec()
        );
        assert_eq!(wrap("a\nb", 20), ["a", "b"]);
    }
}
