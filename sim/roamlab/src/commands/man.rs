//! `roamlab man`: a manual page for each command.

use std::{fs, path::Path, process::ExitCode};

use clap::CommandFactory;

use crate::{exit::Failure, options::Options};

pub(crate) fn man(folder: &Path) -> Result<ExitCode, Failure> {
    fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Options::command(), folder))
        .map_err(|error| Failure::Input(format!("{}: {error}", folder.display())))?;
    Ok(ExitCode::SUCCESS)
}
