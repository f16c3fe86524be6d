//! The articles of a file, read and cleaned.

use std::fs;
use std::io::Cursor;
use std::ops::ControlFlow;
use std::path::Path;

use newsgrep::article::Article;
use newsgrep::clean::clean;
use newsgrep::read::{Choice, Head, choose};

pub(crate) fn articles(path: &Path) -> Vec<Article> {
    let bytes = fs::read(path).unwrap();
    let extension = path.extension().unwrap().to_str().unwrap();
    let Choice::Reader(reader) = choose(&Head { bytes: &bytes, extension }, true) else {
        panic!("{} is no article", path.display())
    };
    let mut found = Vec::new();
    (reader.split)(&mut Cursor::new(&bytes), &mut |record| {
        let draft = (reader.draft)(&record.unwrap().bytes).unwrap();
        found.push(clean(draft, &[]).article);
        ControlFlow::Continue(())
    })
    .unwrap();
    found
}
