//! The corpus: invented articles, as one file of JSON Lines and as a folder of text files.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

/// Where the corpus lies.
pub(crate) struct Corpus {
    pub(crate) jsonl: PathBuf,
    pub(crate) folder: PathBuf,
}

/// Makes a corpus of so many articles in `dir`, unless it is there: with the generator and its French sentences, where those
/// are, or from the words of a fixture.
pub(crate) fn make(dir: &Path, generator: &Path, articles: usize) -> anyhow::Result<Corpus> {
    let corpus = Corpus { jsonl: dir.join(format!("{articles}.jsonl")), folder: dir.join(format!("{articles}")) };
    if corpus.jsonl.exists() && corpus.folder.exists() {
        return Ok(corpus);
    }
    fs::create_dir_all(&corpus.folder)?;
    if generator.join("gen_corpus.rs").exists() {
        generate(generator, dir, articles, &corpus)?;
    } else {
        invent(Path::new(env!("CARGO_MANIFEST_DIR")), articles, &corpus)?;
    }
    Ok(corpus)
}

fn generate(source: &Path, dir: &Path, articles: usize, corpus: &Corpus) -> anyhow::Result<()> {
    let generator = dir.join("generator");
    if !generator.exists() {
        let compiled =
            Command::new("rustc").arg("-O").arg(source.join("gen_corpus.rs")).arg("-o").arg(&generator).status()?;
        ensure!(compiled.success(), "the generator does not compile");
    }
    let made = Command::new(&generator)
        .args(["--n", &articles.to_string(), "--seed-text"])
        .arg(source.join("seed_fr.txt"))
        .arg("--jsonl")
        .arg(&corpus.jsonl)
        .arg("--txt")
        .arg(&corpus.folder)
        .status()?;
    ensure!(made.success(), "the generator failed");
    Ok(())
}

/// Articles of words drawn from a fixture, few of them often, as words are.
fn invent(checkout: &Path, articles: usize, corpus: &Corpus) -> anyhow::Result<()> {
    let fixture = checkout.join("fixtures/clips/offre-openai.txt");
    let text = fs::read_to_string(&fixture).with_context(|| fixture.display().to_string())?;
    let words: Vec<&str> = text.split_whitespace().filter(|word| word.chars().all(char::is_alphanumeric)).collect();
    let mut state = 1_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or_default() % below.max(1)
    };
    let mut jsonl = std::io::BufWriter::new(fs::File::create(&corpus.jsonl)?);
    for number in 0..articles {
        let mut sentence = |length: usize| {
            let mut text = String::new();
            for _ in 0..length {
                let at = next(words.len()).min(next(words.len()));
                let _ = write!(
                    text,
                    "{}{} ",
                    words.get(at).unwrap_or(&"mot"),
                    if next(9) == 0 { format!("{}", next(5_000)) } else { String::new() }
                );
            }
            text
        };
        let title = sentence(8);
        let body: Vec<String> = (0..12).map(|_| format!("{}.", sentence(50).trim_end())).collect();
        let body = body.join("\n\n");
        let record = serde_json::json!({"id": format!("b{number}"), "title": title.trim_end(), "body": body});
        writeln!(jsonl, "{record}")?;
        let folder = corpus.folder.join(format!("{}", number / 1_000));
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(format!("{number}.txt")), format!("{}\n\n{body}\n", title.trim_end()))?;
    }
    Ok(jsonl.flush()?)
}
