//! Breaks text into lines of a terminal's width, at ordinary spaces only: a no-break space keeps `50 %` together.

use unicode_width::UnicodeWidthStr;

/// One word: its parts, each with how it is to be painted, as [`fill`] takes and gives them.
pub(super) type Word<T> = Vec<(String, T)>;

/// Fills lines of at most `width` columns with words; a longer word has a line of its own. Holds one line at a time.
pub(super) fn fill<T>(words: impl Iterator<Item = Word<T>>, width: usize) -> impl Iterator<Item = Vec<Word<T>>> {
    let mut words = words.peekable();
    std::iter::from_fn(move || {
        let first = words.next()?;
        let mut used = columns(&first);
        let mut line = vec![first];
        while let Some(word) = words.next_if(|word| used + 1 + columns(word) <= width) {
            used += 1 + columns(&word);
            line.push(word);
        }
        Some(line)
    })
}

fn columns<T>(word: &Word<T>) -> usize {
    word.iter().map(|(part, _)| part.width()).sum()
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn lines_break_at_spaces_only() {
        let words = "une hausse de 50\u{A0}% attendue".split(' ').map(|word| vec![(word.to_owned(), ())]);
        let lines: Vec<Vec<String>> =
            fill(words, 20).map(|line| line.into_iter().flatten().map(|(part, ())| part).collect()).collect();
        assert_eq!(lines, [vec!["une", "hausse", "de", "50\u{A0}%"], vec!["attendue"]]);
    }
}
