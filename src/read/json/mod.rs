//! JSON and JSON Lines: one record an article, under any of the usual key names.

mod mend;
mod split;

use serde_json::{Map, Value};

use super::charset::{beginning, decode, first};
use super::fields::{self, Fields};
use super::{Head, Reader};
use crate::article::{Body, Draft};

pub(super) const READER: Reader = Reader {
    name: "json",
    about: "JSON or JSON Lines, one record an article.",
    extensions: &["json", "jsonl", "ndjson", "jl"],
    sniff,
    split: split::split,
    draft,
};

/// How far into a file its first object begins, in bytes.
const BEGINNING: usize = 1024;

fn sniff(head: &Head<'_>) -> bool {
    if !matches!(first(head.bytes, BEGINNING), Some('[' | '{')) {
        return false;
    }
    let text = beginning(head.bytes, BEGINNING);
    let inner = text.strip_prefix('[').unwrap_or(&text).trim_start();
    // `{` and a quoted key: nothing else begins so.
    inner.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with(['"', '}']))
}

/// Memory that the values of one record may take, in bytes, as [`weight`] counts it.
const HEAVIEST: usize = 64 << 20;

fn draft(bytes: &[u8]) -> Result<Draft, String> {
    let text = decode(bytes, None);
    if weight(&text) > HEAVIEST {
        return Err("it has far more values than an article has fields".to_owned());
    }
    let value =
        serde_json::from_str(&text).or_else(|error| serde_json::from_str(&mend::mended(&text)).map_err(|_| error));
    let fields = match value {
        Ok(Value::Object(fields)) => article_of(fields),
        Ok(_) => return Err("this is no JSON object".to_owned()),
        Err(error) => return Err(format!("this is no JSON: {error}")),
    };
    let mut draft = Draft::default();
    fields::fill(&mut draft, &fields, "record");
    let (Body::Text(text) | Body::Clip(text) | Body::Html(text)) = &draft.body;
    if text.trim().is_empty() && draft.headline.is_none() && draft.lead.is_none() {
        let keys: Vec<&str> = fields.keys().map(String::as_str).take(12).collect();
        return Err(format!("no text and no headline: keys are {}", keys.join(", ")));
    }
    Ok(draft)
}

/// At most how many bytes the values of a record take beside their text: small ones take far more than they are long. A
/// value follows each comma and bracket; an object with one member takes as much as with eleven.
fn weight(json: &str) -> usize {
    const VALUE: usize = size_of::<Value>();
    const OBJECT: usize = 11 * (VALUE + size_of::<String>()) + VALUE;
    let of = |byte| match byte {
        b',' | b'[' => 2 * VALUE,
        b'{' => OBJECT,
        _ => 0,
    };
    json.bytes().map(of).sum()
}

/// In a `@graph` or a wrapper, the object that is the article.
fn article_of(mut fields: Fields) -> Fields {
    if let Some(Value::Array(graph)) = fields.get_mut("@graph")
        && let Some(at) = graph.iter().position(is_article)
        && let Value::Object(found) = graph.swap_remove(at)
    {
        return found;
    }
    if fields::has_text(&fields) {
        return fields;
    }
    let Some(wrapper) = ["article", "_source", "data", "doc"]
        .into_iter()
        .find(|name| matches!(fields.get(*name), Some(Value::Object(_))))
    else {
        return fields;
    };
    let Some(Value::Object(mut inner)) = fields.remove(wrapper) else { return Map::new() };
    for name in ["id", "_id"] {
        if let Some(id) = fields.remove(name) {
            inner.entry(name).or_insert(id);
        }
    }
    inner
}

/// Whether schema.org calls it an article: `NewsArticle`, `["ReportageNewsArticle", …]`, `BlogPosting`.
fn is_article(value: &Value) -> bool {
    let named = |kind: &Value| kind.as_str().is_some_and(|kind| kind.ends_with("Article") || kind == "BlogPosting");
    match value.get("@type") {
        Some(Value::Array(kinds)) => kinds.iter().any(named),
        Some(kind) => named(kind),
        None => false,
    }
}
