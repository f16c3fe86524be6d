//! JSON as careless programs write it, made valid.

/// Escapes raw control characters in strings, puts U+FFFD for half a surrogate pair, takes invalid escapes for what they
/// show, `NaN` and `Infinity` for `null`, and drops the comma before a closing bracket.
pub(super) fn mended(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + 64);
    let mut rest = json;
    while let Some((outside, inside)) = rest.split_once('"') {
        mend_structure(outside, &mut out);
        out.push('"');
        rest = mend_string(inside, &mut out);
    }
    mend_structure(rest, &mut out);
    out
}

/// Mends what stands between strings.
fn mend_structure(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        let dropped = c == ',' && after.trim_start().starts_with(['}', ']']);
        let number = ["NaN", "-Infinity", "Infinity"].iter().find_map(|name| rest.strip_prefix(name));
        match number {
            Some(_) => out.push_str("null"),
            None if dropped => {}
            None => out.push(c),
        }
        rest = number.unwrap_or(after);
    }
}

/// Mends a string up to and with its closing quote; gives what follows it.
fn mend_string<'a>(text: &'a str, out: &mut String) -> &'a str {
    let mut rest = text;
    loop {
        let Some(at) = rest.find(|c: char| c == '"' || c == '\\' || c < ' ') else {
            out.push_str(rest);
            return "";
        };
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        let mut chars = special.chars();
        match chars.next() {
            Some('\\') => rest = mend_escape(chars.as_str(), out),
            Some(c) if c < ' ' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
                rest = chars.as_str();
            }
            _ => {
                out.push('"');
                return chars.as_str();
            }
        }
    }
}

/// Mends what follows a backslash; gives what follows that.
fn mend_escape<'a>(text: &'a str, out: &mut String) -> &'a str {
    let mut chars = text.chars();
    match chars.next() {
        Some('u') => match unit(chars.as_str()) {
            Some((first @ 0xD800..=0xDBFF, after)) => match after.strip_prefix("\\u").and_then(unit) {
                Some((second @ 0xDC00..=0xDFFF, after)) => {
                    out.push_str(&format!("\\u{first:04x}\\u{second:04x}"));
                    return after;
                }
                _ => {
                    out.push('\u{FFFD}');
                    return after;
                }
            },
            Some((0xDC00..=0xDFFF, after)) => {
                out.push('\u{FFFD}');
                return after;
            }
            Some((unit, after)) => {
                out.push_str(&format!("\\u{unit:04x}"));
                return after;
            }
            None => out.push_str("\\\\u"),
        },
        Some(c @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't')) => out.extend(['\\', c]),
        Some('\'') => out.push('\''),
        // A backslash of a Windows path, or one at the end of a line.
        _ => {
            out.push_str("\\\\");
            return text;
        }
    }
    chars.as_str()
}

/// Four hexadecimal digits.
fn unit(text: &str) -> Option<(u16, &str)> {
    let (digits, after) = text.split_at_checked(4)?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u16::from_str_radix(digits, 16).ok().filter(|_| plain).map(|unit| (unit, after))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert_eq, proptest};
    use serde_json::{Value, json};

    use super::mended;

    #[test]
    fn careless_json_is_read() {
        let cases = [
            ("{\"a\": NaN, \"b\": [-Infinity, Infinity,],}", json!({"a": null, "b": [null, null]})),
            ("{\"a\": \"un\tdeux\ntrois\u{1}\"}", json!({"a": "un\tdeux\ntrois\u{1}"})),
            (r#"{"a": "\ud83d fin \ude00 \ud83d\ude00 \u00e9"}"#, json!({"a": "\u{FFFD} fin \u{FFFD} 😀 é"})),
            (r#"{"a": "l\'été C:\dossier \u12"}"#, json!({"a": "l'été C:\\dossier \\u12"})),
        ];
        for (careless, expected) in cases {
            assert!(serde_json::from_str::<Value>(careless).is_err(), "{careless}");
            assert_eq!(serde_json::from_str::<Value>(&mended(careless)).unwrap(), expected, "{careless}");
        }
    }

    proptest! {
        #[test]
        fn valid_json_means_the_same(key in any::<String>(), text in any::<String>(), number in any::<i64>()) {
            let value = json!({key: [text, {"NaN": number, "a,}": ",]"}]});
            prop_assert_eq!(serde_json::from_str::<Value>(&mended(&value.to_string())).unwrap(), value);
        }

        #[test]
        fn any_text_is_survived(text in any::<String>(), near in "[\\\\\"u0dD8cCfN,\\]}\u{1} ]{0,60}") {
            mended(&text);
            mended(&near);
        }
    }
}
