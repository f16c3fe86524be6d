//! `newsgrep query`: finds articles, counts them, and tells which came first.

mod advice;
mod explain;
mod filters;
mod language;
mod receipt;
mod tables;

use std::fs;
use std::io::Write;
use std::mem::ManuallyDrop;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::ValueEnum;

pub(super) use self::filters::day;
use self::filters::filters;
use self::language::LANGUAGE;
use self::tables::{By, FirstBy, Table};
use super::Session;
use crate::index::Sort;
use crate::output::{self, Answer, visible};
use crate::problem::{Failure, FailureKind};
use crate::query::{Note, Options, Parsed, Query, parse};
use crate::search::{Doubt, Engine, Found, Receipt, Request, Wanted};

/// Finds articles: all the words, in any form and order, best first.
#[derive(Debug, clap::Args)]
#[command(after_long_help = LANGUAGE)]
pub(super) struct Arguments {
    /// What to look for; several words are joined. Quote them, or put `--` before a leading minus.
    #[arg(value_name = "WORDS", required_unless_present_any = ["queries", "by", "first_by", "since", "until", "source"])]
    words: Vec<String>,
    /// At most so many hits, or rows of names [default: 10 hits, all rows].
    #[arg(short = 'n', long, value_name = "N")]
    limit: Option<usize>,
    /// Leave out the first so many hits.
    #[arg(long, value_name = "N", default_value_t = 0)]
    offset: usize,
    /// Rank articles with any of the words instead of demanding all.
    #[arg(long)]
    any: bool,
    /// Everything typed is words: no operators, fields or quotes.
    #[arg(long)]
    plain: bool,
    /// Published on this day, month or year, or later.
    #[arg(long, value_name = "DATE")]
    since: Option<String>,
    /// Published on this day, month or year, or earlier.
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// From publishers with these words in their name.
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// What comes first.
    #[arg(long, value_enum, default_value_t = Order::Score)]
    sort: Order,
    /// Count articles instead of listing them; without words, those of the whole archive.
    #[arg(long, value_enum, value_name = "WHAT", conflicts_with_all = ["queries", "count", "paths", "offset", "sort", "explain", "first_by"])]
    by: Option<By>,
    /// Tell the earliest article of each, in the order of their dates.
    #[arg(long, value_enum, value_name = "WHAT", conflicts_with_all = ["queries", "count", "paths", "offset", "sort", "explain"])]
    first_by: Option<FirstBy>,
    /// Print only how many articles match.
    #[arg(short, long)]
    count: bool,
    /// Print only the paths of the files, one a line, exactly.
    #[arg(short = 'l', long, conflicts_with = "count")]
    paths: bool,
    /// Add a receipt: what was asked, of which archive, when, with what, and how many articles there were; as text below a
    /// list, within a JSON document, else on stderr, or in a new file (JSON where its name ends in .json).
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, conflicts_with_all = ["queries", "explain"])]
    receipt: Option<Option<PathBuf>>,
    /// Show the sentence that matched with so many sentences before and after it, whole ones, over paragraphs too
    /// [default: about 220 characters].
    #[arg(short = 'C', long, value_name = "N", conflicts_with_all = ["count", "paths", "by", "first_by", "explain"])]
    context: Option<usize>,
    /// Show so many passages of each article (1 to 100, or `all`) [default: at most 2, as show all that was found].
    #[arg(long, value_name = "N", value_parser = passages, conflicts_with_all = ["count", "paths", "by", "first_by", "explain"])]
    passages: Option<usize>,
    /// Print how the query was understood and what each of its words and conditions finds, in place of hits.
    #[arg(long)]
    explain: bool,
    /// How to print the hits.
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
    /// The same as `--format jsonl`.
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Run a file of queries: one a line, or `id TAB query`.
    #[arg(long, value_name = "FILE", conflicts_with = "words")]
    queries: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Order {
    /// The best hit.
    Score,
    /// The newest article.
    Newest,
    /// The oldest article.
    Oldest,
}

/// A format, by its name on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    /// For a person.
    Text,
    /// One JSON document with totals.
    Json,
    /// One JSON document a hit.
    Jsonl,
    /// A table for a spreadsheet.
    Csv,
    /// Full ids, one a line.
    Ids,
    /// A run file, to measure relevance.
    Trec,
}

impl Form {
    /// What writes it.
    pub(super) fn output(self) -> &'static output::Format {
        let name = match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Ids => "ids",
            Self::Trec => "trec",
        };
        output::format(name).unwrap_or(output::DEFAULT)
    }
}

