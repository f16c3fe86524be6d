//! The light stemmer: gender, verb endings and a few derivations removed from a folded singular.
//!
//! In the manner of Jacques Savoy's light stemmer for French (UniNE; JASIS 50(10), 1999), rewritten for unaccented words.
//! It differs where recall costs precision in news: nouns keep their length (`formation` is not `forme`), double letters
//! fall only where French inflection doubles them (`jette`, `jeter`; but `dessert` is not `désert`), and the commonest
//! verb endings are removed too (`manifestaient`).

use super::irregular::{NO_VERBS, STEMS};
use super::second_group::IN_IT;

/// An ending, the letters that must at least stand before it, and what replaces it.
type Ending = (&'static str, usize, &'static str);

/// Of these, the first that fits is replaced.
const ENDINGS: &[Ending] = &[
    ("aient", 3, ""),
    ("ait", 3, ""),
    ("eront", 3, "er"),
    ("iront", 3, "ir"),
    ("erent", 3, ""),
    ("irent", 4, "i"),
    ("era", 4, "er"),
    ("isation", 3, "is"),
    ("isateur", 3, "is"),
    ("isatrice", 3, "is"),
    ("ication", 3, "iqu"),
    ("icateur", 3, "iqu"),
    ("icatrice", 3, "iqu"),
    ("osition", 2, "os"),
    ("ation", 5, ""),
    ("ateur", 5, ""),
    ("atrice", 5, ""),
    ("trice", 2, "teur"),
    ("drice", 3, "deur"),
    ("ement", 5, ""),
];

/// Endings of verbs like `finir`, replaced by `i` after a consonant (`finissait`, but `connaissait` and `laissait` not).
const ISS: &[&str] = &["issement", "issaient", "issait", "issent", "issant"];

/// What is left of verbs in -ment: (`affirment`, `expriment`, `nomment`), where nouns and adverbs are the rule.
const VERBS_IN_MENT: &[&str] = &["irment", "priment", "clament", "stiment", "omment", "orment", "niment"];

/// Letters that make the last one fall at the end of a stem, and the least length of the stem: doubled consonants of
/// feminines and verbs (`bonne`, `nette`, `appelle`, `travaille`), -eur and -euse (both -eu), -ais, -ois (`française`) and
/// participles in -s (`promise`).
const FALLING: &[(&str, usize)] = &[
    ("ell", 4),
    ("enn", 4),
    ("onn", 4),
    ("ett", 4),
    ("eill", 4),
    ("aill", 4),
    ("ouill", 5),
    ("eur", 5),
    ("eus", 4),
    ("ous", 5),
    ("ais", 6),
    ("ois", 6),
    ("pris", 4),
    ("mis", 5),
    ("quis", 5),
    ("cis", 6),
    ("clus", 5),
    ("fus", 5),
    ("vers", 6),
];

/// What the ends of stems become: `publique` and `public`, `économie` and `économique`, `active` and `actif`, `neuve` and
/// `neuf`, `envoyer` and `envoi`, `vendre` and `vendait`, `mettre` and `mettait`.
const LEVELLED: &[Ending] = &[
    ("iqu", 3, "i"),
    ("ic", 3, "i"),
    ("iv", 1, "if"),
    ("euv", 1, "euf"),
    ("ay", 1, "ai"),
    ("oy", 1, "oi"),
    ("uy", 1, "ui"),
    ("ndr", 2, "nd"),
    ("rdr", 2, "rd"),
    ("ettr", 1, "et"),
    ("attr", 1, "att"),
];

/// The stem of a folded singular word. Words with other than Latin letters are their own stem.
pub(super) fn stem(word: &str) -> String {
    if !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return word.to_owned();
    }
    if let Ok(found) = STEMS.binary_search_by_key(&word, |(irregular, _)| irregular) {
        return STEMS.get(found).map_or(word, |(_, stem)| stem).to_owned();
    }
    let mut stem = word.to_owned();
    if replace_ending(&mut stem) {
        remove_e(&mut stem);
    } else {
        remove_e_or_er(&mut stem);
    }
    remove_second_er(&mut stem);
    level_end(&mut stem);
    stem
}

