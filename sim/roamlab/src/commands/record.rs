//! `roamlab record`: a session of the user's own, for `Replay`.

use std::{
    path::Path,
    process::{Command, ExitCode},
};

use crate::exit::Failure;

pub(crate) fn record(file: &Path, command: &[String]) -> Result<ExitCode, Failure> {
    let mut words = command.iter();
    let program = words
        .next()
        .cloned()
        .unwrap_or_else(|| std::env::var("SHELL").unwrap_or_else(|_| "/bin/sh".to_owned()));
    let mut command = Command::new(&program);
    command.args(words);
    let status = probe::record::record(command, file).map_err(|error| {
        Failure::Failed(format!(
            "recording {program} to {}: {error}",
            file.display()
        ))
    })?;
    eprintln!("{program} ended ({status}); recorded to {}", file.display());
    Ok(ExitCode::SUCCESS)
}
