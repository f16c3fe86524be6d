//! Words and compounds, and texts made to be long.

use super::super::tokenize::next_piece;
use super::{MAX_PARTS, Part, read};

/// The parts of the first unit, the joined ones in brackets.
fn unit(text: &str) -> String {
    let mut parts = Vec::new();
    let unit = read(text, next_piece(text, 0).unwrap(), &mut parts);
    let spell = |parts: &[Part<'_>]| parts.iter().map(|part| part.spelling).collect::<Vec<_>>().join(" ");
    match unit.joined {
        0 => spell(&parts),
        joined => format!("[{}] {}", spell(&parts[..joined]), spell(&parts[joined..])).trim().to_owned(),
    }
}

#[test]
fn reads_words_and_compounds() {
    for (text, parts) in [
        ("week-end, puis", "[week end]"),
        ("main-d’œuvre", "[main œuvre]"),
        ("a-t-il dit", "a il"),
        ("est-ce", "est ce"),
        ("celui-là", "celui là"),
        ("rendez-vous", "[rendez vous]"),
        ("vas-y-là-bas", "[vas y là bas]"),
        ("COVID19", "[COVID 19]"),
        ("covid-19", "[covid 19]"),
        ("G20", "G20"),
        ("G 20.", "[G 20]"),
        ("G 20 000", "G"),
        ("5G", "5G"),
        ("20h", "20 heure"),
        ("10h30", "[10 heure 30]"),
        ("20 h, 22h", "20 heure"),
        ("3M€", "3 million euro"),
        ("M€.", "million euro"),
        ("50 %", "50 pourcent"),
        ("n°5", "numero"),
        ("VIe siècle", "6e"),
        ("g 20", "[g 20]"),
        ("st malo", "saint"),
        ("1er", "1er"),
        ("2023-2024", "2023 2024"),
        ("#GiletsJaunes", "[Gilets Jaunes]"),
        ("@SNCFVoyageurs", "[SNCF Voyageurs]"),
        ("#JO2024", "[JO 2024]"),
        ("GiletsJaunes", "GiletsJaunes"),
        ("O.N.U. dit", "O.N.U"),
        ("M.Durand", "M"),
        ("St-Malo", "[saint Malo]"),
        ("Ste-Lucie", "[sainte Lucie]"),
        ("St Malo", "saint"),
        ("AT&T", "[AT T]"),
        ("Canal+", "[Canal plus]"),
        ("LGBT+", "LGBT"),
        ("C++", "C++"),
        ("C# est", "C#"),
        ("https://exemple.fr", ""),
        ("rock'n'roll", "[rock roll]"),
        ("étudiant-e-s", "étudiant"),
        ("vice-président·e·s", "[vice président]"),
    ] {
        assert_eq!(unit(text), parts, "{text}");
    }
}

#[test]
fn long_chains_are_bounded() {
    let text = "ab-".repeat(10_000);
    let mut parts = Vec::new();
    let unit = read(&text, next_piece(&text, 0).unwrap(), &mut parts);
    assert_eq!((parts.len(), unit.joined), (MAX_PARTS, 0));
}
