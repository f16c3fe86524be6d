//! Damage done on purpose: clean articles with clean embeds, every damage of the family done to them, alone and in pairs.
//! Cleaning must give back the article and the post.
//!
//! A sample runs with the other tests; `cargo test --release --test damage -- --ignored --nocapture` runs all of it and
//! prints what failed by service and damage. Posts that are held out measure the rules and were not written for them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, clippy::panic, clippy::print_stderr)] // a test may fail

mod damages;
mod posts;

use std::collections::BTreeMap;

use damages::{DAMAGES, Damage};
use newsgrep::article::{Article, Block, Body, Draft, Embed};
use newsgrep::clean::clean;
use posts::{POSTS, Post};

const HEADLINE: &str = "La passerelle de Sombreval rouvre lundi après neuf mois de travaux";

/// Text that a careless rule would take for markup stays.
const PARAGRAPHS: [&str; 4] = [
    "Le conseil municipal l’a annoncé jeudi soir : l’ouvrage, fermé depuis l’automne, sera rendu aux piétons avant l’été. La part des riverains opposés a reculé (5 < 7 %), dit la mairie.",
    "« On n’y croyait plus », sourit ☺ une habitante, qui a gardé la photo intitulée <Sans titre> dans son téléphone. Elle parle d’un chantier de première classe.",
    "Le coût atteint 4,2 millions d’euros, soit 50\u{A0}% de plus que prévu ; l’État en paie un tiers, le département un autre.",
    "Les bancs promis viendront plus tard. Aucune date n’a été donnée, et personne à la mairie n’a voulu répondre à cette question.",
];

/// Where an embed stands in its article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    First,
    Middle,
    Last,
    /// Right after the end of a paragraph, without a line break.
    Glued,
    /// On lines of its own, without empty lines.
    Lines,
    /// One in the middle, and another, which is whole, at the end.
    Twice,
}

const PLACES: [Place; 6] = [Place::Middle, Place::First, Place::Last, Place::Glued, Place::Lines, Place::Twice];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// The headline is the first line.
    Clip,
    /// The headline has a field.
    Text,
    /// Paragraphs have their tags.
    Html,
    /// A record, whose text is plain but for the embed.
    Record,
}

const FORMS: [Form; 4] = [Form::Clip, Form::Html, Form::Text, Form::Record];

fn draft(markup: &str, other: &Post, place: Place, form: Form) -> Draft {
    let wrap = |text: &str| match form {
        Form::Html => format!("<p>{}</p>", text.replace('<', "&lt;").replace('>', "&gt;")),
        Form::Clip | Form::Text | Form::Record => text.to_owned(),
    };
    let mut parts: Vec<String> = PARAGRAPHS.iter().map(|text| wrap(text)).collect();
    match place {
        Place::First => parts.insert(0, markup.to_owned()),
        Place::Middle => parts.insert(2, markup.to_owned()),
        Place::Last => parts.push(markup.to_owned()),
        Place::Glued => parts[1].push_str(markup),
        Place::Lines => {
            let next = parts.remove(2);
            parts[1].push_str(&format!("\n{markup}\n{next}"));
        }
        Place::Twice => {
            parts.insert(2, markup.to_owned());
            parts.push(other.markup.to_owned());
        }
    }
    let text = parts.join("\n\n");
    let headline = (form != Form::Clip).then(|| HEADLINE.to_owned());
    let body = match form {
        Form::Clip => Body::Clip(format!("{HEADLINE}\n\n{text}")),
        Form::Text => Body::Text(text),
        Form::Record => {
            let record = serde_json::json!({ "title": HEADLINE, "text": text }).to_string();
            return (newsgrep::read::reader("json").unwrap().draft)(record.as_bytes()).unwrap();
        }
        Form::Html => Body::Html(text),
    };
    Draft { headline, body, ..Draft::default() }
}

/// What came back whole.
#[derive(Debug, Clone, Copy, Default)]
struct Outcome {
    paragraphs: usize,
    clean: bool,
    post: bool,
}

fn outcome(article: &Article, post: &Post, place: Place) -> Outcome {
    let texts: Vec<&str> = article
        .blocks
        .iter()
        .filter(|block| !matches!(block, Block::Embed { .. }))
        .filter_map(Block::text)
        .chain(article.lead.as_deref())
        .collect();
    let paragraphs = PARAGRAPHS.iter().filter(|paragraph| texts.contains(paragraph)).count();
    let embeds: Vec<_> = article.embeds().collect();
    let words = |text: Option<&str>| text.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    let right = |embed: &Embed| {
        embed.kind == post.kind
            && embed.url.as_deref().is_some_and(|url| url.contains(post.id))
            && (post.handle.is_none() || embed.handle.as_deref() == post.handle)
            && words(embed.text.as_deref()) == words(post.words)
    };
    let wanted = if place == Place::Twice { 2 } else { 1 };
    let odd = texts.iter().any(|text| !PARAGRAPHS.contains(text)) || article.headline.as_deref() != Some(HEADLINE);
    let marked = embeds.iter().filter_map(|embed| embed.text.as_deref()).any(|text| {
        ["<", ">", "☺", "☻", "&lt", "&quot", "href", "class", "script", "blockquote"]
            .iter()
            .any(|sign| text.contains(sign))
    });
    Outcome {
        paragraphs,
        clean: !odd && !marked && embeds.len() == wanted,
        post: embeds.iter().any(|embed| right(embed)),
    }
}

