//! Breaks a passage into lines, with what matched in the colour of marks.

use super::style::{Look, Role};
use super::visible;
use super::wrap::fill;
use crate::search::Piece;

/// Lines of words, those that matched in the colour of marks, the rest in that of their role.
pub(super) fn marked_lines(passage: &[Piece], width: usize, role: Role, look: Look) -> Vec<String> {
    // Words carry their pieces: a word may be marked in part (l’offre).
    let mut words: Vec<(String, Vec<(String, bool)>)> = Vec::new();
    let mut glued = false;
    for piece in passage {
        let text = visible(&piece.text).replace(['\n', '\t'], " ");
        for (number, part) in text.split(' ').enumerate() {
            glued &= number == 0;
            if part.is_empty() {
                glued = false;
                continue;
            }
            let pieces = match words.last_mut() {
                Some((word, pieces)) if glued => {
                    word.push_str(part);
                    pieces
                }
                _ => {
                    words.push((part.to_owned(), Vec::new()));
                    match words.last_mut() {
                        Some((_, pieces)) => pieces,
                        None => continue,
                    }
                }
            };
            pieces.push((part.to_owned(), piece.hit));
            glued = true;
        }
    }
    fill(words, width).iter().map(|line| painted(line, role, look)).collect()
}

/// A line; a space between two words that matched is in the colour of marks too.
fn painted(line: &[(String, Vec<(String, bool)>)], role: Role, look: Look) -> String {
    let mut runs: Vec<(String, bool)> = Vec::new();
    let mut push = |text: &str, hit: bool| match runs.last_mut() {
        Some((run, same)) if *same == hit => run.push_str(text),
        _ => runs.push((text.to_owned(), hit)),
    };
    let mut before = None;
    for (_, pieces) in line {
        let first = pieces.first().is_some_and(|(_, hit)| *hit);
        if let Some(before) = before {
            push(" ", before && first);
        }
        pieces.iter().for_each(|(text, hit)| push(text, *hit));
        before = Some(pieces.last().is_some_and(|(_, hit)| *hit));
    }
    let paint = |(text, hit): &(String, bool)| look.paint(if *hit { Role::Mark } else { role }, text).to_string();
    runs.iter().map(paint).collect()
}

/// The lines of a passage, as its text has them.
pub(super) fn lines_of(passage: &[Piece]) -> Vec<Vec<Piece>> {
    let mut lines = vec![Vec::new()];
    for piece in passage {
        for (number, text) in piece.text.split('\n').enumerate() {
            if number > 0 {
                lines.push(Vec::new());
            }
            if let Some(line) = lines.last_mut().filter(|_| !text.is_empty()) {
                line.push(Piece { text: text.to_owned(), hit: piece.hit });
            }
        }
    }
    lines
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
        assert_eq!(marked_lines(&passage, 16, Role::Plain, look), expected);
    }

    #[test]
    fn lines_keep_their_marks() {
        let lines = lines_of(&[piece("un\nde", false), piece("ux\n", true), piece("trois", false)]);
        let expected =
            [vec![piece("un", false)], vec![piece("de", false), piece("ux", true)], vec![piece("trois", false)]];
        assert_eq!(lines, expected);
    }
}
