//! The words of articles, as numbers one after the other with how far each lies after the one before.

use super::lexicon::{Form, Word};

/// The words of one part of one article, in the order of their positions.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    pub(super) numbers: Vec<u32>,
    /// Seven bits a byte, the lowest first.
    steps: Vec<u8>,
    position: u32,
    /// How many terms there are of each form.
    terms: [u32; 4],
}

impl Words {
    /// None yet, with room for those of a text of so many bytes.
    pub(super) fn for_text(bytes: usize) -> Self {
        // Six bytes to a word, with its space.
        Self { numbers: Vec::with_capacity(bytes / 6), steps: Vec::with_capacity(bytes / 6), ..Self::default() }
    }

    /// Adds a word at a position that is not before that of any added so far.
    #[inline]
    pub(super) fn push(&mut self, position: u32, word: Word) {
        let mut step = position.saturating_sub(self.position);
        self.position += step;
        while step > 0x7f {
            self.steps.push(step as u8 | 0x80);
            step >>= 7;
        }
        self.steps.push(step as u8);
        self.numbers.push(word.number);
        for (terms, one) in self.terms.iter_mut().zip(word.forms) {
            *terms += u32::from(one);
        }
    }

    /// How many terms they have of these forms.
    pub(super) fn terms(&self, forms: &[Form]) -> u32 {
        let [light, plural, exact, written] = self.terms;
        let of = |form: &Form| match form {
            Form::Light => light,
            Form::Plural => plural,
            Form::Exact => exact,
            Form::Written => written,
        };
        forms.iter().map(of).sum()
    }

    /// The words with their positions.
    pub(super) fn places(&self) -> impl Iterator<Item = (u32, u32)> {
        let (mut steps, mut position) = (Steps(&self.steps), 0);
        self.numbers.iter().map(move |number| {
            position += steps.next();
            (*number, position)
        })
    }
}

/// Reads steps.
struct Steps<'a>(&'a [u8]);

impl Steps<'_> {
    /// The next; 0 when there are no more.
    #[inline]
    fn next(&mut self) -> u32 {
        let (mut step, mut shift) = (0, 0);
        while let Some((byte, rest)) = self.0.split_first() {
            self.0 = rest;
            step |= u32::from(byte & 0x7f) << shift;
            shift += 7;
            if *byte < 0x80 || shift > 28 {
                break;
            }
        }
        step
    }
}

/// The words, or the values, of all articles of a segment.
#[derive(Debug, Default)]
pub(super) struct Log {
    pub(super) numbers: Vec<u32>,
    /// None for values, which have no place.
    steps: Vec<u8>,
    /// Articles that have any, and where in `numbers` theirs end.
    ends: Vec<(u32, usize)>,
}

impl Log {
    /// Adds the words of an article, under other numbers. Articles come in order.
    pub(super) fn extend(&mut self, article: u32, words: &Words, number: impl FnMut(u32) -> u32) {
        self.numbers.extend(words.numbers.iter().copied().map(number));
        self.steps.extend_from_slice(&words.steps);
        self.end(article);
    }

    /// Adds a value of an article.
    pub(super) fn push(&mut self, article: u32, value: u32) {
        self.numbers.push(value);
        self.end(article);
    }

    fn end(&mut self, article: u32) {
        let end = self.numbers.len();
        match self.ends.last_mut() {
            Some(last) if last.0 == article => last.1 = end,
            _ => self.ends.push((article, end)),
        }
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        4 * self.numbers.len() + self.steps.len() + 16 * self.ends.len()
    }

    /// Calls `each` with article, number and position of every one of them; 0 for the positions if they are not wanted.
    #[inline]
    pub(super) fn each(&self, positions: bool, each: &mut impl FnMut(u32, u32, u32)) {
        let mut steps = Steps(if positions { &self.steps } else { &[] });
        let mut numbers = self.numbers.as_slice();
        let mut begin = 0;
        for (article, end) in &self.ends {
            let (its, rest) = numbers.split_at_checked(end - begin).unwrap_or_default();
            (numbers, begin) = (rest, *end);
            let mut position = 0;
            for number in its {
                position += steps.next();
                each(*article, *number, position);
            }
        }
    }
}
