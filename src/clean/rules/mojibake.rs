//! UTF-8 that was read as Windows-1252 on the way: `Ã©` for `é`.

use crate::article::Draft;
use crate::clean::layout::bytes;
use crate::clean::{Change, Ledger, Rule};

pub(super) const RULE: Rule = Rule {
    name: "mojibake",
    about: "Mends letters that were decoded twice (Ã© for é): only sequences whose bytes are the UTF-8 of a letter or sign of \
            French, so that honest text is left alone.",
    apply,
    examples: &[
        ("L’Ã©tÃ© sera chaud", "L’été sera chaud"),
        ("lâ€™Å“uvre coÃ»te 5 â‚¬", "l’œuvre coûte 5 €"),
        ("l'Ã‰tat, Ã  Paris", "l'État, à Paris"),
        ("Le bac ðŸš¢ â™¬", "Le bac 🚢 ♬"),
        ("SÃO PAULO, « CAFÉ», Â la carte", "SÃO PAULO, « CAFÉ», Â la carte"),
    ],
};

/// The characters that the first bytes of such sequences are read as.
const LEADS: [char; 6] = ['Ã', 'Â', 'â', 'Å', 'ï', 'ð'];

/// How often text may have been decoded wrongly, one time upon the other.
const ROUNDS: usize = 3;

fn apply(draft: &mut Draft, ledger: &mut Ledger) {
    for _ in 0..ROUNDS {
        let changes = changes(&draft.text);
        if changes.is_empty() {
            return;
        }
        ledger.apply(RULE.name, &mut draft.text, changes);
    }
}

fn changes(text: &str) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut done = 0;
    // Told by their second bytes: the first is that of every accent of French.
    let seconds = bytes(text, |byte| {
        (byte == 0x82) | (byte == 0x83) | (byte == 0x85) | (byte == 0xA2) | (byte == 0xAF) | (byte == 0xB0)
    });
    let leads = seconds.filter_map(|second| {
        let at = second.checked_sub(1)?;
        text.get(at..)?.chars().next().filter(|lead| LEADS.contains(lead)).map(|lead| (at, lead))
    });
    for (at, first) in leads {
        if at < done {
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        if let Some((mended, length)) = decode(rest) {
            done = at + length;
            changes.push(Change { range: at..done, with: mended.to_string() });
        } else if first == 'Ã'
            && rest.get(first.len_utf8()..).is_some_and(|rest| rest.starts_with(' '))
            && !changes.is_empty()
        {
            // The second byte of `à` is a no-break space, which is often made a plain one. Only beside other damage.
            let spaces = if rest.starts_with("Ã  ") { 1 } else { 0 };
            done = at + first.len_utf8() + spaces;
            changes.push(Change { range: at..done, with: "à".to_owned() });
        }
    }
    changes
}

/// The character that the first two to four characters are the bytes of, and their length.
fn decode(text: &str) -> Option<(char, usize)> {
    let mut chars = text.char_indices().map(|(at, c)| (at + c.len_utf8(), windows_1252(c)));
    let (_, lead) = chars.next()?;
    let lead = lead?;
    let width = match lead {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0 => 4,
        _ => return None,
    };
    let mut bytes = vec![lead];
    let mut length = 0;
    for (end, byte) in chars.take(width - 1) {
        bytes.push(byte.filter(|byte| (0x80..=0xBF).contains(byte))?);
        length = end;
    }
    let found = std::str::from_utf8(&bytes).ok()?.chars().next()?;
    is_french(found).then_some((found, length))
}

/// Letters and signs that a French text holds outside ASCII, those of its neighbours, and what posts are adorned with.
const fn is_french(c: char) -> bool {
    matches!(c, '\u{A0}'..='\u{FF}' | 'Œ' | 'œ' | 'Š' | 'š' | 'Ž' | 'ž' | 'Ÿ' | '\u{2002}'..='\u{2014}' | '‘'..='„' | '•' | '…' | '\u{202F}' | '€' | '™'
        | '\u{2190}'..='\u{27BF}' | '\u{FE0F}' | '\u{1F000}'..='\u{1FAFF}')
}

/// The byte of a character in Windows-1252; the five bytes without a character are C1 controls.
fn windows_1252(c: char) -> Option<u8> {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
    ];
    if let Some(at) = HIGH.iter().position(|known| *known == c) {
        return u8::try_from(0x80 + at).ok();
    }
    u8::try_from(u32::from(c)).ok()
}
