//! What stands around an article goes, what looks like it stays: whole clips through all the rules.

use crate::article::{Article, Block, Body, Draft};
use crate::clean::clean;

const FIRST: &str = "Le conseil municipal de Sombreval a voté mardi soir, par douze voix contre neuf, la vente du bac qui reliait les deux rives.";
const SECOND: &str = "La passerelle, inaugurée au printemps, a vu passer quarante mille piétons en trois mois, selon le comptage de la mairie.";
const THIRD: &str = "Le passeur, lui, a promis une dernière traversée gratuite dimanche, si la rivière le permet et si la fanfare vient.";

fn clip(lines: &[&str]) -> Article {
    let text = lines.join("\n\n");
    clean(Draft { body: Body::Clip(text), ..Draft::default() }, &[]).article
}

/// The article of a clip that has `line` between its paragraphs.
fn between(line: &str) -> Article {
    clip(&["Le bac est vendu", FIRST, SECOND, line, THIRD, FIRST])
}

#[test]
fn what_papers_write_around_articles_goes() {
    for line in [
        "Lire aussi",
        "Lire aussi : Le bac ne passera plus",
        "LIRE AUSSI > Le bac ne passera plus",
        "À lire aussi Le bac ne passera plus",
        "À LIRE AUSSI – Pourquoi la rivière déborde",
        "Lire également : « On nous a oubliés »",
        "» Lire aussi - Le bac ne passera plus",
        "Sur le même sujet",
        "Abonnez-vous",
        "Abonnez-vous à partir de 1 € par mois",
        "S’abonner",
        "Déjà abonné ? Se connecter",
        "Réservé aux abonnés",
        "Article réservé aux abonnés",
        "Publicité",
        "PUBLICITÉ",
        "La suite après cette publicité",
        "Temps de lecture : 3 min",
        "Temps de lecture 4 min.",
        "Lecture : 3 min",
        "3 min de lecture",
        "Partager",
        "Partager l’article",
        "Partager sur Facebook",
        "Partager sur Twitter",
        "Copier le lien",
        "Envoyer par e-mail",
        "Imprimer",
        "Commenter",
        "Commenter (12)",
        "12 commentaires",
        "0 partage",
        "Écouter l’article",
        "Écouter cet article",
        "Offrir cet article",
        "Suivez-nous sur Google News",
        "Inscrivez-vous à notre newsletter",
        "Recevez chaque matin l’essentiel de l’actualité dans votre boîte mail.",
        "Votre adresse e-mail est utilisée pour vous envoyer nos lettres. Vous pouvez vous désinscrire à tout moment.",
        "Nous utilisons des cookies pour mesurer l’audience et vous proposer des publicités. En savoir plus, accepter, refuser ou paramétrer les cookies de nos 312 partenaires.",
        "Crédit photo : Léa Roux",
        "© AFP",
        "© Léa Roux / Le Courrier du Val",
        "Photo Léa Roux / AFP",
        "(Photo d’archives Léa Roux)",
        "Photo : le bac à quai, lundi.",
        "Illustration : Getty Images",
        "REUTERS/Lea Roux",
        "Tous droits réservés",
        "Le Courrier du Val – Tous droits réservés",
        "Read more",
        "Read more: The ferry is sold",
        "Related articles",
        "Advertisement",
        "Sign up for our newsletter",
        "Share this article",
        "5 min read",
        "Photo by Lea Roux/Getty Images",
        "Image credit: Lea Roux",
        "Lesen Sie auch",
        "Lesen Sie auch: Die Fähre ist verkauft",
        "Mehr zum Thema",
        "Anzeige",
        "Jetzt abonnieren",
        "Nur für Abonnenten",
        "Artikel teilen",
        "Lesezeit: 3 Minuten",
    ] {
        let article = between(line);
        assert_eq!(article.text(), [FIRST, SECOND, THIRD, FIRST].join("\n\n"), "{line}");
        assert!(!article.truncated, "{line}: the text goes on after it");
    }
}

#[test]
fn sentences_and_cross_heads_stay() {
    for line in [
        "Lire aussi les poètes, c’est vivre, disait-il au micro.",
        "Lire aussi Proust fatigue les yeux.",
        "Publicité mensongère : la DGCCRF enquête",
        "Partager la valeur devient une obligation",
        "Partager cet espace ne fut pas simple.",
        "Abonnez-vous à la vie, répétait le passeur à qui voulait l’entendre.",
        "« Abonnez-vous à notre newsletter », disait l’affiche.",
        "Recevez chaque invité comme un prince, dit le proverbe.",
        "Imprimer coûte cher",
        "Commenter n’est pas jouer",
        "Il vous reste dix jours",
        "Photo de famille",
        "Crédit : les banques resserrent la vis",
        "Source de conflits",
        "Cookies",
        "Facebook",
        "Newsletter, blogs et podcasts",
        "Trois minutes de lecture publique",
        "Par temps de pluie",
        "Réservé aux piétons",
        "Anzeigepflicht für Vereine",
        "Share prices fall",
        "Related party transactions",
        "Le 21 juillet 1941.",
        "Pour lire la suite, il faudra attendre l’automne.",
        "Des centaines d’abonnés ont perdu votre compte de points.",
        "1984",
        "Avec Paris",
    ] {
        let article = between(line);
        assert_eq!(article.text(), [FIRST, SECOND, line, THIRD, FIRST].join("\n\n"), "{line}");
        assert!(!article.truncated, "{line}");
    }
}

