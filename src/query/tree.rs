//! The query as it was understood: a tree that knows nothing of any index.

use crate::french::Term;

/// Which articles are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Query {
    /// Every article.
    All,
    /// Articles that match all of these.
    And(Vec<Query>),
    /// Articles that match at least one of these.
    Or(Vec<Query>),
    /// Articles that do not match this.
    Not(Box<Query>),
    /// Articles with these words in this part.
    Words(Part, Span),
    /// Articles that may have been published between these two days, both included; either end may be open.
    Date {
        /// First day.
        from: Option<jiff::civil::Date>,
        /// Last day.
        to: Option<jiff::civil::Date>,
    },
    /// Articles whose field equals this, letter case aside (`lang:`, `format:`).
    Equals(Property, String),
    /// Articles whose address or path holds this; `*` is any run of characters.
    Holds(Address, String),
    /// Articles where this has a value.
    Has(Field),
}

impl Query {
    /// All of these, without needless nesting.
    #[must_use]
    pub fn and(parts: Vec<Self>) -> Self {
        let flat = parts.into_iter().flat_map(|part| match part {
            Self::And(inner) => inner,
            Self::All => Vec::new(),
            other => vec![other],
        });
        one_or(flat.collect(), Self::All, Self::And)
    }

    /// Any of these, without needless nesting.
    #[must_use]
    pub fn or(branches: Vec<Self>) -> Self {
        let flat = branches.into_iter().flat_map(|branch| match branch {
            Self::Or(inner) => inner,
            other => vec![other],
        });
        one_or(flat.collect(), Self::Not(Box::new(Self::All)), Self::Or)
    }

    /// All but these.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "it stands beside `and` and `or`, which are no operators either")]
    pub fn not(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// Whether it asks for no word: an exclusion, a filter, or several of these.
    #[must_use]
    pub fn is_filter(&self) -> bool {
        match self {
            Self::Words(..) => false,
            Self::And(parts) | Self::Or(parts) => parts.iter().all(Self::is_filter),
            Self::All | Self::Not(_) | Self::Date { .. } | Self::Equals(..) | Self::Holds(..) | Self::Has(_) => true,
        }
    }
}

fn one_or(mut parts: Vec<Query>, none: Query, many: fn(Vec<Query>) -> Query) -> Query {
    match parts.len() {
        0 => none,
        1 => parts.swap_remove(0),
        _ => many(parts),
    }
}

/// Where words are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// Headline, lead, body and embedded posts.
    Anywhere,
    /// `titre:`
    Headline,
    /// `chapo:`
    Lead,
    /// `texte:`: the body without headline, lead and embedded posts.
    Body,
    /// `tweet:`: embedded posts: text, author and handle.
    Posts,
    /// `auteur:`
    Author,
    /// `source:`
    Source,
    /// `tag:`
    Tag,
}

/// A property that is compared as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Property {
    /// `lang:`
    Language,
    /// `format:`
    Format,
}

/// An address that is searched by pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Address {
    /// `url:`
    Url,
    /// `path:`
    Path,
}

/// A field that may have no value (`field:*`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// One of the parts (not [`Part::Anywhere`]).
    Part(Part),
    /// The date.
    Date,
    /// A property.
    Property(Property),
    /// An address.
    Address(Address),
}

/// Words in a place: what a phrase, NEAR or a single word asks for. A match is a run of positions within one part.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Span {
    /// One word.
    Word(Word),
    /// These one after the other, with at most `slop` words between neighbours in all.
    Phrase {
        /// At least one.
        parts: Vec<Span>,
        /// Words that may stand between, summed over all gaps.
        slop: u32,
    },
    /// Both, in either order, with at most `distance` words between, not overlapping.
    Near {
        /// Exactly two.
        operands: Box<(Span, Span)>,
        /// Words that may stand between.
        distance: u32,
    },
    /// Any of these.
    Any(Vec<Span>),
}

/// One word and how near a text's word must come to it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Word {
    /// Any form of it: compared by stem when it stands alone, by plural endings removed inside a phrase or NEAR.
    Stem(Term),
    /// This folded word (`=word`, and small words that were all that was asked).
    Folded(String),
    /// This very word, accents and case included (`==word`): the folded form and the form as typed.
    Exact {
        /// Folded, for the index.
        folded: String,
        /// As typed, in NFC.
        typed: String,
    },
    /// Words that begin so, folded (`milliard*`).
    Prefix(String),
    /// Words at most `edits` typing errors away, first letter right, folded (`Altmann~`).
    Fuzzy {
        /// Folded.
        word: String,
        /// 1 or 2: insertions, deletions, substitutions or swaps of neighbours.
        edits: u8,
    },
}
