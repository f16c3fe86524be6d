//! Markdown notes with YAML front matter, as the Obsidian Web Clipper writes them.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use serde_json::{Map, Value};

use super::charset::decode;
use super::json::fill;
use super::{Head, Reader, whole};
use crate::article::{Body, Draft};

pub(super) const READER: Reader = Reader {
    name: "markdown",
    about: "A Markdown note with YAML front matter.",
    extensions: &["md", "markdown"],
    sniff,
    split: whole::split,
    draft,
};

/// The longest front matter in bytes; what is longer is text.
const FRONT_MATTER: usize = 64 << 10;

fn sniff(head: &Head<'_>) -> bool {
    let text = String::from_utf8_lossy(head.bytes);
    let found = front_matter(&text);
    found.is_some_and(|(yaml, _)| yaml.lines().any(|line| line.contains(':')))
}

fn draft(bytes: &[u8]) -> Result<Draft, String> {
    let text = decode(bytes, None);
    if text.trim().is_empty() {
        return Err("there is no text in it".to_owned());
    }
    let mut draft = Draft::default();
    // Front matter that is no YAML stays text: nothing is lost.
    let understood = front_matter(&text).and_then(|(yaml, body)| Some((serde_saphyr::from_str::<Map<String, Value>>(yaml).ok()?, body)));
    let body = match &understood {
        Some((fields, body)) => {
            fill(&mut draft, &renamed(fields), "front matter");
            body
        }
        None => text.as_ref(),
    };
    let (headline, html) = render(body, draft.headline.as_deref());
    draft.headline = draft.headline.or(headline);
    draft.body = Body::Html(html);
    Ok(draft)
}

/// Takes front matter and body apart.
fn front_matter(text: &str) -> Option<(&str, &str)> {
    let rest = text.trim_start_matches('\u{FEFF}').strip_prefix("---")?;
    let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n'))?;
    let end = rest.match_indices("\n---").map(|(at, _)| at).find(|at| {
        let after = rest.get(at + 4..).unwrap_or_default();
        after.is_empty() || after.starts_with(['\n', '\r'])
    })?;
    let (yaml, body) = rest.split_at_checked(end).filter(|(yaml, _)| yaml.len() <= FRONT_MATTER)?;
    Some((yaml, body.get(4..).unwrap_or_default()))
}

/// In notes `source` is an address and names are links: `[[Marie Curie]]`.
fn renamed(fields: &Map<String, Value>) -> Map<String, Value> {
    let mut renamed = Map::new();
    for (key, value) in fields {
        let is_address = value.as_str().is_some_and(|text| text.starts_with("http"));
        let key = if key.eq_ignore_ascii_case("source") && is_address { "url".to_owned() } else { key.clone() };
        renamed.insert(key, unlinked(value));
    }
    renamed
}

fn unlinked(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace("[[", "").replace("]]", "")),
        Value::Array(values) => Value::Array(values.iter().map(unlinked).collect()),
        other => other.clone(),
    }
}

/// The body as HTML, without the heading that says the headline; that heading, when the note has no other.
fn render(markdown: &str, headline: Option<&str>) -> (Option<String>, String) {
    let mut events: Vec<Event<'_>> = Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH).collect();
    let mut found = None;
    let is_h1 = |event: &Event<'_>| matches!(event, Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }));
    if events.first().is_some_and(is_h1)
        && let Some(end) = events.iter().position(|event| matches!(event, Event::End(TagEnd::Heading(_))))
    {
        let text: String = events
            .iter()
            .take(end)
            .filter_map(|event| match event {
                Event::Text(text) | Event::Code(text) => Some(text.as_ref()),
                Event::SoftBreak => Some(" "),
                _ => None,
            })
            .collect();
        if headline.is_none_or(|headline| headline.trim() == text.trim()) {
            events.drain(..=end);
            found = Some(text);
        }
    }
    let mut out = String::with_capacity(markdown.len() * 5 / 4);
    html::push_html(&mut out, events.into_iter());
    (found, out)
}
