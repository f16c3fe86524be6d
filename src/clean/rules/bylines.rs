//! Who wrote it and when, on lines of their own.

use crate::article::{Draft, StatedDate};
use crate::clean::layout::{blocks, removals, unmarked};
use crate::clean::{Ledger, Rule};

pub(super) const RULE: Rule = Rule {
    name: "bylines",
    about: "Takes bylines (Par Prénom Nom, avec AFP) and date lines (Publié le …) out of the text and into their fields.",
    apply,
    examples: &[
        ("Par Léa Roux\n\nLe texte de l’article.\n\nSa suite.", "Le texte de l’article.\n\nSa suite."),
        ("Publié le 3 mai 2024 à 10h05\n\nLe texte de l’article.\n\nSa suite.", "Le texte de l’article.\n\nSa suite."),
        ("le 3 mai 2024", "le 3 mai 2024"),
        ("Par temps de pluie\n\nPar Toutatis, dit-il.", "Par temps de pluie\n\nPar Toutatis, dit-il."),
    ],
};

/// Bylines stand among the first or the last blocks.
const FIRST: usize = 6;
const LAST: usize = 3;

fn apply(draft: &mut Draft, ledger: &mut Ledger) {
    let all: Vec<(usize, &str)> = blocks(&draft.text).collect();
    // A text of one or two lines says what it says.
    if all.len() < 3 {
        return;
    }
    let mut gone = Vec::new();
    let (mut authors, mut agency, mut date) = (Vec::new(), None, None);
    for (number, (at, block)) in all.iter().enumerate() {
        let near = number < FIRST || number + LAST >= all.len();
        if !near || block.chars().count() > 120 || unmarked(block).0.is_some() || (number == 0 && draft.clip) {
            continue;
        }
        let line = block.trim();
        if let Some(names) = names(line) {
            authors.extend(names);
        } else if let Some(name) = agency_of(line) {
            agency = agency.or(Some(name));
        } else if let Some(stated) = date_line(line) {
            date = date.or(Some(stated));
        } else {
            continue;
        }
        gone.push(*at..at + block.len());
    }
    if draft.authors.is_empty() {
        draft.authors = authors;
    }
    draft.agency = draft.agency.take().or(agency);
    draft.date_published = draft.date_published.take().or(date);
    let changes = removals(&draft.text, &gone);
    ledger.apply(RULE.name, &mut draft.text, changes);
}

const AGENCIES: [&str; 9] = ["AFP", "Reuters", "AP", "ATS", "Keystone-ATS", "Belga", "DPA", "EFE", "ANSA"];

/// The names of `Par Léa Roux et Jo Bas (avec AFP)`.
fn names(line: &str) -> Option<Vec<String>> {
    const BEGINNINGS: [&str; 6] = ["Par ", "PAR ", "By ", "Von ", "Propos recueillis par ", "Texte : "];
    let rest = BEGINNINGS.iter().find_map(|beginning| line.strip_prefix(beginning))?;
    let rest = rest.split(['(', '|', '•', '·']).next()?.trim().trim_end_matches(['.', ',']);
    let rest = rest.split(" avec ").next()?.split(", à ").next()?;
    let names: Vec<String> = rest
        .split(" et ")
        .flat_map(|part| part.split(" and "))
        .flat_map(|part| part.split(", "))
        .map(|name| name.trim().to_owned())
        .collect();
    names.iter().all(|name| is_name(name)).then_some(names)
}

/// Two to four words that begin with a capital, particles aside.
fn is_name(name: &str) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    let capital = |word: &&str| word.chars().next().is_some_and(char::is_uppercase);
    let particle =
        |word: &&str| matches!(*word, "de" | "du" | "des" | "d’" | "van" | "von" | "le" | "la" | "ben" | "el");
    let plain = name.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '’' | '\'' | '.'));
    plain
        && (2..=5).contains(&words.len())
        && words.iter().filter(|word| capital(word)).count() >= 2
        && words.iter().all(|word| capital(word) || particle(word))
}

/// `avec AFP`, `(AFP)`, `Le Fil avec Reuters`.
fn agency_of(line: &str) -> Option<String> {
    let bare = line.trim_matches(|c: char| matches!(c, '(' | ')' | '[' | ']' | '.' | ' '));
    let name = ["avec ", "Avec ", "(avec "]
        .iter()
        .find_map(|with| bare.rsplit_once(with).map(|(_, name)| name))
        .unwrap_or(bare);
    let name = name.trim_start_matches("l’").trim_start_matches("l'");
    (line.chars().count() <= 40)
        .then(|| AGENCIES.iter().find(|agency| **agency == name))
        .flatten()
        .map(|agency| (*agency).to_owned())
}

/// A line that says when it was published, and nothing else.
fn date_line(line: &str) -> Option<StatedDate> {
    let folded = crate::french::fold(line);
    let said = ["publie le", "publiee le", "mis a jour le", "paru le", "le "]
        .iter()
        .any(|beginning| folded.starts_with(beginning));
    let weekday = ["lundi ", "mardi ", "mercredi ", "jeudi ", "vendredi ", "samedi ", "dimanche "]
        .iter()
        .any(|day| folded.starts_with(day));
    let bare = folded.starts_with(|c: char| c.is_ascii_digit())
        && line.chars().count() <= 30
        && line.contains(['/', '.', ' ']);
    let stated = StatedDate::read(line, "text");
    ((said || weekday || bare) && stated.date.is_some_and(|date| date.day.is_some())).then_some(stated)
}
