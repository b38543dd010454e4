//! From a sweep file to its cells and their addresses.

use std::fs;
use std::path::Path;

use probe::model::Model;
use reports::sweep::{Plan, PlannedAxis, PlannedCell, PlannedValue, Show};
use scenario::Scenario;
use scenario::sweep::{self, Cell, Sweep};
use sha2::{Digest, Sha256};

use super::files::Digests;
use super::options::SweepWorld;
use super::programs::{self, hexadecimal};
use crate::exit::Failure;

/// What addresses begin with: another number whenever a cell's file comes to mean something else.
const FORMAT: &str = "roamlab cell 2\n";

/// A sweep that is to be run.
pub(super) struct Planned {
    pub(super) plan: Plan,
    pub(super) world: SweepWorld,
    sweep: Sweep,
}

impl Planned {
    /// Reads a sweep and works out where the result of each of its cells goes.
    pub(super) fn read(file: &Path, world: SweepWorld) -> Result<Self, Failure> {
        let sweep = Sweep::read(file).map_err(Failure::input)?;
        let text = fs::read_to_string(file).map_err(Failure::input)?;
        let programs = programs::identity(world)?;
        let mut digests = Digests::default();
        let cells = sweep
            .cells()
            .map(|cell| planned_cell(&cell, &programs, &mut digests));
        let plan = Plan {
            name: file.file_stem().map_or_else(
                || "sweep".to_owned(),
                |stem| stem.to_string_lossy().into_owned(),
            ),
            question: sweep.question.clone(),
            source: sweep.source.clone(),
            text,
            world: world.name().to_owned(),
            show: match sweep.show {
                sweep::Show::Latency => Show::Latency,
                sweep::Show::Recovery => Show::Recovery,
            },
            axes: axes(&sweep),
            sessions: sweep.sessions.clone(),
            seeds: sweep.seeds.clone(),
            cells: cells.collect::<Result<_, _>>()?,
        };
        Ok(Self { plan, world, sweep })
    }

    /// Says what cannot be run in this world, before anything is begun.
    pub(super) fn check(&self) -> Result<(), Failure> {
        if self.world == SweepWorld::Guest {
            return Ok(());
        }
        self.sweep.cells().try_for_each(|cell| match Model::new(&cell.scenario()) {
            Ok(_) => Ok(()),
            Err(unfit) => Err(Failure::Input(format!(
                "--world model cannot run this: {unfit}; name others in `sessions`, or run it with --world guest"
            ))),
        })
    }

    /// The number of a cell that is named by its number or its address.
    pub(super) fn find(&self, wanted: &str) -> Result<usize, Failure> {
        let cells = &self.plan.cells;
        let by_address = cells.iter().position(|cell| cell.address == wanted);
        let by_number = || wanted.parse().ok().filter(|&nth| nth < cells.len());
        by_address.or_else(by_number).ok_or_else(|| {
            Failure::Input(format!(
                "there is no cell {wanted}: write a number from 0 to {}, or an address that plan.json has",
                cells.len().saturating_sub(1)
            ))
        })
    }

    /// The scenario of a cell, with what varies in it as people read it, by variable.
    pub(super) fn scenario(&self, nth: usize) -> Scenario {
        let cell = self.sweep.cells().nth(nth);
        cell.expect("a cell of the plan").scenario()
    }
}

fn axes(sweep: &Sweep) -> Vec<PlannedAxis> {
    let values = |axis: &scenario::sweep::Axis| {
        let planned = axis.values.iter().map(|value| PlannedValue {
            shown: value.shown.clone(),
            number: value.number.map(|(number, _)| number),
            unit: value.number.map_or("", |(_, unit)| unit).to_owned(),
        });
        planned.collect()
    };
    let axes = sweep.axes.iter().map(|axis| PlannedAxis {
        variable: axis.variable.clone(),
        title: axis.title.clone(),
        values: values(axis),
    });
    axes.collect()
}

fn planned_cell(
    cell: &Cell<'_>,
    programs: &str,
    digests: &mut Digests,
) -> Result<PlannedCell, Failure> {
    let scenario = cell.scenario();
    let files = digests.identity(&scenario);
    Ok(PlannedCell {
        values: cell.values.to_vec(),
        session: cell.session.to_owned(),
        seed: cell.seed,
        address: address(&scenario, programs, &files)?,
    })
}

/// The SHA-256 of everything that the result of a scenario follows from: its canonical text, the files that it names, and
/// the programs.
fn address(scenario: &Scenario, programs: &str, files: &str) -> Result<String, Failure> {
    let text = scenario.to_ron().map_err(Failure::failed)?;
    let mut hash = Sha256::new();
    for part in [FORMAT, programs, files, &text] {
        hash.update(part);
    }
    Ok(hexadecimal(&hash.finalize()))
}
