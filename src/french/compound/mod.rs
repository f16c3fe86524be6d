//! Pieces to words and compounds: `week-end`, `COVID19`, `#GiletsJaunes`, `O.N.U.`, `St-Malo`, `G 20`, `AT&T`, `Canal+`.

use super::cache::Form;
use super::elision::{self, Apostrophe, is_apostrophe};
use super::inclusive::{self, is_middle_dot};
use super::measure;
use super::number;
use super::ordinal;
use super::signs::{end_of_acronym, end_of_signs, is_address_prefix, saint};
use super::tokenize::{Kind, Piece, begins_word, char_at, letters, piece_at, slice};

/// Parts read as one unit; a longer chain goes on as another.
const MAX_PARTS: usize = 24;

/// Parts a joined form may have: `c'est-à-dire` has three, `Saint-Germain-en-Laye` four.
const MAX_JOINED: usize = 6;

/// Bytes of the parts of a joined form.
const MAX_JOINED_BYTES: usize = 64;

/// What may follow a verb or pronoun after a hyphen without making a compound: `dit-elle`, `celui-ci`, `moi-même`.
const ENCLITICS: &[&str] = &[
    "ce", "ci", "elle", "elles", "en", "il", "ils", "je", "la", "là", "le", "les", "leur", "lui", "moi", "même",
    "mêmes", "nous", "on", "toi", "tu", "vous", "y",
];

/// Units that follow a number directly: `5kg`, `100km`. Small letters only: `3G`, `5G` and `3M` are names.
const UNITS: &[&str] = &["cm", "ha", "kg", "km", "kwh", "m", "min", "ml", "mm", "mn", "s"];

/// One word of the text, a part of its own or of a compound.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a> {
    /// Its first byte.
    pub(super) start: usize,
    /// The byte after its last.
    pub(super) end: usize,
    /// What its term is made of.
    pub(super) spelling: &'a str,
    /// How.
    pub(super) form: Form,
    /// The word elided before it (`d` in `main-d'œuvre`), which belongs to the joined form.
    pub(super) elided: &'a str,
}

/// What was read with the parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unit {
    /// Where reading goes on.
    pub(super) end: usize,
    /// How many of the parts, from the first, have a joined form: 0 or at least 2.
    pub(super) joined: usize,
}

/// Whether a piece is a word by itself, whatever stands around it: the common case, told quickly.
#[inline]
pub(super) fn is_plain(text: &str, piece: Piece) -> bool {
    let bytes = text.as_bytes();
    let alone = match bytes.get(piece.end) {
        None | Some(b' ' | b',' | b'\n' | b';' | b')' | b'!' | b'?' | b'"') => true,
        Some(b'.') => !begins_word(text, piece.end + 1),
        Some(0x80..) => {
            let joins = |c| {
                is_apostrophe(c)
                    || is_hyphen(c)
                    || is_middle_dot(c)
                    || measure::is_currency(c)
                    || matches!(c, '°' | 'º')
            };
            char_at(text, piece.end).is_none_or(|c| !joins(c))
        }
        Some(_) => false,
    };
    // `St Malo`, `G 20`
    let short_capital = piece.end - piece.start <= 3 && bytes.get(piece.start).is_some_and(u8::is_ascii_uppercase);
    // `st malo`, `50 pour cent`
    let begins = matches!(bytes.get(piece.start..piece.end), Some(b"st" | b"ste" | b"g" | b"pour"));
    alone && piece.kind == Kind::Letters && !short_capital && !begins && !is_tagged(text, piece.start)
}

/// Reads the unit that begins with `first` into `parts`.
pub(super) fn read<'a>(text: &'a str, first: Piece, parts: &mut Vec<Part<'a>>) -> Unit {
    parts.clear();
    if is_address_prefix(text, first) {
        return Unit { end: first.end, joined: 0 };
    }
    let tagged = is_tagged(text, first.start);
    let mut reader = Reader { text, parts, tagged, measured: false };
    if let Some(unit) = reader.spaced(first) {
        return unit;
    }
    let end = reader.chain(first);
    let joined = if reader.measured { 0 } else { reader.joined() };
    Unit { end, joined }
}

