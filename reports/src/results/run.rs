//! `run.json`: what was asked, on what it ran, and how it ended.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Everything about a run that is not a measurement of one keystroke.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// What was asked.
    pub scenario: Scenario,
    /// Where it ran: `host`, `guest` or `model`.
    pub world: String,
    /// What shaped the paths: `relay`, `netem` or, in the `model` world, `link`.
    pub shaper: String,
    /// Root seeds, in the order in which they ran. Every session ran with every seed.
    pub seeds: Vec<u64>,
    /// Start of the run, RFC 3339 in UTC.
    pub started_at: String,
    /// Why the run holds less than was asked for (interrupted, a time limit); `None` for a whole run.
    #[serde(default)]
    pub partial: Option<String>,
    /// Release of the kernel that carried the packets, as in `uname -sr`.
    pub kernel: String,
    /// Version of every program that took part, by name.
    #[serde(default)]
    pub versions: BTreeMap<String, String>,
    /// Values of the sysctls and route attributes that shape the outcome, by name.
    #[serde(default)]
    pub sysctls: BTreeMap<String, String>,
    /// The shaper's own error: how long after its due time it let packets go. `None` where time is virtual.
    #[serde(default)]
    pub relay_lateness_ms: Option<Lateness>,
    /// The sessions under test, in the order in which reports list them.
    pub sessions: Vec<Session>,
    /// What the scenario's timeline asked for.
    #[serde(default)]
    pub timeline: Vec<TimelineEvent>,
    /// How each session ended, one entry for each session, seed and run that was begun.
    #[serde(default)]
    pub outcomes: Vec<SessionRun>,
    /// Expectations of the scenario and results of calibration.
    #[serde(default)]
    pub checks: Vec<Check>,
}

/// The scenario file, so that a result folder stands on its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scenario {
    /// Name, as typed after `just scenario`.
    pub name: String,
    /// The question that it asks, one sentence.
    pub question: String,
    /// Source text of the scenario.
    pub text: String,
    /// SHA-256 of the source text, in hexadecimal.
    pub sha256: String,
}

impl Scenario {
    /// Describes a scenario by its source text and fills in the hash.
    pub fn new(name: &str, question: &str, text: &str) -> Self {
        let sha256 = Sha256::digest(text)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Self {
            name: name.into(),
            question: question.into(),
            text: text.into(),
            sha256,
        }
    }
}

/// One session under test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Short name, unique within the run: `ssh`, `mosh`.
    pub name: String,
    /// What it is, for people: `OpenSSH over kernel TCP (cubic)`.
    pub description: String,
}

/// One entry of the scenario's timeline, as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineEvent {
    /// What sets it off, for people: `at 12 s`, `after 100 keystrokes`.
    pub when: String,
    /// Short label, the same as [`Event::event`](super::Event::event): `renumber laptop`.
    pub event: String,
    /// What happens, one sentence.
    pub description: String,
}

/// How one session ended in one run with one seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionRun {
    /// Name of the session.
    pub session: String,
    /// Root seed of the network and of the workload.
    pub seed: u64,
    /// Which of the repetitions with this seed, from 0.
    pub run: u32,
    /// Whether it got to the end.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// What its network carried, where the shaper counted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traffic: Option<Traffic>,
    /// How its guesses were, where its client predicts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guesses: Option<Guesses>,
    /// What bulk transfers beside it carried until they were stopped, by name, in bits per second.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub goodput: BTreeMap<String, f64>,
}

/// What a client that predicts showed before it was answered, counted by keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guesses {
    /// All keys that were typed, also those whose latency is not measured.
    pub typed: u32,
    /// Those at which the screen showed text that no answer ever put there.
    pub wrong: u32,
}

/// Whether a session got to the end of its workload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The workload was typed to its end (keystrokes may still have gone unanswered).
    Finished,
    /// The session died, never connected, or its program is missing.
    Failed {
        /// What went wrong and what to do, for people.
        error: String,
    },
}

/// What a session's network carried, by direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traffic {
    /// From the client to the server.
    pub up: Way,
    /// From the server to the client.
    pub down: Way,
}

/// Counters of one direction, of IP packets on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// Packets that entered the path.
    pub packets: u64,
    /// Their bytes, IP header included.
    pub bytes: u64,
    /// Packets that the path dropped, for whatever reason.
    pub dropped: u64,
}

/// How long after its due time the shaper let a packet go, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lateness {
    /// Median.
    pub p50: f64,
    /// 99th percentile.
    pub p99: f64,
    /// Largest.
    pub max: f64,
}

/// Something that the scenario expected, or that calibration verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What was checked: `loss up`, `mean of mosh below a third of ssh`.
    pub name: String,
    /// What was asked for, with its unit: `29 %`.
    pub asked: String,
    /// What was measured, with its unit: `28.7 %`.
    pub measured: String,
    /// The interval that decided, where there is one: `Wilson 99 %: 27.9 % to 29.6 %`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<String>,
    /// Whether it held.
    pub verdict: Verdict,
}

/// Whether a check held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It held.
    Passed,
    /// It did not.
    Failed,
}
