//! The usual names of an article's fields, in JSON records and in front matter alike.

use serde_json::{Map, Value};

use crate::article::{Body, Draft, StatedDate};
use crate::date::Date;

/// A record's fields by name.
pub(super) type Fields = Map<String, Value>;

type Names = &'static [&'static str];
const KEY: Names = &["id", "_id", "uuid", "guid", "docid", "doc_id", "key", "identifier", "url_hash", "hash"];
const HEADLINE: Names = &["headline", "title", "titre", "name"];
const TEXT: Names = &[
    "text",
    "body",
    "maintext",
    "articlebody",
    "content",
    "texte",
    "article_body",
    "content_text",
    "contenu",
    "fulltext",
    "full_text",
    "cleaned_text",
];
const HTML: Names = &["content_html", "body_html", "html", "article_html"];
const LEAD: Names = &["lead", "chapo", "standfirst", "description", "summary", "abstract", "resume", "excerpt"];
const AUTHORS: Names = &["authors", "author", "auteur", "auteurs", "byline", "creator"];
const DATE: Names = &[
    "datepublished",
    "date_publish",
    "date_published",
    "published",
    "published_at",
    "publishedat",
    "publication_date",
    "publish_date",
    "pubdate",
    "date",
    "created_at",
    "created",
    "datecreated",
];
const PUBLISHER: Names = &[
    "publisher",
    "source",
    "sitename",
    "site_name",
    "site",
    "journal",
    "newspaper",
    "outlet",
    "media",
    "source_domain",
    "domain",
];
const SECTION: Names = &["section", "articlesection", "rubrique", "category"];
const LANGUAGE: Names = &["language", "inlanguage", "lang", "langue"];
const URL: Names = &["url", "link", "canonical", "canonical_url", "source_url", "mainentityofpage", "source"];
const TAGS: Names = &["tags", "keywords", "mots_cles"];
const FREE: Names = &["isaccessibleforfree"];

/// Fills a draft from fields under their usual names, whatever their case; `source` says where its date comes from.
pub(super) fn fill(draft: &mut Draft, fields: &Fields, source: &str) {
    draft.key = find(fields, KEY, text);
    draft.headline = find(fields, HEADLINE, text);
    draft.lead = find(fields, LEAD, text);
    draft.authors = find(fields, AUTHORS, authors).unwrap_or_default();
    draft.date_published = date(fields, source);
    draft.publisher = find(fields, PUBLISHER, |value| text(value).filter(|name| !is_address(name)));
    draft.section = find(fields, SECTION, text);
    draft.language = find(fields, LANGUAGE, language);
    draft.url = find(fields, URL, |value| text(value).filter(|url| is_address(url)));
    draft.tags = find(fields, TAGS, tags).unwrap_or_default();
    draft.truncated = find(fields, FREE, falsehood).is_some();
    let html = || find(fields, HTML, text).map(Body::Html);
    draft.body = find(fields, TEXT, text)
        .map(|text| if is_html(&text) { Body::Html(text) } else { Body::Text(text) })
        .or_else(html)
        .unwrap_or_default();
    // A summary that only repeats how the text begins is no lead.
    if let (Some(lead), Body::Text(body)) = (&draft.lead, &draft.body)
        && body.trim_start().starts_with(lead.trim_end_matches(['.', '…', ' ', ']', '[']))
    {
        draft.lead = None;
    }
}

/// Whether one of the fields is the text of an article.
pub(super) fn has_text(fields: &Fields) -> bool {
    find(fields, TEXT, text).or_else(|| find(fields, HTML, text)).is_some()
}

/// What the first field says that has one of the names, in their order, and says anything.
fn find<T>(fields: &Fields, names: Names, read: impl Fn(&Value) -> Option<T>) -> Option<T> {
    let named = |name: &&str| {
        fields.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name)).find_map(|(_, value)| read(value))
    };
    names.iter().find_map(named)
}

/// A value as text: a string, a number, what an object wraps, the first of a list.
fn text(value: &Value) -> Option<String> {
    const WRAPPED: [&str; 11] =
        ["name", "rendered", "value", "title", "text", "#text", "@value", "@id", "url", "$oid", "$date"];
    match value {
        Value::String(text) => Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned),
        Value::Number(number) => Some(number.to_string()),
        Value::Object(fields) => WRAPPED.iter().find_map(|key| text(fields.get(*key)?)),
        Value::Array(values) => values.iter().find_map(text),
        Value::Null | Value::Bool(_) => None,
    }
}

