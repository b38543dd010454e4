//! Which world a scenario is run in, and what goes with it.

use std::path::PathBuf;

use lab::world::guest;
use probe::model::{Model, Unfit};
use scenario::Scenario;

use super::run::no_guest_kernel;
use crate::{
    exit::Failure,
    options::{RunOptions, World},
};

/// The world that the command line chooses, or the scenario, when the rest of the command line goes with it.
pub(super) fn chosen(options: &RunOptions, scenario: &Scenario) -> Result<World, Failure> {
    let asked = scenario.world.map(|world| match world {
        scenario::World::Host => World::Host,
        scenario::World::Guest => World::Guest,
        scenario::World::Model => World::Model,
    });
    let world = options.world.or(asked).unwrap_or(World::Host);
    if options.clock.is_some() && world != World::Guest {
        return Err(Failure::Input(format!(
            "--clock goes with --world guest, and this runs in the world {}",
            world.name()
        )));
    }
    match world {
        World::Guest if options.keep => Err(Failure::Input(
            "--keep goes with --world host: a guest ends with its run".to_owned(),
        )),
        World::Model => check_for_model(scenario, options),
        World::Host | World::Guest => Ok(()),
    }?;
    Ok(world)
}

/// The kernel that guests boot.
pub(super) fn guest_kernel() -> Result<PathBuf, Failure> {
    guest::kernel().ok_or_else(no_guest_kernel)
}

/// Says what the model cannot do, before it is begun.
fn check_for_model(scenario: &Scenario, options: &RunOptions) -> Result<(), Failure> {
    if options.keep || options.pcap || options.shaper.is_some() {
        return Err(Failure::Input(
            "--keep, --pcap and --shaper don't go with --world model: it has no network".to_owned(),
        ));
    }
    match Model::new(scenario) {
        Ok(_) => Ok(()),
        Err(unfit @ Unfit::NotOurs(_)) => Err(Failure::Input(format!(
            "--world model cannot run this: {unfit}; choose sessions with --session"
        ))),
        Err(unfit) => Err(Failure::Input(format!(
            "--world model cannot run this: {unfit}"
        ))),
    }
}
