//! Builds a segment: the articles' words are gathered as numbers and inverted when there are enough of them.
//!
//! tantivy's own writer looks each term up by its letters each time it stands in a text, three times over for the three forms
//! of a word; that was half of an ingest. Here only what comes before its serializers differs: the files are the same,
//! byte for byte in what they say, and the tests compare them; but a field of text that has nothing is written too.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;
use tantivy::directory::TerminatingWrite;
use tantivy::fastfield::FastFieldsWriter;
use tantivy::fieldnorm::{FieldNormReaders, FieldNormsSerializer, FieldNormsWriter};
use tantivy::index::{Segment, SegmentComponent};
use tantivy::postings::InvertedIndexSerializer;
use tantivy::schema::{Field, IndexRecordOption, OwnedValue, Schema};
use tantivy::store::StoreWriter;
use tantivy::{Index, Term};

use super::document::Document;
use super::inversion::{Inversion, Kept, Numbers, Slots};
use super::lexicon::{Form, Lexicon, NONE, WordTerms};
use super::schema::Fields;
use super::words::Log;
use crate::french::{BytesMap, Sorted};
use crate::query::Part;

/// A segment is written when it has this many bytes in memory, or a part of its articles so many words, each of which takes four
/// bytes more when it is written.
const FULL: usize = 72 << 20;
const MOST_WORDS: usize = 14 << 20;

/// What a term takes in memory beside its letters, in bytes.
const TERM: usize = 56;

/// What a word takes, in bytes.
const WORD: usize = 50;

/// A segment in the making.
pub(super) struct SegmentBuilder {
    segment: Segment,
    schema: Schema,
    fields: Fields,
    terms: Terms,
    /// The words of each part.
    words: Vec<(Part, Log)>,
    /// The values of each field, by its number.
    values: Vec<Log>,
    norms: FieldNormsWriter,
    fast: FastFieldsWriter,
    store: StoreWriter,
    slots: Slots,
    articles: u32,
}

impl SegmentBuilder {
    /// Starts an empty segment of an index.
    pub(super) fn new(index: &Index) -> tantivy::Result<Self> {
        let (segment, schema, settings) = (index.new_segment(), index.schema(), index.settings());
        let fast = FastFieldsWriter::from_schema_and_tokenizer_manager(&schema, index.fast_field_tokenizer().clone())?;
        let store = StoreWriter::new(
            segment.open_write(SegmentComponent::Store)?,
            settings.docstore_compression,
            settings.docstore_blocksize,
            settings.docstore_compress_dedicated_thread,
        )?;
        Ok(Self {
            fields: Fields::new(),
            terms: Terms::default(),
            words: Vec::new(),
            values: schema.fields().map(|_| Log::default()).collect(),
            norms: FieldNormsWriter::for_schema(&schema),
            fast,
            store,
            segment,
            schema,
            slots: Slots::default(),
            articles: 0,
        })
    }

    /// Takes in an article.
    pub(super) fn add(&mut self, document: &Document) -> tantivy::Result<()> {
        let article = self.articles;
        let translation = self.terms.translation(&document.lexicon);
        for (part, words) in &document.words {
            let place = self.words.iter().position(|(known, _)| known == part).unwrap_or_else(|| {
                self.words.push((*part, Log::default()));
                self.words.len() - 1
            });
            if let Some((_, log)) = self.words.get_mut(place) {
                log.extend(article, words, |word| self.terms.translate(translation, word));
            }
            for (field, forms) in self.fields.of_part(*part) {
                let terms = words.terms(forms);
                if terms > 0 {
                    self.norms.record(article, field, terms);
                }
            }
        }
        for values in document.values.by_field() {
            self.add_values(article, values);
        }
        self.slots.add(document.words.iter().map(|(_, words)| words.end()).max().unwrap_or(0));
        self.fast.add_document(&document.values)?;
        self.store.store(&document.values, &self.schema)?;
        self.articles += 1;
        Ok(())
    }

    /// Takes in the values of one field, each a term as a whole.
    fn add_values(&mut self, article: u32, values: &[(Field, OwnedValue)]) {
        let Some((field, _)) = values.first().filter(|(field, _)| self.schema.get_field_entry(*field).is_indexed())
        else {
            return;
        };
        let Some(log) = self.values.get_mut(field.field_id() as usize) else { return };
        for (_, value) in values {
            let term = match value {
                OwnedValue::Str(text) => self.terms.number(text.as_bytes()),
                OwnedValue::U64(number) => {
                    self.terms.number(Term::from_field_u64(*field, *number).serialized_value_bytes())
                }
                _ => continue,
            };
            log.push(article, term);
        }
        self.norms.record(article, *field, values.len() as u32);
    }

