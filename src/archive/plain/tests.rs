//! There and back again.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::*;
use crate::archive::tests::{Bench, noise};
use crate::archive::{Reader, Writer, check};
use crate::problem::{Failure, FailureKind};

/// Notes what it is told; stops after so many steps.
#[derive(Default)]
struct Notes {
    damages: Vec<String>,
    steps: u64,
    stop_after: Option<u64>,
}

impl Watch for Notes {
    fn progress(&mut self, _done: u64, _total: u64) {
        self.steps += 1;
    }

    fn damage(&mut self, what: &str) {
        self.damages.push(what.to_owned());
    }

    fn stopped(&self) -> bool {
        self.stop_after.is_some_and(|stop| self.steps >= stop)
    }
}

/// Every file below `dir` with its bytes.
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found
}

/// An archive with one of everything: versions, an export that grew, two paths of one file, a path that is not UTF-8, a record
/// beside its file, a file left in the middle, a forgotten article and one forgotten within a file.
fn one_of_everything(large: usize) -> Bench {
    let mut bench = Bench::new();
    bench.file("/empty", b"");
    bench.file("/nul\0", b"a\0b\xff");
    bench.file("/large", &noise(large, 1));
    bench.file("/a", b"Le pont de Brumeval");
    bench.file("/b", b"Le pont de Brumeval");
    bench.file("/a", b"Le pont de Brumeval, suite");
    let (export, _) = bench.lines("/export", "k1 un\nk2 deux\nk3 trois\n");
    bench.lines("/export", "k1 UN\nk2 deux\nk3 trois\nk4 quatre\n");
    bench.beside("/utf16", &[b"un", &noise(large / 30, 2)]);
    bench.left("/left", b"un reste\nde fichier", 9);
    let alone = bench.id_of("/alone", b"Un secret");
    let inside = crate::archive::tests::id(export[1]);
    bench.writer().forget(&[vec![alone], vec![inside]]).unwrap();
    bench
}

#[test]
fn out_and_back_gives_the_same_bytes() {
    let bench = one_of_everything(3_000_000);
    let dir = tempfile::tempdir().unwrap();
    let (first, second, copy) = (dir.path().join("first"), dir.path().join("second"), dir.path().join("copy"));
    let mut notes = Notes::default();
    let copied = export(&bench.reader(), &first, &mut notes).unwrap();
    assert_eq!((copied.damages, copied.forgotten, copied.interrupted), (0, 2, false), "{:?}", notes.damages);
    let back = import(&first, &copy, &mut notes).unwrap();
    assert_eq!((back, notes.damages.as_slice()), (copied, [].as_slice()));
    assert!(check(&copy, true).unwrap().is_sound());
    export(&Reader::open(&copy).unwrap(), &second, &mut notes).unwrap();
    assert!(files(&first) == files(&second));
    assert_eq!(bench.live(), crate::archive::tests::live(&Reader::open(&copy).unwrap()));
    for (name, bytes) in files(&first).iter().filter(|(name, _)| name.contains('/')) {
        assert!(name.ends_with(&blake3::hash(bytes).to_string()));
    }
    assert!(!files(&first).values().any(|bytes| bytes.windows(9).any(|window| window == b"Un secret")));
    // And the copy is an archive like any other.
    drop(Writer::open_or_create(&copy, &crate::archive::Wait::No).unwrap());
}

#[test]
fn folders_in_use_are_refused_and_left_alone() {
    let bench = one_of_everything(3_000_000);
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("mine"), "x").unwrap();
    assert!(export(&bench.reader(), dir.path(), &mut Notes::default()).is_err());
    assert_eq!(files(dir.path()).len(), 1);
    let out = dir.path().join("out");
    fs::create_dir(&out).unwrap();
    export(&bench.reader(), &out, &mut Notes::default()).unwrap();
    let error = import(&out, &bench.path(), &mut Notes::default()).unwrap_err();
    assert!(error.to_string().contains("there is an archive already"), "{error}");
    assert!(import(dir.path(), &dir.path().join("new"), &mut Notes::default()).is_err());
    assert!(!dir.path().join("new").exists());
}

