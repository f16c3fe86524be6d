//! An article as the index takes it.

use std::collections::HashSet;
use std::sync::Arc;

use tantivy::schema::Field as TantivyField;
use tantivy::tokenizer::{PreTokenizedString, Token};
use unicode_normalization::UnicodeNormalization;

use super::inversion::Tokens;
use super::lexicon::{Lexicon, NONE, Numbering, WordTerms};
use super::pending::Values;
use super::schema::{Fields, Forms};
use super::walk::{sections, walk};
use crate::article::{Article, ArticleId};
use crate::french::{Analyzer, fold};
use crate::query::{Address, Field, Part, Property};

/// An article to index, with what the archive knows of it.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Its name.
    pub id: ArticleId,
    /// The cleaned article.
    pub article: &'a Article,
    /// The article as JSON, as its text hash was taken over it.
    pub json: &'a [u8],
    /// The reader it came through.
    pub format: &'a str,
    /// The paths it was found at.
    pub paths: &'a [String],
}

/// An article analysed and ready for the index.
#[derive(Debug)]
pub struct Document {
    pub(super) id: ArticleId,
    /// What the numbers of its terms stand for.
    pub(super) lexicon: Arc<Lexicon>,
    /// The terms of the fields that are analysed.
    pub(super) tokens: Vec<(TantivyField, Tokens)>,
    /// What is kept or searched as a whole.
    pub(super) values: Values,
}

impl Document {
    /// All of it as tantivy's own writer takes it.
    pub(super) fn into_values(self) -> Values {
        let mut values = self.values;
        for (field, tokens) in self.tokens {
            let token = |(term, position)| Token {
                text: self.lexicon.read(term, str::to_owned).unwrap_or_default(),
                position: position as usize,
                ..Token::default()
            };
            let tokens = tokens.places().map(token).collect();
            values.add_terms(field, PreTokenizedString { text: String::new(), tokens });
        }
        values
    }
}

/// Analyses articles: one for each thread.
pub struct DocumentBuilder {
    fields: Fields,
    analyzer: Analyzer,
    numbering: Numbering,
}

impl Default for DocumentBuilder {
    fn default() -> Self {
        Self { fields: Fields::new(), analyzer: Analyzer::new(), numbering: Numbering::default() }
    }
}

impl DocumentBuilder {
    /// Analyses an article.
    pub fn build(&mut self, entry: &Entry<'_>) -> Document {
        let lexicon = self.numbering.begin();
        let tokens = tokens(&self.fields, &mut self.analyzer, &mut self.numbering, entry.article);
        Document { id: entry.id, lexicon, tokens, values: values(&self.fields, entry) }
    }
}

fn values(fields: &Fields, entry: &Entry<'_>) -> Values {
    let article = entry.article;
    let mut values = Values::default();
    values.add_u64(fields.id, entry.id.0);
    values.add_bytes(fields.article, entry.json.to_vec());
    if let Some(date) = article.date() {
        values.add_u64(fields.first_day, day_number(date.first_day()));
        values.add_u64(fields.last_day, day_number(date.last_day()));
    }
    let mut add = |field, value: &str| values.add_text(field, bounded(value).to_owned());
    article.language.iter().for_each(|value| add(fields.language, &value.to_lowercase()));
    add(fields.format, entry.format);
    article.publisher.iter().for_each(|value| add(fields.publisher_name, value));
    article.authors.iter().for_each(|value| add(fields.author_names, value));
    article.tags.iter().for_each(|value| add(fields.tag_names, value));
    article.url.iter().for_each(|value| add(fields.url, &fold(value)));
    entry.paths.iter().for_each(|value| add(fields.path, &fold(value)));
    for field in present(article) {
        add(fields.has, field_name(field));
    }
    values
}

/// A day as a number that sorts and reads: yyyymmdd.
pub(super) fn day_number(day: jiff::civil::Date) -> u64 {
    u64::from(day.year().unsigned_abs()) * 10_000
        + u64::from(day.month().unsigned_abs()) * 100
        + u64::from(day.day().unsigned_abs())
}

/// The name of a field in [`Fields::has`].
pub(super) const fn field_name(field: Field) -> &'static str {
    match field {
        Field::Part(Part::Anywhere) => "text",
        Field::Part(Part::Headline) => "headline",
        Field::Part(Part::Lead) => "lead",
        Field::Part(Part::Body) => "body",
        Field::Part(Part::Posts) => "posts",
        Field::Part(Part::Author) => "author",
        Field::Part(Part::Source) => "source",
        Field::Part(Part::Tag) => "tag",
        Field::Date => "date",
        Field::Property(Property::Language) => "language",
        Field::Property(Property::Format) => "format",
        Field::Address(Address::Url) => "url",
        Field::Address(Address::Path) => "path",
    }
}

/// tantivy refuses terms above 65,530 bytes; no honest value comes near.
fn bounded(value: &str) -> &str {
    value.get(..value.floor_char_boundary(4096)).unwrap_or(value)
}

fn present(article: &Article) -> Vec<Field> {
    let body = article.blocks.iter().any(|block| block.text().is_some());
    let found = [
        (Field::Part(Part::Headline), article.headline.is_some()),
        (Field::Part(Part::Lead), article.lead.is_some()),
        (Field::Part(Part::Body), body),
        (Field::Part(Part::Posts), article.embeds().next().is_some()),
        (Field::Part(Part::Author), !article.authors.is_empty()),
        (Field::Part(Part::Source), article.publisher.is_some()),
        (Field::Part(Part::Tag), !article.tags.is_empty()),
        (Field::Date, article.date().is_some()),
        (Field::Property(Property::Language), article.language.is_some()),
        (Field::Address(Address::Url), article.url.is_some()),
        (Field::Property(Property::Format), true),
        (Field::Address(Address::Path), true),
        (Field::Part(Part::Anywhere), true),
    ];
    found.into_iter().filter_map(|(field, there)| there.then_some(field)).collect()
}

