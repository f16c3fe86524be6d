//! The whole commands, side by side with their floor: `cargo bench --bench whole -- [--articles N] [--rounds N]
//! [--generator DIR] [--queries]`.
//!
//! The floor is a bare tantivy program (see `floor`), with one form of a word or newsgrep's three, run over the same corpus in the
//! same minutes; the ratio is what counts, for it travels from machine to machine. Peers are run where they are installed.
//! Figures are given as least and median of the rounds. A corpus is kept in `target/tmp/whole` and used again.

mod corpus;
mod floor;
mod fts;
mod measure;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use corpus::Corpus;
use measure::{Run, least_and_median, timed, watched};

/// A query: its name, the floor's kind and words, newsgrep's arguments, FTS5's query.
type Asked = (&'static str, &'static str, &'static [&'static str], &'static [&'static str], &'static str);

const QUERIES: &[Asked] = &[
    ("rare word", "words", &["quixalore"], &["quixalore"], "quixalore"),
    ("common word", "words", &["travail"], &["travail"], "travail"),
    ("two words", "words", &["gouvernement", "travail"], &["gouvernement travail"], "gouvernement travail"),
    (
        "phrase",
        "phrase",
        &["intelligence", "artificielle"],
        &["\"intelligence artificielle\""],
        "\"intelligence artificielle\"",
    ),
    (
        "three, OR",
        "or",
        &["gouvernement", "travail", "OpenAI"],
        &["gouvernement OU travail OU OpenAI"],
        "gouvernement OR travail OR OpenAI",
    ),
    ("prefix", "prefix", &["gouvern"], &["gouvern*"], "gouvern*"),
    ("near", "near", &["gouvernement", "travail"], &["gouvernement NEAR/5 travail"], "NEAR(gouvernement travail, 5)"),
    ("fuzzy", "fuzzy", &["gouvernemant"], &["gouvernemant~"], ""),
    ("count", "count", &["travail"], &["--count", "travail"], ""),
];

struct Plan {
    articles: usize,
    rounds: usize,
    /// Where the generator and its sentences lie.
    generator: PathBuf,
    /// Only queries, on what an earlier run left.
    queries_only: bool,
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((first, rest)) if first == "floor" => floor::main(rest),
        Some((first, rest)) if first == "fts" => fts::main(rest),
        _ => compare(&plan(&arguments)?),
    }
}

fn plan(arguments: &[String]) -> anyhow::Result<Plan> {
    let generator = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/speed");
    let mut plan = Plan { articles: 2_000, rounds: 3, generator, queries_only: false };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut number = || rest.next().context("a number is missing")?.parse().context("not a number");
        match argument.as_str() {
            "--articles" => plan.articles = number()?,
            "--rounds" => plan.rounds = number()?,
            "--generator" => plan.generator = rest.next().context("a folder is missing")?.into(),
            "--queries" => plan.queries_only = true,
            _ => {} // what cargo passes
        }
    }
    Ok(plan)
}

/// Where a run keeps its things.
struct Bench {
    corpus: Corpus,
    dir: PathBuf,
    rounds: usize,
}

fn compare(plan: &Plan) -> anyhow::Result<()> {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("whole");
    let corpus = corpus::make(&dir, &plan.generator, plan.articles)?;
    let bench = Bench { corpus, dir, rounds: plan.rounds.max(1) };
    let text = fs::metadata(&bench.corpus.jsonl)?.len();
    say(&format!("{} articles, {} MB; least and median of {} rounds", plan.articles, text / 1_000_000, bench.rounds))?;
    if !plan.queries_only {
        bench.ingest()?;
        bench.folder()?;
        bench.sizes(text)?;
    }
    bench.queries()
}

