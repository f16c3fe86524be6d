//! What a page says of itself in JSON-LD (schema.org), mended where it is nearly JSON.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::dom::{Dom, Role};
use super::metadata::{Metadata, stated};
use super::names::same;
use super::strip::plain;
use super::vocabulary::{ARTICLE_TYPES, OTHER_TYPES, PAGE_TYPES, PUBLISHER_TYPES};

/// Objects looked at on one page.
const MAX_OBJECTS: usize = 5_000;
/// Objects believed to be the article.
const MAX_ARTICLES: usize = 20;
/// JSON read on one page, in bytes: its values take some forty times that in memory.
const MAX_JSON: usize = 2_000_000;
/// The longest text read, in bytes.
const MAX_TEXT: usize = 5_000;
/// Names read from one list.
const MAX_NAMES: usize = 50;

/// Reads every JSON-LD script of a page: the article's own words first, then the page's, then the site's. Of several articles
/// the one that `title` names is the page's, or else the first; the others are teasers.
pub(super) fn read(dom: &Dom<'_>, title: &str) -> Metadata {
    let mut left = MAX_JSON;
    let documents: Vec<Value> = dom
        .elements()
        .filter(|(_, node)| node.role == Role::Silent && node.name() == "script")
        .filter(|(_, node)| {
            node.attr("type").is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/ld+json"))
        })
        .filter_map(|(number, _)| {
            let script = dom.get(number + 1)?.text;
            left = left.checked_sub(script.len())?;
            parse(script)
        })
        .collect();
    let objects = objects(&documents);
    let by_id: BTreeMap<&str, &Map<String, Value>> = objects
        .iter()
        .filter(|object| object.len() > 1)
        .filter_map(|object| Some((object.get("@id")?.as_str()?, *object)))
        .collect();
    let graph = Graph { by_id };
    let of_types = |types: &'static [&'static str]| objects.iter().filter(move |object| is_a(object, types));
    let mut metadata = Metadata::default();
    let is_article = of_types(ARTICLE_TYPES).next().is_some();
    let others = of_types(OTHER_TYPES).filter(|_| !is_article);
    let articles = of_types(ARTICLE_TYPES).chain(others).take(MAX_ARTICLES);
    let mut articles: Vec<Metadata> = articles.map(|object| graph.article(object)).collect();
    articles.sort_by_key(|article| !article.headline.as_deref().is_some_and(|headline| title.contains(headline)));
    for article in articles {
        if !is_teaser(&article, &metadata) {
            metadata = metadata.or(article);
        }
    }
    for page in of_types(PAGE_TYPES).take(MAX_ARTICLES) {
        metadata = metadata.or(graph.article(page));
    }
    if metadata.publisher.is_none() {
        metadata.publisher = of_types(PUBLISHER_TYPES).find_map(|object| text(object.get("name")?));
    }
    metadata
}

/// Whether an object is about another article than the one before it.
fn is_teaser(article: &Metadata, first: &Metadata) -> bool {
    let headlines = article.headline.as_deref().zip(first.headline.as_deref());
    let is_other =
        headlines.is_some_and(|(other, first)| !same(other, first) && !other.contains(first) && !first.contains(other));
    is_other && (article.url.is_none() || article.url != first.url)
}

/// Parses one script; tolerates comments, CDATA, line feeds inside strings and what follows the value.
fn parse(script: &str) -> Option<Value> {
    let trimmed = script
        .trim()
        .trim_start_matches("<!--")
        .trim_start_matches("//")
        .trim_start()
        .trim_start_matches("<![CDATA[")
        .trim_start_matches("/*<![CDATA[*/")
        .trim_start();
    let first = |text: &str| serde_json::Deserializer::from_str(text).into_iter::<Value>().next()?.ok();
    let unescaped = || trimmed.contains("&quot;").then(|| trimmed.replace("&quot;", "\""));
    first(trimmed).or_else(|| first(&mended(trimmed))).or_else(|| first(&mended(&unescaped()?)))
}

/// JSON without raw control characters in it and without commas before a closing bracket.
fn mended(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            ']' | '}' => {
                let kept = out.trim_end().len();
                if out.get(..kept).is_some_and(|before| before.ends_with(',')) {
                    out.truncate(kept - 1);
                }
                out.push(c);
            }
            _ => out.push(if c.is_control() { ' ' } else { c }),
        }
    }
    out
}

