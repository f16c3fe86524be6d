//! An archive that cannot be written: another user who may only read, and a disk mounted read-only.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::bench::{Bench, Said};
use crate::{clips, report};

const ASK: [&[&str]; 4] =
    [&["query", "--json", "zèbre"], &["list", "--json"], &["check", "--read-data"], &["export-archive", "/"]];

#[test]
fn readonly() {
    let bench = Bench::new();
    clips(&bench, 3, 1);
    assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    let right = ASK.map(|arguments| bench.run(arguments).out);
    let binary = bench.path("newsgrep");
    std::fs::copy(env!("CARGO_BIN_EXE_newsgrep"), &binary).unwrap();
    std::fs::set_permissions(bench.dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut ways = 0;
    // Another user.
    for journal in ["archive.sqlite-wal", "archive.sqlite-shm"] {
        let _ = std::fs::remove_file(bench.archive().join(journal));
    }
    assert!(Command::new("chmod").args(["-R", "a+rX,a-w"]).arg(bench.archive()).status().unwrap().success());
    let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", &binary];
    let may =
        Command::new("setpriv").args(nobody).arg("--version").output().is_ok_and(|output| output.status.success());
    if may {
        compare(&right, || {
            let mut command = Command::new("setpriv");
            command.args(nobody).env("NEWSGREP_ARCHIVE", "archive").current_dir(bench.dir.path());
            command
        });
        ways += 1;
    }
    // A disk mounted read-only.
    let mounted = |options: &[&str]| Command::new("mount").args(options).arg(bench.archive()).status();
    let bind = |options| Command::new("mount").args(["-o", options]).arg(bench.archive()).arg(bench.archive()).output();
    if bind("bind").is_ok_and(|output| output.status.success()) {
        if mounted(&["-o", "remount,bind,ro"]).is_ok_and(|status| status.success()) {
            let outcome = std::panic::catch_unwind(|| {
                compare(&right, || bench.command(&[]));
                let said = bench.run(&["ingest", "clips"]);
                assert!(said.code == 5 && said.err.contains("archive"), "{said:?}");
            });
            Command::new("umount").arg(bench.archive()).status().unwrap();
            outcome.unwrap();
            ways += 1;
        } else {
            Command::new("umount").arg(bench.archive()).status().unwrap();
        }
    }
    if ways < 2 {
        eprintln!("passed over: another user or a mount is not to be had here");
    }
    report("readonly", ways, "the same hits as where it can be written");
}

fn compare(right: &[String], command: impl Fn() -> Command) {
    for (arguments, right) in ASK.iter().zip(right) {
        let said = Said::of(&command().args(*arguments).output().unwrap());
        said.is_orderly();
        assert_eq!(&said.out, right, "{arguments:?} {said:?}");
    }
}