struct Reader<'a, 'p> {
    text: &'a str,
    parts: &'p mut Vec<Part<'a>>,
    /// Whether this is a hashtag or handle, whose capitals begin parts.
    tagged: bool,
    /// Whether a number and its signs are among the parts, which are words side by side.
    measured: bool,
}

impl<'a> Reader<'a, '_> {
    /// `G 20`, `St Malo`, `Ste. Anne`, `50 pour cent`: units with a space.
    fn spaced(&mut self, first: Piece) -> Option<Unit> {
        let word = slice(self.text, first.start, first.end);
        if word.len() > 4 || first.kind != Kind::Letters {
            return None;
        }
        let saint = saint(word);
        let space =
            if saint.is_some() && char_at(self.text, first.end) == Some('.') { first.end + 1 } else { first.end };
        let length = char_at(self.text, space).filter(|c| matches!(c, ' ' | '\u{a0}' | '\u{202f}'))?.len_utf8();
        let next = piece_at(self.text, space + length)?;
        if let Some(saint) = saint {
            char_at(self.text, next.start)
                .filter(|c| c.is_uppercase() || word.starts_with('s') && next.kind == Kind::Letters)?;
            self.push(first.start, first.end, saint, Form::Word, "");
            return Some(Unit { end: first.end, joined: 0 });
        }
        if word == "pour" {
            return measure::is_per_cent(self.text, first.start, first.end).then(|| self.pair(first, next));
        }
        let capitals = word == "g" || word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_uppercase());
        let number = next.kind == Kind::Digits
            && next.end - next.start <= 3
            && number::end(self.text, next.start, next.end) == next.end;
        let ends = !matches!(char_at(self.text, next.end), Some('-' | '\'' | '’' | '/' | ':'));
        (capitals && number && ends).then(|| self.pair(first, next))
    }

    /// Two words that make one.
    fn pair(&mut self, first: Piece, second: Piece) -> Unit {
        self.word(first.start, first.end, "");
        self.word(second.start, second.end, "");
        Unit { end: second.end, joined: 2 }
    }

    /// Reads parts for as long as hyphens and the like hold them together; returns where they end.
    fn chain(&mut self, first: Piece) -> usize {
        let (mut piece, mut elided) = (first, "");
        loop {
            let apostrophe = elision::read(self.text, piece);
            let mut end = match apostrophe {
                Some(Apostrophe::Elided(None)) => return piece.end,
                Some(Apostrophe::Elided(Some(next))) => {
                    elided = slice(self.text, piece.start, piece.end);
                    piece = next;
                    continue;
                }
                Some(Apostrophe::Lexical(end)) => self.word(piece.start, end, elided),
                _ if self.is_euphonic(piece) => piece.end,
                _ => self.part(piece, elided),
            };
            elided = "";
            let next = match apostrophe {
                Some(Apostrophe::Joins(next)) if end == piece.end => Some(next),
                Some(Apostrophe::Possessive(after)) if end == piece.end => {
                    end = after;
                    connected(self.text, end)
                }
                _ => connected(self.text, end),
            };
            match next {
                Some(next) if self.parts.len() < MAX_PARTS => piece = next,
                _ => return end,
            }
        }
    }

    /// Reads what begins with `piece` as one part, or more where letters and digits or capitals part it.
    fn part(&mut self, piece: Piece, elided: &'a str) -> usize {
        let Piece { start, end, kind } = piece;
        let text = self.text;
        let word = slice(text, start, end);
        match kind {
            Kind::Digits if self.parts.is_empty() => {
                return self.number(start, number::end(text, start, end), elided);
            }
            Kind::Digits => return self.number(start, end, elided),
            _ if self.tagged => {
                self.capitalised(start, word);
                return end;
            }
            Kind::Mixed => {
                let digits = start + word.bytes().take_while(u8::is_ascii_digit).count();
                if digits > start && measure::after_number(text, digits).any(|sign| sign.end == end) {
                    return self.number(start, digits, elided); // `20h`, `3M€`
                }
                self.mixed(start, word);
                return end;
            }
            Kind::Letters => {}
        }
        if word.len() <= measure::LONGEST_POWER
            && let Some((power, currency)) = measure::amount(text, start)
        {
            self.measured = true;
            self.push(power.start, power.end, power.word, Form::Word, elided);
            self.push(currency.start, currency.end, currency.word, Form::Word, "");
            return currency.end;
        }
        if matches!(word, "n" | "N")
            && let Some(end) = measure::end_of_numero(text, end)
        {
            self.push(start, end, "numero", Form::Word, elided);
            return end;
        }
        if let Some(figures) = ordinal::of_capitals(word) {
            self.push(start, end, figures, Form::Word, elided);
            return end;
        }
        if let Some(end) = end_of_acronym(text, piece).or_else(|| end_of_signs(text, piece)) {
            let spelling = slice(text, start, end);
            let form = if spelling.ends_with(['+', '#']) { Form::Signs } else { Form::Word };
            self.push(start, end, spelling, form, elided);
            return end;
        }
        if let Some(saint) = saint(word).filter(|_| is_before_name(text, end)) {
            self.push(start, end, saint, Form::Word, elided);
            return end;
        }
        let end = self.word(start, end, elided);
        self.plus(word, end)
    }

    /// A number and the signs after it.
    fn number(&mut self, start: usize, mut end: usize, elided: &'a str) -> usize {
        let text = self.text;
        self.push(start, end, slice(text, start, end), Form::Number, elided);
        for sign in measure::after_number(text, end) {
            self.measured = true;
            self.push(sign.start, sign.end, sign.word, Form::Word, "");
            end = sign.end;
        }
        end
    }

    /// One word from `start` to `end` and the inclusive endings after it.
    fn word(&mut self, start: usize, end: usize, elided: &'a str) -> usize {
        let reached = inclusive::end(self.text, start, end).unwrap_or(end);
        self.push(start, reached, slice(self.text, start, end), Form::Word, elided);
        reached
    }

    /// `Canal+` is `Canal Plus`; the sign says nothing in `LGBT+`.
    fn plus(&mut self, word: &str, end: usize) -> usize {
        let sign = char_at(self.text, end) == Some('+');
        if !sign
            || begins_word(self.text, end + 1)
            || word.get(..3).is_some_and(|begins| begins.eq_ignore_ascii_case("lgb"))
        {
            return end;
        }
        self.push(end, end + 1, "plus", Form::Word, "");
        end + 1
    }

    /// `GiletsJaunes`: parts at capitals.
    fn capitalised(&mut self, start: usize, word: &'a str) {
        let mut begin = 0;
        let mut chars = word.char_indices().filter(|(_, c)| c.is_alphanumeric()).peekable();
        let mut before: Option<char> = None;
        while let Some((at, c)) = chars.next() {
            let small_next = chars.peek().is_some_and(|(_, next)| next.is_lowercase());
            let breaks = before.is_some_and(|before| {
                c.is_uppercase() && (before.is_lowercase() || before.is_uppercase() && small_next)
            });
            if breaks && self.parts.len() < MAX_PARTS {
                self.mixed(start + begin, slice(word, begin, at));
                begin = at;
            }
            before = Some(c);
        }
        self.mixed(start + begin, slice(word, begin, word.len()));
    }

    /// `COVID19`, `5kg`, `10h30`: parts where letters meet digits; but `G20`, `5G`, `CO2`, `1er`, `H1N1` are words.
    fn mixed(&mut self, start: usize, word: &'a str) {
        let cut = word
            .find(|c: char| c.is_ascii_digit() != word.starts_with(|c: char| c.is_ascii_digit()))
            .unwrap_or(word.len());
        let (first, rest) = word.split_at_checked(cut).unwrap_or((word, ""));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let end = start + word.len();
        if digits(rest)
            && (letters(first).nth(2).is_some()
                || rest.len() == 4 && (rest.starts_with("19") || rest.starts_with("20")))
        {
            self.push(start, start + cut, first, Form::Word, "");
            self.push(start + cut, end, rest, Form::Number, "");
        } else if digits(first) && UNITS.contains(&rest) {
            self.push(start, start + cut, first, Form::Number, "");
            self.push(start + cut, end, rest, Form::Word, "");
        } else if digits(first) && rest.strip_prefix('h').is_some_and(digits) {
            self.push(start, start + cut, first, Form::Number, "");
            self.push(start + cut, start + cut + 1, "heure", Form::Word, "");
            self.push(start + cut + 1, end, slice(rest, 1, rest.len()), Form::Number, "");
        } else {
            self.push(start, end, word, Form::Word, "");
        }
    }

    fn push(&mut self, start: usize, end: usize, spelling: &'a str, form: Form, elided: &'a str) {
        self.parts.push(Part { start, end, spelling, form, elided });
    }

    /// The t of `a-t-il`, which is no word.
    fn is_euphonic(&self, piece: Piece) -> bool {
        let text = self.text;
        !self.parts.is_empty()
            && slice(text, piece.start, piece.end).eq_ignore_ascii_case("t")
            && connected(text, piece.end).is_some_and(|next| {
                let word = slice(text, next.start, next.end);
                ["il", "elle", "on", "ils", "elles"].iter().any(|pronoun| word.eq_ignore_ascii_case(pronoun))
            })
    }

    /// How many of the parts have a joined form.
    fn joined(&self) -> usize {
        if self.parts.len() < 2 {
            return 0;
        }
        let enclitic = |part: &Part<'_>| ENCLITICS.iter().any(|word| part.spelling.eq_ignore_ascii_case(word));
        let rendezvous = self.parts.first().is_some_and(|part| part.spelling.eq_ignore_ascii_case("rendez"));
        let tail = if self.tagged || rendezvous {
            0
        } else {
            self.parts.iter().rev().take_while(|part| enclitic(part)).count()
        };
        let count = self.parts.len().saturating_sub(tail);
        let parts = || self.parts.iter().take(count);
        let words = parts().any(|part| part.form == Form::Word);
        let short = count <= MAX_JOINED && parts().map(|part| part.spelling.len()).sum::<usize>() <= MAX_JOINED_BYTES;
        if count >= 2 && words && short { count } else { 0 }
    }
}

