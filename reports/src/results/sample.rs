//! The lines of `keystrokes.jsonl` and `events.jsonl`.

use serde::{Deserialize, Serialize};

/// One keystroke and its fate.
///
/// Latency counts from the *scheduled* time, not from when the key could at last be written, so that a session that
/// blocks its user is charged for it (no coordinated omission).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Keystroke {
    /// Name of the session.
    pub session: String,
    /// Root seed of the network and of the workload.
    pub seed: u64,
    /// Which of the repetitions with this seed, from 0.
    pub run: u32,
    /// Which keystroke of the workload, from 0.
    pub index: u32,
    /// When the workload's schedule said that it be typed, in milliseconds.
    pub scheduled_ms: f64,
    /// When the screen showed its effect, in milliseconds; `None` if it never did while the session was watched.
    pub answered_ms: Option<f64>,
    /// For a keystroke without an answer: until when the session was watched, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub censored_at_ms: Option<f64>,
}

/// An event of the timeline, as it really fired in one session's copy of the network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Name of the session.
    pub session: String,
    /// Root seed of the network and of the workload.
    pub seed: u64,
    /// Which of the repetitions with this seed, from 0.
    pub run: u32,
    /// When it fired, in milliseconds on the same clock as the keystrokes.
    pub at_ms: f64,
    /// Short label: `renumber laptop`.
    pub event: String,
}