fn authors(value: &Value) -> Option<Vec<String>> {
    let names: Vec<String> = match value {
        Value::Array(values) => values.iter().filter_map(text).collect(),
        value => {
            let line = text(value)?;
            let parts = line.split([';', '|']).flat_map(|part| persons(part.trim()));
            parts.filter(|name| !name.is_empty()).map(str::to_owned).collect()
        }
    };
    Some(names).filter(|names| !names.is_empty())
}

/// The names in `Léa Roux, Jo Bas et Ann Lys`: taken apart only where each is a first name and a name, since `Roux, Léa` is
/// one person and `Radio et Télévision du Nord` one author.
fn persons(line: &str) -> Vec<&str> {
    let parts = line.split([',', '&']).flat_map(|part| part.split(" et ")).flat_map(|part| part.split(" and "));
    let names: Vec<&str> = parts.map(str::trim).collect();
    let is_full = |name: &&str| {
        let capitals =
            name.split_whitespace().filter(|word| word.chars().next().is_some_and(char::is_uppercase)).count();
        let words = name.split_whitespace().count();
        (2..=5).contains(&words) && capitals >= 2
    };
    if names.iter().all(is_full) { names } else { vec![line] }
}

/// The first date understood; else the first stated.
fn date(fields: &Fields, source: &str) -> Option<StatedDate> {
    let stated = |value: &Value| {
        let text = text(value)?;
        // Seconds or milliseconds since 1970, perhaps with a fraction.
        let whole = text.split_once('.').map_or(text.as_str(), |(whole, _)| whole);
        match whole.parse().ok().and_then(Date::from_unix) {
            Some(date) => Some(StatedDate { date: Some(date), text, source: source.to_owned() }),
            None => Some(StatedDate::read(&text, source)),
        }
    };
    find(fields, DATE, |value| stated(value).filter(|stated| stated.date.is_some()))
        .or_else(|| find(fields, DATE, stated))
}

fn tags(value: &Value) -> Option<Vec<String>> {
    let tags: Vec<String> = match value {
        Value::Array(values) => values.iter().filter_map(text).collect(),
        value => {
            text(value)?.split([',', ';']).map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect()
        }
    };
    Some(tags).filter(|tags| !tags.is_empty())
}

/// The code of a language stated as `fr`, `fr-FR`, `French` or `français`.
fn language(value: &Value) -> Option<String> {
    let lower = text(value)?.to_lowercase();
    let code = match lower.as_str() {
        "french" | "français" | "francais" | "französisch" | "fra" | "fre" => "fr",
        "english" | "anglais" | "englisch" | "eng" => "en",
        "german" | "deutsch" | "allemand" | "deu" | "ger" => "de",
        "spanish" | "español" | "espagnol" | "spa" => "es",
        "italian" | "italiano" | "italien" | "ita" => "it",
        other => other.split(['-', '_']).next().unwrap_or_default(),
    };
    let is_code = (2..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase());
    is_code.then(|| code.to_owned())
}

fn falsehood(value: &Value) -> Option<()> {
    let is_false =
        value.as_bool() == Some(false) || value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("false"));
    is_false.then_some(())
}

