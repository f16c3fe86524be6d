//! Who wrote it and when, on lines of their own.

use crate::article::{Draft, StatedDate};
use crate::clean::layout::{blocks, removals, unmarked};
use crate::clean::{Ledger, Rule};
use crate::french::fold;

pub(super) const RULE: Rule = Rule {
    name: "bylines",
    about: "Takes bylines (Par Prénom Nom, avec AFP) and date lines (Publié le …) out of the text and into their fields; a place \
            and an agency at the beginning of the text stay where they are.",
    apply,
    examples: &[
        ("Par Léa Roux\n\nLe texte de l’article.\n\nSa suite.", "Le texte de l’article.\n\nSa suite."),
        ("Par Léa Roux (avec AFP)\n\nLe texte de l’article.\n\nSa suite.", "Le texte de l’article.\n\nSa suite."),
        ("Publié le 3 mai 2024 à 10h05\n\nLe texte de l’article.\n\nSa suite.", "Le texte de l’article.\n\nSa suite."),
        ("Paris, le 3 mars 2025\n\nLe texte de l’article.\n\nSa suite.", "Le texte de l’article.\n\nSa suite."),
        ("De notre correspondant à Rome\n\nLe texte.\n\nSa suite.", "Le texte.\n\nSa suite."),
        ("le 3 mai 2024", "le 3 mai 2024"),
        ("Le 21 juillet 1941.\n\nUn texte.\n\nSa suite.", "Le 21 juillet 1941.\n\nUn texte.\n\nSa suite."),
        ("Par temps de pluie\n\nPar Toutatis, dit-il.", "Par temps de pluie\n\nPar Toutatis, dit-il."),
        ("PARIS (AFP) – Le texte.\n\nSa suite.\n\nSa fin.", "PARIS (AFP) – Le texte.\n\nSa suite.\n\nSa fin."),
    ],
};

/// Bylines stand among the first or the last blocks.
const FIRST: usize = 6;
const LAST: usize = 3;
/// ... and are no longer than this, in characters.
const LONGEST: usize = 120;

/// What a line says about the article.
#[derive(Debug, Default, PartialEq)]
struct Said {
    authors: Vec<String>,
    agency: Option<String>,
    date: Option<StatedDate>,
    /// Whether the date is that of a change.
    updated: bool,
}

fn apply(draft: &mut Draft, ledger: &mut Ledger) {
    let all: Vec<(usize, &str)> = blocks(&draft.text).collect();
    let begins =
        all.iter().take(FIRST).filter(|(_, block)| unmarked(block).0.is_none()).find_map(|(_, block)| dateline(block));
    // A text of one or two lines says what it says.
    let mut gone = Vec::new();
    let mut said = Said::default();
    for (number, (at, block)) in all.iter().enumerate().filter(|_| all.len() >= 3) {
        let near = number < FIRST || number + LAST >= all.len();
        if !near || block.chars().count() > LONGEST || unmarked(block).0.is_some() || (number == 0 && draft.clip) {
            continue;
        }
        let dated = |number: Option<usize>| {
            let beside = number.and_then(|number| all.get(number));
            beside.is_some_and(|(_, block)| block.chars().count() <= LONGEST && date_line(block.trim()).is_some())
        };
        // A name alone is a byline beside a date, and under the text.
        let signs = draft.plain_lines
            && number > 0
            && (number + 1 == all.len()
                || (number < FIRST && (dated(Some(number + 1)) || dated(number.checked_sub(1)))));
        let Some(line) = read(block.trim(), signs) else { continue };
        said.authors.extend(line.authors);
        said.agency = said.agency.or(line.agency);
        if said.date.is_none() || (said.updated && !line.updated && line.date.is_some()) {
            (said.date, said.updated) = (line.date, line.updated);
        }
        gone.push(*at..at + block.len());
    }
    if draft.authors.is_empty() {
        draft.authors = said.authors;
    }
    let (place_agency, place_date) = begins.unwrap_or_default();
    draft.agency = draft.agency.take().or(said.agency).or(place_agency);
    draft.date_published = draft.date_published.take().or(said.date).or(place_date);
    let changes = removals(&draft.text, &gone);
    ledger.apply(RULE.name, &mut draft.text, changes);
}

/// Reads a line that says who or when and nothing else; a name alone if it `signs`.
fn read(line: &str, signs: bool) -> Option<Said> {
    if let Some((authors, agency)) = byline(line) {
        return Some(Said { authors, agency, ..Said::default() });
    }
    if let Some(agency) = agency_of(line) {
        return Some(Said { agency: Some(agency), ..Said::default() });
    }
    if let Some((date, updated)) = date_line(line) {
        return Some(Said { date, updated, ..Said::default() });
    }
    (signs && is_name(line) && !is_call(line)).then(|| Said { authors: vec![line.to_owned()], ..Said::default() })
}

/// Whether two words with capitals are a button's: `Buy Now`.
fn is_call(line: &str) -> bool {
    const CALLS: [&str; 14] =
        ["buy", "shop", "click", "read", "see", "view", "watch", "get", "learn", "find", "sign", "log", "voir", "lire"];
    line.split_whitespace().next().is_some_and(|word| CALLS.contains(&fold(word).as_str()))
}

