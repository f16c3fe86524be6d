//! What a word stands for among the terms of the index: itself, all that begin so, all that are near.

use std::collections::{BTreeMap, BTreeSet};

use tantivy::schema::Field;
use tantivy::{Searcher, SegmentReader, Term};

use super::beside::beside;
use super::document::as_written;
use super::terms::{WIDEST, joined};
use crate::french::{Term as Forms, singular};
use crate::query::Word;

/// Whether a term is one of those a word stands for.
type Wanted<'a> = Box<dyn Fn(&str) -> bool + Sync + 'a>;

/// The terms of a field of folded words that a prefix or a fuzzy word stands for, with the number of documents of each.
pub(super) fn expand(searcher: &Searcher, field: Field, word: &Word) -> tantivy::Result<BTreeMap<String, u64>> {
    let (beginning, wanted): (&str, Wanted<'_>) = match word {
        Word::Prefix(prefix) => (prefix, Box::new(|_| true)),
        Word::Fuzzy { word, edits } => {
            (first_letter(word), Box::new(move |term| within(word, term, usize::from(*edits))))
        }
        Word::Stem(_) | Word::Folded(_) | Word::Exact { .. } => return Ok(BTreeMap::new()),
    };
    scan(searcher, field, beginning, &*wanted)
}

/// The folded words that a word stands for, with the number of documents of each. Reads every word of the index for a stem.
pub(super) fn forms(
    searcher: &Searcher,
    field: Field,
    word: &Word,
    by_stem: bool,
) -> tantivy::Result<BTreeMap<String, u64>> {
    let of_folded = |term: &str| Forms::of_folded(term.to_owned());
    let (beginning, wanted): (&str, Wanted<'_>) = match word {
        Word::Stem(forms) if by_stem && forms.light.is_some() => {
            ("", Box::new(move |term| of_folded(term).light == forms.light))
        }
        Word::Stem(forms) => ("", Box::new(move |term| of_folded(term).plural == forms.plural)),
        Word::Folded(folded) | Word::Exact { folded, .. } => (folded, Box::new(move |term| term == folded)),
        Word::Prefix(_) | Word::Fuzzy { .. } => return expand(searcher, field, word),
    };
    scan(searcher, field, beginning, &*wanted)
}

/// The terms that begin so and are wanted, with the number of documents of each; two threads take every other segment.
fn scan(
    searcher: &Searcher,
    field: Field,
    beginning: &str,
    wanted: &(dyn Fn(&str) -> bool + Sync),
) -> tantivy::Result<BTreeMap<String, u64>> {
    let segments = searcher.segment_readers();
    let every_other = |first: usize| scan_segments(segments.iter().skip(first).step_by(2), field, beginning, wanted);
    if segments.len() < 2 {
        return every_other(0);
    }
    let (odd, even) = beside(|| every_other(1), || every_other(0));
    let mut found = even?;
    for (term, documents) in odd? {
        *found.entry(term).or_insert(0) += documents;
    }
    Ok(found)
}

fn scan_segments<'a>(
    segments: impl Iterator<Item = &'a SegmentReader>,
    field: Field,
    beginning: &str,
    wanted: &dyn Fn(&str) -> bool,
) -> tantivy::Result<BTreeMap<String, u64>> {
    let mut found = BTreeMap::new();
    for segment in segments {
        let inverted = segment.inverted_index(field)?;
        let mut terms = inverted.terms().range().ge(beginning.as_bytes()).into_stream()?;
        while terms.advance() {
            if !terms.key().starts_with(beginning.as_bytes()) {
                break;
            }
            // In a field with positions a joined form carries its width.
            if let Ok(term) =
                std::str::from_utf8(terms.key()).map(|term| term.split('\u{4}').next().unwrap_or_default())
                && wanted(term)
            {
                *found.entry(term.to_owned()).or_insert(0) += u64::from(terms.value().doc_freq);
            }
        }
    }
    Ok(found)
}

/// A folded word as most of its `count` documents write it, where the field tells.
pub(super) fn as_read(searcher: &Searcher, field: Field, folded: &str, count: u64) -> tantivy::Result<String> {
    let beginning = as_written(folded, "");
    let written = scan(searcher, field, &beginning, &|_| true)?;
    let most =
        written.into_iter().max_by_key(|(_, documents)| *documents).filter(|(_, documents)| documents * 2 > count);
    Ok(most.and_then(|(term, _)| Some(term.strip_prefix(&beginning)?.to_owned())).unwrap_or_else(|| folded.to_owned()))
}

/// A term of a field with positions, and how many positions it covers.
pub(super) type PlacedTerm = (Term, u32);

