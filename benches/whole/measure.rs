//! Runs programs and measures them: wall time, processor time, peak of anonymous memory.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::ensure;

/// What one run took.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Run {
    /// Seconds.
    pub(crate) wall: f64,
    /// Seconds of processor time, all threads together; counted in hundredths.
    pub(crate) cpu: f64,
    /// Megabytes of anonymous memory at the peak.
    pub(crate) memory: u64,
}

/// Runs a program to its end and watches its memory.
pub(crate) fn watched(command: &mut Command) -> anyhow::Result<Run> {
    let (before, began) = (children_cpu(), Instant::now());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let status_file = format!("/proc/{}/status", child.id());
    let mut memory = 0;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        memory = memory.max(anonymous(&status_file));
        thread::sleep(Duration::from_millis(2));
    };
    let wall = began.elapsed().as_secs_f64();
    ensure!(status.success(), "{command:?} failed: {status}");
    Ok(Run { wall, cpu: children_cpu() - before, memory: memory / 1024 })
}

/// Runs a program to its end; only the wall time counts. Hits or no hits.
pub(crate) fn timed(command: &mut Command) -> anyhow::Result<Run> {
    let began = Instant::now();
    let output = command.stderr(Stdio::null()).output()?;
    let wall = began.elapsed().as_secs_f64();
    ensure!(output.status.code().is_some_and(|code| code <= 1), "{command:?} failed: {}", output.status);
    Ok(Run { wall, ..Run::default() })
}

/// The least and the middle of some figures.
pub(crate) fn least_and_median(mut figures: Vec<f64>) -> (f64, f64) {
    figures.sort_by(f64::total_cmp);
    let median = figures.get(figures.len() / 2).copied().unwrap_or_default();
    (figures.first().copied().unwrap_or_default(), median)
}

/// Kilobytes of anonymous memory a process has now.
fn anonymous(status_file: &str) -> u64 {
    let status = fs::read_to_string(status_file).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

/// Processor seconds of the children that ended so far: the 16th and 17th field of `stat`, in hundredths.
fn children_cpu() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    fields.split_whitespace().skip(13).take(2).filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() / 100.0
}
