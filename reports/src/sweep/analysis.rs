//! What the cells of a sweep say together.

use std::fs;
use std::path::Path;

use serde::de::DeserializeOwned;

use super::{CellResult, Key, PLAN_FILE, Plan, PlannedCell, Show};
use crate::report::ReportError;
use crate::results::{Outcome, ReadError};
use crate::statistics::{Distribution, Latency};

/// A sweep, as far as it has got.
#[derive(Clone, Debug)]
pub struct SweepAnalysis {
    /// What was asked.
    pub plan: Plan,
    /// For each cell of the plan, what came out of it; `None` where it has not been run.
    pub results: Vec<Option<CellResult>>,
}

/// What a session measured at one combination of values, over all seeds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Measured {
    pub(crate) latencies: Distribution,
    /// Runs that did not get to their end.
    pub(crate) failed: usize,
    /// Runs that have not been made.
    pub(crate) missing: usize,
}

/// A session with fixed values of all variables but the first two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Panel {
    /// Index of the session.
    pub(crate) session: usize,
    /// Values of the third variable and those after it.
    pub(crate) rest: Vec<usize>,
}

impl SweepAnalysis {
    /// Reads the plan in the folder `dir` of a sweep, and the results that are there.
    pub(super) fn read(dir: &Path) -> Result<Self, ReportError> {
        let plan: Plan = read(&dir.join(PLAN_FILE))?;
        let result = |cell: &PlannedCell| {
            let file = cell.file(dir);
            file.is_file().then(|| read(&file)).transpose()
        };
        let results = plan.cells.iter().map(result);
        Ok(Self {
            results: results.collect::<Result<_, _>>()?,
            plan,
        })
    }

    /// The table of all combinations of values and what is to be said beside it: `sweep.md`.
    pub fn markdown(&self) -> String {
        super::table::markdown(self)
    }

    /// How many cells have not been run.
    pub fn missing(&self) -> usize {
        self.results
            .iter()
            .filter(|result| result.is_none())
            .count()
    }

    /// Every cell whose session did not get to its end, and why. Where recovery is shown, a session that ends by what
    /// happens to it has not failed: it never recovers.
    pub fn failures(&self) -> impl Iterator<Item = (&PlannedCell, &str)> {
        let cells = self.plan.cells.iter().zip(&self.results);
        cells.filter_map(|(cell, result)| {
            let result = result.as_ref()?;
            match &result.outcome {
                Outcome::Failed { error }
                    if self.plan.show == Show::Latency || result.events.is_empty() =>
                {
                    Some((cell, error.as_str()))
                }
                _ => None,
            }
        })
    }

    /// What the session with this index measured at this combination of values.
    pub(crate) fn at(&self, values: &[usize], session: usize) -> Measured {
        let session = &self.plan.sessions[session];
        let cells = self.plan.cells.iter().zip(&self.results);
        let here = cells.filter(|(cell, _)| cell.values == values && cell.session == *session);
        let mut keys: Vec<Latency> = Vec::new();
        let mut measured = Measured::default();
        for (_, result) in here {
            match result {
                None => measured.missing += 1,
                Some(result) => {
                    measured.failed += usize::from(result.outcome != Outcome::Finished);
                    keys.extend(result.keystrokes.iter().map(Key::latency));
                }
            }
        }
        measured.latencies = keys.into_iter().collect();
        measured
    }

    /// Every combination of values, in the order of the plan.
    pub(crate) fn combinations(&self) -> Vec<Vec<usize>> {
        combinations(self.plan.axes.iter().map(|axis| axis.values.len()))
    }

    /// The panels of a figure of the first two variables.
    pub(crate) fn panels(&self) -> Vec<Panel> {
        let rest = combinations(self.plan.axes.iter().skip(2).map(|axis| axis.values.len()));
        (0..self.plan.sessions.len())
            .flat_map(|session| {
                let rest = rest.iter().cloned();
                rest.map(move |rest| Panel { session, rest })
            })
            .collect()
    }

    /// What a panel is called: the session, and the values that it is for.
    pub(crate) fn panel_title(&self, panel: &Panel) -> String {
        let mut title = self.plan.sessions[panel.session].clone();
        title += &self.rest_title(&panel.rest);
        title
    }

    /// The values of the third variable and those after it, for a title.
    pub(crate) fn rest_title(&self, rest: &[usize]) -> String {
        let axes = self.plan.axes.iter().skip(2).zip(rest);
        axes.map(|(axis, &n)| format!(" · {} {}", axis.title, axis.values[n].shown))
            .collect()
    }
}

/// Every combination of an index into each of these; the last changes fastest.
fn combinations(lengths: impl Iterator<Item = usize>) -> Vec<Vec<usize>> {
    lengths.fold(vec![Vec::new()], |shorter, length| {
        let longer = shorter.iter().flat_map(|start: &Vec<usize>| {
            (0..length).map(move |next| start.iter().copied().chain([next]).collect())
        });
        longer.collect()
    })
}

fn read<T: DeserializeOwned>(file: &Path) -> Result<T, ReadError> {
    let text = fs::read(file).map_err(|source| ReadError::Io {
        path: file.to_owned(),
        source,
    })?;
    serde_json::from_slice(&text).map_err(|error| ReadError::Line {
        path: file.to_owned(),
        line: error.line(),
        message: error.to_string(),
    })
}
