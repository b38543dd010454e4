//! The gate: has anything moved since the baseline was recorded?
//!
//! Meant hard for virtual time, where the same code gives the same figures; in real time a baseline should hold only
//! ratios of two sessions of one run, which the machine's mood moves together.

mod baseline;
mod formats;

pub use baseline::{Baseline, BaselineError, Held, Metric, Tolerance};
pub use formats::{benchmark_json, junit, markdown};

use crate::summary::Summary;

/// What comparing a summary with a baseline found.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    /// Name of the scenario.
    pub scenario: String,
    /// The world that it was run in.
    pub world: String,
    /// Why the two cannot be compared at all (another scenario, world, or other seeds).
    pub mismatches: Vec<String>,
    /// Every metric of the baseline, in its order.
    pub metrics: Vec<Compared>,
}

/// One metric beside what it was.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// What was compared, and how much it may move.
    pub metric: Metric,
    /// What it is now; `None` if it was not measured.
    pub measured: Option<f64>,
    /// What that means.
    pub movement: Movement,
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
        let compare = |metric: &Metric| {
            let measured = metric.of(summary);
            Compared {
                metric: metric.clone(),
                measured,
                movement: metric.movement(measured),
            }
        };
        Self {
            scenario: summary.scenario.clone(),
            world: summary.world.clone(),
            mismatches: baseline.mismatches(summary),
            metrics: baseline.metrics.iter().map(compare).collect(),
        }
    }

    /// What both this and a second run found: in real time a single one may have been disturbed. Only what left its
    /// tolerance both times has moved.
    pub fn confirmed_by(self, second: Self) -> Self {
        let both = |(first, second): (Compared, Compared)| {
            if first.movement == Movement::Held {
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
        self.mismatches.is_empty() && self.metrics.iter().all(|of| of.movement == Movement::Held)
    }
}
