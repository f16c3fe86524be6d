//! Terms made once: a bounded store of the words seen lately.

use super::bytes_map::{BytesMap, Short};
use super::fold::fold_word;
use super::number;
use super::sought::Sought;
use super::{Mark, Term};

/// Words kept; with their terms some 280 bytes each. When there are so many, a new one takes the place of one that was not asked
/// for since the last time all places were looked at (the clock of Corbató, 1968).
const MAX_TERMS: usize = 100_000;

/// Room for the spellings seen last, two by two, which fit a processor's cache where all of them do not; a power of two.
/// Five words of six are among them in French articles; among half as many, three of four.
const RECENT: usize = 8192;

/// Longer spellings are not kept.
const MAX_KEPT_BYTES: usize = 64;

/// How the spelling of a word becomes its term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Its letters and digits, folded.
    Word,
    /// A number: its value.
    Number,
    /// A letter and signs that tell it from the letter: `C++`.
    Signs,
}

/// A term, and the mark its spelling has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) term: &'a Term,
    pub(super) mark: Option<Mark>,
}

/// What is known of a spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    place: u32,
    mark: Option<Mark>,
}

impl Known {
    /// Nothing.
    pub(super) const NOT: Self = Self { place: u32::MAX, mark: None };
}

/// The terms of spellings, made when first asked for.
#[derive(Debug, Default)]
pub(super) struct Cache {
    /// Each in its place.
    kept: Vec<Kept>,
    /// Whether the word in a place was asked for since the hand went over it. Recent ones were.
    used: Vec<bool>,
    /// The place that is given away next, unless its word is used.
    hand: usize,
    /// Places the hand went over since [`Cache::begin`].
    went: usize,
    /// What is known of each spelling.
    known: BytesMap<Known>,
    /// Some of the short ones, each where its hash says.
    recent: Vec<Recent>,
    /// The term last made of a spelling that is not kept.
    unkept: Option<Term>,
    /// The words that are looked for; `None` for any.
    sought: Option<Sought>,
}

/// A word in its place.
#[derive(Debug)]
struct Kept {
    term: Term,
    spelling: Box<str>,
}

/// Two spellings whose hashes say the same place. What is met comes second, for most words are not met again soon, and goes
/// first when it is.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Recent([(Short, Known); 2]);

impl Recent {
    const NONE: Self = Self([(Short::EMPTY, Known::NOT); 2]);

    /// What is known of a spelling, if it is one of the two. In an empty place is the empty spelling, of which nothing is known.
    #[inline]
    fn find(&mut self, short: Short) -> Option<Known> {
        let Self([first, second]) = self;
        if first.0 == short {
            return Some(first.1);
        }
        if second.0 != short {
            return None;
        }
        std::mem::swap(first, second);
        Some(first.1)
    }

    fn put(&mut self, short: Short, known: Known) {
        let Self([_, second]) = self;
        *second = (short, known);
    }

    fn get_mut(&mut self, short: Short) -> Option<&mut (Short, Known)> {
        self.0.iter_mut().find(|(recent, _)| *recent == short)
    }
}

impl Cache {
    /// A cache that makes all forms only of words that may be one of those. It is asked for few words.
    pub(super) fn of(sought: Sought) -> Self {
        Self { sought: Some(sought), ..Self::default() }
    }

    /// Whether a word of letters is none that is looked for.
    #[inline]
    pub(super) fn is_other(&self, spelling: &str) -> bool {
        self.sought.as_ref().is_some_and(|sought| sought.is_other(spelling))
    }

    /// From now on spellings are looked up for one article.
    pub(super) const fn begin(&mut self) {
        self.went = 0;
    }

