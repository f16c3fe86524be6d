//! What happens to the markup of an embed on its way into a clipping.

use super::random::Random;

/// One way in which markup is damaged.
pub(crate) struct Damage {
    pub(crate) name: &'static str,
    pub(crate) apply: fn(&str, &mut Random) -> String,
}

const fn damage(name: &'static str, apply: fn(&str, &mut Random) -> String) -> Damage {
    Damage { name, apply }
}

/// In the order in which two of them are applied.
pub(crate) const DAMAGES: &[Damage] = &[
    damage("none", |markup, _| markup.to_owned()),
    damage("container", container),
    damage("toggle", |markup, _| {
        format!(
            "{markup}\n\n<div class=\"toggle-group\"><div class=\"input-toggle\"><input type=\"checkbox\" id=\"toggle-embed\" class=\"js-ga\" checked data-label=\"twitter\"><span class=\"toggle-btn\"></span></div><label for=\"toggle-embed\" class=\"h4 optout\">Autoriser les contenus Twitter</label></div>"
        )
    }),
    damage("unclosed", |markup, _| markup.replace("</p>", "").replace("</a>", "")),
    damage("never closed", never_closed),
    damage("closed twice", |markup, _| {
        markup.replace("</blockquote>", "</p></blockquote></blockquote>").replace("</iframe>", "</iframe></iframe>")
    }),
    damage("no script", no_script),
    damage("entity residue", |markup, random| {
        markup
            .replace("> <", random.pick(&[">&10;<", ">#&10;<", ">&#10;<"]))
            .replace("</blockquote>", random.pick(&["</blockquote>&10;", "</blockquote>#&10;"]))
    }),
    damage("spaced hosts", |markup, _| {
        markup
            .replace(".com/", ". com/")
            .replace(".js\"", ". js\"")
            .replace(".app/", ". app/")
            .replace("pic.tw", "pic. tw")
    }),
    damage("spaced paths", |markup, _| {
        markup
            .replace("/status/", "/ status/ ")
            .replace("/posts/", "/posts/ ")
            .replace("/embed/", "/ embed/")
            .replace("/video/", "/ video/ ")
    }),
    damage("upper case", upper_case),
    damage("translated", translated),
    damage("line breaks", |markup, _| markup.replace("\" ", "\"\n").replace("><", ">\n<")),
    damage("French quotes", french_quotes),
    damage("curly quotes", curly_quotes),
    damage("single quotes", |markup, _| quoted(markup, |_| ("'".to_owned(), "'".to_owned()))),
    damage("lost quotes", |markup, _| quoted(markup, |_| (String::new(), String::new()))),
    damage("dashes", |markup, _| markup.replace("twitter-tweet", "twitter–tweet").replace("data-", "data–")),
    damage("invisible", |markup, _| {
        markup.replace("tter", "t\u{AD}ter").replace("https", "\u{200B}https").replace("embed", "em\u{FEFF}bed")
    }),
    damage("mojibake", |markup, _| mojibake(markup)),
    damage("decomposed", |markup, _| markup.replace('é', "e\u{301}").replace('à', "a\u{300}")),
    damage("entities", |markup, _| markup.replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")),
    damage("entities twice", |markup, _| {
        markup.replace('&', "&amp;").replace('<', "&amp;lt;").replace('>', "&amp;gt;").replace('"', "&amp;quot;")
    }),
    damage("entities cut", |markup, _| markup.replace('<', "&lt").replace('>', "&gt").replace('"', "&quot")),
    damage("numeric entities", |markup, random| {
        let hex = random.below(2) == 0;
        markup
            .replace('<', if hex { "&#x3C;" } else { "&#60;" })
            .replace('>', if hex { "&#x3E;" } else { "&#62;" })
            .replace('"', "&#34;")
    }),
    damage("escaped quotes", |markup, _| markup.replace('"', "\\\"").replace('\n', "\\n").replace("</", "<\\/")),
    damage("spaced tags", |markup, _| markup.replace("\">", "\" >").replace("</", "</ ").replace("=\"", " = \"")),
    damage("lost closing bracket", |markup, _| markup.replace("\"><", "\"<")),
    damage("faces", |markup, _| markup.replace('<', "☺").replace('>', "☻")),
    damage("controls", |markup, _| markup.replace('<', "\u{1}").replace('>', "\u{2}")),
];

fn container(markup: &str, random: &mut Random) -> String {
    let opening = random.pick(&["’", "'", "\""]);
    format!(
        "<div class=\"box do-display-embed m-b-05\" style=\"margin-bottom: 5px !important; position: relative; scrollbar-color: 131617\" data-embed-type=\"social\" data-embed-content={opening}\n\n{markup}\n\n{}>",
        if opening == "’" { "‘" } else { opening }
    )
}

fn never_closed(markup: &str, _: &mut Random) -> String {
    ["</p>", "</a>", "</blockquote>", "</div>", "</section>"]
        .iter()
        .fold(no_script(markup, &mut Random(0)), |markup, tag| markup.replace(tag, ""))
}

fn no_script(markup: &str, _: &mut Random) -> String {
    let mut out = String::new();
    let mut rest = markup;
    while let Some((before, after)) = rest.split_once("<script") {
        out.push_str(before);
        rest = after.split_once("</script>").map_or("", |(_, rest)| rest);
    }
    out + rest
}

/// Names of tags and attributes in upper case.
fn upper_case(markup: &str, _: &mut Random) -> String {
    ["blockquote", "iframe", "script", "div", "section"]
        .iter()
        .fold(markup.to_owned(), |markup, name| {
            markup
                .replace(&format!("<{name}"), &format!("<{}", name.to_uppercase()))
                .replace(&format!("</{name}"), &format!("</{}", name.to_uppercase()))
        })
        .replace("<p", "<P")
        .replace("</p>", "</P>")
        .replace("<a ", "<A ")
        .replace(" href=", " HREF=")
        .replace("class=", "CLASS=")
}

fn translated(markup: &str, _: &mut Random) -> String {
    markup
        .replace("class=", "classe=")
        .replace("<script", "<scénario")
        .replace("</script", "</scénario")
        .replace("<label", "<étiquette")
        .replace("</label", "</étiquette")
        .replace("<span", "<envergure")
        .replace("</span", "</envergure")
}

fn french_quotes(markup: &str, random: &mut Random) -> String {
    let space = random.pick(&[" ", "\u{A0}", "\u{202F}", ""]);
    quoted(markup, |_| match random.below(5) {
        0 | 1 => (format!("«{space}"), format!("{space}»")),
        2 => (format!("{space}»"), format!("«{space}")),
        3 => (format!("{space}»"), "″".to_owned()),
        _ => (format!("»{space}"), format!("{space}»")),
    })
}

fn curly_quotes(markup: &str, random: &mut Random) -> String {
    quoted(markup, |_| match random.below(4) {
        0 => ("“".to_owned(), "”".to_owned()),
        1 => ("”".to_owned(), "”".to_owned()),
        2 => ("″".to_owned(), "″".to_owned()),
        _ => ("’".to_owned(), "‘".to_owned()),
    })
}

/// Replaces the quotation marks around the values of attributes.
fn quoted(markup: &str, mut marks: impl FnMut(usize) -> (String, String)) -> String {
    let mut out = String::new();
    let mut rest = markup;
    let mut number = 0;
    while let Some((before, (value, after))) =
        rest.split_once("=\"").and_then(|(before, after)| Some((before, after.split_once('"')?)))
    {
        let (open, close) = marks(number);
        number += 1;
        out += &format!("{before}={open}{value}{close}");
        rest = after;
    }
    out + rest
}

/// UTF-8 read as Windows-1252.
pub(crate) fn mojibake(text: &str) -> String {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
    ];
    text.bytes()
        .map(|byte| match byte {
            0x80..=0x9F => HIGH[usize::from(byte) - 0x80],
            _ => char::from(byte),
        })
        .collect()
}
