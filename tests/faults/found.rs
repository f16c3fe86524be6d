//! What is demanded at once after a fault, before any other run: queries are answered from the last commit of the index, nothing
//! is damaged, and nothing is lost that could be found before or was said to be added.

use std::collections::BTreeSet;
use std::fmt;

use crate::bench::{Bench, Said};

/// Ids of articles.
pub(crate) type Ids = BTreeSet<String>;

/// Counts the articles that must be there after faults, and those that are.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    promised: usize,
    found: usize,
}

impl Kept {
    /// Queries and checks an archive after a run that was to lead from what was found `before` to what is found `after`, and
    /// that had `added` articles by its own word. Gives what is found now.
    #[track_caller]
    pub(crate) fn count(&mut self, bench: &Bench, (before, after): (&Ids, &Ids), added: &Ids, case: &str) -> Ids {
        let said = bench.run(&["query", "--format", "ids", "-n", "100000", "zèbre"]);
        if said.code == 5 && said.err.contains("no archive at") {
            assert!(before.is_empty() && added.is_empty(), "the archive is lost: {case} {said:?}");
            return Ids::new();
        }
        let found = ids(&said);
        assert_eq!(said.code, i32::from(found.is_empty()), "{case} {said:?}");
        let counted = bench.run(&["query", "-c", "zèbre"]);
        assert_eq!((counted.code, counted.out.trim()), (said.code, found.len().to_string().as_str()), "{case}");
        let listed = bench.run(&["list", "--format", "ids", "--limit", "100000"]);
        assert_eq!(listed.code, i32::from(listed.out.is_empty()), "{case} {listed:?}");
        let listed = ids(&listed);
        if !listed.is_subset(&found) {
            assert!(said.err.contains("not yet searchable"), "what cannot be found yet is told: {case} {said:?}");
        }
        let said = bench.run(&["check", "--read-data"]);
        assert_eq!((said.code, said.out.as_str()), (0, ""), "{case} {said:?}");
        assert!(found.iter().all(|id| before.contains(id) || after.contains(id)), "{case} {found:?}");
        let lost: Vec<&String> = before.iter().filter(|id| after.contains(*id) && !found.contains(*id)).collect();
        let unkept: Vec<&String> = added.iter().filter(|id| !listed.contains(*id)).collect();
        let promised = before.intersection(after).count() + added.len();
        self.promised += promised;
        self.found += promised - lost.len() - unkept.len();
        assert!(lost.is_empty(), "could be found before: {lost:?} {case}");
        assert!(unkept.is_empty(), "said to be added: {unkept:?} {case}");
        found
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { promised, found } = self;
        write!(f, "of {promised} articles to be there at once after them, {found} were, {} lost", promised - found)
    }
}

/// The ids that a query or a list prints.
pub(crate) fn ids(said: &Said) -> Ids {
    said.out.lines().map(str::to_owned).collect()
}
