//! Terms that are more than a folded word, and the distance between blocks.

/// The tokenizer's name in the schema. It is never called: what the index takes is analysed already.
pub(super) const TOKENIZER: &str = "newsgrep_terms";

/// Positions between two blocks: more than any phrase or NEAR may bridge.
pub(crate) const BLOCK_GAP: u32 = 1000;

/// The most positions a joined form covers.
pub(super) const WIDEST: u32 = 8;

/// A joined form as a term of a field with positions: the term, and how many positions it covers. A word that is written
/// joined (`weekend`) and one that is not (`week-end`) are told apart so, for phrases. No folded term holds a control
/// character.
pub(super) fn joined(term: &str, width: u32) -> String {
    format!("{term}\u{4}{}", width.min(WIDEST))
}
