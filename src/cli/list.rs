//! `newsgrep list`: what is in the archive, without an index.

use std::io::Write;
use std::ops::ControlFlow;

use super::Session;
use super::query::{Form, day};
use crate::archive::{ArticleRow, Filter, Order, day_number};
use crate::article::Article;
use crate::french::fold;
use crate::output::{Answer, visible, visible_path};
use crate::problem::{Failure, FailureKind, is_damage};
use crate::query::Bound;
use crate::search::{Found, Piece};

/// Lists the articles of the archive, newest first.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Published on this day, month or year, or later.
    #[arg(long, value_name = "DATE")]
    since: Option<String>,
    /// Published on this day, month or year, or earlier.
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// From publishers with these words in their name.
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Articles without text alone: no lead, and no block but embedded posts.
    #[arg(long)]
    empty: bool,
    /// The records and files that could not be taken in, each with its place and the reason; no articles.
    #[arg(long, conflicts_with_all = ["since", "until", "source", "empty", "format", "json"])]
    skipped: bool,
    /// The files that were gone from their folders when these were last looked through; no articles.
    #[arg(long, conflicts_with_all = ["since", "until", "source", "empty", "skipped", "format", "json"])]
    gone: bool,
    /// At most so many.
    #[arg(short = 'n', long, value_name = "N", default_value_t = usize::MAX, hide_default_value = true)]
    limit: usize,
    /// Leave out the first so many.
    #[arg(long, value_name = "N", default_value_t = 0)]
    offset: usize,
    /// How to print them.
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
    /// The same as `--format jsonl`.
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, session: &mut Session) -> anyhow::Result<()> {
    if arguments.skipped {
        return list_skipped(arguments, session);
    }
    if arguments.gone {
        return list_gone(arguments, session);
    }
    let today = session.today();
    let bound =
        |text: &Option<String>, end| text.as_deref().map(|text| day(text, today, end).map(day_number)).transpose();
    let filter = Filter {
        since: bound(&arguments.since, Bound::First)?,
        until: bound(&arguments.until, Bound::Last)?,
        order: Order::Newest,
        ..Filter::default()
    };
    let wanted = arguments.source.as_deref().map(fold);
    let archive = session.reader()?;
    let (mut found, mut total) = (Vec::new(), 0);
    let (mut damage, mut in_list) = (Vec::new(), Vec::new());
    let mut take = |row: ArticleRow| {
        let publisher = row.summary.publisher.as_deref().map(fold).unwrap_or_default();
        if wanted.as_deref().is_some_and(|wanted| !publisher.contains(wanted))
            || (arguments.empty && !row.summary.empty)
        {
            return Ok(ControlFlow::Continue(()));
        }
        total += 1;
        if total > arguments.offset && found.len() < arguments.limit {
            let occurrences = match archive.occurrences(&row) {
                Err(error) if is_damage(&error) => {
                    damage.push(format!("article {} is left out: {error:#}", row.id));
                    return Ok(ControlFlow::Continue(()));
                }
                other => other?,
            };
            let paths = occurrences.into_iter().filter(|occurrence| occurrence.current);
            let paths = paths.map(|occurrence| occurrence.path).collect();
            let headline = row.summary.headline.iter().map(|text| Piece { text: text.clone(), hit: false }).collect();
            let article = Article::from(row.summary);
            found.push(Found { id: Some(row.id), score: None, article, paths, headline, passages: Vec::new() });
        }
        Ok(ControlFlow::Continue(()))
    };
    archive.list(&filter, &mut take, &mut |what| in_list.push(what))?;
    damage.iter().chain(&in_list).for_each(|what| session.damaged(what));
    let dated = filter.since.is_some() || filter.until.is_some();
    let undated = if dated { usize::try_from(archive.stats(&mut |_| ())?.undated).ok() } else { None };
    let format = if arguments.json { Form::Jsonl } else { arguments.format };
    super::query::shorten_paths(session, &mut found, format);
    let answer = Answer {
        id: None,
        number: 0,
        asked: "",
        found: &found,
        offset: arguments.offset,
        total,
        undated,
        elapsed: None,
        receipt: None,
    };
    (format.output().write)(&mut session.out, &answer, session.look)?;
    if total == 0 {
        return Err(Failure::error(FailureKind::NotFound, "no article"));
    }
    Ok(())
}

/// One line a record or file that could not be taken in.
fn list_skipped(arguments: &Arguments, session: &mut Session) -> anyhow::Result<()> {
    let skips = session.reader()?.skips()?;
    for skip in skips.iter().skip(arguments.offset).take(arguments.limit) {
        let path = visible_path(&skip.path);
        match skip.record {
            Some(record) => writeln!(session.out, "{path}, record {record}: {}", visible(&skip.reason))?,
            None => writeln!(session.out, "{path}: {}", visible(&skip.reason))?,
        }
    }
    if skips.is_empty() {
        return Err(Failure::error(FailureKind::NotFound, "nothing was skipped"));
    }
    Ok(())
}

/// One line a file that is gone.
fn list_gone(arguments: &Arguments, session: &mut Session) -> anyhow::Result<()> {
    let paths = session.reader()?.gone()?;
    for path in paths.iter().skip(arguments.offset).take(arguments.limit) {
        writeln!(session.out, "{}", visible_path(path))?;
    }
    if paths.is_empty() {
        return Err(Failure::error(FailureKind::NotFound, "no file is gone"));
    }
    Ok(())
}
