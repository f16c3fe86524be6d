//! The floor: the least a program on tantivy can do. One field of stems from one cached stemmer, stored text, snippets; no
//! cleaning, no archive, no second form of a word, nothing checked. `index-forms` and `query-forms` have newsgrep's three forms
//! of a word instead, in fields as newsgrep has them, each from a cached tokenizer: the same for the same schema.

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

/// A form of a word that has a field: its name, and what the field's postings hold.
type Form = (&'static str, IndexRecordOption);

/// The form whose text is stored, and others.
type Forms = (Form, &'static [Form]);

const STEMS: Forms = (("stem", IndexRecordOption::WithFreqsAndPositions), &[]);
const FORMS: Forms = (
    ("stem", IndexRecordOption::WithFreqs),
    &[("plural", IndexRecordOption::WithFreqsAndPositions), ("exact", IndexRecordOption::WithFreqs)],
);

/// Runs one of the floor's commands.
pub(crate) fn main(arguments: &[String]) -> anyhow::Result<()> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["index", source, dir] => index(Path::new(source), Path::new(dir), STEMS),
        ["index-forms", source, dir] => index(Path::new(source), Path::new(dir), FORMS),
        ["add", file, dir] => add(Path::new(file), Path::new(dir)),
        ["query", dir, kind, words @ ..] => query(Path::new(dir), kind, words, STEMS),
        ["query-forms", dir, kind, words @ ..] => query(Path::new(dir), kind, words, FORMS),
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
    /// Those of the other forms.
    others: Vec<(Field, Field)>,
}

impl Fields {
    fn new((first, others): Forms) -> Self {
        let mut schema = Schema::builder();
        let id = schema.add_text_field("id", STRING | STORED);
        let mut add = |(name, option): Form, stored: bool| {
            let indexing = TextFieldIndexing::default().set_tokenizer(name).set_index_option(option);
            let text = TextOptions::default().set_indexing_options(indexing);
            let text = if stored { text.set_stored() } else { text };
            let [title, body] =
                ["title", "body"].map(|part| schema.add_text_field(&format!("{part}_{name}"), text.clone()));
            (title, body)
        };
        let (title, body) = add(first, true);
        let others = others.iter().map(|form| add(*form, false)).collect();
        Self { schema: schema.build(), id, title, body, others }
    }
}

fn index(source: &Path, dir: &Path, forms: Forms) -> anyhow::Result<()> {
    fs::create_dir_all(dir)?;
    let fields = Fields::new(forms);
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
    let fields = Fields::new(STEMS);
    let mut writer = writer(&Index::open_in_dir(dir)?)?;
    add_file(file, &fields, &writer)?;
    finish(&mut writer)?;
    writer.wait_merging_threads()?;
    Ok(())
}

fn register(index: &Index) {
    for form in ["stem", "plural", "exact"] {
        index.tokenizers().register(form, Words { form, ..Words::default() });
    }
}

fn writer(index: &Index) -> anyhow::Result<IndexWriter> {
    register(index);
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
    for (title_field, body_field) in &fields.others {
        document.add_text(*title_field, title);
        document.add_text(*body_field, body);
    }
    writer.add_document(document)?;
    Ok(())
}

/// Prints the best ten, each with its snippet; or the number of hits.
fn query(dir: &Path, kind: &str, words: &[&str], forms: Forms) -> anyhow::Result<()> {
    let began = Instant::now();
    let fields = Fields::new(forms);
    let index = Index::open_in_dir(dir)?;
    register(&index);
    let (query, marked) = match fields.others.as_slice() {
        [plural, exact] => compile_forms(&fields, *plural, *exact, kind, words)?,
        _ => (compile(&fields, kind, words)?, fields.body),
    };
    let searcher = index.reader_builder().reload_policy(tantivy::ReloadPolicy::Manual).try_into()?.searcher();
    let mut out = std::io::stdout().lock();
    if kind == "count" {
        writeln!(out, "{}", searcher.search(&*query, &Count)?)?;
        return Ok(());
    }
    let snippets = SnippetGenerator::create(&searcher, &*query, marked)?;
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
    let mut stems = Words { form: "stem", ..Words::default() };
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

/// The same of three forms in title and text: matched by stems, phrases by plurals, the others by words as written; the
/// other forms add to the score. With the field that snippets mark.
fn compile_forms(
    fields: &Fields,
    plural: (Field, Field),
    exact: (Field, Field),
    kind: &str,
    words: &[&str],
) -> anyhow::Result<(Box<dyn Query>, Field)> {
    let formed = |form: &'static str| -> Vec<String> {
        let mut cutter = Words { form, ..Words::default() };
        words.iter().flat_map(|word| cutter.of(word)).collect()
    };
    let term = |field: Field, text: &String| -> Box<dyn Query> {
        Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs))
    };
    let any = |of: [Box<dyn Query>; 2]| -> Box<dyn Query> { Box::new(BooleanQuery::union(of.into())) };
    let both = |(title, body): (Field, Field), make: &dyn Fn(Field) -> anyhow::Result<Box<dyn Query>>| {
        anyhow::Ok(any([make(title)?, make(body)?]))
    };
    let first = words.first().context("no word")?.to_lowercase();
    Ok(match kind {
        "words" | "or" | "count" => {
            let occur = if kind == "or" { Occur::Should } else { Occur::Must };
            let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
            for stem in formed("stem") {
                clauses.push((occur, any([term(fields.title, &stem), term(fields.body, &stem)])));
            }
            for (form, (title, body)) in [("plural", plural), ("exact", exact)] {
                for text in formed(form).iter().filter(|_| kind != "count") {
                    clauses.push((Occur::Should, any([term(title, text), term(body, text)])));
                }
            }
            (Box::new(BooleanQuery::new(clauses)), fields.body)
        }
        "phrase" | "near" => {
            let slop = if kind == "near" { 5 } else { 0 };
            let phrase = |field: Field| -> anyhow::Result<Box<dyn Query>> {
                let terms = formed("plural").iter().map(|text| Term::from_field_text(field, text)).collect();
                let mut phrase = PhraseQuery::new(terms);
                phrase.set_slop(slop);
                Ok(Box::new(phrase))
            };
            (both(plural, &phrase)?, plural.1)
        }
        "prefix" => {
            let regex = |field: Field| -> anyhow::Result<Box<dyn Query>> {
                Ok(Box::new(RegexQuery::from_pattern(&format!("{first}.*"), field)?))
            };
            (both(exact, &regex)?, exact.1)
        }
        "fuzzy" => {
            let fuzzy = |field: Field| -> anyhow::Result<Box<dyn Query>> {
                Ok(Box::new(FuzzyTermQuery::new(Term::from_field_text(field, &first), 1, true)))
            };
            (both(exact, &fuzzy)?, exact.1)
        }
        other => bail!("no such kind of query: {other}"),
    })
}

