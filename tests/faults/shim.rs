//! The library that makes calls fail, put before the C library.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use crate::bench::Bench;

/// The built library; none where there is no C compiler.
static SHIM: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/shim.c");
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shim.so");
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&built).arg(source).arg("-ldl");
    cc.status().is_ok_and(|status| status.success()).then_some(built)
});

/// A command of the bench with faults in what it does below the archive's folder; `None`, with a word, where there is no C
/// compiler.
pub(crate) fn faulty(bench: &Bench, arguments: &[&str], settings: &[(&str, &str)]) -> Option<Command> {
    let Some(shim) = SHIM.as_ref() else {
        eprintln!("passed over: no C compiler");
        return None;
    };
    let mut command = bench.command(arguments);
    command.env("LD_PRELOAD", shim).env("FAULT_DIR", bench.archive());
    command.envs(settings.iter().copied());
    Some(command)
}

/// How many calls a command makes that could fail.
pub(crate) fn calls(bench: &Bench, arguments: &[&str]) -> Option<usize> {
    let count = bench.path("count");
    faulty(bench, arguments, &[("FAULT_COUNT", &count)])?.output().unwrap();
    Some(std::fs::read_to_string(count).unwrap().trim().parse().unwrap())
}
