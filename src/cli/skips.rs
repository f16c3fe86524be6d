//! What was skipped, for a person: each record by name, but no flood from one file.

use std::collections::HashMap;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use crate::output::{visible, visible_path};
use crate::problem::Problem;

/// Records of one file that are named; the rest are counted.
const NAMED: u64 = 100;

/// Counts what was skipped, file by file.
#[derive(Debug, Default)]
pub(super) struct Skips {
    /// Whether every one is named.
    all: bool,
    files: HashMap<PathBuf, u64>,
}

impl Skips {
    /// Names every one if `all`, as with `--verbose`.
    pub(super) fn new(all: bool) -> Self {
        Self { all, files: HashMap::new() }
    }

    /// The line that names a problem, unless its file has had its share.
    pub(super) fn line(&mut self, problem: &Problem) -> Option<String> {
        if let Some(count) = self.files.get_mut(&problem.path) {
            *count += 1;
            if *count > NAMED && !self.all {
                return None;
            }
        } else {
            self.files.insert(problem.path.clone(), 1);
        }
        let path = visible_path(problem.path.as_os_str().as_bytes());
        let record = problem.record.map(|record| format!(", record {record}")).unwrap_or_default();
        Some(format!("newsgrep: skipped {path}{record}: {}", visible(&problem.reason)))
    }

    /// How many were only counted, a line a file.
    pub(super) fn rest(&self) -> Vec<String> {
        let counted = self.files.iter().filter(|(_, count)| **count > NAMED && !self.all);
        let line = |(path, count): (&PathBuf, &u64)| {
            let path = visible_path(path.as_os_str().as_bytes());
            format!("newsgrep: skipped {} more records of {path}; --verbose names each", count - NAMED)
        };
        let mut lines: Vec<String> = counted.map(line).collect();
        lines.sort();
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_does_not_flood() {
        let problem = |path: &str, record| Problem { path: path.into(), record: Some(record), reason: "no".to_owned() };
        let mut skips = Skips::new(false);
        let named = (1..=250).filter(|record| skips.line(&problem("a", *record)).is_some()).count();
        assert_eq!(named, 100);
        assert_eq!(skips.line(&problem("b\n", 7)).unwrap(), "newsgrep: skipped b␊, record 7: no");
        assert_eq!(skips.rest(), ["newsgrep: skipped 150 more records of a; --verbose names each"]);
        let mut skips = Skips::new(true);
        assert!((1..=250).all(|record| skips.line(&problem("a", record)).is_some()));
        assert!(skips.rest().is_empty());
    }
}
