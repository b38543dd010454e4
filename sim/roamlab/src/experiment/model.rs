//! An experiment in the model: session by session, each in a moment.

use probe::{
    model::{Carried, Model},
    script::Script,
};
use reports::results::{Traffic, Way};

use super::{Experiment, Stop, begin, exit_code, played::Played, repetition::PATIENCE, report};

/// Runs an experiment in the model, writes its results and its report, and gives the exit code.
pub(crate) fn run(experiment: &Experiment) -> i32 {
    exit_code(conduct(experiment))
}

/// Runs all repetitions; true when nothing failed.
fn conduct(experiment: &Experiment) -> Result<bool, Stop> {
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
                    traffic: Some(Traffic {
                        up: way(traffic.up),
                        down: way(traffic.down),
                    }),
                };
                played.add_to(&mut gathered, experiment, &writer)?;
            }
        }
    }
    report(experiment, writer, gathered)
}

fn way(carried: Carried) -> Way {
    let Carried {
        packets,
        bytes,
        dropped,
    } = carried;
    Way {
        packets,
        bytes,
        dropped,
    }
}
