//! Articles on their way into the index, and the memory that all of them together may take.
//!
//! tantivy takes in ten thousand documents before it makes the next one wait, whatever their length. Here they wait by
//! bytes, so that the memory of an ingest does not grow with its articles.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use tantivy::schema::document::Document;
use tantivy::schema::{Field, OwnedValue};
use tantivy::tokenizer::{PreTokenizedString, Token};

/// Bytes that may be on their way: enough for the other threads to go on while one writes a segment.
const MOST: usize = 32 << 20;

/// The values of one article, by field.
#[derive(Debug, Default)]
pub(super) struct Values {
    values: Vec<(Field, OwnedValue)>,
    bytes: usize,
    share: Option<Share>,
}

impl Values {
    pub(super) fn add_text(&mut self, field: Field, text: String) {
        self.bytes += text.capacity();
        self.values.push((field, OwnedValue::Str(text)));
    }

    pub(super) fn add_bytes(&mut self, field: Field, bytes: Vec<u8>) {
        self.bytes += bytes.capacity();
        self.values.push((field, OwnedValue::Bytes(bytes)));
    }

    pub(super) fn add_terms(&mut self, field: Field, terms: PreTokenizedString) {
        self.bytes += terms.tokens.capacity() * size_of::<Token>();
        self.bytes += terms.tokens.iter().map(|token| token.text.capacity()).sum::<usize>();
        self.values.push((field, OwnedValue::PreTokStr(terms)));
    }

    pub(super) fn add_u64(&mut self, field: Field, value: u64) {
        self.values.push((field, OwnedValue::U64(value)));
    }

    /// The values, those of a field together.
    pub(super) fn by_field(&self) -> impl Iterator<Item = &[(Field, OwnedValue)]> {
        self.values.chunk_by(|(one, _), (other, _)| one == other)
    }

    /// Waits until there is room for this one among those on their way; it makes room for others when it is dropped.
    pub(super) fn wait(mut self, room: &Arc<Room>) -> Self {
        self.share = Some(room.take(self.bytes));
        self
    }
}

impl Document for Values {
    type Value<'a> = &'a OwnedValue;
    type FieldsValuesIter<'a> = std::iter::Map<
        std::slice::Iter<'a, (Field, OwnedValue)>,
        fn(&'a (Field, OwnedValue)) -> (Field, &'a OwnedValue),
    >;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        self.values.iter().map(|(field, value)| (*field, value))
    }
}

/// What is left of [`MOST`].
#[derive(Debug)]
pub(super) struct Room {
    left: Mutex<usize>,
    freed: Condvar,
}

impl Default for Room {
    fn default() -> Self {
        Self { left: Mutex::new(MOST), freed: Condvar::new() }
    }
}

impl Room {
    fn take(self: &Arc<Self>, bytes: usize) -> Share {
        // One that is too large goes alone.
        let bytes = bytes.min(MOST);
        let left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let mut left = self.freed.wait_while(left, |left| *left < bytes).unwrap_or_else(PoisonError::into_inner);
        *left -= bytes;
        Share { bytes, room: Arc::clone(self) }
    }
}

/// A part of [`Room`], given back when it is dropped.
#[derive(Debug)]
struct Share {
    bytes: usize,
    room: Arc<Room>,
}

impl Drop for Share {
    fn drop(&mut self) {
        *self.room.left.lock().unwrap_or_else(PoisonError::into_inner) += self.bytes;
        self.room.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_until_there_is_room() {
        let room = Arc::new(Room::default());
        let first = room.take(usize::MAX);
        assert_eq!(*room.left.lock().unwrap(), 0);
        let second = std::thread::scope(|scope| {
            let waiting = scope.spawn(|| room.take(10));
            drop(first);
            waiting.join().unwrap()
        });
        assert_eq!(*room.left.lock().unwrap(), MOST - 10);
        drop(second);
        assert_eq!(*room.left.lock().unwrap(), MOST);
    }
}