impl Bench {
    fn ingest(&self) -> anyhow::Result<()> {
        heading("ingest, s")?;
        let jsonl = &self.corpus.jsonl;
        let (mut ours, mut rebuilds, mut fts) = (Vec::new(), Vec::new(), Vec::new());
        let (mut floors, mut of_schema) = (Vec::new(), Vec::new());
        for _ in 0..self.rounds {
            self.clear(&["archive", "floor", "floor-forms", "fts"])?;
            of_schema.push(watched(self.own("floor", &["index-forms"]).arg(jsonl).arg(self.dir.join("floor-forms")))?);
            floors.push(watched(self.own("floor", &["index"]).arg(jsonl).arg(self.dir.join("floor")))?);
            ours.push(watched(self.newsgrep("archive", &["ingest"]).arg(jsonl))?);
            rebuilds.push(watched(&mut self.newsgrep("archive", &["reindex"]))?);
        }
        fts.push(watched(self.own("fts", &["index"]).arg(jsonl).arg(self.dir.join("fts")))?);
        row("JSON Lines", &ours, &floors)?;
        row("against a floor of three forms", &ours, &of_schema)?;
        row("reindex, against the floor", &rebuilds, &floors)?;
        row("reindex, against the ingest", &rebuilds, &ours)?;
        row("SQLite FTS5, against the floor", &fts, &floors)
    }

    fn folder(&self) -> anyhow::Result<()> {
        let (mut ours, mut floors, mut of_schema) = (Vec::new(), Vec::new(), Vec::new());
        let (mut again, mut finds, mut changed, mut added, mut added_floor) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let folder = &self.corpus.folder;
        let (new, first) = (self.dir.join("new.txt"), first_file(folder).context("an empty corpus")?);
        for round in 0..self.rounds {
            self.clear(&["folder", "folder-floor", "folder-forms"])?;
            of_schema
                .push(watched(self.own("floor", &["index-forms"]).arg(folder).arg(self.dir.join("folder-forms")))?);
            floors.push(watched(self.own("floor", &["index"]).arg(folder).arg(self.dir.join("folder-floor")))?);
            ours.push(watched(self.newsgrep("folder", &["ingest"]).arg(folder))?);
            finds.push(timed(Command::new("find").arg(folder).args(["-type", "f", "-size", "+0"]))?);
            again.push(timed(self.newsgrep("folder", &["ingest"]).arg(folder))?);
            let before = fs::read(&first)?;
            fs::write(&first, [before.as_slice(), format!("\nUne ligne de plus, la {round}e.\n").as_bytes()].concat())?;
            changed.push(timed(self.newsgrep("folder", &["ingest"]).arg(folder))?);
            fs::write(&first, before)?;
            fs::write(&new, format!("Une nouvelle, la {round}e\n\nElle tient en une phrase.\n"))?;
            added_floor.push(timed(self.own("floor", &["add"]).arg(&new).arg(self.dir.join("folder-floor")))?);
            added.push(timed(self.newsgrep("folder", &["ingest"]).arg(&new))?);
        }
        row("folder", &ours, &floors)?;
        row("against a floor of three forms", &ours, &of_schema)?;
        row("unchanged folder, against find", &again, &finds)?;
        row("one file changed, against find", &changed, &finds)?;
        row("one article more", &added, &added_floor)
    }

    /// What lies on disk, as parts of the corpus.
    fn sizes(&self, text: u64) -> anyhow::Result<()> {
        heading("size, parts of the corpus")?;
        for (name, path) in [
            ("archive", "archive/archive.sqlite"),
            ("index", "archive/index"),
            ("floor's index", "floor"),
            ("SQLite FTS5", "fts"),
        ] {
            let bytes = size(&self.dir.join(path));
            say(&format!("  {name:<32} {:>8.3}  {:>6} MB", ratio(bytes, text), bytes / 1_000_000))?;
        }
        let mut kinds = std::collections::BTreeMap::<String, u64>::new();
        for entry in fs::read_dir(self.dir.join("archive/index"))?.flatten() {
            let kind = entry.path().extension().map(|kind| kind.to_string_lossy().into_owned());
            *kinds.entry(kind.unwrap_or_default()).or_default() += entry.metadata()?.len();
        }
        let kinds = kinds.iter().filter(|(_, bytes)| **bytes > text / 1_000);
        let parts: Vec<String> = kinds.map(|(kind, bytes)| format!("{kind} {:.3}", ratio(*bytes, text))).collect();
        say(&format!("  of the index: {}", parts.join(", ")))
    }

