//! Authors and headlines as readers know them: without `Par`, addresses, roles and the name of the site.

use super::vocabulary::{AGENCIES, BY, ROLES, TITLE_SEPARATORS};

/// The authors named in `stated`, one name each, the publisher not among them.
pub(super) fn authors(stated: &[String], publisher: Option<&str>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in stated.iter().flat_map(|stated| split(stated)) {
        let is_publisher = publisher.is_some_and(|publisher| same(publisher, &name));
        if names.len() < 30 && !is_publisher && !names.iter().any(|other| same(other, &name)) {
            names.push(name);
        }
    }
    names
}

/// The news agency among `names`.
pub(super) fn agency(names: &[String]) -> Option<String> {
    names.iter().find_map(|name| AGENCIES.iter().find(|agency| same(agency, name)).map(|agency| (*agency).to_owned()))
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

/// Cuts one statement (`Par Anne Bri et Luc Or, à Lyon`) into names.
fn split(stated: &str) -> Vec<String> {
    let mut rest = stated.trim();
    loop {
        let before = rest;
        for by in BY {
            if let Some((head, tail)) = rest.split_at_checked(by.len())
                && head.to_lowercase() == *by
                && tail.starts_with([' ', ':', '\u{a0}'])
            {
                rest = tail.trim_start_matches([' ', ':', '\u{a0}']);
            }
        }
        if rest == before {
            break;
        }
    }
    let parted = [" et ", " and ", " & ", " und ", " avec ", " with ", " y ", " e "]
        .iter()
        .fold(rest.to_owned(), |text, word| text.replace(word, "\n"));
    let names: Vec<String> = parted
        .split(['\n', ',', ';', '|', '/', '•', '·'])
        .map(|part| part.split(['(', '<', '[']).next().unwrap_or_default())
        .map(|part| {
            part.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | '—' | '.' | ':' | '"' | '*'))
        })
        .filter(|part| is_name(part))
        .map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let is_agency = |name: &str| AGENCIES.iter().any(|agency| same(agency, name));
    let is_title = |name: &str| name.len() <= 4 && name.chars().all(char::is_uppercase) && !is_agency(name);
    let has_role = |name: &str| name.split_whitespace().any(|word| ROLES.contains(&word.to_lowercase().as_str()));
    let is_role = |name: &String| is_title(name) || has_role(name);
    let kept: Vec<String> = names.iter().filter(|name| !is_role(name)).cloned().collect();
    if kept.is_empty() { names } else { kept }
}

/// What the name of a site ends in.
const SITE_ENDINGS: [&str; 6] = [".com", ".fr", ".org", ".net", ".be", ".ch"];

fn is_name(part: &str) -> bool {
    let letters = part.chars().filter(|c| c.is_alphabetic()).count();
    let begins = part.chars().next().is_some_and(|c| c.is_alphanumeric() && !c.is_lowercase());
    let words = part.split_whitespace().count();
    (2..=60).contains(&letters)
        && words <= 6
        && begins
        && !part.contains(['@', '{', '}', '='])
        && !part.contains("http")
        && !part.contains("www.")
        && !part.contains(|c: char| c.is_ascii_digit())
        && !SITE_ENDINGS.iter().any(|ending| part.to_ascii_lowercase().ends_with(ending))
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
