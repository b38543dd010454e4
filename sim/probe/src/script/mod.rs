//! A script: what is typed, when, and what the program at the far end answers to each key.

mod flood;
mod gaps;
mod replay;
mod typing;
mod watch;

use std::time::Duration;

use scenario::Workload;
use serde::{Deserialize, Serialize};

pub(crate) use self::flood::flood_line;
pub use self::replay::ReplayError;
use crate::screen::Size;

/// What the far end shows when it is ready, and what tells the probe that a session is established.
pub const MARKER: &str = "roamlab: ready";

/// Everything that both ends of a session must know of a workload.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Script {
    /// The size of the client's terminal.
    pub size: Size,
    /// What is typed, in order of time.
    pub steps: Vec<Step>,
    /// How long to wait for answers after the last key.
    pub drain: Duration,
}

/// One key, or a few bytes typed at once, and what they do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// When it is typed, counted from when typing begins.
    pub at: Duration,
    /// What is typed. Where it is nothing, the far end writes by itself, at this time after its greeting.
    pub input: Vec<u8>,
    /// What the far end writes once the whole input has reached it.
    pub output: Vec<u8>,
    /// Whether its answer is measured; keys that only set the scene are not.
    pub measured: bool,
    /// Whether the far end then floods the screen until the next input has reached it.
    pub floods: bool,
    /// Whether it waits until everything before it is answered or given up; later steps are put off alike.
    pub waits: bool,
}

impl Step {
    /// A measured key with an answer.
    pub fn key(at: Duration, input: impl Into<Vec<u8>>, output: impl Into<Vec<u8>>) -> Self {
        Step {
            at,
            input: input.into(),
            output: output.into(),
            measured: true,
            floods: false,
            waits: false,
        }
    }
}

impl Script {
    /// The script of a scenario's workload; the same for the same seed. There is none for calibration, which has no
    /// sessions.
    ///
    /// # Errors
    ///
    /// When a recording that is to be replayed cannot be.
    pub fn new(workload: &Workload, seed: u64) -> Result<Option<Script>, ReplayError> {
        match workload {
            Workload::Typing(typing) => Ok(Some(Script::typing(typing, seed))),
            Workload::Replay(replay) => Script::replay(replay).map(Some),
            Workload::Flood(flood) => Ok(Some(Script::flood(flood))),
            Workload::Watch(watch) => Ok(Some(Script::watch(watch, seed))),
            Workload::Calibrate(_) => Ok(None),
        }
    }

    /// What the far end writes at its start: a clear screen, the [`MARKER`] and a prompt.
    pub fn greeting(&self) -> Vec<u8> {
        format!("\x1b[H\x1b[2J{MARKER}\r\n$ ").into_bytes()
    }
}
