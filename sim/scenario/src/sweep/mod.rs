//! Sweeps: one scenario, many times, with some of its values varied.
//!
//! A sweep file names a scenario, the values that its variables take, and where in the scenario they go:
//!
//! ```
//! let text = r#"Sweep(
//!     question: "How much loss does a session bear?",
//!     scenario: "clean-100ms",
//!     vary: {
//!         "loss": (values: Steps(from: 0.0, to: 0.3, by: 0.1)),
//!         "rtt": (title: "round-trip time", values: Each(["50ms", "200ms"])),
//!     },
//!     set: {
//!         "links.wan.each_way": (delay: Constant(half(rtt)), loss: Bernoulli(loss)),
//!     },
//!     sessions: ["ssh", "mosh"],
//!     seeds: [1, 2, 3],
//! )"#;
//! let sweep = scenario::sweep::Sweep::parse(text, "my-sweep.ron").unwrap();
//! assert_eq!(sweep.cells().count(), 4 * 2 * 2 * 3);
//! ```
//!
//! `scenarios/sweeps/README.md` teaches the whole vocabulary.

mod base;
mod file;
mod fill;
mod place;
mod settings;
mod values;

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{Error, Scenario};

pub use values::Value;

/// A scenario whose values vary.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// What the sweep finds out, in one sentence.
    pub question: String,
    /// Where its settings come from.
    pub source: String,
    /// What its table and figures show.
    pub show: Show,
    /// What varies; the first of them changes slowest.
    pub axes: Vec<Axis>,
    /// The sessions of the scenario that are run, by name.
    pub sessions: Vec<String>,
    /// The seeds that each session is run with.
    pub seeds: Vec<u64>,
    /// One scenario for each combination of values, in their order.
    points: Vec<Point>,
}

/// What a sweep shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Show {
    /// How long keys took.
    #[default]
    Latency,
    /// How soon sessions were back after the last thing that happened to them.
    Recovery,
}

/// A variable and the values that it takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// The name by which `set` calls it.
    pub variable: String,
    /// What it is, for people: `round-trip time`.
    pub title: String,
    /// Its values, in the order of the file.
    pub values: Vec<Value>,
}

/// A combination of values and what the scenario becomes by it.
#[derive(Clone, Debug)]
struct Point {
    /// For each axis, the index of the value.
    values: Vec<usize>,
    scenario: Scenario,
}

/// One session of the scenario with one seed at one combination of values.
#[derive(Clone, Copy, Debug)]
pub struct Cell<'s> {
    /// For each axis, the index of the value.
    pub values: &'s [usize],
    /// The name of the session.
    pub session: &'s str,
    /// The seed.
    pub seed: u64,
    scenario: &'s Scenario,
}

impl Sweep {
    /// Reads and checks the sweep at `path`. A scenario that it names by a path is looked for in the folder that it
    /// is in.
    ///
    /// # Errors
    /// When it cannot be read, is no sweep, or some combination of its values is no scenario that can be run.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let file = path.display().to_string();
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(&text, &file),
            Err(error) => Err(Error::Unreadable {
                file,
                reason: error.to_string(),
            }),
        }
    }

    /// Parses and checks the text of a sweep as if it had been read from `file`.
    ///
    /// # Errors
    /// As for [`read`](Self::read).
    pub fn parse(text: &str, file: &str) -> Result<Self, Error> {
        file::parse(text, file)
    }

    /// Every cell: for each combination of values, for each session, for each seed.
    pub fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        self.points.iter().flat_map(move |point| {
            self.sessions.iter().flat_map(move |session| {
                self.seeds.iter().map(move |&seed| Cell {
                    values: &point.values,
                    session,
                    seed,
                    scenario: &point.scenario,
                })
            })
        })
    }
}

impl Cell<'_> {
    /// The scenario of this cell alone: one session, one seed, one run, and nothing expected of it.
    pub fn scenario(&self) -> Scenario {
        let mut alone = self.scenario.clone();
        alone.sessions.retain(|name, _| name == self.session);
        alone.seeds = vec![self.seed];
        alone.runs = 1;
        alone.expect.clear();
        // The sweep says where it runs, and no gate goes through here.
        alone.world = None;
        alone.gate = None;
        alone
    }
}