    fn queries(&self) -> anyhow::Result<()> {
        heading("query: a cold process, warm files, ten hits with passages, ms")?;
        let installed = |program: &str| Command::new(program).arg("--version").output().is_ok();
        let ripgrep = installed("rg");
        for (name, kind, words, ours, fts) in QUERIES {
            let (mut own, mut floors, mut of_schema) = (Vec::new(), Vec::new(), Vec::new());
            let (mut peers, mut greps) = (Vec::new(), Vec::new());
            for _ in 0..self.rounds * 7 {
                floors.push(timed(self.own("floor", &["query"]).arg(self.dir.join("floor")).arg(kind).args(*words))?);
                let mut forms = self.own("floor", &["query-forms"]);
                of_schema.push(timed(forms.arg(self.dir.join("floor-forms")).arg(kind).args(*words))?);
                own.push(timed(self.newsgrep("archive", &["query"]).args(*ours))?);
            }
            for _ in 0..self.rounds {
                if !fts.is_empty() {
                    peers.push(timed(self.own("fts", &["query"]).arg(self.dir.join("fts")).arg(fts))?);
                }
                if ripgrep && let Some(word) = words.first() {
                    greps.push(timed(Command::new("rg").args(["-ci", word]).arg(&self.corpus.jsonl))?);
                }
            }
            milliseconds(name, &own, &floors)?;
            milliseconds("  against a floor of three forms", &own, &of_schema)?;
            for (peer, runs) in [("SQLite FTS5", peers), ("ripgrep, one word", greps)] {
                if !runs.is_empty() {
                    milliseconds(&format!("  {peer}"), &runs, &floors)?;
                }
            }
        }
        Ok(())
    }

    fn newsgrep(&self, archive: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_newsgrep"));
        command.args(arguments).arg("-q").arg("--archive").arg(self.dir.join(archive));
        command
    }

    /// Another of the programs in this one.
    fn own(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(std::env::current_exe().unwrap_or_else(|_| self.dir.clone()));
        command.arg(program).args(arguments);
        command
    }

    fn clear(&self, names: &[&str]) -> anyhow::Result<()> {
        for path in names.iter().map(|name| self.dir.join(name)).filter(|path| path.exists()) {
            if path.is_dir() { fs::remove_dir_all(path)? } else { fs::remove_file(path)? }
        }
        Ok(())
    }
}

/// A row of the table: ours, the floor's, and the ratios of both figures.
fn row(name: &str, ours: &[Run], floor: &[Run]) -> anyhow::Result<()> {
    let wall = |runs: &[Run]| least_and_median(runs.iter().map(|run| run.wall).collect());
    let cpu = |runs: &[Run]| least_and_median(runs.iter().map(|run| run.cpu).collect());
    let memory = ours.iter().map(|run| run.memory).max().unwrap_or_default();
    let ((least, median), (floor_least, floor_median)) = (wall(ours), wall(floor));
    let mut line = format!(
        "  {name:<32} {least:>8.2} {median:>8.2}   floor {floor_least:>8.2} {floor_median:>8.2}   ratio {:>5.2} {:>5.2}",
        least / floor_least,
        median / floor_median
    );
    if memory > 0 {
        let (own, theirs) = (cpu(ours).0, cpu(floor).0);
        line += &format!("   processor {own:.2} to {theirs:.2}, {:.2}; {memory} MB", own / theirs);
    }
    say(&line)
}

fn milliseconds(name: &str, ours: &[Run], floor: &[Run]) -> anyhow::Result<()> {
    let in_ms =
        |runs: &[Run]| -> Vec<Run> { runs.iter().map(|run| Run { wall: run.wall * 1e3, ..Run::default() }).collect() };
    row(name, &in_ms(ours), &in_ms(floor))
}

fn first_file(folder: &Path) -> Option<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.into_iter().find_map(|path| if path.is_dir() { first_file(&path) } else { Some(path) })
}

fn size(path: &Path) -> u64 {
    match fs::read_dir(path) {
        Ok(entries) => entries.flatten().map(|entry| size(&entry.path())).sum(),
        Err(_) => fs::metadata(path).map_or(0, |metadata| metadata.len()),
    }
}

#[allow(clippy::cast_precision_loss)] // for people
fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

fn heading(text: &str) -> anyhow::Result<()> {
    say(&format!("\n{text}"))
}

fn say(line: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{line}")?;
    Ok(())
}
