//! Words that lost the space before the next one: `Journalqui` where the article has `journal` elsewhere.

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;

use super::cache::{Cache, Form, Known};
use super::tokenize::{Kind, Piece, Pieces, has_letters, next_piece, slice};

/// Small words that a capitalised word may end in, longer ones before what they end in. Those that make names (Louis and
/// Louise, Martin and Martine, Robert and Roberte) are not among them.
const ENDINGS: &[&str] = &["pour", "dans", "avec", "sont", "est", "ont", "qui", "que", "sur", "par", "et", "a"];

/// Letters that the word before the ending must have.
const MIN_LETTERS: usize = 4;

/// Letters that it must have before `a` and `et`, which are endings of names too.
const MIN_LETTERS_BEFORE_SHORT: usize = 6;

/// The glued words of one article, with what glued to them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Glued {
    /// Folded.
    words: HashSet<String>,
}

impl Glued {
    /// Finds the glued words in the parts of one article; `None` if there are none. A word is glued if it stands only
    /// once and what is left without its ending stands elsewhere as a word.
    pub(super) fn find(parts: &[Pieces<'_, Known>], cache: &mut Cache) -> Option<Self> {
        // What is left without the ending, folded, and whether it was seen; the whole, and how often it was.
        let mut lefts: HashMap<String, bool, RandomState> = HashMap::default();
        let mut wholes: HashMap<String, (String, u32), RandomState> = HashMap::default();
        each_word(parts, &mut |text, piece| {
            // Most words are told by their first byte.
            if text.as_bytes().get(piece.start).is_none_or(u8::is_ascii_lowercase) {
                return;
            }
            let word = slice(text, piece.start, piece.end);
            let Some((left, _)) = split(word) else { return };
            let folded = |word: &str, cache: &mut Cache| cache.term(word, Form::Word).map(|term| term.exact.clone());
            let (Some(left), Some(whole)) = (folded(left, cache), folded(word, cache)) else { return };
            wholes.entry(whole).or_insert_with(|| (left.clone(), 0)).1 += 1;
            lefts.insert(left, false);
        });
        if lefts.is_empty() {
            return None;
        }
        let outlines = Outlines::of(lefts.keys());
        each_word(parts, &mut |text, piece| {
            if outlines.may_hold(text.as_bytes().get(piece.start..piece.end).unwrap_or_default())
                && let Some(term) = cache.term(slice(text, piece.start, piece.end), Form::Word)
                && let Some(seen) = lefts.get_mut(&term.exact)
            {
                *seen = true;
            }
        });
        let glued = |left: &String, times: u32| times == 1 && lefts.get(left) == Some(&true);
        let words: HashSet<String> =
            wholes.into_iter().filter(|(_, (left, times))| glued(left, *times)).map(|(whole, _)| whole).collect();
        (!words.is_empty()).then_some(Self { words })
    }

    /// The two words in a glued one, as spelled; `folded` is the whole.
    pub(super) fn parts<'a>(&self, word: &'a str, folded: &str) -> Option<(&'a str, &'a str)> {
        self.words.contains(folded).then(|| split(word)).flatten()
    }
}

/// How some words begin and end and how long they are: nearly all others are told apart by that, without folding them.
struct Outlines {
    /// For each first byte the lengths in bytes and the last bytes, a bit each; those that are beyond 31 bits share one.
    of_initial: [(u32, u32); 256],
}

impl Outlines {
    /// The outlines of folded words.
    fn of<'a>(words: impl Iterator<Item = &'a String>) -> Self {
        let mut of_initial = [(0, 0); 256];
        for word in words {
            if let [initial, .., last] = word.as_bytes()
                && let Some((lengths, lasts)) = of_initial.get_mut(usize::from(*initial))
            {
                *lengths |= Self::length(word.as_bytes());
                *lasts |= Self::letter(*last);
            }
        }
        Self { of_initial }
    }

    /// Whether a word as spelled may be one of them. A letter beyond ASCII may fold to anything.
    #[inline]
    fn may_hold(&self, word: &[u8]) -> bool {
        // No character that takes one byte or two folds to more than two letters.
        let [initial, _, .., last] = word else { return false };
        if !initial.is_ascii() {
            return word.len() > 2;
        }
        let (lengths, lasts) =
            self.of_initial.get(usize::from(initial.to_ascii_lowercase())).copied().unwrap_or_default();
        // Of a long word the end may not count.
        (!last.is_ascii() || word.len() >= 31 || lasts & Self::letter(*last) != 0)
            && (lengths & Self::length(word) != 0 || (lengths != 0 && !word.is_ascii()))
    }

    fn length(word: &[u8]) -> u32 {
        1 << word.len().min(31)
    }

    /// A letter's bit, whatever its case.
    fn letter(byte: u8) -> u32 {
        1 << (byte & 31)
    }
}

/// The two words in what looks like a glued word: a capitalised word that ends in a small word.
fn split(word: &str) -> Option<(&str, &str)> {
    if !word.starts_with(char::is_uppercase) {
        return None;
    }
    let last = word.as_bytes().last();
    ENDINGS.iter().filter(|ending| ending.as_bytes().last() == last).find_map(|ending| {
        let left = word.strip_suffix(ending)?;
        let least = if ending.len() <= 2 { MIN_LETTERS_BEFORE_SHORT } else { MIN_LETTERS };
        has_letters(left, least).then(|| word.split_at_checked(left.len()))?
    })
}

/// Calls `each` with every word of letters alone.
#[inline]
fn each_word(parts: &[Pieces<'_, Known>], each: &mut impl FnMut(&str, Piece)) {
    for Pieces { text, cut } in parts {
        let begin = cut.last().map_or(0, |(last, _)| last.end);
        let others = std::iter::successors(next_piece(text, begin), |piece| next_piece(text, piece.end));
        let pieces = cut.iter().map(|(piece, _)| *piece).chain(others);
        for piece in pieces.filter(|piece| piece.kind == Kind::Letters) {
            each(text, piece);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(texts: &[&str]) -> Option<Glued> {
        let parts: Vec<Pieces<'_, Known>> = texts.iter().map(|text| Pieces { text, cut: &[] }).collect();
        Glued::find(&parts, &mut Cache::default())
    }

    #[test]
    fn finds_words_whose_beginning_stands_elsewhere() {
        let glued = find(&["La Gazettequi paraît", "lire la Gazette"]).unwrap();
        assert_eq!(glued.parts("Gazettequi", "gazettequi"), Some(("Gazette", "qui")));
        assert_eq!(glued.parts("Gazette", "gazette"), None);
    }

    #[test]
    fn leaves_words_and_names() {
        for texts in [
            &["La Gazettequi paraît"][..],
            &["la gazettequi paraît, une gazette"],
            &["Roberta et Robert, Roberta encore"],
            &["Rosa aime les Ros"],
            &["Louise et Louis, Martine et Martin"],
        ] {
            assert_eq!(find(texts), None, "{texts:?}");
        }
    }
}
