//! What is on the disk while an index is written, and after it.

use super::*;
use crate::article::{Article, Block};
use crate::index::document::{DocumentBuilder, Entry};

fn document(builder: &mut DocumentBuilder, number: u64) -> Document {
    let text = "Une phrase.".to_owned();
    let article = Article { blocks: vec![Block::Paragraph { text }], ..Article::default() };
    builder.build(&Entry { id: ArticleId(number), article: &article, json: b"{}", format: "text", paths: &[] })
}

#[test]
fn keeps_what_is_written_when_it_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("index");
    let mut builder = DocumentBuilder::default();
    let mut writer = IndexWriter::create(&dir, 0).unwrap();
    for number in 0..9 {
        writer.add(&document(&mut builder, number)).unwrap();
        match number {
            // A segment ends between two marks, and the next one begins before it is waited for.
            2 => writer.mark(5),
            3 | 6 => writer.write_segment().unwrap(),
            7 => writer.mark(9),
            _ => {}
        }
    }
    let (mut left, sequence) = writer.leave().unwrap().unwrap();
    let writer = IndexWriter::open(&dir, &left.commit(sequence).unwrap()).unwrap().unwrap();
    // The second segment may have been written by then, and holds all up to the same mark.
    assert_eq!(writer.sequence(), 5);
    assert!([4, 7].contains(&writer.writer.index().reader().unwrap().searcher().num_docs()));
}

/// Writes four articles and closes the index.
fn four_articles(dir: &Path) -> (Generation, IndexCommit) {
    let mut builder = DocumentBuilder::default();
    let mut writer = IndexWriter::create(dir, 0).unwrap();
    (0..4).for_each(|number| writer.add(&document(&mut builder, number)).unwrap());
    writer.commit(1).unwrap();
    let mut generation = writer.close().unwrap();
    let commit = generation.commit(1).unwrap();
    (generation, commit)
}

/// The files of an index, by their paths within its root.
fn files(root: &Path) -> Vec<String> {
    let names = |folder: &Path| {
        let mut names: Vec<String> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    let folders = names(root);
    folders
        .iter()
        .flat_map(|folder| names(&root.join(folder)).into_iter().map(move |name| format!("{folder}/{name}")))
        .collect()
}

#[test]
fn the_recorded_commit_stays_whole_whatever_is_written_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("index");
    let (_, commit) = four_articles(&dir);
    let recorded = files(&dir);
    let mut builder = DocumentBuilder::default();
    for round in 0..3 {
        // Each run is stopped before its commit is recorded; merges and deletions were under way.
        let mut writer = IndexWriter::open(&dir, &commit).unwrap().unwrap();
        assert_eq!(files(&dir), recorded, "{round}");
        writer.delete(ArticleId(2)).unwrap();
        for number in 10..30 {
            writer.add(&document(&mut builder, number)).unwrap();
            writer.commit(number).unwrap();
        }
        writer.purge().unwrap();
        writer.complete().unwrap();
        let searcher = crate::index::Searcher::open(&dir, commit.clone()).unwrap();
        assert_eq!((searcher.len(), searcher.sequence()), (4, 1));
    }
    assert!(IndexWriter::open(&dir, &commit).unwrap().is_some());
    assert_eq!(files(&dir), recorded);
}

#[test]
fn what_only_the_commit_before_had_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("index");
    let (_, before) = four_articles(&dir);
    let mut writer = IndexWriter::open(&dir, &before).unwrap().unwrap();
    writer.delete(ArticleId(2)).unwrap();
    writer.commit(2).unwrap();
    writer.purge().unwrap();
    let mut generation = writer.close().unwrap();
    let commit = generation.commit(2).unwrap();
    generation.sweep(&commit).unwrap();
    let mut expected: Vec<String> =
        commit.files.iter().map(|file| format!("{}/{}", commit.folder, file.name)).collect();
    expected.sort();
    assert_eq!(files(&dir), expected);
    assert!(before.files.iter().all(|file| !commit.files.contains(file)), "every file is another");
    assert!(crate::index::Searcher::open(&dir, before).is_err());
    assert_eq!(crate::index::Searcher::open(&dir, commit).unwrap().len(), 3);
}

#[test]
fn goes_on_where_another_was_killed_over_a_deletion() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("index");
    let (_, commit) = four_articles(&dir);
    for _ in 0..2 {
        // As a kill leaves it: the list of deleted articles is written, and nobody recorded it.
        let mut writer = IndexWriter::open(&dir, &commit).unwrap().unwrap();
        writer.delete(ArticleId(2)).unwrap();
        writer.commit(2).unwrap();
        writer.close().unwrap();
    }
}
