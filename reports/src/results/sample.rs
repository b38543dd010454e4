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
    /// What arrived after it; `None` where the shaper does not see packets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub datagrams: Option<Datagrams>,
}

/// When the first authenticated datagrams of a session arrived that were sent after an event, on the clock of the
/// keystrokes. Inside a tunnel these are the tunnel's, and of SSH segments of TCP after the key exchange.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Datagrams {
    /// At the server, in milliseconds; `None` if there was none until the session ended.
    pub to_server_ms: Option<f64>,
    /// At the client, in milliseconds.
    pub to_client_ms: Option<f64>,
}

impl Datagrams {
    /// How long after an event at `event_ms` they arrived, in milliseconds: at the server, at the client.
    pub fn after(self, event_ms: f64) -> [Option<f64>; 2] {
        // A session may notice an event, and say so, a moment before all of the event has come about.
        [self.to_server_ms, self.to_client_ms].map(|ms| Some((ms? - event_ms).max(0.0)))
    }
}
