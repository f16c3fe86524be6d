//! Passages of a small article.

use super::{Marker, Passage, Wanted};
use crate::article::{Article, Block};
use crate::query::{Options, parse};

fn article(paragraphs: &[&str]) -> Article {
    let blocks = paragraphs.iter().map(|text| Block::Paragraph { text: (*text).to_owned() }).collect();
    Article { headline: Some("L’offre".to_owned()), blocks, ..Article::default() }
}

/// The passages for a query, marks in brackets.
fn shown(article: &Article, asked: &str, wanted: Wanted) -> Vec<String> {
    let options = Options { any: false, plain: false, today: jiff::civil::date(2026, 1, 1) };
    let query = parse(asked, &options).unwrap().query;
    let (_, passages) = Marker::new(&query).passages(article, wanted);
    let text = |passage: &Passage| {
        passage.iter().map(|piece| if piece.hit { format!("[{}]", piece.text) } else { piece.text.clone() }).collect()
    };
    passages.iter().map(text).collect()
}

fn press() -> Article {
    let filler = "Rien de tel ne s’était vu depuis la fondation de la maison, il y a fort longtemps déjà. ".repeat(4);
    article(&[
        "Le conseil examine l’offre. Il hésite.",
        &filler,
        "Marchal attend. L’offre de Marchal expire lundi. Le tramway passe.",
        &filler,
        "Deux offres valent mieux. Une autre suit. Une troisième vient.",
    ])
}

#[test]
fn the_parts_of_a_query_are_shown_near_each_other() {
    let article = press();
    let usual = Wanted::default();
    let near = "Marchal attend. L’[offre] de [Marchal] expire lundi. Le tramway passe.";
    assert_eq!(shown(&article, "offre Marchal", usual), [near.replace("Marchal attend", "[Marchal] attend")]);
    assert_eq!(
        shown(&article, "\"offre de Marchal\"", usual),
        ["L’[offre de Marchal] expire lundi. Le tramway passe."]
    );
    assert_eq!(shown(&article, "hésite tramway", usual), ["Il [hésite].", "Le [tramway] passe."]);
}

#[test]
fn context_is_whole_sentences() {
    let article = press();
    let around = |context| Wanted { context: Some(context), ..Wanted::default() };
    assert_eq!(shown(&article, "expire", around(0)), ["L’offre de Marchal [expire] lundi."]);
    assert_eq!(
        shown(&article, "expire", around(1)),
        ["Marchal attend. L’offre de Marchal [expire] lundi. Le tramway passe."]
    );
    let wide = shown(&article, "attend", around(1));
    assert!(
        wide[0].starts_with("Rien de tel")
            && wide[0].ends_with("déjà.\n\nMarchal [attend]. L’offre de Marchal expire lundi."),
        "{wide:?}"
    );
    assert_eq!(
        shown(&article, "valent vient", around(1)),
        [
            "Rien de tel ne s’était vu depuis la fondation de la maison, il y a fort longtemps déjà.\n\nDeux offres [valent] mieux. Une autre suit. Une troisième [vient]."
        ]
    );
    assert_eq!(shown(&article, "expire", around(usize::MAX)).len(), 1);
}

#[test]
fn as_many_passages_as_wanted() {
    let article = press();
    let wanted = |passages| Wanted { passages, fill: true, ..Wanted::default() };
    assert_eq!(shown(&article, "offre", Wanted::default()).len(), 1, "one shows all that was found");
    assert_eq!(shown(&article, "offre", wanted(2)).len(), 2);
    assert_eq!(shown(&article, "offre", wanted(usize::MAX)).len(), 3);
    assert_eq!(shown(&article, "licorne", wanted(5)), ["Le conseil examine l’offre."], "the beginning, unmarked");
}

/// What is quadratic would not end here in any time worth waiting for.
#[test]
fn hostile_texts_are_shown_in_time() {
    let article = article(&[&"A. B a. ".repeat(8_000), &"a ".repeat(8_000)]);
    for asked in ["a", "\"a a\"", "a NEAR/400 b"] {
        for wanted in [
            Wanted { passages: 100, fill: true, ..Wanted::default() },
            Wanted { passages: usize::MAX, fill: true, context: Some(3), ..Wanted::default() },
        ] {
            assert!(!shown(&article, asked, wanted).is_empty());
        }
    }
}
