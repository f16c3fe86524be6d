//! A map by the bytes of words and terms: most are short, and are found and compared in their place.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::fast::RandomState;

/// A map by bytes.
#[derive(Debug)]
pub(crate) struct BytesMap<V> {
    short: HashMap<Short, V, RandomState>,
    long: HashMap<Box<[u8]>, V, RandomState>,
}

impl<V> Default for BytesMap<V> {
    fn default() -> Self {
        Self { short: HashMap::default(), long: HashMap::default() }
    }
}

impl<V: Copy> BytesMap<V> {
    pub(crate) fn len(&self) -> usize {
        self.short.len() + self.long.len()
    }

    pub(crate) fn get(&self, key: &[u8]) -> Option<V> {
        match Short::of(key) {
            Some(short) => self.get_short(short),
            None => self.long.get(key).copied(),
        }
    }

    #[inline]
    pub(super) fn get_short(&self, key: Short) -> Option<V> {
        self.short.get(&key).copied()
    }

    pub(super) fn get_mut(&mut self, key: &[u8]) -> Option<&mut V> {
        match Short::of(key) {
            Some(short) => self.short.get_mut(&short),
            None => self.long.get_mut(key),
        }
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.short.values_mut().chain(self.long.values_mut())
    }

    pub(crate) fn insert(&mut self, key: &[u8], value: V) {
        match Short::of(key) {
            Some(short) => self.short.insert(short, value),
            None => self.long.insert(key.into(), value),
        };
    }

    pub(super) fn remove(&mut self, key: &[u8]) {
        match Short::of(key) {
            Some(short) => self.short.remove(&short),
            None => self.long.remove(key),
        };
    }

    /// Makes room for so many more short keys.
    pub(super) fn reserve(&mut self, keys: usize) {
        self.short.reserve(keys);
    }

    /// The hash by which a short key is found.
    #[inline]
    pub(super) fn hash(&self, key: Short) -> u64 {
        self.short.hasher().hash_one(key)
    }

    /// Its keys and values in the order of the keys' bytes.
    pub(crate) fn into_sorted(self) -> Sorted<V> {
        let length = self.short.keys().map(|short| short.len()).chain(self.long.keys().map(|long| long.len())).sum();
        let mut sorted = Sorted {
            bytes: Vec::with_capacity(length),
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

/// What a map held, in the order of the keys.
pub(crate) struct Sorted<V> {
    /// The keys, one after the other.
    bytes: Vec<u8>,
    /// Where each ends.
    ends: Vec<usize>,
    pub(crate) values: Vec<V>,
}

impl<V> Sorted<V> {
    fn push(&mut self, key: impl Iterator<Item = u8>, value: V) {
        self.bytes.extend(key);
        self.ends.push(self.bytes.len());
        self.values.push(value);
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &[u8]> {
        let mut begin = 0;
        self.ends.iter().map(move |end| self.bytes.get(std::mem::replace(&mut begin, *end)..*end).unwrap_or_default())
    }
}

/// A key of up to 23 bytes, filled up with zeros, and its length in the last byte: found and compared in its place, without
/// a jump to where a string would keep its bytes.
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
    /// The key of no bytes.
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

    /// What orders keys by their bytes, and those that differ by zeros at the end by their length.
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
    fn short_keys_are_told_apart() {
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
            keys in proptest::collection::vec(
                proptest::collection::vec(proptest::sample::select(&[0_u8, 1, b'a', b'b', 0xff][..]), 0..30), 0..200,
            )
        ) {
            let (mut ours, mut theirs) = (BytesMap::default(), BTreeMap::new());
            for (number, key) in keys.iter().enumerate() {
                prop_assert_eq!(ours.get(key), theirs.get(key).copied());
                if number % 5 == 4 {
                    ours.remove(key);
                    theirs.remove(key);
                } else {
                    ours.insert(key, number);
                    theirs.insert(key.clone(), number);
                }
                prop_assert_eq!(ours.get_mut(key).copied(), theirs.get(key).copied());
            }
            prop_assert_eq!(ours.len(), theirs.len());
            let sorted = ours.into_sorted();
            let sorted: Vec<(Vec<u8>, usize)> =
                sorted.keys().map(<[u8]>::to_vec).zip(sorted.values.iter().copied()).collect();
            prop_assert_eq!(sorted, theirs.into_iter().collect::<Vec<_>>());
        }
    }
}
