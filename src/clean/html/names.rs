//! Authors and headlines as readers know them: without `Par`, addresses, roles and the name of the site.

use super::vocabulary::{AGENCIES, BY, PLATFORMS, ROLES, TITLE_SEPARATORS};

/// The authors named in `stated`, one name each, the publisher not among them.
pub(super) fn authors(stated: &[String], publisher: Option<&str>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in stated.iter().flat_map(|stated| split(stated)) {
        let is_publisher = publisher.is_some_and(|publisher| same(without_article(publisher), without_article(&name)));
        if names.len() < 30 && !is_publisher && !names.iter().any(|other| same(other, &name)) {
            names.push(name);
        }
    }
    let is_person = |name: &&String| !is_role(name) && !publisher.is_some_and(|publisher| is_part_of(name, publisher));
    let kept: Vec<String> = names.iter().filter(is_person).cloned().collect();
    if kept.is_empty() { names } else { kept }
}

/// Whether a name is the publisher's with more or less of it: `Le Courrier Sports`, `Le Courrier du Val`.
fn is_part_of(name: &str, publisher: &str) -> bool {
    let begins = |long: &str, short: &str| long.strip_prefix(short).is_some_and(|rest| rest.starts_with(' '));
    begins(name, publisher) || begins(publisher, name)
}

/// A name as catalogues have it (`Sarre, Odile`), turned round.
pub(super) fn turned(name: &str) -> String {
    match name.split_once(',') {
        Some((last, first)) if !first.contains(',') && first.split_whitespace().count() == 1 => {
            format!("{} {}", first.trim(), last.trim())
        }
        _ => name.to_owned(),
    }
}

/// The news agency among `names`.
pub(super) fn agency(names: &[String]) -> Option<String> {
    names.iter().find_map(|name| AGENCIES.iter().find(|agency| same(agency, name)).map(|agency| (*agency).to_owned()))
}

fn without_article(name: &str) -> &str {
    name.strip_prefix("The ").unwrap_or(name)
}

/// Whether a publisher's name is that of an agency or of the platform that a page stands on.
pub(super) fn is_carrier(name: &str) -> bool {
    let name = without_article(name);
    AGENCIES.iter().chain(PLATFORMS).any(|carrier| same(carrier, name))
}

/// A site's name without what it says of itself: `Le Courrier | Toute l'actualité du Val`.
pub(super) fn without_motto(name: &str) -> String {
    name.split(" | ").next().unwrap_or(name).trim().to_owned()
}

/// Whether two names are the same, letter case and signs aside.
pub(super) fn same(a: &str, b: &str) -> bool {
    let is_far = |a: &str, b: &str| a.len() > 2 * b.len() + 16;
    if is_far(a, b) || is_far(b, a) {
        return false;
    }
    let letters =
        |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect() };
    let a = letters(a);
    !a.is_empty() && a == letters(b)
}

/// Whether a text begins with *Par*, *By*, *Von* and the like.
pub(super) fn begins_with_by(text: &str) -> bool {
    after_by(text.trim_start()).is_some()
}

/// What follows the word that says that a name comes.
fn after_by(text: &str) -> Option<&str> {
    BY.iter().find_map(|by| {
        let (head, tail) = text.split_at_checked(by.len())?;
        let is_by =
            head.to_lowercase() == *by && tail.starts_with(|c: char| c.is_whitespace() || matches!(c, ':' | '：'));
        // "Di Stefano" is a name.
        let is_name = *by == "di" && head.starts_with(char::is_uppercase) && !tail.starts_with(':');
        (is_by && !is_name).then(|| tail.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '：')))
    })
}

