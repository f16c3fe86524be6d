//! What holds for pages and fragments.

use super::extract;
use super::selectors::{BOILERPLATE, DOUBTFUL};
use crate::article::Draft;
use crate::clean::Ledger;
use crate::clean::layout::{EMBED, HEADING, ITEM, QUOTE};

fn read(html: &str) -> (Draft, Ledger) {
    let (mut draft, mut ledger) = (Draft::default(), Ledger::default());
    extract(html, &mut draft, &mut ledger);
    (draft, ledger)
}

const FIRST: &str =
    "Le maire de Sombreval a inauguré mardi la passerelle que les habitants attendaient depuis la crue.";
const SECOND: &str =
    "Elle remplace le bac, dont le moteur était tombé en panne trois fois pendant l’hiver, selon la mairie.";
const THIRD: &str =
    "Les travaux de la rive gauche commenceront après les vendanges, si le budget est voté en septembre.";

#[test]
fn chooses_the_article_and_leaves_the_rest() {
    let page = format!(
        "<html lang=fr><body><nav><a href=/>Accueil</a></nav><div class=teasers>\
         <div><h3><a href=/a>Un titre ailleurs</a></h3><p>Une accroche qui parle de tout autre chose, et qui est longue.</p></div>\
         <div><h3><a href=/b>Un second titre</a></h3><p>Une accroche encore, pour un article que personne ne lit ici.</p></div></div>\
         <div class=story><h1>La passerelle</h1><p>{FIRST}</p><div class=pub>Publicité</div><p>{SECOND}</p><h2>La rive gauche</h2><p>{THIRD}</p></div>\
         <div id=comments><p>Un commentaire indigné qui fait une phrase entière, et même davantage que cela.</p></div></body></html>"
    );
    let (draft, ledger) = read(&page);
    assert_eq!(draft.text, format!("{FIRST}\n\n{SECOND}\n\n{HEADING}La rive gauche\n\n{THIRD}"));
    assert_eq!(draft.headline.as_deref(), Some("La passerelle"));
    assert!(
        ledger.dropped.iter().any(|dropped| dropped.selector.contains(".comments") || dropped.text.contains("indigné"))
    );
    assert!(!draft.linear);
}

#[test]
fn one_long_comment_of_many_is_not_the_article() {
    let rant =
        "Cette passerelle, on nous la promettait depuis dix ans, et personne ne la croyait plus possible. ".repeat(9);
    let (draft, _) = read(&format!(
        "<html lang=fr><body><div class=story><h1>La passerelle</h1><p>{FIRST}</p><p>{SECOND}</p></div><div id=forum>\
         <div class=comment><p>Enfin.</p></div><div class=comment><p>{rant}</p></div><div class=comment><p>Bravo !</p></div></div></body></html>"
    ));
    assert_eq!(draft.text, format!("{FIRST}\n\n{SECOND}"));
}

#[test]
fn what_stands_under_a_closing_heading_goes() {
    let teasers =
        "<div><p>Une accroche qui parle de tout autre chose, et qui est longue, longue et longue encore.</p></div>"
            .repeat(4);
    let (draft, ledger) = read(&format!(
        "<html lang=fr><body><main><h1>La passerelle</h1><p>{FIRST}</p><p>{SECOND}</p><section><div><h3>Articles similaires</h3></div>{teasers}</section></main></body></html>"
    ));
    assert_eq!(draft.text, format!("{FIRST}\n\n{SECOND}"));
    assert!(ledger.dropped.iter().any(|dropped| dropped.selector.contains("under such a heading")));
    let (draft, _) = read(&format!(
        "<html lang=fr><body><main><h1>La passerelle</h1><p>{FIRST}</p><h3>À lire aussi</h3><ul><li><a href=/a>Un titre ailleurs</a></li></ul><p>{SECOND}</p></main></body></html>"
    ));
    assert_eq!(draft.text, format!("{FIRST}\n\n{SECOND}"), "the article goes on after the links");
}

