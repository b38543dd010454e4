//! What a gate guards.

use link::units::Span;
use serde::{Deserialize, Serialize};

/// Which figures `roamlab gate` compares with those that were recorded, and how far each may move, for the better or
/// the worse, before it fails.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// The sessions whose figures are held.
    pub sessions: Vec<String>,
    /// In virtual time: the share of a figure that it may move by.
    #[serde(default = "half_a_percent")]
    pub relative: f64,
    /// In virtual time: what a latency or a recovery may move by, if that is more.
    #[serde(default = "a_tenth")]
    pub absolute: Span,
    /// In real time: the session whose median and mean those of the held ones are divided by. A machine that is busy
    /// makes both slower.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<String>,
    /// In real time: the share of such a ratio that it may move by.
    #[serde(default = "a_quarter")]
    pub real_time: f64,
}

fn half_a_percent() -> f64 {
    0.005
}

fn a_tenth() -> Span {
    Span::from_nanos(100_000)
}

fn a_quarter() -> f64 {
    0.25
}