/// Cuts one statement (`Par Anne Bri et Luc Or, à Lyon`) into names.
fn split(stated: &str) -> Vec<String> {
    let mut rest =
        stated.trim_matches(|c: char| c.is_whitespace() || matches!(c, '|' | '/' | '-' | '–' | '—' | '•' | '·'));
    while let Some(after) = after_by(rest) {
        rest = after;
    }
    let parted =
        [" et ", " and ", " & ", " und ", " avec ", " with ", " mit ", " och ", " og ", " и ", " via ", " for "]
            .iter()
            .fold(rest.to_owned(), |text, word| text.replace(word, "\n"));
    let names: Vec<String> = parted
        .split(['\n', ',', ';', '|', '/', '•', '·', '、', '،'])
        .flat_map(pair)
        .map(|part| part.split(['(', '<', '[']).next().unwrap_or_default())
        .flat_map(|part| part.split(" - ").flat_map(|part| part.split(" – ")).flat_map(sentences))
        .map(|part| {
            part.trim_matches(|c: char| {
                c.is_whitespace() || matches!(c, '-' | '–' | '—' | '.' | ':' | '"' | '*' | '／')
            })
        })
        .map(|part| bare(after_by(part).unwrap_or(part)))
        .filter(|part| is_name(part))
        .collect();
    names
}

/// The two full names that a small word joins; within a name it stays (`Santiago Ramón y Cajal`), and a place after it goes
/// (`Ana Ruiz en Madrid`).
fn pair(part: &str) -> Vec<&str> {
    let is_full = |name: &str| name.split_whitespace().nth(1).is_some();
    for word in [" y ", " e ", " i ", " en "] {
        match part.split_once(word) {
            Some((first, second)) if is_full(first) && is_full(second) => return vec![first, second],
            Some((first, _)) if is_full(first) && word == " en " => return vec![first],
            _ => {}
        }
    }
    vec![part]
}

/// Whether a part of a byline says what its author does: `AP Auto Writer`, `Redaktion`.
fn is_role(name: &str) -> bool {
    let is_agency = AGENCIES.iter().any(|agency| same(agency, name));
    let is_title = name.len() <= 4 && name.chars().all(char::is_uppercase);
    !is_agency && (is_title || name.split_whitespace().any(|word| ROLES.contains(&word.to_lowercase().as_str())))
}

/// The parts of a byline that a stop parts, where it ends no initial: `Anne Bri. Le Courrier`, `J. Or`.
fn sentences(part: &str) -> Vec<&str> {
    let stops = part.match_indices(". ").map(|(at, _)| at);
    let is_end = |&at: &usize| {
        let before = part.get(..at).unwrap_or_default();
        before.rsplit([' ', '.', '-']).next().is_some_and(|word| word.chars().count() > 3)
    };
    let mut parts = Vec::new();
    let mut from = 0;
    for at in stops.filter(is_end) {
        parts.extend(part.get(from..at));
        from = at + 2;
    }
    parts.extend(part.get(from..));
    parts
}

/// A name without the date and the role that follow it: `Anne Bri le 3 mai 2021`, `Luc Or Monday`, `Tom Lis News reporter`.
fn bare(part: &str) -> String {
    let words: Vec<&str> = part.split_whitespace().collect();
    let number = words.iter().position(|word| word.contains(|c: char| c.is_ascii_digit())).unwrap_or(words.len());
    let mut kept = words.get(..number).unwrap_or_default();
    let is_title = |word: &str| word.len() <= 4 && word.chars().all(char::is_uppercase);
    let is_ours = |word: &&&str| is_title(word) || AGENCIES.iter().any(|agency| same(agency, word));
    let is_group = |word: &&&str| GROUPS.contains(&word.to_lowercase().as_str());
    let is_whole = kept.first().filter(is_ours).is_some() || kept.last().filter(is_group).is_some();
    while let Some((last, before)) = kept.split_last() {
        let word = last.trim_matches(|c: char| !c.is_alphanumeric());
        let folded = crate::french::fold(word);
        let is_month = number < words.len() && MONTHS.contains(&folded.as_str());
        let is_date = is_month || DATE_WORDS.contains(&folded.as_str());
        let is_role = !is_whole && before.len() >= 2 && ROLES.contains(&word.to_lowercase().as_str());
        if !is_date && !is_role {
            break;
        }
        kept = before;
    }
    let name = kept.join(" ");
    let mut signed = AGENCIES.iter().filter_map(|agency| name.strip_suffix(agency)?.strip_suffix(' '));
    if let Some(name) = signed.find(|name| name.contains(' ')) {
        return name.to_owned();
    }
    if let [month] = kept
        && MONTHS.contains(&crate::french::fold(month.trim_end_matches('.')).as_str())
    {
        return String::new();
    }
    name
}

