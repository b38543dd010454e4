//! `roamlab init`: process 1 of a guest.

use std::{fs, io, path::Path, process::ExitCode};

use lab::world::guest;
use serde::{Deserialize, Serialize};

use super::{record, run::experiment};
use crate::{
    exit::Failure,
    experiment,
    options::{RecordOptions, RunOptions},
};

/// In a guest's folder: its [`Job`].
const JOB_FILE: &str = "job.json";

/// What a guest is to do.
#[derive(Serialize, Deserialize)]
pub(crate) enum Job {
    /// Run a scenario.
    Run(RunOptions),
    /// Have a manuscript typed.
    Record(RecordOptions),
}

impl Job {
    /// Leaves it where the guest that is booted with this folder finds it.
    pub(crate) fn leave_in(&self, folder: &Path) -> io::Result<()> {
        fs::write(folder.join(JOB_FILE), serde_json::to_vec_pretty(self)?)
    }

    fn find_in(folder: &Path) -> Result<Self, Failure> {
        let json = fs::read(folder.join(JOB_FILE)).map_err(Failure::machine)?;
        serde_json::from_slice(&json).map_err(Failure::machine)
    }
}

pub(crate) fn init() -> Result<ExitCode, Failure> {
    match guest::init(lab) {
        Err(error) => Err(Failure::machine(error)),
        Ok(never) => match never {},
    }
}

fn lab(folder: &Path) -> i32 {
    let done = Job::find_in(folder).and_then(|job| match job {
        Job::Run(options) => experiment(&options, |_, _| Ok(folder.to_owned()))
            .map(|experiment| experiment::run_inside_guest(&experiment)),
        Job::Record(options) => record::inside_guest(&options).map(|()| 0),
    });
    done.unwrap_or_else(|failure| {
        failure.tell();
        i32::from(crate::exit::MACHINE)
    })
}
