//! The core in virtual time: devices, and boringtun's tunnels, on a wire whose misfortunes a seed repeats.

mod boringtun;
mod handshakes;
mod keepalives;
mod load;
mod lost_handshakes;
mod rekeying;
mod roaming;
mod routing;
mod world;
