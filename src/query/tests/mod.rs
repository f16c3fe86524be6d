//! The language by example, and what holds for any query.

mod answers;
mod examples;
mod properties;
mod refusals;

use super::{Options, Parsed, parse};

const OPTIONS: Options = Options { any: false, plain: false, today: jiff::civil::date(2025, 3, 1) };

const ANY: Options = Options { any: true, ..OPTIONS };

const PLAIN: Options = Options { plain: true, ..OPTIONS };

fn read(query: &str, options: &Options) -> Parsed {
    parse(query, options).unwrap_or_else(|error| panic!("{error}"))
}

/// What `explain` says, in one line: `word` for any form, `word(s)` for singular and plural, `=word` for itself.
fn compact(parsed: &Parsed) -> String {
    let mut line = String::new();
    let mut depth = 0;
    for text in parsed.query.explain().lines() {
        let word = text.trim_start();
        let here = (text.len() - word.len()) / 2;
        match here.cmp(&depth) {
            std::cmp::Ordering::Greater => line.push('('),
            std::cmp::Ordering::Equal if line.is_empty() => {}
            std::cmp::Ordering::Equal => line.push_str(", "),
            std::cmp::Ordering::Less => line.push_str(&format!("{}, ", ")".repeat(depth - here))),
        }
        depth = here;
        line.push_str(&shorter(word));
    }
    line + &")".repeat(depth)
}

fn shorter(line: &str) -> String {
    for before in ["NOT ", "titre: ", "chapo: ", "texte: ", "auteur: ", "source: ", "tweet: ", "tag: "] {
        if let Some(rest) = line.strip_prefix(before) {
            return format!("{}{}", before.replace(": ", ":").replace("NOT ", "-"), shorter(rest));
        }
    }
    let quoted = |before: &str, after: &str| line.strip_prefix(before)?.strip_suffix(after).map(str::to_owned);
    let number = |before: &str| line.strip_prefix(before)?.split(' ').next().map(str::to_owned);
    if let Some(word) = quoted("word \"", "\" (any form)") {
        word
    } else if let Some(word) = quoted("word \"", "\" (singular or plural)") {
        word + "(s)"
    } else if let Some(word) = quoted("word \"", "\" (accents and case too)") {
        format!("=={word}")
    } else if let Some(word) = quoted("word \"", "\"") {
        format!("={word}")
    } else if let Some(prefix) = quoted("words that begin with \"", "\"") {
        prefix + "*"
    } else if let Some(word) = quoted("words one typing error from \"", "\"") {
        word + "~1"
    } else if let Some(word) = quoted("words two typing errors from \"", "\"") {
        word + "~2"
    } else if let Some((phrase, words)) =
        line.strip_prefix("phrase ").and_then(|line| line.split_once(" with at most "))
    {
        format!("{phrase}~{}", words.split(' ').next().unwrap_or_default())
    } else if let Some(phrase) = line.strip_prefix("phrase ") {
        phrase.to_owned()
    } else if let Some(distance) = number("NEAR, at most ") {
        format!("NEAR/{distance}")
    } else {
        line.replace("has a value: ", "has ").replace("any of", "ANY")
    }
}

#[track_caller]
fn check(options: &Options, cases: &[(&str, &str)]) {
    for (query, expected) in cases {
        assert_eq!(compact(&read(query, options)), *expected, "{query}");
    }
}