    /// Whether it should be written.
    pub(super) fn is_full(&self) -> bool {
        let words = self.words.iter().map(|(_, log)| log);
        let logs: usize = words.clone().chain(&self.values).map(Log::bytes).sum();
        logs + self.terms.bytes + self.fast.mem_usage() + self.norms.mem_usage() >= FULL
            || words.map(Log::len).max() >= Some(MOST_WORDS)
            || self.slots.is_full()
    }

    /// Writes its files. It must be added to the index then.
    pub(super) fn write(mut self) -> tantivy::Result<Segment> {
        self.norms.fill_up_to_max_doc(self.articles);
        let out = self.segment.open_write(SegmentComponent::FieldNorms)?;
        self.norms.serialize(FieldNormsSerializer::from_write(out)?, None)?;
        let norms = FieldNormReaders::open(self.segment.open_read(SegmentComponent::FieldNorms)?)?;
        let mut out = InvertedIndexSerializer::open(&self.segment)?;
        let (sorted, places, words) = self.terms.sorted();
        let terms: Vec<&[u8]> = sorted.keys().collect();
        // In the order of their terms, for what is written one after the other to lie so.
        let mut order: Vec<u32> = (0..words.len() as u32).collect();
        order.sort_unstable_by_key(|word| words.get(*word as usize).map(|word| word.of(Form::Exact)));
        let in_order: Vec<u32> = (0..terms.len() as u32).collect();
        let (mut inversion, mut dealt) = (Inversion::default(), None);
        for (field, entry) in self.schema.fields() {
            let kept = match entry.field_type().get_index_record_option() {
                Some(IndexRecordOption::Basic) => Kept::Articles,
                Some(IndexRecordOption::WithFreqs) => Kept::Counts,
                Some(IndexRecordOption::WithFreqsAndPositions) => Kept::Positions,
                None => continue,
            };
            let of_words = self.words.iter_mut().find_map(|(part, log)| {
                let (_, forms) = self.fields.of_part(*part).find(|(known, _)| *known == field)?;
                Some((*part, log, forms))
            });
            let numbers = if let Some((part, log, forms)) = of_words {
                // The forms of a part follow each other.
                if dealt.replace(part) != Some(part) {
                    inversion.deal(std::mem::take(log), &order, |word| word, &self.slots);
                }
                Numbers::Words(&words, forms)
            } else {
                let Some(log) = self.values.get_mut(field.field_id() as usize) else { continue };
                dealt = None;
                let place = |term| places.get(term as usize).copied().unwrap_or(NONE);
                inversion.deal(std::mem::take(log), &in_order, place, &self.slots);
                Numbers::Terms
            };
            let norms = norms.get_field(field)?;
            inversion.write(&terms, numbers, kept, &self.slots, |all| out.new_field(field, all, norms))?;
        }
        out.close()?;
        let mut out = self.segment.open_write(SegmentComponent::FastFields)?;
        self.fast.serialize(&mut out, None)?;
        out.terminate()?;
        self.store.close()?;
        Ok(self.segment.with_max_doc(self.articles))
    }
}

/// The terms and words of a segment, by number.
#[derive(Default)]
struct Terms {
    numbers: BytesMap<u32>,
    words: Vec<WordTerms>,
    /// The number of each word: one that comes by several lexicons is one here, whose occurrences need no merging.
    known: HashMap<WordTerms, u32, RandomState>,
    /// For each lexicon met, the numbers here of its words; [`NONE`] of those not met.
    translations: Vec<(Arc<Lexicon>, Vec<u32>)>,
    bytes: usize,
}

impl Terms {
    fn number(&mut self, term: &[u8]) -> u32 {
        if let Some(number) = self.numbers.get(term) {
            return number;
        }
        let number = self.numbers.len() as u32;
        self.bytes += term.len() + TERM;
        self.numbers.insert(term, number);
        number
    }

    /// Which translation is that of a lexicon.
    fn translation(&mut self, lexicon: &Arc<Lexicon>) -> usize {
        let known = self.translations.iter().position(|(known, _)| Arc::ptr_eq(known, lexicon));
        known.unwrap_or_else(|| {
            self.translations.push((Arc::clone(lexicon), Vec::new()));
            self.translations.len() - 1
        })
    }

