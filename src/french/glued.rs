//! Words that lost the space before the next one: `Journalqui` where the article has `journal` elsewhere.

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;

use super::cache::{Cache, Form};
use super::tokenize::{Kind, Pieces, has_letters, slice};

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
    pub(super) fn find(parts: &[Pieces<'_>], cache: &mut Cache) -> Option<Self> {
        // What is left without the ending, folded, and whether it was seen; the whole, and how often it was.
        let mut lefts: HashMap<String, bool, RandomState> = HashMap::default();
        let mut wholes: HashMap<String, (String, u32), RandomState> = HashMap::default();
        each_word(parts, &mut |word| {
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
        each_word(parts, &mut |word| {
            if outlines.may_hold(word)
                && let Some(term) = cache.term(word, Form::Word)
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

/// How some words begin and how long they are: most other words are told apart by that, without folding them.
struct Outlines {
    /// For each first byte the lengths in bytes, a bit each; longer ones share the last.
    lengths: [u32; 256],
}

impl Outlines {
    /// The outlines of folded words.
    fn of<'a>(words: impl Iterator<Item = &'a String>) -> Self {
        let mut lengths = [0; 256];
        for word in words {
            if let Some(of_initial) = word.bytes().next().and_then(|byte| lengths.get_mut(usize::from(byte))) {
                *of_initial |= Self::bit(word);
            }
        }
        Self { lengths }
    }

    /// Whether a word as spelled may be one of them. A letter beyond ASCII may fold to anything.
    fn may_hold(&self, word: &str) -> bool {
        // No character that takes one byte or two folds to more than two letters.
        if word.len() <= 2 {
            return false;
        }
        let Some(initial) = word.bytes().next() else { return false };
        let lengths = self.lengths.get(usize::from(initial.to_ascii_lowercase())).copied().unwrap_or(0);
        !initial.is_ascii() || lengths & Self::bit(word) != 0 || (lengths != 0 && !word.is_ascii())
    }

    fn bit(word: &str) -> u32 {
        1 << word.len().min(31)
    }
}

/// The two words in what looks like a glued word: a capitalised word that ends in a small word.
fn split(word: &str) -> Option<(&str, &str)> {
    // Most words are told by their first byte.
    if word.bytes().next().is_none_or(|byte| byte.is_ascii_lowercase()) || !word.starts_with(char::is_uppercase) {
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
fn each_word(parts: &[Pieces<'_>], each: &mut impl FnMut(&str)) {
    for part in parts {
        let (mut pieces, mut from) = (*part, 0);
        while let Some(piece) = pieces.next(from) {
            from = piece.end;
            if piece.kind == Kind::Letters {
                each(slice(pieces.text, piece.start, piece.end));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(texts: &[&str]) -> Option<Glued> {
        let parts: Vec<Pieces<'_>> = texts.iter().map(|text| Pieces { text, known: &[] }).collect();
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
