//! The ledger folded into one view: what of the original stayed, what went, what came.

use super::Ledger;

/// A run of text and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Stands in the original and in the cleaned text.
    Kept(&'a str),
    /// Stood in the original.
    Removed(&'a str),
    /// Stands in the cleaned text.
    Inserted(&'a str),
}

impl<'a> Piece<'a> {
    /// Its text.
    #[must_use]
    pub const fn text(self) -> &'a str {
        match self {
            Self::Kept(text) | Self::Removed(text) | Self::Inserted(text) => text,
        }
    }

    /// The bytes it has in the text as it stands.
    const fn width(self) -> usize {
        match self {
            Self::Kept(text) | Self::Inserted(text) => text.len(),
            Self::Removed(_) => 0,
        }
    }
}

impl Ledger {
    /// All edits one upon the other, as one row of pieces: kept and removed make the original, kept and inserted the
    /// cleaned text. `None` if an edit does not find what it removed. Takes time in proportion to the text for each time
    /// a rule went through it.
    #[must_use]
    pub fn pieces(&self) -> Option<Vec<Piece<'_>>> {
        let mut pieces = vec![Piece::Kept(&self.original)];
        let mut edits = self.edits.as_slice();
        while !edits.is_empty() {
            // Edits of one pass come in order of place, each counted in the text that the ones before it left.
            let pass =
                edits.windows(2).take_while(|pair| matches!(pair, [a, b] if a.at + a.inserted.len() <= b.at)).count();
            let (now, later) = edits.split_at_checked(pass + 1)?;
            let mut through = Pass { left: pieces.into_iter(), rest: None, done: Vec::new(), at: 0 };
            for edit in now {
                through.keep_until(edit.at)?;
                through.remove(&edit.removed)?;
                through.insert(&edit.inserted);
            }
            pieces = through.finish();
            edits = later;
        }
        Some(pieces)
    }
}

/// One walk over the pieces, which are taken from `left` and put into `done`.
struct Pass<'a> {
    left: std::vec::IntoIter<Piece<'a>>,
    rest: Option<Piece<'a>>,
    done: Vec<Piece<'a>>,
    /// Bytes of the text as it stands that are done.
    at: usize,
}

impl<'a> Pass<'a> {
    fn keep_until(&mut self, at: usize) -> Option<()> {
        while self.at < at {
            let piece = self.next(at - self.at)?;
            self.at += piece.width();
            self.done.push(piece);
        }
        Some(())
    }

    fn remove(&mut self, removed: &str) -> Option<()> {
        let mut left = removed;
        while !left.is_empty() {
            let piece = self.next(left.len())?;
            if piece.width() > 0 {
                left = left.strip_prefix(piece.text())?;
            }
            match piece {
                // What was put in and is taken out again was never there.
                Piece::Inserted(_) => {}
                Piece::Kept(text) | Piece::Removed(text) => self.done.push(Piece::Removed(text)),
            }
        }
        Some(())
    }

    fn insert(&mut self, inserted: &'a str) {
        self.at += inserted.len();
        if !inserted.is_empty() {
            self.done.push(Piece::Inserted(inserted));
        }
    }

    fn finish(mut self) -> Vec<Piece<'a>> {
        self.done.extend(self.rest.take());
        self.done.extend(self.left);
        self.done
    }

    /// Takes the next piece, at most `width` bytes of it. `None` at the end or within a character.
    fn next(&mut self, width: usize) -> Option<Piece<'a>> {
        let piece = self.rest.take().or_else(|| self.left.next())?;
        if piece.width() <= width {
            return Some(piece);
        }
        let (first, second) = piece.text().split_at_checked(width)?;
        let kept = matches!(piece, Piece::Kept(_));
        let again = if kept { Piece::Kept } else { Piece::Inserted };
        self.rest = Some(again(second));
        Some(again(first))
    }
}
