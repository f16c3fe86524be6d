//! What is wrong, where, and what to write instead.

use super::{OPTIONS, compact, read};
use crate::query::{LONGEST, QueryError, parse};

/// A place between ‹ and ›, and what the message begins with.
const REFUSED: &[(&str, &str)] = &[
    ("a1 ‹OU›", "nothing stands after OU"),
    ("a1 ‹OU› !", "nothing stands after OU"),
    ("‹OU› a1", "nothing stands before OU"),
    ("a1 ‹OU› OU b1", "nothing stands after OU"),
    ("‹ET› a1", "nothing stands before ET"),
    ("a1 ‹ET› OU b1", "nothing stands after ET"),
    ("a1 ‹AND› !", "nothing stands after AND"),
    ("(a1 ‹OU›)", "nothing stands after OU"),
    ("a1 ‹SAUF›", "nothing stands after SAUF"),
    ("a1 ‹NOT› OU b1", "nothing stands after NOT"),
    ("‹NOT› !", "nothing stands after NOT"),
    ("a1 ‹--›b1", "one minus excludes"),
    ("‹NEAR/3› a1", "nothing stands before NEAR/3"),
    ("a1 ‹NEAR/3›", "nothing stands after NEAR/3"),
    ("a1 ‹NEAR/3› NEAR/3 b1", "nothing stands after NEAR/3"),
    ("a1 ‹NEAR› b1", "NEAR needs a number"),
    ("a1 ‹NEAR/x› b1", "NEAR needs a number"),
    ("a1 ‹NEAR5› b1", "NEAR needs a number"),
    ("a1 ‹NEAR/501› b1", "NEAR needs a number"),
    ("a1 ‹NEAR/99999999999› b1", "NEAR needs a number"),
    ("a1 NEAR/3 ‹NOT› b1", "NEAR joins words, phrases"),
    ("a1 NEAR/3 ‹-›b1", "NEAR joins words, phrases"),
    ("a1 NEAR/3 ‹!›", "NEAR joins words, phrases"),
    ("a1 NEAR/3 ‹(b1 c1)›", "NEAR joins words, phrases"),
    ("‹titre:a1› NEAR/3 b1", "NEAR joins words, and this is a field"),
    ("a1 NEAR/3 ‹titre:b1›", "NEAR joins words, and this is a field"),
    ("‹-›a1 NEAR/3 b1", "a minus excludes one word"),
    ("(a1 b1)‹~3›", "~ stands after a word"),
    ("a1 ‹~›", "~ needs a word"),
    ("‹~3› a1", "~ needs a word"),
    ("a1 ‹~b1›", "~ needs a word"),
    ("‹a1~3›", "~ takes one word"),
    ("‹week-end~›", "~ takes one word"),
    ("\"a1\"‹~x›", "a phrase takes ~"),
    ("\"a1\"‹~501›", "a phrase takes ~"),
    ("\"a1\"‹*›", "* may only end a word"),
    ("a1 ‹*›", "* alone"),
    ("‹**›", "* alone"),
    ("‹m*›", "one letter before *"),
    ("‹l'm*›", "one letter before *"),
    ("‹mil*rd›", "* may only end one word"),
    ("‹*liard›", "* may only end one word"),
    ("‹week-en*›", "* may only end one word"),
    ("==‹mill*›", "== takes a whole word"),
    ("‹=› a1", "no word follows ="),
    ("a1 ‹==›", "no word follows ="),
    ("‹=›(a1)", "no word follows ="),
    ("‹titre:›", "no value follows titre:"),
    ("‹source:› AFP", "no value follows source:"),
    ("‹titre:›!", "no value follows titre:"),
    ("titre:‹\"\"›", "there is no word between the quotation marks"),
    ("titre:‹()›", "there is no word between the parentheses"),
    ("url:‹\" \"›", "this value is empty"),
    ("lang:‹\"\"›", "this value is empty"),
    ("titre:‹-›a1", "a minus stands before the field"),
    ("titre:(‹source:›a1)", "a field cannot stand within another"),
    ("date:(‹titre:›a1)", "a field cannot stand within another"),
    ("date:‹demain›", "this is no date"),
    ("date:‹2025-02-31›", "this is no date"),
    ("date:‹10› février", "this is no date"),
    ("date:‹..›", "this is no date"),
    ("date:‹2025..2024›", "this period ends before it begins"),
    ("a1 ‹()›", "there is no word between the parentheses"),
    ("a1 ‹\"!\"›", "there is no word between the quotation marks"),
    ("NOT ‹(›a1 b1", "this parenthesis is not closed"),
    ("titre:‹(›a1 b1", "this parenthesis is not closed"),
    ("‹›!", "there is no word to look for"),
    ("‹›", "there is no word to look for"),
];

#[test]
fn what_is_wrong_is_shown() {
    let error = refused("(pain OU vin) ET date:demain");
    assert_eq!((error.position, error.length), (22, 6));
    let shown = error.to_string();
    let expected = "this is no date\n  (pain OU vin) ET date:demain\n                        ^^^^^^\nWrite date:2025,";
    assert!(shown.starts_with(expected), "{shown}");
    assert_eq!(
        refused("l’été ET").to_string(),
        "nothing stands after ET\n  l’été ET\n        ^^\nWrite Musk ET Altman; quote it to look for the word: \"ET\"."
    );
    for (marked, message) in REFUSED {
        let query = marked.replace(['‹', '›'], "");
        let error = refused(&query);
        let (start, end) = (error.position, error.position + error.length);
        let [before, place, after] = [0..start, start..end, end..query.len()].map(|range| query.get(range).unwrap());
        assert_eq!(format!("{before}‹{place}›{after}"), *marked, "{error}");
        assert!(error.message.starts_with(message) && !error.suggestion.is_empty(), "{error}");
    }
}

#[test]
fn limits_are_kept() {
    let nested = |depth: usize| format!("{}a1{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(compact(&read(&nested(64), &OPTIONS)), "a1");
    assert!(refused(&nested(65)).message.contains("64"));
    assert!(refused(&format!("a1{}", " NEAR/1 b1".repeat(65))).message.contains("64"));
    assert!(refused(&"(".repeat(10_000)).message.contains("4096 bytes"));
    assert!(refused(&"NOT ".repeat(20_000)).message.contains("4096 bytes"));
    assert!(refused(&"é".repeat(2049)).position <= LONGEST);
}

fn refused(query: &str) -> QueryError {
    parse(query, &OPTIONS).map(|parsed| panic!("{query} is {}", parsed.query)).unwrap_err()
}
