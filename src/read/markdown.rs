//! Markdown notes with YAML front matter, as the Obsidian Web Clipper writes them.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use serde_json::Value;
use serde_saphyr::options::{DuplicateKeyPolicy, NonFiniteFloatPolicy};

use super::charset::decode;
use super::fields::{self, Fields};
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

/// The longest body that is read as Markdown, in bytes: the parser may take eighty times its memory. A longer one is plain
/// text.
const MARKDOWN: usize = 2 << 20;
/// The longest front matter in bytes; what is longer is text.
const FRONT_MATTER: usize = 64 << 10;

fn sniff(head: &Head<'_>) -> bool {
    let begins = String::from_utf8_lossy(head.bytes.get(..64).unwrap_or(head.bytes));
    if !begins.trim_start_matches('\u{FEFF}').starts_with("---") {
        return false;
    }
    let text = String::from_utf8_lossy(head.bytes);
    let is_key = |line: &str| {
        line.split_once(':').is_some_and(|(key, _)| key.starts_with(char::is_alphabetic) && !key.contains(' '))
    };
    front_matter(&text).is_some_and(|(yaml, _)| yaml.lines().any(is_key))
}

fn draft(bytes: &[u8]) -> Result<Draft, String> {
    let text = decode(bytes, None);
    if text.trim().is_empty() {
        return Err("there is no text in it".to_owned());
    }
    let mut draft = Draft::default();
    // Front matter that is no YAML stays text: nothing is lost.
    let understood = front_matter(&text).and_then(|(yaml, body)| Some((fields_of(yaml)?, body)));
    let body = match &understood {
        Some((fields, body)) => {
            fields::fill(&mut draft, fields, "front matter");
            body
        }
        None => text.trim_start_matches('\u{FEFF}'),
    };
    if body.len() > MARKDOWN {
        draft.linear = true;
        draft.body = Body::Clip(body.to_owned());
        return Ok(draft);
    }
    let (headline, html) = render(body, draft.headline.as_deref());
    draft.headline = draft.headline.or(headline);
    draft.body = Body::Html(html);
    Ok(draft)
}

/// Takes front matter and body apart.
fn front_matter(text: &str) -> Option<(&str, &str)> {
    let rest = text.trim_start_matches('\u{FEFF}').strip_prefix("---")?;
    let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n'))?;
    let near = rest.get(..rest.floor_char_boundary(FRONT_MATTER))?;
    near.match_indices("\n---").find_map(|(at, _)| {
        let (line, body) = rest.get(at + 4..)?.split_once('\n').unwrap_or((rest.get(at + 4..)?, ""));
        line.trim().is_empty().then_some((rest.get(..at)?, body))
    })
}

/// The fields of front matter; `None` when it is no YAML.
fn fields_of(yaml: &str) -> Option<Fields> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! { max_events: 20_000, max_aliases: 100 },
        duplicate_keys: DuplicateKeyPolicy::LastWins,
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
    };
    let fields: Fields = serde_saphyr::from_str_with_options(yaml, options).ok()?;
    Some(fields.into_iter().map(|(key, value)| (key, unlinked(value))).collect())
}

/// In notes names are links: `[[Marie Curie]]`, `[[people/curie|Marie Curie]]`.
fn unlinked(value: Value) -> Value {
    match value {
        Value::String(text) => {
            let mut parts = text.split("[[");
            let before = parts.next().unwrap_or_default().to_owned();
            Value::String(parts.fold(before, |text, part| {
                let (link, after) = part.split_once("]]").unwrap_or((part, ""));
                text + link.split_once('|').map_or(link, |(_, name)| name) + after
            }))
        }
        Value::Array(values) => Value::Array(values.into_iter().map(unlinked).collect()),
        other => other,
    }
}

