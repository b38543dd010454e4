//! Expectations: what must hold of the results for a run to pass.

use link::units::{BitRate, Probability, Span};
use serde::{Deserialize, Serialize};

/// Something that must hold. Bounds are inclusive; one that is left out does not bind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Expectation {
    /// The ratio of one statistic between two sessions.
    Ratio {
        /// Which statistic.
        statistic: Statistic,
        /// The session above the fraction line.
        of: String,
        /// The session below it.
        to: String,
        /// The smallest ratio that passes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_least: Option<f64>,
        /// The largest ratio that passes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_most: Option<f64>,
    },
    /// A statistic of a session's keystroke latency.
    Latency {
        /// Which statistic.
        statistic: Statistic,
        /// The session.
        of: String,
        /// The shortest that passes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_least: Option<Span>,
        /// The longest that passes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_most: Option<Span>,
    },
    /// The share of a session's keys whose effect was shown before the drain ended.
    Answered {
        /// The session.
        of: String,
        /// The smallest share that passes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_least: Option<Probability>,
        /// The largest share that passes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_most: Option<Probability>,
    },
    /// The share of a session's keys whose effect was shown within 5 ms, the Mosh paper's *instant*.
    Instant {
        /// The session.
        of: String,
        /// The smallest share that passes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_least: Option<Probability>,
        /// The largest share that passes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_most: Option<Probability>,
    },
    /// The time from the beginning of each event of the timeline to the first answer of a key that
    /// was typed after it.
    Recovery {
        /// The session.
        of: String,
        /// The longest that passes.
        at_most: Span,
    },
    /// What a bulk transfer of the timeline carried beside a session, from its start until it was stopped: the bytes
    /// that its receiver read. Over several seeds and runs, the mean.
    Goodput {
        /// The session.
        of: String,
        /// The name that `StartTraffic` gave the transfer.
        traffic: String,
        /// The lowest rate that passes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_least: Option<BitRate>,
        /// The highest rate that passes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_most: Option<BitRate>,
    },
    /// The session comes up and does not survive: it ends, or answers no key typed after the last
    /// event of the timeline.
    Breaks {
        /// The session.
        of: String,
    },
    /// The session never comes up, and says so instead of hanging.
    NeverEstablished {
        /// The session.
        of: String,
    },
}

impl Expectation {
    /// The names of the sessions that it is about.
    pub fn sessions(&self) -> Vec<&str> {
        match self {
            Expectation::Ratio { of, to, .. } => vec![of, to],
            Expectation::Latency { of, .. }
            | Expectation::Answered { of, .. }
            | Expectation::Instant { of, .. }
            | Expectation::Recovery { of, .. }
            | Expectation::Goodput { of, .. }
            | Expectation::Breaks { of }
            | Expectation::NeverEstablished { of } => vec![of],
        }
    }
}

/// A statistic of keystroke latencies, counted from the time at which the key was due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Statistic {
    /// The arithmetic mean.
    Mean,
    /// The 50th percentile.
    Median,
    /// The 90th percentile.
    P90,
    /// The 95th percentile.
    P95,
    /// The 99th percentile.
    P99,
    /// The largest.
    Max,
}

impl Expectation {
    /// The session that the expectation is about; of a ratio, the one above the fraction line.
    pub fn of(&self) -> &str {
        match self {
            Expectation::Ratio { of, .. }
            | Expectation::Latency { of, .. }
            | Expectation::Answered { of, .. }
            | Expectation::Instant { of, .. }
            | Expectation::Recovery { of, .. }
            | Expectation::Goodput { of, .. }
            | Expectation::Breaks { of }
            | Expectation::NeverEstablished { of } => of,
        }
    }
}
