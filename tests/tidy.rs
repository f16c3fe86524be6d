//! Keeps the house in order: rooms use only rooms before them, files and changelog are complete.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::needless_pass_by_value
)] // a test may fail

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms in the order in which data passes through them.
const ROOMS: [&str; 14] = [
    "date", "french", "article", "problem", "fault", "read", "clean", "archive", "query", "index", "search", "output",
    "ingest", "cli",
];

/// What else must not stand outside its room: tantivy belongs to the index, SQLite to the archive.
const AT_HOME: [(&str, &str); 3] = [("tantivy::", "index"), ("rusqlite::", "archive"), ("clap::", "cli")];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The room a file belongs to; `None` for main.rs and lib.rs.
fn room(path: &Path) -> Option<usize> {
    let inside = path.strip_prefix(root().join("src")).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_str().unwrap();
    ROOMS.iter().position(|room| *room == first.trim_end_matches(".rs"))
}

#[test]
fn rooms_use_only_rooms_before_them() {
    let mut wrong = Vec::new();
    for path in sources(&root().join("src")) {
        let Some(here) = room(&path) else { continue };
        for (number, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            if line.trim_start().starts_with("//") {
                continue;
            }
            for (_, rest) in line.match_indices("crate::").map(|(at, word)| (at, &line[at + word.len()..])) {
                let used: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                match ROOMS.iter().position(|room| *room == used) {
                    Some(there) if there <= here => {}
                    Some(_) => wrong.push(format!("{}:{}: {} uses {used}", path.display(), number + 1, ROOMS[here])),
                    None => wrong.push(format!("{}:{}: what is {used}?", path.display(), number + 1)),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn lib_declares_the_rooms_in_order() {
    let text = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let declared: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert_eq!(declared, ROOMS);
}

#[test]
fn engines_stay_in_their_rooms() {
    for path in sources(&root().join("src")) {
        let text = fs::read_to_string(&path).unwrap();
        for (engine, home) in AT_HOME {
            let here = room(&path).map(|number| ROOMS[number]);
            let named = text.lines().any(|line| line.contains(engine) && !line.trim_start().starts_with("//"));
            assert!(!named || here == Some(home), "{} names {engine}", path.display());
        }
    }
}

#[test]
fn no_file_is_forgotten() {
    let mut missing = Vec::new();
    for path in sources(&root().join("src")) {
        let name = path.file_stem().unwrap().to_str().unwrap();
        if matches!(name, "mod" | "main" | "lib") {
            continue;
        }
        let parent = path.parent().unwrap();
        let above = if parent.ends_with("src") { parent.join("lib.rs") } else { parent.join("mod.rs") };
        let text = fs::read_to_string(&above).unwrap_or_default();
        if !text.lines().any(|line| line.trim().ends_with(&format!("mod {name};"))) {
            missing.push(path.display().to_string());
        }
    }
    assert!(missing.is_empty(), "not declared:\n{}", missing.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for() {
    for path in sources(&root().join("src")) {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//! "), "{} does not open with a //! line", path.display());
    }
}

#[test]
fn the_changelog_has_the_version() {
    let text = fs::read_to_string(root().join("CHANGELOG.md")).unwrap();
    assert!(
        text.contains(&format!("## {}", env!("CARGO_PKG_VERSION"))),
        "CHANGELOG.md lacks {}",
        env!("CARGO_PKG_VERSION")
    );
}

#[test]
fn dependencies_say_why_they_are_there() {
    let text = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let mut reasons = BTreeMap::new();
    for section in ["[dependencies]", "[dev-dependencies]"] {
        let section = text.split(&format!("\n{section}")).nth(1).unwrap().split("\n[").next().unwrap();
        for line in section.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let reason = line.split_once(" # ").map_or("", |(_, reason)| reason.trim());
            reasons.insert(line.split_whitespace().next().unwrap(), reason);
        }
    }
    let without: Vec<_> = reasons.iter().filter(|(_, reason)| reason.is_empty()).collect();
    assert!(reasons.len() > 20 && without.is_empty(), "without a reason of their own: {without:?}");
}

/// Speaks of itself alone: no path of a machine in anything that is committed.
#[test]
fn no_machine_is_named() {
    for dir in ["src", "tests", "benches"] {
        for path in sources(&root().join(dir)) {
            let text = fs::read_to_string(&path).unwrap();
            for word in [concat!("/", "root/"), concat!("/", "home/")] {
                assert!(!text.contains(word), "{} holds {word}", path.display());
            }
        }
    }
}
