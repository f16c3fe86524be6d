//! What an apostrophe does to the word before it.

use super::tokenize::{Kind, Piece, begins_word, char_at, letters, piece_at, slice};

/// Words that lose their vowel before another and then take no position.
const ELIDED: &[&str] =
    &["l", "d", "qu", "s", "n", "c", "j", "m", "t", "jusqu", "lorsqu", "puisqu", "quoiqu", "presqu"];

/// Beginnings of words with an apostrophe of their own: aujourd'hui, prud'homme, quelqu'un, entr'aide, grand'mère.
const LEXICAL: &[&str] = &["aujourd", "prud", "quelqu", "entr", "grand"];

/// What an apostrophe after a piece means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Apostrophe {
    /// The piece is elided; the word that follows, if it follows directly.
    Elided(Option<Piece>),
    /// The apostrophe belongs to a word that ends here.
    Lexical(usize),
    /// An English genitive that ends here.
    Possessive(usize),
    /// It joins two parts: `rock'n'roll`.
    Joins(Piece),
}

/// Reads the apostrophe after `piece`; `None` if there is none or it closes a quotation.
pub(super) fn read(text: &str, piece: Piece) -> Option<Apostrophe> {
    let after = piece.end + char_at(text, piece.end).filter(|c| is_apostrophe(*c))?.len_utf8();
    let word = slice(text, piece.start, piece.end);
    let elided = is_one_of(word, ELIDED);
    let Some(next) = piece_at(text, after) else {
        // `l’ Équipe`: a space too many.
        let space = char_at(text, after).filter(|c| c.is_whitespace() && *c != '\n')?;
        return (elided && begins_word(text, after + space.len_utf8())).then_some(Apostrophe::Elided(None));
    };
    let following = slice(text, next.start, next.end);
    let within = slice(text, 0, piece.start).ends_with(is_apostrophe); // rock'n'roll
    if elided && (within || !is_part_of_name(word, following)) && !is_presquile(word, following) {
        return Some(Apostrophe::Elided(Some(next)));
    }
    if !elided && following.eq_ignore_ascii_case("s") {
        return Some(Apostrophe::Possessive(next.end));
    }
    if piece.kind != Kind::Letters {
        return None;
    }
    let short = letters(word).nth(2).is_none(); // O'Brien
    Some(if short || elided || is_one_of(word, LEXICAL) {
        Apostrophe::Lexical(next.end)
    } else {
        Apostrophe::Joins(next)
    })
}

/// Whether a character is used as an apostrophe.
pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ' | '＇' | '‘' | '‛' | '′' | '´' | '`')
}

fn is_one_of(word: &str, list: &[&str]) -> bool {
    word.len() <= 7 && list.iter().any(|entry| word.eq_ignore_ascii_case(entry))
}

/// N'Djamena, N'Golo, M'Hamed: nothing is elided before a consonant, nor in a capital before a capitalised name.
fn is_part_of_name(word: &str, following: &str) -> bool {
    if !is_one_of(word, &["m", "n"]) {
        return false;
    }
    let mut following = letters(following);
    let (first, second) = (following.next(), following.next());
    let consonant = first.is_some_and(|c| c.is_ascii_alphabetic() && !"aeiouyhAEIOUYH".contains(c));
    let capitals = word.bytes().all(|byte| byte.is_ascii_uppercase())
        && first.is_some_and(char::is_uppercase)
        && second.is_some_and(char::is_lowercase);
    consonant || capitals
}

fn is_presquile(word: &str, following: &str) -> bool {
    word.eq_ignore_ascii_case("presqu")
        && letters(following).zip("île".chars()).all(|(letter, expected)| {
            letter.to_lowercase().eq([expected]) || matches!((letter, expected), ('i' | 'I', 'î'))
        })
        && letters(following).nth(2).is_some()
}

#[cfg(test)]
mod tests {
    use super::super::tokenize::next_piece;
    use super::*;

    fn after_first(text: &str) -> Option<&'static str> {
        Some(match read(text, next_piece(text, 0).unwrap())? {
            Apostrophe::Elided(_) => "elided",
            Apostrophe::Lexical(_) => "lexical",
            Apostrophe::Possessive(_) => "possessive",
            Apostrophe::Joins(_) => "joins",
        })
    }

    #[test]
    fn tells_elision_from_words_with_an_apostrophe() {
        for (text, meaning) in [
            ("l’été", Some("elided")),
            ("d'1 euro", Some("elided")),
            ("QU'ELLE", Some("elided")),
            ("l' Équipe", Some("elided")),
            ("presqu'aussi", Some("elided")),
            ("n'oublie", Some("elided")),
            ("m'habille", Some("elided")),
            ("presqu’île", Some("lexical")),
            ("aujourdʼhui", Some("lexical")),
            ("quelqu'un", Some("lexical")),
            ("O’Brien", Some("lexical")),
            ("N'Djamena", Some("lexical")),
            ("N’GOLO", Some("lexical")),
            ("M'Hamed", Some("lexical")),
            ("Mbappé’s", Some("possessive")),
            ("rock'n'roll", Some("joins")),
            ("mot' suite", None),
            ("mot", None),
        ] {
            assert_eq!(after_first(text), meaning, "{text}");
        }
    }
}
