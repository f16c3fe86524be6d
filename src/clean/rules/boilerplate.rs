//! What papers write around their articles: lire aussi, abonnez-vous, partager, publicité, crédits.

use std::ops::Range;

use super::phrases::{PHRASES, Phrases};
use crate::article::Draft;
use crate::clean::layout::{EMBED, HEADING, HEADLINE, LEAD, blocks, removals, unmarked};
use crate::clean::{Ledger, Rule};

pub(super) const RULE: Rule = Rule {
    name: "boilerplate",
    about: "Removes short blocks that begin with the standing phrases of newspapers and sites, credits of pictures and notices \
            about cookies; a sentence of the article that begins alike goes on otherwise, or somebody says it.",
    apply,
    examples: &[
        ("Un texte.\n\nLire aussi : Le vote est reporté\n\nUn autre.", "Un texte.\n\nUn autre."),
        ("Un texte.\n\nÀ lire aussi Le vote est reporté\n\nUn autre.", "Un texte.\n\nUn autre."),
        ("Un texte.\n\nLire aussi Léa Roux, « Le vote », Le Val, juin 2018.\n\nUn autre.", "Un texte.\n\nUn autre."),
        ("Un texte.\n\nAbonnez-vous à notre newsletter\n\nPublicité", "Un texte."),
        ("Un texto.\n\nLea también: El voto se aplaza\n\nOtro.", "Un texto.\n\nOtro."),
        ("Ver también cómo llega el agua cansa.", "Ver también cómo llega el agua cansa."),
        ("Un texte.\n\nTemps de lecture : 3 min.\n\nUn autre.", "Un texte.\n\nUn autre."),
        ("Un texte.\n\nFacebook\n\nTwitter\n\nUn autre.", "Un texte.\n\nUn autre."),
        ("Un texte.\n\n(Photo Léa Roux / AFP)\n\nUn autre.", "Un texte.\n\nUn autre."),
        ("Partager le pouvoir ne va pas de soi.", "Partager le pouvoir ne va pas de soi."),
        ("Lire aussi longtemps fatigue les yeux.", "Lire aussi longtemps fatigue les yeux."),
        (
            "Un texte.\n\nPublicité mensongère : la DGCCRF enquête\n\nUn autre.",
            "Un texte.\n\nPublicité mensongère : la DGCCRF enquête\n\nUn autre.",
        ),
        ("Un texte.\n\nFacebook\n\nUn autre texte.", "Un texte.\n\nFacebook\n\nUn autre texte."),
        ("Abonnez-vous à la vie, disait-il.", "Abonnez-vous à la vie, disait-il."),
    ],
};

/// Longer blocks are running text, in characters; notices about cookies may be longer.
const LONGEST: usize = 250;
const LONGEST_NOTICE: usize = 900;

/// Longer than any beginning of a notice, in characters.
const LONGEST_BEGINNING: usize = 100;

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// The article's.
    Kept,
    /// A button's label, or a cross-head.
    Button,
    /// No part of the article.
    Gone,
    /// The same, and what follows is titles.
    Label,
}

fn apply(draft: &mut Draft, ledger: &mut Ledger) {
    let all: Vec<(usize, &str)> = blocks(&draft.text).collect();
    let mut verdicts: Vec<Verdict> = Vec::with_capacity(all.len());
    for (number, (_, block)) in all.iter().enumerate() {
        let is_title = number == 0 && draft.clip;
        let marker = unmarked(block).0;
        let could = !is_title && block.len() <= 4 * LONGEST_NOTICE && !matches!(marker, Some(HEADLINE | LEAD | EMBED));
        // A page marks its headings: what it calls one is no button.
        let is_heading = draft.page && marker == Some(HEADING);
        verdicts.push(match if could { verdict(block) } else { Verdict::Kept } {
            Verdict::Button if is_heading => Verdict::Kept,
            verdict => verdict,
        });
    }
    join_buttons(&mut verdicts);
    if !draft.page {
        take_titles(&all, &mut verdicts);
    }
    let gone: Vec<Range<usize>> = all
        .iter()
        .zip(&verdicts)
        .filter(|(_, verdict)| matches!(verdict, Verdict::Gone | Verdict::Label))
        .map(|((at, block), _)| *at..at + block.len())
        .collect();
    let changes = removals(&draft.text, &gone);
    ledger.apply(RULE.name, &mut draft.text, changes);
}

