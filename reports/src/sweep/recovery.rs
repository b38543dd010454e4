//! How soon the sessions of a sweep were back after the last thing that happened to them.

use super::{CellResult, Key, SweepAnalysis};
use crate::statistics::{Heard, median};

/// A key that is answered later than this is late.
pub(crate) const LATE_MS: f64 = 1000.0;

/// How soon a session was back at one combination of values, over all seeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Recovered {
    /// When a key was first answered that was typed after the event.
    pub(crate) answered: Back,
    /// When its ends had heard of each other again. `None` if that was not seen.
    pub(crate) heard: Option<Heard>,
    /// Keys that were answered late in the whole session, and those that were never: medians over the seeds. `None` if
    /// nothing was typed.
    pub(crate) late_and_lost: Option<[f64; 2]>,
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
        let count = |of: fn(&CellResult) -> usize| median(results.iter().map(|r| of(r) as f64));
        let late_and_lost = count(CellResult::late).zip(count(CellResult::lost));
        let heard = results.iter().filter_map(|result| {
            let event = result.events.last()?;
            Some((event.at_ms, event.datagrams?))
        });
        Recovered {
            answered: Back::over(&results),
            heard: Heard::over(heard),
            late_and_lost: late_and_lost.map(<[f64; 2]>::from),
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

    /// From the last event to the first authenticated datagrams that were sent after it, in milliseconds: to the server,
    /// to the client.
    pub(super) fn heard(&self) -> [Option<f64>; 2] {
        let last = self.events.last();
        last.and_then(|event| Some(event.datagrams?.after(event.at_ms)))
            .unwrap_or_default()
    }

    /// How many keys were answered, but late.
    pub(super) fn late(&self) -> usize {
        let late = |key: &&Key| {
            key.answered_ms
                .is_some_and(|ms| ms - key.scheduled_ms > LATE_MS)
        };
        self.keystrokes.iter().filter(late).count()
    }

    /// How many keys were never answered.
    pub(super) fn lost(&self) -> usize {
        let lost = |key: &&Key| key.answered_ms.is_none();
        self.keystrokes.iter().filter(lost).count()
    }
}
