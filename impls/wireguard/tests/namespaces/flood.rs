//! Strangers who know our public key.

use std::net::UdpSocket;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use wireguard::{Device, PrivateKey, PublicKey};

use crate::world::Implementation::Ours;
use crate::world::*;

/// Initiations with valid MACs from so many strangers.
fn initiations(responder: PublicKey, count: u32) -> Vec<Vec<u8>> {
    let initiation = |number: u32| {
        let mut key = [9; 32];
        key[4..8].copy_from_slice(&number.to_le_bytes());
        let mut stranger = Device::new(Box::new(ChaCha8Rng::seed_from_u64(number.into())));
        stranger.set_private_key(Some(PrivateKey::from_bytes(key)));
        let peer = stranger.add_peer(responder).unwrap();
        stranger.set_endpoint(peer, "192.0.2.2:51820".parse().unwrap());
        stranger.set_persistent_keepalive(Duration::ZERO, peer, 1);
        stranger.poll_transmit().unwrap().contents
    };
    (0..count).map(initiation).collect()
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "cryptography that is not optimised is no match for a flood"
)]
fn a_flood_of_initiations_does_not_stop_a_session() {
    isolated(
        "flood::a_flood_of_initiations_does_not_stop_a_session",
        || {
            let pair = Pair::connected(Ours, Ours);
            assert!(LEFT.reaches("10.0.0.2"));
            let key = pair.public_key(&RIGHT);
            let hex = sh(&format!(
                "echo {key} | base64 -d | od -An -v -tx1 | tr -d ' \\n'"
            ));
            let flood = initiations(hex.parse().unwrap(), 100);
            let socket = LEFT.inside(|| UdpSocket::bind("192.0.2.1:0").unwrap());
            let is_over = AtomicBool::new(false);
            let output = std::thread::scope(|scope| {
                scope.spawn(|| {
                    for datagram in flood.iter().cycle() {
                        let _queue_is_full = socket.send_to(datagram, "192.0.2.2:51820");
                        if is_over.load(Ordering::Relaxed) {
                            break;
                        }
                    }
                });
                let output = LEFT.sh("ping -q -c 200 -i 0.005 -W 5 10.0.0.2 || true");
                is_over.store(true, Ordering::Relaxed);
                output
            });
            let received = output
                .split(" received")
                .next()
                .unwrap()
                .rsplit(' ')
                .next()
                .unwrap();
            assert!(received.parse::<u32>().unwrap() >= 160, "{output}");
            eprintln!("{output}");
        },
    );
}
