//! `cells/ADDRESS.json`: what came out of one cell. The same cell gives the same bytes, wherever and whenever it runs.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::results::{Datagrams, Outcome};
use crate::statistics::Latency;

/// The result of a cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CellResult {
    /// What varies, as people read it, by variable.
    pub values: IndexMap<String, String>,
    /// Name of the session.
    pub session: String,
    /// Root seed of the network and of the workload.
    pub seed: u64,
    /// Where it ran: `guest` or `model`.
    pub world: String,
    /// Release of the kernel that carried the packets.
    pub kernel: String,
    /// Version of every program that took part, by name.
    pub versions: BTreeMap<String, String>,
    /// Whether the session got to its end.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// Every keystroke, in the order in which they were typed.
    pub keystrokes: Vec<Key>,
    /// Everything that happened to the session, in order of time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Happened>,
}

/// Something that happened to a session, on the clock of its keystrokes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Happened {
    /// When, in milliseconds.
    pub at_ms: f64,
    /// Short label: `wan heals`.
    pub event: String,
    /// What arrived after it; `None` where that was not seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub datagrams: Option<Datagrams>,
}

/// A keystroke of a cell, on the clock of its run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Key {
    /// When it was to be typed, in milliseconds.
    pub scheduled_ms: f64,
    /// When the screen showed its effect, in milliseconds; `None` if it never did while the session was watched.
    pub answered_ms: Option<f64>,
    /// For a keystroke without an answer: until when the session was watched, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub censored_at_ms: Option<f64>,
}

impl Key {
    /// How long its answer took, or at least took.
    pub fn latency(&self) -> Latency {
        match (self.answered_ms, self.censored_at_ms) {
            (Some(answered), _) => Latency::Answered(answered - self.scheduled_ms),
            (None, until) => Latency::Censored(until.map_or(0.0, |ms| ms - self.scheduled_ms)),
        }
    }
}

impl CellResult {
    /// Writes it as `file`, which is there whole or not at all.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn write(&self, file: &Path) -> io::Result<()> {
        let folder = file.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let mut fresh = NamedTempFile::new_in(folder)?;
        serde_json::to_writer(&mut fresh, self)?;
        fresh.write_all(b"\n")?;
        fresh.persist(file)?;
        Ok(())
    }
}
