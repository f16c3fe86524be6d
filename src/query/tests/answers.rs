//! What is told besides the tree.

use super::{OPTIONS, PLAIN, compact, read};
use crate::query::{Note, Options, source_filter};

#[test]
fn small_words_of_a_question_are_kept_for_the_score() {
    let question = read("Qui vend du pain ?", &Options { any: true, ..PLAIN });
    assert_eq!(compact(&question), "OR(vend, pain)");
    let small: Vec<&str> = question.optional.iter().map(|term| term.exact.as_str()).collect();
    assert_eq!(small, ["qui", "du"]);
    assert_eq!(question.notes, []);
}

#[test]
fn the_tree_is_shown() {
    let query = "(titre:offre OU \"offre de rachat\"~2) -Tesla week-end Musk NEAR/5 ==Altman date:>=2024 url:*";
    let expected = r#"
AND
  OR
    titre: word "offre" (any form)
    phrase "offre de rachat" with at most 2 words between
  NOT word "tesla" (any form)
  any of
    word "weekend" (any form)
    phrase "week end"
  NEAR, at most 5 words between
    word "musk" (singular or plural)
    word "Altman" (accents and case too)
  date 2024-01-01 or later
  has a value: url
"#;
    assert_eq!(read(query, &OPTIONS).query.explain(), expected.trim_start());
}

#[test]
fn what_was_asked_is_told() {
    let asked = |query: &str| read(query, &OPTIONS).asked.into_iter().map(|asked| asked.typed).collect::<Vec<_>>();
    assert_eq!(asked("l'Offre, \"le prix\" -pain (vin* OU vin*)"), ["Offre", "le prix", "vin*"]);
    assert_eq!(asked("le prix le"), ["prix"]);
    assert_eq!(asked("le"), ["le"]);
    assert_eq!(asked("NOT (a1 -b1) prix PRIX titre:prix"), ["b1", "prix", "prix"]);
    assert_eq!(asked("le ~3 prix"), ["le", "prix"]);
    assert_eq!(asked("1 000 week-end, d'OpenAI"), ["1 000", "week-end", "OpenAI"]);
}

#[test]
fn notes_are_taken() {
    let notes = |query: &str| read(query, &OPTIONS).notes;
    assert_eq!(
        notes("le prix de la \"farine\" de blé"),
        [Note::SmallWords(vec!["le".into(), "de".into(), "la".into()])]
    );
    assert_eq!(notes("\"jamais fermée"), [Note::OpenQuotation]);
    assert_eq!(notes("« jamais fermée"), [Note::OpenQuotation]);
    assert_eq!(notes("prix » bas"), [Note::LoneQuotation]);
    assert_eq!(notes("prix :-)"), [Note::LoneParenthesis]);
    assert_eq!(notes("prix (bas (haut)"), [Note::LoneParenthesis]);
    assert_eq!(notes("\"prix bas*\""), [Note::QuotedSigns]);
    assert_eq!(notes("prix (bas) \"haut\""), []);
    assert!(notes("prix ou vin")[0].to_string().ends_with("ou (for either of two, write OU)"));
}

#[test]
fn a_source_is_a_filter() {
    assert_eq!(source_filter("Le Courrier").unwrap().explain(), "source: phrase \"=le =courrier\"\n");
    assert_eq!(source_filter(" !"), None);
}
