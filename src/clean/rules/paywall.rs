//! Lines by which a paper says that the rest of the article is for subscribers.

use super::boilerplate::{folded, is_said};
use super::phrases::{PHRASES, Phrases};
use crate::article::Draft;
use crate::clean::layout::{EMBED, HEADLINE, LEAD, blocks, has_chars, removals, unmarked};
use crate::clean::{Ledger, Rule};

pub(super) const RULE: Rule = Rule {
    name: "paywall",
    about: "Removes the lines of a paywall and marks the article as cut off, unless its text goes on after them.",
    apply,
    examples: &[
        ("Le début.\n\nIl vous reste 74,2 % de cet article à lire. La suite est réservée aux abonnés.", "Le début."),
        ("Le début.\n\nPour lire la suite, abonnez-vous à partir de 1 € par mois.", "Le début."),
        ("The beginning.\n\nSubscribe to continue reading", "The beginning."),
        ("Der Anfang.\n\nWeiterlesen mit Kurier Plus", "Der Anfang."),
        (
            "« Il vous reste dix jours », a-t-il dit à ceux qui lui demandaient ce qu’il leur fallait encore pour partir.",
            "« Il vous reste dix jours », a-t-il dit à ceux qui lui demandaient ce qu’il leur fallait encore pour partir.",
        ),
        (
            "Pour lire la suite, il faudra attendre l’automne, promet l’éditeur.",
            "Pour lire la suite, il faudra attendre l’automne, promet l’éditeur.",
        ),
    ],
};

/// Such lines are no longer than this, in characters.
const LONGEST: usize = 300;
/// A block this long that ends like a sentence is the article's, going on; in characters.
const RUNNING: usize = 120;

/// What a block says of the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Nothing.
    Kept,
    /// That it is missing.
    Cut,
    /// That the article is one for subscribers: it is cut off if nothing more of it comes.
    Reserved,
    /// What subscribing costs: the same, and only where nothing more comes.
    Offer,
    /// No more than that subscribers may read it.
    Mark,
}

fn apply(draft: &mut Draft, ledger: &mut Ledger) {
    let all: Vec<(usize, &str)> = blocks(&draft.text).collect();
    let running = |block: &str, verdict: Verdict| {
        let ends = block.trim_end().ends_with(['.', '!', '?', '…', '»', '”', '"']);
        verdict == Verdict::Kept && ends && has_chars(block, RUNNING)
    };
    let verdicts: Vec<Verdict> = all.iter().map(|(_, block)| verdict(block)).collect();
    let last = all.iter().zip(&verdicts).rposition(|((_, block), verdict)| running(block, *verdict));
    let mut gone = Vec::new();
    for (number, ((at, block), verdict)) in all.iter().zip(&verdicts).enumerate() {
        let is_end = last.is_none_or(|last| number > last) && number > 0;
        let is_cut = match verdict {
            Verdict::Kept => continue,
            Verdict::Offer if !is_end => continue,
            Verdict::Cut => true,
            Verdict::Reserved | Verdict::Offer => is_end,
            Verdict::Mark => false,
        };
        draft.truncated |= is_cut;
        gone.push(*at..at + block.len());
    }
    let changes = removals(&draft.text, &gone);
    ledger.apply(RULE.name, &mut draft.text, changes);
}

fn verdict(block: &str) -> Verdict {
    const MARKS: [&str; 8] = [
        "abonne",
        "abonnes",
        "abonnee",
        "pour les abonnes",
        "subscribers only",
        "for subscribers",
        "subscriber exclusive",
        "plus-artikel",
    ];
    const RESERVED: [&str; 8] = [
        "reserve aux abonnes",
        "article reserve aux abonnes",
        "article reserve a nos abonnes",
        "contenu reserve aux abonnes",
        "reserve a nos abonnes",
        "nur fur abonnenten",
        "exklusiv fur abonnenten",
        "article abonne",
    ];
    let marked = matches!(unmarked(block).0, Some(HEADLINE | LEAD | EMBED));
    if marked || has_chars(block, LONGEST + 1) {
        return Verdict::Kept;
    }
    let folded = folded(block);
    let bare = folded.trim_end_matches(|c: char| !c.is_alphanumeric());
    if MARKS.contains(&bare) {
        return Verdict::Mark;
    }
    if RESERVED.iter().any(|reserved| bare == *reserved || folded.starts_with(&format!("{reserved}."))) {
        return Verdict::Reserved;
    }
    if is_said(&folded) {
        return Verdict::Kept;
    }
    let phrases = &*PHRASES;
    if is_rest(&folded) {
        Verdict::Cut
    } else if phrases.paywalls.of(&folded).is_some() {
        Verdict::Reserved
    } else if is_offer(phrases, &folded) {
        Verdict::Offer
    } else {
        Verdict::Kept
    }
}

/// `Il vous reste 74,2 % de cet article à lire`, `75% de l'article reste à lire`.
fn is_rest(folded: &str) -> bool {
    let is_share = folded.starts_with("il vous reste ") || folded.starts_with("il reste ");
    let of_it = ["de cet article", "de l'article", "a lire", "a decouvrir", "de la suite"];
    is_share && folded.contains('%') && of_it.iter().any(|rest| folded.contains(rest))
}

/// Whether a line offers the reader to subscribe.
fn is_offer(phrases: &Phrases, folded: &str) -> bool {
    const TO_READER: [&str; 15] = [
        "vous",
        "votre",
        "vos",
        "abonnez",
        "connectez",
        "your",
        "you",
        "subscribe",
        "subscriber",
        "sie",
        "ihr",
        "testen",
        "log",
        "sign",
        "account",
    ];
    let words = || folded.split(|c: char| !c.is_alphanumeric());
    phrases.offers.of(folded).is_some()
        && phrases.sales.iter().any(|word| folded.contains(word))
        && words().any(|word| TO_READER.contains(&word))
}
