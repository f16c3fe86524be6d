//! Readers on whole files.

use std::io::Cursor;
use std::ops::ControlFlow;

use proptest::prelude::*;

use super::*;
use crate::article::Body;

fn read(name: &str, bytes: &[u8]) -> Vec<Result<(Record, Draft), String>> {
    let reader = reader(name).unwrap();
    let mut found = Vec::new();
    (reader.split)(&mut Cursor::new(bytes), &mut |record| {
        found.push(match record {
            Ok(record) => (reader.draft)(&record.bytes).map(|draft| (record, draft)),
            Err(bad) => Err(format!("{}: {}", bad.number, bad.reason)),
        });
        ControlFlow::Continue(())
    })
    .unwrap();
    found
}

fn headlines(name: &str, bytes: &[u8]) -> Vec<String> {
    read(name, bytes)
        .into_iter()
        .map(|found| found.map_or_else(|error| error, |(_, draft)| draft.headline.unwrap_or_default()))
        .collect()
}

fn chosen(bytes: &[u8], extension: &str, named: bool) -> &'static str {
    match choose(&Head { bytes, extension }, named) {
        Choice::Reader(reader) => reader.name,
        Choice::Other(_) => "not read",
        Choice::Empty => "empty",
    }
}

#[test]
fn readers_are_chosen_by_content_then_name() {
    assert_eq!(chosen(b"{\"title\": \"a\"}\n{}", "txt", false), "json");
    assert_eq!(chosen(b"[\n {\"title\": 1}]", "", false), "json");
    assert_eq!(chosen(b"<!DOCTYPE html><html><p>x", "txt", false), "html");
    assert_eq!(chosen(b"<!-- saved -->\n<html lang=fr>", "", false), "html");
    assert_eq!(chosen(b"---\ntitle: a\n---\ntexte", "txt", false), "markdown");
    assert_eq!(chosen(b"Un titre\n\nUn texte", "txt", false), "clip");
    assert_eq!(chosen(b"Un titre\n\nUn texte", "", false), "clip");
    assert_eq!(chosen(b"a,b,c\n1,2,3", "csv", false), "not read");
    assert_eq!(chosen(b"a,b,c\n1,2,3", "csv", true), "not read", "to name a table makes no clip of it");
    assert_eq!(chosen(b"From: lea@val.example\nSubject: le bac\n\nBonjour", "", false), "not read");
    assert_eq!(chosen(b"Un titre\n\nUn texte", "xyz", false), "not read");
    assert_eq!(chosen(b"Un titre\n\nUn texte", "xyz", true), "clip");
    assert_eq!(chosen(b"%PDF-1.7", "txt", true), "not read");
    assert_eq!(chosen(b" \n", "txt", true), "empty");
}

#[test]
fn json_records_are_byte_ranges_of_the_file() {
    let file = "[{\"titre\": \"Été\"},\n {\"titre\": \"a { \\\" } b\", \"x\": [{}]}]".as_bytes();
    let found: Vec<(Record, Draft)> = read("json", file).into_iter().map(Result::unwrap).collect();
    assert_eq!(found.len(), 2);
    for (record, _) in &found {
        let range = record.range.clone().unwrap();
        assert_eq!(&file[range.start as usize..range.end as usize], record.bytes);
    }
    assert_eq!(found[1].1.headline.as_deref(), Some("a { \" } b"));
}

#[test]
fn a_broken_line_costs_itself_only() {
    let file = b"{\"title\": \"un\"}\n{\"title\": \"deu\n{\"title\": \"trois\"}\nnot json\n{\"title\": \"quatre\"}\n{\"title\": ";
    let found = headlines("json", file);
    assert_eq!(found[0], "un");
    assert!(found[1].starts_with("2: the record is cut off"), "{found:?}");
    assert_eq!(found[2], "trois");
    assert!(found[3].starts_with("4: this is no JSON object"), "{found:?}");
    assert_eq!(found[4], "quatre");
    assert!(found[5].starts_with("6: the record is cut off"), "{found:?}");
}