/// The news agencies, as they are credited.
const AGENCIES: [&str; 17] = [
    "AFP",
    "Agence France-Presse",
    "Reuters",
    "AP",
    "Associated Press",
    "ATS",
    "Keystone-ATS",
    "Belga",
    "DPA",
    "dpa",
    "EFE",
    "ANSA",
    "APA",
    "Bloomberg",
    "La Presse Canadienne",
    "La Presse canadienne",
    "PA Media",
];

/// The names and the agency of `Par Léa Roux et Jo Bas (avec AFP)`, `De notre envoyée spéciale à Kiev, Léa Roux`.
fn byline(line: &str) -> Option<(Vec<String>, Option<String>)> {
    const BEGINNINGS: [&str; 14] = [
        "Par ",
        "PAR ",
        "By ",
        "BY ",
        "Von ",
        "VON ",
        "Propos recueillis par ",
        "Recueilli par ",
        "Texte : ",
        "Texte: ",
        "Rédigé par ",
        "Écrit par ",
        "Un article de ",
        "Une enquête de ",
    ];
    const PLACED: [&str; 8] = [
        "De notre correspondant",
        "De notre envoyé",
        "De nos envoyés",
        "De nos correspondants",
        "Envoyé spécial",
        "Envoyée spéciale",
        "Correspondance",
        "Correspondant ",
    ];
    if PLACED.iter().any(|placed| line.starts_with(placed)) {
        let names = line.split([',', ':', '–', '—']).skip(1).map(str::trim).filter(|name| is_name(name));
        let ends = !line.ends_with(['.', '!', '?', ':']) && line.split_whitespace().count() <= 12;
        return ends.then(|| (names.map(str::to_owned).collect(), None));
    }
    let rest = BEGINNINGS.iter().find_map(|beginning| line.strip_prefix(beginning))?;
    let (rest, agency) = split_agency(rest.trim_end_matches(['.', ' ']));
    let rest = rest.split(['(', '|', '•', '·']).next()?;
    let rest =
        [" – ", " — ", " - ", ", à ", " à "].iter().fold(rest, |rest, sign| rest.split(sign).next().unwrap_or(rest));
    let rest = without_role(rest).trim().trim_end_matches(['.', ',', '/']);
    if agency.is_some() && fold(rest).starts_with("la redaction") {
        return Some((Vec::new(), agency));
    }
    let parts = rest.split(" et ").flat_map(|part| part.split(" and ")).flat_map(|part| part.split(" und "));
    let names: Vec<String> = parts.flat_map(|part| part.split(", ")).map(|name| name.trim().to_owned()).collect();
    names.iter().all(|name| is_name(name)).then_some((names, agency))
}

/// Takes the agency off the end: `Léa Roux avec AFP`, `Léa Roux (avec Reuters)`, `Léa Roux / AFP`.
fn split_agency(rest: &str) -> (&str, Option<String>) {
    let bare = rest.trim_end_matches([')', ']']);
    for agency in AGENCIES {
        let Some(before) = bare.strip_suffix(agency) else { continue };
        let before = before.trim_end_matches(['’', '\'']).trim_end_matches(" l");
        let with = ["(avec", "[avec", ", avec", "avec", "with", "mit", "et", "and", "/", "(", ","];
        if let Some(names) = with.iter().find_map(|with| before.trim_end().strip_suffix(with)) {
            return (names.trim_end(), Some(agency.to_owned()));
        }
    }
    (rest, None)
}

/// Names without what comes after a comma in lower case: `Léa Roux, envoyée spéciale`.
fn without_role(names: &str) -> &str {
    let at = names
        .match_indices(", ")
        .find(|(at, _)| names.get(at + 2..).is_some_and(|rest| rest.starts_with(char::is_lowercase)));
    at.and_then(|(at, _)| names.get(..at)).unwrap_or(names)
}

/// Two to five words that begin with a capital, particles aside.
fn is_name(name: &str) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    let capital = |word: &&str| word.chars().next().is_some_and(char::is_uppercase);
    let particle = |word: &&str| {
        matches!(*word, "de" | "du" | "des" | "d’" | "van" | "von" | "der" | "le" | "la" | "ben" | "el" | "al")
    };
    let plain = name.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '’' | '\'' | '.'));
    plain
        && (2..=5).contains(&words.len())
        && words.iter().filter(|word| capital(word)).count() >= 2
        && words.iter().all(|word| capital(word) || particle(word))
        && !name.ends_with('.')
}

