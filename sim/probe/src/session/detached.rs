//! Servers that have left whoever started them.

use std::os::fd::OwnedFd;

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// A server that is ended with its session.
pub(super) struct Detached(OwnedFd);

impl Detached {
    /// The process whose number a program has written; `None` if there is no such process.
    pub(super) fn of(pid: &str) -> Option<Self> {
        let pid = Pid::from_raw(pid.trim().parse().ok()?)?;
        pidfd_open(pid, PidfdFlags::empty()).ok().map(Detached)
    }
}

impl Drop for Detached {
    fn drop(&mut self) {
        // Gone already is as good. Nothing gentler: it would wait for a client that may be out of reach.
        let _ = pidfd_send_signal(&self.0, Signal::KILL);
    }
}
