//! Clean text comes through cleaning byte for byte: whatever has nothing wrong is not touched.

#![allow(clippy::unwrap_used, clippy::panic)] // a test may fail

use newsgrep::article::{Body, Draft};
use newsgrep::clean::{Cleaned, clean};
use proptest::prelude::*;

fn cleaned(body: Body) -> Cleaned {
    clean(Draft { body, ..Draft::default() }, &[])
}

/// Sentences that a careless rule would take for damage.
const SENTENCES: &[&str] = &[
    "Le taux recule (5 < 7 %) et l’écart a > b reste.",
    "Il sourit ☺ et signe.",
    "Le tableau <Sans titre> s’est vendu 1\u{202f}200\u{a0}€.",
    "« C’est la “class” ! » s’écrie-t-elle ; la salle rit.",
    "La fonction `if (a < b && c > d)` renvoie un Vec<String>.",
    "Elle vit à São Paulo, rue Â, près de l’Österreichische Bank.",
    "Écrivez à contact@valbourg.example ou voyez https://valbourg.example/a?b=1&c=2.",
    "Rendez-vous à 20 h 30 : entrée 12 €, n° 4, 1er étage.",
    "Publicité mensongère ou abus ? La justice tranchera.",
    "Lire aussi les poètes, c’est vivre, disait-il au micro de la radio locale.",
    "Par ailleurs, le maire (divers gauche) a voté contre… ou presque.",
    "Les pré- et postfaces comptent ; l’œuvre d’Æthelred aussi.",
    "Un demi-siècle — ou 50 ans – plus tard, 3 × 4 = 12 et 2² = 4.",
    "AT&T et R&D, Tom & Cie : tout va.",
    "Le week-end du 14-15 mars, l’A 86 sera fermée.",
    "Le compte @mairie a publié #Valbourg à 8 h.",
    "Москва и Αθήνα : deux villes, 東京 en est une autre.",
];

fn paragraphs() -> impl Strategy<Value = Vec<String>> {
    let paragraph = prop::collection::vec(prop::sample::select(SENTENCES), 2..6).prop_map(|found| found.join(" "));
    prop::collection::vec(paragraph, 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_text_is_untouched(paragraphs in paragraphs()) {
        let text = paragraphs.join("\n\n");
        let record = cleaned(Body::Text(text.clone()));
        prop_assert_eq!(record.ledger.edits, []);
        prop_assert_eq!(record.article.text(), text.as_str());

        let clip = cleaned(Body::Clip(format!("Un titre de Valbourg\n\n{text}")));
        prop_assert_eq!(clip.article.text(), text);
    }
}
