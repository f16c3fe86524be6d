//! The floor: the least a program on tantivy can do. One field of stems from one cached stemmer, stored text, snippets; no
//! cleaning, no archive, no second form of a word, nothing checked.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, bail};
use newsgrep::french::Analyzer;
use serde::Deserialize;
use tantivy::collector::{Count, TopDocs};
use tantivy::indexer::LogMergePolicy;
use tantivy::query::{BooleanQuery, FuzzyTermQuery, Occur, PhraseQuery, Query, RegexQuery, TermQuery};
use tantivy::schema::{
    Field, IndexRecordOption, STORED, STRING, Schema, TantivyDocument, TextFieldIndexing, TextOptions, Value,
};
use tantivy::snippet::SnippetGenerator;
use tantivy::store::{Compressor, ZstdCompressor};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};
use tantivy::{Index, IndexSettings, IndexWriter, Term};

const TOKENIZER: &str = "stems";

/// Runs one of the floor's commands.
pub(crate) fn main(arguments: &[String]) -> anyhow::Result<()> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["index", source, dir] => index(Path::new(source), Path::new(dir)),
        ["add", file, dir] => add(Path::new(file), Path::new(dir)),
        ["query", dir, kind, words @ ..] => query(Path::new(dir), kind, words),
        other => bail!("the floor does not know {other:?}"),
    }
}

#[derive(Deserialize)]
struct Record {
    id: String,
    title: String,
    body: String,
}

struct Fields {
    schema: Schema,
    id: Field,
    title: Field,
    body: Field,
}

impl Fields {
    fn new() -> Self {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(TOKENIZER)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let text = TextOptions::default().set_indexing_options(indexing).set_stored();
        let mut schema = Schema::builder();
        let id = schema.add_text_field("id", STRING | STORED);
        let title = schema.add_text_field("title", text.clone());
        let body = schema.add_text_field("body", text);
        Self { schema: schema.build(), id, title, body }
    }
}

fn index(source: &Path, dir: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(dir)?;
    let fields = Fields::new();
    let settings = IndexSettings {
        docstore_compression: Compressor::Zstd(ZstdCompressor::default()),
        docstore_blocksize: 65_536,
        ..IndexSettings::default()
    };
    let index = Index::builder().schema(fields.schema.clone()).settings(settings).create_in_dir(dir)?;
    let mut writer = writer(&index)?;
    if source.is_dir() {
        add_folder(source, &fields, &writer)?;
    } else {
        for line in BufReader::new(File::open(source)?).lines() {
            let record: Record = serde_json::from_str(&line?)?;
            add_document(&fields, &writer, &record.id, &record.title, &record.body)?;
        }
    }
    finish(&mut writer)?;
    writer.wait_merging_threads()?;
    Ok(())
}

fn add(file: &Path, dir: &Path) -> anyhow::Result<()> {
    let fields = Fields::new();
    let mut writer = writer(&Index::open_in_dir(dir)?)?;
    add_file(file, &fields, &writer)?;
    finish(&mut writer)?;
    writer.wait_merging_threads()?;
    Ok(())
}

fn writer(index: &Index) -> anyhow::Result<IndexWriter> {
    index.tokenizers().register(TOKENIZER, Stems::default());
    let writer = index.writer_with_num_threads(2, 200_000_000)?;
    let mut policy = LogMergePolicy::default();
    policy.set_min_num_segments(4);
    writer.set_merge_policy(Box::new(policy));
    Ok(writer)
}

fn finish(writer: &mut IndexWriter) -> anyhow::Result<()> {
    writer.commit()?;
    Ok(())
}

fn add_folder(dir: &Path, fields: &Fields, writer: &IndexWriter) -> anyhow::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            add_folder(&entry.path(), fields, writer)?;
        } else {
            add_file(&entry.path(), fields, writer)?;
        }
    }
    Ok(())
}

fn add_file(path: &Path, fields: &Fields, writer: &IndexWriter) -> anyhow::Result<()> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let (title, body) = text.split_once('\n').unwrap_or((&text, ""));
    add_document(fields, writer, &path.to_string_lossy(), title, body)
}

fn add_document(fields: &Fields, writer: &IndexWriter, id: &str, title: &str, body: &str) -> anyhow::Result<()> {
    let mut document = TantivyDocument::new();
    document.add_text(fields.id, id);
    document.add_text(fields.title, title);
    document.add_text(fields.body, body);
    writer.add_document(document)?;
    Ok(())
}

