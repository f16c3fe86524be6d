//! Files and folders that may not be read are told; the others are taken in.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::bench::{Bench, Said};
use crate::needs::NOBODY;
use crate::report;

pub(crate) fn denied() {
    let bench = Bench::new();
    for name in ["a.txt", "denied.txt", "folder/b.txt"] {
        bench.write(&format!("clips/{name}"), format!("Refus\n\nUn okapi dans {name}."));
    }
    for name in ["clips/denied.txt", "clips/folder"] {
        fs::set_permissions(bench.path(name), Permissions::from_mode(0o700)).unwrap();
    }
    let binary = bench.path("newsgrep");
    fs::copy(env!("CARGO_BIN_EXE_newsgrep"), &binary).unwrap();
    fs::set_permissions(bench.dir.path(), Permissions::from_mode(0o777)).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new("setpriv");
        command.args(NOBODY).arg(&binary).args(arguments);
        command.env("NEWSGREP_ARCHIVE", "archive").current_dir(bench.dir.path());
        Said::of(&command.output().unwrap())
    };
    let said = run(&["ingest", "clips"]);
    assert_eq!(said.code, 3, "{said:?}");
    for name in ["denied.txt", "folder"] {
        let told = said.err.lines().any(|line| line.contains(name) && line.contains("ermission denied"));
        assert!(told, "{name}: {said:?}");
    }
    assert_eq!(run(&["query", "-c", "okapi"]).out, "1\n");
    assert_eq!(run(&["check", "--read-data"]).code, 0);
    report("denied", 2, "each was told, and the file beside them was taken in");
}
