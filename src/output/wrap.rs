//! Breaks text into lines of a terminal's width, at ordinary spaces only: a no-break space keeps `50 %` together.

use unicode_width::UnicodeWidthStr;

/// One word with how it is to be painted, as [`fill`] takes and gives them.
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

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn lines_break_at_spaces_only() {
        let words = "une hausse de 50\u{A0}% attendue".split(' ').map(|word| (word.to_owned(), ()));
        let lines = fill(words, 20).into_iter().map(|line| line.into_iter().map(|(word, ())| word).collect::<Vec<_>>());
        assert_eq!(lines.collect::<Vec<_>>(), [vec!["une", "hausse", "de", "50\u{A0}%"], vec!["attendue"]]);
    }
}
