//! How fast each room is, in MB of text a second: `cargo bench`. Each figure is the median of several runs over the fixtures.

use std::fs;
use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use newsgrep::article::{Body, Draft};
use newsgrep::clean::clean;
use newsgrep::french::Analyzer;
use newsgrep::query::{Options, parse};

/// How often each measurement is repeated.
const RUNS: usize = 9;

fn main() -> std::io::Result<()> {
    let clip = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/clips/offre-openai.txt"))?;
    let text = clean(Draft { body: Body::Clip(clip.clone()), ..Draft::default() }, &[]).article.text();
    let mut analyzer = Analyzer::new();
    report("french: analysis", text.len(), || {
        let mut words = 0;
        analyzer.analyze(&text, &mut |_| words += 1);
        black_box(words);
    })?;
    report("clean: broken clip", clip.len(), || {
        black_box(clean(Draft { body: Body::Clip(clip.clone()), ..Draft::default() }, &[]));
    })?;
    report("clean: clean text", text.len(), || {
        black_box(clean(Draft { body: Body::Text(text.clone()), ..Draft::default() }, &[]));
    })?;
    let query = "(titre:OpenAI OU \"offre de rachat\"~2) ET date:2025 SAUF Marchal";
    let options = Options { any: false, plain: false, today: jiff::civil::date(2026, 1, 1) };
    report("query: parse", query.len(), || {
        let _ = black_box(parse(query, &options));
    })
}

/// Times `work`, which goes through `bytes` bytes, and prints the median rate.
fn report(name: &str, bytes: usize, mut work: impl FnMut()) -> std::io::Result<()> {
    const ROUNDS: usize = 200;
    let mut rates: Vec<f64> = (0..RUNS)
        .map(|_| {
            let began = Instant::now();
            (0..ROUNDS).for_each(|_| work());
            #[allow(clippy::cast_precision_loss)] // a rate for people
            let megabytes = (bytes * ROUNDS) as f64 / 1e6;
            megabytes / began.elapsed().as_secs_f64()
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    let median = rates.get(RUNS / 2).copied().unwrap_or_default();
    writeln!(std::io::stdout(), "{name:<22} {median:>8.1} MB/s")
}
