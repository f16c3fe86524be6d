//! Runs that are stopped, and the phases in which signals come.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::sync::{LazyLock, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::bench::{Bench, Dice, Said};
use crate::found::{Ids, Kept};
use crate::needs::succeeds;
use crate::shim::{faulty, is_built};
use crate::{clips, clips_of, is_whole, reported, tells};

/// A signal's name and number.
pub(crate) type Signal = (&'static str, i32);

pub(crate) const KILL: [Signal; 1] = [("KILL", 9)];
/// The signals that ask a run to end.
pub(crate) const STOPS: [Signal; 3] = [("INT", 2), ("TERM", 15), ("HUP", 1)];

/// A command that changes an archive.
pub(crate) struct Run {
    pub(crate) name: &'static str,
    /// What is there before it.
    prepare: fn(&Bench),
    pub(crate) arguments: Vec<String>,
    /// What can be found before it and after it.
    pub(crate) before: Ids,
    pub(crate) after: Ids,
    /// How many calls it makes that a fault can be injected at, and how long it takes.
    pub(crate) calls: usize,
    span: Duration,
}

/// The runs; the last takes longest.
pub(crate) static RUNS: LazyLock<[Run; 5]> = LazyLock::new(|| {
    let first = |bench: &Bench| {
        clips(bench, 6, 1);
    };
    let ingest = || vec!["-v".to_owned(), "ingest".to_owned(), "clips".to_owned()];
    // The records with junk have other bytes than before: new versions, which take the place of articles.
    let more = |bench: &Bench| {
        base(bench);
        clips(bench, 6, 1);
    };
    // Above 2,000 new articles a commit is recorded before merges too; above 32 MB of files the archive is committed between.
    let many = |bench: &Bench| {
        base(bench);
        clips_of(bench, 25, 100, 70);
    };
    let bench = Bench::new();
    base(&bench);
    let forgotten = bench.ids("z1z1").pop().unwrap();
    [
        Run::measure("first ingest", first, ingest()),
        Run::measure("ingest", more, ingest()),
        Run::measure("reindex", base, vec!["reindex".to_owned()]),
        Run::measure("forget", base, vec!["forget".to_owned(), "--yes".to_owned(), forgotten]),
        Run::measure("ingest of many", many, ingest()),
    ]
});

/// An archive of fifteen articles.
fn base(bench: &Bench) {
    clips(bench, 3, 1);
    assert_eq!(bench.run(&["ingest", "clips"]).code, 0);
}

impl Run {
    fn measure(name: &'static str, prepare: fn(&Bench), arguments: Vec<String>) -> Self {
        let bench = Bench::new();
        prepare(&bench);
        let before = bench.ids("zèbre").into_iter().collect();
        let count = bench.path("count");
        let began = Instant::now();
        let mut command = faulty(&bench, arguments.iter().map(String::as_str), &[("FAULT_COUNT", &count)]);
        assert!(command.output().unwrap().status.success(), "{arguments:?}");
        let span = began.elapsed();
        let calls = std::fs::read_to_string(count).map_or(0, |count| count.trim().parse().unwrap());
        Self { name, prepare, before, after: bench.ids("zèbre").into_iter().collect(), arguments, calls, span }
    }

    /// The run for the `n`th fault: each in turn, the one that takes longest one time in nine.
    pub(crate) fn of(n: usize) -> &'static Self {
        if n % 9 == 8 { &RUNS[4] } else { &RUNS[n % 9 % 4] }
    }

    /// The archive as it is before it.
    pub(crate) fn bench(&self) -> Bench {
        let bench = Bench::new();
        (self.prepare)(&bench);
        bench
    }

    pub(crate) fn arguments(&self) -> impl Iterator<Item = &str> {
        self.arguments.iter().map(String::as_str)
    }

    /// Runs it once more, undisturbed: everything is as if nothing had happened, and nothing is left behind.
    #[track_caller]
    pub(crate) fn complete(&self, bench: &Bench, case: &str) {
        let said = bench.run(&self.arguments().collect::<Vec<_>>());
        // What was forgotten to the end is not there to be forgotten again.
        let is_gone = self.name == "forget" && said.code == 1 && said.err.contains("was forgotten");
        assert!(said.code == 0 || is_gone, "{case}, then {said:?}");
        if is_gone {
            assert_eq!(bench.run(&["ingest", "clips"]).code, 0, "{case}");
        }
        assert_eq!(bench.ids("zèbre").into_iter().collect::<Ids>(), self.after, "{case}");
        is_whole(bench, self.after.len());
    }
}

