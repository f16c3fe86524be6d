//! Headline, authors, date and the rest: from JSON-LD first, then from `<meta>`, then from the page as it is read.

use super::dom::Dom;
use super::names;
use super::page::{self, Page};
use super::vocabulary::{
    META_AUTHOR, META_DATE, META_DESCRIPTION, META_HEADLINE, META_LANGUAGE, META_PUBLISHER, META_SECTION, META_TAGS,
};
use super::{jsonld, strip::plain};
use crate::article::{Draft, StatedDate};
use crate::date::Date;

/// What one source states about an article.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    pub(super) headline: Option<String>,
    pub(super) description: Option<String>,
    /// As stated, not yet one name each.
    pub(super) authors: Vec<String>,
    pub(super) date: Option<StatedDate>,
    pub(super) publisher: Option<String>,
    /// Every name of the paper or site.
    pub(super) sites: Vec<String>,
    pub(super) section: Option<String>,
    /// As stated: `fr-FR`, `French`, …
    pub(super) language: Option<String>,
    pub(super) url: Option<String>,
    pub(super) tags: Vec<String>,
    /// Whether everybody may read it.
    pub(super) free: Option<bool>,
    /// How many words it has.
    pub(super) words: Option<u64>,
}

impl Metadata {
    /// Fills what is missing from another source. A date that was understood goes before one that was not, and one with
    /// its time before the bare day.
    pub(super) fn or(self, other: Self) -> Self {
        let list = |mine: Vec<String>, others: Vec<String>| if mine.is_empty() { others } else { mine };
        let date = match (self.date, other.date) {
            (Some(mine), Some(other)) if is_finer(&other, &mine) => Some(other),
            (mine, other) => mine.or(other),
        };
        Self {
            headline: self.headline.or(other.headline),
            description: self.description.or(other.description),
            authors: list(self.authors, other.authors),
            date,
            publisher: self.publisher.or(other.publisher),
            sites: list(self.sites, other.sites),
            section: self.section.or(other.section),
            language: self.language.or(other.language),
            url: self.url.or(other.url),
            tags: list(self.tags, other.tags),
            free: self.free.or(other.free),
            words: self.words.or(other.words),
        }
    }
}

/// Whether a date says more than another and nothing else.
fn is_finer(date: &StatedDate, than: &StatedDate) -> bool {
    let Some(date) = date.date else { return false };
    than.date.is_none_or(|than| {
        than.time.is_none() && date.time.is_some() && than == Date { time: None, offset: None, ..date }
    })
}

/// Fills the empty fields of `draft`; gives what else is known.
pub(super) fn fill(dom: &Dom<'_>, draft: &mut Draft) -> Metadata {
    let Page { metadata: mut page, headings, title } = page::read(dom);
    let mut linked = jsonld::read(dom, title.as_deref().unwrap_or_default());
    let mut meta = read_meta(dom);
    let site = meta.publisher.clone();
    // An agency writes for the paper, a platform carries it.
    let paper = linked.publisher.clone().filter(|name| site.is_none() || !names::is_carrier(name));
    let publisher = draft.publisher.clone().or(paper.or(site.clone()).as_deref().map(names::without_motto));
    let named = publisher.or_else(|| names::site(title.as_deref()?, &headings));
    let sites: Vec<&str> = [&named, &site].into_iter().flatten().map(String::as_str).collect();
    let is_site = |heading: &&String| sites.iter().any(|site| names::same(site, heading));
    draft.headline = draft.headline.take().or_else(|| {
        let shown: Vec<String> = headings.iter().filter(|heading| !is_site(heading)).cloned().collect();
        let titles = [linked.headline.take(), meta.headline.take(), shown.first().cloned(), title.clone()];
        headline(titles.into_iter().flatten(), &sites, &shown)
    });
    if draft.authors.is_empty() {
        draft.authors = authors([&mut linked, &mut meta, &mut page], named.as_deref());
    }
    draft.agency = draft.agency.take().or_else(|| names::agency(&draft.authors));
    if draft.authors.iter().any(|name| !names::is_carrier(name)) {
        draft.authors.retain(|name| !names::is_carrier(name));
    }
    draft.publisher = named;
    let stated = linked.or(meta).or(page);
    let elsewhere = || title.as_deref().and_then(date_in_title).or_else(|| date_in_address(stated.url.as_deref()?));
    let undated = draft.date_published.is_none() && stated.date.as_ref().is_none_or(|date| date.date.is_none());
    let found = if undated { elsewhere() } else { None };
    draft.date_published = draft.date_published.take().or(found).or(stated.date.clone());
    draft.section = draft.section.take().or_else(|| section(stated.section.as_deref()?, draft.publisher.as_deref()));
    draft.language = draft.language.take().or(stated.language.as_deref().and_then(language));
    draft.url = draft.url.take().or(stated.url.as_deref().map(without_fragment));
    if draft.tags.is_empty() {
        draft.tags = tags(&stated.tags);
    }
    stated
}

