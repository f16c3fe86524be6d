//! An archive that cannot be written: another user who may only read, and a disk mounted read-only.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;

use crate::bench::{Bench, Said};
use crate::needs::{NOBODY, Need, succeeds};
use crate::{clips, report};

const ASK: [&[&str]; 4] =
    [&["query", "--json", "zèbre"], &["list", "--json"], &["check", "--read-data"], &["export-archive", "/"]];

/// Takes the right to write away, as a user or with a mount.
pub(crate) fn readonly(by: Need) {
    let bench = Bench::new();
    clips(&bench, 3, 1);
    assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
    let right = ASK.map(|arguments| bench.run(arguments).out);
    match by {
        Need::AnotherUser => for_another_user(&bench, &right),
        _ => on_a_mount(&bench, &right),
    }
    report("readonly", 0, &format!("{} commands say the same as where it can be written: {by:?}", ASK.len()));
}

fn for_another_user(bench: &Bench, right: &[String]) {
    let binary = bench.path("newsgrep");
    fs::copy(env!("CARGO_BIN_EXE_newsgrep"), &binary).unwrap();
    fs::set_permissions(bench.dir.path(), Permissions::from_mode(0o755)).unwrap();
    for journal in ["archive.sqlite-wal", "archive.sqlite-shm"] {
        let _ = fs::remove_file(bench.archive().join(journal));
    }
    assert!(succeeds("chmod", &["-R", "a+rX,a-w", &bench.path("archive")]));
    compare(right, || {
        let mut command = Command::new("setpriv");
        command.args(NOBODY).arg(&binary).env("NEWSGREP_ARCHIVE", "archive").current_dir(bench.dir.path());
        command
    });
}

fn on_a_mount(bench: &Bench, right: &[String]) {
    let place = bench.path("archive");
    assert!(succeeds("mount", &["-o", "bind", &place, &place]));
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        assert!(succeeds("mount", &["-o", "remount,bind,ro", &place]));
        compare(right, || bench.command(&[]));
        let said = bench.run(&["ingest", "clips"]);
        assert!(said.code == 5 && said.err.contains("archive"), "{said:?}");
    }));
    assert!(succeeds("umount", &[&place]));
    outcome.unwrap();
}

fn compare(right: &[String], command: impl Fn() -> Command) {
    for (arguments, right) in ASK.iter().zip(right) {
        let said = Said::of(&command().args(*arguments).output().unwrap());
        said.is_orderly();
        assert_eq!(&said.out, right, "{arguments:?} {said:?}");
    }
}
