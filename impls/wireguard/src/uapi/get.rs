//! `get=1`.

use std::fmt::Write;

use super::{HANDSHAKE_RETRY, Interface};
use crate::protocol::{PeerId, PeerStatus, hex};

/// Everything there is to know, as lines, without the closing `errno`.
pub fn get(interface: &mut impl Interface) -> String {
    let mut text = String::new();
    if let Some(key) = interface.device().private_key() {
        line(&mut text, "private_key", hex::encode(key.as_bytes()));
    }
    line(&mut text, "listen_port", interface.listen_port());
    if interface.fwmark() != 0 {
        line(&mut text, "fwmark", interface.fwmark());
    }
    let ids: Vec<PeerId> = interface.device().peers().collect();
    for status in ids.into_iter().filter_map(|id| interface.device().peer(id)) {
        peer(&mut text, &status);
    }
    text
}

fn peer(text: &mut String, peer: &PeerStatus) {
    line(text, "public_key", peer.public_key);
    line(
        text,
        "preshared_key",
        hex::encode(peer.preshared_key.as_bytes()),
    );
    line(text, "protocol_version", 1);
    if let Some(endpoint) = peer.endpoint {
        line(text, "endpoint", endpoint);
    }
    let handshake = peer.last_handshake.unwrap_or_default();
    line(text, "last_handshake_time_sec", handshake.as_secs());
    line(text, "last_handshake_time_nsec", handshake.subsec_nanos());
    line(text, "tx_bytes", peer.tx_bytes);
    line(text, "rx_bytes", peer.rx_bytes);
    line(
        text,
        "persistent_keepalive_interval",
        peer.persistent_keepalive,
    );
    if let Some(retry) = peer.handshake_retry {
        line(text, HANDSHAKE_RETRY, retry);
    }
    for cidr in &peer.allowed_ips {
        line(text, "allowed_ip", cidr);
    }
}

fn line(text: &mut String, key: &str, value: impl std::fmt::Display) {
    writeln!(text, "{key}={value}").expect("a string takes any text");
}