/// When a signal is sent.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Moment {
    After(Duration),
    /// Before a call, by its number.
    Call(usize),
}

/// What came of signals.
#[derive(Debug, Default)]
pub(crate) struct Stopped {
    /// Signals that met a run, and runs that they ended.
    pub(crate) sent: usize,
    pub(crate) ended: usize,
    /// The longest time a run took to end.
    pub(crate) slowest: Duration,
    pub(crate) kept: Kept,
}

impl Stopped {
    /// Stops runs until `wanted` signals have met one: each archive up to three times, and after each the last commit is
    /// searched and all is checked. At last the run is completed.
    pub(crate) fn stop(signals: &[Signal], wanted: usize, seed: usize, moment: fn(&Run, &mut Dice) -> Moment) -> Self {
        let mut stopped = Self::default();
        for round in 0.. {
            if stopped.sent >= wanted {
                break;
            }
            // Each round has numbers of its own: it can be run again by itself.
            let mut dice = Dice::new((seed * 1_000_003 + round) as u64);
            let run = Run::of(round);
            let bench = run.bench();
            let mut before = run.before.clone();
            let mut told = Ids::new();
            let mut case = String::new();
            for _ in 0..=dice.below(3) {
                let signal = signals[dice.below(signals.len())];
                let moment = moment(run, &mut dice);
                let (said, phase) = stopped.stop_one(&bench, run, signal, moment);
                case = format!("{case}round {round}: {} stopped by {} {moment:?} in {phase}; ", run.name, signal.0);
                told.extend(reported(&said));
                before = stopped.kept.count(&bench, (&before, &run.after), &told, &format!("{case}{}", said.code));
            }
            run.complete(&bench, &case);
        }
        stopped
    }

    /// Sends one signal. Gives what the run said, and the phase in which the signal came.
    fn stop_one(&mut self, bench: &Bench, run: &Run, (name, number): Signal, moment: Moment) -> (Said, &'static str) {
        let [last, count, err] = ["last", "count", "said"].map(|name| bench.path(name));
        let at = if let Moment::Call(at) = moment { at.to_string() } else { String::new() };
        for path in [&last, &count] {
            std::fs::write(path, "").unwrap();
        }
        let settings = [("FAULT_AT", &*at), ("FAULT_KIND", name), ("FAULT_LAST", &last), ("FAULT_COUNT", &count)];
        let mut command = faulty(bench, run.arguments(), &settings);
        // A file, for what is said may be more than a pipe holds.
        let mut child = command.stdout(Stdio::null()).stderr(File::create(&err).unwrap()).spawn().unwrap();
        let mut came = None;
        if let Moment::After(span) = moment {
            thread::sleep(span);
            if child.try_wait().unwrap().is_none() {
                came = Some(std::fs::read_to_string(&last).unwrap());
                assert!(succeeds("kill", &[&format!("-{name}"), &child.id().to_string()]));
            }
        }
        let began = Instant::now();
        let status = child.wait().unwrap();
        if came.is_some() {
            self.slowest = self.slowest.max(began.elapsed());
        }
        let said =
            Said { out: String::new(), err: std::fs::read_to_string(err).unwrap(), code: status.code().unwrap_or(-1) };
        if let Moment::Call(at) = moment {
            // A run that was not ended says how many calls it made.
            let made = std::fs::read_to_string(count).unwrap().trim().parse().unwrap_or(usize::MAX);
            came = (made >= at).then(|| std::fs::read_to_string(&last).unwrap());
        }
        let phase = came.as_deref().map_or(AFTER_THE_END, phase);
        // `forget` is short, and leaves signals to the system; so does a run that has hardly begun.
        let is_caught = name != "KILL" && run.name != "forget" && ![BEFORE_ANY_WRITE, NOT_KNOWN].contains(&phase);
        let case = format!("{} {name} {moment:?} in {phase}: {status} {said:?}", run.name);
        match status.signal() {
            Some(signal) => assert!(signal == number && !is_caught, "{case}"),
            None => assert!(
                said.code == 0
                    || said.code == 130 && name != "KILL" && said.err.contains("interrupted")
                    || said.code == 1 && run.name == "forget" && said.err.contains("was forgotten"),
                "{case}"
            ),
        }
        assert!(self.slowest < Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 1 }), "{case}");
        self.sent += usize::from(came.is_some());
        self.ended += usize::from(said.code != 0);
        let mut table = TABLE.lock().unwrap();
        *table.entry((run.name, phase)).or_default().entry(name).or_default() += 1;
        (said, phase)
    }
}