/// Cuts at what is no letter or digit; makes of each word its form, of each spelling once.
#[derive(Clone, Default)]
struct Words {
    form: &'static str,
    cache: HashMap<String, String>,
    token: Token,
}

impl Words {
    fn of(&mut self, text: &str) -> Vec<String> {
        let mut stream = self.token_stream(text);
        let mut stems = Vec::new();
        stream.process(&mut |token| stems.push(token.text.clone()));
        stems
    }
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        self.token.reset();
        WordStream { text, at: 0, form: self.form, cache: &mut self.cache, token: &mut self.token }
    }
}

struct WordStream<'a> {
    text: &'a str,
    at: usize,
    form: &'static str,
    cache: &'a mut HashMap<String, String>,
    token: &'a mut Token,
}

impl TokenStream for WordStream<'_> {
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
            Some(form) => self.token.text.push_str(form),
            None => {
                let form = form_of(word, self.form);
                self.token.text.push_str(&form);
                if self.cache.len() < 200_000 {
                    self.cache.insert(word.to_owned(), form);
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

fn form_of(word: &str, form: &str) -> String {
    let mut found = String::new();
    Analyzer::new().analyze(word, &mut |token| {
        found.clone_from(match form {
            "stem" => token.term.light.as_ref().unwrap_or(&token.term.exact),
            "plural" => &token.term.plural,
            _ => &token.term.exact,
        });
    });
    found
}