/// Replaces the ending, if it is one of those above; returns whether what is left is without verb ending.
fn replace_ending(stem: &mut String) -> bool {
    if IN_IT.binary_search(&stem.as_str()).is_ok() {
        stem.pop();
        return true;
    }
    if let Some(before) = ISS.iter().find_map(|ending| stem.strip_suffix(ending))
        && before.len() >= 3
        && !before.ends_with(['a', 'e', 'i', 'o', 'u'])
    {
        stem.truncate(before.len());
        stem.push('i');
        return true;
    }
    if NO_VERBS.binary_search(&stem.as_str()).is_ok() {
        return false;
    }
    let fits = |(ending, least, _): &&Ending| stem.strip_suffix(ending).is_some_and(|before| before.len() >= *least);
    if let Some((ending, _, replacement)) = ENDINGS.iter().find(fits) {
        stem.truncate(stem.len() - ending.len());
        stem.push_str(replacement);
        return replacement.is_empty();
    }
    let verb = stem.len() >= 6 && stem.ends_with("ent") && is_verb(stem);
    if verb {
        stem.truncate(stem.len() - "ent".len());
    }
    verb
}

fn is_verb(word_in_ent: &str) -> bool {
    !word_in_ent.ends_with("ment") || VERBS_IN_MENT.iter().any(|ending| word_in_ent.ends_with(ending))
}

/// Removes final -e, -é, -ée, -er and the r of -ir.
fn remove_e_or_er(stem: &mut String) {
    let letters = stem.len();
    if letters >= 5 && stem.ends_with("er") {
        stem.truncate(letters - 2);
    } else if letters >= 5 && stem.ends_with("ir") && !stem.ends_with("oir") {
        stem.pop();
    } else if letters == 4 && stem.ends_with("er") && stem.as_bytes().get(1).is_some_and(|byte| b"aeiou".contains(byte))
    {
        stem.pop(); // `tuer` like `tué`
    } else {
        remove_e(stem);
    }
}

fn remove_e(stem: &mut String) {
    for _ in 0..2 {
        if stem.len() >= 4 && stem.ends_with('e') {
            stem.pop();
        }
    }
}

/// Removes -er once more: `policière` like `policier`, and then `préférer` like `préfère`.
fn remove_second_er(stem: &mut String) {
    if stem.len() >= 6 && stem.ends_with("er") {
        stem.truncate(stem.len() - 2);
    }
}

/// Brings stems that differ by inflection to one end.
fn level_end(stem: &mut String) {
    if FALLING.iter().any(|(ending, least)| stem.len() >= *least && stem.ends_with(ending)) {
        stem.pop();
    }
    let fits = |(ending, least, _): &&Ending| stem.strip_suffix(ending).is_some_and(|before| before.len() >= *least);
    if let Some((ending, _, replacement)) = LEVELLED.iter().find(fits) {
        stem.truncate(stem.len() - ending.len());
        stem.push_str(replacement);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(words: &str) {
        let mut stems = words.split(' ').map(stem);
        let first = stems.next();
        assert!(stems.all(|stem| Some(&stem) == first.as_ref()), "{words}");
    }

    #[test]
    fn inflected_forms_share_a_stem() {
        for words in [
            "acheter achete achetait achetaient achetee acheterent achetera acheteront achetent",
            "manifester manifestaient manifeste manifestent manifestation",
            "voter vote votait votaient votent",
            "finir fini finie finit finissait finissent finissaient",
            "reussir reussit reussi",
            "appeler appelle appelait appelaient",
            "jeter jette jetait",
            "preferer prefere preferait",
            "liberer libere liberation liberaient",
            "expliquer explique expliquait explication",
            "organiser organise organisait organisation organisateur organisatrice",
            "directeur directrice",
            "chanteur chanteuse",
            "heureu heureuse",
            "actif active activement",
            "professionnel professionnelle",
            "europeen europeenne",
            "policier policiere",
            "francai francaise",
            "prefet prefete",
            "public publique",
            "ami amie",
            "beau belle bel",
            "envoyer envoi envoie",
        ] {
            same(words);
        }
    }

    #[test]
    fn different_words_keep_different_stems() {
        for (one, other) in [
            ("nante", "nanti"),
            ("armee", "arme"),
            ("mer", "mere"),
            ("poisson", "poison"),
            ("dessert", "desert"),
            ("president", "presider"),
            ("parlement", "parler"),
            ("departement", "depart"),
            ("crise", "cri"),
            ("course", "cour"),
            ("banque", "banc"),
            ("fille", "fil"),
            ("jeanne", "jean"),
            ("general", "genereu"),
            ("vieux", "vieille"),
        ] {
            assert_ne!(stem(one), stem(other), "{one} {other}");
        }
    }
}
