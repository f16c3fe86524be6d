//! Share and comment counters: numbers alone on their lines.

use crate::article::Draft;
use crate::clean::layout::{HEADLINE, blocks, has_chars, removals, unmarked};
use crate::clean::{Ledger, Rule};

pub(super) const RULE: Rule = Rule {
    name: "counters",
    about: "Removes numbers that stand alone before the text begins, and counts of shares and comments anywhere.",
    apply,
    examples: &[
        (
            "Le titre de l’article\n\n0\n\n3\n\nLe premier paragraphe de l’article, assez long pour en être un vraiment.",
            "Le titre de l’article\n\nLe premier paragraphe de l’article, assez long pour en être un vraiment.",
        ),
        (
            "Un texte assez long pour être lu.\n\n12 commentaires\n\nLa suite.",
            "Un texte assez long pour être lu.\n\nLa suite.",
        ),
        (
            "Un texte assez long pour être lu.\n\nCommentaires (12)\n\nLu 1 234 fois\n\nLa suite.",
            "Un texte assez long pour être lu.\n\nLa suite.",
        ),
        (
            "Un paragraphe de texte, assez long pour en être un vraiment.\n\n1984\n\nLe roman.",
            "Un paragraphe de texte, assez long pour en être un vraiment.\n\n1984\n\nLe roman.",
        ),
    ],
};

/// A block this long is running text, in characters.
const RUNNING: usize = 60;
/// No count is longer.
const LONGEST: usize = 40;

fn apply(draft: &mut Draft, ledger: &mut Ledger) {
    // Without a paragraph after them, numbers may be all there is.
    let last_running = blocks(&draft.text).filter(|(_, block)| has_chars(block, RUNNING)).map(|(at, _)| at).last();
    let mut begun = false;
    let mut first = true;
    let mut gone = Vec::new();
    for (at, block) in blocks(&draft.text) {
        // The headline may be as long as a paragraph.
        let headline = (first && draft.clip) || unmarked(block).0 == Some(HEADLINE);
        begun |= !headline && has_chars(block, RUNNING);
        if !has_chars(block, LONGEST + 1)
            && ((!first && !begun && last_running > Some(at) && is_number(block)) || is_count(block))
        {
            gone.push(at..at + block.len());
        }
        first = false;
    }
    let changes = removals(&draft.text, &gone);
    ledger.apply(RULE.name, &mut draft.text, changes);
}

fn is_number(block: &str) -> bool {
    let digits = block.trim().trim_end_matches(['k', 'K']);
    (1..=6).contains(&digits.len())
        && digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '\u{A0}' | '\u{202F}'))
        && digits.contains(|c: char| c.is_ascii_digit())
}

/// `12 commentaires`, `3 partages`, `1,2 k vues`, `Commentaires : 12`, `Lu 1 234 fois`.
fn is_count(block: &str) -> bool {
    const COUNTED: [&str; 22] = [
        "commentaire",
        "commentaires",
        "partage",
        "partages",
        "réaction",
        "réactions",
        "vue",
        "vues",
        "lecture",
        "lectures",
        "abonnés",
        "j'aime",
        "j’aime",
        "comment",
        "comments",
        "share",
        "shares",
        "like",
        "likes",
        "views",
        "kommentar",
        "kommentare",
    ];
    let lower = unmarked(block).1.trim().to_lowercase();
    let words: Vec<&str> =
        lower.split([' ', '\u{A0}', '\u{202F}', ':', '(', ')']).filter(|word| !word.is_empty()).collect();
    let (numbers, others): (Vec<&str>, Vec<&str>) = words.iter().partition(|word| is_number(word) || **word == "k");
    let numbered = numbers.iter().any(|number| is_number(number));
    numbered
        && match others.as_slice() {
            [word] => COUNTED.contains(word),
            [verb, times] => matches!(*verb, "lu" | "vu" | "partagé") && *times == "fois",
            _ => false,
        }
}