/// `avec AFP`, `(AFP)`, `Le Fil avec Reuters`, `Source : AFP`, `AFP et Reuters`.
fn agency_of(line: &str) -> Option<String> {
    if line.chars().count() > 45 {
        return None;
    }
    let bare = line.trim_matches(|c: char| matches!(c, '(' | ')' | '[' | ']' | '.' | ' ' | '©'));
    let folded = fold(bare);
    let named = ["avec ", "source : ", "source: ", "sources : ", "with ", "mit "];
    let name =
        named.iter().find_map(|with| folded.rfind(with).and_then(|at| Some((at, folded.get(at + with.len()..)?))));
    let before = name.map_or("", |(at, _)| folded.get(..at).unwrap_or_default());
    let names = name.map_or(folded.as_str(), |(_, name)| name).replace(['’', 'ʼ'], "'");
    let mut parts = names
        .split([',', '/', '-'])
        .flat_map(|part| part.split(" et "))
        .map(|part| part.trim().trim_start_matches("l'"));
    let first = parts.next()?;
    let agency = |part: &str| AGENCIES.iter().find(|agency| fold(agency) == part);
    let found = agency(first).or_else(|| agency(&names))?;
    let all = names == fold(found) || parts.all(|part| agency(part).is_some());
    // "Il travaille avec AFP" is a sentence.
    (all && before.split_whitespace().count() <= 4).then(|| (*found).to_owned())
}

/// A line that says when it was published or changed and nothing else; whether it was changed.
fn date_line(line: &str) -> Option<(Option<StatedDate>, bool)> {
    const PUBLISHED: [&str; 18] = [
        "publie le",
        "publiee le",
        "publie hier",
        "publie a ",
        "publie il y a",
        "paru le",
        "mis en ligne le",
        "cree le",
        "cree:",
        "cree :",
        "ecrit le",
        "posted on",
        "posted:",
        "published",
        "veroffentlicht",
        "erschienen am",
        "date :",
        "date de publication",
    ];
    const UPDATED: [&str; 9] = [
        "mis a jour",
        "mise a jour",
        "modifie le",
        "actualise le",
        "derniere mise a jour",
        "updated",
        "last updated",
        "aktualisiert",
        "stand:",
    ];
    const DAYS: [&str; 7] = ["lundi ", "mardi ", "mercredi ", "jeudi ", "vendredi ", "samedi ", "dimanche "];
    // No day without a figure, and the others that fold to plain ones lie beyond.
    if !line.contains(|c: char| c.is_numeric() || c > '\u{2fff}') {
        return None;
    }
    let folded = fold(line);
    let begins = |words: &[&str]| words.iter().any(|word| folded.starts_with(word));
    let is_sentence = line.ends_with('.') && !folded.starts_with(|c: char| c.is_ascii_digit());
    let updated = begins(&UPDATED);
    let read = |text: &str| {
        let stated = StatedDate::read(text, "text");
        let is_day = stated.date.is_some_and(|date| date.day.is_some());
        (stated, is_day)
    };
    if begins(&PUBLISHED) || updated {
        let (stated, is_day) = read(line);
        // "Publié hier à 18 h 05" tells no day, and is no sentence all the same.
        let is_short = line.chars().count() <= 90 && !is_sentence && folded.contains(|c: char| c.is_ascii_digit());
        return (is_day || is_short).then(|| (Some(stated).filter(|_| is_day), updated));
    }
    let bare = folded.starts_with(|c: char| c.is_ascii_digit())
        && line.chars().count() <= 30
        && line.contains(['/', '.', ' ']);
    if !is_sentence
        && (folded.starts_with("le ") || begins(&DAYS) || bare)
        && let (stated, true) = read(line)
    {
        return Some((Some(stated), false));
    }
    let (place, date) = line.split_once(", le ")?;
    let placed =
        place.chars().count() <= 40 && place.starts_with(char::is_uppercase) && place.split_whitespace().count() <= 4;
    let (stated, is_day) = (placed && !is_sentence).then(|| read(date))?;
    is_day.then_some((Some(stated), false))
}

/// The agency and the date of a text that begins with them: `PARIS (AFP) – …`, `Paris, le 3 mars 2025 (Reuters) – …`.
fn dateline(block: &str) -> Option<(Option<String>, Option<StatedDate>)> {
    const DASHES: [&str; 4] = [" – ", " — ", " - ", " -- "];
    let head = block.char_indices().nth(80).map_or(block, |(end, _)| block.get(..end).unwrap_or_default());
    if !head.contains(['-', '–', '—']) {
        return None;
    }
    let at = DASHES.iter().filter_map(|dash| head.find(dash)).min()?;
    let head = head.get(..at)?.trim();
    let place = head.split([',', '(']).next()?.trim();
    let is_place = (1..=4).contains(&place.split_whitespace().count()) && place.starts_with(char::is_uppercase);
    let inner = head.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    let agency = inner.and_then(|inner| AGENCIES.iter().find(|agency| **agency == inner.trim()));
    let date =
        head.split_once(',').map(|(_, date)| date.split('(').next().unwrap_or(date).trim().trim_start_matches("le "));
    let date = date
        .map(|date| StatedDate::read(date, "text"))
        .filter(|stated| stated.date.is_some_and(|date| date.day.is_some()));
    (is_place && (agency.is_some() || date.is_some())).then(|| (agency.map(|agency| (*agency).to_owned()), date))
}
