//! JSON and JSON Lines: one record an article, under any of the usual key names.

use serde_json::{Map, Value};

use super::charset::decode;
use super::{Head, Reader, json_split};
use crate::article::{Body, Draft, StatedDate};
use crate::date::Date;

pub(super) const READER: Reader = Reader {
    name: "json",
    about: "JSON or JSON Lines, one record an article.",
    extensions: &["json", "jsonl", "ndjson", "jl"],
    sniff,
    split: json_split::split,
    draft,
};

fn sniff(head: &Head<'_>) -> bool {
    let text = decode(head.bytes, None);
    let start = text.trim_start_matches('\u{FEFF}').trim_start();
    let inner = start.strip_prefix('[').unwrap_or(start).trim_start();
    // `{` and a quoted key: nothing else begins so.
    inner.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with(['"', '}']))
}

fn draft(bytes: &[u8]) -> Result<Draft, String> {
    let text = decode(bytes, None);
    let value: Value = serde_json::from_str(&text).map_err(|error| format!("this is no JSON: {error}"))?;
    let Value::Object(fields) = value else { return Err("this is no JSON object".to_owned()) };
    let fields = article_of(fields);
    let mut draft = Draft::default();
    fill(&mut draft, &fields, "record");
    let empty = match &draft.body {
        Body::Text(text) | Body::Clip(text) | Body::Html(text) => text.trim().is_empty(),
    };
    if empty && draft.headline.is_none() && draft.lead.is_none() {
        let keys: Vec<&str> = fields.keys().map(String::as_str).take(12).collect();
        return Err(format!("there is no text and no headline; its keys are {}", keys.join(", ")));
    }
    Ok(draft)
}

/// In a `@graph` or a wrapper, the object that is the article.
fn article_of(mut fields: Map<String, Value>) -> Map<String, Value> {
    let is_article = |value: &Value| {
        let kinds = value.get("@type");
        let named = |kind: &Value| kind.as_str().is_some_and(|kind| kind.ends_with("Article") || kind == "BlogPosting");
        kinds.is_some_and(|kinds| named(kinds) || kinds.as_array().is_some_and(|kinds| kinds.iter().any(named)))
    };
    if let Some(Value::Array(graph)) = fields.get_mut("@graph")
        && let Some(at) = graph.iter().position(is_article)
        && let Value::Object(found) = graph.swap_remove(at)
    {
        return found;
    }
    for wrapper in ["article", "_source", "data", "doc"] {
        if find(&fields, TEXT).is_none()
            && find(&fields, HTML).is_none()
            && let Some(Value::Object(inner)) = fields.get(wrapper)
        {
            let mut inner = inner.clone();
            if let Some(id) = find(&fields, KEY) {
                inner.entry("id").or_insert_with(|| id.clone());
            }
            return inner;
        }
    }
    fields
}

type Names = &'static [&'static str];
const KEY: Names = &["id", "_id", "uuid", "guid", "docid", "doc_id", "key", "identifier"];
const HEADLINE: Names = &["headline", "title", "titre", "name"];
const TEXT: Names = &[
    "text", "body", "maintext", "articlebody", "content", "texte", "article_body", "content_text", "contenu", "fulltext", "full_text", "cleaned_text",
];
const HTML: Names = &["content_html", "body_html", "html", "article_html"];
const LEAD: Names = &["lead", "chapo", "standfirst", "description", "summary", "abstract", "resume"];
const AUTHORS: Names = &["authors", "author", "auteur", "auteurs", "byline", "creator"];
const DATE: Names = &[
    "datepublished", "date_publish", "date_published", "published", "published_at", "publishedat", "publication_date", "pubdate", "date",
    "created_at", "created", "publish_date",
];
const PUBLISHER: Names = &["publisher", "source", "sitename", "site_name", "site", "journal", "newspaper", "outlet", "source_domain", "media"];
const SECTION: Names = &["section", "articlesection", "rubrique", "category"];
const LANGUAGE: Names = &["language", "inlanguage", "lang", "langue"];
const URL: Names = &["url", "link", "canonical", "canonical_url", "source_url", "mainentityofpage"];
const TAGS: Names = &["tags", "keywords", "mots_cles"];
const FREE: Names = &["isaccessibleforfree"];

