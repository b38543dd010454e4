//! The programs `ssp-server`, `ssp-client` and `ssp`: thin shells of sockets, terminals and signals around the library.
//!
//! Their options, environment, output and exit codes are those of stock's programs, so that a wrapper for the one can
//! drive the other.

pub mod client;
pub mod server;
pub mod wrapper;

mod hardening;
mod locale;
mod readiness;
mod signals;
mod udp;
