//! The fields of the language, under their French and English names, and the languages `lang:` knows by name.

use super::tree::{Address, Field, Part, Property};
use crate::french::fold;

/// The French name goes before the English one.
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

/// The most characters a field name has.
pub(super) const LONGEST: usize = 6;

/// The field of a name; lower case only.
pub(super) fn named(name: &str) -> Option<Field> {
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, field)| *field)
}

/// The French name of a field.
pub(super) fn name(field: Field) -> &'static str {
    NAMES.iter().find(|(_, known)| *known == field).map_or("text", |(name, _)| name)
}

/// A field with a value, to show how it is written.
pub(super) const fn example(field: Field) -> &'static str {
    match field {
        Field::Date => "date:2025-02",
        Field::Property(Property::Language) => "lang:fr",
        Field::Property(Property::Format) => "format:html",
        Field::Address(Address::Url) => "url:exemple.fr",
        Field::Address(Address::Path) => "path:2025/*.html",
        Field::Part(Part::Author) => "auteur:\"Marie Curie\"",
        Field::Part(Part::Source) => "source:\"Le Monde\"",
        Field::Part(Part::Posts) => "tweet:@sama",
        Field::Part(Part::Tag) => "tag:climat",
        Field::Part(Part::Lead) => "chapo:OpenAI",
        Field::Part(Part::Body) => "texte:OpenAI",
        Field::Part(Part::Headline | Part::Anywhere) => "titre:OpenAI",
    }
}

/// Whether the words of a part are names, which have no other forms.
pub(super) const fn holds_names(part: Part) -> bool {
    matches!(part, Part::Author | Part::Source | Part::Tag)
}

/// Languages by their folded names and three-letter codes.
const LANGUAGES: [(&str, &[&str]); 8] = [
    ("fr", &["francais", "french", "fra", "fre"]),
    ("en", &["anglais", "english", "eng"]),
    ("de", &["allemand", "german", "deutsch", "deu", "ger"]),
    ("es", &["espagnol", "spanish", "espanol", "spa"]),
    ("it", &["italien", "italian", "italiano", "ita"]),
    ("nl", &["neerlandais", "dutch", "nederlands", "nld", "dut"]),
    ("pt", &["portugais", "portuguese", "portugues", "por"]),
    ("ar", &["arabe", "arabic", "ara"]),
];

/// The code of a language given by code (`fr`, `fr-FR`) or name.
pub(super) fn language(value: &str) -> String {
    let folded = fold(value);
    let code = folded.split(['-', '_']).next().unwrap_or_default();
    let known = LANGUAGES.iter().find(|(_, names)| names.contains(&code));
    known.map_or(code, |(code, _)| code).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        for (known, field) in NAMES {
            assert!(known.chars().count() <= LONGEST);
            assert_eq!(named(known), Some(field));
            assert_eq!(named(name(field)), Some(field));
            assert_eq!(example(field).split(':').next().and_then(named), Some(field));
        }
        assert_eq!(named("Source"), None);
    }

    #[test]
    fn languages_have_codes_and_names() {
        for value in ["fr", "FR", "fr-FR", "fr_CA", "français", "French", "fra"] {
            assert_eq!(language(value), "fr");
        }
        assert_eq!(language("oc"), "oc");
    }
}
