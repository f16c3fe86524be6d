//! The weights of the ranking, all in one place.
//!
//! The score of an article is the sum, over the query's words and the fields below, of the field's weight times BM25
//! (Robertson and Walker, k1 = 1.2, b = 0.75) of the word's form in that field.

/// The stem in headline, lead, body and posts together.
pub(super) const LIGHT: f32 = 1.0;
/// The word without plural ending.
pub(super) const PLURAL: f32 = 1.0;
/// The very word. More would hide an article that has the other number (0.5 costs .03 of MRR).
pub(super) const EXACT: f32 = 0.2;
/// The word as it was typed: tells pêche from péché when someone cares to type accents, and St-Malo from Saint-Malo.
pub(super) const WRITTEN: f32 = 0.2;
/// The stem in the headline, on top of the above.
pub(super) const HEADLINE: f32 = 0.4;
/// The stem in the lead, on top of the above.
pub(super) const LEAD: f32 = 0.2;
