//! A power cut: what the disk holds at the moment an article is said to be added, and a little later.
//!
//! The archive lies on a file system of its own in an image file. What was not synced has not reached the image: a copy of it,
//! made while the program stands still, is the disk after the cut.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::bench::{Bench, Dice, Said};
use crate::found::{Ids, Kept};
use crate::needs::succeeds;
use crate::{clips, faults, is_whole, report, reported};

/// An image mounted where an archive will lie, until this is dropped.
struct Mounted<'a>(&'a str);

impl<'a> Mounted<'a> {
    fn at(place: &'a str, image: &str) -> Self {
        fs::create_dir_all(place).unwrap();
        assert!(succeeds("mount", &["-o", "loop", image, place]), "a file system, cut off or not, can be mounted");
        Self(place)
    }
}

impl Drop for Mounted<'_> {
    fn drop(&mut self) {
        succeeds("umount", &[self.0]);
    }
}

pub(crate) fn power() {
    let (wanted, mut kept) = (faults(2), Kept::default());
    for round in 0..wanted {
        let mut dice = Dice::new(23_000_003 + round as u64);
        let bench = Bench::new();
        let [image, copy, place] = ["disk", "after", "place"].map(|name| bench.path(name));
        File::create(&image).unwrap().set_len(64 << 20).unwrap();
        assert!(succeeds("mkfs.ext4", &["-q", "-F", &image]));
        let mounted = Mounted::at(&place, &image);
        std::os::unix::fs::symlink(Path::new(&place).join("archive"), bench.archive()).unwrap();
        clips(&bench, 3, 1);
        let archive = format!("{place}/archive");
        assert_eq!(bench.run(&["--archive", &archive, "ingest", "clips"]).code, 0);
        let before: Ids = bench.ids("zèbre").into_iter().collect();
        // In half of the cases the archive is committed in several parts, the first article said early.
        let articles = clips(&bench, 24, if dice.below(2) == 0 { 100 } else { 4 });
        assert_eq!(bench.run(&["--archive", "whole", "ingest", "clips"]).code, 0);
        let whole = bench.run(&["--archive", "whole", "query", "--format", "ids", "-n", "1000", "zèbre"]);
        let after = crate::found::ids(&whole);
        // The index is committed after the last article is said to be added.
        let later = Duration::from_millis([0, dice.below(300) as u64][dice.below(2)]);
        let said = cut(&bench, &archive, 1 + dice.below(articles / 2), later, (&image, &copy));
        drop(mounted);
        let again = Mounted::at(&place, &copy);
        let added = reported(&said);
        assert!(!added.is_empty());
        kept.count(&bench, (&before, &after), &added, &format!("round {round}, {later:?} later: {said:?}"));
        assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
        is_whole(&bench, articles);
        drop(again);
    }
    report("power", wanted, &kept.to_string());
}

/// Ingests into `archive` until so many articles are said to be added and `later` has passed, and copies the image as it is
/// then; gives what was said before.
fn cut(bench: &Bench, archive: &str, wanted: usize, later: Duration, (image, copy): (&str, &str)) -> Said {
    let mut command = bench.command(&["-v", "--archive", archive, "ingest", "clips"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut err, mut added) = (String::new(), 0);
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    while added < wanted {
        let mut line = String::new();
        assert!(lines.read_line(&mut line).unwrap() > 0, "it ends after what it says");
        added += usize::from(line.starts_with("added "));
        err += &line;
    }
    std::thread::sleep(later);
    // What goes on meanwhile would make a copy that no disk ever was.
    assert!(succeeds("kill", &["-STOP", &child.id().to_string()]));
    fs::copy(image, copy).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    Said { out: String::new(), err, code: -1 }
}