fn verdict(block: &str) -> Verdict {
    let length = block.chars().count();
    if length > LONGEST_NOTICE {
        return Verdict::Kept;
    }
    let phrases = &*PHRASES;
    if length > LONGEST && is_running_text(phrases, block) {
        return Verdict::Kept;
    }
    let folded = folded(block);
    let bare = bare(&folded);
    if phrases.whole.contains(bare) {
        let heads = phrases.labels.of(bare).is_some_and(|(_, rest)| rest.is_empty());
        return if heads { Verdict::Label } else { Verdict::Gone };
    }
    if phrases.buttons.contains(bare) {
        return Verdict::Button;
    }
    if is_notice(phrases, &folded) {
        return Verdict::Gone;
    }
    let gone = length <= LONGEST
        && !is_said(&folded)
        && (is_labelled(phrases, block, &folded)
            || phrases.calls.of(&folded).is_some()
            || is_reading_time(bare)
            || is_credit(phrases, block, &folded)
            || (length <= 120 && (bare.ends_with("tous droits reserves") || bare.ends_with("all rights reserved"))));
    if gone { Verdict::Gone } else { Verdict::Kept }
}

/// Buttons beside what goes, or beside one another, go.
fn join_buttons(verdicts: &mut [Verdict]) {
    let mut from = 0;
    while let Some(start) = verdicts.iter().skip(from).position(|verdict| *verdict == Verdict::Button) {
        let start = from + start;
        let count = verdicts.iter().skip(start).take_while(|verdict| **verdict == Verdict::Button).count();
        let is_gone = |verdict: Option<&Verdict>| verdict.is_some_and(|verdict| *verdict != Verdict::Kept);
        let before = start.checked_sub(1).and_then(|before| verdicts.get(before));
        let goes = count > 1 || is_gone(before) || is_gone(verdicts.get(start + count));
        let verdict = if goes { Verdict::Gone } else { Verdict::Kept };
        verdicts.iter_mut().skip(start).take(count).for_each(|button| *button = verdict);
        from = start + count;
    }
}

/// Titles under a label like *Lire aussi* go: all but the last, which may be a cross-head, where a paragraph follows; all
/// where nothing does.
fn take_titles(all: &[(usize, &str)], verdicts: &mut [Verdict]) {
    const MOST: usize = 8;
    let last_kept = verdicts.iter().rposition(|verdict| *verdict == Verdict::Kept);
    for label in 0..verdicts.len() {
        if verdicts.get(label) != Some(&Verdict::Label) {
            continue;
        }
        let after = || all.iter().zip(&*verdicts).skip(label + 1);
        let titles = after().take_while(|((_, block), verdict)| **verdict == Verdict::Kept && is_title(block)).count();
        let is_end = last_kept.is_none_or(|last| last <= label + titles);
        let heads = usize::from(!is_end);
        if titles <= MOST {
            let gone = titles.saturating_sub(heads);
            verdicts.iter_mut().skip(label + 1).take(gone).for_each(|verdict| *verdict = Verdict::Gone);
        }
    }
}

/// Whether a block reads like the title of another article.
fn is_title(block: &str) -> bool {
    let (marker, text) = unmarked(block);
    let length = text.chars().count();
    let begins = text
        .trim_start_matches(['•', '-', '–', '→', '>', '▪', ' '])
        .starts_with(|c: char| c.is_uppercase() || matches!(c, '«' | '“') || c.is_ascii_digit());
    let byline = ["Par ", "By ", "Von ", "Avec ", "("].iter().any(|by| text.starts_with(by));
    marker.is_none() && (8..=140).contains(&length) && begins && !byline && !text.ends_with(['.', ':', ';', ','])
}