/// Shares of what came back whole, and what did not by service and damage.
#[derive(Default)]
struct Score {
    clips: usize,
    paragraphs: usize,
    clean: usize,
    posts: usize,
    failed: BTreeMap<(String, &'static str), usize>,
    shown: usize,
}

impl Score {
    fn run(&mut self, post: &Post, damages: &[&Damage], place: Place, form: Form) {
        let other = POSTS.iter().find(|other| other.kind != post.kind).unwrap();
        let markup = damages.iter().fold(post.markup.to_owned(), |markup, damage| (damage.apply)(&markup));
        let article = clean(draft(&markup, other, place, form), &[]).article;
        let outcome = outcome(&article, post, place);
        self.clips += 1;
        self.paragraphs += outcome.paragraphs;
        self.clean += usize::from(outcome.clean);
        self.posts += usize::from(outcome.post);
        if outcome.paragraphs < PARAGRAPHS.len() || !outcome.clean || !outcome.post {
            let names = damages.iter().map(|damage| damage.name).collect::<Vec<_>>().join(" + ");
            if std::env::var("SHOW")
                .is_ok_and(|wanted| format!("{names} {} {place:?} {form:?}", post.kind).contains(&wanted))
                && self.shown < 40
            {
                self.shown += 1;
                eprintln!(
                    "--- {names} · {} {} · {place:?} {form:?} · {outcome:?}\n{markup}\n=>\n{}\n",
                    post.kind,
                    post.id,
                    shown(&article)
                );
            }
            *self.failed.entry((names, post.kind)).or_default() += 1;
        }
    }

    fn shares(&self) -> [f64; 3] {
        let share = |part: usize, of: usize| 100.0 * part as f64 / of as f64;
        [
            share(self.paragraphs, self.clips * PARAGRAPHS.len()),
            share(self.clean, self.clips),
            share(self.posts, self.clips),
        ]
    }

    fn report(&self, name: &str) {
        let [paragraphs, clean, posts] = self.shares();
        eprintln!(
            "{name}: {} clips, {paragraphs:.2} % of paragraphs word for word, {clean:.2} % without residue, {posts:.2} % of posts whole",
            self.clips
        );
        let mut failed: Vec<_> = self.failed.iter().collect();
        failed.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for ((damage, kind), count) in failed.iter().take(60) {
            eprintln!("  {count:>4}  {kind:<12} {damage}");
        }
    }
}

/// The blocks that should not be there, and the embeds.
fn shown(article: &Article) -> String {
    let odd = article.blocks.iter().filter(|block| !block.text().is_some_and(|text| PARAGRAPHS.contains(&text)));
    odd.map(|block| format!("{block:?}\n")).collect()
}

/// Each damage on each post in each place and form.
#[test]
fn every_damage_alone() {
    let mut score = Score::default();
    for post in POSTS {
        for (number, damage) in DAMAGES.iter().enumerate() {
            for (turn, place) in PLACES.into_iter().enumerate() {
                score.run(post, &[damage], place, FORMS[(number + turn) % FORMS.len()]);
            }
        }
    }
    score.report("alone");
    assert!(score.shares().into_iter().all(|share| share >= 98.0), "{:?}", score.shares());
}

/// Pairs of damages, a different place and form for each.
#[test]
fn damages_in_pairs() {
    let mut score = Score::default();
    for (seed, post) in POSTS.iter().enumerate() {
        for (first, one) in DAMAGES.iter().enumerate() {
            for (second, two) in DAMAGES.iter().enumerate().skip(first + 1) {
                if (seed + 3 * first + second) % 5 == 0 {
                    let turn = seed + first * 7 + second;
                    score.run(post, &[one, two], PLACES[turn % PLACES.len()], FORMS[turn / 2 % FORMS.len()]);
                }
            }
        }
    }
    score.report("pairs");
    assert!(score.shares().into_iter().all(|share| share >= 98.0), "{:?}", score.shares());
}

/// Markup cut off anywhere costs no word of the article.
#[test]
fn cut_anywhere() {
    let (mut whole, mut all) = (0, 0);
    for (seed, post) in POSTS.iter().enumerate() {
        for end in (20..post.markup.len()).step_by(41).map(|end| post.markup.floor_char_boundary(end)) {
            let form = FORMS[(seed + end) % FORMS.len()];
            let place = [Place::Middle, Place::First, Place::Lines][end % 3];
            let article = clean(draft(&post.markup[..end], post, place, form), &[]).article;
            let kept = outcome(&article, post, place).paragraphs;
            if kept < PARAGRAPHS.len() && std::env::var("SHOW").is_ok() {
                eprintln!("--- {place:?} {form:?} {}\n=> {}", &post.markup[..end], shown(&article));
            }
            whole += kept;
            all += PARAGRAPHS.len();
        }
    }
    eprintln!("cut anywhere: {whole} of {all} paragraphs");
    assert!(whole * 100 >= all * 97, "{whole} of {all}");
}

#[test]
#[ignore = "takes a minute"]
fn everything() {
    for held_out in [false, true] {
        let mut score = Score::default();
        for post in POSTS.iter().filter(|post| post.held_out == held_out) {
            for (first, one) in DAMAGES.iter().enumerate() {
                for two in DAMAGES.iter().skip(first + 1) {
                    for place in PLACES {
                        for form in FORMS {
                            score.run(post, &[one, two], place, form);
                        }
                    }
                }
            }
        }
        score.report(if held_out { "held out" } else { "tuned" });
    }
}
