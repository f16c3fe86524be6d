//! What papers write around their articles: lire aussi, abonnez-vous, partager, publicité, crédits.

use crate::article::Draft;
use crate::clean::layout::{EMBED, HEADLINE, LEAD, blocks, removals, unmarked};
use crate::clean::{Ledger, Rule};

pub(super) const RULE: Rule = Rule {
    name: "boilerplate",
    about: "Removes short blocks that begin with the standing phrases of newspapers and sites; a sentence of the article that \
            begins alike is longer or goes on otherwise.",
    apply,
    examples: &[
        ("Un texte.\n\nLire aussi : Le vote est reporté\n\nUn autre.", "Un texte.\n\nUn autre."),
        ("Un texte.\n\nAbonnez-vous à notre newsletter\n\nPublicité", "Un texte."),
        ("Partager le pouvoir ne va pas de soi.", "Partager le pouvoir ne va pas de soi."),
        ("Lire aussi longtemps fatigue les yeux.", "Lire aussi longtemps fatigue les yeux."),
    ],
};

/// Blocks that go when they begin so and are short. Folded: lower case, no accents, straight apostrophes.
const BEGINNINGS: [&str; 55] = [
    "lire aussi :",
    "lire aussi -",
    "lire aussi |",
    "lire aussi >",
    "a lire aussi",
    "a lire :",
    "a lire egalement",
    "lire egalement",
    "lire notre ",
    "lire l'article",
    "lire la suite",
    "voir aussi :",
    "voir aussi -",
    "a voir aussi",
    "a ecouter",
    "ecouter aussi",
    "ecouter l'article",
    "relire :",
    "sur le meme sujet",
    "nos articles sur",
    "abonnez-vous",
    "s'abonner",
    "deja abonne",
    "je m'abonne",
    "inscrivez-vous a",
    "s'inscrire a la newsletter",
    "recevez chaque",
    "recevoir la newsletter",
    "newsletter",
    "suivez-nous",
    "retrouvez-nous sur",
    "temps de lecture",
    "lecture :",
    "partager sur",
    "partager cet article",
    "partager l'article",
    "copier le lien",
    "imprimer l'article",
    "envoyer par e-mail",
    "envoyer par mail",
    "la suite apres cette publicite",
    "la suite apres la publicite",
    "credit photo",
    "credits photo",
    "credits :",
    "photo :",
    "© ",
    "nous utilisons des cookies",
    "en poursuivant votre navigation",
    "gerer mes cookies",
    "read more:",
    "read also",
    "also read",
    "lesen sie auch",
    "sign up for",
];

/// Blocks that go when this is all they say.
const WHOLE: [&str; 34] = [
    "lire aussi",
    "publicite",
    "annonce",
    "advertisement",
    "anzeige",
    "partager",
    "commenter",
    "reagir",
    "imprimer",
    "envoyer",
    "copier",
    "facebook",
    "twitter",
    "whatsapp",
    "linkedin",
    "e-mail",
    "email",
    "share",
    "teilen",
    "drucken",
    "ajouter a mes favoris",
    "ajouter aux favoris",
    "sauvegarder",
    "ecouter",
    "menu",
    "accueil",
    "voir plus",
    "afficher plus",
    "en savoir plus",
    "commentaires",
    "favoris",
    "a la une",
    "copy link",
    "cookies",
];

/// Longer blocks are running text.
const LONGEST: usize = 180;

fn apply(draft: &mut Draft, ledger: &mut Ledger) {
    let mut gone = Vec::new();
    let mut first = true;
    for (at, block) in blocks(&draft.text) {
        let headline = std::mem::take(&mut first) && draft.clip;
        if headline || block.chars().count() > LONGEST || matches!(unmarked(block).0, Some(HEADLINE | LEAD | EMBED)) {
            continue;
        }
        let folded = folded(block);
        let bare = folded.trim_end_matches(['.', ':', ' ', '>', '»', '!', '…']);
        // A sentence with a stop and a verb of its own is rather the article's: these phrases are labels and calls.
        let begins = BEGINNINGS.iter().any(|beginning| folded.starts_with(beginning));
        if begins || WHOLE.contains(&bare) {
            gone.push(at..at + block.len());
        }
    }
    let changes = removals(&draft.text, &gone);
    ledger.apply(RULE.name, &mut draft.text, changes);
}

/// A block's text without marker, in lower case, without accents, with straight apostrophes and plain spaces.
pub(super) fn folded(block: &str) -> String {
    let text = unmarked(block).1.trim().trim_start_matches(['>', '»', '→', '►', '•', '-', '–', '*', '[', '(', ' ']);
    crate::french::fold(text)
        .replace(['’', '‘', 'ʼ'], "'")
        .replace(['\u{A0}', '\u{202F}', '\n'], " ")
        .replace("  ", " ")
}
