//! `--explain`: each part of the language, with what it finds.

use serde_json::json;

use super::Bench;

/// What `--explain` prints.
fn explained(bench: &Bench, query: &str) -> String {
    bench.out(&["query", "--explain", "--", query])
}

#[test]
fn a_query_is_explained_with_what_it_finds() {
    let bench = Bench::of(&[
        json!({"id": "a", "title": "Offre", "date": "2025-02-10", "source": "Le Fil", "authors": ["Zoé Vial"],
            "url": "https://fil.example/a", "text": "Les offres de rachat du tramway, 3 M€ le 1er mai."}),
        json!({"id": "b", "title": "Tramways", "date": "2025-03", "source": "La Voix", "text": "Une offre de rachats."}),
        json!({"id": "c", "title": "Offerte", "text": "Un week-end offert. Marchal est venu. Marchant aussi."}),
    ]);
    for (query, lines) in [
        ("offre", "word \"offre\" (any form): 2 articles\n  offre 2, offres 1\n"),
        ("off*", "words that begin with \"off\": 3 articles\n  offre 2, offert 1, offerte 1, offres 1\n"),
        ("marcha~", "words one typing error from \"marcha\": 1 article\n  marchal 1\n"),
        ("marcha~2", "words two typing errors from \"marcha\": 1 article\n  marchal 1, marchant 1\n"),
        ("=offres", "word \"offres\": 1 article\n  offres 1\n"),
        ("==Offre", "word \"Offre\" (accents and case too): 1 article\n  offre 2\n"),
        (
            "\"offre de rachat\"",
            "phrase \"offre de rachat\": 2 articles\n  offre: offre 2, offres 1\n  de: de 2\n  rachat: rachat 1, rachats 1\n",
        ),
        (
            "\"offre rachat\"~1",
            "phrase \"offre rachat\" with at most 1 word between: 2 articles\n  offre: offre 2, offres 1\n  rachat: rachat 1, rachats 1\n",
        ),
        (
            "offre NEAR/2 rachat",
            "NEAR, at most 2 words between: 2 articles\n  word \"offre\" (singular or plural)\n    offre 2, offres 1\n  \
             word \"rachat\" (singular or plural)\n    rachat 1, rachats 1\n",
        ),
        ("weekend", "word \"weekend\" (any form): 1 article\n  weekend 1\n"),
        ("premier", "word \"premier\" (any form): 1 article\n  1er 1\n"),
        ("titre:offre", "titre: word \"offre\" (any form): 1 article\n  offre 1\n"),
        ("auteur:vial", "auteur: word \"vial\": 1 article\n  vial 1\n"),
        ("date:2025-03", "date 2025-03-01 to 2025-03-31: 1 article\n"),
        ("date:>=2025-02-11", "date 2025-02-11 or later: 1 article\n"),
        ("-date:*", "NOT has a value: date: 2 articles\n"),
        ("url:fil.example", "url holds \"fil.example\": 1 article\n"),
        ("tramvay", "word \"tramvay\" (any form): no articles\n"),
        (
            "offre ET (rachat OU week-end) -tramway",
            "AND\n  word \"offre\" (any form): 2 articles\n    offre 2, offres 1\n  OR\n    word \"rachat\" (any form): 2 articles\n      \
             rachat 1, rachats 1\n    any of: 1 article\n      word \"weekend\" (any form)\n        weekend 1\n      phrase \"week end\"\n        \
             week: week 1\n        end: end 1\n  NOT word \"tramway\" (any form): 2 articles\n    tramway 1, tramways 1\n",
        ),
    ] {
        assert_eq!(explained(&bench, query), lines, "{query}");
    }
}

#[test]
fn a_query_is_explained_without_an_archive() {
    let bench = Bench::new();
    assert_eq!(
        explained(&bench, "offre date:2025"),
        "AND\n  word \"offre\" (any form)\n  date 2025-01-01 to 2025-12-31\n"
    );
}
