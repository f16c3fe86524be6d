//! Posts, and the markup in which the services give them out to be embedded. All outlets, people and words are invented.

use super::random::Random;

/// What a post says.
#[derive(Clone)]
pub(crate) struct Post {
    pub(crate) service: &'static str,
    pub(crate) handle: String,
    pub(crate) id: String,
    pub(crate) words: String,
}

/// A form in which a service's posts come. `{author}`, `{handle}`, `{id}`, `{words}` and `{date}` are filled in.
pub(crate) struct Template {
    pub(crate) service: &'static str,
    pub(crate) name: &'static str,
    pub(crate) markup: &'static str,
    /// Whether it names the account so that the embed must.
    pub(crate) handle: bool,
    /// How the post's identity is written in its address.
    pub(crate) id: Id,
}

/// How services number their posts.
#[derive(Clone, Copy)]
pub(crate) enum Id {
    Digits,
    Letters(usize),
}

const WORDS: [&str; 10] = [
    "Le pont de Valbourg rouvre demain à 6 h, merci de votre patience",
    "thanks but no thanks, our price is 42 euros and a croissant",
    "« On ne lâche rien », dit la présidente du club #Valbourg #Hand",
    "Grand merci à @mairie_valbourg et @LyceeDumas pour l’accueil 🎉",
    "5 < 7 % : voilà le chiffre que personne ne cite",
    "Nos archives sont là https://t.co/Ab3dEf9hIj pic.twitter.com/Zx81LmQpRs",
    "Première ligne du communiqué.<br>Deuxième ligne, plus courte.",
    "L’été sera chaud ☀️ et l’œuvre d’Élodie aussi : 1 200 visiteurs !",
    "“We did it”, said the mayor - and left",
    "Réponse à 20 h. Pas avant",
];
const PEOPLE: [(&str, &str); 6] = [
    ("Zoé Marchal", "zoemarchal"),
    ("Jonas Altberg", "j_altberg"),
    ("Ville de Valbourg", "valbourg38"),
    ("Radio Lutèce", "RadioLutece"),
    ("Karim Delmas 🏉", "kdelmas"),
    ("Gazette du Rhône", "gazette_rhone"),
];
const DATES: [&str; 3] = ["10 février 2025", "3 mai 2024", "November 7, 2023"];