/// What tells among the labels those that no article begins a line with: they lead to another one.
const SURE: [&str; 13] = [
    "aussi",
    "egalement",
    "also",
    "auch",
    "meme ",
    "related",
    "read more",
    "read next",
    "filed under",
    "tambien",
    "tambem",
    "anche",
    " ook",
];

/// Whether a label begins the block: a sign parts it from what follows, or a capital letter where the label says all.
fn is_labelled(phrases: &Phrases, block: &str, folded: &str) -> bool {
    let Some((label, rest)) = phrases.labels.of(folded) else { return false };
    let rest = rest.trim_start();
    if rest.is_empty() {
        return false;
    }
    let is_sure = SURE.iter().any(|word| label.contains(word));
    let is_sentence = block.trim_end().ends_with('.') && !is_dated(block);
    if rest.starts_with([':', '|', '>', '→', '»', '•', '–', '—', '►', '▶']) || rest.starts_with("- ") {
        return is_sure || !is_sentence;
    }
    let words = label.split(' ').count();
    let next = unmarked(block)
        .1
        .split(|c: char| c.is_whitespace() || matches!(c, '\'' | '’'))
        .filter(|word| word.contains(char::is_alphanumeric))
        .nth(words);
    let capital =
        next.is_some_and(|word| word.trim_start_matches(['«', '“', '"', '[', '(']).starts_with(char::is_uppercase));
    is_sure && !is_sentence && (capital || rest.starts_with(['«', '“', '"']))
}

/// Whether a block ends as references do: `…, Le Courrier du Val, juin 2018.`
fn is_dated(block: &str) -> bool {
    let end = block.trim_end().trim_end_matches('.');
    let year = end.rsplit(' ').next().unwrap_or_default();
    year.len() == 4 && year.starts_with(['1', '2']) && year.chars().all(|c| c.is_ascii_digit()) && end.contains('«')
}

/// Whether somebody says the words, so that they are the article's: `…, disait-il`.
pub(super) fn is_said(folded: &str) -> bool {
    const VERBS: [&str; 22] = [
        "dit", "disait", "disent", "lance", "lancait", "ecrit", "ecrivait", "expliqu", "assur", "affirm", "repet",
        "promet", "clam", "proclam", "titr", "raconte", "conseill", "sourit", "said", "says", "sagt", "schrieb",
    ];
    let after_commas = folded.split([',', '»', '"', '”', '!', '?']).skip(1);
    let mut clauses = after_commas.map(|clause| clause.trim_start());
    clauses.any(|clause| {
        let clause = clause.strip_prefix("a ").or(clause.strip_prefix("ont ")).unwrap_or(clause);
        clause.contains("-t-") || VERBS.iter().any(|verb| clause.starts_with(verb))
    })
}

/// `3 min de lecture`, `Lecture 3 min`, `5 minute read`, `Lesezeit: 2 Min`.
fn is_reading_time(bare: &str) -> bool {
    let reads = ["lecture", "lire", "read", "reading", "lesezeit", "lesedauer"];
    let words = || bare.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let minutes = words().any(|word| word.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with("mi"));
    bare.len() <= 50
        && minutes
        && words().count() <= 7
        && bare.contains(|c: char| c.is_ascii_digit())
        && words().any(|word| reads.contains(&word))
}

/// Whether a long block can be told from a notice by how it begins, as nearly all can, without folding all of it.
fn is_running_text(phrases: &Phrases, block: &str) -> bool {
    let text = core(block);
    let head = text.char_indices().nth(LONGEST_BEGINNING).and_then(|(end, _)| text.get(..end));
    text.trim_end_matches(SIGNS).chars().nth(LONGEST).is_some()
        && head.is_some_and(|head| phrases.notices.of(&folded(head)).is_none())
}

