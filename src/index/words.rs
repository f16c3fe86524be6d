//! The words of articles, as numbers one after the other with how far each lies after the one before.

use super::lexicon::{Form, Word};

/// The words of one part of one article, in the order of their positions.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    /// Each with how far it lies after the one before.
    words: Vec<(u32, u32)>,
    position: u32,
    /// How many words there are that have a term of these forms and no others.
    of_forms: [u32; 16],
}

impl Words {
    /// None yet, with room for those of a text of so many bytes.
    pub(super) fn for_text(bytes: usize) -> Self {
        // Six bytes to a word, with its space.
        Self { words: Vec::with_capacity(bytes / 6), ..Self::default() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The position of the last of them.
    pub(super) const fn end(&self) -> u32 {
        self.position
    }

    /// Adds a word at a position that is not before that of any added so far.
    #[inline]
    pub(super) fn push(&mut self, position: u32, word: Word) {
        let step = position.saturating_sub(self.position);
        self.position += step;
        self.words.push((word.number(), step));
        if let Some(count) = self.of_forms.get_mut(word.forms()) {
            *count += 1;
        }
    }

    /// How many terms they have of these forms.
    pub(super) fn terms(&self, forms: &[Form]) -> u32 {
        let of = |form: &Form| {
            let has = |forms: usize| forms >> (*form as usize) & 1 == 1;
            self.of_forms.iter().enumerate().filter_map(|(forms, count)| has(forms).then_some(count)).sum::<u32>()
        };
        forms.iter().map(of).sum()
    }

    /// The words with their positions.
    pub(super) fn places(&self) -> impl Iterator<Item = (u32, u32)> {
        let mut position = 0;
        self.words.iter().map(move |(number, step)| {
            position += step;
            (*number, position)
        })
    }
}

/// Bytes from which on a chunk of a log takes no other article. To let one vector grow would be to copy it now and then, and to
/// leave as much memory lying about.
const CHUNK: usize = if cfg!(test) { 64 } else { 1 << 20 };

/// The words, or the values, of all articles of a segment.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// The double of the number of each, and one more where its step follows because it is not 1; all with seven bits to a byte,
    /// the lowest first. The words met first have the least numbers, and they are the common ones. An article lies in one chunk.
    chunks: Vec<Vec<u8>>,
    /// Articles that have any, and how many bytes they take.
    articles: Vec<(u32, usize)>,
    bytes: usize,
    length: usize,
}

impl Log {
    /// Adds the words of an article, under other numbers. Articles come in order.
    pub(super) fn extend(&mut self, article: u32, words: &Words, mut number: impl FnMut(u32) -> u32) {
        self.length += words.words.len();
        self.add(article, |bytes| {
            for (word, step) in &words.words {
                write_word(bytes, number(*word), *step);
            }
        });
    }

    /// Adds a value of an article.
    pub(super) fn push(&mut self, article: u32, value: u32) {
        self.length += 1;
        self.add(article, |bytes| write_word(bytes, value, 0));
    }

    fn add(&mut self, article: u32, write: impl FnOnce(&mut Vec<u8>)) {
        let goes_on = self.articles.last().is_some_and(|(last, _)| *last == article);
        if !goes_on {
            self.articles.push((article, 0));
            if self.chunks.last().is_none_or(|chunk| chunk.len() >= CHUNK) {
                // The first grows: most fields have few values. Room for the article that crosses the border.
                self.chunks.push(Vec::with_capacity(if self.chunks.is_empty() { 0 } else { CHUNK + CHUNK / 16 }));
            }
        }
        let (Some(chunk), Some((_, bytes))) = (self.chunks.last_mut(), self.articles.last_mut()) else { return };
        let before = chunk.len();
        write(chunk);
        *bytes += chunk.len() - before;
        self.bytes += chunk.len() - before;
    }

    /// How many words or values there are.
    pub(super) const fn len(&self) -> usize {
        self.length
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        self.bytes + 16 * self.articles.len()
    }

    /// Calls `each` with article, number and position of every one of them.
    pub(super) fn each(&self, each: &mut impl FnMut(u32, u32, u32)) {
        go_through(&self.articles, self.chunks.iter(), each);
    }

    /// The same for the last time: what was gone through takes no memory any more.
    pub(super) fn into_each(self, each: &mut impl FnMut(u32, u32, u32)) {
        go_through(&self.articles, self.chunks.into_iter(), each);
    }
}

/// Goes through articles that take so many bytes each.
#[inline]
fn go_through<C: AsRef<[u8]>>(
    articles: &[(u32, usize)],
    mut chunks: impl Iterator<Item = C>,
    each: &mut impl FnMut(u32, u32, u32),
) {
    let (mut chunk, mut begin) = (chunks.next(), 0);
    for (article, bytes) in articles {
        if chunk.as_ref().is_some_and(|chunk| chunk.as_ref().len() <= begin) {
            (chunk, begin) = (chunks.next(), 0);
        }
        let of_article = begin..begin + bytes;
        begin = of_article.end;
        let mut its = chunk.as_ref().and_then(|chunk| chunk.as_ref().get(of_article)).unwrap_or_default();
        let mut position = 0;
        while !its.is_empty() {
            let number = read(&mut its);
            position += if number & 1 == 0 { 1 } else { read(&mut its) };
            each(*article, number >> 1, position);
        }
    }
}

#[inline]
fn write_word(bytes: &mut Vec<u8>, number: u32, step: u32) {
    write(bytes, number << 1 | u32::from(step != 1));
    if step != 1 {
        write(bytes, step);
    }
}

#[inline]
fn write(bytes: &mut Vec<u8>, mut number: u32) {
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// The number that the bytes begin with, which is taken off; 0 when there are no more.
#[inline]
fn read(bytes: &mut &[u8]) -> u32 {
    let (mut number, mut shift) = (0, 0);
    while let Some((byte, rest)) = bytes.split_first() {
        *bytes = rest;
        number |= u32::from(byte & 0x7f) << shift;
        shift += 7;
        if *byte < 0x80 || shift > 28 {
            break;
        }
    }
    number
}
