//! An archive of its own in a folder of its own, and the binary to use it with.

#![allow(dead_code)] // each test program uses its part

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// An archive of its own in a folder of its own.
pub(crate) struct Bench {
    pub(crate) dir: TempDir,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// With the fixtures' six articles taken in.
    pub(crate) fn with_fixtures() -> Self {
        let bench = Self::new();
        assert_eq!(bench.run(&["ingest", fixtures().to_str().unwrap()]).code, 0);
        bench
    }

    /// With these records taken in.
    pub(crate) fn of(records: &[serde_json::Value]) -> Self {
        let bench = Self::new();
        bench.ingest("records.jsonl", records);
        bench
    }

    /// Takes in a file of these records.
    pub(crate) fn ingest(&self, name: &str, records: &[serde_json::Value]) {
        let lines: String = records.iter().map(|record| format!("{record}\n")).collect();
        let path = self.write(name, lines);
        assert_eq!(self.run(&["ingest", &path]).code, 0);
    }

    /// Whether some chunk of the archive that can be decompressed, damaged or not, has this text in it.
    pub(crate) fn keeps(&self, text: &str) -> bool {
        let database = rusqlite::Connection::open(self.archive().join("archive.sqlite")).unwrap();
        let mut select = database.prepare("SELECT data FROM chunks").unwrap();
        let mut chunks = select.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap();
        chunks.any(|data| {
            let bytes = zstd::decode_all(data.unwrap().as_slice());
            bytes.is_ok_and(|bytes| bytes.windows(text.len()).any(|part| part == text.as_bytes()))
        })
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_newsgrep"));
        command.current_dir(self.dir.path()).env("NEWSGREP_ARCHIVE", "archive").env_remove("NO_COLOR");
        command.args(arguments).stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        Said::of(&self.command(arguments).output().unwrap())
    }

    /// What a run that succeeds prints.
    pub(crate) fn out(&self, arguments: &[&str]) -> String {
        let said = self.run(arguments);
        assert_eq!(said.code, 0, "{arguments:?} {said:?}");
        said.out
    }

    pub(crate) fn archive(&self) -> PathBuf {
        self.dir.path().join("archive")
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        self.path(name)
    }

    pub(crate) fn ids(&self, query: &str) -> Vec<String> {
        self.run(&["query", "--format", "ids", "-n", "100000", "--", query]).out.lines().map(str::to_owned).collect()
    }
}

/// What a run said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) out: String,
    pub(crate) err: String,
    /// Its exit code; -1 when a signal ended it.
    pub(crate) code: i32,
}

impl Said {
    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { out: text(&output.stdout), err: text(&output.stderr), code: output.status.code().unwrap_or(-1) }
    }

    pub(crate) fn lines(&self) -> Vec<&str> {
        self.out.lines().collect()
    }

    /// The lines as JSON.
    pub(crate) fn records(&self) -> Vec<serde_json::Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Ended by itself, without panic.
    #[track_caller]
    pub(crate) fn is_orderly(&self) {
        assert!([0, 1, 2, 3, 4, 5].contains(&self.code), "{self:?}");
        assert!(!self.err.contains("panicked") && !self.out.contains("panicked"), "{self:?}");
    }
}

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/clips")
}

/// Every file below `dir` with its bytes.
pub(crate) fn files(dir: impl AsRef<Path>) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![dir.as_ref().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&dir).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found
}

/// Numbers that look random and are the same every time.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % bound.max(1)
    }
}