#[test]
fn an_article_laid_out_in_cells_is_taken_whole() {
    let (draft, _) = read(&format!(
        "<html lang=fr><body><table><tr><td><a href=/>Accueil</a></td><td>{FIRST} {FIRST} {FIRST}</td></tr>\
         <tr><td colspan=2><div><p>{SECOND}</p><p>{THIRD}</p><p>{SECOND}</p></div></td></tr></table></body></html>"
    ));
    assert_eq!(draft.text, format!("{FIRST} {FIRST} {FIRST}\n\n{SECOND}\n\n{THIRD}\n\n{SECOND}"));
}

#[test]
fn lays_out_lists_quotes_and_line_breaks() {
    let (draft, _) = read(&format!(
        "<p>{FIRST}<br><br>{SECOND}<br>Suite.</p><blockquote>Cité.</blockquote><ul><li>un</li><li><p>deux</p></li></ul><pre>a\n b</pre>"
    ));
    assert_eq!(draft.text, format!("{FIRST}\n\n{SECOND}\nSuite.\n\n{QUOTE}Cité.\n\n{ITEM}un\n\n{ITEM}deux\n\na\nb"));
}

#[test]
fn short_lines_in_bold_are_cross_heads() {
    let (draft, _) = read(&format!(
        "<p>{FIRST}</p><p><strong>La rive gauche</strong></p><p>{SECOND}</p><p><b>Et le bac ?</b><br>{THIRD}</p><p><b>Non.</b> {FIRST}</p><p><b>Odile Sarre</b></p>"
    ));
    let expected = [
        FIRST.to_owned(),
        format!("{HEADING}La rive gauche"),
        SECOND.to_owned(),
        format!("{HEADING}Et le bac ?"),
        THIRD.to_owned(),
        format!("Non. {FIRST}"),
        "Odile Sarre".to_owned(),
    ];
    assert_eq!(draft.text, expected.join("\n\n"));
}

#[test]
fn a_fragment_is_all_body() {
    let (draft, _) = read("<p>Court.</p><p><a href=x>Un lien seul</a></p><script>non</script>");
    assert_eq!(draft.text, "Court.\n\nUn lien seul");
}

#[test]
fn rows_of_figures_stay_rows() {
    let (draft, _) = read(
        "<table><tr><td>1</td><td>Anselme</td><td>27</td></tr><tr><td>2</td><td>Odile</td><td>19</td></tr></table>",
    );
    assert_eq!(draft.text, "1 | Anselme | 27\n\n2 | Odile | 19");
}

#[test]
fn a_french_lead_goes_before_the_text_and_is_not_said_twice() {
    let chapo =
        "Quatre ans après la crue, Sombreval retrouve un chemin vers l’autre rive, et ses commerçants respirent.";
    let (draft, _) = read(&format!(
        "<html lang=fr><body><h1>La passerelle</h1><div class=article__chapo>{chapo}</div><div class=article-body><p>{FIRST}</p><p>{SECOND}</p></div></body></html>"
    ));
    assert_eq!(draft.lead.as_deref(), Some(chapo));
    assert_eq!(draft.text, format!("{FIRST}\n\n{SECOND}"));
}

#[test]
fn a_word_of_a_sentence_stays_whatever_its_class() {
    let (draft, _) = read(&format!(
        "<html lang=fr><body><article><p>{FIRST}</p><p>Selon <a class=tag href=/o>Odile Sarre</a>, que la commune a consultée en mai, \
         <span class=author>Anselme Roy</span> avait tort de craindre la crue ; elle l’a dit <a class=related-link href=/m>au maire</a>. Voir « <a class=tag href=/l>La Crue</a> » !</p>\
         <p>{SECOND}</p><p class=x><span class=date>3 mai 2021</span></p></article></body></html>"
    ));
    assert!(draft.text.contains("Selon Odile Sarre, que"), "{}", draft.text);
    assert!(
        draft.text.contains("Anselme Roy avait tort de craindre la crue ; elle l’a dit au maire. Voir « La Crue » !"),
        "{}",
        draft.text
    );
}