    #[inline]
    fn translate(&mut self, translation: usize, word: u32) -> u32 {
        match self.translations.get(translation).and_then(|(_, numbers)| numbers.get(word as usize)) {
            Some(number) if *number != NONE => *number,
            _ => self.learn(translation, word),
        }
    }

    #[cold]
    fn learn(&mut self, translation: usize, word: u32) -> u32 {
        let lexicon = self.translations.get(translation).map(|(lexicon, _)| Arc::clone(lexicon));
        let terms = lexicon.as_ref().and_then(|lexicon| Some((lexicon, lexicon.word(word)?)));
        // Many a word is its own singular, and its own stem.
        let mut last = (NONE, NONE);
        let here = WordTerms::new(|form| {
            let Some((lexicon, there)) = terms.map(|(lexicon, terms)| (lexicon, terms.of(form))) else { return NONE };
            if there != last.0 {
                last = (there, lexicon.read(there, |term| self.number(term.as_bytes())).unwrap_or(NONE));
            }
            last.1
        });
        let next = self.words.len() as u32;
        let number = *self.known.entry(here).or_insert(next);
        if number == next {
            self.words.push(here);
            self.bytes += WORD;
        }
        if let Some((_, numbers)) = self.translations.get_mut(translation) {
            let length = numbers.len().max(word as usize + 1);
            self.bytes += 4 * (length - numbers.len());
            numbers.resize(length, NONE);
            if let Some(known) = numbers.get_mut(word as usize) {
                *known = number;
            }
        }
        number
    }

    /// The terms in their order, the place of each in it by its number, and the words with such places for numbers.
    fn sorted(self) -> (Sorted<u32>, Vec<u32>, Vec<WordTerms>) {
        // To sort takes memory.
        drop((self.known, self.translations));
        let sorted = self.numbers.into_sorted();
        let mut places = vec![NONE; sorted.values.len()];
        for (place, number) in sorted.values.iter().enumerate() {
            if let Some(of_number) = places.get_mut(*number as usize) {
                *of_number = place as u32;
            }
        }
        let place = |number: u32| places.get(number as usize).copied().unwrap_or(NONE);
        let words = self.words.iter().map(|word| WordTerms::new(|form| place(word.of(form)))).collect();
        (sorted, places, words)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::Path;

    use proptest::prelude::{ProptestConfig, Strategy, prop_assert_eq, prop_oneof, proptest};
    use tantivy::directory::CompositeFile;
    use tantivy::indexer::NoMergePolicy;
    use tantivy::tokenizer::RawTokenizer;

    use super::*;
    use crate::article::{Article, ArticleId, Block, Embed};
    use crate::index::document::{DocumentBuilder, Entry};
    use crate::index::pending::Values;
    use crate::index::schema::Fields;
    use crate::index::terms::TOKENIZER;

    fn index(dir: &Path) -> (Index, tantivy::IndexWriter<Values>) {
        let index = Index::create_in_dir(dir, Fields::new().schema).unwrap();
        index.tokenizers().register(TOKENIZER, RawTokenizer::default());
        let writer = index.writer_with_num_threads(1, 50_000_000).unwrap();
        writer.set_merge_policy(Box::new(NoMergePolicy));
        (index, writer)
    }

    /// The files of the one segment in a folder, by extension.
    fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
        let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
        let kept =
            entries.filter(|path| path.extension().is_some_and(|extension| extension != "json" && extension != "lock"));
        kept.map(|path| (path.extension().unwrap().to_string_lossy().into_owned(), fs::read(path).unwrap())).collect()
    }

