//! The State Synchronization Protocol, wire-compatible with mosh 1.4.0.

pub mod crypto;
pub mod prediction;
pub mod program;
pub mod state;
pub mod terminal;
pub mod transport;
pub mod wire;