/// Prints the best ten, each with its snippet; or the number of hits.
fn query(dir: &Path, kind: &str, words: &[&str]) -> anyhow::Result<()> {
    let began = Instant::now();
    let fields = Fields::new();
    let index = Index::open_in_dir(dir)?;
    index.tokenizers().register(TOKENIZER, Stems::default());
    let query = compile(&fields, kind, words)?;
    let searcher = index.reader_builder().reload_policy(tantivy::ReloadPolicy::Manual).try_into()?.searcher();
    let mut out = std::io::stdout().lock();
    if kind == "count" {
        writeln!(out, "{}", searcher.search(&*query, &Count)?)?;
        return Ok(());
    }
    let snippets = SnippetGenerator::create(&searcher, &*query, fields.body)?;
    for (score, address) in searcher.search(&*query, &TopDocs::with_limit(10).order_by_score())? {
        let document: TantivyDocument = searcher.doc(address)?;
        let text = |field| document.get_first(field).and_then(|value| value.as_str()).unwrap_or_default();
        writeln!(out, "{score:.2} {} {}", text(fields.id), text(fields.title))?;
        writeln!(out, "   {}", snippets.snippet(text(fields.body)).to_html())?;
    }
    writeln!(std::io::stderr(), "{:?}", began.elapsed())?;
    Ok(())
}

fn compile(fields: &Fields, kind: &str, words: &[&str]) -> anyhow::Result<Box<dyn Query>> {
    let mut stems = Stems::default();
    let terms: Vec<Term> =
        words.iter().flat_map(|word| stems.of(word)).map(|stem| Term::from_field_text(fields.body, &stem)).collect();
    let first = terms.first().context("no word")?;
    let each = |occur: Occur| {
        let clause = |term: &Term| -> (Occur, Box<dyn Query>) {
            (occur, Box::new(TermQuery::new(term.clone(), IndexRecordOption::WithFreqs)))
        };
        Box::new(BooleanQuery::new(terms.iter().map(clause).collect()))
    };
    Ok(match kind {
        "words" | "count" => each(Occur::Must),
        "or" => each(Occur::Should),
        "phrase" => Box::new(PhraseQuery::new(terms)),
        "near" => {
            let mut near = PhraseQuery::new(terms);
            near.set_slop(5);
            Box::new(near)
        }
        "prefix" => {
            let word = words.first().context("no word")?.to_lowercase();
            Box::new(RegexQuery::from_pattern(&format!("{word}.*"), fields.body)?)
        }
        "fuzzy" => Box::new(FuzzyTermQuery::new(first.clone(), 1, true)),
        other => bail!("no such kind of query: {other}"),
    })
}

/// Cuts at what is no letter or digit; stems words, each spelling once.
#[derive(Clone, Default)]
struct Stems {
    cache: HashMap<String, String>,
    token: Token,
}

impl Stems {
    fn of(&mut self, text: &str) -> Vec<String> {
        let mut stream = self.token_stream(text);
        let mut stems = Vec::new();
        stream.process(&mut |token| stems.push(token.text.clone()));
        stems
    }
}

impl Tokenizer for Stems {
    type TokenStream<'a> = StemStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> StemStream<'a> {
        self.token.reset();
        StemStream { text, at: 0, cache: &mut self.cache, token: &mut self.token }
    }
}

struct StemStream<'a> {
    text: &'a str,
    at: usize,
    cache: &'a mut HashMap<String, String>,
    token: &'a mut Token,
}

impl TokenStream for StemStream<'_> {
    fn advance(&mut self) -> bool {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let Some(start) = rest.find(char::is_alphanumeric) else { return false };
        let word = rest.get(start..).unwrap_or_default();
        let word = word.get(..word.find(|c: char| !c.is_alphanumeric()).unwrap_or(word.len())).unwrap_or_default();
        self.token.offset_from = self.at + start;
        self.token.offset_to = self.token.offset_from + word.len();
        self.at = self.token.offset_to;
        self.token.position = self.token.position.wrapping_add(1);
        self.token.text.clear();
        match self.cache.get(word) {
            Some(stem) => self.token.text.push_str(stem),
            None => {
                let stem = stem(word);
                self.token.text.push_str(&stem);
                if self.cache.len() < 200_000 {
                    self.cache.insert(word.to_owned(), stem);
                }
            }
        }
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

fn stem(word: &str) -> String {
    let mut stem = String::new();
    Analyzer::new().analyze(word, &mut |token| {
        stem.clone_from(token.term.light.as_ref().unwrap_or(&token.term.exact));
    });
    stem
}
