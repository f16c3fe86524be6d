//! A power cut: what the disk holds at the moment an article is said to be added.
//!
//! The archive lies on a file system of its own in an image file. What was not synced has not reached the image: a copy of it,
//! made while the program stands still, is the disk after the cut.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::bench::{Bench, Dice, Said};
use crate::{clips, faults, is_sound, is_whole, report, reported};

fn succeeds(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
}

/// An image mounted where an archive will lie, until this is dropped.
struct Mounted<'a>(&'a str);

impl<'a> Mounted<'a> {
    fn at(place: &'a str, image: &str) -> Option<Self> {
        fs::create_dir_all(place).unwrap();
        succeeds("mount", &["-o", "loop", image, place]).then_some(Self(place))
    }
}

impl Drop for Mounted<'_> {
    fn drop(&mut self) {
        succeeds("umount", &[self.0]);
    }
}

#[test]
fn power() {
    let (mut dice, mut promised, mut cuts) = (Dice::new(23), 0, 0);
    while cuts < faults(1) {
        let bench = Bench::new();
        let articles = clips(&bench, 24, 100);
        let [image, after, place] = ["disk", "after", "place"].map(|name| bench.path(name));
        File::create(&image).unwrap().set_len(64 << 20).unwrap();
        let mounted = succeeds("mkfs.ext4", &["-q", "-F", &image]).then(|| Mounted::at(&place, &image)).flatten();
        let Some(mounted) = mounted else {
            eprintln!("passed over: no image can be mounted here");
            return;
        };
        let said = cut(&bench, &format!("{place}/archive"), 1 + dice.below(articles), (&image, &after));
        drop(mounted);
        let again = Mounted::at(&place, &after).expect("a file system whose power was cut can be mounted");
        std::os::unix::fs::symlink(Path::new(&place).join("archive"), bench.archive()).unwrap();
        is_sound(&bench);
        let (added, listed) = (reported(&said), bench.run(&["list", "--format", "ids"]).out);
        assert!(
            !added.is_empty() && added.iter().all(|id| listed.contains(id)),
            "an article that was reported is lost"
        );
        assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
        is_whole(&bench, articles);
        drop(again);
        promised += added.len();
        cuts += 1;
    }
    report("power", cuts, &format!("{promised} articles reported before a cut, all there"));
}

/// Ingests into `archive` until so many articles are said to be added, and copies the image as it is then; gives what was said.
fn cut(bench: &Bench, archive: &str, wanted: usize, (image, copy): (&str, &str)) -> Said {
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
    // What goes on meanwhile would make a copy that no disk ever was.
    assert!(succeeds("kill", &["-STOP", &child.id().to_string()]));
    fs::copy(image, copy).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    Said { out: String::new(), err, code: -1 }
}
