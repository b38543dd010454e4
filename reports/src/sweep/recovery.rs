//! How soon the sessions of a sweep were back after the last thing that happened to them.

use super::{CellResult, SweepAnalysis};
use crate::statistics::median;

/// A key that is answered later than this is late.
pub(crate) const LATE_MS: f64 = 1000.0;

/// How soon a session was back at one combination of values, over all seeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Recovered {
    /// When a key was first answered that was typed after the event.
    pub(crate) answered: Back,
    /// Keys that were answered late or not at all, in the whole session: median over the seeds. `None` if nothing was
    /// typed.
    pub(crate) late: Option<f64>,
}

/// After how long something was there again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Back {
    /// So many milliseconds after the event: median over the seeds.
    After(f64),
    /// Not while the session was watched, or it ended: with most of the seeds.
    Never,
    /// The session failed before anything happened to it.
    Failed,
    /// No cell has been run.
    Missing,
}

impl SweepAnalysis {
    /// How the session with this index was back at this combination of values.
    pub(crate) fn recovered(&self, values: &[usize], session: usize) -> Recovered {
        let session = &self.plan.sessions[session];
        let cells = self.plan.cells.iter().zip(&self.results);
        let here = cells.filter(|(cell, _)| cell.values == values && cell.session == *session);
        let results: Vec<&CellResult> = here.filter_map(|(_, result)| result.as_ref()).collect();
        Recovered {
            answered: Back::over(&results),
            late: median(results.iter().map(|result| result.late() as f64)),
        }
    }
}

impl Back {
    fn over(results: &[&CellResult]) -> Self {
        if results.is_empty() {
            return Back::Missing;
        }
        let happened = results.iter().filter(|result| !result.events.is_empty());
        let after = happened.map(|result| result.recovered().unwrap_or(f64::INFINITY));
        match median(after) {
            None => Back::Failed,
            Some(ms) if ms.is_finite() => Back::After(ms),
            Some(_) => Back::Never,
        }
    }
}

impl CellResult {
    /// From the last event to the first answer of a key that was typed after it, in milliseconds.
    pub(super) fn recovered(&self) -> Option<f64> {
        let event_ms = self.events.last()?.at_ms;
        let after = self
            .keystrokes
            .iter()
            .filter(|key| key.scheduled_ms >= event_ms);
        let first = after.filter_map(|key| key.answered_ms).reduce(f64::min)?;
        Some(first - event_ms)
    }

    /// How many keys were answered late, or not at all.
    pub(super) fn late(&self) -> usize {
        let in_time = |ms: f64| ms <= LATE_MS;
        let latencies = self.keystrokes.iter().map(|key| {
            let answered = key.answered_ms?;
            Some(answered - key.scheduled_ms)
        });
        latencies
            .filter(|latency| !latency.is_some_and(in_time))
            .count()
    }
}
