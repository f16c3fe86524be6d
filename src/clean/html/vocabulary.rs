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

/// The types of schema.org whose names are those of a paper or site.
pub(super) const PUBLISHER_TYPES: &[&str] = &["NewsMediaOrganization", "WebSite", "Organization"];

/// Words before an author's name.
pub(super) const BY: &[&str] = &[
    "par",
    "by",
    "de",
    "von",
    "por",
    "propos recueillis par",
    "publié par",
    "written by",
    "posted by",
    "author",
    "auteur",
    "texte",
    "texto",
    "текст",
    "автор",
];

/// Words that tell what an author does rather than what he is called.
pub(super) const ROLES: &[&str] = &[
    "bureau",
    "chef",
    "columnist",
    "contributor",
    "correspondant",
    "correspondante",
    "correspondent",
    "desk",
    "editor",
    "envoyé",
    "envoyée",
    "journaliste",
    "redakteur",
    "reporter",
    "rédacteur",
    "rédactrice",
    "spécial",
    "spéciale",
    "staff",
    "writer",
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