impl Template {
    /// A post in this form, and its markup.
    pub(crate) fn fill(&self, random: &mut Random) -> (Post, String) {
        let (author, handle) = PEOPLE[random.below(PEOPLE.len())];
        let handle = match self.service {
            "bluesky" => format!("{}.bsky.social", handle.replace('_', "-").to_lowercase()),
            _ => handle.to_owned(),
        };
        let id = match self.id {
            Id::Digits => format!("1{:018}", random.next() % 1_000_000_000_000_000_000),
            Id::Letters(length) => (0..length)
                .map(|_| char::from(b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"[random.below(56)]))
                .collect(),
        };
        let words = random.pick(&WORDS);
        let markup = self
            .markup
            .replace("{author}", author)
            .replace("{handle}", &handle)
            .replace("{id}", &id)
            .replace("{words}", &words.replace(" < ", " &lt; "))
            .replace("{date}", random.pick(&DATES));
        let words = if self.markup.contains("{words}") { words.replace("<br>", "\n") } else { String::new() };
        (Post { service: self.service, handle, id, words }, markup)
    }
}

const fn template(service: &'static str, name: &'static str, handle: bool, id: Id, markup: &'static str) -> Template {
    Template { service, name, markup, handle, id }
}

pub(crate) const TEMPLATES: &[Template] = &[
    template(
        "twitter",
        "tweet",
        true,
        Id::Digits,
        r#"<blockquote class="twitter-tweet"><p lang="fr" dir="ltr">{words}</p>&mdash; {author} (@{handle}) <a href="https://twitter.com/{handle}/status/{id}?ref_src=twsrc%5Etfw">{date}</a></blockquote> <script async src="https://platform.twitter.com/widgets.js" charset="utf-8"></script>"#,
    ),
    template(
        "twitter",
        "x.com",
        true,
        Id::Digits,
        "<blockquote align=\"center\" class=\"twitter-tweet\" data-width=\"520\" data-dnt=\"true\"><p dir=\"ltr\" lang=\"en\">{words}</p>\n\n— {author} (@{handle}) <a href=\"https://x.com/{handle}/status/{id}?ref_src=twsrc%5Etfw&amp;s=20\">{date}</a></blockquote>\n<script async=\"\" charset=\"utf-8\" src=\"https://platform.x.com/widgets.js\"></script>",
    ),
    template(
        "instagram",
        "media",
        true,
        Id::Letters(11),
        r#"<blockquote class="instagram-media" data-instgrm-captioned data-instgrm-permalink="https://www.instagram.com/p/{id}/?utm_source=ig_embed&amp;utm_campaign=loading" data-instgrm-version="14" style=" background:#FFF; border:0; border-radius:3px; margin: 1px; max-width:540px; padding:0; width:calc(100% - 2px);"><div style="padding:16px;"> <a href="https://www.instagram.com/p/{id}/?utm_source=ig_embed&amp;utm_campaign=loading" style=" background:#FFFFFF; line-height:0;" target="_blank"> <div style=" display: flex; flex-direction: row;"> <div style="background-color: #F4F4F4; height: 40px;"></div></div><div style="padding: 19% 0;"></div> <div style="padding-top: 8px;"> <div style=" color:#3897f0; font-family:Arial,sans-serif; font-size:14px;">Voir cette publication sur Instagram</div></div></a><p style=" color:#c9c8cd; text-align:center;"><a href="https://www.instagram.com/p/{id}/?utm_source=ig_embed&amp;utm_campaign=loading" style=" color:#c9c8cd;" target="_blank">Une publication partagée par {author} (@{handle})</a></p></div></blockquote> <script async src="//www.instagram.com/embed.js"></script>"#,
    ),
    template(
        "facebook",
        "post",
        false,
        Id::Digits,
        r#"<div id="fb-root"></div><script async defer crossorigin="anonymous" src="https://connect.facebook.net/fr_FR/sdk.js#xfbml=1&version=v18.0" nonce="aBcD1234"></script><div class="fb-post" data-href="https://www.facebook.com/{handle}/posts/{id}" data-width="500" data-show-text="true"><blockquote cite="https://www.facebook.com/{handle}/posts/{id}" class="fb-xfbml-parse-ignore"><p>{words}</p>Publiée par <a href="https://www.facebook.com/{handle}/">{author}</a> sur <a href="https://www.facebook.com/{handle}/posts/{id}">{date}</a></blockquote></div>"#,
    ),
    template(
        "facebook",
        "frame",
        false,
        Id::Digits,
        r#"<iframe src="https://www.facebook.com/plugins/post.php?href=https%3A%2F%2Fwww.facebook.com%2F{handle}%2Fposts%2F{id}&show_text=true&width=500" width="500" height="250" style="border:none;overflow:hidden" scrolling="no" frameborder="0" allowfullscreen="true" allow="autoplay; clipboard-write; encrypted-media; picture-in-picture; web-share"></iframe>"#,
    ),
    template(
        "youtube",
        "frame",
        false,
        Id::Letters(11),
        r#"<iframe width="560" height="315" src="https://www.youtube.com/embed/{id}?si=AbCdEfGhIjKl" title="YouTube video player" frameborder="0" allow="accelerometer; autoplay; clipboard-write; encrypted-media; gyroscope; picture-in-picture; web-share" referrerpolicy="strict-origin-when-cross-origin" allowfullscreen></iframe>"#,
    ),
    template(
        "youtube",
        "nocookie",
        false,
        Id::Letters(11),
        r#"<div class="video-container"><iframe src="https://www.youtube-nocookie.com/embed/{id}" frameborder="0" allowfullscreen="allowfullscreen" loading="lazy"></iframe></div>"#,
    ),
    template(
        "tiktok",
        "video",
        true,
        Id::Digits,
        r#"<blockquote class="tiktok-embed" cite="https://www.tiktok.com/@{handle}/video/{id}" data-video-id="{id}" style="max-width: 605px;min-width: 325px;"> <section> <a target="_blank" title="@{handle}" href="https://www.tiktok.com/@{handle}?refer=embed">@{handle}</a> <p>{words}</p> <a target="_blank" title="♬ son original - {author}" href="https://www.tiktok.com/music/son-original-7123?refer=embed">♬ son original - {author}</a> </section> </blockquote> <script async src="https://www.tiktok.com/embed.js"></script>"#,
    ),
    template(
        "bluesky",
        "post",
        true,
        Id::Letters(13),
        r#"<blockquote class="bluesky-embed" data-bluesky-uri="at://did:plc:z72i7hdynmk6r22z27h6tvur/app.bsky.feed.post/{id}" data-bluesky-cid="bafyreiabc" data-bluesky-embed-color-mode="system"><p lang="fr">{words}<br><br><a href="https://bsky.app/profile/did:plc:z72i7hdynmk6r22z27h6tvur/post/{id}?ref_src=embed">[image or embed]</a></p>&mdash; {author} (<a href="https://bsky.app/profile/did:plc:z72i7hdynmk6r22z27h6tvur?ref_src=embed">@{handle}</a>) <a href="https://bsky.app/profile/did:plc:z72i7hdynmk6r22z27h6tvur/post/{id}?ref_src=embed">{date}</a></blockquote><script async src="https://embed.bsky.app/static/embed.js" charset="utf-8"></script>"#,
    ),
    template(
        "mastodon",
        "frame",
        true,
        Id::Digits,
        r#"<iframe src="https://mastodon.social/@{handle}/{id}/embed" class="mastodon-embed" style="max-width: 100%; border: 0" width="400" allowfullscreen="allowfullscreen"></iframe><script src="https://mastodon.social/embed.js" async="async"></script>"#,
    ),
    template(
        "mastodon",
        "quote",
        true,
        Id::Digits,
        r#"<blockquote class="mastodon-embed" data-embed-url="https://piaille.fr/@{handle}/{id}/embed" style="background: #FCF8FF; border-radius: 8px; border: 1px solid #C9C4DA; margin: 0; max-width: 540px;"> <a href="https://piaille.fr/@{handle}/{id}" target="_blank" style="align-items: center; color: #1C1A25;"> <svg xmlns="http://www.w3.org/2000/svg" width="32" height="32" viewBox="0 0 79 75"><path d="M63 45.3v-20c0-4.1-1-7.3-3.2-9.7-2.1-2.4-5-3.7-8.5-3.7"/></svg> <div style="color: #787588; margin-top: 16px;">Post by @{handle}@piaille.fr</div> <div style="font-weight: 500;">View on Mastodon</div> </a> </blockquote> <script data-allowed-prefixes="https://piaille.fr/" async src="https://piaille.fr/embed.js"></script>"#,
    ),
    template(
        "linkedin",
        "frame",
        false,
        Id::Digits,
        r#"<iframe src="https://www.linkedin.com/embed/feed/update/urn:li:share:{id}" height="631" width="504" frameborder="0" allowfullscreen="" title="Post intégré"></iframe>"#,
    ),
    template(
        "datawrapper",
        "frame",
        false,
        Id::Letters(5),
        r#"<iframe title="Le chômage à Valbourg" aria-label="Graphique en barres" id="datawrapper-chart-{id}" src="https://datawrapper.dwcdn.net/{id}/3/" scrolling="no" frameborder="0" style="width: 0; min-width: 100% !important; border: none;" height="431" data-external="1"></iframe><script type="text/javascript">!function(){"use strict";window.addEventListener("message",(function(a){if(void 0!==a.data["datawrapper-height"]){var e=document.querySelectorAll("iframe");for(var t in a.data["datawrapper-height"])for(var r=0;r<e.length;r++)if(e[r].contentWindow===a.source){var i=a.data["datawrapper-height"][t]+"px";e[r].style.height=i}}}))}();</script>"#,
    ),
    template(
        "spotify",
        "frame",
        false,
        Id::Letters(22),
        r#"<iframe style="border-radius:12px" src="https://open.spotify.com/embed/episode/{id}?utm_source=generator" width="100%" height="352" frameBorder="0" allowfullscreen="" allow="autoplay; clipboard-write; encrypted-media; fullscreen; picture-in-picture" loading="lazy"></iframe>"#,
    ),
    template(
        "iframe",
        "plain",
        false,
        Id::Letters(8),
        r#"<iframe src="https://cartes.valbourg.example/plan/{id}" width="600" height="450" style="border:0;" loading="lazy"></iframe>"#,
    ),
];

/// Forms written after the rules were made, to see what these do with what they were not made for.
pub(crate) const HELD_OUT: &[Template] = &[
    template(
        "twitter",
        "mobile",
        true,
        Id::Digits,
        "<figure class='wp-block-embed-twitter'><blockquote lang='fr' data-theme='light' class='twitter-tweet tw-align-center'><p>{words}</p>&#8212; {author} (@{handle}) <a href='https://mobile.twitter.com/{handle}/status/{id}?s=12'>{date}</a></blockquote></figure>",
    ),
    template(
        "instagram",
        "reel",
        true,
        Id::Letters(11),
        r#"<blockquote data-instgrm-version="14" class="instagram-media" data-instgrm-permalink="https://www.instagram.com/reel/{id}/?utm_source=ig_embed"><a href="https://www.instagram.com/reel/{id}/" target="_blank">View this post on Instagram</a><p>A post shared by {author} (@{handle})</p></blockquote><script src="https://www.instagram.com/embed.js" async></script>"#,
    ),
    template(
        "facebook",
        "video",
        false,
        Id::Digits,
        r#"<div class="fb-video" data-width="640" data-href="https://www.facebook.com/{handle}/videos/{id}/"></div>"#,
    ),
    template(
        "youtube",
        "wordpress",
        false,
        Id::Letters(11),
        r#"<figure class="wp-block-embed is-type-video is-provider-youtube"><div class="wp-block-embed__wrapper"><iframe loading="lazy" title="Le pont, vu du ciel" width="640" height="360" src="https://www.youtube.com/embed/{id}?feature=oembed" frameborder="0" allow="autoplay" allowfullscreen></iframe></div></figure>"#,
    ),
    template(
        "tiktok",
        "short",
        true,
        Id::Digits,
        r#"<blockquote data-video-id="{id}" class="tiktok-embed" cite="https://www.tiktok.com/@{handle}/video/{id}"><section><a href="https://www.tiktok.com/@{handle}" title="@{handle}">@{handle}</a><p>{words}</p></section></blockquote>"#,
    ),
    template(
        "bluesky",
        "handle",
        true,
        Id::Letters(13),
        r#"<blockquote data-bluesky-cid="bafyreixyz" class="bluesky-embed" data-bluesky-uri="at://did:plc:abcdefghijkl234567mnopqr/app.bsky.feed.post/{id}"><p>{words}</p>— {author} (<a href="https://bsky.app/profile/{handle}?ref_src=embed">@{handle}</a>) <a href="https://bsky.app/profile/{handle}/post/{id}?ref_src=embed">{date}</a></blockquote>"#,
    ),
    template(
        "mastodon",
        "other server",
        true,
        Id::Digits,
        r#"<iframe allowfullscreen width="400" class="mastodon-embed" src="https://mamot.fr/@{handle}/{id}/embed"></iframe>"#,
    ),
    template(
        "linkedin",
        "ugc",
        false,
        Id::Digits,
        r#"<p><iframe title="Post" src="https://www.linkedin.com/embed/feed/update/urn:li:ugcPost:{id}?compact=1" width="504"></iframe></p>"#,
    ),
    template(
        "datawrapper",
        "script",
        false,
        Id::Letters(5),
        r##"<div style="min-height:400px" id="datawrapper-vis-{id}"><script type="text/javascript" defer src="https://datawrapper.dwcdn.net/{id}/embed.js" charset="utf-8" data-target="\#datawrapper-vis-{id}"></script><noscript><img src="https://datawrapper.dwcdn.net/{id}/full.png" alt="" /></noscript></div>"##,
    ),
    template(
        "spotify",
        "show",
        false,
        Id::Letters(22),
        r#"<iframe title="Spotify Embed" allow="encrypted-media" src="https://open.spotify.com/embed/show/{id}/video?theme=0" width="624"></iframe>"#,
    ),
    template(
        "iframe",
        "map",
        false,
        Id::Letters(8),
        r#"<p><iframe allowfullscreen height="300" src="//sondages.valbourg.example/q/{id}?lang=fr"></iframe></p>"#,
    ),
];