/// Properties whose objects are works of others: what a review is about, what is quoted, what readers wrote.
const OF_OTHERS: [&str; 4] = ["itemReviewed", "citation", "isBasedOn", "comment"];

/// Every object of the documents, outer before inner, in order.
fn objects(documents: &[Value]) -> Vec<&Map<String, Value>> {
    let mut found = Vec::new();
    let mut open: Vec<&Value> = documents.iter().rev().collect();
    while let Some(value) = open.pop()
        && found.len() < MAX_OBJECTS
    {
        match value {
            Value::Array(values) => open.extend(values.iter().rev()),
            Value::Object(object) => {
                found.push(object);
                let inner = object.iter().filter(|(name, value)| {
                    (value.is_object() || value.is_array()) && !OF_OTHERS.contains(&name.as_str())
                });
                open.extend(inner.map(|(_, value)| value).collect::<Vec<_>>().into_iter().rev());
            }
            _ => {}
        }
    }
    found
}

fn is_a(object: &Map<String, Value>, types: &[&str]) -> bool {
    let fits = |value: &Value| {
        let name = value.as_str().and_then(|name| name.rsplit(['/', '#', ':']).next());
        name.is_some_and(|name| types.contains(&name))
    };
    match object.get("@type") {
        Some(Value::Array(values)) => values.iter().any(fits),
        Some(value) => fits(value),
        None => false,
    }
}

/// The objects that others refer to by `@id`.
struct Graph<'a> {
    by_id: BTreeMap<&'a str, &'a Map<String, Value>>,
}

impl Graph<'_> {
    fn article(&self, object: &Map<String, Value>) -> Metadata {
        let field = |name: &str| object.get(name).and_then(|value| list(value).first()).and_then(text);
        let section = match object.get("articleSection") {
            Some(Value::Array(values)) => {
                Some(values.iter().take(MAX_NAMES).filter_map(text).collect::<Vec<_>>().join(";"))
            }
            other => other.and_then(text),
        };
        Metadata {
            headline: field("headline").or_else(|| field("name")),
            description: field("description"),
            authors: ["author", "creator"]
                .iter()
                .find_map(|name| object.get(*name).map(|value| self.names(value)).filter(|names| !names.is_empty()))
                .unwrap_or_default(),
            date: ["datePublished", "dateCreated", "uploadDate"]
                .iter()
                .find_map(|name| field(name))
                .map(|date| stated(&date, "json-ld")),
            publisher: object.get("publisher").and_then(|value| self.names(value).into_iter().next()),
            sites: Vec::new(),
            section,
            language: object.get("inLanguage").and_then(|value| self.names(value).into_iter().next()),
            url: ["url", "mainEntityOfPage"].iter().find_map(|name| object.get(*name).and_then(address)),
            tags: keywords(object.get("keywords")),
            free: object.get("isAccessibleForFree").and_then(truth),
            words: object
                .get("wordCount")
                .and_then(|words| words.as_u64().or_else(|| words.as_str()?.trim().parse().ok())),
        }
    }

    /// The names in a value: a string, an object with a name or several, a reference to one, or a list of these.
    fn names(&self, value: &Value) -> Vec<String> {
        let named = list(value).iter().take(MAX_NAMES).filter_map(|value| self.named(value));
        named.flat_map(list).take(MAX_NAMES).filter_map(text).collect()
    }

    fn named<'v>(&'v self, value: &'v Value) -> Option<&'v Value> {
        let Value::Object(object) = value else { return Some(value) };
        let referred = || self.by_id.get(object.get("@id")?.as_str()?)?.get("name");
        object.get("name").or_else(|| object.get("@value")).or_else(referred)
    }
}

/// The values of a list; any other value is a list of itself.
fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

/// A string without markup and entities; `None` if nothing is left or it is too long for what is read here.
fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text,
        Value::Object(object) => object.get("@value")?.as_str()?,
        _ => return None,
    };
    Some(plain(text)).filter(|text| !text.is_empty() && text.len() <= MAX_TEXT)
}

fn address(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Object(object) => object.get("@id").and_then(Value::as_str).map(|id| id.trim().to_owned()),
        _ => None,
    }
    .filter(|url| url.starts_with("http"))
}

fn keywords(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(values)) => values.iter().filter_map(text).collect(),
        Some(value) => text(value).iter().flat_map(|text| text.split(',')).map(|tag| tag.trim().to_owned()).collect(),
        None => Vec::new(),
    }
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) => text.trim().to_ascii_lowercase().parse().ok(),
        _ => None,
    }
}
