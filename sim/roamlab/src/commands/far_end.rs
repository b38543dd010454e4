//! What a session's far end runs, and both ends of an echo: `roamlab answer` and `roamlab echo`.

use std::{path::Path, process::ExitCode};

use probe::echo;

use crate::{
    exit::Failure,
    options::{EchoEnd, Transport},
};

pub(crate) fn answer(script: &Path) -> Result<ExitCode, Failure> {
    probe::answer::answer(script)
        .map(|()| ExitCode::SUCCESS)
        .map_err(|error| Failure::Failed(format!("answering {}: {error}", script.display())))
}

pub(crate) fn echo(end: &EchoEnd) -> Result<ExitCode, Failure> {
    match *end {
        EchoEnd::Serve {
            transport: Transport::Tcp,
            address,
        } => echo::serve_tcp(address),
        EchoEnd::Serve {
            transport: Transport::Udp,
            address,
        } => echo::serve_udp(address),
        EchoEnd::Call {
            transport: Transport::Tcp,
            to,
        } => echo::call_tcp(to),
        EchoEnd::Call {
            transport: Transport::Udp,
            to,
        } => echo::call_udp(to),
    }
    .map(|()| ExitCode::SUCCESS)
    .map_err(Failure::failed)
}
