//! The services whose posts are embedded, by their hosts and the classes of their markup.

use crate::article::Embed;

/// A service: its name, what its markup holds, and its hosts.
struct Service {
    kind: &'static str,
    marks: &'static [&'static str],
    hosts: &'static [&'static str],
}

const SERVICES: [Service; 10] = [
    Service {
        kind: "twitter",
        marks: &["twitter-tweet", "twitter-video", "data-tweet", "amp-twitter"],
        hosts: &["twitter.com", "x.com"],
    },
    Service { kind: "instagram", marks: &["instagram-media", "data-instgrm"], hosts: &["instagram.com", "instagr.am"] },
    Service { kind: "facebook", marks: &["fb-post", "fb-video"], hosts: &["facebook.com", "fb.watch"] },
    Service { kind: "tiktok", marks: &["tiktok-embed"], hosts: &["tiktok.com"] },
    Service { kind: "bluesky", marks: &["bluesky-embed", "data-bluesky"], hosts: &["bsky.app"] },
    Service {
        kind: "mastodon",
        marks: &["mastodon-embed", "data-mastodon"],
        hosts: &["mastodon.social", "piaille.fr", "mamot.fr", "mastodon.online", "framapiaf.org"],
    },
    Service { kind: "linkedin", marks: &["linkedin-embed"], hosts: &["linkedin.com"] },
    Service {
        kind: "youtube",
        marks: &["youtube-player"],
        hosts: &["youtube.com", "youtu.be", "youtube-nocookie.com"],
    },
    Service {
        kind: "datawrapper",
        marks: &["datawrapper-chart", "datawrapper-vis"],
        hosts: &["datawrapper.dwcdn.net", "dwcdn.net", "datawrapper.de"],
    },
    Service { kind: "spotify", marks: &[], hosts: &["spotify.com"] },
];

/// Which service's markup this is; `iframe` for any other frame.
pub(in crate::clean) fn kind_of_markup(markup: &str) -> Option<&'static str> {
    let lower: String = markup.to_lowercase().replace(". com", ".com").replace(". be", ".be").replace("< ", "<");
    let marked = SERVICES.iter().find(|service| service.marks.iter().any(|mark| lower.contains(mark)));
    if let Some(service) = marked {
        return Some(service.kind);
    }
    // Without a class, only a link to a post tells: an ordinary link to a service is no embed.
    let framed = lower.contains("<iframe") || lower.contains("data-src") || lower.contains("data-url");
    let hosted = SERVICES.iter().find(|service| {
        service
            .hosts
            .iter()
            .any(|host| [format!("//{host}"), format!(".{host}")].iter().any(|place| lower.contains(place.as_str())))
    });
    match hosted {
        Some(service) if framed || lower.contains("<blockquote") => Some(service.kind),
        _ => lower.contains("<iframe").then_some("iframe"),
    }
}

/// Whether an address is that of one post.
pub(super) fn is_post(url: &str) -> bool {
    const PLACES: [&str; 10] = [
        "/status/",
        "/statuses/",
        "/p/",
        "/reel/",
        "/post/",
        "/posts/",
        "/video/",
        "/videos/",
        "/permalink",
        "/feed/update/",
    ];
    // On Mastodon what follows the name is the post.
    let named = url.split_once("/@").and_then(|(_, name)| name.split_once('/'));
    PLACES.iter().any(|place| url.contains(place)) || named.is_some_and(|(_, post)| !post.is_empty())
}