/// Words that end the name of a group, which is to stay whole.
const GROUPS: [&str; 9] =
    ["staff", "bureau", "desk", "service", "services", "newsroom", "redaktion", "rédaction", "team"];

/// What a byline has of a date when its numbers are gone; folded.
const MONTHS: &[&str] = &[
    "jan", "feb", "fev", "mar", "march", "mars", "apr", "avr", "april", "avril", "may", "mai", "jun", "june", "juin",
    "jul", "july", "juil", "aug", "august", "sep", "sept", "oct", "nov", "dec",
];

/// Words between a name and a date; folded. Months only where no first name or last name is one.
const DATE_WORDS: &[&str] = &[
    "le",
    "on",
    "am",
    "at",
    "il",
    "el",
    "du",
    "updated",
    "published",
    "posted",
    "publie",
    "stand",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "dimanche",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonntag",
    "january",
    "february",
    "november",
    "december",
    "october",
    "september",
    "janvier",
    "fevrier",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
];

/// What the name of a site ends in.
const SITE_ENDINGS: [&str; 6] = [".com", ".fr", ".org", ".net", ".be", ".ch"];

/// What stands where a name should.
const NO_NAMES: [&str; 15] = [
    "by",
    "par",
    "von",
    "admin",
    "administrator",
    "auteur",
    "author",
    "autor",
    "email",
    "name",
    "nama",
    "nom",
    "posted",
    "redaction",
    "user",
];

fn is_name(part: &str) -> bool {
    let letters = part.chars().filter(|c| c.is_alphabetic()).count();
    let begins = part.chars().next().is_some_and(|c| c.is_alphanumeric() && !c.is_lowercase());
    let words = part.split_whitespace().count();
    (2..=60).contains(&letters)
        && words <= 6
        && !NO_NAMES.contains(&part.to_lowercase().as_str())
        && begins
        && !part.contains(['@', '{', '}', '='])
        && !part.contains("http")
        && !part.contains("www.")
        && !part.contains(|c: char| c.is_ascii_digit())
        && !SITE_ENDINGS.iter().any(|ending| part.to_ascii_lowercase().ends_with(ending))
}

/// The name of the site, where the title of the page is one of its headings and ends in something else.
pub(super) fn site(title: &str, headings: &[String]) -> Option<String> {
    let tails = headings.iter().filter_map(|heading| title.trim().strip_prefix(heading.trim()));
    let tail = tails
        .filter(|tail| TITLE_SEPARATORS.iter().any(|sign| tail.starts_with(sign)))
        .max_by_key(|tail| tail.len())?;
    let name = tail.rsplit(['|', '–', '—', '·', '•']).next()?.rsplit(" - ").next()?.trim_matches([' ', '-', ':', '»']);
    let fits = (2..=60).contains(&name.len()) && !name.contains(|c: char| c.is_ascii_digit());
    fits.then(|| name.to_owned())
}

