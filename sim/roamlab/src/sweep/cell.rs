//! One cell: run, unless its result is there, and written down whole or not at all.

use std::fs;
use std::path::Path;

use clap::Parser;
use indexmap::IndexMap;
use lab::world::guest;
use nix::sys::{prctl::set_pdeathsig, signal::Signal};
use reports::results::{Outcome, Results};
use reports::sweep::{CellResult, Happened, Key};
use scenario::Scenario;

use super::files;
use super::options::SweepWorld;
use super::plan::Planned;
use crate::commands::run::{experiment, no_guest_kernel};
use crate::exit::Failure;
use crate::experiment::{guests, model};
use crate::options::{Command, Options, RunOptions};

/// Runs the `nth` cell and leaves its result in the folder `out` of the sweep. What is there already stays.
pub(super) fn run(planned: &Planned, nth: usize, out: &Path) -> Result<(), Failure> {
    let file = planned.plan.cells[nth].file(out);
    if file.is_file() {
        return Ok(());
    }
    // Whoever began this cell may end before it does.
    set_pdeathsig(Signal::SIGTERM).map_err(Failure::machine)?;
    let folder = tempfile::Builder::new()
        .prefix(".cell-")
        .tempdir_in(out)
        .map_err(Failure::failed)?;
    let options = furnish(planned.scenario(nth), folder.path(), planned.world)?;
    let results = measure(&options, folder.path(), planned.world, nth)?;
    let result = cell_result(planned, nth, results)?;
    result
        .write(&file)
        .map_err(|error| Failure::Failed(format!("{}: {error}", file.display())))
}

/// Writes the scenario into the cell's folder and gives the command line that runs it.
fn furnish(
    mut scenario: Scenario,
    folder: &Path,
    world: SweepWorld,
) -> Result<RunOptions, Failure> {
    files::lay_recordings(&mut scenario, folder).map_err(Failure::failed)?;
    let file = folder.join("cell.ron");
    fs::write(&file, scenario.to_ron().map_err(Failure::failed)?).map_err(Failure::failed)?;
    let file = file.to_string_lossy().into_owned();
    let line = ["roamlab", "run", &file, "--world", world.name()];
    match Options::try_parse_from(line).map(|options| options.command) {
        Ok(Command::Run(options)) => Ok(options),
        Ok(_) => unreachable!("`run` is what was said"),
        Err(error) => Err(Failure::failed(error)),
    }
}

fn measure(
    options: &RunOptions,
    folder: &Path,
    world: SweepWorld,
    nth: usize,
) -> Result<Results, Failure> {
    let out = folder.join("results");
    fs::create_dir(&out).map_err(Failure::failed)?;
    let experiment = experiment(options, |_, _| Ok(out))?;
    match world {
        SweepWorld::Model => model::measure(&experiment),
        SweepWorld::Guest => {
            let kernel = guest::kernel().ok_or_else(no_guest_kernel)?;
            let guests = guests::Guests {
                experiment: &experiment,
                options,
                kernel: &kernel,
                clock: guest::Clock::Virtual,
            };
            guests::measure(&guests, nth)
        }
    }
}

fn cell_result(planned: &Planned, nth: usize, results: Results) -> Result<CellResult, Failure> {
    let (plan, cell) = (&planned.plan, &planned.plan.cells[nth]);
    let Results {
        run,
        keystrokes,
        events,
    } = results;
    let ended = run.outcomes.into_iter().next();
    let outcome: Outcome = ended
        .ok_or_else(|| Failure::Failed("the session left no result".to_owned()))?
        .outcome;
    let axes = plan.axes.iter().zip(&cell.values);
    let values = axes.map(|(axis, &n)| (axis.variable.clone(), axis.values[n].shown.clone()));
    let keys = keystrokes.into_iter().map(|key| Key {
        scheduled_ms: key.scheduled_ms,
        answered_ms: key.answered_ms,
        censored_at_ms: key.censored_at_ms,
    });
    let events = events.into_iter().map(|event| Happened {
        at_ms: event.at_ms,
        event: event.event,
        datagrams: event.datagrams,
    });
    Ok(CellResult {
        values: values.collect::<IndexMap<_, _>>(),
        session: cell.session.clone(),
        seed: cell.seed,
        world: run.world,
        kernel: run.kernel,
        versions: run.versions,
        outcome,
        keystrokes: keys.collect(),
        events: events.collect(),
    })
}
