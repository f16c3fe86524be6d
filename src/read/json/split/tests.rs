//! Records among broken ones, in blocks of any size.

use std::ops::ControlFlow;

use proptest::prelude::{prop, prop_assert_eq, proptest};

use super::{BadRecord, Record, Splitter};

/// Splits a file that comes in blocks of this size.
fn split(file: &[u8], block: usize) -> Vec<Result<Record, BadRecord>> {
    let mut found = Vec::new();
    let mut sink = |record| {
        found.push(record);
        ControlFlow::Continue(())
    };
    let mut splitter = Splitter::default();
    for block in file.chunks(block) {
        assert!(splitter.feed(block, &mut sink).is_continue());
    }
    splitter.finish(&mut sink);
    found
}

/// The records' bytes, and the reasons why others are none.
fn texts(file: &str) -> Vec<String> {
    let text = |found: Result<Record, BadRecord>| match found {
        Ok(record) => {
            let range = record.range.unwrap();
            assert_eq!(&file.as_bytes()[range.start as usize..range.end as usize], record.bytes);
            String::from_utf8(record.bytes).unwrap()
        }
        Err(bad) => format!("{}! {}", bad.number, bad.reason),
    };
    split(file.as_bytes(), 1 << 16).into_iter().map(text).collect()
}

#[test]
fn lists_in_wrappers_are_taken_apart() {
    assert_eq!(
        texts(r#"{"n": 2, "articles": [{"a": []}, {"b": 1}], "next": [{"c": 2}]}"#),
        [r#"{"a": []}"#, r#"{"b": 1}"#]
    );
    assert_eq!(
        texts("{\"response\": {\"docs\" :\n[ {\"a\": 1} ]}}\n{\"docs\": [{\"b\": 1}]}"),
        [r#"{"a": 1}"#, r#"{"b": 1}"#]
    );
    let article = r#"{"text": "Un texte.", "articles": [{"a": 1}]}"#;
    assert_eq!(texts(article), [article]);
    let graph = r#"{"@graph": [{"@type": "WebSite"}, {"@type": "NewsArticle"}]}"#;
    assert_eq!(texts(graph), [graph]);
    let after_another = "{\"text\": \"a\"}\n{\"items\": [{\"a\": 1}]}";
    assert_eq!(texts(after_another).len(), 2);
    assert_eq!(texts(r#"{"items": [{"a": 1}, "#), [r#"{"a": 1}"#, "2! the file is cut off: its list never ends"]);
}

#[test]
fn a_line_cut_off_in_a_list_costs_itself_only() {
    let cut = "2! the record is cut off: the next one begins before it ends";
    for broken in
        ["{\"a\": [1,", "{\"a\": [{\"b\":", "{\"a\": \"b", "{\"a\": \"b\\", "{\"a\": {\"b\": 1}", "{", "{\"a\""]
    {
        let file = format!("{{\"a\": 1}}\n{broken}\n{{\"a\": 3}}\n{{\"a\": 4}}\n");
        assert_eq!(texts(&file), ["{\"a\": 1}", cut, "{\"a\": 3}", "{\"a\": 4}"], "{broken}");
    }
    assert_eq!(texts("{\"a\": 1}}\n{\"a\": 3}"), ["{\"a\": 1}", "2! this is no JSON object", "{\"a\": 3}"]);
    assert_eq!(texts(""), ["1! this is no JSON object"]);
}

#[test]
fn values_may_stand_anyhow() {
    assert_eq!(texts("{\"a\":1}{\"b\":2} {\"c\":3}\r\n\u{1e}{\"d\":4}").len(), 4);
    assert_eq!(
        texts("\u{feff}[\n{\n\"a\":\n{\n}\n}\n,\n{\"b\":[\n{\n},\n{\n}\n]}\n]\n"),
        ["{\n\"a\":\n{\n}\n}", "{\"b\":[\n{\n},\n{\n}\n]}"]
    );
}

#[test]
fn a_record_too_large_is_passed_over() {
    let mut file = b"{\"text\": \"".to_vec();
    file.resize(super::LARGEST + 100, b'a');
    file.extend_from_slice(b"\"}\n{\"a\": 1}");
    let found = split(&file, 1 << 16);
    assert_eq!(found[0], Err(BadRecord { number: 1, reason: crate::read::too_large("record", super::LARGEST) }));
    assert_eq!(found[1].as_ref().unwrap().bytes, b"{\"a\": 1}");
}

proptest! {
    #[test]
    fn blocks_make_no_difference(file in "([{}\\[\\]\",:\\\\\n ]|items|\"items\":\\[\\{|é|\\{\"a\": \"[a-z]{0,9}\"\\}\n){0,60}", block in 1..40_usize) {
        prop_assert_eq!(split(file.as_bytes(), block), split(file.as_bytes(), usize::MAX));
    }

    #[test]
    fn whole_lines_are_found_around_a_broken_one(before in prop::collection::vec(".{0,30}", 1..9), at in 0..40_usize, after in prop::collection::vec(".{0,30}", 1..9)) {
        let line = |text: &String| serde_json::json!({"text": text, "list": [{"b": text}, [text]]}).to_string();
        let mut broken = line(&"Une ligne coupée".to_owned());
        broken.truncate(broken.floor_char_boundary(1 + at));
        let (before, after): (Vec<String>, Vec<String>) = (before.iter().map(line).collect(), after.iter().map(line).collect());
        let file = [before.join("\n"), broken, after.join("\n")].join("\n");
        let found: Vec<String> = split(file.as_bytes(), 64).into_iter().flatten().map(|record| String::from_utf8(record.bytes).unwrap()).collect();
        prop_assert_eq!(found, [before, after].concat());
    }
}
