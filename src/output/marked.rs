//! Breaks a passage into lines, with what matched in the colour of marks.

use std::fmt::{self, Write};

use super::style::{Look, Role};
use super::visible;
use super::wrap::{Word, fill};
use crate::search::Piece;

/// Lines of words, those that matched in the colour of marks, the rest in that of their role. Holds one line at a time.
pub(super) fn marked_lines(passage: &[Piece], width: usize, role: Role, look: Look) -> impl Iterator<Item = String> {
    fill(words(passage), width).map(move |line| painted(&line, role, look))
}

/// The words of a passage, with their parts: a word may be marked in part (l’offre).
fn words(passage: &[Piece]) -> impl Iterator<Item = Word<bool>> {
    let part = |text: &str, hit| (visible(text).into_owned(), hit);
    let words = split(passage, [' ', '\n', '\t']);
    let words = words.map(move |parts| parts.into_iter().filter(|(text, _)| !text.is_empty()));
    words
        .map(move |parts| parts.map(|(text, hit)| part(text, hit)).collect::<Word<bool>>())
        .filter(|word| !word.is_empty())
}

/// A line; a space between two words that matched is in the colour of marks too.
fn painted(line: &[Word<bool>], role: Role, look: Look) -> String {
    let mut runs: Vec<(Run<'_>, bool)> = Vec::new();
    let mut before = None;
    for word in line {
        let first = word.first().is_some_and(|(_, hit)| *hit);
        let space = before.map(|before: bool| (" ", before && first));
        for (text, hit) in space.into_iter().chain(word.iter().map(|(text, hit)| (text.as_str(), *hit))) {
            match runs.last_mut() {
                Some((run, same)) if *same == hit => run.0.push(text),
                _ => runs.push((Run(vec![text]), hit)),
            }
        }
        before = Some(word.last().is_some_and(|(_, hit)| *hit));
    }
    let mut out = String::new();
    for (run, hit) in runs {
        // A text is always there to be written to.
        let _ = write!(out, "{}", look.paint(if hit { Role::Mark } else { role }, run));
    }
    out
}

/// Pieces of text of one colour.
struct Run<'a>(Vec<&'a str>);

impl fmt::Display for Run<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|text| f.write_str(text))
    }
}

/// The lines of a passage, as its text has them.
pub(super) fn lines_of(passage: &[Piece]) -> impl Iterator<Item = Vec<Piece>> {
    let piece = |(text, hit): (&str, bool)| (!text.is_empty()).then(|| Piece { text: text.to_owned(), hit });
    split(passage, ['\n']).map(move |parts| parts.into_iter().filter_map(piece).collect())
}

/// Splits a passage at some characters, across the borders of its pieces.
fn split<const N: usize>(passage: &[Piece], at: [char; N]) -> impl Iterator<Item = Vec<(&str, bool)>> {
    let parts = passage.iter().flat_map(move |piece| {
        let parts = piece.text.split(at).enumerate();
        parts.map(|(number, text)| (number > 0, text, piece.hit))
    });
    let mut parts = parts.peekable();
    std::iter::from_fn(move || {
        let (_, text, hit) = parts.next()?;
        let mut run = vec![(text, hit)];
        while let Some((_, text, hit)) = parts.next_if(|(begins, ..)| !begins) {
            run.push((text, hit));
        }
        Some(run)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(text: &str, hit: bool) -> Piece {
        Piece { text: text.to_owned(), hit }
    }

    #[test]
    fn what_matched_is_painted_as_a_whole() {
        let look = Look { colour: true, ..Look::default() };
        let passage = [
            piece("Une ", false),
            piece("offre de rachat", true),
            piece(" de l’", false),
            piece("été", true),
            piece(".", false),
        ];
        let mark = |text: &str| look.paint(Role::Mark, text).to_string();
        let expected = [format!("Une {}", mark("offre de")), format!("{} de l’{}.", mark("rachat"), mark("été"))];
        assert_eq!(marked_lines(&passage, 16, Role::Plain, look).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn lines_keep_their_marks() {
        let lines: Vec<Vec<Piece>> =
            lines_of(&[piece("un\nde", false), piece("ux\n", true), piece("trois", false)]).collect();
        let expected =
            [vec![piece("un", false)], vec![piece("de", false), piece("ux", true)], vec![piece("trois", false)]];
        assert_eq!(lines, expected);
    }
}
