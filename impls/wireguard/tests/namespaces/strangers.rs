//! Strangers who know a host's public key.

use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use wireguard::{Device, PrivateKey, PublicKey};

use crate::world::*;

/// Where the right host of a pair listens.
pub(crate) const RIGHT_ENDPOINT: SocketAddr = SocketAddr::new(
    std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2)),
    51820,
);

/// A crowd on the left host that floods the right one.
pub(crate) struct Strangers {
    socket: UdpSocket,
    initiations: Vec<Vec<u8>>,
}

impl Strangers {
    /// So many, of whom the right host knows none.
    pub(crate) fn new(pair: &Pair, count: u32) -> Strangers {
        let key = pair.public_key(&RIGHT);
        let hex = sh(&format!(
            "echo {key} | base64 -d | od -An -v -tx1 | tr -d ' \\n'"
        ));
        let responder = hex.parse().unwrap();
        Strangers {
            socket: LEFT.inside(|| UdpSocket::bind("192.0.2.1:0").unwrap()),
            initiations: (0..count)
                .map(|number| initiation(responder, number))
                .collect(),
        }
    }

    /// Everyone sends an initiation with a MAC that is valid where the right host's WireGuard listens.
    pub(crate) fn call(&self, address: SocketAddr) {
        for datagram in &self.initiations {
            let _queue_is_full = self.socket.send_to(datagram, address);
        }
    }
}

fn initiation(responder: PublicKey, number: u32) -> Vec<u8> {
    let mut key = [9; 32];
    key[4..8].copy_from_slice(&number.to_le_bytes());
    let mut stranger = Device::new(Box::new(ChaCha8Rng::seed_from_u64(number.into())));
    stranger.set_private_key(Some(PrivateKey::from_bytes(key)));
    let peer = stranger.add_peer(responder).unwrap();
    stranger.set_endpoint(peer, RIGHT_ENDPOINT);
    stranger.set_persistent_keepalive(Duration::ZERO, peer, 1);
    stranger.poll_transmit().unwrap().contents
}
