//! The words in which pages state who wrote what when: types of schema.org, names of `<meta>`, bylines. Data only.

/// The types of schema.org whose objects are articles.
pub(super) const ARTICLE_TYPES: &[&str] = &[
    "NewsArticle",
    "Article",
    "ReportageNewsArticle",
    "AnalysisNewsArticle",
    "BackgroundNewsArticle",
    "OpinionNewsArticle",
    "ReviewNewsArticle",
    "AskPublicNewsArticle",
    "AdvertiserContentArticle",
    "SatiricalArticle",
    "ScholarlyArticle",
    "TechArticle",
    "Report",
    "BlogPosting",
    "LiveBlogPosting",
    "SocialMediaPosting",
    "DiscussionForumPosting",
];

/// The types of schema.org whose objects are pages.
pub(super) const PAGE_TYPES: &[&str] = &["WebPage", "ItemPage", "MedicalWebPage"];

/// The types of schema.org whose objects are what a page is about when it has no article.
pub(super) const OTHER_TYPES: &[&str] = &["RadioEpisode", "PodcastEpisode", "TVEpisode", "Episode", "Recipe", "HowTo"];

/// The types of schema.org whose names are those of a paper or site.
pub(super) const PUBLISHER_TYPES: &[&str] = &["NewsMediaOrganization", "WebSite", "Organization"];

/// Words before an author's name; lower case.
pub(super) const BY: &[&str] = &[
    "par",
    "by",
    "von",
    "por",
    "door",
    "av",
    "af",
    "przez",
    "di",
    "a cura di",
    "propos recueillis par",
    "publié par",
    "publie par",
    "rédigé par",
    "écrit par",
    "une enquête de",
    "un reportage de",
    "un article de",
    "un récit de",
    "une analyse de",
    "une chronique de",
    "une tribune de",
    "written by",
    "posted by",
    "published by",
    "reported by",
    "reporting by",
    "story by",
    "analysis by",
    "article by",
    "interview by",
    "opinion by",
    "report by",
    "review by",
    "text by",
    "words by",
    "ein artikel von",
    "ein beitrag von",
    "ein gastbeitrag von",
    "ein interview von",
    "eine analyse von",
    "ein kommentar von",
    "ein bericht von",
    "kommentar von",
    "interview von",
    "geschrieben von",
    "verfasst von",
    "veröffentlicht von",
    "autor",
    "autorin",
    "autoren",
    "text",
    "auteurs",
    "authors",
    "author",
    "auteur",
    "texte",
    "texto",
    "testo",
    "tekst",
    "autore",
    "autora",
    "autores",
    "redactor",
    "redacción",
    "текст",
    "автор",
    "作者",
    "記者",
    "记者",
    "بقلم",
];

/// Words that tell what an author does, and for whom, rather than what he is called.
pub(super) const ROLES: &[&str] = &[
    "advance",
    "agence",
    "agency",
    "agentur",
    "analyst",
    "autorin",
    "bureau",
    "chef",
    "columnist",
    "columnists",
    "contributor",
    "correspondant",
    "correspondante",
    "correspondants",
    "correspondent",
    "correspondents",
    "critic",
    "desk",
    "editor",
    "editorial",
    "envoyé",
    "envoyée",
    "journaliste",
    "korrespondent",
    "korrespondentin",
    "media",
    "news",
    "newsroom",
    "online",
    "photographe",
    "photographer",
    "political",
    "politics",
    "politique",
    "presenter",
    "presse",
    "producer",
    "redakteur",
    "redakteurin",
    "redaktion",
    "reporter",
    "reporters",
    "rédacteur",
    "rédaction",
    "rédactrice",
    "senior",
    "service",
    "services",
    "spécial",
    "spéciale",
    "staff",
    "times",
    "today",
    "tribune",
    "tv",
    "usa",
    "wire",
    "writer",
];

/// Words of `class` and `id` of bylines.
pub(super) const AUTHOR_CLASSES: &[&str] = &[
    "author",
    "authorname",
    "authors",
    "auteur",
    "auteurs",
    "autor",
    "autore",
    "autoren",
    "autores",
    "autori",
    "autorin",
    "byline",
    "bylines",
    "contributor",
    "journalist",
    "journaliste",
    "redacteur",
    "redakteur",
    "reporter",
    "signature",
    "verfasser",
    "writer",
];

/// Words of `class` and `id` of the date of publication.
pub(super) const PUBLISHED_CLASSES: &[&str] = &[
    "erschienen",
    "posted",
    "pubdate",
    "publication",
    "publicado",
    "publish",
    "published",
    "publie",
    "veroeffentlicht",
];

