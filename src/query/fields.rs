//! The fields of the language, under their French and English names.

use super::tree::{Address, Field, Part, Property};

const NAMES: [(&str, Field); 17] = [
    ("titre", Field::Part(Part::Headline)),
    ("title", Field::Part(Part::Headline)),
    ("chapo", Field::Part(Part::Lead)),
    ("lead", Field::Part(Part::Lead)),
    ("texte", Field::Part(Part::Body)),
    ("body", Field::Part(Part::Body)),
    ("auteur", Field::Part(Part::Author)),
    ("author", Field::Part(Part::Author)),
    ("source", Field::Part(Part::Source)),
    ("tweet", Field::Part(Part::Posts)),
    ("tag", Field::Part(Part::Tag)),
    ("date", Field::Date),
    ("lang", Field::Property(Property::Language)),
    ("langue", Field::Property(Property::Language)),
    ("format", Field::Property(Property::Format)),
    ("url", Field::Address(Address::Url)),
    ("path", Field::Address(Address::Path)),
];

/// Takes a field name and its colon off the beginning of a word: only known names, in lower case.
pub(super) fn split(word: &str) -> Option<(&str, Field, &str)> {
    let (name, value) = word.split_once(':')?;
    let (_, field) = NAMES.iter().find(|(known, _)| *known == name)?;
    Some((name, *field, value))
}

/// Languages by name, as people type them.
const LANGUAGES: [(&str, &[&str]); 8] = [
    ("fr", &["francais", "french", "fra", "fre"]),
    ("en", &["anglais", "english", "eng"]),
    ("de", &["allemand", "german", "deutsch", "deu", "ger"]),
    ("es", &["espagnol", "spanish", "espanol", "spa"]),
    ("it", &["italien", "italian", "italiano", "ita"]),
    ("nl", &["neerlandais", "dutch", "nederlands", "nld"]),
    ("pt", &["portugais", "portuguese", "portugues", "por"]),
    ("ar", &["arabe", "arabic", "ara"]),
];

/// The code of a language given by code (`fr`, `fr-FR`) or name.
pub(super) fn language(value: &str) -> String {
    let folded = crate::french::fold(value);
    let known = LANGUAGES.iter().find(|(_, names)| names.contains(&folded.as_str()));
    known.map_or_else(|| folded.split(['-', '_']).next().unwrap_or_default().to_owned(), |(code, _)| (*code).to_owned())
}
