//! Faults of newsgrep itself: what happens when code panics.
//!
//! The process has one panic hook. While something is run that catches panics, it prints nothing and keeps what the panic
//! said, so that whoever catches it can tell damage from a fault. A command as a whole is run so.

use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, Once, PoisonError};

use crate::problem::{Failure, FailureKind};

/// What the panic said that nobody has caught yet, and where it was.
static LAST: Mutex<Option<String>> = Mutex::new(None);

/// How many calls of [`catch`] are under way, in all threads: a thread that one of them started is in none of its own.
static CATCHING: AtomicUsize = AtomicUsize::new(0);

static HOOK: Once = Once::new();

/// Sets the hook, the first time it is called.
fn set_hook() {
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if CATCHING.load(Ordering::Relaxed) == 0 {
                return usual(panic);
            }
            // The first says what happened; those that follow, that a thread is gone.
            LAST.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| panic.to_string());
        }));
    });
}

/// A panic that was caught.
#[derive(Debug)]
pub struct Panic {
    /// What it said, and where it was.
    pub what: String,
}

impl Panic {
    /// The panic as a fault of newsgrep, to be reported.
    #[must_use]
    pub fn error(&self) -> anyhow::Error {
        let what = self.what.split_whitespace().collect::<Vec<_>>().join(" ");
        let message = format!(
            "a fault in newsgrep {} itself: {what}. Nothing that was stored is affected. Tell its makers this line, and the \
             command that led to it",
            env!("CARGO_PKG_VERSION")
        );
        Failure::error(FailureKind::Internal, message)
    }
}

/// Runs something and catches its panic.
///
/// # Errors
/// The panic.
pub fn catch<T>(run: impl FnOnce() -> T) -> Result<T, Panic> {
    set_hook();
    CATCHING.fetch_add(1, Ordering::Relaxed);
    let outcome = panic::catch_unwind(AssertUnwindSafe(run));
    CATCHING.fetch_sub(1, Ordering::Relaxed);
    outcome.map_err(|_| Panic { what: LAST.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_panic_said_is_kept() {
        assert_eq!(catch(|| 7).unwrap(), 7);
        let panic = catch(|| panic!("out of cheese")).unwrap_err();
        assert!(panic.what.contains("out of cheese") && panic.what.contains("fault.rs"), "{}", panic.what);
    }
}
