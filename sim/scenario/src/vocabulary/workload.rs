//! Workloads: what is typed into the sessions, or measured of the network itself.

use link::units::{Probability, Size, Span};
use serde::{Deserialize, Serialize};

use super::Recordings;

/// What happens in every session of a scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Workload {
    /// Somebody types at a shell.
    Typing(Typing),
    /// Recorded sessions are played again, keys and screen.
    Replay(Replay),
    /// A command floods the screen until it is interrupted.
    Flood(Flood),
    /// A command writes a line now and then, and nobody types.
    Watch(Watch),
    /// No protocol at all: probes measure whether each link does what was asked of it.
    Calibrate(Calibrate),
}

/// Keys on an open-loop schedule: each is typed at its time, answered or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Typing {
    /// How many keys are typed.
    pub keystrokes: u32,
    /// The times between them.
    pub gap: Gap,
    /// How long to wait for answers after the last key; what is unanswered then stays unanswered.
    #[serde(default = "half_a_minute")]
    pub drain: Span,
}

/// Recorded sessions, one after the other: asciicast v2 with input events, or the `term-save` format of the Mosh
/// paper's tooling, each perhaps compressed by gzip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// The recordings, in the order in which they are played.
    pub recordings: Recordings,
    /// Pauses longer than this are cut to it, as the Mosh paper sped up long idle periods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest_pause: Option<Span>,
    /// How long to wait for answers after the last key; what is unanswered then stays unanswered.
    #[serde(default = "half_a_minute")]
    pub drain: Span,
}

/// A command that writes as fast as it can, and Ctrl-C to stop it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flood {
    /// How often the command is started and interrupted.
    pub interrupts: u32,
    /// How long the screen is flooded before Ctrl-C is pressed.
    pub after: Span,
    /// How long to wait, after each Ctrl-C, for the screen to show that it was obeyed.
    #[serde(default = "half_a_minute")]
    pub drain: Span,
}

/// Lines that a command at the far end writes by itself. Each counts as a key that is typed when the line is written,
/// and answered when it shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Watch {
    /// How many lines are written.
    pub lines: u32,
    /// The times between them.
    pub gap: Gap,
    /// How long to wait for the lines after the last one; what does not show then never showed.
    #[serde(default = "half_a_minute")]
    pub drain: Span,
}

/// Probes through each link and direction, and how far the result may be off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Calibrate {
    /// How many probe packets are sent through each direction.
    pub packets: u32,
    /// The time between two of them.
    pub gap: Span,
    /// Their size on the wire, from the IP header on.
    pub size: Size,
    /// How long each direction with a rate is filled up to measure its throughput.
    pub fill: Span,
    /// The 99th percentile of the delay's error may be this large.
    pub delay_error: Span,
    /// The asked-for loss must lie in the Wilson interval of this confidence.
    pub confidence: Probability,
    /// The throughput may be off by this share of the asked-for rate.
    pub rate_error: Probability,
}

/// The time between two keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Gap {
    /// Always the same.
    Constant(Span),
    /// Any time between two bounds, equally likely.
    Uniform {
        /// The shortest.
        min: Span,
        /// The longest.
        max: Span,
    },
    /// As a Poisson process has it.
    Exponential {
        /// The mean.
        mean: Span,
    },
    /// As people type: mostly even, with a long tail of pauses.
    LogNormal {
        /// The mean of the gaps themselves, not of their logarithms.
        mean: Span,
        /// The standard deviation of the gaps themselves.
        sd: Span,
    },
}

fn half_a_minute() -> Span {
    Span::from_millis(30_000)
}

impl Default for Calibrate {
    fn default() -> Self {
        Calibrate {
            packets: 10_000,
            gap: Span::from_millis(1),
            size: Size::from_bytes(100),
            fill: Span::from_millis(10_000),
            delay_error: Span::from_millis(1),
            confidence: Probability::new(0.99).expect("it is from 0 to 1"),
            rate_error: Probability::new(0.01).expect("it is from 0 to 1"),
        }
    }
}