/// Fills a draft from fields under their usual names; `source` says where dates come from.
pub(super) fn fill(draft: &mut Draft, fields: &Map<String, Value>, source: &str) {
    draft.key = find(fields, KEY).and_then(text);
    draft.headline = find(fields, HEADLINE).and_then(text);
    draft.authors = find(fields, AUTHORS).map(names).unwrap_or_default();
    draft.date_published = find(fields, DATE).and_then(|value| date(value, source));
    draft.publisher = find(fields, PUBLISHER).and_then(text).filter(|name| !name.starts_with("http"));
    draft.section = find(fields, SECTION).and_then(text);
    draft.language = find(fields, LANGUAGE).and_then(text).and_then(|value| language(&value));
    draft.url = find(fields, URL).and_then(text);
    draft.tags = find(fields, TAGS).map(tags).unwrap_or_default();
    draft.truncated = find(fields, FREE).is_some_and(|value| matches!(value, Value::Bool(false)) || value.as_str() == Some("False"));
    draft.lead = find(fields, LEAD).and_then(text);
    let plain = find(fields, TEXT).and_then(text);
    let marked_up = find(fields, HTML).and_then(text);
    draft.body = match (plain, marked_up) {
        (Some(text), _) if is_html(&text) => Body::Html(text),
        (Some(text), _) => Body::Text(text),
        (None, Some(html)) => Body::Html(html),
        (None, None) => Body::default(),
    };
    // A summary that only repeats how the text begins is no lead.
    if let (Some(lead), Body::Text(body)) = (&draft.lead, &draft.body) {
        let beginning = lead.trim().trim_end_matches(['.', '…', ' ', ']', '[']);
        if body.trim_start().starts_with(beginning) {
            draft.lead = None;
        }
    }
}

/// The first field with one of the names, whatever the case, that has a value.
fn find<'a>(fields: &'a Map<String, Value>, names: Names) -> Option<&'a Value> {
    let filled = |value: &&Value| !matches!(value, Value::Null) && value.as_str() != Some("");
    names.iter().find_map(|name| {
        let exact = fields.get(*name).filter(filled);
        exact.or_else(|| fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).filter(filled))
    })
}

/// A value as text: a string, a number, the `name` or `@id` of an object, the first of a list.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Object(fields) => ["name", "@id", "title", "value", "url", "uri"].iter().find_map(|key| fields.get(*key).and_then(text)),
        Value::Array(values) => values.first().and_then(text),
        Value::Null | Value::Bool(_) => None,
    }
}

fn names(value: &Value) -> Vec<String> {
    let mut names: Vec<String> = match value {
        Value::Array(values) => values.iter().filter_map(text).collect(),
        Value::String(text) => text.split([';', '|']).flat_map(|part| part.split(" et ")).flat_map(|part| part.split(" and ")).map(|name| name.trim().to_owned()).collect(),
        other => text(other).into_iter().collect(),
    };
    names.retain(|name| !name.is_empty());
    names
}

fn tags(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => text.split([',', ';']).map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect(),
        Value::Array(values) => values.iter().filter_map(text).collect(),
        other => text(other).into_iter().collect(),
    }
}

fn date(value: &Value, source: &str) -> Option<StatedDate> {
    let stated = text(value)?;
    // Ten digits are seconds since 1970, thirteen milliseconds.
    let seconds = match value {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|number| number as i64)),
        _ => stated.parse().ok().filter(|_| matches!(stated.len(), 10 | 13)),
    };
    let seconds = seconds.map(|seconds| if seconds.unsigned_abs() >= 100_000_000_000 { seconds / 1000 } else { seconds });
    match seconds.filter(|seconds| seconds.unsigned_abs() >= 100_000_000 || value.is_number() && !(1600..=2200).contains(seconds)) {
        Some(seconds) => Some(StatedDate { date: Date::from_unix(seconds), text: stated, source: source.to_owned() }),
        None => Some(StatedDate::read(&stated, source)),
    }
}

/// The code of a language stated as `fr`, `fr-FR`, `French` or `français`.
fn language(value: &str) -> Option<String> {
    let lower = value.trim().to_lowercase();
    let code = match lower.as_str() {
        "french" | "français" | "francais" | "fra" | "fre" => "fr",
        "english" | "anglais" | "eng" => "en",
        "german" | "deutsch" | "allemand" | "deu" | "ger" => "de",
        "spanish" | "español" | "espagnol" | "spa" => "es",
        "italian" | "italiano" | "italien" | "ita" => "it",
        other => other.split(['-', '_']).next().unwrap_or_default(),
    };
    (2..=3).contains(&code.len()).then(|| code.to_owned())
}

/// Whether a text is HTML: it holds tags of running text.
fn is_html(text: &str) -> bool {
    let head = text.get(..text.floor_char_boundary(20_000)).unwrap_or(text).to_ascii_lowercase();
    ["<p>", "<p ", "</p>", "<br>", "<br/>", "<br />", "<div>", "<div "].iter().any(|tag| head.contains(tag))
}
