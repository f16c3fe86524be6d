//! `newsgrep show`: articles as one reads them.

use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use clap::ValueEnum;

use super::Session;
use super::session::resolve;
use crate::archive::Reader;
use crate::article::ArticleId;
use crate::clean::RULES_VERSION;
use crate::ingest::cleaned;
use crate::output::{CleanedRecord, write_article, write_cleaned, write_markdown};
use crate::problem::{Failure, FailureKind};
use crate::read;

/// Cleans articles afresh from their originals and shows them; needs no index.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Ids, or any unique beginning of four or more digits.
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
    /// How to show them.
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// As one reads it.
    Text,
    /// One JSON document an article.
    Json,
    /// A note with front matter.
    Markdown,
    /// The file it came in, bit by bit.
    Original,
}

pub(super) fn run(arguments: &Arguments, session: &mut Session) -> anyhow::Result<()> {
    let archive = Reader::open(&session.archive()?)?;
    let ids = arguments.ids.iter().map(|id| resolve(&archive, id)).collect::<anyhow::Result<Vec<_>>>()?;
    for (number, id) in ids.into_iter().enumerate() {
        if number > 0 && arguments.format == Form::Text {
            writeln!(session.out, "\n{}\n", "─".repeat(session.look.width.min(40)))?;
        }
        show(&archive, id, arguments.format, session)?;
    }
    Ok(())
}

fn show(archive: &Reader, id: ArticleId, form: Form, session: &mut Session) -> anyhow::Result<()> {
    if form == Form::Original {
        archive.original(id, &mut session.out)?;
        return Ok(());
    }
    let missing = || Failure::error(FailureKind::NotFound, format!("no article {id} in the archive"));
    let row = archive.article(id)?.ok_or_else(missing)?;
    let bytes = archive.record_bytes(id)?;
    let reader = read::reader(&row.reader).ok_or_else(|| {
        let message = format!("article {id} was read as {}, which this newsgrep cannot: use a newer one", row.reader);
        Failure::error(FailureKind::Surroundings, message)
    })?;
    let article = cleaned(reader, &bytes, &row.summary.skipped_rules)
        .map_err(|reason| {
            Failure::error(FailureKind::Damage, format!("article {id} cannot be cleaned again: {reason}"))
        })?
        .article;
    if row.cleaner == RULES_VERSION && *blake3::hash(&serde_json::to_vec(&article)?).as_bytes() != row.text_hash {
        session.note(&format!(
            "article {id} was cleaned otherwise before (by another version); `newsgrep reindex` brings it up to date"
        ));
    }
    let occurrences = archive.occurrences(&row)?;
    let paths = |current| {
        let found = occurrences.iter().filter(move |occurrence| occurrence.current == current);
        found.map(|occurrence| {
            session.near(Path::new(std::ffi::OsStr::from_bytes(&occurrence.path))).as_os_str().as_bytes().to_vec()
        })
    };
    let mut paths: Vec<Vec<u8>> = paths(true).chain(paths(false)).collect();
    paths.dedup();
    let record = occurrences.first().map(|occurrence| occurrence.number);
    if let Some(next) = archive.next(&row)? {
        session.note(&format!("there is a newer version of this article: {next}"));
    }
    match form {
        Form::Text => write_article(&mut session.out, id, &article, &paths, session.look)?,
        Form::Markdown => write_markdown(&mut session.out, id, &article)?,
        Form::Json | Form::Original => {
            write_cleaned(&mut session.out, &CleanedRecord { id, article: &article, paths: &paths, record })?;
        }
    }
    Ok(())
}
