//! The words of a scenario file and their defaults, one file a subject.

mod expectation;
mod gate;
mod host;
mod link;
mod recordings;
mod session;
mod timeline;
mod tunnel;
mod workload;
mod world;

pub use expectation::{Expectation, Statistic};
pub use gate::Gate;
pub use host::{Firewall, Host, Inbound, Nat, NatKind, UdpPolicy};
pub use link::{Addresses, Link};
pub use recordings::{Recorded, Recordings};
pub use session::{
    Command, CongestionControl, DEFAULT_CLIENT, DEFAULT_SERVER, Family, Implementation,
    LossRecovery, Mosh, Predict, Ready, Reconnect, Session, Ssh, Ssp, Tcp, Udp,
};
pub use timeline::{Action, ChangePath, Direction, Event, NatPart, SessionState, Traffic, Trigger};
pub use tunnel::{Retry, Tunnel, WireGuard, WireGuardImplementation};
pub use workload::{Calibrate, Flood, Gap, Replay, Typing, Watch, Workload};
pub use world::World;

use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// One question and the network, sessions and happenings that answer it.
///
/// Hosts, links and sessions keep the order of the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What a run of this scenario finds out, in one sentence.
    pub question: String,
    /// Where its settings come from: a section of a paper, an RFC, a report of trouble.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// The machines, by name. Each is a network namespace with nothing in it but its links.
    pub hosts: IndexMap<String, Host>,
    /// The point-to-point links between them, by name.
    pub links: IndexMap<String, Link>,
    /// Where it is to run; on this kernel when left out, and where the command line says in any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub world: Option<World>,
    /// The size of the terminal that the sessions run in.
    #[serde(default)]
    pub screen: Screen,
    /// What is typed, or measured.
    pub workload: Workload,
    /// The sessions under test, by name. Each runs through its own copy of the network.
    #[serde(default)]
    pub sessions: IndexMap<String, Session>,
    /// What happens on the way.
    #[serde(default)]
    pub timeline: Vec<Event>,
    /// The root seeds of the link model and the workload; one run for each.
    #[serde(default = "one_seed")]
    pub seeds: Vec<u64>,
    /// How often each seed is run.
    #[serde(default = "one_run")]
    pub runs: u32,
    /// What must hold for a run to pass.
    #[serde(default)]
    pub expect: Vec<Expectation>,
    /// What a gate guards, and how closely.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<Gate>,
}

fn one_seed() -> Vec<u64> {
    vec![1]
}

fn one_run() -> u32 {
    1
}

/// The size of a terminal, in character cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Screen {
    /// Cells in a row.
    pub columns: u16,
    /// Rows.
    pub rows: u16,
}

impl Default for Screen {
    /// 80 columns and 24 rows, the size of a VT100.
    fn default() -> Self {
        Screen {
            columns: 80,
            rows: 24,
        }
    }
}

impl fmt::Display for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.columns, self.rows)
    }
}
