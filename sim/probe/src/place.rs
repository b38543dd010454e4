//! Where a session's programs run.

use std::ffi::OsStr;

use lab::Host;
use tokio::process::Command;

/// A host of the network, as the probe needs it: somewhere to run programs.
pub trait Place: Send + Sync {
    /// A command that will run on this host and nowhere else. The probe adds arguments, environment, files and,
    /// for clients, a terminal; it kills what it spawned.
    fn command(&self, program: &OsStr) -> Command;
}

impl Place for Host {
    fn command(&self, program: &OsStr) -> Command {
        Host::command(self, program).into()
    }
}