fn is_address(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

/// Whether a text is HTML: near its beginning it holds tags of running text.
fn is_html(text: &str) -> bool {
    let head = text.get(..text.floor_char_boundary(20_000)).unwrap_or(text);
    let tag = |after: &str| {
        let name = after.trim_start_matches('/');
        ["p", "br", "div"].iter().any(|wanted| {
            let (start, rest) = name.split_at_checked(wanted.len()).unwrap_or_default();
            start.eq_ignore_ascii_case(wanted) && rest.starts_with(['>', ' ', '/', '\n'])
        })
    };
    head.split('<').skip(1).any(tag) && !has_plain_paragraphs(head)
}

/// Whether a text has paragraphs of its own, set apart by empty lines: tags among them are of embeds.
fn has_plain_paragraphs(text: &str) -> bool {
    let blocks = text.split("\n\n").map(str::trim).filter(|block| !block.is_empty());
    let plain = |block: &&str| !block.starts_with(['<', '☺', '\u{1}']) && block.split_whitespace().nth(7).is_some();
    blocks.filter(plain).nth(1).is_some()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::fill;
    use crate::article::{Body, Draft};

    fn draft(record: Value) -> Draft {
        let Value::Object(fields) = record else { panic!("{record}") };
        let mut draft = Draft::default();
        fill(&mut draft, &fields, "record");
        draft
    }

    #[test]
    fn names_are_taken_apart_where_they_are_names() {
        let cases = [
            (json!("Léa Roux, Jo Bas et Ann de Lys"), vec!["Léa Roux", "Jo Bas", "Ann de Lys"]),
            (json!("Roux, Léa; Bas, Jo"), vec!["Roux, Léa", "Bas, Jo"]),
            (json!("Radio et Télévision du Nord"), vec!["Radio et Télévision du Nord"]),
            (json!("Léa Roux and Jo Bas"), vec!["Léa Roux", "Jo Bas"]),
            (
                json!([{"@type": "Person", "name": "Léa Roux"}, {"name": "Jo Bas"}, {"name": ""}]),
                vec!["Léa Roux", "Jo Bas"],
            ),
            (json!({"name": "Le Fil"}), vec!["Le Fil"]),
            (json!([]), vec![]),
        ];
        for (author, expected) in cases {
            assert_eq!(draft(json!({"author": author})).authors, expected, "{author}");
        }
    }

    #[test]
    fn the_first_date_understood_is_taken() {
        let date = |record: Value| {
            draft(record).date_published.map(|stated| (stated.date.map(|date| date.to_string()), stated.text))
        };
        let read = |date: &str, text: &str| Some((Some(date.to_owned()), text.to_owned()));
        assert_eq!(date(json!({"published": "hier", "date": "10/02/2025"})), read("2025-02-10", "10/02/2025"));
        assert_eq!(date(json!({"published": "hier", "date": null})), Some((None, "hier".to_owned())));
        assert_eq!(date(json!({"created_at": 1_739_196_300.5})), read("2025-02-10T14:05:00Z", "1739196300.5"));
        assert_eq!(
            date(json!({"date": {"$date": "2025-02-10T14:05:00Z"}})),
            read("2025-02-10T14:05:00Z", "2025-02-10T14:05:00Z")
        );
        assert_eq!(date(json!({"date": 20_250_210})), read("2025-02-10", "20250210"));
        assert_eq!(date(json!({"date": ""})), None);
    }

    #[test]
    fn an_address_is_no_newspaper() {
        let found = draft(json!({"source": "https://fil.example/a", "site": "Le Fil"}));
        assert_eq!((found.publisher.as_deref(), found.url.as_deref()), (Some("Le Fil"), Some("https://fil.example/a")));
        let found =
            draft(json!({"publisher": {"@type": "Organization", "name": "Le Fil"}, "URL": "https://fil.example/b"}));
        assert_eq!((found.publisher.as_deref(), found.url.as_deref()), (Some("Le Fil"), Some("https://fil.example/b")));
    }

    #[test]
    fn a_text_with_tags_is_html() {
        let html = |text: &str| matches!(draft(json!({"text": text})).body, Body::Html(_));
        assert!(html("<P class=a>Un texte") && html("Un texte<br/>et la suite") && html("a\n</div>"));
        assert!(!html("Il a dit <pas> et 3 < p") && !html("Un <b>mot</b>") && !html(""));
        let clip = "Un premier paragraphe qui a assez de mots.\n\n<blockquote class=a><p>Un</p></blockquote>\n\nUn second paragraphe qui a assez de mots.";
        assert!(!html(clip), "paragraphs of their own");
        assert!(matches!(
            draft(json!({"content": {"rendered": "<p>Un texte"}, "title": {"rendered": "T"}})).body,
            Body::Html(_)
        ));
        assert_eq!(draft(json!({"html": "Un texte", "body": ""})).body, Body::Html("Un texte".to_owned()));
    }

    #[test]
    fn a_lead_that_repeats_the_text_is_none() {
        assert_eq!(draft(json!({"text": "Un début et la suite.", "description": "Un début et…"})).lead, None);
        assert_eq!(draft(json!({"text": "Un texte.", "chapo": "Autre chose."})).lead.as_deref(), Some("Autre chose."));
    }

    #[test]
    fn languages_are_codes() {
        for (stated, code) in
            [("fr-FR", Some("fr")), ("Français", Some("fr")), ("EN_us", Some("en")), ("klingon", None), ("12", None)]
        {
            assert_eq!(draft(json!({"inLanguage": stated})).language.as_deref(), code, "{stated}");
        }
    }

    #[test]
    fn a_record_behind_a_paywall_is_truncated() {
        assert!(draft(json!({"isAccessibleForFree": "False"})).truncated);
        assert!(!draft(json!({"isAccessibleForFree": true})).truncated);
    }
}