/// Words beside a date of publication; lower case.
pub(super) const PUBLISHED_WORDS: &[&str] = &[
    "publié",
    "published",
    "posted",
    "publiziert",
    "veröffentlicht",
    "erschienen",
    "publicado",
    "pubblicato",
    "gepubliceerd",
    "publicerad",
    "opublikowan",
    "опубликован",
    "기사입력",
    "mis en ligne",
    "paru le",
];

/// Words of `class` and `id` of dates.
pub(super) const DATE_CLASSES: &[&str] =
    &["data", "date", "dateline", "datetime", "datum", "fecha", "timestamp", "datepublished", "postdate", "pubtime"];

/// Words of `class` and `id` of what others wrote, comments and teasers: the names and dates there are not the article's.
pub(super) const OTHERS_CLASSES: &[&str] = &[
    "comment",
    "commentaire",
    "commentaires",
    "commentlist",
    "comments",
    "commentform",
    "footer",
    "kommentar",
    "kommentare",
    "respond",
    "related",
    "relatedposts",
    "sidebar",
    "teaser",
    "teasers",
];

/// News agencies.
pub(super) const AGENCIES: &[&str] = &[
    "AFP",
    "Reuters",
    "AP",
    "Associated Press",
    "ATS",
    "Belga",
    "ANSA",
    "EFE",
    "dpa",
    "La Presse canadienne",
    "Bloomberg",
];

/// Platforms that name themselves as the publisher of what others write there.
pub(super) const PLATFORMS: &[&str] = &["Blogger", "WordPress", "WordPress.com"];

/// What parts a headline from the name of the site.
pub(super) const TITLE_SEPARATORS: &[&str] =
    &[" | ", " - ", " – ", " — ", " · ", " • ", " :: ", " » ", " « ", " / ", " : ", ", "];

/// Names of `<meta>` for the headline; lower case, the surest first.
pub(super) const META_HEADLINE: &[&str] = &[
    "og:title",
    "twitter:title",
    "headline",
    "parsely-title",
    "sailthru.title",
    "dc.title",
    "dcterms.title",
    "citation_title",
    "hdl",
    "title",
];
/// Names of `<meta>` for a summary; lower case, the surest first.
pub(super) const META_DESCRIPTION: &[&str] =
    &["og:description", "description", "twitter:description", "dc.description", "sailthru.description"];
/// Names of `<meta>` for authors; lower case, the surest first.
pub(super) const META_AUTHOR: &[&str] = &[
    "author",
    "article:author",
    "og:article:author",
    "parsely-author",
    "sailthru.author",
    "article:author_name",
    "authors",
    "byl",
    "dc.creator",
    "dcterms.creator",
    "dc.creator.author",
    "citation_author",
    "cxenseparse:author",
    "twitter:data1",
];
/// Names of `<meta>` for the date of publication; lower case, the surest first.
pub(super) const META_DATE: &[&str] = &[
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "article.published",
    "article:published",
    "article:publicationdate",
    "publish-date",
    "publish_date",
    "published-date",
    "publishdate",
    "publication_date",
    "publication-date",
    "publicationdate",
    "published_at",
    "originalpublicationdate",
    "article_date_original",
    "article.created",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "dc.date.created",
    "dcterms.created",
    "dcterms.date",
    "citation_publication_date",
    "citation_date",
    "pubdate",
    "pub_date",
    "ptime",
    "pdate",
    "rnews:datepublished",
    "date",
    "displaydate",
    "datecreated",
];
/// Names of `<meta>` for the paper or site; lower case, the surest first.
pub(super) const META_PUBLISHER: &[&str] =
    &["og:site_name", "publisher", "dc.publisher", "dcterms.publisher", "citation_journal_title", "application-name"];
/// Names of `<meta>` for the section; lower case, the surest first.
pub(super) const META_SECTION: &[&str] =
    &["article:section", "og:article:section", "parsely-section", "cxenseparse:recs:category", "section", "dc.subject"];
/// Names of `<meta>` for the language; lower case, the surest first.
pub(super) const META_LANGUAGE: &[&str] =
    &["og:locale", "dc.language", "dcterms.language", "content-language", "language", "inlanguage"];
/// Names of `<meta>` for keywords; lower case, the surest first.
pub(super) const META_TAGS: &[&str] =
    &["article:tag", "og:article:tag", "news_keywords", "parsely-tags", "sailthru.tags", "keywords"];
