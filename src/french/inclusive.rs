//! Inclusive writing: `étudiant·e·s`, `étudiant.e.s`, `étudiant-e-s`, `auteur(e)s`, `acteur·rice·s` are their first word.

use super::tokenize::{Kind, Piece, char_at, letters, piece_at, slice};

/// Endings that may follow a full stop, a hyphen or stand in brackets.
const ENDINGS: &[&str] = &[
    "e", "es", "euse", "euses", "ice", "ices", "ne", "nes", "rice", "rices", "s", "trice", "trices", "iere", "ieres",
    "ière", "ières", "ère", "ères",
];

/// Endings after a middle dot or in brackets are letters like these, whatever they spell.
const MAX_LETTERS: usize = 6;

/// Endings one word may have.
const MAX_ENDINGS: usize = 4;

/// Where the word that begins at `start` and has its first ending at `end` ends; `None` if it is written as usual.
pub(super) fn end(text: &str, start: usize, end: usize) -> Option<usize> {
    let word = slice(text, start, end);
    let mut reached = end;
    for nth in 0..MAX_ENDINGS {
        match ending(text, word, reached, nth) {
            Some(next) => reached = next,
            None => break,
        }
    }
    (reached > end).then_some(reached)
}

/// Where the ending that begins at `from` with its mark ends.
fn ending(text: &str, word: &str, from: usize, nth: usize) -> Option<usize> {
    let mark = char_at(text, from)?;
    if !is_middle_dot(mark) && !matches!(mark, '.' | '-' | '‐' | '‑' | '(') {
        return None;
    }
    let piece = piece_at(text, from + mark.len_utf8()).filter(|piece| piece.kind == Kind::Letters)?;
    let found = slice(text, piece.start, piece.end);
    if !has_case_of(found, word) {
        return None;
    }
    let listed = ENDINGS.iter().any(|ending| found.eq_ignore_ascii_case(ending));
    match mark {
        '(' => end_in_brackets(text, piece).filter(|_| listed || is_short(found) && word.ends_with(found)),
        '.' | '-' | '‐' | '‑' => {
            let plural = found.eq_ignore_ascii_case("s");
            (listed && letters(word).nth(2).is_some() && (!plural || nth > 0)).then_some(piece.end)
        }
        _ => (is_short(found) && !is_catalan(word, found)).then_some(piece.end),
    }
}

/// Whether a character is used as the middle dot of inclusive writing.
pub(super) fn is_middle_dot(c: char) -> bool {
    matches!(c, '·' | '•' | '⋅' | '‧' | '∙' | '・')
}

/// `(e)s`: the bracket, and what follows it.
fn end_in_brackets(text: &str, piece: Piece) -> Option<usize> {
    let closed = piece.end + char_at(text, piece.end).filter(|c| *c == ')')?.len_utf8();
    let Some(rest) = piece_at(text, closed) else { return Some(closed) };
    let letters = slice(text, rest.start, rest.end);
    ["s", "x", "es"].iter().any(|plural| letters.eq_ignore_ascii_case(plural)).then_some(rest.end)
}

/// An ending is in small letters unless the whole word is in capitals: `Nord·Sud` are two words.
fn has_case_of(ending: &str, word: &str) -> bool {
    letters(ending).all(char::is_lowercase) || letters(word).all(char::is_uppercase)
}

fn is_short(ending: &str) -> bool {
    letters(ending).nth(MAX_LETTERS).is_none()
}

/// `Col·legi`: the Catalan double l.
fn is_catalan(word: &str, letters: &str) -> bool {
    word.ends_with(['l', 'L'])
        && letters.starts_with(['l', 'L'])
        && !["le", "les"].iter().any(|ending| letters.eq_ignore_ascii_case(ending))
}

#[cfg(test)]
mod tests {
    use super::super::tokenize::next_piece;
    use super::*;

    fn read(text: &str) -> &str {
        let word = next_piece(text, 0).unwrap();
        slice(text, 0, end(text, word.start, word.end).unwrap_or(word.end))
    }

    #[test]
    fn takes_the_endings_in() {
        for text in [
            "journaliste·s",
            "Français·e·s",
            "étudiant.e.s",
            "étudiant-e-s",
            "auteur(e)s",
            "élu·es",
            "acteur·rice·s",
            "ÉLU·E·S",
            "professionnel·le·s",
            "heureux·ses",
            "acteur(trice)s",
            "citoyen-ne-s",
            "chanteur.euse.s",
            "ami(e)(s)",
        ] {
            assert_eq!(read(text), text);
        }
    }

    #[test]
    fn leaves_other_marks() {
        for (text, word) in [
            ("Macron(LREM)", "Macron"),
            ("fin.Les", "fin"),
            ("dit-elle", "dit"),
            ("Nord·Sud", "Nord"),
            ("Col·legi", "Col"),
            ("Model-s", "Model"),
            ("lemonde.fr", "lemonde"),
            ("c.e", "c"),
        ] {
            assert_eq!(read(text), word);
        }
    }
}