    /// Looks up what is known of words, without making their terms. First all that are recent, then the others: a processor
    /// goes on to the next of those while it waits for the memory of one, if it has nothing else to do in between.
    pub(super) fn look_up<'a>(&mut self, words: impl Iterator<Item = (&'a str, &'a mut Known)>) {
        if self.sought.is_some() {
            return;
        }
        let mut others = Vec::new();
        for (spelling, known) in words {
            let Some(short) = Short::of(spelling.as_bytes()) else { continue };
            match self.find_recent(short) {
                Some(recent) => *known = recent,
                None => others.push((short, known)),
            }
        }
        for (short, known) in others {
            *known = self.find_short(short).unwrap_or(Known::NOT);
        }
    }

    /// Like [`Cache::find`], for a word that was looked up.
    #[inline]
    pub(super) fn recall(&mut self, known: Known, spelling: &str) -> Option<Found<'_>> {
        // One without a mark may have been marked since.
        if self.remembers(known) { self.found(known) } else { self.find(spelling, Form::Word) }
    }

    /// Whether what was looked up was known and cannot be forgotten since: it was used then, so the hand has to come by twice.
    #[inline]
    const fn remembers(&self, known: Known) -> bool {
        known.mark.is_some() && self.went < MAX_TERMS
    }

    /// The term of a word as it is spelled; `None` if nothing is left of it when folded.
    #[inline]
    pub(super) fn find(&mut self, spelling: &str, form: Form) -> Option<Found<'_>> {
        let known = match Short::of(spelling.as_bytes()) {
            Some(short) => self.find_recent(short).or_else(|| self.find_short(short)),
            None => self.find_long(spelling),
        };
        match known {
            Some(known) => self.found(known),
            None => self.insert(spelling, form),
        }
    }

    /// Marks a word as it is spelled, while it is kept.
    #[cold]
    pub(super) fn mark(&mut self, spelling: &str, mark: Option<Mark>) {
        self.known.get_mut(spelling.as_bytes()).into_iter().for_each(|known| known.mark = mark);
        if let Some((_, known)) = Short::of(spelling.as_bytes()).and_then(|short| self.recent_mut(short)) {
            known.mark = mark;
        }
    }

    /// Takes the marks of all words away.
    pub(super) fn forget_marks(&mut self) {
        self.recent.clear();
        self.known.values_mut().for_each(|known| known.mark = None);
    }

    /// Where a short spelling is among the recent ones, if it is.
    #[inline]
    fn slot(&self, short: Short) -> usize {
        self.known.hash(short) as usize & (RECENT / 2 - 1)
    }

    #[inline]
    fn find_recent(&mut self, short: Short) -> Option<Known> {
        let slot = self.slot(short);
        self.recent.get_mut(slot)?.find(short)
    }

    /// What stands for a spelling among the recent ones.
    fn recent_mut(&mut self, short: Short) -> Option<&mut (Short, Known)> {
        let slot = self.slot(short);
        self.recent.get_mut(slot)?.get_mut(short)
    }

    #[inline]
    fn found(&self, Known { place, mark }: Known) -> Option<Found<'_>> {
        self.kept.get(place as usize).map(|kept| Found { term: &kept.term, mark })
    }

    /// What is known of a short spelling that is not recent; it is from now on.
    #[inline]
    fn find_short(&mut self, short: Short) -> Option<Known> {
        let known = self.known.get_short(short)?;
        // While they are few they are near enough.
        if self.recent.is_empty() && self.known.len() >= RECENT {
            self.recent.resize(RECENT / 2, Recent::NONE);
        }
        let slot = self.slot(short);
        if let Some(recent) = self.recent.get_mut(slot) {
            recent.put(short, known);
        }
        self.use_again(known);
        Some(known)
    }

    fn find_long(&mut self, spelling: &str) -> Option<Known> {
        let known = self.known.get(spelling.as_bytes())?;
        self.use_again(known);
        Some(known)
    }

    fn use_again(&mut self, known: Known) {
        if let Some(used) = self.used.get_mut(known.place as usize) {
            *used = true;
        }
    }

    /// Like [`Cache::find`], for the term alone.
    #[inline]
    pub(super) fn term(&mut self, spelling: &str, form: Form) -> Option<&Term> {
        self.find(spelling, form).map(|found| found.term)
    }

    #[cold]
    fn insert(&mut self, word: &str, form: Form) -> Option<Found<'_>> {
        let folded = match form {
            Form::Word => fold_word(word),
            Form::Number => number::value(word),
            Form::Signs => word.to_ascii_lowercase(),
        };
        let sought = self.sought.as_ref().is_none_or(|sought| sought.may_be(&folded));
        let term = if sought { Term::of_folded(folded) } else { Term::exactly(folded) };
        if term.exact.is_empty() {
            return None;
        }
        if word.len() > MAX_KEPT_BYTES {
            return Some(Found { term: self.unkept.insert(term), mark: None });
        }
        if self.kept.is_empty() && self.sought.is_none() {
            // Room for the words of some articles, not taken until it is used: to grow is to copy them.
            self.kept.reserve(RECENT);
            self.known.reserve(RECENT / 2);
        }
        let place = if self.kept.len() < MAX_TERMS { self.kept.len() } else { self.give_away() };
        let known = Known { place: place as u32, mark: None };
        self.known.insert(word.as_bytes(), known);
        let kept = Kept { term, spelling: word.into() };
        match self.kept.get_mut(place) {
            Some(before) => *before = kept,
            None => {
                self.kept.push(kept);
                self.used.push(false);
            }
        }
        self.found(known)
    }

    /// Forgets a word that was not used for long, and returns its place.
    fn give_away(&mut self) -> usize {
        loop {
            let place = self.hand;
            self.hand = (place + 1) % MAX_TERMS;
            self.went += 1;
            let Some(used) = self.used.get_mut(place) else { return place };
            let Some(Kept { spelling, .. }) = self.kept.get(place) else { return place };
            if !std::mem::take(used) {
                self.known.remove(spelling.as_bytes());
                return place;
            }
            // What is recent is used without a note: the next time there is one.
            if let Some(recent) = Short::of(spelling.as_bytes()).and_then(|short| self.recent_mut(short)) {
                *recent = (Short::EMPTY, Known::NOT);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Marks a word with its own number, unless it is marked.
    fn marked(cache: &mut Cache, word: &str, number: usize) -> Option<Mark> {
        let found = cache.find(word, Form::Word).unwrap();
        assert_eq!(found.term.exact, word);
        let mark = found.mark;
        if mark.is_none() {
            cache.mark(word, Mark::new(number as u32));
        }
        mark
    }

    #[test]
    fn finds_the_same_term_however_often_it_is_asked() {
        let mut cache = Cache::default();
        let words: Vec<String> = (0..3 * RECENT).map(|n| format!("{}mot{n}", "a".repeat(n % 40))).collect();
        for round in 0..3 {
            for (n, word) in words.iter().enumerate() {
                let mark = marked(&mut cache, word, n + 1);
                assert_eq!(mark, Mark::new(n as u32 + 1).filter(|_| round > 0), "{word}");
            }
        }
        cache.forget_marks();
        assert!(words.iter().all(|word| marked(&mut cache, word, 1).is_none()));
        assert!(cache.find("", Form::Word).is_none() && cache.find("\u{301}", Form::Word).is_none());
        assert!(cache.find("\u{301}", Form::Word).is_none());
    }

    #[test]
    fn forgets_what_was_not_used_for_long_and_its_mark() {
        let mut cache = Cache::default();
        let often: Vec<String> = (0..2 * RECENT).map(|n| format!("souvent{n}")).collect();
        assert!(often.iter().enumerate().all(|(n, word)| marked(&mut cache, word, n + 1).is_none()));
        for n in 0..3 * MAX_TERMS {
            assert_eq!(marked(&mut cache, &format!("mot{n}"), n + 1), None);
            let number = n % often.len();
            let mark = marked(&mut cache, &often[number], 1);
            assert_eq!(mark, Mark::new(number as u32 + 1), "{n}: {} was in use", often[number]);
        }
        assert_eq!(marked(&mut cache, "mot1", 1), None, "it was forgotten long ago");
    }

    #[test]
    fn recalls_what_was_looked_up_until_it_may_be_forgotten() {
        let mut cache = Cache::default();
        let insert = |cache: &mut Cache, from: usize, to: usize| {
            for n in from..to {
                cache.find(&format!("mot{n}"), Form::Word);
            }
        };
        insert(&mut cache, 0, MAX_TERMS + RECENT);
        // Some are recent by now and some are not.
        let words: Vec<String> = (RECENT + 1..MAX_TERMS).step_by(7).map(|n| format!("mot{n}")).collect();
        for (n, word) in words.iter().enumerate() {
            marked(&mut cache, word, n + 1);
        }
        cache.begin();
        let look_up = |cache: &mut Cache, words: &[String]| {
            let mut known = vec![Known::NOT; words.len()];
            cache.look_up(words.iter().map(String::as_str).zip(&mut known));
            known
        };
        assert_eq!(look_up(&mut cache, &["inconnu".to_owned()]), [Known::NOT]);
        assert_eq!(cache.recall(Known::NOT, "inconnu").unwrap().term.exact, "inconnu");
        let known = look_up(&mut cache, &words);
        let remembered = |cache: &mut Cache| {
            for (word, known) in words.iter().zip(&known) {
                let Found { term, mark } = cache.recall(*known, word).unwrap();
                assert!(term.exact == *word && (mark.is_none() || mark == known.mark));
            }
            known.iter().all(|known| known.mark.is_some() && cache.remembers(*known))
        };
        assert!(remembered(&mut cache));
        let mut met = MAX_TERMS + RECENT;
        while cache.went < MAX_TERMS - 100 {
            insert(&mut cache, met, met + 1);
            met += 1;
        }
        assert!(remembered(&mut cache), "the hand has not come by twice");
        insert(&mut cache, met, met + MAX_TERMS);
        assert!(!remembered(&mut cache));
    }

    #[test]
    fn stays_within_bounds() {
        let mut cache = Cache::default();
        for n in 0..MAX_TERMS + 10 {
            let word = format!("mot{n}x");
            assert_eq!(cache.term(&word, Form::Word).unwrap().exact, word);
        }
        assert!(cache.kept.len() == MAX_TERMS && cache.known.len() == MAX_TERMS);
        let long = "é".repeat(1000);
        assert_eq!(cache.term(&long, Form::Word).unwrap().exact.len(), 100);
        assert!(cache.known.get(long.as_bytes()).is_none());
        let middling = "é".repeat(20);
        assert_eq!(cache.term(&middling, Form::Word).unwrap().exact.len(), 20);
        assert!(cache.known.get(middling.as_bytes()).is_some());
    }
}