    /// Writes the articles both ways; returns the files of both.
    fn both_ways(articles: &[Article], builders: usize) -> [BTreeMap<String, Vec<u8>>; 2] {
        let [ours, theirs] = std::array::from_fn(|_| tempfile::tempdir().unwrap());
        let documents = || {
            let mut analysts: Vec<DocumentBuilder> = (0..builders).map(|_| DocumentBuilder::default()).collect();
            let mut documents = Vec::new();
            for (number, article) in articles.iter().enumerate() {
                let json = serde_json::to_vec(article).unwrap();
                let (id, paths) = (ArticleId(number as u64 * 7), [format!("revue/{number}.txt")]);
                let entry = Entry { id, article, json: &json, format: "text", paths: &paths };
                documents.push(analysts[number % builders].build(&entry));
            }
            documents
        };
        let (index_of_ours, mut writer) = index(ours.path());
        let mut segment = SegmentBuilder::new(&index_of_ours).unwrap();
        documents().iter().for_each(|document| segment.add(document).unwrap());
        writer.add_segment(segment.write().unwrap().meta().clone()).unwrap();
        writer.commit().unwrap();
        writer.wait_merging_threads().unwrap();
        let (_, mut writer) = index(theirs.path());
        let fields = Fields::new();
        for document in documents() {
            writer.add_document(document.into_values(&fields)).unwrap();
        }
        writer.commit().unwrap();
        writer.wait_merging_threads().unwrap();
        [files(ours.path()), files(theirs.path())]
    }

    fn texts() -> impl Strategy<Value = String> {
        const WORDS: &[&str] = &[
            "offre",
            "Offres",
            "de",
            "l'offre",
            "week-end",
            "Week-end",
            "été",
            "ÉTÉ",
            "1 000",
            "Journalqui",
            "journal",
            "à",
            "Saint-Malo",
            "St-Malo",
            "OpenAI",
            "C++",
            "東京",
            "qu’",
            "main-d'œuvre",
        ];
        let words = proptest::collection::vec(proptest::sample::select(WORDS), 0..60).prop_map(|words| words.join(" "));
        prop_oneof![8 => words, 1 => ".{0,80}", 1 => proptest::strategy::Just(String::new())]
    }

    fn articles() -> impl Strategy<Value = Vec<Article>> {
        let parts = (texts(), proptest::collection::vec(texts(), 0..5), texts());
        let article = parts.prop_map(|(headline, paragraphs, name)| Article {
            headline: (!headline.is_empty()).then(|| headline.clone()),
            lead: (headline.len() % 3 == 1).then(|| name.clone()),
            blocks: paragraphs.into_iter().map(|text| Block::Paragraph { text }).collect(),
            authors: if name.is_empty() { Vec::new() } else { vec![name.clone(), headline] },
            publisher: (name.len() % 2 == 1).then_some(name),
            ..Article::default()
        });
        proptest::collection::vec(article, 1..30).prop_map(|mut articles| {
            articles.push(whole());
            articles
        })
    }

    /// An article that has something in each field of text: of a field that has nothing, tantivy would write nothing.
    fn whole() -> Article {
        let name = || Some("Claire Vial".to_owned());
        let embed = Embed { kind: "twitter".to_owned(), author: name(), ..Embed::default() };
        Article {
            headline: name(),
            lead: name(),
            blocks: vec![Block::Embed { embed }],
            authors: name().into_iter().collect(),
            publisher: name(),
            tags: name().into_iter().collect(),
            ..Article::default()
        }
    }

    #[test]
    fn each_field_of_text_has_a_dictionary() {
        let dir = tempfile::tempdir().unwrap();
        let (index, mut writer) = index(dir.path());
        let mut segment = SegmentBuilder::new(&index).unwrap();
        let article = Article { headline: Some("Titre".to_owned()), ..Article::default() };
        let json = serde_json::to_vec(&article).unwrap();
        let entry = Entry { id: ArticleId(1), article: &article, json: &json, format: "text", paths: &[] };
        segment.add(&DocumentBuilder::default().build(&entry)).unwrap();
        let segment = segment.write().unwrap();
        let terms = CompositeFile::open(&segment.open_read(SegmentComponent::Terms).unwrap()).unwrap();
        let has = |field: Field| terms.open_read(field).is_some();
        let fields = Fields::new();
        for field in [fields.all, fields.headline, fields.lead, fields.posts].map(|forms| forms.light) {
            assert!(has(field), "{}", fields.schema.get_field_name(field));
        }
        assert!(has(fields.tags) && !has(fields.url));
        writer.add_segment(segment.meta().clone()).unwrap();
        writer.commit().unwrap();
        assert!(index.validate_checksum().unwrap().is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn files_are_those_that_tantivy_would_write(articles in articles(), builders in 1_usize..4) {
            let [ours, theirs] = both_ways(&articles, builders);
            prop_assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>());
            for (extension, bytes) in &theirs {
                assert!(ours[extension] == *bytes, "the .{extension} files differ");
            }
        }
    }
}
