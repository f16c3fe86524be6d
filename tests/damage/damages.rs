//! Every damage of the family, as a change of an embed's markup.

/// One damage.
pub(crate) struct Damage {
    pub(crate) name: &'static str,
    pub(crate) apply: fn(&str) -> String,
}

pub(crate) const DAMAGES: &[Damage] = &[
    Damage { name: "none", apply: str::to_owned },
    Damage { name: "translated names", apply: translated },
    Damage { name: "upper case", apply: upper },
    Damage { name: "unclosed", apply: |markup| markup.replace("</a>", "").replace("</p>", "") },
    Damage {
        name: "run on",
        apply: |markup| markup.replace("</a>", "").replace("</blockquote>", "").replace("</div>", ""),
    },
    Damage {
        name: "closed twice",
        apply: |markup| {
            markup
                .replace("</a>", "</a></a>")
                .replace("</blockquote>", "</p></blockquote></blockquote>")
                .replace("</iframe>", "</iframe></iframe>")
        },
    },
    Damage { name: "cut off", apply: cut },
    Damage { name: "spaced hosts", apply: spaced_hosts },
    Damage { name: "references without a sign", apply: references },
    Damage { name: "container", apply: container },
    Damage { name: "consent", apply: consent },
    Damage { name: "quotes in French", apply: |markup| quoted(markup, "« ", " »") },
    Damage { name: "quotes the wrong way", apply: |markup| quoted(markup, " »", "« ") },
    Damage { name: "quotes all one way", apply: |markup| quoted(markup, "\u{A0}»", "\u{A0}»") },
    Damage { name: "quotes narrow", apply: |markup| quoted(markup, "«\u{202F}", "\u{202F}»") },
    Damage { name: "quotes bare", apply: |markup| quoted(markup, "»", "«") },
    Damage { name: "quotes curly", apply: |markup| quoted(markup, "“", "”") },
    Damage { name: "quotes primes", apply: |markup| quoted(markup, " »", "″") },
    Damage { name: "quotes single", apply: |markup| quoted(markup, "‘", "’") },
    Damage {
        name: "quotes with backslashes",
        apply: |markup| markup.replace('"', "\\\"").replace("\"https://", "\"https:\\/\\/"),
    },
    Damage { name: "spaced tags", apply: spaced_tags },
    Damage { name: "glyphs", apply: |markup| bracketed(markup, "☺", "☻") },
    Damage { name: "controls", apply: |markup| bracketed(markup, "\u{1}", "\u{2}") },
    Damage { name: "escaped", apply: escaped },
    Damage { name: "escaped twice", apply: |markup| escaped(&escaped(markup)) },
    Damage {
        name: "escaped without semicolons",
        apply: |markup| escaped(markup).replace("&lt;", "&lt").replace("&gt;", "&gt").replace("&quot;", "&quot"),
    },
    Damage { name: "mojibake", apply: mojibake },
    Damage { name: "decomposed", apply: decomposed },
    Damage { name: "invisible", apply: invisible },
];

/// Markup through a function, what is tags and what is text apart.
fn by_tag(markup: &str, tag: impl Fn(&str) -> String, text: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = markup;
    while let Some(at) = rest.find('<') {
        out.push_str(&text(&rest[..at]));
        let end = rest[at..].find('>').map_or(rest.len(), |end| at + end + 1);
        out.push_str(&tag(&rest[at..end]));
        rest = &rest[end..];
        // A script is neither.
        if let Some(end) = out.ends_with('>').then(|| rest.find("</script>")).flatten()
            && out[out.rfind('<').unwrap_or(0)..].starts_with("<script")
        {
            out.push_str(&rest[..end]);
            rest = &rest[end..];
        }
    }
    out + &text(rest)
}

fn translated(markup: &str) -> String {
    markup
        .replace("class=", "classe=")
        .replace("width=", "largeur=")
        .replace("height=", "hauteur=")
        .replace("target=", "cible=")
        .replace("title=", "titre=")
}

fn upper(markup: &str) -> String {
    by_tag(
        markup,
        |tag| {
            let name = tag.find([' ', '>']).unwrap_or(tag.len());
            tag[..name].to_uppercase() + &tag[name..]
        },
        str::to_owned,
    )
}

/// The end is lost: in the script after a post, or with the last tag.
fn cut(markup: &str) -> String {
    let script = markup.rfind("<script").filter(|at| *at > 2 * markup.len() / 3);
    let end = script.map(|at| (at + 24).min(markup.len())).or_else(|| markup.rfind("</")).unwrap_or(markup.len());
    markup[..end].to_owned()
}

/// A space after the bracket of tags that have attributes, and in those that close.
fn spaced_tags(markup: &str) -> String {
    by_tag(
        markup,
        |tag| if tag.contains('=') || tag.starts_with("</") { tag.replacen('<', "< ", 1) } else { tag.to_owned() },
        str::to_owned,
    )
}

fn spaced_hosts(markup: &str) -> String {
    [".com/", ".com\"", ".js\"", ".social/", ".app/", ".net/"]
        .iter()
        .fold(markup.to_owned(), |text, end| text.replace(end, &format!(". {}", &end[1..])))
}

fn references(markup: &str) -> String {
    markup
        .replacen("<a ", "&10;<a ", 1)
        .replacen("</blockquote>", "</blockquote>#&10;", 1)
        .replacen("<script", "&10;<script", 1)
        .replacen("</iframe>", "</iframe>&10;", 1)
}

fn container(markup: &str) -> String {
    let markup = markup.replace('\'', "’");
    format!(
        "<div class=\"box do-display-embed\" style=\"margin: 4px !important;\" data-embed-type=\"post\" data-embed-content='\n\n{markup}\n\n'></div>"
    )
}

fn consent(markup: &str) -> String {
    format!(
        "{markup}<div class=\"toggle-group\"><label for=\"toggle-embed\" class=\"h4 optout\">Autoriser les contenus tiers</label></div>"
    )
}

fn quoted(markup: &str, open: &str, close: &str) -> String {
    by_tag(
        markup,
        |tag| {
            let mut parts = tag.split('"');
            let mut out = parts.next().unwrap_or_default().to_owned();
            for (number, part) in parts.enumerate() {
                out.push_str(if number % 2 == 0 { open } else { close });
                out.push_str(part);
            }
            out
        },
        str::to_owned,
    )
}

fn bracketed(markup: &str, open: &str, close: &str) -> String {
    by_tag(markup, |tag| tag.replace('<', open).replace('>', close), str::to_owned)
}

fn escaped(markup: &str) -> String {
    markup.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// UTF-8 read as Windows-1252.
fn mojibake(markup: &str) -> String {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
    ];
    let byte = |byte: u8| match byte {
        0x80..=0x9F => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    };
    markup.bytes().map(byte).collect()
}

fn decomposed(markup: &str) -> String {
    let parts = [
        ("é", "e\u{301}"),
        ("è", "e\u{300}"),
        ("ê", "e\u{302}"),
        ("à", "a\u{300}"),
        ("ô", "o\u{302}"),
        ("É", "E\u{301}"),
    ];
    parts.iter().fold(markup.to_owned(), |text, (one, two)| text.replace(one, two))
}

/// Soft hyphens and zero-width characters in the words.
fn invisible(markup: &str) -> String {
    by_tag(markup, str::to_owned, |text| {
        text.replace("er", "e\u{AD}r").replace("ti", "t\u{200B}i").replace(". ", ".\u{FEFF} ")
    })
}
