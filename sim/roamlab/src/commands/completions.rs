//! `roamlab completions`: for the user's shell.

use std::{io, process::ExitCode};

use clap::CommandFactory;
use clap_complete::Shell;

use crate::{exit::Failure, options::Options};

pub(crate) fn completions(shell: Shell) -> Result<ExitCode, Failure> {
    clap_complete::generate(shell, &mut Options::command(), "roamlab", &mut io::stdout());
    Ok(ExitCode::SUCCESS)
}
