//! What runs the cells: this machine, or a scheduler that the site has. All of them run the same command for a cell.

mod batch;
mod hq;
mod local;
mod slurm;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::options::EngineKind;
use super::plan::Planned;
use super::progress::Progress;
use crate::exit::Failure;

/// A plan that is to be run, and where its results go.
pub(super) struct Engine<'p> {
    /// The sweep file, as the user named it.
    pub(super) file: &'p Path,
    /// The folder of the results.
    pub(super) out: &'p Path,
    pub(super) planned: &'p Planned,
}

impl Engine<'_> {
    /// Runs the cells with these numbers and waits for their end.
    pub(super) fn run(&self, kind: EngineKind, missing: &[usize]) -> Result<(), Failure> {
        let all = self.planned.plan.cells.len();
        let progress = Progress::new(&self.planned.plan.name, all, all - missing.len());
        let ran = match kind {
            EngineKind::Local => local::run(self, missing, &progress),
            EngineKind::Slurm => batch::run(self, &slurm::SLURM, missing, &progress),
            EngineKind::Hq => batch::run(self, &hq::HYPER_QUEUE, missing, &progress),
        };
        progress.finish();
        ran
    }

    /// The command that runs a cell, but for the cell's number at its end. It can be given from any folder.
    fn command(&self) -> Result<Vec<OsString>, Failure> {
        let program = std::env::current_exe().map_err(Failure::machine)?;
        let file: PathBuf = self.file.canonicalize().map_err(Failure::input)?;
        Ok(vec![
            program.into(),
            "sweep".into(),
            file.into(),
            "--world".into(),
            self.planned.world.name().into(),
            "--out".into(),
            self.out.into(),
            "--cell".into(),
        ])
    }

    /// How many cells of the plan have their result.
    fn done(&self) -> usize {
        let cells = self.planned.plan.cells.iter();
        cells.filter(|cell| cell.file(self.out).is_file()).count()
    }
}
