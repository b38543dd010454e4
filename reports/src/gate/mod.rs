//! The gate: has anything moved since the baseline was recorded?
//!
//! Meant hard for virtual time, where the same code gives the same figures, and for counts of instructions; in real time
//! a baseline should hold only ratios of two sessions of one run, which the machine's mood moves together.

mod baseline;
mod formats;
mod instructions;

pub use baseline::{Baseline, BaselineError, Held, Metric, Tolerance};
pub use formats::{benchmark_json, junit, markdown};
pub use instructions::{Counts, CountsBaseline, CountsError};

use crate::summary::Summary;

/// What comparing a run with a baseline found.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    /// What was run: a scenario and its world, `lossy-29pct (guest)`.
    pub name: String,
    /// Why the two cannot be compared at all (another scenario, world, or other seeds).
    pub mismatches: Vec<String>,
    /// Every metric of the baseline, in its order.
    pub metrics: Vec<Compared>,
}

/// One metric beside what it was.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// What it is: `mosh median_ms`.
    pub name: String,
    /// What it is in.
    pub unit: Unit,
    /// Whether more of it is better.
    pub larger_is_better: bool,
    /// What it was.
    pub baseline: f64,
    /// How far it may move, either way.
    pub allowance: f64,
    /// What it is now; `None` if it was not measured.
    pub measured: Option<f64>,
}

/// What a metric is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A time.
    Milliseconds,
    /// A number or a share of keystrokes.
    Keystrokes,
    /// One session's figure over another's.
    Ratio,
    /// Machine instructions executed.
    Instructions,
}

/// How a metric moved, with its tolerance in mind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Movement {
    /// Within tolerance.
    Held,
    /// Beyond tolerance, for the worse.
    Worse,
    /// Beyond tolerance, for the better: the baseline no longer says what the code does and has to be recorded anew.
    Better,
    /// It could not be measured.
    Missing,
}

impl Gate {
    /// Compares a summary with a baseline.
    pub fn compare(baseline: &Baseline, summary: &Summary) -> Self {
        let metrics = baseline.metrics.iter();
        Self {
            name: format!("{} ({})", summary.scenario, summary.world),
            mismatches: baseline.mismatches(summary),
            metrics: metrics.map(|metric| metric.compare(summary)).collect(),
        }
    }

    /// What both this and a second run found: in real time a single one may have been disturbed. Only what left its
    /// tolerance both times has moved.
    pub fn confirmed_by(self, second: Self) -> Self {
        let both = |(first, second): (Compared, Compared)| {
            if first.movement() == Movement::Held {
                first
            } else {
                second
            }
        };
        let metrics = self.metrics.into_iter().zip(second.metrics).map(both);
        Self {
            metrics: metrics.collect(),
            ..second
        }
    }

    /// Whether everything held.
    pub fn passed(&self) -> bool {
        self.mismatches.is_empty()
            && self
                .metrics
                .iter()
                .all(|of| of.movement() == Movement::Held)
    }
}

impl Compared {
    /// What became of it.
    pub fn movement(&self) -> Movement {
        let Some(measured) = self.measured else {
            return Movement::Missing;
        };
        let moved = measured - self.baseline;
        // Figures are rounded to a thousandth; a difference below that is none.
        if moved.abs() <= self.allowance + 1e-9 {
            Movement::Held
        } else if (moved > 0.0) == self.larger_is_better {
            Movement::Better
        } else {
            Movement::Worse
        }
    }
}
