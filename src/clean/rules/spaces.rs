//! Spaces that removed markup left: before a stop or a comma, after an elision.

use crate::article::Draft;
use crate::clean::{Change, Ledger, Rule};

pub(super) const RULE: Rule = Rule {
    name: "spaces",
    about: "Removes the space that a removed link left before a stop or a comma, and after an elision (l’ Élysée); French \
            sets none there. One alone in an otherwise whole record stays.",
    apply,
    examples: &[
        ("Martin , le maire, a parlé . Puis , rien", "Martin, le maire, a parlé. Puis, rien"),
        ("L’ Élysée , l' AFP et d’ autres", "L’Élysée, l'AFP et d’autres"),
        ("Il dit … rien, calibre .22, fichier .txt , voilà", "Il dit … rien, calibre .22, fichier .txt , voilà"),
        ("un . . . deux , trois , quatre .", "un . . . deux, trois, quatre."),
        ("The workers’ union and the states’ army", "The workers’ union and the states’ army"),
    ],
};

/// How many such spaces make a habit of the text's way here, where nothing else shows damage.
const HABIT: usize = 3;

fn apply(draft: &mut Draft, ledger: &mut Ledger) {
    let mut changes = before_stops(&draft.text);
    changes.extend(after_elisions(&draft.text));
    // Links go missing from clips and pages. A record's text came through a program: a lone slip in it may be the author's.
    if draft.clip || draft.page || !ledger.edits.is_empty() || changes.len() >= HABIT {
        changes.sort_unstable_by_key(|change| change.range.start);
        ledger.apply(RULE.name, &mut draft.text, changes);
    }
}

fn before_stops(text: &str) -> Vec<Change> {
    let mut changes = Vec::new();
    if !text.contains(" .") && !text.contains(" ,") {
        return changes;
    }
    for (at, found) in text.match_indices([',', '.']) {
        let before = text.get(..at).unwrap_or_default();
        let word = before.trim_end_matches(' ');
        let spaces = before.len() - word.len();
        let after = text.get(at + 1..).and_then(|after| after.chars().next());
        let ends = after.is_none_or(|c| c.is_whitespace() || matches!(c, '»' | '”' | '"' | ')'));
        let follows =
            word.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '»' | '”' | '"' | ')' | '%' | '€' | '’'));
        // Stops in a row are an ellipsis of their own.
        let dotted = found == "." && text.get(at + 1..).is_some_and(|after| after.starts_with(" ."));
        if (1..=2).contains(&spaces) && ends && follows && !dotted {
            changes.push(Change { range: at - spaces..at, with: String::new() });
        }
    }
    changes
}

/// The words that lose a letter before a vowel, without their apostrophe.
const ELIDED: [&str; 12] = ["l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu"];

fn after_elisions(text: &str) -> Vec<Change> {
    let mut changes = Vec::new();
    if !text.contains("’ ") && !text.contains("' ") {
        return changes;
    }
    for (at, apostrophe) in text.match_indices(['’', '\'']) {
        let space = at + apostrophe.len();
        let Some(rest) = text.get(space..).and_then(|rest| rest.strip_prefix(' ')) else { continue };
        let before = text.get(..at).unwrap_or_default();
        let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        // An apostrophe before it would make it an English clipping: rock 'n' roll.
        let clipped = before.strip_suffix(word).is_some_and(|before| before.ends_with(['’', '\'', '‘']));
        let elided = ELIDED.iter().any(|elided| word.eq_ignore_ascii_case(elided));
        if elided && !clipped && rest.chars().next().is_some_and(begins_elidable) {
            changes.push(Change { range: space..space + 1, with: String::new() });
        }
    }
    changes
}

/// Whether a word that begins so makes the one before it lose its vowel.
const fn begins_elidable(c: char) -> bool {
    matches!(
        c,
        'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'h' | 'A' | 'E' | 'I' | 'O' | 'U' | 'Y' | 'H' | 'à'..='ï' | 'À'..='Ï' | 'ò'..='ö'
            | 'Ò'..='Ö' | 'ù'..='ü' | 'Ù'..='Ü' | 'œ' | 'Œ'
    )
}