#[test]
fn a_paywall_at_the_end_cuts_the_article_off() {
    for line in [
        "Il vous reste 74,2 % de cet article à lire. La suite est réservée aux abonnés.",
        "Il vous reste 80% à découvrir. Vous avez envie de lire la suite ?",
        "La suite est réservée aux abonnés.",
        "Article réservé aux abonnés",
        "Cet article est réservé aux abonnés.",
        "Abonnez-vous pour lire la suite",
        "Vous souhaitez lire la suite ? Abonnez-vous dès 1 €",
        "Subscribe to continue reading",
        "To continue reading, log in or create an account.",
        "This article is for subscribers only.",
        "Weiterlesen mit Kurier Plus",
        "Sie möchten weiterlesen? Jetzt Abo abschließen",
        "Dieser Artikel ist nur für Abonnenten.",
    ] {
        let article =
            clip(&["Le bac est vendu", FIRST, SECOND, line, "Déjà abonné ? Connectez-vous", "Sans engagement"]);
        assert!(article.truncated, "{line}");
        assert_eq!(article.text(), [FIRST, SECOND].join("\n\n"), "{line}");
    }
}

#[test]
fn titles_under_a_label_go_but_not_the_cross_head_after_them() {
    let article = clip(&[
        "Le bac est vendu",
        FIRST,
        SECOND,
        "Lire aussi",
        "Le bac ne passera plus le dimanche",
        "Une rive oubliée",
        THIRD,
        FIRST,
        "Sur le même sujet",
        "La passerelle ouvre avec un mois d’avance",
        "Les pêcheurs contre la passerelle de Sombreval",
    ]);
    let heads: Vec<&str> = article
        .blocks
        .iter()
        .filter_map(|block| match block {
            Block::Heading { text } => Some(text.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(heads, ["Une rive oubliée"]);
    assert_eq!(article.text(), [FIRST, SECOND, "Une rive oubliée", THIRD, FIRST].join("\n\n"));
}

#[test]
fn bylines_dates_and_agencies_go_into_their_fields() {
    for (lines, authors, agency, date) in [
        (&["Par Léa Roux"][..], &["Léa Roux"][..], None, None),
        (&["Par Léa Roux avec AFP"], &["Léa Roux"], Some("AFP"), None),
        (&["Par Léa Roux et Jo Bas, à Rome"], &["Léa Roux", "Jo Bas"], None, None),
        (&["Par LÉA ROUX (avec Reuters)"], &["LÉA ROUX"], Some("Reuters"), None),
        (&["(avec Reuters)"], &[], Some("Reuters"), None),
        (&["Le Courrier avec AFP"], &[], Some("AFP"), None),
        (&["Source : AFP"], &[], Some("AFP"), None),
        (&["De notre correspondant à Rome, Jo Bas"], &["Jo Bas"], None, None),
        (&["De notre envoyée spéciale à Kiev"], &[], None, None),
        (&["Propos recueillis par Léa Roux"], &["Léa Roux"], None, None),
        (&["By Lea Roux"], &["Lea Roux"], None, None),
        (&["Von Eva Lund"], &["Eva Lund"], None, None),
        (&["Léa Roux", "Publié le 3 mars 2025 à 10h05"], &["Léa Roux"], None, Some("2025-03-03T10:05:00")),
        (&["Mis à jour le 4 mars 2025", "Publié le 3 mars 2025"], &[], None, Some("2025-03-03")),
        (&["Publié hier à 18h05"], &[], None, None),
        (&["Paris, le 3 mars 2025"], &[], None, Some("2025-03-03")),
    ] {
        let all: Vec<&str> =
            ["Le bac est vendu"].into_iter().chain(lines.iter().copied()).chain([FIRST, SECOND, THIRD]).collect();
        let article = clip(&all);
        assert_eq!(article.text(), [FIRST, SECOND, THIRD].join("\n\n"), "{lines:?}");
        assert_eq!(article.authors, authors, "{lines:?}");
        assert_eq!(article.agency.as_deref(), agency, "{lines:?}");
        assert_eq!(article.date().map(|date| date.to_string()).as_deref(), date, "{lines:?}");
    }
}

#[test]
fn a_dateline_stays_in_the_text_and_is_read() {
    let begun = format!("PARIS (AFP) – {FIRST}");
    let article = clip(&["Le bac est vendu", &begun, SECOND, THIRD]);
    assert_eq!(article.text(), [&begun, SECOND, THIRD].join("\n\n"));
    assert_eq!(article.agency.as_deref(), Some("AFP"));
    let begun = format!("Paris, le 3 mars 2025 – {FIRST}");
    let article = clip(&["Le bac est vendu", &begun, SECOND, THIRD]);
    assert_eq!(article.date().unwrap().to_string(), "2025-03-03");
    assert_eq!(article.text(), [&begun, SECOND, THIRD].join("\n\n"));
}

#[test]
fn a_name_under_the_text_signs_it() {
    let article = clip(&["Le bac est vendu", FIRST, SECOND, THIRD, "Léa Roux", "(avec AFP)"]);
    assert_eq!(article.agency.as_deref(), Some("AFP"));
    let article = clip(&["Le bac est vendu", FIRST, SECOND, THIRD, "Léa Roux"]);
    assert_eq!(article.authors, ["Léa Roux"]);
    assert_eq!(article.text(), [FIRST, SECOND, THIRD].join("\n\n"));
}