/// How many hits are shown unless told otherwise.
const HITS: usize = 10;

/// Reads a number of passages.
fn passages(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count @ 1..=100) => Ok(count),
        _ if matches!(text, "all" | "tous" | "toutes") => Ok(usize::MAX),
        _ => Err("a number from 1 to 100, or `all`".to_owned()),
    }
}

impl Arguments {
    /// The passages that are wanted of each article.
    fn wanted(&self) -> Wanted {
        let usual = Wanted::default();
        Wanted {
            passages: self.passages.unwrap_or(usual.passages),
            fill: self.passages.is_some(),
            context: self.context,
            ..usual
        }
    }

    const fn form(&self) -> Form {
        if self.json { Form::Jsonl } else { self.format }
    }
}

pub(super) fn run(arguments: &Arguments, session: &mut Session) -> anyhow::Result<()> {
    let table = Table::wanted(arguments, arguments.form())?;
    let format = arguments.form().output();
    if (arguments.context.is_some() || arguments.passages.is_some()) && !format.passages {
        let message = format!("--format {} has no passages: leave out --context and --passages", format.name);
        return Err(Failure::error(FailureKind::Usage, message));
    }
    let filters = filters(arguments, session)?;
    if let Some(file) = &arguments.queries {
        return run_file(arguments, file, &filters, session);
    }
    let asked = arguments.words.join(" ");
    let parsed = understand(arguments, &asked, arguments.any, &filters, session)?;
    for note in &parsed.notes {
        // That small words count for nothing is no news but to who asks.
        if arguments.explain || session.verbose || !matches!(note, Note::SmallWords(_)) {
            session.note(&format!("newsgrep: {note}"));
        }
    }
    if arguments.explain {
        return explain::explain(&parsed.query, session);
    }
    // Never closed: as the process ends the system takes back all its maps at once, sooner than one by one.
    let engine = ManuallyDrop::new(Engine::open(&session.archive()?)?);
    tell_state(&engine, session)?;
    let mut question = Question { id: None, number: 0, asked: &asked, parsed: &parsed, receipt: None };
    let receipt = receipt::Wanted::of(arguments, &engine, question, session)?;
    question.receipt = receipt.as_ref().and_then(receipt::Wanted::within);
    let total = match table {
        Some(table) => table.write(arguments, &engine, question, session)?,
        None => answer(arguments, &engine, question, session)?,
    };
    for damage in engine.take_damage() {
        session.damaged(&damage);
    }
    if let Some(receipt) = &receipt {
        receipt.write()?;
    }
    if total == 0 {
        if !arguments.count {
            let any = any_of(arguments, &asked, &filters, &parsed, session)?;
            let doubt = Doubt { query: &parsed.query, asked: &parsed.asked, any: any.as_ref() };
            advice::advise(&engine.advise(&doubt)?, session);
        }
        return Err(Failure::error(FailureKind::NotFound, String::new()));
    }
    Ok(())
}

/// The same query for any of its words; `None` where that makes no difference.
fn any_of(
    arguments: &Arguments,
    asked: &str,
    filters: &[Query],
    parsed: &Parsed,
    session: &Session,
) -> anyhow::Result<Option<Query>> {
    let any = understand(arguments, asked, true, filters, session)?.query;
    Ok(Some(any).filter(|any| *any != parsed.query))
}

/// A query about to be answered.
#[derive(Clone, Copy)]
struct Question<'a> {
    id: Option<&'a str>,
    number: usize,
    asked: &'a str,
    parsed: &'a Parsed,
    receipt: Option<&'a Receipt>,
}

/// Answers one query and gives how many articles match.
fn answer(
    arguments: &Arguments,
    engine: &Engine,
    question: Question<'_>,
    session: &mut Session,
) -> anyhow::Result<usize> {
    let query = &question.parsed.query;
    if arguments.count {
        let total = engine.count(query)?;
        match question.id {
            Some(id) => writeln!(session.out, "{}\t{total}", visible(id))?,
            None => writeln!(session.out, "{total}")?,
        }
        return Ok(total);
    }
    let form = arguments.form();
    let format = form.output();
    let began = Instant::now();
    let request = Request {
        query,
        typed: &question.parsed.asked,
        optional: &question.parsed.optional,
        sort: match arguments.sort {
            Order::Score => Sort::Score,
            Order::Newest => Sort::Newest,
            Order::Oldest => Sort::Oldest,
        },
        offset: arguments.offset,
        limit: arguments.limit.unwrap_or(HITS),
        passages: (format.passages && !arguments.paths).then(|| arguments.wanted()),
    };
    let mut results = engine.find(&request)?;
    if arguments.paths {
        for path in results.found.iter().filter_map(|found| found.paths.first()) {
            write_path(path, session)?;
        }
        return Ok(results.total);
    }
    shorten_paths(session, &mut results.found, form);
    let answer = Answer {
        id: question.id,
        number: question.number,
        asked: question.asked,
        found: &results.found,
        offset: arguments.offset,
        total: results.total,
        undated: results.undated,
        elapsed: Some(began.elapsed()),
        receipt: question.receipt,
    };
    (format.write)(&mut session.out, &answer, session.look)?;
    if results.total == 0
        && let Some(undated) = results.undated.filter(|undated| *undated > 0)
    {
        session.note(&format!("newsgrep: {undated} undated articles left out by the date"));
    }
    Ok(results.total)
}

