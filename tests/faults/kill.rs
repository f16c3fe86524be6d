//! kill -9 at random moments of an ingest, a rebuild and a forgetting.

use std::io::Read;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::bench::{self, Bench, Dice, Said};
use crate::{clips, faults, is_sound, is_whole, report, reported};

/// Starts a command and kills it after a moment; gives what it had said.
fn killed(bench: &Bench, arguments: &[&str], after: Duration) -> (Said, bool) {
    let mut child = bench.command(arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(after);
    child.kill().unwrap();
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    let code = child.wait().unwrap().code();
    // A line cut off was not said.
    err.truncate(err.rfind('\n').map_or(0, |end| end + 1));
    (Said { out: String::new(), err, code: code.unwrap_or(-1) }, code.is_none())
}

#[test]
fn kill() {
    let (mut dice, mut kills, mut promised, mut rounds) = (Dice::new(11), 0, 0, 0);
    let wanted = faults(9);
    while kills < wanted {
        rounds += 1;
        let bench = Bench::new();
        let articles = clips(&bench, 24, 100);
        let began = Instant::now();
        bench.run(&["--archive", "measure", "ingest", "clips"]);
        let span = usize::try_from(began.elapsed().as_millis()).unwrap();
        let moment = |dice: &mut Dice, of: usize| Duration::from_millis(dice.below(of).try_into().unwrap());
        let mut added = Vec::new();
        for _ in 0..4 {
            let (said, died) = killed(&bench, &["-v", "ingest", "clips"], moment(&mut dice, span));
            kills += usize::from(died);
            added.extend(reported(&said));
            if bench.archive().join("archive.sqlite").exists() && bench.run(&["list"]).code != 5 {
                is_sound(&bench);
                let listed = bench.run(&["list", "--format", "ids"]).out;
                assert!(added.iter().all(|id| listed.contains(id)), "an article that was reported is lost");
            }
        }
        promised += added.len();
        assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
        is_whole(&bench, articles);
        for _ in 0..3 {
            kills += usize::from(killed(&bench, &["reindex"], moment(&mut dice, span / 2)).1);
            is_sound(&bench);
            // The old index or the new: every answer is there, or the way to it is said.
            let said = bench.run(&["query", "-c", "zèbre"]);
            assert!(said.out.trim() == articles.to_string() || said.err.contains("newsgrep reindex"), "{said:?}");
        }
        assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
        is_whole(&bench, articles);
        let id = bench.ids("z3z1").pop().unwrap();
        for _ in 0..3 {
            let (_, died) = killed(&bench, &["forget", "--yes", &id], moment(&mut dice, 60));
            kills += usize::from(died);
            is_sound(&bench);
            let (shown, found) = (bench.run(&["show", &id]).code == 0, bench.ids("z3z1").len());
            assert!(shown || found == 0, "what is forgotten is not found");
        }
        bench.run(&["forget", "--yes", &id]);
        let said = bench.run(&["ingest", "--rehash", "clips"]);
        assert_eq!(said.code, 0, "{said:?}");
        is_whole(&bench, articles - 1);
        let size = || bench::files(bench.archive().join("index")).values().map(Vec::len).sum::<usize>();
        let grown = size();
        assert_eq!(bench.run(&["reindex"]).code, 0);
        assert!(grown <= 2 * size(), "{grown} bytes of index, {} when it is new", size());
    }
    report("kill", kills, &format!("{promised} articles reported before a kill, all there; {rounds} rounds"));
}
