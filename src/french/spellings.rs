//! Spellings as keys of maps: most are short, and are found and compared in their place.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use foldhash::fast::RandomState;

/// A map by spelling, or by any bytes.
#[derive(Debug, Default)]
pub(crate) struct Spellings<V> {
    short: HashMap<Short, V, RandomState>,
    long: HashMap<Box<[u8]>, V, RandomState>,
}

impl<V: Copy> Spellings<V> {
    pub(crate) fn len(&self) -> usize {
        self.short.len() + self.long.len()
    }

    pub(crate) fn get(&self, spelling: &[u8]) -> Option<V> {
        match Short::of(spelling) {
            Some(short) => self.short.get(&short),
            None => self.long.get(spelling),
        }
        .copied()
    }

    pub(crate) fn insert(&mut self, spelling: &[u8], value: V) {
        match Short::of(spelling) {
            Some(short) => self.short.insert(short, value),
            None => self.long.insert(spelling.into(), value),
        };
    }

    /// All of them in the order of their bytes.
    pub(crate) fn into_sorted(self) -> Sorted<V> {
        let length = self.short.keys().map(|short| short.len()).chain(self.long.keys().map(|long| long.len())).sum();
        let mut sorted = Sorted {
            letters: Vec::with_capacity(length),
            ends: Vec::with_capacity(self.len()),
            values: Vec::with_capacity(self.len()),
        };
        let mut short: Vec<([u64; 3], Short, V)> =
            self.short.into_iter().map(|(short, value)| (short.order(), short, value)).collect();
        short.sort_unstable_by_key(|(order, ..)| *order);
        let mut long: Vec<(Box<[u8]>, V)> = self.long.into_iter().collect();
        long.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        let mut long = long.into_iter().peekable();
        for (_, short, value) in short {
            while let Some((long, value)) = long.next_if(|(long, _)| long.iter().copied().lt(short.bytes())) {
                sorted.push(long.iter().copied(), value);
            }
            sorted.push(short.bytes(), value);
        }
        long.for_each(|(long, value)| sorted.push(long.iter().copied(), value));
        sorted
    }
}

/// Spellings in the order of their bytes, one after the other.
pub(crate) struct Sorted<V> {
    letters: Vec<u8>,
    /// Where each ends.
    ends: Vec<usize>,
    pub(crate) values: Vec<V>,
}

impl<V> Sorted<V> {
    fn push(&mut self, spelling: impl Iterator<Item = u8>, value: V) {
        self.letters.extend(spelling);
        self.ends.push(self.letters.len());
        self.values.push(value);
    }

    pub(crate) fn spellings(&self) -> impl Iterator<Item = &[u8]> {
        let mut begin = 0;
        self.ends.iter().map(move |end| self.letters.get(std::mem::replace(&mut begin, *end)..*end).unwrap_or_default())
    }
}

/// A spelling of up to 23 bytes, filled up with zeros, and its length in the last byte: found and compared in its place,
/// without a jump to where a string would keep its bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Short([u64; 3]);

impl PartialEq for Short {
    /// By numbers: to read two together that were just written one by one takes a processor long.
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        let (Self([a, b, c]), Self([d, e, f])) = (self, other);
        ((a ^ d) | (b ^ e) | (c ^ f)) == 0
    }
}

impl Eq for Short {}

impl Short {
    pub(super) const EMPTY: Self = Self([0; 3]);

    /// `None` of a longer one.
    #[inline]
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let length = (bytes.len() as u64) << 56;
        Some(Self(match bytes.len() {
            0..=8 => [up_to_eight(bytes), 0, length],
            9..=16 => [up_to_eight(bytes.get(..8)?), up_to_eight(bytes.get(8..)?), length],
            17..=23 => {
                [up_to_eight(bytes.get(..8)?), up_to_eight(bytes.get(8..16)?), up_to_eight(bytes.get(16..)?) | length]
            }
            _ => return None,
        }))
    }

    fn len(self) -> usize {
        let [_, _, last] = self.0;
        (last >> 56) as usize
    }

    fn bytes(self) -> impl Iterator<Item = u8> {
        self.0.into_iter().flat_map(u64::to_le_bytes).take(self.len())
    }

    /// What orders spellings by their bytes, and those that differ by zeros at the end by their length.
    fn order(self) -> [u64; 3] {
        self.0.map(u64::swap_bytes)
    }
}

/// At most eight bytes as a number, the first the lowest; read together, for to read what was just written bytewise takes
/// a processor long.
#[inline]
fn up_to_eight(bytes: &[u8]) -> u64 {
    if let Some(eight) = bytes.first_chunk() {
        return u64::from_le_bytes(*eight);
    }
    let shift = |by: usize| 8 * by as u32;
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let last = u64::from(u32::from_le_bytes(*last)) << shift(bytes.len() - 4);
        return u64::from(u32::from_le_bytes(*first)) | last;
    }
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

impl Hash for Short {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.iter().for_each(|word| state.write_u64(*word));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::{prop_assert_eq, proptest};

    use super::*;

    #[test]
    fn short_spellings_are_told_apart() {
        let text = "aàbcdefghijklmnopqrstuvwxyz";
        let mut met = std::collections::HashSet::new();
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            let short = text.get(..end).map(str::as_bytes).and_then(Short::of);
            assert_eq!(short.is_some(), end < 24);
            if let Some(Short(words)) = short {
                let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
                assert!(bytes[..end] == text.as_bytes()[..end] && bytes[end..23].iter().all(|byte| *byte == 0));
                assert!(usize::from(bytes[23]) == end && met.insert(words));
            }
        }
    }

    proptest! {
        #[test]
        fn keeps_them_like_any_map(
            spellings in proptest::collection::vec(
                proptest::collection::vec(proptest::sample::select(&[0_u8, 1, b'a', b'b', 0xff][..]), 0..30), 0..200,
            )
        ) {
            let (mut ours, mut theirs) = (Spellings::default(), BTreeMap::new());
            for (number, spelling) in spellings.iter().enumerate() {
                prop_assert_eq!(ours.get(spelling), theirs.get(spelling).copied());
                ours.insert(spelling, number);
                theirs.insert(spelling.clone(), number);
            }
            prop_assert_eq!(ours.len(), theirs.len());
            let sorted = ours.into_sorted();
            let sorted: Vec<(Vec<u8>, usize)> =
                sorted.spellings().map(<[u8]>::to_vec).zip(sorted.values.iter().copied()).collect();
            prop_assert_eq!(sorted, theirs.into_iter().collect::<Vec<_>>());
        }
    }
}