#[test]
fn a_name_in_a_sentence_stays_without_the_card_that_opens_on_it() {
    let card = "<a class=name href=/p/1>Ana Roche</a><a href=/a/1>Le port rouvre en mai</a><a href=/a/2>Les digues du Val</a>\
                <a href=/a/3>Ce que coûte la passerelle, article après article</a><a href=/p>TOUT LIRE</a>";
    let (draft, _) = read(&format!(
        "<html><body><article><p>{FIRST}</p><p>Un homme a menacé la maire <span class=rollover-people><a class=rollover-people-link \
         href=/p/1>Ana Roche</a><span class=rollover-people-block>{card}</span></span> (sans étiquette), a dit le parquet de \
         Sainte-Ardoise jeudi.</p><p>{SECOND}</p></article></body></html>"
    ));
    let sentence = "Un homme a menacé la maire Ana Roche (sans étiquette), a dit le parquet de Sainte-Ardoise jeudi.";
    assert!(draft.text.contains(sentence), "{}", draft.text);
}

#[test]
fn notes_are_kept_wherever_the_page_sets_them() {
    let (draft, _) = read(&format!(
        "<html lang=fr><body><article><p>{FIRST}</p><p>{SECOND} <a href='#n1'>[1]</a> Le débit fut de 10<sup>6</sup> m<sup>3</sup>.</p></article>\
         <div><h2>Notes</h2><div id=n1><p>[1] Relevés de la commune.</p></div></div><div><p id=n2>Rien de tel.</p></div></body></html>"
    ));
    assert!(draft.text.ends_with("10⁶ m³.\n\n[1] Relevés de la commune."), "{}", draft.text);
}

#[test]
fn a_column_is_a_column_however_it_is_set() {
    let (draft, _) = read(
        "<table><tr><td><p>Ville</p></td><td><p><b>Nombre</b></p><p>d’abonnés</p></td></tr><tr><td>Sombreval</td><td><div>27</div></td></tr></table>",
    );
    assert_eq!(draft.text, "Ville | Nombre d’abonnés\n\nSombreval | 27");
}

#[test]
fn a_lead_loses_the_label_set_before_it() {
    let lead = "La commune rend la passerelle aux piétons avec effet immédiat.";
    let (draft, _) = read(&format!(
        "<html lang=fr><head><meta name=description content='{lead} '></head><body><div><h1>La passerelle</h1><h3><span>Val</span>{lead}</h3></div>\
         <div class=article-body><p>{FIRST}</p><p>{SECOND}</p></div></body></html>"
    ));
    assert_eq!(draft.lead.as_deref(), Some(lead));
}

#[test]
fn a_description_that_nobody_sees_is_no_lead() {
    let (draft, _) = read(&format!(
        "<html lang=fr><head><meta property=og:description content='Jamais montré.'></head><body><h1>T</h1><p>{FIRST}</p><p>{SECOND}</p></body></html>"
    ));
    assert_eq!(draft.lead, None);
}

#[test]
fn embeds_keep_their_place() {
    let (draft, _) = read(&format!(
        "<html lang=fr><body><article><p>{FIRST}</p><div class=social-embed><blockquote class=twitter-tweet><p lang=fr>Enfin !</p>&mdash; Odile (@odile) \
         <a href='https://twitter.com/odile/status/42'>3 mai 2021</a></blockquote></div><p>{SECOND}</p>\
         <iframe data-src='//www.youtube.com/embed/abcdefghijk' src='about:blank'></iframe><p>{THIRD}</p></article></body></html>"
    ));
    assert_eq!(draft.text, format!("{FIRST}\n\n{EMBED}0\n\n{SECOND}\n\n{EMBED}1\n\n{THIRD}"));
    let kinds: Vec<&str> = draft.embeds.iter().map(|embed| embed.kind.as_str()).collect();
    assert_eq!(kinds, ["twitter", "youtube"]);
}

#[test]
fn metadata_comes_from_the_surest_source() {
    let (draft, _) = read(&format!(
        "<html lang=fr-FR><head><title>Titre de page | Le Courrier</title>\
         <meta property=og:title content='Titre partagé | Le Courrier'><meta property=og:site_name content='Le Courrier'>\
         <meta name=author content='Par Anselme Roy et Odile Sarre'>\
         <meta property=article:published_time content='2021-05-04T10:00:00+02:00'>\
         <script type=application/ld+json>{{\"@type\":\"NewsArticle\",\"headline\":\"Titre d&#39;origine\",\
         \"author\":{{\"@type\":\"Organization\",\"name\":\"Le Courrier\"}},\"datePublished\":\"2021-05-03\"}};</script></head>\
         <body><h1>Titre</h1><p>{FIRST}</p></body></html>"
    ));
    assert_eq!(draft.headline.as_deref(), Some("Titre d'origine"));
    assert_eq!(draft.authors, ["Anselme Roy", "Odile Sarre"]);
    assert_eq!(draft.publisher.as_deref(), Some("Le Courrier"));
    assert_eq!(draft.language.as_deref(), Some("fr"));
    let date = draft.date_published.unwrap();
    assert_eq!((date.text.as_str(), date.source.as_str()), ("2021-05-03", "json-ld"));
}

