//! Two pieces of work side by side: a query is over sooner on two processors.

use std::{panic, thread};

/// Runs `other` in a thread of its own while `own` runs here; one after the other where there is no thread to be had. A panic
/// in either is one here.
pub(crate) fn beside<A: Send, B>(other: impl Fn() -> A + Sync, own: impl FnOnce() -> B) -> (A, B) {
    thread::scope(|scope| {
        let thread = thread::Builder::new().spawn_scoped(scope, &other);
        let own = own();
        let other = match thread {
            Ok(thread) => thread.join().unwrap_or_else(|panic| panic::resume_unwind(panic)),
            Err(_) => other(),
        };
        (other, own)
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;

    #[test]
    fn runs_both_at_once() {
        let both = Barrier::new(2);
        let meet = || both.wait().is_leader();
        let (other, own) = beside(meet, meet);
        assert!(other != own);
    }

    #[test]
    fn panics_come_back() {
        let outcome = panic::catch_unwind(|| beside(|| panic!("other"), || ()));
        assert_eq!(outcome.unwrap_err().downcast_ref(), Some(&"other"));
    }
}
