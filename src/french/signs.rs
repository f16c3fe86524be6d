//! Words with signs in them or in place of letters: `O.N.U.`, `C++`, `St`, `https://`.

use super::tokenize::{Kind, Piece, begins_word, char_at, letters, piece_at, slice};

/// `https://` and `www.` are no words.
pub(super) fn is_address_prefix(text: &str, piece: Piece) -> bool {
    let rest = text.as_bytes().get(piece.end..).unwrap_or_default();
    match slice(text, piece.start, piece.end) {
        "http" | "https" | "HTTP" | "HTTPS" => rest.starts_with(b"://"),
        "www" | "WWW" => rest.starts_with(b"."),
        _ => false,
    }
}

/// Where the dotted acronym that begins with `piece` ends: `O.N.U`, `S.N.C.F`, but not `M.Durand`.
pub(super) fn end_of_acronym(text: &str, piece: Piece) -> Option<usize> {
    if text.as_bytes().get(piece.end) != Some(&b'.') {
        return None;
    }
    let letter = |piece: &Piece| {
        let mut chars = letters(slice(text, piece.start, piece.end));
        chars.next().filter(|_| piece.kind == Kind::Letters && chars.next().is_none())
    };
    let capital = letter(&piece)?.is_uppercase();
    let mut end = None;
    let mut at = piece.end;
    while char_at(text, at) == Some('.')
        && let Some(next) = piece_at(text, at + 1)
        && letter(&next).is_some_and(|c| c.is_uppercase() == capital)
    {
        at = next.end;
        end = Some(at);
    }
    end
}

/// Where `C++` or `C#` ends.
pub(super) fn end_of_signs(text: &str, piece: Piece) -> Option<usize> {
    if piece.end - piece.start != 1 {
        return None;
    }
    let signs =
        ["++", "#"].into_iter().find(|signs| text.get(piece.end..).is_some_and(|rest| rest.starts_with(signs)))?;
    let end = piece.end + signs.len();
    (!begins_word(text, end)).then_some(end)
}

/// What `St` and `Ste` stand for.
pub(super) fn saint(word: &str) -> Option<&'static str> {
    match word {
        "St" | "ST" | "st" => Some("saint"),
        "Ste" | "STE" | "ste" => Some("sainte"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tokenize::next_piece;
    use super::*;

    fn acronym(text: &str) -> Option<&str> {
        end_of_acronym(text, next_piece(text, 0).unwrap()).map(|end| slice(text, 0, end))
    }

    #[test]
    fn an_acronym_is_letters_with_points_between() {
        assert_eq!(acronym("O.N.U. dit"), Some("O.N.U"));
        assert_eq!(acronym("J.F.Durand"), Some("J.F"));
        for text in ["M.Durand", "M. A", "A.b", "fin.A"] {
            assert_eq!(acronym(text), None, "{text}");
        }
    }

    #[test]
    fn signs_end_a_word_of_one_letter() {
        let signs = |text: &str| end_of_signs(text, next_piece(text, 0).unwrap());
        assert_eq!((signs("C++"), signs("C#, F#"), signs("a+b"), signs("x#y")), (Some(3), Some(2), None, None));
    }
}
