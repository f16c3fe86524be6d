//! What holds for any query: it is read or refused, and soon.

use std::time::{Duration, Instant};

use proptest::prelude::{ProptestConfig, Strategy, any, prop, prop_assert, prop_oneof, proptest};

use super::{ANY, OPTIONS, PLAIN};
use crate::query::{LONGEST, Options, parse};

#[test]
fn hostile_queries_are_refused_or_answered_at_once() {
    let mut hostile: Vec<String> = [
        "(", ")", "()", "(a ", "\"", "«", "»", "»«", "-", "-a ", "--a", "=", "==a ", "~", "a~ ", "*", "NOT ", "a OU ",
        "a ET ", "a ",
    ]
    .into_iter()
    .chain([
        "'",
        "l'",
        "l'\"",
        "1 ",
        "000 ",
        "G 20 ",
        "a-",
        "http://(",
        "http://a(b)",
        "titre:",
        "titre:a ",
        "date:",
        "url:(",
        "\u{ad}",
        "\u{301}",
        "a\u{301}",
        "é",
        "東",
        "a(e",
        "😀",
        "le ",
        "a.b.",
        "\0",
        "a NEAR/1 ",
    ])
    .map(|piece| piece.repeat(LONGEST / piece.len()))
    .collect();
    hostile.extend((0..0x20).chain(0x7F..0xA0).filter_map(char::from_u32).map(|c| format!("a{c}b{c}").repeat(500)));
    for query in hostile {
        for options in [OPTIONS, ANY, PLAIN] {
            let began = Instant::now();
            let _ = parse(&query, &options).map(|parsed| parsed.query.explain()).map_err(|error| error.to_string());
            let piece: String = query.chars().take(12).collect();
            assert!(began.elapsed() < Duration::from_secs(1), "{piece:?} takes {:?}", began.elapsed());
        }
    }
}

/// Queries made of what the language looks at.
fn queries() -> impl Strategy<Value = String> {
    const PIECES: [&str; 44] = [
        "a1", "prix", "le", "l'", "été", " ", " ", " ", "(", ")", "\"", "«", "»", "-", "=", "==", "~", "~2", "*", "ET",
        "OU", "SAUF", "NON", "NEAR/3", "titre:", "date:", "url:", "lang:", "source:", "2024", "..", ">=", "hier", "1",
        "000", "G", "20", "@x", "://", ":", "!", "\u{ad}", "\u{a0}", "e\u{301}",
    ];
    prop_oneof![
        3 => prop::collection::vec(prop::sample::select(&PIECES[..]), 0..24).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
        1 => "[ -~]{0,60}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn any_query_is_read_or_refused(query in queries(), any in any::<bool>(), plain in any::<bool>()) {
        match parse(&query, &Options { any, plain, ..OPTIONS }) {
            Ok(parsed) => prop_assert!(!parsed.query.explain().is_empty()),
            Err(error) => {
                prop_assert!(query.get(error.position..error.position + error.length).is_some());
                prop_assert!(!plain || error.position == 0);
                let shown = error.to_string();
                prop_assert!(shown.contains('^') && !shown.contains(|c: char| c.is_control() && c != '\n'));
            }
        }
    }

    /// Every apostrophe, quotation mark and space is one kind, and what no reader sees says nothing.
    #[test]
    fn spellings_of_signs_do_not_matter(query in queries()) {
        let written = |apostrophe: &str, quote: &str, space: &str, hyphen: &str| {
            let query = query.replace(['\u{ad}', '\u{a0}'], " ").replace(['«', '»'], "\"");
            query.replace('\'', apostrophe).replace('"', quote).replace(' ', space).replace('-', hyphen)
        };
        let meaning = |query: &str| parse(query, &OPTIONS).map(|parsed| (parsed.query, parsed.notes)).map_err(|error| error.message);
        let plain = meaning(&written("'", "\"", " ", "-"));
        let close = |error: &String| error.starts_with("nothing stands");
        for other in [
            written("’", "“", "\u{a0}", "-"), written("ʼ", "”", "\u{202f}", "\u{2011}"), written("‘", "„", "\u{3000}", "−"),
            written("＇", "＂", "\t\u{ad}", "－"), written("'\u{ad}", "\u{200b}\"", "\n", "-\u{feff}"),
        ] {
            let meaning = meaning(&other);
            prop_assert!(meaning == plain || plain.as_ref().is_err_and(close) && meaning.is_err(), "{other:?} {meaning:?} {plain:?}");
        }
    }
}
