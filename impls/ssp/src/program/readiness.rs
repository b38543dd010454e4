//! Waiting for file descriptors and a deadline.

use std::io;
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, ppoll};

/// Waits until one of the descriptors has something to read, or the deadline. Returns which have.
pub(super) fn wait(fds: &[BorrowedFd<'_>], deadline: Option<Instant>) -> io::Result<Vec<bool>> {
    let interests: Vec<_> = fds.iter().map(|&fd| (fd, PollFlags::POLLIN)).collect();
    wait_for(&interests, deadline)
}

/// Waits until one of the descriptors is ready for what it is listed with (or is broken), or the deadline. Returns
/// which are.
pub(super) fn wait_for(
    interests: &[(BorrowedFd<'_>, PollFlags)],
    deadline: Option<Instant>,
) -> io::Result<Vec<bool>> {
    let mut fds: Vec<_> = interests
        .iter()
        .map(|&(fd, interest)| PollFd::new(fd, interest))
        .collect();
    let timeout = deadline.map(|at| at.saturating_duration_since(Instant::now()));
    match ppoll(&mut fds, timeout.map(Duration::into), None) {
        Ok(_) | Err(Errno::EINTR) => {}
        Err(errno) => return Err(errno.into()),
    }
    Ok(fds.iter().map(|fd| fd.any().unwrap_or(true)).collect())
}
