//! Runs in processes of their own, for commands that need several.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use reports::results::Results;

use crate::{
    exit::{FAILED, Failure, MACHINE},
    options::World,
};

/// A run of a scenario, as `roamlab run` does it.
pub(crate) struct Apart<'a> {
    /// A scenario's name or file.
    pub(crate) scenario: &'a Path,
    pub(crate) world: World,
    /// The sessions that are run; all when empty.
    pub(crate) sessions: &'a [&'a str],
    /// The run's folder. What it holds from before is removed.
    pub(crate) out: &'a Path,
}

impl Apart<'_> {
    /// Runs it to its end. Its progress is shown; its report is in its folder, and not shown.
    pub(crate) fn run(&self) -> Result<Results, Failure> {
        let name = self.scenario.display();
        if self.out.exists() {
            fs::remove_dir_all(self.out).map_err(Failure::failed)?;
        }
        let mut run = Command::new(std::env::current_exe().map_err(Failure::machine)?);
        run.arg("run").arg(self.scenario).arg("--out").arg(self.out);
        run.args(["--world", self.world.name()]);
        for session in self.sessions {
            run.args(["--session", session]);
        }
        let run = run.stdin(Stdio::null()).stderr(Stdio::inherit());
        let code = run.output().map_err(Failure::machine)?.status.code();
        let code = code.and_then(|code| u8::try_from(code).ok());
        match code {
            // Where only a check of the scenario's own did not hold, the figures are there all the same.
            Some(0 | FAILED) if self.out.join("run.json").exists() => {
                Results::read(self.out).map_err(Failure::failed)
            }
            Some(2) => Err(Failure::Input(format!("{name} cannot be run"))),
            Some(MACHINE) => Err(Failure::Machine(format!(
                "{name} cannot be run on this machine"
            ))),
            _ => Err(Failure::Failed(format!("{name} did not run"))),
        }
    }
}
