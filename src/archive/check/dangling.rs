//! Rows that contradict others: queries, each with what its rows are.

/// Each query gives one number a row, at most a thousand.
pub(super) const DANGLING: &[(&str, &str)] = &[
    ("SELECT id FROM chunks WHERE id NOT IN (SELECT chunk FROM pieces) LIMIT 1000", "a chunk that no file needs"),
    (
        "SELECT id FROM originals o WHERE NOT EXISTS (SELECT 1 FROM sources WHERE original = o.id)
         AND NOT EXISTS (SELECT 1 FROM sources WHERE partial = o.id)
         AND NOT EXISTS (SELECT 1 FROM former WHERE original = o.id) LIMIT 1000",
        "an original that no file has or had",
    ),
    (
        "SELECT a.id FROM articles a WHERE NOT EXISTS (SELECT 1 FROM records r WHERE r.article = a.id) LIMIT 1000",
        "an article without record",
    ),
    (
        "SELECT a.id FROM articles a WHERE a.live AND NOT EXISTS
             (SELECT 1 FROM records r JOIN sources s ON s.original = r.original WHERE r.article = a.id)
         AND NOT EXISTS (SELECT 1 FROM records r JOIN sources s ON s.partial = r.original WHERE r.article = a.id) LIMIT 1000",
        "an article counts as live, but no file has it",
    ),
    (
        "SELECT a.id FROM articles a WHERE NOT a.live AND EXISTS (SELECT 1 FROM records r
             JOIN sources s ON s.original = r.original AND s.partial IS NULL WHERE r.article = a.id) LIMIT 1000",
        "an article does not count as live, but a file has it",
    ),
    (
        "SELECT id FROM articles WHERE live NOT IN (0, 1) OR changed NOT BETWEEN 1 AND (SELECT sequence FROM meta) LIMIT 1000",
        "an article whose state makes no sense",
    ),
    (
        "SELECT id FROM articles WHERE json_valid(summary) AND truncated IS NOT coalesce(summary ->> 'truncated', 0) LIMIT 1000",
        "an article of which is said twice, and differently, whether it is cut off",
    ),
    ("SELECT id FROM articles WHERE previous >= id LIMIT 1000", "an article is the next version of a later one"),
];