#[test]
fn pretty_printed_json_is_one_record() {
    assert_eq!(headlines("json", b"{\n\"title\": \"un\",\n\"x\":\n[\n{\"a\": 1},\n{\"b\": 2}\n]\n}\n"), ["un"]);
}

#[test]
fn utf_16_json_is_read() {
    let bytes: Vec<u8> =
        "{\"title\": \"Été\"}\n{\"title\": \"deux\"}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let found = read("json", &bytes);
    assert_eq!(found.len(), 2);
    let (record, draft) = found[0].clone().unwrap();
    assert_eq!((record.range, draft.headline.as_deref()), (None, Some("Été")));
}

#[test]
fn usual_key_names_are_known() {
    let record = r#"{"ID": 12, "Titre": "T", "maintext": "Corps.", "auteur": "Léa Roux et Jo Bas", "date_publish": "2024-05-01 10:00:00",
        "source": {"name": "Le Fil"}, "lang": "français", "link": "https://fil.example/a", "tags": "a, b", "isAccessibleForFree": false}"#;
    let (_, draft) = read("json", record.as_bytes()).remove(0).unwrap();
    assert_eq!(draft.key.as_deref(), Some("12"));
    assert_eq!(draft.authors, ["Léa Roux", "Jo Bas"]);
    assert_eq!(draft.date_published.unwrap().date.unwrap().to_string(), "2024-05-01T10:00:00");
    assert_eq!(draft.publisher.as_deref(), Some("Le Fil"));
    assert_eq!(draft.language.as_deref(), Some("fr"));
    assert_eq!(draft.tags, ["a", "b"]);
    assert!(draft.truncated);
    assert_eq!(draft.body, Body::Text("Corps.".into()));
}

#[test]
fn unix_times_are_dates() {
    let (_, draft) = read("json", br#"{"title": "a", "date": 1739196300}"#).remove(0).unwrap();
    assert_eq!(draft.date_published.unwrap().date.unwrap().to_string(), "2025-02-10T14:05:00Z");
    let (_, draft) = read("json", br#"{"title": "a", "date": 2024}"#).remove(0).unwrap();
    assert_eq!(draft.date_published.unwrap().date.unwrap().to_string(), "2024");
}

#[test]
fn notes_are_read_with_their_front_matter() {
    let note = "---\ntitle: \"Un titre\"\nsource: \"https://fil.example/a\"\nauthor:\n  - \"[[Léa Roux]]\"\npublished: 2024-05-01\ntags:\n  - clippings\n---\n# Un titre\n\nUn *texte*.\n\n> Cité.\n";
    let (_, draft) = read("markdown", note.as_bytes()).remove(0).unwrap();
    assert_eq!(draft.headline.as_deref(), Some("Un titre"));
    assert_eq!(draft.url.as_deref(), Some("https://fil.example/a"));
    assert_eq!(draft.authors, ["Léa Roux"]);
    assert_eq!(draft.date_published.unwrap().source, "front matter");
    assert_eq!(draft.body, Body::Html("<p>Un <em>texte</em>.</p>\n<blockquote>\n<p>Cité.</p>\n</blockquote>\n".into()));
}

#[test]
fn broken_front_matter_stays_text() {
    let (_, draft) = read("markdown", b"---\ntitle: [a\n---\ntexte").remove(0).unwrap();
    let Body::Html(html) = draft.body else { panic!("{:?}", draft.body) };
    assert!(html.contains("title: [a") && html.contains("texte"), "{html}");
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for reader in READERS {
            read(reader.name, &bytes);
            (reader.sniff)(&Head { bytes: &bytes, extension: "" });
        }
    }

    #[test]
    fn any_json_like_bytes_are_survived(text in "[\\[\\]{}\",:\\\\a\n 1]{0,200}") {
        for reader in READERS {
            read(reader.name, text.as_bytes());
        }
    }
}