/// What the address of an embed tells: the service, who posted, and the address without what only tracks.
pub(in crate::clean) fn from_url(url: &str) -> Option<Embed> {
    let url = super::mended(url);
    let address =
        url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).or_else(|| url.strip_prefix("at://"))?;
    if url.starts_with("at://") {
        let mut parts = address.split('/');
        let (did, post) = (parts.next()?, parts.nth(1)?);
        return Some(embed("bluesky", None, format!("https://bsky.app/profile/{did}/post/{post}")));
    }
    let (host, rest) = address.split_at_checked(address.find(['/', '?']).unwrap_or(address.len()))?;
    let host = host.to_lowercase();
    let service = SERVICES
        .iter()
        .find(|service| service.hosts.iter().any(|known| host == *known || host.ends_with(&format!(".{known}"))));
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = path.split('#').next().unwrap_or_default();
    if let Some(id) = parameter(query, "id").filter(|_| host.starts_with("platform.") && path.ends_with("/Tweet.html"))
    {
        return Some(embed("twitter", None, format!("https://twitter.com/i/status/{id}")));
    }
    if let Some(chart) =
        path.strip_suffix("/embed.js").filter(|_| service.is_some_and(|service| service.kind == "datawrapper"))
    {
        return Some(embed("datawrapper", None, format!("https://{host}{chart}/")));
    }
    // Scripts and pixels of a service are no posts.
    if path.ends_with(".js") || host.starts_with("platform.") && !path.contains("/embed/") {
        return None;
    }
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let plain = || format!("https://{host}{path}");
    let Some(service) = service else { return Some(embed("iframe", None, url.clone())) };
    let handle = segments.first().map(|segment| segment.trim_start_matches('@').to_owned());
    Some(match service.kind {
        "twitter" => {
            let at = segments.iter().position(|segment| matches!(*segment, "status" | "statuses"))?;
            let id: String = segments.get(at + 1)?.chars().take_while(char::is_ascii_digit).collect();
            let handle = at
                .checked_sub(1)
                .and_then(|at| segments.get(at))
                .copied()
                .filter(|name| *name != "web" && *name != "i");
            embed(
                "twitter",
                handle.map(str::to_owned),
                format!("https://twitter.com/{}/status/{id}", handle.unwrap_or("i")),
            )
        }
        "youtube" => {
            let id = match segments.as_slice() {
                ["embed" | "shorts" | "v" | "live", id, ..] => (*id).to_owned(),
                ["watch", ..] | [] => parameter(query, "v")?,
                [id] if host.ends_with("youtu.be") => (*id).to_owned(),
                _ => return Some(embed("youtube", None, plain())),
            };
            embed("youtube", None, format!("https://www.youtube.com/watch?v={id}"))
        }
        "facebook" if path.contains("/plugins/") => {
            let target = decoded(&parameter(query, "href")?);
            return from_url(&target).or_else(|| Some(embed("facebook", None, target)));
        }
        "tiktok" => embed("tiktok", handle.filter(|_| path.starts_with("/@")), plain()),
        "bluesky" => {
            let handle =
                segments.iter().skip_while(|segment| **segment != "profile").nth(1).map(|handle| (*handle).to_owned());
            embed("bluesky", handle.filter(|handle| !handle.starts_with("did:")), plain())
        }
        "mastodon" => embed(
            "mastodon",
            handle.filter(|_| path.starts_with("/@")),
            format!("https://{host}{}", path.trim_end_matches("/embed")),
        ),
        "instagram" => embed(
            "instagram",
            None,
            format!("https://www.instagram.com{}", path.trim_end_matches("embed").trim_end_matches("captioned/")),
        ),
        kind => embed(kind, None, plain()),
    })
}

fn embed(kind: &str, handle: Option<String>, url: String) -> Embed {
    Embed { kind: kind.to_owned(), handle, url: Some(url), ..Embed::default() }
}

fn parameter(query: &str, name: &str) -> Option<String> {
    query
        .split('&')
        .find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name).map(|(_, value)| value.to_owned()))
}

/// Percent-decoding of an address within an address.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok()).filter(|_| *first == b'%');
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What services write around posts and no one posted.
pub(super) fn is_prompt(line: &str) -> bool {
    const PROMPTS: [&str; 12] = [
        "Voir cette publication sur Instagram",
        "View this post on Instagram",
        "Afficher la publication",
        "Voir le tweet",
        "Voir la vidéo",
        "Lire la vidéo",
        "[image or embed]",
        "Sieh dir diesen Beitrag auf Instagram an",
        "Autoriser les contenus",
        "Accepter les cookies",
        "View on Mastodon",
        "Read more on Bluesky",
    ];
    PROMPTS.iter().any(|prompt| line.starts_with(prompt))
}
