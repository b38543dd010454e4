//! Waiting for descriptors.

use std::io;
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, ppoll};
use nix::sys::time::TimeSpec;

/// Wait until one of `polled` is ready, `timeout` has passed, or for no reason.
pub(super) fn wait(polled: &mut [PollFd], timeout: Option<Duration>) -> io::Result<()> {
    match ppoll(polled, timeout.map(TimeSpec::from), None) {
        Ok(_) | Err(Errno::EINTR) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}
