//! Leaving the SSH session that started the server.

use std::fs::OpenOptions;
use std::io;
use std::os::fd::AsFd as _;

use nix::unistd::{ForkResult, Pid, dup2_stderr, dup2_stdin, dup2_stdout, fork, setsid};

/// Which process the caller is in after [`detach`].
pub(super) enum Detached {
    /// The one that was started; the other has this number.
    Starter(Pid),
    /// The one that goes on serving.
    Server,
}

/// Splits in two.
pub(super) fn detach() -> io::Result<Detached> {
    // SAFETY: there is one thread, so the new process has all of the old one's state and no lock is held for ever.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => Ok(Detached::Starter(child)),
        ForkResult::Child => {
            setsid()?;
            Ok(Detached::Server)
        }
    }
}

/// Lets go of the standard streams, so that SSH can end. Standard error is kept for diagnostics if asked.
pub(super) fn close_standard_streams(keep_stderr: bool) -> io::Result<()> {
    let null = OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/null")?;
    dup2_stdin(null.as_fd())?;
    dup2_stdout(null.as_fd())?;
    if !keep_stderr {
        dup2_stderr(null.as_fd())?;
    }
    Ok(())
}
