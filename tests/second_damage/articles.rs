//! Invented articles, and the places in them where an embed stands.

use newsgrep::article::Article;
use newsgrep::clean::clean;
use newsgrep::read::reader;

use super::damages::Damage;
use super::random::Random;
use super::templates::{Post, Template};

/// An article with its posts, before and after it was damaged.
pub(crate) struct Case {
    pub(crate) paragraphs: Vec<String>,
    /// Each post, and whether its markup names the account.
    pub(crate) posts: Vec<(Post, bool)>,
    /// The damaged text.
    pub(crate) text: String,
    pub(crate) form: Form,
}

/// How the article is given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    /// A clip: headline, paragraphs.
    Clip,
    /// The `text` of a JSON record.
    Record,
    /// A page.
    Page,
}

/// Where the embed stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    First,
    Middle,
    Last,
    Two,
    /// Right after the text of a paragraph, without a line break, and right before the next.
    Glued,
    /// In an element of its own.
    Wrapped,
}

pub(crate) const PLACES: [Place; 6] =
    [Place::Middle, Place::First, Place::Last, Place::Two, Place::Glued, Place::Wrapped];

const HEADLINE: &str = "Valbourg rouvre son pont après trois ans de travaux";
const PARAGRAPHS: [&str; 8] = [
    "Le conseil municipal de Valbourg a voté lundi soir la réouverture du pont, par 22 voix contre 7, au terme d’un débat de quatre heures.",
    "« Nous avons attendu trois ans, nous n’attendrons pas un jour de plus », a dit la maire, Élodie Marchand, qui conduisait les débats.",
    "Le taux d’intérêt du prêt recule (5 < 7 %) et l’opposition, elle, parle d’un « cadeau aux banques » que personne n’avait demandé.",
    "Il sourit ☺ et signe le registre : à 82 ans, Marcel Aubry est le premier à traverser, une baguette sous le bras et son chien devant lui.",
    "Le tableau <Sans titre>, prêté par le musée, restera dans le hall de la mairie jusqu’au 14 mars, de 9 h à 18 h, sauf le lundi.",
    "Les commerçants espèrent retrouver leurs clients ; d’autres ont déjà fermé, comme la librairie de la rue Haute, vendue en juin.",
    "L’ingénieure Nadia Ferrand assure que l’ouvrage tiendra cent ans — « au moins » — si l’on repeint les câbles tous les dix ans.",
    "Le chantier aura coûté 4,2 millions d’euros, dont 1\u{202F}200\u{A0}000 versés par la région, et mobilisé jusqu’à quarante ouvriers.",
];

impl Case {
    pub(crate) fn new(
        template: &Template,
        other: &Template,
        damages: &[&Damage],
        place: Place,
        form: Form,
        seed: u64,
    ) -> Self {
        let mut random = Random(seed);
        let start = random.below(PARAGRAPHS.len());
        let paragraphs: Vec<String> =
            PARAGRAPHS.iter().cycle().skip(start).take(5).map(|text| (*text).to_owned()).collect();
        let mut posts = Vec::new();
        let wrap = random.pick(&["p", "div", "figure"]);
        let mut embed = |template: &Template, random: &mut Random| {
            let (post, markup) = template.fill(random);
            posts.push((post, template.handle));
            let markup = if place == Place::Wrapped { format!("<{wrap}>{markup}</{wrap}>") } else { markup };
            damages.iter().fold(markup, |markup, damage| (damage.apply)(&markup, random))
        };
        let markup = embed(template, &mut random);
        let page = form == Form::Page;
        let mut parts: Vec<String> = paragraphs
            .iter()
            .map(|text| if page { format!("<p>{}</p>", escaped(text)) } else { text.clone() })
            .collect();
        let join = random.pick(&["\n\n", "\n"]);
        match place {
            Place::First => parts.insert(1, markup),
            Place::Middle | Place::Wrapped => parts.insert(3, markup),
            Place::Last => parts.push(markup),
            Place::Two => {
                parts.insert(2, markup);
                let second = embed(other, &mut random);
                parts.insert(4, second);
            }
            Place::Glued if page => parts.insert(3, markup),
            Place::Glued => {
                let next = parts.remove(3);
                parts[2] += &format!("{markup}{next}");
            }
        }
        let text = match form {
            Form::Page => format!(
                "<!DOCTYPE html><html lang=\"fr\"><head><meta charset=\"utf-8\"><title>{HEADLINE}</title></head><body><header><a href=\"/\">Gazette du Rhône</a></header><main><article><h1>{HEADLINE}</h1>{}</article></main><footer>Gazette du Rhône, 2025</footer></body></html>",
                parts.join("\n")
            ),
            Form::Clip => format!(
                "{HEADLINE}\n\n{}",
                parts.join(if join == "\n" && place != Place::Glued { join } else { "\n\n" })
            ),
            Form::Record => parts.join("\n\n"),
        };
        Self { paragraphs, posts, text, form }
    }

    /// Reads and cleans it as the program does.
    pub(crate) fn cleaned(&self) -> Article {
        let (name, bytes) = match self.form {
            Form::Clip => ("clip", self.text.clone()),
            Form::Page => ("html", self.text.clone()),
            Form::Record => ("json", serde_json::json!({"title": HEADLINE, "text": self.text}).to_string()),
        };
        let draft = (reader(name).unwrap().draft)(bytes.as_bytes()).unwrap();
        clean(draft, &[]).article
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