/// The body as HTML, without the heading that says the headline; and that heading, when the note has no other headline.
fn render(markdown: &str, headline: Option<&str>) -> (Option<String>, String) {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_WIKILINKS;
    let mut events = Parser::new_ext(markdown, options).peekable();
    let mut heading = Vec::new();
    if matches!(events.peek(), Some(Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }))) {
        for event in events.by_ref() {
            let ended = matches!(event, Event::End(TagEnd::Heading(_)));
            heading.push(event);
            if ended {
                break;
            }
        }
    }
    let text: String = heading
        .iter()
        .filter_map(|event| match event {
            Event::Text(text) | Event::Code(text) => Some(text.as_ref()),
            Event::SoftBreak | Event::HardBreak => Some(" "),
            _ => None,
        })
        .collect();
    let is_headline = headline.is_none_or(|headline| headline.split_whitespace().eq(text.split_whitespace()));
    let found = Some(text).filter(|text| is_headline && !text.trim().is_empty());
    if found.is_some() {
        heading.clear();
    }
    let mut out = String::with_capacity(markdown.len() + markdown.len() / 4);
    html::push_html(&mut out, heading.into_iter().chain(events));
    (found, out)
}

#[cfg(test)]
mod tests {
    use super::{READER, fields_of, front_matter, sniff};
    use crate::article::{Body, Draft};
    use crate::read::Head;

    fn draft(note: &str) -> Draft {
        (READER.draft)(note.as_bytes()).unwrap()
    }

    fn html(note: &str) -> String {
        match draft(note).body {
            Body::Html(html) => html,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn front_matter_ends_with_its_line() {
        assert_eq!(front_matter("---\na: 1\n---\nb"), Some(("a: 1", "b")));
        assert_eq!(front_matter("\u{feff}---\r\na: 1\r\n--- \r\nb"), Some(("a: 1\r", "b")));
        assert_eq!(front_matter("---\na: 1\n----\n---"), Some(("a: 1\n----", "")));
        assert_eq!(front_matter("---\na: 1\n"), None);
        let long = format!("---\na: {}\n---\n", "b".repeat(70_000));
        assert_eq!(front_matter(&long), None, "more than 64 kB");
        let sniffs = |text: &str| sniff(&Head { bytes: text.as_bytes(), extension: "txt" });
        assert!(sniffs("---\ntitle: a\n---\n") && !sniffs("---\nIl a dit : non\n---\n"));
    }

    #[test]
    fn fields_may_be_careless() {
        let fields =
            fields_of("title: a\ntitle: b\nauthor: ['[[gens/roux|Léa Roux]]', '[[Jo Bas]]']\nn: .nan\nday: 2024-05-01")
                .unwrap();
        assert_eq!(fields["title"], "b");
        assert_eq!(fields["author"], serde_json::json!(["Léa Roux", "Jo Bas"]));
        assert_eq!(fields["day"], "2024-05-01");
    }

    #[test]
    fn the_first_heading_is_the_headline_when_there_is_no_other() {
        let note = draft("# Un *grand* `titre`\n\nUn texte.\n");
        assert_eq!(note.headline.as_deref(), Some("Un grand titre"));
        assert_eq!(note.body, Body::Html("<p>Un texte.</p>\n".to_owned()));
        assert_eq!(html("---\ntitle: Un  titre\n---\n# Un titre\n\nA"), "<p>A</p>\n");
        assert_eq!(html("---\ntitle: Autre\n---\n# Un titre\n\nA"), "<h1>Un titre</h1>\n<p>A</p>\n");
        assert_eq!(html("A\n\n# Un titre\n"), "<p>A</p>\n<h1>Un titre</h1>\n");
    }

    #[test]
    fn what_is_too_long_is_plain_text() {
        let draft = draft(&format!("---\ntitle: Un\n---\nIl *reste*. {}", "[".repeat(super::MARKDOWN)));
        assert!(draft.linear);
        assert_eq!(draft.headline.as_deref(), Some("Un"));
        assert!(matches!(draft.body, Body::Clip(text) if text.starts_with("Il *reste*.")));
    }

    #[test]
    fn structure_survives() {
        let found = html(
            "## Intertitre\n\n> Cité.\n\n- un\n- deux\n\n<blockquote class=\"twitter-tweet\">Mot</blockquote>\n\nVoir [[Une note|la note]].",
        );
        for part in [
            "<h2>Intertitre</h2>",
            "<blockquote>\n<p>Cité.</p>",
            "<li>un</li>",
            "class=\"twitter-tweet\"",
            ">la note</a>",
        ] {
            assert!(found.contains(part), "{part} in {found}");
        }
    }
}