#[test]
fn the_teasers_of_a_page_sign_nothing_and_an_agency_is_no_paper() {
    let (draft, _) = read(&format!(
        "<html lang=fr><head><title>La passerelle rouvre | Le Courrier</title><meta property=og:site_name content='Le Courrier | Le Val en direct'>\
         <meta property=article:published_time content='2021-05-03T08:00:00+02:00'>\
         <script type=application/ld+json>[{{\"@type\":\"NewsArticle\",\"headline\":\"Les saules repoussent\",\
         \"author\":\"Odile Sarre\",\"datePublished\":\"2020-01-01\"}},{{\"@type\":\"NewsArticle\",\"headline\":\"La passerelle rouvre\",\
         \"publisher\":{{\"name\":\"AFP\"}},\"datePublished\":\"2021-05-03\"}}]</script></head><body><h1>La passerelle rouvre</h1><p>{FIRST}</p></body></html>"
    ));
    assert_eq!(draft.headline.as_deref(), Some("La passerelle rouvre"));
    assert!(draft.authors.is_empty());
    assert_eq!(draft.publisher.as_deref(), Some("Le Courrier"));
    let date = draft.date_published.and_then(|stated| stated.date).unwrap();
    assert_eq!(date.to_string(), "2021-05-03T08:00:00+02:00");
}

#[test]
fn what_counts_visits_takes_nothing_of_what_a_page_says_of_itself() {
    let (draft, _) = read(
        r#"<html><head><title>Le port rouvre</title>
        <script type="application/ld+json">{"@type":"NewsArticle","headline":"Le port rouvre","datePublished":"2024-05-03",
        "author":{"name":"Ana Roche"}}</script>
        <script>track('visit');</script></head><body>
        <img src="https://www.facebook.com/tr?id=51&amp;ev=PageView&amp;noscript=1">
        <script>track('view');</script>
        <noscript><iframe src="//www.googletagmanager.com/ns.html?id=GTM-1"></iframe></noscript>
        <p>Le port rouvre lundi, a dit la mairie de Sainte-Ardoise, après deux ans de travaux et bien des retards.</p>
        </body></html>"#,
    );
    assert_eq!(draft.authors, ["Ana Roche"]);
    assert!(draft.date_published.is_some(), "the date is in the script");
}

#[test]
fn who_said_what_is_checked_did_not_write_the_check() {
    let (draft, _) = read(
        r#"<html><head><script type="application/ld+json">{"@type":"ClaimReview","headline":"Faux : le pont n'est pas fermé",
        "itemReviewed":{"@type":"NewsArticle","name":"Faux : le pont n'est pas fermé","author":{"name":"Le ministère"},"datePublished":"2019-11-18"}}</script></head>
        <body><p>Le pont est ouvert depuis mardi, comme chacun peut le voir à Sainte-Ardoise, et rien ne le fermera.</p></body></html>"#,
    );
    assert!(draft.authors.is_empty(), "{:?}", draft.authors);
}

