//! Tunnels: options that WireGuard and its implementations have.

use super::Findings;
use crate::source::Spot;
use crate::vocabulary::{Retry, Tunnel, WireGuard, WireGuardImplementation};

/// The smallest MTU that carries IPv6 (RFC 8200, section 5).
const LEAST_MTU: u16 = 1280;

/// The largest keepalive interval that WireGuard has, in seconds.
const LONGEST_KEEPALIVE: f64 = 65535.0;

pub(super) fn check(tunnel: &Tunnel, spot: Spot<'_>, findings: &mut Findings<'_>) {
    let Tunnel::WireGuard(wireguard) = tunnel;
    keepalive(wireguard, spot.field("keepalive"), findings);
    if wireguard.mtu < LEAST_MTU {
        findings.wrong(
            spot.field("mtu"),
            format!("{} bytes are too few for IPv6", wireguard.mtu),
            format!("write {LEAST_MTU} or more"),
        );
    }
    let ours = |end| end == WireGuardImplementation::Ours;
    if wireguard.retry == Retry::Eager && !wireguard.ends().into_iter().all(ours) {
        findings.wrong(
            spot.field("retry"),
            "only this project's WireGuard can be eager",
            "leave `retry` out, or let both ends be `Ours`",
        );
    }
}

fn keepalive(wireguard: &WireGuard, spot: Spot<'_>, findings: &mut Findings<'_>) {
    let Some(keepalive) = &wireguard.keepalive else {
        return;
    };
    let seconds = keepalive.as_secs_f64();
    if seconds.fract() != 0.0 || !(1.0..=LONGEST_KEEPALIVE).contains(&seconds) {
        findings.wrong(
            spot,
            format!("WireGuard cannot send a keepalive every {keepalive}"),
            format!("write whole seconds, from \"1s\" to \"{LONGEST_KEEPALIVE}s\""),
        );
    }
}
