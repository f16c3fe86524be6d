//! `newsgrep show`: articles as one reads them.

use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use clap::ValueEnum;

use super::Session;
use super::session::resolve;
use crate::archive::{ArticleRow, Occurrence, Reader};
use crate::article::{Article, ArticleId};
use crate::clean::{Cleaned, RULES_VERSION};
use crate::index::{FOLDER, salvage};
use crate::ingest::cleaned;
use crate::output::{CleanedRecord, VisibleWriter, write_article, write_cleaned, write_diff, write_markdown};
use crate::problem::{Failure, FailureKind, is_damage};
use crate::query::{Options, Query, parse};
use crate::read;
use crate::search::{Engine, Marker};

/// Cleans articles afresh from their originals and shows them; needs no index.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Ids, or any unique beginning of four or more digits.
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
    /// How to show them.
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
    /// Mark in colour what a query asks for: newsgrep show 3f2a --mark 'offre*'. Without colour, as in a pipe, nothing is
    /// marked.
    #[arg(long, value_name = "QUERY")]
    mark: Option<String>,
    /// Show the original text and the article in one: what cleaning removed and what it inserted, in colour or, as in a
    /// pipe, in [-…-] and {+…+}; then the parts of a page that were left out.
    #[arg(long, conflicts_with_all = ["format", "mark"])]
    diff: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// As one reads it.
    Text,
    /// One JSON document an article.
    Json,
    /// A note with front matter.
    Markdown,
    /// The file it came in, bit by bit; on a terminal with control characters made visible.
    Original,
}

pub(super) fn run(arguments: &Arguments, session: &mut Session) -> anyhow::Result<()> {
    let query = arguments.mark.as_deref().map(|asked| marking(asked, arguments.format, session)).transpose()?;
    let archive = session.reader()?;
    let ids = arguments.ids.iter().map(|id| resolve(&archive, id)).collect::<anyhow::Result<Vec<_>>>()?;
    let several = ids.len() > 1;
    for (number, id) in ids.into_iter().enumerate() {
        if number > 0 && arguments.format == Form::Text {
            writeln!(session.out, "\n{}\n", "─".repeat(session.look.width.min(40)))?;
        }
        match show(&archive, id, arguments, query.as_ref(), session) {
            // One that is damaged costs no other.
            Err(error) if several && is_damage(&error) => session.damaged(&format!("{error:#}")),
            other => other?,
        }
    }
    Ok(())
}

/// What `--mark` asks for.
fn marking(asked: &str, form: Form, session: &Session) -> anyhow::Result<Query> {
    let usage = |message: String| Failure::error(FailureKind::Usage, message);
    if form != Form::Text {
        return Err(usage("--mark colours the text for a person: leave out --format".to_owned()));
    }
    let options = Options { any: false, plain: false, today: session.today() };
    Ok(parse(asked, &options).map_err(|error| usage(error.to_string()))?.query)
}

fn show(
    archive: &Reader,
    id: ArticleId,
    arguments: &Arguments,
    query: Option<&Query>,
    session: &mut Session,
) -> anyhow::Result<()> {
    let form = arguments.format;
    if form == Form::Original {
        return write_original(archive, id, session);
    }
    let missing = || archive.unknown(id);
    let (row, occurrences) = archive.listed(id)?.ok_or_else(missing)?;
    let bytes = match archive.record_bytes(id) {
        Err(error) if is_damage(&error) && !arguments.diff => {
            let article = kept_text(archive, &row, session, error)?;
            return write(archive, &row, &occurrences, &article, form, query, session);
        }
        other => other?,
    };
    let reader = read::reader(&row.reader).ok_or_else(|| {
        let message = format!("article {id} was read as {}, which this newsgrep cannot: use a newer one", row.reader);
        Failure::error(FailureKind::Surroundings, message)
    })?;
    let Cleaned { article, ledger } = cleaned(reader, &bytes, &row.summary.skipped_rules).map_err(|reason| {
        Failure::error(FailureKind::Damage, format!("article {id} cannot be cleaned again: {reason}"))
    })?;
    if row.cleaner == RULES_VERSION && *blake3::hash(&serde_json::to_vec(&article)?).as_bytes() != row.text_hash {
        session.note(&format!(
            "article {id} was cleaned otherwise before (by another version); `newsgrep reindex` brings it up to date"
        ));
    }
    if arguments.diff {
        let unfit = || Failure::error(FailureKind::Damage, format!("the edits of article {id} do not fit its text"));
        let pieces = ledger.pieces().ok_or_else(unfit)?;
        write_diff(&mut session.out, &pieces, &ledger.dropped, session.look)?;
        return Ok(());
    }
    write(archive, &row, &occurrences, &article, form, query, session)
}

/// Writes the file bit by bit; to a terminal, which bits of it could command, as text.
fn write_original(archive: &Reader, id: ArticleId, session: &mut Session) -> anyhow::Result<()> {
    if !session.on_terminal {
        archive.original(id, &mut session.out)?;
        return Ok(());
    }
    let mut out = VisibleWriter::new(&mut session.out);
    archive.original(id, &mut out)?;
    if out.finish()? {
        session.out.flush()?;
        session.note(&format!(
            "newsgrep: made safe for a terminal: characters that could command it are shown as signs; `newsgrep show {id} \
             --format original > FILE` gives the file bit by bit"
        ));
    }
    Ok(())
}

/// The text that the index kept of an article whose original is damaged, if it is the one that the archive knows.
fn kept_text(
    archive: &Reader,
    row: &ArticleRow,
    session: &mut Session,
    error: anyhow::Error,
) -> anyhow::Result<Article> {
    let engine = Engine::open(&session.archive()?);
    let stored = engine.ok().and_then(|engine| engine.stored(row.id).ok().flatten());
    let sound = stored.filter(|stored| stored.text_hash == row.text_hash).map(|stored| stored.article);
    let salvaged = || Some(salvage(&archive.folder().join(FOLDER), &[row.text_hash]).remove(&row.text_hash)?.1);
    let Some(article) = sound.or_else(salvaged) else { return Err(error) };
    session.damaged(&format!("article {}: original damaged; text kept", row.id));
    Ok(article)
}

fn write(
    archive: &Reader,
    row: &ArticleRow,
    occurrences: &[Occurrence],
    article: &Article,
    form: Form,
    query: Option<&Query>,
    session: &mut Session,
) -> anyhow::Result<()> {
    let id = row.id;
    let paths = |current| {
        let found = occurrences.iter().filter(move |occurrence| occurrence.current == current);
        found.map(|occurrence| {
            session.near(Path::new(std::ffi::OsStr::from_bytes(&occurrence.path))).as_os_str().as_bytes().to_vec()
        })
    };
    let mut paths: Vec<Vec<u8>> = paths(true).chain(paths(false)).collect();
    paths.dedup();
    let record = occurrences.first().map(|occurrence| occurrence.number);
    if let Some(next) = archive.next(row)? {
        session.note(&format!("there is a newer version of this article: {next}"));
    }
    match form {
        Form::Text => {
            let marked = query.map(|query| Marker::new(query).mark(article));
            if marked.as_ref().is_some_and(|marked| !marked.any()) {
                session.note(&format!("newsgrep: nothing in the text of article {id} matches what is to be marked"));
            }
            write_article(&mut session.out, id, article, marked.as_ref(), &paths, session.look)?;
        }
        Form::Markdown => write_markdown(&mut session.out, id, article)?,
        Form::Json | Form::Original => {
            write_cleaned(&mut session.out, &CleanedRecord { id, article, paths: &paths, record })?;
        }
    }
    Ok(())
}
