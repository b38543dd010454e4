//! `roamlab list` and `roamlab show`: the scenarios that come with roamlab.

use std::process::ExitCode;

use scenario::library;

use crate::exit::Failure;
use crate::output::{say, say_line};

pub(crate) fn list() -> Result<ExitCode, Failure> {
    let shipped = library::list();
    let width = shipped
        .iter()
        .map(|each| each.name.len())
        .max()
        .unwrap_or(0);
    for each in shipped {
        let scenario = each.read().map_err(Failure::input)?;
        say_line(format!("{:width$}  {}", each.name, scenario.question));
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn show(name: &str) -> Result<ExitCode, Failure> {
    let shipped = library::find(name).map_err(Failure::input)?;
    say(shipped.text);
    Ok(ExitCode::SUCCESS)
}
