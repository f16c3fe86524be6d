//! How fast each room is: `cargo bench --bench rooms`. Rates are of the text that goes through; a page is told by its time,
//! beside that of another extractor on the same parser. Pages are those beside the checkout, or the fixtures.

use std::fs;
use std::hint::black_box;
use std::io::Cursor;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use criterion::{BatchSize, Criterion, Throughput};
use dom_smoothie::Readability;
use newsgrep::article::{Article, Body, Draft};
use newsgrep::clean::{Ledger, RULES, clean};
use newsgrep::french::Analyzer;
use newsgrep::query::{Options, parse};
use newsgrep::read::reader;
use newsgrep::search::{Marker, Wanted};

const OPTIONS: Options = Options { any: false, plain: false, today: jiff::civil::date(2026, 1, 1) };

fn main() -> anyhow::Result<()> {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .sample_size(20)
        .configure_from_args();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let broken = fs::read_to_string(fixtures.join("clips/offre-openai.txt"))?;
    let article = clean(Draft { body: Body::Clip(broken.clone()), ..Draft::default() }, &[]).article;
    let text = article.text();
    reading(&mut criterion, &text)?;
    cleaning(&mut criterion, &broken, &text);
    rules(&mut criterion, &broken);
    pages(&mut criterion, &fixtures)?;
    analysis(&mut criterion, &text);
    querying(&mut criterion, &article)?;
    criterion.final_summary();
    Ok(())
}

/// Each reader, and the encodings that a clip may come in.
fn reading(criterion: &mut Criterion, text: &str) -> anyhow::Result<()> {
    let long = text.repeat(8);
    let record = serde_json::json!({"id": "1", "title": "Un titre", "body": long});
    let latin: Vec<u8> = long.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
    let utf_16: Vec<u8> = std::iter::once(0xFEFF).chain(long.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let cases: [(&str, &str, Vec<u8>); 6] = [
        ("clip, UTF-8", "clip", long.clone().into_bytes()),
        ("clip, Windows-1252", "clip", latin),
        ("clip, UTF-16", "clip", utf_16),
        ("markdown", "markdown", format!("---\ntitle: Un titre\n---\n\n{long}").into_bytes()),
        ("html", "html", format!("<html><body><article><p>{long}</p></article></body></html>").into_bytes()),
        ("json lines", "json", format!("{record}\n").repeat(4).into_bytes()),
    ];
    let mut group = criterion.benchmark_group("read");
    for (name, format, bytes) in &cases {
        let reader = reader(format).with_context(|| format!("no reader {format}"))?;
        group.throughput(Throughput::Bytes(bytes.len() as u64)).bench_function(*name, |bencher| {
            bencher.iter(|| {
                (reader.split)(&mut Cursor::new(bytes), &mut |record| {
                    let _ = black_box(record.map(|record| (reader.draft)(&record.bytes)));
                    ControlFlow::Continue(())
                })
            });
        });
    }
    group.finish();
    Ok(())
}

/// A broken clip and a clean text, by all rules.
fn cleaning(criterion: &mut Criterion, broken: &str, text: &str) {
    let mut group = criterion.benchmark_group("clean");
    for (name, body) in [("broken clip", Body::Clip(broken.to_owned())), ("clean text", Body::Text(text.to_owned()))] {
        let length = if matches!(body, Body::Clip(_)) { broken.len() } else { text.len() };
        let draft = Draft { body, ..Draft::default() };
        group.throughput(Throughput::Bytes(length as u64)).bench_function(name, |bencher| {
            bencher.iter_batched(|| draft.clone(), |draft| clean(draft, &[]), BatchSize::SmallInput);
        });
    }
    group.finish();
}

/// Each rule alone on a broken clip.
fn rules(criterion: &mut Criterion, broken: &str) {
    let mut group = criterion.benchmark_group("rule");
    group.throughput(Throughput::Bytes(broken.len() as u64));
    let draft = Draft { text: broken.to_owned(), clip: true, plain_lines: true, ..Draft::default() };
    for rule in RULES {
        group.bench_function(rule.name, |bencher| {
            bencher.iter_batched(
                || (draft.clone(), Ledger::default()),
                |(mut draft, mut ledger)| {
                    (rule.apply)(&mut draft, &mut ledger);
                    (draft, ledger)
                },
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

/// All pages once, ours and dom_smoothie's.
fn pages(criterion: &mut Criterion, fixtures: &Path) -> anyhow::Result<()> {
    let mut paths = Vec::new();
    let shared = fixtures.join("../../shared/data/pages");
    collect(if shared.exists() { &shared } else { fixtures }, &mut paths);
    paths.sort();
    let pages: Vec<String> = paths
        .iter()
        .map(|path| fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
        .collect::<Result<_, _>>()?;
    let bytes: usize = pages.iter().map(String::len).sum();
    let mut group = criterion.benchmark_group(format!("{} pages", pages.len()));
    group.throughput(Throughput::Bytes(bytes as u64)).sample_size(10);
    group.bench_function("clean", |bencher| {
        bencher.iter(|| {
            for page in &pages {
                black_box(clean(Draft { body: Body::Html(page.clone()), ..Draft::default() }, &[]));
            }
        });
    });
    group.bench_function("dom_smoothie", |bencher| {
        bencher.iter(|| {
            for page in &pages {
                let _ = black_box(Readability::new(page.as_str(), None, None).and_then(|mut page| page.parse()));
            }
        });
    });
    group.finish();
    Ok(())
}

fn collect(folder: &Path, pages: &mut Vec<PathBuf>) {
    for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, pages);
        } else if path.extension().is_some_and(|extension| extension == "html") {
            pages.push(path);
        }
    }
}

/// French analysis, with the terms of the words known and not.
fn analysis(criterion: &mut Criterion, text: &str) {
    let mut group = criterion.benchmark_group("french");
    group.throughput(Throughput::Bytes(text.len() as u64));
    let mut known = Analyzer::new();
    let count = |analyzer: &mut Analyzer| {
        let mut words = 0;
        analyzer.analyze(text, &mut |_| words += 1);
        words
    };
    group.bench_function("words seen before", |bencher| bencher.iter(|| count(&mut known)));
    group.bench_function("words not seen", |bencher| bencher.iter(|| count(&mut Analyzer::new())));
    group.finish();
}

/// A query's parsing, and the passages of an article for it.
fn querying(criterion: &mut Criterion, article: &Article) -> anyhow::Result<()> {
    let mut group = criterion.benchmark_group("query");
    for typed in ["OpenAI offre", "(titre:OpenAI OU \"offre de rachat\"~2) ET date:2025 SAUF Marchal"] {
        group.bench_function(format!("parse {typed}"), |bencher| bencher.iter(|| parse(black_box(typed), &OPTIONS)));
    }
    let parsed = parse("OpenAI offre", &OPTIONS).ok().context("a query that does not parse")?;
    let mut marker = Marker::new(&parsed.query);
    group.bench_function("passages", |bencher| {
        bencher.iter(|| marker.passages(article, Wanted::default()));
    });
    group.finish();
    Ok(())
}