/// A headline without the site's name at its end, and without what else the title puts beside the page's heading.
pub(super) fn headline(title: &str, sites: &[&str], heading: Option<&str>) -> String {
    let mut title = title.trim();
    let is_site = |tail: &str| sites.iter().any(|site| same(site, tail));
    for _ in 0..4 {
        let mut cuts = TITLE_SEPARATORS.iter().filter_map(|sign| title.rsplit_once(sign));
        let Some((head, _)) = cuts.find(|(head, tail)| !head.trim().is_empty() && is_site(tail)) else { break };
        title = head.trim_end();
    }
    let Some(heading) = heading else { return title.to_owned() };
    let parts = TITLE_SEPARATORS.iter().filter_map(|sign| title.split_once(sign));
    let beside = parts.filter_map(|(head, tail)| match (same(head, heading), same(tail, heading)) {
        (true, _) => Some(tail),
        (_, true) => Some(head),
        _ => None,
    });
    match beside.max_by_key(|beside| beside.len()) {
        Some(beside) if beside.len() > 2 * heading.len() => beside.trim().to_owned(),
        Some(_) => heading.to_owned(),
        None => title.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{authors, headline, site};

    #[test]
    fn a_byline_is_cut_into_names() {
        for (stated, names) in [
            ("Par Anne Bri et Luc Or, à Lyon", &["Anne Bri", "Luc Or"][..]),
            ("par\u{a0}Anne Bri le 07 mai 2020", &["Anne Bri"]),
            ("BY: ANNE BRI", &["ANNE BRI"]),
            ("By Luc Or Monday, November 18, 2019, 4:05 pm PT", &["Luc Or"]),
            ("Anne Brion. Le Courrier du Val", &["Anne Brion", "Le Courrier du Val"]),
            ("J. R. Or", &["J. R. Or"]),
            ("Tom Lis News reporter", &["Tom Lis"]),
            ("TOM LIS, AP Auto Writer", &["TOM LIS"]),
            ("Tom Lis Associated Press", &["Tom Lis"]),
            ("Ein Gastbeitrag von Jo Bas und Eva Lund", &["Jo Bas", "Eva Lund"]),
            ("Propos recueillis par Anne Bri (à Rome)", &["Anne Bri"]),
            ("Por Ana Ruiz y Luis Gil", &["Ana Ruiz", "Luis Gil"]),
            ("Ana Ruiz en Madrid", &["Ana Ruiz"]),
            ("Santiago Ramón y Cajal", &["Santiago Ramón y Cajal"]),
            ("Door Jan Bos en Els de Wit", &["Jan Bos", "Els de Wit"]),
            ("Av Anna Berg och Nils Lind", &["Anna Berg", "Nils Lind"]),
            ("Tekst: Jan Lis i Ewa Kos", &["Jan Lis", "Ewa Kos"]),
            ("Автор: Анна Лис и Пётр Ор", &["Анна Лис", "Пётр Ор"]),
            ("作者：李雅", &["李雅"]),
            ("بقلم سلمى نور، هدى سعد", &["سلمى نور", "هدى سعد"]),
            ("AFP", &["AFP"]),
            ("Le Courrier Staff", &["Le Courrier Staff"]),
            ("https://www.facebook.com/lecourrier", &[]),
            ("admin", &[]),
            ("Di Stefano Rosa", &["Di Stefano Rosa"]),
        ] {
            assert_eq!(authors(&[stated.to_owned()], None), names, "{stated}");
        }
        for ours in ["Le Courrier", "Le Courrier Sports", "Le Courrier du Val"] {
            assert_eq!(authors(&[ours.to_owned(), "Anne Bri".to_owned()], Some("Le Courrier")), ["Anne Bri"]);
        }
        assert!(authors(&["Courier".to_owned()], Some("The Courier")).is_empty());
    }

    #[test]
    fn a_title_is_cut_from_its_site() {
        assert_eq!(
            headline("Le canal rouvre - Val - Le Courrier", &["Le Courrier"], Some("Le canal rouvre")),
            "Le canal rouvre"
        );
        assert_eq!(headline("Canal : le oui, le non", &["Le Courrier"], None), "Canal : le oui, le non");
        let headings = ["Le canal rouvre".to_owned()];
        assert_eq!(site("Le canal rouvre - Val | Le Courrier", &headings).as_deref(), Some("Le Courrier"));
        assert_eq!(site("Le canal rouvre | 23.05.2011", &headings), None);
        assert_eq!(site("Le canal rouvre aux péniches", &headings), None);
    }
}
