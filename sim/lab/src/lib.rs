//! Makes a scenario real: hosts as network namespaces, shaped links between them, NAT, and what
//! happens on the way, inside a world that touches nothing of the machine and vanishes with its process.

pub mod arrivals;
pub mod capture;
mod error;
mod host;
mod namespace;
pub mod netem;
mod netlink;
pub mod network;
pub mod programs;
pub mod relay;
pub mod shaper;
pub mod timeline;
pub mod tun;
pub mod tunnel;
pub mod world;

pub use error::{Error, Result};
pub use host::Host;
pub use network::Network;