/// The first title that the page shows as its heading, or else the first, without the site's name; whole where it was cut
/// off and another title goes on.
fn headline(titles: impl Iterator<Item = String>, sites: &[&str], shown: &[String]) -> Option<String> {
    let heading = shown.first().map(String::as_str);
    let titles: Vec<String> = titles.map(|title| names::headline(&title, sites, heading)).collect();
    let fits = |title: &&String| !title.is_empty() && !sites.iter().any(|site| names::same(site, title));
    // What stands on the page and in one more place is the headline; what only machines read may be another.
    let is_shown = |heading: &&String| titles.iter().filter(|title| names::same(title, heading)).count() > 1;
    let surest = shown.iter().find(is_shown);
    let agreed = |heading: &String| titles.iter().find(|title| names::same(title, heading));
    let first = surest.and_then(agreed).filter(fits).or_else(|| titles.iter().find(fits))?;
    let stem = first.trim_end_matches(['.', '…', ' ']);
    let is_cut = first.ends_with("...") || first.ends_with('…') || first.chars().count() >= 100;
    let longer = titles.iter().find(|title| is_cut && title.len() > first.len() && title.starts_with(stem));
    Some(longer.unwrap_or(first).clone())
}

/// The names of the surest source, or those that the page shows where these are the same and more.
fn authors(sources: [&mut Metadata; 3], publisher: Option<&str>) -> Vec<String> {
    let sites: Vec<String> = sources.iter().flat_map(|source| names::authors(&source.sites, None)).collect();
    let names = sources.map(|source| {
        let mut names = names::authors(&std::mem::take(&mut source.authors), publisher);
        names.retain(|name| !sites.iter().any(|site| names::same(site, name)));
        names
    });
    let first = names.iter().find(|names| !names.is_empty()).cloned().unwrap_or_default();
    let are_full = |all: &[String]| all.iter().all(|name| name.contains(' '));
    let holds = |all: &[String]| first.iter().all(|name| all.iter().any(|other| names::same(other, name)));
    let [.., page] = names;
    if page.len() > first.len() && are_full(&page) && holds(&page) { page } else { first }
}

/// A date in the parts of a title: `Les éléphants | Le Courrier | 23.05.2011`.
fn date_in_title(title: &str) -> Option<StatedDate> {
    let parts = title.split(['|', '–', '—', '(', ')']).flat_map(|part| part.split(" - "));
    let dates = parts.skip(1).take(20).filter(|part| part.len() >= 8).map(|part| stated(part, "title"));
    dates.filter(|stated| stated.date.is_some_and(|date| date.day.is_some())).last()
}

/// A date in an address: `/2019/11/18/`, `/2019/nov/18/`, `-2019-11-18`.
fn date_in_address(url: &str) -> Option<StatedDate> {
    let path: Vec<&str> = url.split(['?', '#']).next()?.split(['/', '-', '_', '.']).collect();
    path.windows(3).find_map(|parts| {
        let [year, month, day] = parts else { return None };
        let is_year = year.len() == 4 && (year.starts_with("19") || year.starts_with("20"));
        let is_day = matches!(day.len(), 1 | 2) && day.chars().all(|c| c.is_ascii_digit());
        let month = MONTHS.iter().position(|name| *name == month.to_ascii_lowercase()).map(|at| (at + 1).to_string());
        let month = month.or_else(|| Some((*parts.get(1)?).to_owned()).filter(|month| matches!(month.len(), 1 | 2)))?;
        let read = (is_year && is_day).then(|| StatedDate::read(&format!("{year}-{month:0>2}-{day:0>2}"), "url"))?;
        read.date.is_some().then_some(read)
    })
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

fn without_fragment(url: &str) -> String {
    match url.split_once('#') {
        Some((page, fragment)) if !fragment.starts_with('!') => page.to_owned(),
        _ => url.to_owned(),
    }
}

/// The first section named that is more than the front page or the site: `à la une,Société`.
fn section(stated: &str, publisher: Option<&str>) -> Option<String> {
    const FRONT: [&str; 19] = [
        "a la une",
        "la une",
        "une",
        "home",
        "accueil",
        "front page",
        "homepage",
        "startseite",
        "all",
        "post",
        "posts",
        "article",
        "articles",
        "uncategorized",
        "uncategorised",
        "non classe",
        "allgemein",
        "sin categoria",
        "sem categoria",
    ];
    let is_front = |name: &str| {
        let folded = crate::french::fold(name);
        FRONT.contains(&folded.as_str())
            || publisher.is_some_and(|publisher| folded.starts_with(&crate::french::fold(publisher)))
    };
    // "Culture, loisirs" is one section, "une,Culture" are two, and more than three are tags.
    let is_list = stated.split(", ").nth(3).is_some();
    let parts = if is_list { stated.to_owned() } else { stated.replace(", ", "\n") };
    let parts = parts.replace(',', ";").replace('\n', ", ");
    let mut names = parts.split([';', '>']).map(str::trim).filter(|name| !name.is_empty());
    names.find(|name| !is_front(name)).map(str::to_owned)
}

/// The ISO 639-1 code in `fr`, `fr-FR`, `fr_FR`.
fn language(stated: &str) -> Option<String> {
    let code = stated.trim().split(['-', '_', ',', ';']).next()?.trim().to_ascii_lowercase();
    (code.len() == 2 && code.chars().all(|c| c.is_ascii_lowercase())).then_some(code)
}

fn tags(stated: &[String]) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in stated {
        let tag = tag.trim();
        if !tag.is_empty() && tag.len() <= 100 && tags.len() < 50 && !tags.iter().any(|other| other == tag) {
            tags.push(tag.to_owned());
        }
    }
    tags
}

