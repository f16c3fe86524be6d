//! Embedded posts as the services hand them out, and what each says. All people and words are invented.

/// One embed.
#[derive(Clone, Copy)]
pub(crate) struct Post {
    /// The service, as the article names it.
    pub(crate) kind: &'static str,
    pub(crate) markup: &'static str,
    /// Who posted, where the markup says so.
    pub(crate) handle: Option<&'static str>,
    /// What its address must hold.
    pub(crate) id: &'static str,
    /// What was posted, lines parted by a space.
    pub(crate) words: Option<&'static str>,
    /// Written after the rules were: these measure, they are not tuned on.
    pub(crate) held_out: bool,
}

const fn post(
    kind: &'static str,
    handle: Option<&'static str>,
    id: &'static str,
    words: Option<&'static str>,
    markup: &'static str,
) -> Post {
    Post { kind, markup, handle, id, words, held_out: false }
}

const fn frame(kind: &'static str, id: &'static str, markup: &'static str) -> Post {
    post(kind, None, id, None, markup)
}

const fn held_out(post: Post) -> Post {
    Post { held_out: true, ..post }
}

pub(crate) const POSTS: &[Post] = &[
    post(
        "twitter",
        Some("cvidal_maire"),
        "1802345678901234567",
        Some("Le pont rouvre lundi à 6 h. Merci aux équipes #Sombreval pic.twitter.com/aB3dE5fG7h"),
        r##"<blockquote class="twitter-tweet"><p lang="fr" dir="ltr">Le pont rouvre lundi à 6 h. Merci aux équipes <a href="https://twitter.com/hashtag/Sombreval?src=hash&amp;ref_src=twsrc%5Etfw">#Sombreval</a> <a href="https://t.co/aB3dE5fG7h">pic.twitter.com/aB3dE5fG7h</a></p>&mdash; Claire Vidal (@cvidal_maire) <a href="https://twitter.com/cvidal_maire/status/1802345678901234567?ref_src=twsrc%5Etfw">June 16, 2024</a></blockquote> <script async src="https://platform.twitter.com/widgets.js" charset="utf-8"></script>"##,
    ),
    post(
        "twitter",
        Some("altberg"),
        "1889059531625400001",
        Some("no thank you but we will buy the ferry for 9 euros if you want"),
        r##"<blockquote class="twitter-tweet" data-width="550" data-dnt="true"><p lang="en" dir="ltr">no thank you but we will buy the ferry for 9 euros if you want</p>— Jonas Altberg (@altberg) <a href="https://x.com/altberg/status/1889059531625400001">10 février 2025</a></blockquote><script async="" src="https://platform.x.com/widgets.js" charset="utf-8"></script>"##,
    ),
    post(
        "instagram",
        Some("gazette.du.val"),
        "Cx7_Yz-8AbC",
        None,
        r##"<blockquote class="instagram-media" data-instgrm-captioned data-instgrm-permalink="https://www.instagram.com/p/Cx7_Yz-8AbC/?utm_source=ig_embed&amp;utm_campaign=loading" data-instgrm-version="14" style=" background:#FFF; border:0; margin: 1px; max-width:540px;"><div style="padding:16px;"><a href="https://www.instagram.com/p/Cx7_Yz-8AbC/?utm_source=ig_embed" style="background:#FFFFFF; text-decoration:none;" target="_blank"><div style="display: flex;"></div><div style="padding: 19% 0;"></div><svg width="50px" height="50px" viewBox="0 0 60 60"><g stroke="none"><path d="M556.869,30.41"></path></g></svg><div style="color:#3897f0;">Voir cette publication sur Instagram</div></a><p style="color:#c9c8cd;"><a href="https://www.instagram.com/p/Cx7_Yz-8AbC/?utm_source=ig_embed" target="_blank">Une publication partagée par La Gazette du Val (@gazette.du.val)</a></p></div></blockquote><script async src="//www.instagram.com/embed.js"></script>"##,
    ),
    post(
        "facebook",
        None,
        "pfbid02AbCdEfGhIjKlMn",
        Some("Réunion publique mardi à 19 heures, salle des fêtes."),
        r##"<div id="fb-root"></div><script async="1" defer="1" crossorigin="anonymous" src="https://connect.facebook.net/fr_FR/sdk.js#xfbml=1&amp;version=v17.0"></script><div class="fb-post" data-href="https://www.facebook.com/mairie.sombreval/posts/pfbid02AbCdEfGhIjKlMn" data-width="500" data-show-text="true"><blockquote cite="https://www.facebook.com/mairie.sombreval/posts/pfbid02AbCdEfGhIjKlMn" class="fb-xfbml-parse-ignore"><p>Réunion publique mardi à 19 heures, salle des fêtes.</p>Publiée par <a href="https://www.facebook.com/mairie.sombreval">Mairie de Sombreval</a> sur <a href="https://www.facebook.com/mairie.sombreval/posts/pfbid02AbCdEfGhIjKlMn">Mardi 4 juin 2024</a></blockquote></div>"##,
    ),
    frame(
        "facebook",
        "1029384756",
        r##"<iframe src="https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Fwww.facebook.com%2Fgazette%2Fvideos%2F1029384756%2F&show_text=0&width=560" width="560" height="315" style="border:none;overflow:hidden" scrolling="no" frameborder="0" allowfullscreen="true"></iframe>"##,
    ),
    frame(
        "youtube",
        "dQ4x_Zv-9Kk",
        r##"<iframe width="560" height="315" src="https://www.youtube.com/embed/dQ4x_Zv-9Kk?si=AbCdEf" title="YouTube video player" frameborder="0" allow="accelerometer; autoplay; clipboard-write" allowfullscreen></iframe>"##,
    ),
    frame(
        "youtube",
        "aZ09_-bcDEF",
        r##"<div class="embed-container"><iframe src='https://www.youtube-nocookie.com/embed/aZ09_-bcDEF' width='640' height='360' frameborder='0' allowfullscreen='allowfullscreen'></iframe></div>"##,
    ),
    post(
        "tiktok",
        Some("leo.sur.le.bac"),
        "7301234567890123456",
        Some("Dernier jour du bac avant la passerelle #sombreval"),
        r##"<blockquote class="tiktok-embed" cite="https://www.tiktok.com/@leo.sur.le.bac/video/7301234567890123456" data-video-id="7301234567890123456" style="max-width: 605px;min-width: 325px;"> <section> <a target="_blank" title="@leo.sur.le.bac" href="https://www.tiktok.com/@leo.sur.le.bac?refer=embed">@leo.sur.le.bac</a> <p>Dernier jour du bac avant la passerelle <a title="sombreval" target="_blank" href="https://www.tiktok.com/tag/sombreval?refer=embed">#sombreval</a></p> <a target="_blank" title="♬ son original - Léo" href="https://www.tiktok.com/music/son-original-7301234567890999999?refer=embed">♬ son original - Léo</a> </section> </blockquote> <script async src="https://www.tiktok.com/embed.js"></script>"##,
    ),
    post(
        "bluesky",
        Some("ines-roche.bsky.social"),
        "3kabcdefgh2x",
        Some("On a compté 4 000 signatures en deux jours."),
        r##"<blockquote class="bluesky-embed" data-bluesky-uri="at://did:plc:abc123def456ghi789jklmno/app.bsky.feed.post/3kabcdefgh2x" data-bluesky-cid="bafyreiabc"><p lang="fr">On a compté 4 000 signatures en deux jours.</p>&mdash; Inès Roche (<a href="https://bsky.app/profile/did:plc:abc123def456ghi789jklmno?ref_src=embed">@ines-roche.bsky.social</a>) <a href="https://bsky.app/profile/did:plc:abc123def456ghi789jklmno/post/3kabcdefgh2x?ref_src=embed">12 mars 2024 à 09:15</a></blockquote><script async src="https://embed.bsky.app/static/embed.js" charset="utf-8"></script>"##,
    ),
    frame(
        "mastodon",
        "111222333444555666",
        r##"<iframe src="https://mastodon.social/@zoemarchal/111222333444555666/embed" class="mastodon-embed" style="max-width: 100%; border: 0" width="400" allowfullscreen="allowfullscreen"></iframe><script src="https://mastodon.social/embed.js" async="async"></script>"##,
    ),
    post(
        "mastodon",
        Some("zoemarchal"),
        "111999888777666555",
        Some("Le rapport est en ligne, 212 pages."),
        r##"<blockquote class="mastodon-embed" data-embed-url="https://mastodon.social/@zoemarchal/111999888777666555/embed" style="background: #FCF8FF; border-radius: 8px;"> <a href="https://mastodon.social/@zoemarchal/111999888777666555" target="_blank" style="color: #1C1A25;"> <div style="color: #787588; margin-top: 16px;">Le rapport est en ligne, 212 pages.</div> <div style="font-weight: 500;">Post by @zoemarchal@mastodon.social</div> <div style="font-weight: 500;">View on Mastodon</div> </a> </blockquote> <script data-allowed-prefixes="https://mastodon.social/" async src="https://mastodon.social/embed.js"></script>"##,
    ),
    frame(
        "linkedin",
        "7151234567890123456",
        r##"<iframe src="https://www.linkedin.com/embed/feed/update/urn:li:share:7151234567890123456" height="600" width="504" frameborder="0" allowfullscreen="" title="Post intégré"></iframe>"##,
    ),
    frame(
        "datawrapper",
        "Qx7Ab",
        r##"<iframe title="Les prix du bac" aria-label="Courbes" id="datawrapper-chart-Qx7Ab" src="https://datawrapper.dwcdn.net/Qx7Ab/3/" scrolling="no" frameborder="0" style="width: 0; min-width: 100% !important; border: none;" height="400" data-external="1"></iframe><script type="text/javascript">!function(){"use strict";window.addEventListener("message",(function(a){if(void 0!==a.data["datawrapper-height"]){var e=document.querySelectorAll("iframe");for(var t in a.data["datawrapper-height"])for(var r=0;r<e.length;r++)if(e[r].contentWindow===a.source){var i=a.data["datawrapper-height"][t]+"px";e[r].style.height=i}}}))}();</script>"##,
    ),
    frame(
        "spotify",
        "4rOoJ6Egrf8K2IrywzwOMk",
        r##"<iframe style="border-radius:12px" src="https://open.spotify.com/embed/episode/4rOoJ6Egrf8K2IrywzwOMk?utm_source=generator" width="100%" height="352" frameBorder="0" allowfullscreen="" allow="autoplay; clipboard-write; encrypted-media" loading="lazy"></iframe>"##,
    ),
    frame(
        "iframe",
        "carte.gazetteduval.example/lignes",
        r##"<iframe src="https://carte.gazetteduval.example/lignes?zoom=12" width="100%" height="450" frameborder="0"></iframe>"##,
    ),
    held_out(post(
        "twitter",
        Some("Bac_Sombreval"),
        "1700000000000000042",
        Some("Trafic interrompu : « crue exceptionnelle » selon @PrefVal https://t.co/Zz9Yy8Xx7W"),
        r##"<blockquote data-theme="light" data-lang="fr" class="twitter-tweet tw-align-center"><p dir="ltr" lang="fr">Trafic interrompu : « crue exceptionnelle » selon <a href="https://twitter.com/PrefVal?ref_src=twsrc%5Etfw">@PrefVal</a><br><a href="https://t.co/Zz9Yy8Xx7W">https://t.co/Zz9Yy8Xx7W</a></p>— Bac de Sombreval 🚢 (@Bac_Sombreval) <a href="https://twitter.com/Bac_Sombreval/status/1700000000000000042?ref_src=twsrc%5Etfw">8 septembre 2023</a></blockquote>
<script src="https://platform.twitter.com/widgets.js" async="async" charset="utf-8"></script>"##,
    )),
    held_out(frame(
        "twitter",
        "1655555555555555555",
        r##"<iframe id="twitter-widget-0" scrolling="no" frameborder="0" allowtransparency="true" src="https://platform.twitter.com/embed/Tweet.html?dnt=false&amp;id=1655555555555555555&amp;lang=fr&amp;theme=light" data-tweet-id="1655555555555555555" style="width: 550px; height: 400px;"></iframe>"##,
    )),
    held_out(frame(
        "youtube",
        "Qw3rTy_u10p",
        r##"<figure class="wp-block-embed is-type-video is-provider-youtube"><div class="wp-block-embed__wrapper"><iframe loading="lazy" title="Le bac" width="500" height="281" src="https://www.youtube.com/embed/Qw3rTy_u10p?feature=oembed" frameborder="0" allowfullscreen></iframe></div></figure>"##,
    )),
    held_out(frame(
        "instagram",
        "DAbCdEfGhI1",
        r##"<iframe class="instagram-media instagram-media-rendered" src="https://www.instagram.com/reel/DAbCdEfGhI1/embed/captioned/" allowtransparency="true" frameborder="0" height="800" scrolling="no" style="background: white; max-width: 540px;"></iframe>"##,
    )),
    held_out(frame(
        "linkedin",
        "6900000000000000001",
        r##"<iframe allowfullscreen frameborder="0" height="551" src="https://www.linkedin.com/embed/feed/update/urn:li:ugcPost:6900000000000000001?compact=1" title="Embedded post" width="504"></iframe>"##,
    )),
    held_out(frame(
        "datawrapper",
        "zY8wV",
        r##"<div style="min-height:350px" id="datawrapper-vis-zY8wV"><script type="text/javascript" defer src="https://datawrapper.dwcdn.net/zY8wV/embed.js" charset="utf-8" data-target="#datawrapper-vis-zY8wV"></script><noscript><img src="https://datawrapper.dwcdn.net/zY8wV/full.png" alt="" /></noscript></div>"##,
    )),
    held_out(frame(
        "tiktok",
        "7222222222222222222",
        r##"<iframe src="https://www.tiktok.com/embed/v2/7222222222222222222?lang=fr-FR" name="__tt_embed__v1" sandbox="allow-popups allow-scripts" style="width: 100%; height: 739px;"></iframe>"##,
    )),
    held_out(frame(
        "bluesky",
        "3lmnopqrst2y",
        r##"<iframe src="https://embed.bsky.app/embed/did:plc:abc123def456ghi789jklmno/app.bsky.feed.post/3lmnopqrst2y?id=5432" width="100%" frameborder="0" scrolling="no" style="border: none; display: block; flex-grow: 1; height: 400px;"></iframe>"##,
    )),
    held_out(frame(
        "spotify",
        "2abcDEFghiJKLmno345678",
        r##"<iframe src="https://open.spotify.com/embed-podcast/show/2abcDEFghiJKLmno345678" width="100%" height="232" frameborder="0" allowtransparency="true" allow="encrypted-media"></iframe>"##,
    )),
    held_out(frame(
        "iframe",
        "sondage.gazetteduval.example/42",
        r##"<p><iframe style="border: 0;" title="Sondage" src="//sondage.gazetteduval.example/42" width="600" height="400" scrolling="no"></iframe></p>"##,
    )),
];
