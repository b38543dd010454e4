//! Sweeps: a plan of cells, each run by one command that writes one file, and what they say together.

mod cell;
mod engine;
mod files;
mod options;
mod plan;
mod programs;
mod progress;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use reports::sweep::PLAN_FILE;

use self::engine::Engine;
pub(crate) use self::options::SweepOptions;
use self::plan::Planned;
use crate::exit::Failure;
use crate::output::{say, say_line};

/// Runs what is missing of a sweep and reports on all of it; or only one of its cells.
pub(crate) fn sweep(options: &SweepOptions) -> Result<ExitCode, Failure> {
    let planned = Planned::read(&options.file, options.world)?;
    let out = results_folder(&planned.plan.name, options.out.as_deref())?;
    if let Some(cell) = &options.cell {
        let nth = planned.find(cell)?;
        cell::run(&planned, nth, &out)?;
        return Ok(ExitCode::SUCCESS);
    }
    planned.check()?;
    write_plan(&planned, &out)?;
    let missing: Vec<usize> = (0..planned.plan.cells.len())
        .filter(|&nth| !planned.plan.cells[nth].file(&out).is_file())
        .collect();
    let engine = Engine {
        file: &options.file,
        out: &out,
        planned: &planned,
    };
    let ran = match missing.is_empty() {
        true => Ok(()),
        false => engine.run(options.engine, &missing),
    };
    // What there is gets reported, whatever stopped the rest.
    let analysis = reports::sweep::write(&out).map_err(Failure::failed)?;
    say(analysis.markdown());
    say_line(format!("\n{}", out.join("sweep.html").display()));
    ran?;
    match analysis.missing() {
        0 => Ok(ExitCode::SUCCESS),
        missing => Err(Failure::Failed(format!(
            "{missing} of {} cells have no result; the same command tries them again",
            planned.plan.cells.len()
        ))),
    }
}

fn results_folder(name: &str, wanted: Option<&Path>) -> Result<PathBuf, Failure> {
    let folder = wanted.map_or_else(
        || Path::new("reports/out/sweeps").join(name),
        Path::to_owned,
    );
    fs::create_dir_all(&folder)
        .and_then(|()| fs::canonicalize(&folder))
        .map_err(|error| Failure::Input(format!("cannot make {}: {error}", folder.display())))
}

fn write_plan(planned: &Planned, out: &Path) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(&planned.plan).map_err(Failure::failed)?;
    fs::write(out.join(PLAN_FILE), text + "\n").map_err(Failure::failed)
}