#[test]
fn metadata_is_read_from_every_dialect() {
    let (title, text) = ("<h1>La passerelle</h1>", format!("<p>{FIRST}</p><p>{SECOND}</p>"));
    for (head, body, author, date) in [
        (
            "<script type=application/ld+json>{&quot;@type&quot;:&quot;NewsArticle&quot;,&quot;author&quot;:{&quot;name&quot;:[&quot;Odile Sarre&quot;]},&quot;datePublished&quot;:[&quot;2021-05-03&quot;]}</script>",
            "",
            "Odile Sarre",
            "2021-05-03",
        ),
        (
            "<meta name='DC:date' content='2021-05-03'><meta name='DC.creator' content='Sarre, Odile'>",
            "",
            "Odile Sarre",
            "2021-05-03",
        ),
        (
            "<meta name=parsely-author content='Odile Sarre'><meta name=parsely-pub-date content='2021-05-03'>",
            "",
            "Odile Sarre",
            "2021-05-03",
        ),
        (
            "<meta name=sailthru.author content='Odile Sarre'><meta name=sailthru.date content='2021-05-03'>",
            "",
            "Odile Sarre",
            "2021-05-03",
        ),
        (
            "",
            "<span property='schema:author'>Odile Sarre</span> <span property='dc:datePublished' content='2021-05-03'>lundi</span>",
            "Odile Sarre",
            "2021-05-03",
        ),
        (
            "",
            "<a rel=author href=/o>Odile Sarre</a> <span class=date data-date='2021-05-03'>lundi</span>",
            "Odile Sarre",
            "2021-05-03",
        ),
        ("", "<p>Par <a href=/o>Odile Sarre</a></p><p>lundi 3 mai 2021</p>", "Odile Sarre", "2021-05-03"),
        (
            "<link rel=canonical href=https://val.example/2021/05/03/passerelle>",
            "<p class=byline>Par Odile Sarre, à Sombreval</p>",
            "Odile Sarre",
            "2021-05-03",
        ),
        (
            "<title>La passerelle | Val | 3 mai 2021</title>",
            "<p class=auteur>Odile Sarre</p>",
            "Odile Sarre",
            "2021-05-03",
        ),
    ] {
        let page = format!("<html lang=fr><head>{head}</head><body>{title}{body}{text}</body></html>");
        let (draft, _) = read(&page);
        assert_eq!(draft.authors.first().map(String::as_str), Some(author), "{head}{body}");
        assert_eq!(
            draft.date_published.and_then(|stated| stated.date).map(|date| date.to_string()).as_deref(),
            Some(date),
            "{head}{body}"
        );
    }
}

#[test]
fn what_the_format_said_already_stays() {
    let mut draft =
        Draft { headline: Some("Déjà là".to_owned()), lead: Some("Aussi.".to_owned()), ..Draft::default() };
    extract(
        "<html><head><title>Autre</title></head><body><p>Texte.</p></body></html>",
        &mut draft,
        &mut Ledger::default(),
    );
    assert_eq!((draft.headline.as_deref(), draft.lead.as_deref()), (Some("Déjà là"), Some("Aussi.")));
}

#[test]
fn what_costs_too_much_is_stripped_in_a_line() {
    for html in [
        format!("{}Fin &eacute;crite.", "<div>".repeat(8_000)),
        format!("{}Fin &#233;crite.", (0..3_000).map(|size| format!("<font size={size}><p>")).collect::<String>()),
        format!("<p {}>Fin écrite.", (0..2_000).map(|number| format!("a{number}=1 ")).collect::<String>()),
    ] {
        let (draft, _) = read(&html);
        assert!(draft.linear);
        assert_eq!(draft.text, "Fin écrite.");
    }
}

#[test]
fn the_lists_of_words_are_sorted() {
    for list in [BOILERPLATE, DOUBTFUL] {
        assert!(list.iter().map(|word| word.trim_end_matches('*')).is_sorted());
    }
}

proptest::proptest! {
    #[test]
    fn never_panics_and_is_always_the_same(
        pieces in proptest::collection::vec(
            proptest::sample::select(vec![
                "<", ">", "<div class='comments'>", "</div>", "<p>", "</p>", "<a href=x>", "</a>", "<b>", "<table><tr><td>", "</table>",
                "<script type=application/ld+json>", "{\"@type\":\"Article\",\"author\":[", "]}", "</script>", "<h1>", "<br>", "<li>",
                "<blockquote class=twitter-tweet>", "<iframe src=//x.example>", "<!--", "-->", "&eacute;", "&#x110000;", "é", "\u{FDD5}7",
                "<title>", "<time datetime=2021>", "Une phrase qui compte, elle.", " ", "\n", "=\"", "'", "<svg>", "<noscript>", "</",
            ]),
            0..60,
        ),
    ) {
        let html = pieces.concat();
        proptest::prop_assert_eq!(read(&html), read(&html));
    }

    #[test]
    fn takes_any_text(text in "\\PC{0,200}") {
        read(&text);
    }
}
