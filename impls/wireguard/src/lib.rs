//! WireGuard (Donenfeld, NDSS 2017): a sans-IO core and, on Linux, a device around it.
//!
//! [`Device`] is the protocol for one interface: the handshake, sessions, timers and cryptokey routing of all its peers. Time,
//! randomness and datagrams are given to it, so that it runs as well in virtual time as behind real sockets.

#[cfg(target_os = "linux")]
pub mod linux;
mod protocol;
pub mod uapi;

pub use protocol::*;