/// A random moment of a run.
pub(crate) fn any_time(run: &Run, dice: &mut Dice) -> Moment {
    Moment::After(Duration::from_micros(dice.below(usize::try_from(run.span.as_micros()).unwrap()) as u64))
}

/// A random call of a run; half of the time one of the last, with which the index is completed and recorded, and old files are
/// removed.
pub(crate) fn any_call(run: &Run, dice: &mut Dice) -> Moment {
    let among = [run.calls, run.calls.min(30)][dice.below(2)];
    Moment::Call(run.calls - dice.below(among))
}

const BEFORE_ANY_WRITE: &str = "0 before any write";
const AFTER_THE_END: &str = "8 after its end";
/// Without a C compiler there is no shim to tell.
const NOT_KNOWN: &str = "9 not known";

/// The phase that a run is in, told from the last call that the shim saw: its name, whether the index's list of segments was
/// written before it, and the path.
fn phase(last: &str) -> &'static str {
    let mut words = last.split_whitespace();
    let (Some(call), Some(listed), Some(path)) = (words.next(), words.next(), words.next()) else {
        return if is_built() { BEFORE_ANY_WRITE } else { NOT_KNOWN };
    };
    let name = path.rsplit('/').next().unwrap_or_default();
    let listed = listed == "after";
    if path.contains("/archive/index") {
        match call {
            "remove" => "7 old index files removed",
            _ if name.starts_with("meta.") || call == "sync" && !name.contains('.') => "4 index completed",
            _ if listed => "5 merges after a commit",
            _ => "2 index segments written",
        }
    } else if name == "archive.sqlite" || call == "remove" || call == "cut" {
        "3 journal put in place, emptied"
    } else if listed {
        "6 commit recorded"
    } else {
        "1 archive written"
    }
}

/// How many of each signal came in each phase of each run.
type Table = BTreeMap<(&'static str, &'static str), BTreeMap<&'static str, usize>>;

static TABLE: Mutex<Table> = Mutex::new(Table::new());

/// Prints in which phase of which run signals came.
pub(crate) fn print_table() {
    let table = TABLE.lock().unwrap();
    if table.is_empty() || !tells() {
        return;
    }
    let signals: Vec<&str> = KILL.iter().chain(&STOPS).map(|(name, _)| *name).collect();
    let row = |run: &str, phase: &str, cells: &dyn Fn(&str) -> String| {
        let cells: String = signals.iter().map(|signal| format!("{:>6}", cells(signal))).collect();
        eprintln!("{run:<16} {phase:<34}{cells}");
    };
    row("run", "phase", &|signal| signal.to_owned());
    for ((run, phase), counts) in table.iter() {
        row(run, phase, &|signal| counts.get(signal).copied().unwrap_or_default().to_string());
    }
    row("all", "", &|signal| table.values().filter_map(|counts| counts.get(signal)).sum::<usize>().to_string());
}
