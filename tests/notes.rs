//! An article as a note, and the note as an article again.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::needless_pass_by_value
)] // a test may fail

use newsgrep::article::{Article, ArticleId, Block, Body};
use newsgrep::ingest::cleaned;
use newsgrep::output::write_markdown;
use newsgrep::read;
use proptest::prelude::*;

fn note(article: &Article) -> Vec<u8> {
    let mut note = Vec::new();
    write_markdown(&mut note, ArticleId(7), article).unwrap();
    note
}

/// What is no markup in an article, although it is in a note.
const SENTENCES: &[&str] = &[
    "~~~dataviewjs est écrit au début de cette phrase du maire.",
    "Le maire [élu en 2020] vote le budget de 3 * 4 = 12 millions.",
    "La note [[interne]] cite ![[image.png]] et le %% comment %% du préfet.",
    "==Surligné==, puis `code` et $x$ ou $$y$$ pour 50 $ de plus.",
    "#MeToo et #tramway sont repris par le syndicat de la région.",
    "^bloc et note[^1] se suivent dans le rapport sur la rivière.",
    "| Ville | Voix | sont les colonnes du tableau de la commission.",
    "--- puis une ligne entière pour la culture et le théâtre.",
    "- Non, répond le ministre, pas de tiret ici pour le musée.",
    "+ 3 % en un an, annonce le quartier au soir de la récolte.",
    "2024. L’année commence mal pour le commerce de Brumeval.",
    "3) Le dernier point du programme porte sur les loyers.",
    "R&D, C# et a_b_c ou *étoile* **grasse** dans un même texte.",
    "Un chemin C:\\temp\\x et une adresse https://brumeval.fr/a_b?c=d#e de la ville.",
    "> [!note] ouvre la citation que le conseil a retirée.",
    "L’esperluette &copy; reste écrite ainsi dans la lettre.",
];

#[test]
fn a_note_gives_the_same_text_back() {
    let paragraphs: Vec<String> = SENTENCES.iter().map(|sentence| (*sentence).to_owned()).collect();
    let article =
        |blocks| Article { headline: Some("#1 : le *budget* [voté]".to_owned()), blocks, ..Article::default() };
    let whole = article(paragraphs.iter().map(|text| Block::Paragraph { text: text.clone() }).collect());
    let mixed = article(
        paragraphs
            .chunks(4)
            .flat_map(|texts| {
                [
                    Block::Paragraph { text: texts[0].clone() },
                    Block::Quote { text: format!("{}\n{}", texts[1], texts[2]) },
                    Block::List { text: format!("{}\n{}", texts[3], texts[2]) },
                ]
            })
            .collect(),
    );
    let verse = article(vec![Block::Paragraph { text: paragraphs.join("\n") }]);
    for article in [whole, mixed, verse] {
        let back = cleaned(read::reader("markdown").unwrap(), &note(&article), &[]).unwrap().article;
        assert_eq!(back.headline, article.headline);
        assert_eq!(back.text(), article.text());
        assert_eq!(back.blocks, article.blocks);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Before any rule of cleaning: the reader gives what was written, whatever it is.
    #[test]
    fn the_reader_takes_every_escape_back(text in "[-a1 .)*_~`\\[\\]!<>#=%$|^&;:+\\\\\"'é]{1,40}") {
        let text = text.trim();
        prop_assume!(!text.is_empty());
        let article = Article { blocks: vec![Block::Paragraph { text: text.to_owned() }], ..Article::default() };
        let draft = (read::reader("markdown").unwrap().draft)(&note(&article)).unwrap();
        let Body::Html(html) = draft.body else { panic!("{:?}", draft.body) };
        let inner = html.trim().strip_prefix("<p>").unwrap().strip_suffix("</p>").unwrap();
        prop_assert!(!inner.contains('<'), "{html}");
        let back = inner.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
        prop_assert_eq!(back, text);
    }
}
