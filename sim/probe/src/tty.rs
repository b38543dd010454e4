//! Modes of a terminal that a program of ours runs on.

use std::io;
use std::os::fd::AsFd;

use rustix::io::Errno;
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

/// Keys arrive one by one and unechoed, and output goes out as it is. Returns the modes from before, or `None` when
/// this is no terminal.
pub(crate) fn make_raw(terminal: impl AsFd) -> io::Result<Option<Termios>> {
    match tcgetattr(&terminal) {
        Ok(before) => {
            let mut modes = before.clone();
            modes.make_raw();
            tcsetattr(&terminal, OptionalActions::Now, &modes)?;
            Ok(Some(before))
        }
        Err(Errno::NOTTY | Errno::INVAL) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
