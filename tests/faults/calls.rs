//! A signal before one of the calls with which a run changes files: short phases are met as often as they have calls.

use crate::run::{Signal, Stopped, any_call};
use crate::{faults, report};

pub(crate) fn calls(name: &str, signals: &[Signal]) {
    let stopped = Stopped::stop(signals, faults(10), 31 + signals.len(), any_call);
    report(name, stopped.sent, &format!("{} runs ended; {}", stopped.ended, stopped.kept));
}
