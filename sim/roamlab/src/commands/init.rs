//! `roamlab init`: process 1 of a guest.

use std::{fs, path::Path, process::ExitCode};

use lab::world::guest;

use super::run::experiment;
use crate::{
    exit::Failure,
    experiment::{self, guests::OPTIONS_FILE},
    options::RunOptions,
};

pub(crate) fn init() -> Result<ExitCode, Failure> {
    match guest::init(lab) {
        Err(error) => Err(Failure::machine(error)),
        Ok(never) => match never {},
    }
}

fn lab(folder: &Path) -> i32 {
    let asked = fs::read(folder.join(OPTIONS_FILE)).map_err(Failure::machine);
    let options = asked
        .and_then(|json| serde_json::from_slice::<RunOptions>(&json).map_err(Failure::machine));
    let experiment = options.and_then(|options| experiment(&options, |_, _| Ok(folder.to_owned())));
    match experiment {
        Ok(experiment) => experiment::run_inside_guest(&experiment),
        Err(failure) => {
            failure.tell();
            i32::from(crate::exit::MACHINE)
        }
    }
}