fn is_notice(phrases: &Phrases, folded: &str) -> bool {
    phrases.notices.of(folded).is_some()
        && !is_said(folded)
        && phrases.notice_words.iter().filter(|word| folded.contains(**word)).count() >= 1
        && (folded.contains("cookie")
            || folded.contains("consent")
            || folded.contains("partenaires")
            || folded.contains("partners"))
}

/// Agencies of pictures, folded.
const PICTURES: [&str; 22] = [
    "afp",
    "reuters",
    "ap",
    "getty",
    "getty images",
    "sipa",
    "sipa press",
    "maxppp",
    "hans lucas",
    "abaca",
    "epa",
    "dpa",
    "belga",
    "keystone",
    "shutterstock",
    "istock",
    "unsplash",
    "bestimage",
    "magnum",
    "picture alliance",
    "imago",
    "afp photo",
];

/// Whether a block is the credit of a picture: `Crédit photo : …`, `(Photo …)`, `Léa Roux / AFP`, `© AFP`.
fn is_credit(phrases: &Phrases, block: &str, folded: &str) -> bool {
    let text = unmarked(block).1.trim();
    let length = text.chars().count();
    if text.starts_with(['©', 'Ⓒ']) || text.starts_with("(c) ") || text.starts_with("(C) ") {
        return length <= 160;
    }
    if text.starts_with('(') && text.ends_with(')') && length <= 160 {
        let inner = folded.trim_end_matches(')');
        if ["photo", "credit", "image", "archives", "©", "illustration"].iter().any(|word| inner.starts_with(word)) {
            return true;
        }
    }
    if phrases.credits.of(folded).is_some() {
        return length <= 200;
    }
    let is_name = |rest: &str| rest.split_whitespace().count() <= 6 && !rest.trim_end().ends_with('.');
    let named = phrases.sources.of(folded).is_some_and(|(_, rest)| {
        let rest = rest.trim_start();
        rest.strip_prefix([':', '©', '/', '-']).is_some_and(|rest| is_name(rest) && has_agency(rest))
    });
    named
        || (is_name(folded) && length <= 80 && has_agency(folded) && (folded.contains('/') || folded.contains(" via ")))
}

/// Whether one of the parts of a credit is an agency of pictures.
fn has_agency(credit: &str) -> bool {
    let parts = credit.split(['/', '©', '(', ')', ',']).flat_map(|part| part.split(" via "));
    let mut parts = parts.map(|part| part.trim().trim_start_matches("photo ").trim());
    parts.any(|part| PICTURES.contains(&part) || part.starts_with("getty images"))
}

/// Signs that may follow what a button says.
const SIGNS: [char; 13] = ['.', ':', ' ', '>', '»', '!', '…', '→', '›', '+', '|', '*', ']'];

/// A folded text without the signs at its end, and without a count: `commenter (12)`.
fn bare(folded: &str) -> &str {
    let text = folded.trim_end_matches(SIGNS);
    let counted = text.strip_suffix(')').and_then(|text| text.rsplit_once('('));
    let text = match counted {
        Some((text, count)) if count.chars().all(|c| c.is_ascii_digit()) => text,
        _ => text,
    };
    text.trim_end_matches(SIGNS)
}

/// A block's text without marker and without the signs before it.
fn core(block: &str) -> &str {
    let text = unmarked(block).1.trim();
    text.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '«' | '“' | '"' | '©'))
}

/// A block's text without marker, in lower case, without accents, with straight apostrophes and plain spaces.
pub(super) fn folded(block: &str) -> String {
    // The fold makes the other apostrophes and spaces plain; it leaves ‘, which is as often a quotation mark.
    crate::french::fold(core(block)).replace('‘', "'").replace('\n', " ").replace("  ", " ")
}
