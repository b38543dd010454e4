//! The signals that the waiting processes of a run take one by one instead of by handlers.

use nix::sys::signal::{SigSet, Signal};

fn awaited() -> SigSet {
    [
        Signal::SIGCHLD,
        Signal::SIGINT,
        Signal::SIGTERM,
        Signal::SIGHUP,
    ]
    .into_iter()
    .collect()
}

/// Holds back the awaited signals from now on and gives the mask as it was, for the lab to go back to.
pub(super) fn hold() -> nix::Result<SigSet> {
    let before = SigSet::thread_get_mask()?;
    awaited().thread_block()?;
    Ok(before)
}

/// Waits for the next of the awaited signals.
pub(super) fn next() -> Signal {
    loop {
        if let Ok(signal) = awaited().wait() {
            return signal;
        }
    }
}
