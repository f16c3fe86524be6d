//! What is said when nothing was found.

use crate::cli::Session;
use crate::search::{Advice, WordAdvice};

/// Says what would have been found.
pub(super) fn advise(advice: &Advice, session: &Session) {
    session.note("newsgrep: no article found");
    for word in &advice.words {
        say(word, "  ", session);
    }
    if let Some(any) = advice.any.filter(|any| *any > 0) {
        session.note(&format!("  any of these (--any): {}", articles(any)));
    }
    for (condition, count) in &advice.without {
        session.note(&format!("  without the condition [{condition}]: {}", articles(*count)));
    }
    if let Some((first, last)) = advice.days {
        session.note(&format!("  the archive has articles of {first} to {last}"));
    }
}

fn say(word: &WordAdvice, indent: &str, session: &Session) {
    let nearest = match word.nearest.as_slice() {
        [] => String::new(),
        [one] => format!("; did you mean {one}?"),
        [some @ .., last] => format!("; did you mean {} or {last}?", some.join(", ")),
    };
    session.note(&format!("{indent}{}: {}{nearest}", word.typed, articles(word.count)));
    for inner in &word.words {
        say(inner, &format!("{indent}  "), session);
    }
}

/// `3 articles`
pub(super) fn articles(count: usize) -> String {
    match count {
        0 => "no articles".to_owned(),
        1 => "1 article".to_owned(),
        _ => format!("{count} articles"),
    }
}