/// The terms of the three forms of one part.
#[derive(Default)]
struct PartTokens {
    light: Tokens,
    plural: Tokens,
    exact: Tokens,
}

impl PartTokens {
    fn for_text(bytes: usize) -> Self {
        let [light, plural, exact] = std::array::from_fn(|_| Tokens::for_text(bytes));
        Self { light, plural, exact }
    }

    fn push(&mut self, position: u32, plural: u32, terms: WordTerms) {
        if terms.light != NONE {
            self.light.push_anywhere(terms.light);
        }
        self.plural.push(position, plural);
        self.exact.push_anywhere(terms.exact);
    }

    fn finish(self, forms: Forms) -> [(TantivyField, Tokens); 3] {
        [(forms.light, self.light), (forms.plural, self.plural), (forms.exact, self.exact)]
    }
}

/// The term of a folded word as it is written, in small letters: `pêche`, `st-malo`, `1 000`. [`Fields::all`]'s `exact` holds
/// it beside the folded word where the two differ, so that who writes it so comes first. No folded word begins like it.
pub(super) fn as_written(exact: &str, word: &str) -> String {
    // Letters that stand for themselves need no composing, and nearly all do.
    let composed = word.chars().all(|c| c < '\u{250}');
    let letters = if composed { word.to_lowercase() } else { word.nfc().flat_map(char::to_lowercase).collect() };
    let typed = letters.chars().filter(|c| !matches!(c, '\u{ad}' | '\u{200b}')).map(|c| match c {
        '’' | 'ʼ' => '\'',
        '\u{2010}' | '\u{2011}' => '-',
        c if c.is_whitespace() || c.is_control() => ' ',
        c => c,
    });
    format!("\u{5}{exact}\u{5}{}", typed.collect::<String>())
}

/// The words of an article that are told apart. The language has fewer; a list of codes, which may have millions, would take
/// the index's writer more memory than all other articles together.
const MOST_WORDS: usize = 200_000;

/// Lets a word pass unless it is new and there are [`MOST_WORDS`] already.
enum Gate {
    /// The text is too short for so many.
    Open,
    /// Hashes of the words met.
    Counting(HashSet<u64>),
}

impl Gate {
    fn for_text(bytes: usize) -> Self {
        if bytes < MOST_WORDS * 4 { Self::Open } else { Self::Counting(HashSet::new()) }
    }

    fn lets_pass(&mut self, word: &str) -> bool {
        let Self::Counting(met) = self else { return true };
        let hash = ArticleId::of(word.as_bytes()).0;
        met.contains(&hash) || (met.len() < MOST_WORDS && met.insert(hash))
    }
}

/// The terms of the fields that are analysed; of those that have any.
fn tokens(
    fields: &Fields,
    analyzer: &mut Analyzer,
    numbering: &mut Numbering,
    article: &Article,
) -> Vec<(TantivyField, Tokens)> {
    let sections = sections(article);
    let length = sections.iter().map(|section| section.text.len()).sum();
    let (mut all, mut gate) = (PartTokens::for_text(length), Gate::for_text(length));
    let [mut headline, mut lead, mut posts] = std::array::from_fn(|_| PartTokens::default());
    let [mut authors, mut publisher, mut tags] = std::array::from_fn(|_| Tokens::default());
    // An embedded post weighs little: each of its words counts once among the article's.
    let mut in_posts = HashSet::new();
    walk(&sections, analyzer, &mut |place| {
        if !gate.lets_pass(&place.term.exact) {
            return;
        }
        let Some(terms) = numbering.word(place) else { return };
        let (position, width) = (place.position, place.width);
        let of_width = |numbering: &mut Numbering, number, term| {
            if width > 1 { numbering.joined(term, width).unwrap_or(number) } else { number }
        };
        if matches!(place.part, Part::Author | Part::Source | Part::Tag) {
            let exact = of_width(numbering, terms.exact, &place.term.exact);
            match place.part {
                Part::Author => authors.push(position, exact),
                Part::Source => publisher.push(position, exact),
                _ => tags.push(position, exact),
            }
            return;
        }
        let plural = of_width(numbering, terms.plural, &place.term.plural);
        match place.part {
            Part::Headline => headline.push(position, plural, terms),
            Part::Lead => lead.push(position, plural, terms),
            Part::Posts => {
                posts.push(position, plural, terms);
                if terms.light != NONE && in_posts.insert(terms.light) {
                    all.light.push_anywhere(terms.light);
                }
                return;
            }
            _ => {}
        }
        all.push(position, plural, terms);
        if terms.written != NONE {
            all.exact.push_anywhere(terms.written);
        }
    });
    let parts = [(fields.all, all), (fields.headline, headline), (fields.lead, lead), (fields.posts, posts)];
    let names = [(fields.authors, authors), (fields.publisher, publisher), (fields.tags, tags)];
    let tokens = parts.into_iter().flat_map(|(forms, part)| part.finish(forms)).chain(names);
    tokens.filter(|(_, tokens)| !tokens.terms.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_codes_has_no_more_words_than_a_language() {
        let mut gate = Gate::for_text(8 << 20);
        let passed = (0..2 * MOST_WORDS).filter(|n| gate.lets_pass(&n.to_string())).count();
        assert_eq!(passed, MOST_WORDS);
        assert!(gate.lets_pass("0") && !gate.lets_pass("neuf"), "those known go on passing");
        assert!((0..2 * MOST_WORDS).all(|n| Gate::for_text(1_000).lets_pass(&n.to_string())));
    }
}
