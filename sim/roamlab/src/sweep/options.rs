//! What can be said after `roamlab sweep`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::options::World;

/// A sweep, and how its cells are run.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  roamlab sweep scenarios/sweeps/loss-and-rtt.ron\n  roamlab sweep my-sweep.ron --world model\n  SBATCH_PARTITION=short roamlab sweep my-sweep.ron --engine slurm\n  roamlab sweep my-sweep.ron --cell 17\n\nResults go to reports/out/sweeps/NAME: a file for each cell, which is never run again, then tables (CSV, Parquet),\nfigures and sweep.html. An interrupted sweep goes on where it was when the same command is given again."
)]
pub(crate) struct SweepOptions {
    /// A sweep file
    pub(crate) file: PathBuf,
    /// Where its cells run
    #[arg(long, value_enum, default_value_t = SweepWorld::Guest)]
    pub(crate) world: SweepWorld,
    /// What runs them
    #[arg(long, value_enum, default_value_t = EngineKind::Local)]
    pub(crate) engine: EngineKind,
    /// Run only this cell, by its number from 0 or its address, unless its result is there
    #[arg(long, value_name = "N|ADDRESS")]
    pub(crate) cell: Option<String>,
    /// Put the results into this folder instead of one under reports/out/sweeps
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

/// Where cells run: only where time is virtual, so that a cell has one result, wherever and whenever it is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SweepWorld {
    /// A kernel of its own for each (see `just guest`)
    Guest,
    /// No kernel: sessions of our SSP only
    Model,
}

impl SweepWorld {
    /// Its name in results, which is that on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            SweepWorld::Guest => World::Guest.name(),
            SweepWorld::Model => World::Model.name(),
        }
    }
}

/// What runs the cells of a sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EngineKind {
    /// This machine, as many at once as it has processors
    Local,
    /// Slurm: job arrays, with sbatch
    Slurm,
    /// HyperQueue: task arrays, with hq submit
    Hq,
}