/// A path exactly, for a script; made safe, for a terminal.
fn write_path(path: &[u8], session: &mut Session) -> anyhow::Result<()> {
    if session.on_terminal {
        writeln!(session.out, "{}", output::visible_path(path))?;
    } else {
        session.out.write_all(path)?;
        writeln!(session.out)?;
    }
    Ok(())
}

/// For a person, paths below the folder they are in are shown from there.
pub(super) fn shorten_paths(session: &Session, found: &mut [Found], form: Form) {
    if form != Form::Text {
        return;
    }
    for path in found.iter_mut().flat_map(|found| &mut found.paths) {
        let near = session.near(Path::new(std::ffi::OsStr::from_bytes(path)));
        *path = near.as_os_str().as_bytes().to_vec();
    }
}

/// Runs a file of queries; one that is refused is reported and costs no other.
fn run_file(arguments: &Arguments, file: &Path, filters: &[Query], session: &mut Session) -> anyhow::Result<()> {
    let bytes =
        fs::read(file).map_err(|error| Failure::error(FailureKind::Usage, format!("{}: {error}", file.display())))?;
    let text = String::from_utf8_lossy(&bytes);
    let engine = Engine::open(&session.archive()?)?;
    tell_state(&engine, session)?;
    let (mut refused, mut number) = (0, 0);
    for (line, text) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let at = (line + 1).to_string();
        let (id, asked) = text.split_once('\t').unwrap_or((&at, text));
        match understand(arguments, asked, arguments.any, filters, session) {
            Ok(parsed) => {
                answer(
                    arguments,
                    &engine,
                    Question { id: Some(id), number, asked, parsed: &parsed, receipt: None },
                    session,
                )?;
                for damage in engine.take_damage() {
                    session.damaged(&damage);
                }
                number += 1;
            }
            Err(error) => {
                refused += 1;
                super::say(&format!("newsgrep: query {} refused: {}", visible(id), visible(&format!("{error:#}"))));
            }
        }
    }
    if refused > 0 {
        return Err(Failure::error(FailureKind::Skipped, format!("{refused} queries refused")));
    }
    Ok(())
}

fn understand(
    arguments: &Arguments,
    asked: &str,
    any: bool,
    filters: &[Query],
    session: &Session,
) -> anyhow::Result<Parsed> {
    let options = Options { any, plain: arguments.plain, today: session.today() };
    let mut parsed = if asked.is_empty() && arguments.words.is_empty() && arguments.queries.is_none() {
        Parsed { query: Query::All, notes: Vec::new(), asked: Vec::new(), optional: Vec::new() }
    } else {
        parse(asked, &options).map_err(|error| Failure::error(FailureKind::Usage, error.to_string()))?
    };
    if !filters.is_empty() {
        let mut parts = vec![parsed.query];
        parts.extend(filters.iter().cloned());
        parsed.query = Query::and(parts);
    }
    Ok(parsed)
}

/// Tells what a person must know of the archive and its index to trust an answer.
fn tell_state(engine: &Engine, session: &Session) -> anyhow::Result<()> {
    if engine.is_unchecked_copy() {
        session.note(
            "newsgrep: this archive is a copy whose index was not compared with the original's yet: run `newsgrep check` once",
        );
    }
    match engine.behind()? {
        0 => {}
        1 => session
            .note("newsgrep: 1 article is not yet searchable: run `newsgrep ingest` again, or `newsgrep reindex`"),
        behind => session.note(&format!(
            "newsgrep: {behind} articles are not yet searchable: run `newsgrep ingest` again, or `newsgrep reindex`"
        )),
    }
    Ok(())
}
