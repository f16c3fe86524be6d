//! An article as the index takes it.

use std::collections::HashSet;
use std::sync::Arc;

use tantivy::tokenizer::{PreTokenizedString, Token};
use unicode_normalization::UnicodeNormalization;

use super::lexicon::{Lexicon, Numbering};
use super::pending::Values;
use super::schema::Fields;
use super::walk::{sections, walk};
use super::words::Words;
use crate::article::{Article, ArticleId};
use crate::french::{Analyzer, Term, fold};
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
    /// What the numbers of its words stand for.
    pub(super) lexicon: Arc<Lexicon>,
    /// The words of its parts; those of [`Part::Anywhere`] are searched as a whole.
    pub(super) words: Vec<(Part, Words)>,
    /// What is kept or searched as a whole.
    pub(super) values: Values,
}

impl Document {
    /// All of it as tantivy's own writer takes it.
    pub(super) fn into_values(self, fields: &Fields) -> Values {
        let mut values = self.values;
        for (part, words) in &self.words {
            for (field, forms) in fields.of_part(*part) {
                let terms = words.places().flat_map(|(word, position)| {
                    let terms = self.lexicon.word(word);
                    forms.iter().filter_map(move |form| Some((terms?.of(*form), position)))
                });
                let token = |(term, position)| {
                    let text = self.lexicon.read(term, str::to_owned)?;
                    Some(Token { text, position: position as usize, ..Token::default() })
                };
                let tokens: Vec<Token> = terms.filter_map(token).collect();
                if !tokens.is_empty() {
                    values.add_terms(field, PreTokenizedString { text: String::new(), tokens });
                }
            }
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
        if self.numbering.is_full() {
            self.numbering = Numbering::default();
            self.analyzer.forget_marks();
        }
        let lexicon = self.numbering.lexicon();
        let words = words(&mut self.analyzer, &mut self.numbering, entry.article);
        Document { id: entry.id, lexicon, words, values: values(&self.fields, entry) }
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

/// [`as_written`], of a word that is not written like its folded form: others have no such term.
pub(super) fn if_written_otherwise(exact: &str, word: &str) -> Option<String> {
    (!word.eq_ignore_ascii_case(exact)).then(|| as_written(exact, word))
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

    /// A term is read only where words are counted: the memory of most is not at hand, and to wait for it would take long.
    fn lets_pass(&mut self, term: &Term) -> bool {
        let Self::Counting(met) = self else { return true };
        let hash = ArticleId::of(term.exact.as_bytes()).0;
        met.contains(&hash) || (met.len() < MOST_WORDS && met.insert(hash))
    }
}

/// The words of the parts that have any.
fn words(analyzer: &mut Analyzer, numbering: &mut Numbering, article: &Article) -> Vec<(Part, Words)> {
    let sections = sections(article);
    let length = sections.iter().map(|section| section.text.len()).sum();
    let (mut all, mut gate) = (Words::for_text(length), Gate::for_text(length));
    let [mut headline, mut lead, mut posts] = std::array::from_fn(|_| Words::default());
    let [mut authors, mut publisher, mut tags] = std::array::from_fn(|_| Words::default());
    // An embedded post weighs little: each of its words counts once among the article's.
    let mut in_posts = HashSet::new();
    walk(&sections, analyzer, &mut |place| {
        if !gate.lets_pass(place.term) {
            return;
        }
        let name = match place.part {
            Part::Author => Some(&mut authors),
            Part::Source => Some(&mut publisher),
            Part::Tag => Some(&mut tags),
            _ => None,
        };
        let position = place.position;
        if let Some(name) = name {
            numbering.name(place).into_iter().for_each(|word| name.push(position, word));
            return;
        }
        let Some(word) = numbering.word(place) else { return };
        match place.part {
            Part::Headline => headline.push(position, word),
            Part::Lead => lead.push(position, word),
            Part::Posts => {
                posts.push(position, word);
                let light = numbering.light(word).filter(|light| in_posts.insert(light.number()));
                light.into_iter().for_each(|light| all.push(position, light));
                return;
            }
            _ => {}
        }
        all.push(position, word);
    });
    let parts = [(Part::Anywhere, all), (Part::Headline, headline), (Part::Lead, lead), (Part::Posts, posts)];
    let names = [(Part::Author, authors), (Part::Source, publisher), (Part::Tag, tags)];
    parts.into_iter().chain(names).filter(|(_, words)| !words.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::lexicon::Form;

    #[test]
    fn numbers_begin_anew_and_words_stay_the_same() {
        let article = Article {
            headline: Some("Une offre, des Offres et l'été à Saint-Malo".to_owned()),
            ..Article::default()
        };
        let entry = Entry { id: ArticleId(1), article: &article, json: b"{}", format: "text", paths: &[] };
        let mut builder = DocumentBuilder::default();
        let terms = |document: &Document| -> Vec<(u32, [Option<String>; 4])> {
            let words = document.words.iter().flat_map(|(_, words)| words.places());
            let forms = [Form::Light, Form::Plural, Form::Exact, Form::Written];
            let term = |word, form| document.lexicon.read(document.lexicon.word(word).unwrap().of(form), str::to_owned);
            words.map(|(word, position)| (position, forms.map(|form| term(word, form)))).collect()
        };
        let first = builder.build(&entry);
        let again = builder.build(&entry);
        assert!(Arc::ptr_eq(&first.lexicon, &again.lexicon) && terms(&first) == terms(&again));
        builder.numbering.fill();
        let anew = builder.build(&entry);
        assert!(!Arc::ptr_eq(&first.lexicon, &anew.lexicon));
        assert_eq!(terms(&first), terms(&anew), "and articles on their way still have theirs");
        assert!(terms(&anew).len() > 10 && Arc::ptr_eq(&anew.lexicon, &builder.build(&entry).lexicon));
    }

    #[test]
    fn a_list_of_codes_has_no_more_words_than_a_language() {
        let mut gate = Gate::for_text(8 << 20);
        let code = |n: usize| Term { exact: n.to_string(), plural: String::new(), light: None };
        let passed = (0..2 * MOST_WORDS).filter(|n| gate.lets_pass(&code(*n))).count();
        assert_eq!(passed, MOST_WORDS);
        assert!(gate.lets_pass(&code(0)) && !gate.lets_pass(&code(2 * MOST_WORDS)), "those known go on passing");
        assert!((0..2 * MOST_WORDS).all(|n| Gate::for_text(1_000).lets_pass(&code(n))));
    }
}