/// Whether a hashtag or handle begins at byte `start`; an @ within an e-mail address makes none.
fn is_tagged(text: &str, start: usize) -> bool {
    let mut before = text.as_bytes().get(..start).unwrap_or_default().iter().rev();
    matches!(before.next(), Some(b'#' | b'@')) && !before.next().is_some_and(u8::is_ascii_alphanumeric)
}

/// The piece that the sign at byte `at` connects with what is before it.
fn connected(text: &str, at: usize) -> Option<Piece> {
    let sign = char_at(text, at)?;
    let letter_before = || text.as_bytes().get(at.wrapping_sub(1)).is_some_and(|byte| !byte.is_ascii_digit());
    match sign {
        '_' => piece_at(text, at + 1),
        '&' => piece_at(text, at + 1).filter(|next| next.kind == Kind::Letters && letter_before()),
        _ if is_hyphen(sign) => piece_at(text, at + sign.len_utf8()),
        _ => None,
    }
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '‐' | '‑' | '﹣' | '－')
}

/// Whether a hyphen and letters follow.
fn is_before_name(text: &str, end: usize) -> bool {
    char_at(text, end).is_some_and(is_hyphen) && connected(text, end).is_some_and(|next| next.kind == Kind::Letters)
}

#[cfg(test)]
mod tests;
