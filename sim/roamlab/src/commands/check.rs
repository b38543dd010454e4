//! `roamlab check`: what is wrong with scenario files.

use std::{path::PathBuf, process::ExitCode};

use scenario::Scenario;

use crate::exit::Failure;
use crate::output::say_line;

pub(crate) fn check(files: &[PathBuf]) -> Result<ExitCode, Failure> {
    let mut wrong = 0;
    for file in files {
        match Scenario::read(file) {
            Ok(_) => say_line(format!("{}: ok", file.display())),
            Err(error) => {
                wrong += 1;
                eprintln!("{error}");
            }
        }
    }
    match wrong {
        0 => Ok(ExitCode::SUCCESS),
        wrong => Err(Failure::Input(format!(
            "{wrong} of {} files are wrong",
            files.len()
        ))),
    }
}