/// The terms at whose positions a word stands: as one word, or as the joined form of several.
pub(super) fn placed(field: Field, text: &str) -> Vec<PlacedTerm> {
    let joined_forms = (2..=WIDEST).map(|width| (Term::from_field_text(field, &joined(text, width)), width));
    std::iter::once((Term::from_field_text(field, text), 1)).chain(joined_forms).collect()
}

/// The terms of `plural` at whose positions `word` may stand: exactly its own for a stem, else as few as can be told.
pub(super) fn plural_terms(
    searcher: &Searcher,
    exact: Field,
    field: Field,
    word: &Word,
) -> tantivy::Result<Vec<PlacedTerm>> {
    Ok(match word {
        Word::Stem(forms) => placed(field, &forms.plural),
        Word::Folded(folded) | Word::Exact { folded, .. } => placed(field, &singular(folded)),
        Word::Prefix(_) | Word::Fuzzy { .. } => {
            let found = expand(searcher, exact, word)?;
            let terms: BTreeSet<String> = found.keys().map(|found| singular(found).into_owned()).collect();
            terms.iter().flat_map(|found| placed(field, found)).collect()
        }
    })
}

fn first_letter(word: &str) -> &str {
    let end = word.chars().next().map_or(0, char::len_utf8);
    word.get(..end).unwrap_or_default()
}

/// Whether two words are at most `edits` insertions, deletions, substitutions or swaps of neighbours apart (optimal string
/// alignment, after Damerau 1964), and begin with the same letter.
pub(crate) fn within(word: &str, other: &str, edits: usize) -> bool {
    let far = if word.is_ascii() && other.is_ascii() { edits } else { edits * 4 };
    if first_letter(word) != first_letter(other) || word.len().abs_diff(other.len()) > far {
        return false;
    }
    // No edit brings in or takes out more than one byte each, of the four that a letter may have.
    if (bytes_of(word) ^ bytes_of(other)).count_ones() as usize > 2 * far {
        return false;
    }
    let (word, other): (Vec<char>, Vec<char>) = (word.chars().take(128).collect(), other.chars().take(128).collect());
    if word.len().abs_diff(other.len()) > edits {
        return false;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, &a) in word.iter().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(i + 1);
        for (j, &b) in other.iter().enumerate() {
            let at = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX / 2);
            let mut cost = (at(&row, j) + usize::from(a != b)).min(at(&row, j + 1) + 1).min(at(&next, j) + 1);
            let swapped = i > 0 && j > 0 && word.get(i - 1) == Some(&b) && other.get(j - 1) == Some(&a);
            if swapped {
                cost = cost.min(at(&before, j - 1) + 1);
            }
            next.push(cost);
        }
        if next.iter().all(|&cost| cost > edits) {
            return false;
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().is_some_and(|&cost| cost <= edits)
}

/// The bytes of a word, a bit each; some share one.
fn bytes_of(word: &str) -> u64 {
    word.bytes().fold(0, |bits, byte| bits | 1 << (byte & 0x3f))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, proptest};

    use super::within;

    /// The fewest edits, by the definition.
    fn distance(word: &[char], other: &[char]) -> usize {
        match (word, other) {
            ([], rest) | (rest, []) => rest.len(),
            ([.., a], [.., b]) => {
                let (shorter, other_shorter) = (&word[..word.len() - 1], &other[..other.len() - 1]);
                let single = (distance(shorter, other_shorter) + usize::from(a != b))
                    .min(distance(shorter, other) + 1)
                    .min(distance(word, other_shorter) + 1);
                match (word, other) {
                    ([before @ .., x, y], [other_before @ .., v, w]) if (x, y) == (w, v) => {
                        single.min(distance(before, other_before) + 1)
                    }
                    _ => single,
                }
            }
        }
    }

    proptest! {
        #[test]
        fn nearness_is_what_its_definition_says(word in "a[abcé東]{0,4}", other in "a[abcdé東]{0,4}", edits in 0_usize..3) {
            let [first, second] = [&word, &other].map(|word| word.chars().collect::<Vec<char>>());
            prop_assert!(within(&word, &other, edits) == (distance(&first, &second) <= edits));
        }
    }

    #[test]
    fn typing_errors_are_counted() {
        assert!(within("altman", "altmann", 1));
        assert!(within("altman", "atlman", 1));
        assert!(!within("altman", "oltman", 2), "the first letter is right");
        assert!(!within("altman", "alman", 0));
        assert!(within("altman", "almann", 2));
        assert!(!within("altman", "albania", 2));
    }
}