/// Reads a date, also where words stand around it (`Publié le 3 mai 2021 | mis à jour le 4`).
pub(super) fn stated(text: &str, source: &str) -> StatedDate {
    let whole = StatedDate::read(text, source);
    if whole.date.is_some() {
        return whole;
    }
    let lower = text.to_lowercase();
    let first = ["|", " - ", " – ", "•", "mis à jour", "modifi", "updated", "actualis"]
        .iter()
        .filter_map(|sign| lower.find(sign).filter(|&at| at > 5))
        .min()
        .and_then(|at| text.get(..at))
        .unwrap_or(text);
    let words = first.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(at, _)| at);
    let tails = std::iter::once(0).chain(words.take(6)).filter_map(|at| first.get(at..));
    let read = tails.map(|tail| tail.trim_matches(|c: char| !c.is_alphanumeric())).filter(|tail| tail.len() >= 6);
    read.map(|tail| StatedDate::read(tail, source)).find(|stated| stated.date.is_some()).unwrap_or(whole)
}

/// A name of `<meta>` as it is looked up: `DC:date` is `dc.date`.
fn meta_name(name: &str) -> String {
    let name = name.trim().to_ascii_lowercase();
    if name.starts_with("dc:") || name.starts_with("dcterms:") { name.replacen(':', ".", 1) } else { name }
}

/// Reads the `<meta>` and `<link>` elements.
fn read_meta(dom: &Dom<'_>) -> Metadata {
    let mut entries: Vec<(String, &str)> = Vec::new();
    let mut canonical = None;
    let mut html_language = None;
    for (_, node) in dom.elements() {
        match node.name() {
            "html" => html_language = html_language.or(node.attr("lang")),
            "link" if node.attr("rel") == Some("canonical") => canonical = canonical.or(node.attr("href")),
            "meta" => {
                let Some(content) = node.attr("content").filter(|content| !content.trim().is_empty()) else { continue };
                let names = ["property", "name", "itemprop", "http-equiv"].map(|name| node.attr(name));
                entries.extend(names.into_iter().flatten().map(|name| (meta_name(name), content)));
            }
            _ => {}
        }
    }
    let all = |names: &[&str]| -> Vec<String> {
        let of = |name: &&str| -> Vec<String> {
            let found = entries.iter().filter(|(entry, _)| entry == name);
            found.map(|(_, content)| plain(content)).filter(|content| !content.is_empty()).collect()
        };
        names.iter().map(of).find(|found| !found.is_empty()).unwrap_or_default()
    };
    let first = |names: &[&str]| all(names).into_iter().next();
    let dates = META_DATE.iter().flat_map(|name| entries.iter().filter(move |(entry, _)| entry == name));
    let dates: Vec<StatedDate> = dates.take(20).map(|(_, date)| stated(date, "meta")).collect();
    let url = canonical.map(str::to_owned).or_else(|| first(&["og:url"])).filter(|url| url.starts_with("http"));
    let mut authors = META_AUTHOR.iter().map(|name| {
        let is_catalogue = ["dc.", "dcterms.", "citation_"].iter().any(|prefix| name.starts_with(prefix));
        let names = all(&[name]);
        if is_catalogue { names.iter().map(|name| names::turned(name)).collect() } else { names }
    });
    let authors = authors.find(|names| !names::authors(names, None).is_empty());
    let sites = META_PUBLISHER.iter().flat_map(|name| all(&[name]));
    let sites: Vec<String> = sites.filter(|name| !name.starts_with('@') && !name.starts_with("http")).collect();
    Metadata {
        headline: first(META_HEADLINE),
        description: first(META_DESCRIPTION),
        authors: authors.unwrap_or_default(),
        date: dates.iter().find(|date| date.date.is_some()).or(dates.first()).cloned(),
        publisher: sites.first().cloned(),
        sites,
        section: first(META_SECTION),
        language: html_language.map(str::to_owned).or_else(|| first(META_LANGUAGE)),
        url,
        tags: all(META_TAGS).iter().flat_map(|tags| tags.split([',', ';'])).map(|tag| tag.trim().to_owned()).collect(),
        free: first(&["article:content_tier"]).map(|tier| !tier.eq_ignore_ascii_case("locked")),
        words: None,
    }
}
