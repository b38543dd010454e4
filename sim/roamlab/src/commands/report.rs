//! `roamlab report`: the report of a run folder, made again.

use std::{path::Path, process::ExitCode};

use crate::exit::Failure;
use crate::output::{say, say_line};

pub(crate) fn report(folder: &Path) -> Result<ExitCode, Failure> {
    let analysis = reports::report::write(folder).map_err(Failure::input)?;
    say(reports::terminal(&analysis, terminal_width()));
    say_line(folder.join("report.html").display().to_string());
    Ok(ExitCode::SUCCESS)
}

/// The width of the user's terminal, or of a piece of paper where there is none.
pub(crate) fn terminal_width() -> usize {
    let (_, columns) = console::Term::stdout().size();
    usize::from(columns)
}
