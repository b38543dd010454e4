//! The program in network namespaces, configured by stock `wg`, speaking with other implementations.
//!
//! Every test runs in mount, PID and network namespaces of its own; nothing of it is left when it ends, however it ends.
//! Needs root, wireguard-tools, wireguard-go, iproute2, iputils-ping; boringtun-cli and gotatun where they are
//! installed, and in CI.

#![cfg(target_os = "linux")]

mod configuration;
mod flood;
mod interoperation;
mod life_cycle;
#[expect(dead_code, reason = "the guest's tests and the benches use more of it")]
mod moves;
mod packets;
mod roaming;
mod strangers;
#[expect(dead_code, reason = "the guest's tests and the benches use more of it")]
mod world;
