//! The whole way from a text to its tokens.

use std::cell::Cell;

use super::cache::{Cache, Form, Found, Known};
use super::compound::{self, Part};
use super::glued::Glued;
use super::sought::Sought;
use super::tokenize::{Kind, Piece, Pieces, next_piece, slice};
use super::{Term, Token};

/// Pieces of an article that are cut beforehand: those of a text of some 400,000 letters.
const MAX_CUT: usize = 1 << 16;

/// Turns texts into tokens. It remembers the terms of the words it saw lately (bounded, some 30 MB at most), so each thread
/// keeps one of its own.
#[derive(Debug, Default)]
pub struct Analyzer {
    cache: Cache,
    /// The joined form under way.
    joined: String,
}

impl Analyzer {
    /// An analyzer that has seen nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An analyzer for texts in which only words that share a form with one of `terms` are looked for, and folded words that
    /// begin with the first two letters of one of `words`, or its only one. Other words get a term of their folded spelling alone, or one without
    /// letters: to make the terms of all words takes longer than to find the few.
    #[must_use]
    pub fn looking_for<'a>(
        terms: impl IntoIterator<Item = &'a Term>,
        words: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        Self { cache: Cache::of(Sought::of(terms, words)), joined: String::new() }
    }

    /// Takes the marks of all words away.
    pub fn forget_marks(&mut self) {
        self.cache.forget_marks();
    }

    /// Gives each token of `text`, in the order of their positions; a joined form goes before its parts.
    pub fn analyze(&mut self, text: &str, each: &mut impl FnMut(Token<'_>)) {
        self.tokens(Pieces { text, cut: &[] }, None, each);
    }

    /// Like [`Analyzer::analyze`], for the parts of one article: each token with the number of its part. A glued word
    /// (`Journalqui`) is a token of width 2, and its two words are tokens too.
    pub fn analyze_article(&mut self, texts: &[&str], each: &mut impl FnMut(usize, Token<'_>)) {
        // Both the search for glued words and the analysis look at all pieces.
        let mut cut = Vec::with_capacity(texts.iter().map(|text| text.len() / 5).sum::<usize>().min(MAX_CUT));
        let mut ends = Vec::with_capacity(texts.len());
        self.cache.begin();
        for text in texts {
            let (begin, mut from) = (cut.len(), 0);
            while cut.len() < MAX_CUT
                && let Some(piece) = next_piece(text, from)
            {
                from = piece.end;
                cut.push((piece, Known::NOT));
            }
            ends.push(cut.len());
            let words = cut.iter_mut().skip(begin).filter(|(piece, _)| piece.kind == Kind::Letters);
            self.cache.look_up(words.map(|(piece, known)| (slice(text, piece.start, piece.end), known)));
        }
        let mut begin = 0;
        let cut = ends.iter().map(|end| cut.get(std::mem::replace(&mut begin, *end)..*end).unwrap_or_default());
        let parts: Vec<Pieces<'_, Known>> = texts.iter().zip(cut).map(|(text, cut)| Pieces { text, cut }).collect();
        let glued = Glued::find(&parts, &mut self.cache);
        for (number, pieces) in parts.into_iter().enumerate() {
            self.tokens(pieces, glued.as_ref(), &mut |token| each(number, token));
        }
    }

    fn tokens(&mut self, mut pieces: Pieces<'_, Known>, glued: Option<&Glued>, each: &mut impl FnMut(Token<'_>)) {
        let text = pieces.text;
        let mut parts = Vec::new();
        let mut position = 0;
        let mut from = 0;
        while let Some((piece, known)) = pieces.next(from) {
            if compound::is_plain(text, piece) {
                from = piece.end;
                position += self.plain(text, (piece, known.unwrap_or(Known::NOT)), position, glued, each);
            } else {
                let unit = compound::read(text, piece, &mut parts);
                from = unit.end.max(piece.end);
                position += self.unit(text, &parts, unit.joined, position, each);
            }
        }
    }

    /// Gives the token of a word that stands alone; returns the positions it takes.
    #[inline]
    fn plain(
        &mut self,
        text: &str,
        (piece, known): (Piece, Known),
        position: u32,
        glued: Option<&Glued>,
        each: &mut impl FnMut(Token<'_>),
    ) -> u32 {
        let word = slice(text, piece.start, piece.end);
        if glued.is_none() && self.cache.is_other(word) {
            let mark = &Cell::new(None);
            each(Token { range: piece.start..piece.end, position, width: 1, term: &Term::NONE, mark });
            return 1;
        }
        let Some(Found { term, mark: before }) = self.cache.recall(known, word) else { return 0 };
        let mark = Cell::new(before);
        let Some((left, _)) = glued.and_then(|glued| glued.parts(word, &term.exact)) else {
            each(Token { range: piece.start..piece.end, position, width: 1, term, mark: &mark });
            if mark.get() != before {
                self.cache.mark(word, mark.get());
            }
            return 1;
        };
        each(Token { range: piece.start..piece.end, position, width: 2, term, mark: &Cell::new(None) });
        let middle = piece.start + left.len();
        for (nth, start, end) in [(0, piece.start, middle), (1, middle, piece.end)] {
            if let Some(Found { term, .. }) = self.cache.find(slice(text, start, end), Form::Word) {
                each(Token { range: start..end, position: position + nth, width: 1, term, mark: &Cell::new(None) });
            }
        }
        2
    }

    /// Gives the tokens of a unit; returns the positions they take.
    fn unit(
        &mut self,
        text: &str,
        parts: &[Part<'_>],
        joined: usize,
        position: u32,
        each: &mut impl FnMut(Token<'_>),
    ) -> u32 {
        if let Some(last) = joined.checked_sub(1)
            && let (Some(first), Some(last)) = (parts.first(), parts.get(last))
            && let Some((width, term)) = self.join(parts.iter().take(joined))
        {
            each(Token { range: first.start..last.end, position, width, term, mark: &Cell::new(None) });
        }
        let mut taken = 0;
        for part in parts {
            if let Some(Found { term, mark: before }) = self.cache.find(part.spelling, part.form) {
                // It may be written otherwise here.
                let as_spelled = part.spelling == slice(text, part.start, part.end);
                let before = before.filter(|_| as_spelled);
                let mark = Cell::new(before);
                each(Token { range: part.start..part.end, position: position + taken, width: 1, term, mark: &mark });
                taken += 1;
                if as_spelled && mark.get() != before {
                    self.cache.mark(part.spelling, mark.get());
                }
            }
        }
        taken
    }

    /// The joined form of these parts and the positions they take; `None` if that is one.
    fn join<'a>(&mut self, parts: impl Iterator<Item = &'a Part<'a>>) -> Option<(u32, &Term)> {
        self.joined.clear();
        let mut width = 0;
        for part in parts {
            if width > 0 {
                self.joined.push_str(part.elided);
            }
            if let Some(term) = self.cache.term(part.spelling, part.form) {
                self.joined.push_str(&term.exact);
                width += 1;
            }
        }
        let term = self.cache.term(&self.joined, Form::Word)?;
        (width > 1).then_some((width, term))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, prop_assert, prop_assert_eq, prop_oneof, proptest};
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    /// The tokens of the first of these parts: `exact@position`, and `+width` where that is not 1.
    fn tokens(parts: &[&str]) -> String {
        let mut tokens = Vec::new();
        Analyzer::new().analyze_article(parts, &mut |part, token| {
            let width = if token.width == 1 { String::new() } else { format!("+{}", token.width) };
            let token = format!("{}@{}{width}", token.term.exact, token.position);
            tokens.extend((part == 0).then_some(token));
        });
        tokens.join(" ")
    }

    #[test]
    fn counts_positions() {
        for (text, expected) in [
            ("L’offre d’Altéa", "offre@0 altea@1"),
            ("un week-end d'été", "un@0 weekend@1+2 week@1 end@2 ete@3"),
            ("a-t-il plu ?", "a@0 il@1 plu@2"),
            ("les étudiant·e·s : 1 000", "les@0 etudiant@1 1000@2"),
            ("au G 20 et au G20", "au@0 g20@1+2 g@1 20@2 et@3 au@4 g20@5"),
            ("#ClimatMaintenant!", "climatmaintenant@0+2 climat@0 maintenant@1"),
            ("main-d'œuvre", "maindoeuvre@0+2 main@0 oeuvre@1"),
            ("www.exemple.fr/une-page", "exemple@0 fr@1 unepage@2+2 une@2 page@3"),
        ] {
            assert_eq!(tokens(&[text]), expected);
        }
    }

    #[test]
    fn gives_both_readings_of_a_glued_word() {
        let article = ["Wall Journalqui a été", "un journal"];
        assert_eq!(tokens(&article), "wall@0 journalqui@1+2 journal@1 qui@2 a@3 ete@4");
        assert_eq!(tokens(&article[..1]), "wall@0 journalqui@1 a@2 ete@3");
    }

    #[test]
    fn ranges_are_those_of_the_text() {
        let text = "L’e\u{301}te\u{301} de l'O.N.U., gou\u{ad}verné·e·s par @LeMonde — 97,4 %";
        let mut words = Vec::new();
        Analyzer::new().analyze(text, &mut |token| words.push(slice(text, token.range.start, token.range.end)));
        let expected =
            ["e\u{301}te\u{301}", "de", "O.N.U", "gou\u{ad}verné·e·s", "par", "LeMonde", "Le", "Monde", "97,4", "%"];
        assert_eq!(words, expected);
    }

    /// Texts made of what the analysis looks at, and any text.
    fn texts() -> impl Strategy<Value = String> {
        const PIECES: &[&str] = &[
            "l",
            "l'",
            "n’",
            "St",
            "G",
            "20",
            "1",
            "000",
            " ",
            "-",
            ".",
            ",",
            "·",
            "(",
            ")",
            "e",
            "s",
            "#",
            "@",
            "+",
            "&",
            "_",
            "é",
            "e\u{301}",
            "\u{ad}",
            "\u{200b}",
            "Journalqui",
            "journal",
            "ABCd",
            "COVID19",
            "東",
            "й",
            "https://",
            "www.",
            "\n",
            "t-il",
            "\u{202f}",
            "½",
            "%",
            "M€",
            "h",
            "n°",
            " pour cent",
            "XXe",
        ];
        prop_oneof![
            proptest::collection::vec(proptest::sample::select(PIECES), 0..40).prop_map(|parts| parts.concat()),
            ".{0,60}"
        ]
    }

    proptest! {
        #[test]
        fn pieces_cut_beforehand_change_nothing(text in texts()) {
            let pieces = std::iter::successors(next_piece(&text, 0), |piece| next_piece(&text, piece.end));
            let pieces: Vec<(Piece, Known)> = pieces.map(|piece| (piece, Known::NOT)).collect();
            let tokens = |cut| {
                let mut tokens = Vec::new();
                Analyzer::new().tokens(Pieces { text: &text, cut }, None, &mut |token| {
                    tokens.push((token.range, token.position, token.width, token.term.clone()));
                });
                tokens
            };
            let none_known = tokens(&[]);
            prop_assert_eq!(&tokens(&pieces), &none_known);
            prop_assert_eq!(&tokens(&pieces[..pieces.len() / 2]), &none_known);
        }

        #[test]
        fn tokens_lie_in_the_text_in_order(text in texts()) {
            let mut analyzer = Analyzer::new();
            let (mut position, mut start) = (0, 0);
            analyzer.analyze_article(&[&text], &mut |_, token| {
                assert!(text.get(token.range.clone()).is_some_and(|word| !word.is_empty()));
                assert!(token.position >= position && token.position <= position + 1 && token.range.start >= start);
                assert!(token.width >= 1 && !token.term.exact.is_empty());
                assert!(token.term.light.as_ref().is_none_or(|light| !light.is_empty()));
                (position, start) = (token.position, token.range.start);
            });
        }

        #[test]
        fn decomposed_text_has_the_same_terms(text in texts()) {
            let terms = |text: &str| {
                let mut terms = Vec::new();
                Analyzer::new().analyze(text, &mut |token| terms.push((token.term.clone(), token.position, token.width)));
                terms
            };
            let composed: String = text.nfc().collect();
            prop_assert_eq!(terms(&composed), terms(&composed.nfd().collect::<String>()));
        }

        #[test]
        fn forms_are_nested(one in "[a-z]{1,9}", ending in "(s|x|aux|eaux|e|es)?") {
            let forms = |word: &str| Term::of_folded(word.to_owned());
            let (one, other) = (forms(&one), forms(&format!("{one}{ending}")));
            prop_assert!(one.plural != other.plural || one.light == other.light);
        }
    }
}
