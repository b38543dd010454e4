//! `roamlab list` and `roamlab show`: the scenarios that come with roamlab.

use std::process::ExitCode;

use scenario::library;

use crate::exit::Failure;

pub(crate) fn list() -> Result<ExitCode, Failure> {
    let shipped = library::list();
    let width = shipped
        .iter()
        .map(|each| each.name.len())
        .max()
        .unwrap_or(0);
    for each in shipped {
        let scenario = each.read().map_err(Failure::input)?;
        println!("{:width$}  {}", each.name, scenario.question);
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn show(name: &str) -> Result<ExitCode, Failure> {
    let shipped = library::find(name).map_err(Failure::input)?;
    print!("{}", shipped.text);
    Ok(ExitCode::SUCCESS)
}
