//! What is written in two ways is found in both.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Bench, values};

/// What is written in two ways: each finds the other, and none before itself.
const WRITTEN: &[(&str, &str)] = &[
    ("gilets jaunes", "#GiletsJaunes"),
    ("Covid-19", "COVID19"),
    ("G 20", "G20"),
    ("G-20", "G20"),
    ("numéro 5", "n° 5"),
    ("numéro 5", "n°5"),
    ("premier ministre", "1er ministre"),
    ("première fois", "1re fois"),
    ("première fois", "1ère fois"),
    ("deuxième tour", "2e tour"),
    ("2e tour", "2ème tour"),
    ("20e siècle", "XXe siècle"),
    ("50 %", "50%"),
    ("50 pour cent", "50 %"),
    ("3 millions d’euros", "3 M€"),
    ("7 milliards d’euros", "7 Md€"),
    ("1 000 voix", "1000 voix"),
    ("1 000 voix", "1.000 voix"),
    ("3,5 points", "3.5 points"),
    ("20h", "20 heures"),
    ("20h30", "20 h 30"),
    ("étudiants", "étudiant·e·s"),
    ("étudiantes", "étudiant(e)s"),
    ("étudiants", "étudiant-e-s"),
    ("l’Élysée", "lʼÉlysée"),
    ("cœur", "coeur"),
    ("Saint-Étienne", "St-Étienne"),
    ("saint etienne", "St Étienne"),
    ("week-end", "weekend"),
    ("porte-parole", "porteparole"),
    ("URSS", "U.R.S.S."),
    ("e-mail", "email"),
    ("Mme Vial", "madame Vial"),
];

#[test]
fn what_is_written_in_two_ways_is_found_in_both() {
    let mut wrong = Vec::new();
    let records: Vec<Value> = WRITTEN
        .iter()
        .flat_map(|(one, other)| [one, other])
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(|written| json!({"id": written, "text": format!("Voici {written} et rien.")}))
        .collect();
    let bench = Bench::of(&records);
    for (one, other) in WRITTEN.iter().flat_map(|&(one, other)| [(one, other), (other, one)]) {
        let hits = values(&bench.out(&["query", "--json", "--", one]));
        let score = |written: &str| hits.iter().find(|hit| hit["key"] == written).and_then(|hit| hit["score"].as_f64());
        if score(other).is_none() || score(one) < score(other) {
            wrong.push((one, other, score(one), score(other)));
        }
    }
    assert_eq!(wrong, []);
}
