//! An experiment in the model: session by session, each in a moment.

use probe::{model::Model, script::Script};
use reports::results::{Results, Writer};

use super::{
    Experiment, Gathered, Stop, begin, exit_code,
    played::{Played, carried},
    repetition::PATIENCE,
    report,
};
use crate::exit::Failure;

/// Runs an experiment in the model, writes its results and its report, and gives the exit code.
pub(crate) fn run(experiment: &Experiment) -> i32 {
    exit_code(conduct(experiment))
}

/// Runs an experiment in the model and gives what it measured, without a report.
pub(crate) fn measure(experiment: &Experiment) -> Result<Results, Failure> {
    let (gathered, _) = play(experiment)?;
    Ok(gathered.into())
}

/// Runs all repetitions; true when nothing failed.
fn conduct(experiment: &Experiment) -> Result<bool, Stop> {
    let (gathered, writer) = play(experiment)?;
    report(experiment, writer, gathered)
}

fn play(experiment: &Experiment) -> Result<(Gathered, Writer), Stop> {
    let scenario = &experiment.scenario;
    let model = Model::new(scenario).map_err(Stop::failed)?;
    let (mut gathered, writer) = begin(experiment)?;
    for &seed in &scenario.seeds {
        let script = Script::new(&scenario.workload, seed).map_err(Stop::failed)?;
        let script = script.ok_or_else(|| Stop::failed("this workload has no sessions"))?;
        for run in 0..scenario.runs {
            for session in scenario.sessions.keys() {
                let modelled = model.run(session, &script, seed, PATIENCE);
                let (outcome, traffic) = modelled.map_err(Stop::failed)?;
                let played = Played {
                    session,
                    seed,
                    run,
                    outcome,
                    happened: Vec::new(),
                    traffic: Some(carried([traffic.up, traffic.down])),
                };
                played.add_to(&mut gathered, experiment, &writer)?;
            }
        }
    }
    Ok((gathered, writer))
}
