//! The library that makes calls fail, or has signals come at them, put before the C library.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use crate::bench::Bench;

/// The built library; none where there is no C compiler.
static SHIM: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/shim.c");
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shim.so");
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&built).arg(source).arg("-ldl").stderr(Stdio::inherit());
    cc.status().is_ok_and(|status| status.success()).then_some(built)
});

/// Whether there is a library: a C compiler is there.
pub(crate) fn is_built() -> bool {
    SHIM.is_some()
}

/// A command of the bench with faults in what it does below the archive's folder; without a C compiler, without them.
pub(crate) fn faulty<'a>(
    bench: &Bench,
    arguments: impl IntoIterator<Item = &'a str>,
    settings: &[(&str, &str)],
) -> Command {
    let mut command = bench.command(&arguments.into_iter().collect::<Vec<_>>());
    // The library knows whole paths only.
    command.env("NEWSGREP_ARCHIVE", bench.archive()).env("FAULT_DIR", bench.archive());
    if let Some(shim) = SHIM.as_ref() {
        command.env("LD_PRELOAD", shim).envs(settings.iter().copied());
    }
    command
}