#[test]
fn stopped_it_leaves_nothing() {
    let bench = one_of_everything(3_000_000);
    let dir = tempfile::tempdir().unwrap();
    for stop_after in [0, 1, 5] {
        let mut notes = Notes { stop_after: Some(stop_after), ..Notes::default() };
        assert!(export(&bench.reader(), &dir.path().join("out"), &mut notes).unwrap().interrupted);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }
    export(&bench.reader(), &dir.path().join("out"), &mut Notes::default()).unwrap();
    for stop_after in [0, 1, 12] {
        let mut notes = Notes { stop_after: Some(stop_after), ..Notes::default() };
        assert!(import(&dir.path().join("out"), &dir.path().join("copy"), &mut notes).unwrap().interrupted);
        assert!(import(&dir.path().join("out"), &dir.path().join("new/er/copy"), &mut notes).unwrap().interrupted);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}

/// Flips, cuts and removes each file in turn: what is damaged is named, and every article whose bytes are sound comes through.
#[test]
fn damage_is_named_and_costs_itself_alone() {
    let bench = one_of_everything(3_000_000);
    let dir = tempfile::tempdir().unwrap();
    let (out, copy) = (dir.path().join("out"), dir.path().join("copy"));
    let all = export(&bench.reader(), &out, &mut Notes::default()).unwrap().articles;
    for (name, bytes) in files(&out).iter().filter(|(name, _)| *name != "README.txt") {
        for change in 0..3 {
            let path = out.join(name);
            let mut changed = bytes.clone();
            let middle = bytes.len() / 2;
            match change {
                0 if bytes.is_empty() => continue,
                0 => changed[middle] ^= 4,
                1 => changed.truncate(middle),
                _ if name == "manifest.jsonl" => continue,
                _ => {}
            }
            fs::write(&path, &changed).unwrap();
            if change == 2 {
                fs::remove_file(&path).unwrap();
            }
            let mut notes = Notes::default();
            let copied = import(&out, &copy, &mut notes).unwrap();
            let (changed_now, lost) = (change == 2 || changed != *bytes, all - copied.articles);
            assert_eq!(copied.damages > 0, changed_now, "{name}, {change}");
            // One file holds at most the four articles of the export; half a manifest holds half.
            assert!(lost <= if name == "manifest.jsonl" && change == 1 { all } else { 4 }, "{name}, {change}: {lost}");
            assert!(check(&copy, true).unwrap().is_sound(), "{name}, {change}");
            fs::remove_dir_all(&copy).unwrap();
            fs::write(&path, bytes).unwrap();
        }
    }
}

/// A flipped bit anywhere in the database is named by `check`, or makes no difference to anything that is kept.
#[test]
fn a_flipped_bit_is_named_or_harmless() {
    let mut bench = one_of_everything(900);
    bench.close();
    let dir = tempfile::tempdir().unwrap();
    let out = |n: usize| dir.path().join(n.to_string());
    export(&bench.reader(), &out(0), &mut Notes::default()).unwrap();
    let sound = files(&out(0));
    let file = bench.path().join("archive.sqlite");
    let bytes = fs::read(&file).unwrap();
    let mut unnoticed = Vec::new();
    let flips: usize = std::env::var("NEWSGREP_FLIPS").map_or(100, |flips| flips.parse().unwrap());
    let mut dice = 88_172_645_463_325_252_u64;
    for n in 1..=flips {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        let at = usize::try_from(dice >> 8).unwrap() % bytes.len();
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (dice % 8);
        fs::write(&file, &changed).unwrap();
        if !check(&bench.path(), true).is_ok_and(|found| found.is_sound()) {
            continue;
        }
        let mut notes = Notes::default();
        let same = Reader::open(&bench.path())
            .is_ok_and(|reader| export(&reader, &out(n), &mut notes).is_ok_and(|copied| copied.damages == 0));
        if !same || files(&out(n)) != sound {
            unnoticed.push(at);
        }
        let _ = fs::remove_dir_all(out(n));
    }
    assert!(unnoticed.is_empty(), "{unnoticed:?} of {flips}");
}

fn pipe(path: &Path) {
    assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// Whatever stands in the place of a file or a folder of an export, it is named: neither followed, nor waited for.
#[test]
fn links_and_pipes_are_named_and_not_read() {
    use std::os::unix::fs::symlink;
    let bench = one_of_everything(900);
    let dir = tempfile::tempdir().unwrap();
    let (out, copy, aside) = (dir.path().join("out"), dir.path().join("copy"), dir.path().join("aside"));
    let all = export(&bench.reader(), &out, &mut Notes::default()).unwrap();
    let names: Vec<String> = files(&out).into_keys().filter(|name| name.contains('/')).collect();
    assert!(names.iter().any(|name| name.starts_with("records/")), "{names:?}");
    let mut places = names.clone();
    places.extend(names.iter().map(|name| name.rsplit_once('/').unwrap().0.to_owned()));
    places.extend(["originals".to_owned(), "records".to_owned()]);
    for name in places {
        let path = out.join(&name);
        fs::rename(&path, &aside).unwrap();
        for what in ["link", "pipe"] {
            if what == "link" {
                symlink(&aside, &path).unwrap();
            } else {
                pipe(&path);
            }
            let mut notes = Notes::default();
            let copied = import(&out, &copy, &mut notes).unwrap();
            assert!(copied.damages > 0, "{what} {name}");
            if what == "link" {
                assert!(notes.damages.iter().any(|damage| damage.contains("is a link")), "{name}: {:?}", notes.damages);
            }
            assert!(check(&copy, true).unwrap().is_sound(), "{name}");
            fs::remove_dir_all(&copy).unwrap();
            fs::remove_file(&path).unwrap();
        }
        fs::rename(&aside, &path).unwrap();
    }
    let manifest = out.join(MANIFEST);
    fs::rename(&manifest, &aside).unwrap();
    for what in ["link", "pipe", "folder"] {
        match what {
            "link" => symlink(&aside, &manifest).unwrap(),
            "pipe" => pipe(&manifest),
            _ => fs::create_dir(&manifest).unwrap(),
        }
        let error = import(&out, &copy, &mut Notes::default()).unwrap_err();
        assert_eq!(kind(&error), FailureKind::Usage, "{error:#}");
        assert!(!copy.exists() && !is_export(&out), "{what}");
        let _ = fs::remove_file(&manifest).or_else(|_| fs::remove_dir(&manifest));
    }
    fs::rename(&aside, &manifest).unwrap();
    // The folder that a person names may be a link.
    symlink(&out, &aside).unwrap();
    assert_eq!(import(&aside, &copy, &mut Notes::default()).unwrap(), all);
    assert!(is_export(&aside) && !is_export(&copy));
}

fn kind(error: &anyhow::Error) -> FailureKind {
    error.downcast_ref::<Failure>().unwrap_or_else(|| panic!("{error:#}")).kind
}

/// Both ways of copying, to the same place.
fn copies(archive: &Reader, from: &Path, to: &Path, notes: &mut Notes) -> [Result<Copied>; 2] {
    [export(archive, to, notes), import(from, to, notes)]
}

#[test]
fn what_is_no_place_for_a_copy_is_refused_before_anything_is_written() {
    use std::os::unix::fs::symlink;
    let bench = one_of_everything(900);
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    export(&bench.reader(), &out, &mut Notes::default()).unwrap();
    let places = dir.path().join("places");
    fs::create_dir_all(places.join("full/inner")).unwrap();
    fs::write(places.join("file"), "mine").unwrap();
    pipe(&places.join("pipe"));
    symlink("file", places.join("link to a file")).unwrap();
    symlink("nothing", places.join("link to nothing")).unwrap();
    symlink("full", places.join("link to a full folder")).unwrap();
    let names = || {
        let mut names: Vec<_> = fs::read_dir(&places).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = names();
    for place in
        before.iter().map(|name| name.to_str().unwrap()).chain(["full/inner/..", "none/..", "file/x", "full/."])
    {
        for outcome in copies(&bench.reader(), &out, &places.join(place), &mut Notes::default()) {
            let error = outcome.unwrap_err();
            assert_eq!(kind(&error), FailureKind::Usage, "{place}: {error:#}");
        }
        assert_eq!(names(), before, "{place}");
        assert_eq!(fs::read(places.join("file")).unwrap(), b"mine", "{place}");
        assert_eq!(fs::read_dir(places.join("full")).unwrap().count(), 1, "{place}");
    }
}

/// An empty folder stays the folder it is, by whatever name it is reached, and whatever a killed run left in it.
#[test]
fn a_copy_goes_into_an_empty_folder() {
    use std::os::unix::fs::{MetadataExt, symlink};
    let bench = one_of_everything(900);
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let all = export(&bench.reader(), &out, &mut Notes::default()).unwrap();
    let empty = dir.path().join("empty");
    symlink("empty", dir.path().join("link")).unwrap();
    for place in ["empty", "link", "empty/.", "out/../empty", "link/"] {
        for is_import in [false, true] {
            fs::create_dir_all(empty.join(".newsgrep-part/originals")).unwrap();
            fs::write(empty.join(".newsgrep-part/originals/x"), "left").unwrap();
            let inode = fs::metadata(&empty).unwrap().ino();
            let to = dir.path().join(place);
            let stopped = &mut Notes { stop_after: Some(2), ..Notes::default() };
            let notes = &mut Notes::default();
            if is_import {
                assert!(import(&out, &to, stopped).unwrap().interrupted);
                assert_eq!(fs::read_dir(&empty).unwrap().count(), 0, "{place}");
                assert_eq!(import(&out, &to, notes).unwrap(), all, "{place}");
                assert!(check(&empty, true).unwrap().is_sound(), "{place}");
                assert!(!empty.join(".newsgrep-part").exists(), "{place}");
            } else {
                assert!(export(&bench.reader(), &to, stopped).unwrap().interrupted);
                assert_eq!(fs::read_dir(&empty).unwrap().count(), 0, "{place}");
                assert_eq!(export(&bench.reader(), &to, notes).unwrap(), all, "{place}");
                assert!(files(&empty) == files(&out), "{place}");
            }
            assert_eq!(fs::metadata(&empty).unwrap().ino(), inode, "{place}");
            fs::remove_dir_all(&empty).unwrap();
        }
    }
}

/// Somebody writes to the place of a copy while it is made.
#[test]
fn a_copy_that_cannot_be_put_in_place_leaves_nothing() {
    struct Intruder(std::path::PathBuf);
    impl Watch for Intruder {
        fn progress(&mut self, _done: u64, _total: u64) {
            fs::create_dir_all(&self.0).unwrap();
            fs::write(self.0.join("mine"), "mine").unwrap();
        }
        fn damage(&mut self, _what: &str) {}
        fn stopped(&self) -> bool {
            false
        }
    }
    let bench = one_of_everything(900);
    let dir = tempfile::tempdir().unwrap();
    let (out, target) = (dir.path().join("out"), dir.path().join("target"));
    export(&bench.reader(), &out, &mut Notes::default()).unwrap();
    for is_there in [false, true] {
        for is_import in [false, true] {
            if is_there {
                fs::create_dir(&target).unwrap();
            }
            let intruder = &mut Intruder(target.clone());
            let outcome =
                if is_import { import(&out, &target, intruder) } else { export(&bench.reader(), &target, intruder) };
            assert!(outcome.is_err(), "{is_there}, {is_import}");
            assert_eq!(files(&target).into_keys().collect::<Vec<_>>(), ["mine"], "{is_there}, {is_import}");
            assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "{is_there}, {is_import}");
            fs::remove_dir_all(&target).unwrap();
        }
    }
}
