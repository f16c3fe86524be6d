//! French analysis: text to terms. Pure: no I/O, no panics, and no types of any search engine.
//!
//! One pass gives each token its three nested forms (see [`Term`]) and its place in the text. The way of a word:
//!
//! 1. `tokenize` cuts the text into pieces, runs of letters and digits;
//! 2. `compound` puts pieces together that make one word or one compound, with `elision` (what an apostrophe does),
//!    `inclusive` (`étudiant·e·s`), `signs` (`O.N.U.`), `number` (`1 000`, `97,4`) and `measure` (`50 %`, `3 M€`, `20 h`);
//! 3. `fold` removes case, accents and ligatures: [`Term::exact`];
//! 4. `plural` removes plural endings and gives an ordinal its one form: [`Term::plural`];
//! 5. `light` stems: [`Term::light`], but not for `small_words`.
//!
//! Accents go before stemming, so that what is typed without them meets what is written with them. The stemmer follows
//! Jacques Savoy's light and minimal stemmers for French (A stemming procedure and stopword list for general French
//! corpora, JASIS 50(10), 1999; Université de Neuchâtel), rewritten for unaccented words and kept milder.

mod analyzer;
mod bytes_map;
mod cache;
mod compound;
mod elision;
mod fold;
mod glued;
mod inclusive;
mod irregular;
mod light;
mod measure;
mod number;
mod ordinal;
mod plural;
mod second_group;
mod signs;
mod small_words;
mod sought;
mod tokenize;

#[cfg(test)]
mod pairs;

use std::cell::Cell;
use std::num::NonZeroU32;
use std::ops::Range;

pub use analyzer::Analyzer;
pub(crate) use bytes_map::{BytesMap, Sorted};
pub use fold::fold;
pub(crate) use plural::singular;

/// Changes whenever the same text may give other terms; an index made by another version must be rebuilt.
pub const ANALYSIS_VERSION: u32 = 2;

/// The three forms of a word; each is made from the one before, so that what agrees in one agrees in all that follow.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Term {
    /// Case, accents and ligatures folded.
    pub exact: String,
    /// Plural endings removed from `exact`.
    pub plural: String,
    /// `plural` stemmed; `None` for a small word (le, de, que, …).
    pub light: Option<String>,
}

/// One token of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token<'a> {
    /// Its bytes in the text, without an elided prefix (`l’`) and without the punctuation around.
    pub range: Range<usize>,
    /// Its position, counted from 0. Parts of a compound have positions of their own; an elided prefix has none.
    pub position: u32,
    /// How many positions it covers: 1, or more for the joined form of a compound (`weekend` for `week-end`), which
    /// begins at the position of its first part.
    pub width: u32,
    /// Its forms.
    pub term: &'a Term,
    /// A mark that the caller may put on the word as it is written here, once: it comes with the word again while the analyzer
    /// remembers it, until [`Analyzer::forget_marks`]. Joined forms, glued words and their parts keep none.
    pub mark: &'a Cell<Option<Mark>>,
}

/// What a caller knows a word by.
pub type Mark = NonZeroU32;

impl Term {
    /// The forms of a folded word.
    pub(crate) fn of_folded(exact: String) -> Self {
        let plural = plural::singular(&exact).into_owned();
        let light = (!small_words::is_small(&plural)).then(|| light::stem(&plural));
        Self { exact, plural, light }
    }

    /// A word that matters to nobody.
    const NONE: Self = Self::exactly(String::new());

    /// A folded word whose other forms matter to nobody: it has none.
    const fn exactly(exact: String) -> Self {
        Self { exact, plural: String::new(), light: None }
    }
}
