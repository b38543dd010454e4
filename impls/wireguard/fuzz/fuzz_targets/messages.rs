//! A peer, who has our key and a session with us, sends anything in any order: real messages, real ones with bytes changed,
//! junk. We must not panic, and go on speaking with it.

#![no_main]

use std::time::Duration;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use wireguard::{Arrival, Device, Endpoint, PrivateKey, Received};

#[derive(Arbitrary, Debug)]
enum Step {
    /// A message of the peer's, its byte changed.
    Mutated {
        place: u16,
        value: u8,
    },
    Junk {
        kind: u8,
        bytes: Vec<u8>,
        tos: u8,
    },
    /// Something authentic that holds no sound packet, perhaps.
    Packet(Vec<u8>),
    /// A packet from our side.
    Answer(Vec<u8>),
    Wait {
        millis: u32,
    },
    NetworkChange,
}

fn address(number: u8) -> std::net::SocketAddr {
    ([192, 0, 2, number], 51820).into()
}

fn device(number: u8, other: u8) -> Device {
    let mut device = Device::new(Box::new(ChaCha8Rng::seed_from_u64(number.into())));
    device.set_private_key(Some(PrivateKey::from_bytes([number; 32])));
    device.set_mtu(1420);
    let peer = device
        .add_peer(PrivateKey::from_bytes([other; 32]).public_key())
        .unwrap();
    device.set_endpoint(peer, address(other));
    for network in ["0.0.0.0/0", "::/0"] {
        device.insert_allowed_ip(peer, network.parse().unwrap());
    }
    device
}

/// Carry everything that `from` has to send to `to`, after `change`.
fn carry(
    now: Duration,
    from: &mut Device,
    number: u8,
    to: &mut Device,
    mut change: impl FnMut(&mut Vec<u8>),
) {
    while let Some(mut transmit) = from.poll_transmit() {
        change(&mut transmit.contents);
        deliver(now, to, number, 0, &mut transmit.contents);
    }
}

fn deliver(now: Duration, to: &mut Device, from: u8, tos: u8, datagram: &mut [u8]) {
    let arrival = Arrival {
        from: Endpoint::from(address(from)),
        tos,
    };
    if let Ok(Received::Packet(range)) = to.handle_datagram(now, arrival, datagram) {
        assert!(!datagram[range].is_empty());
    }
}

fuzz_target!(|steps: Vec<Step>| {
    let (mut us, mut them) = (device(1, 2), device(2, 1));
    let mut now = Duration::ZERO;
    let packet = [&[
        0x45, 0, 0, 20, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 2, 10, 0, 0, 1,
    ][..]]
    .concat();
    for step in steps {
        let mut change = None;
        match step {
            Step::Mutated { place, value } => {
                change = Some((place, value));
                let _ = them.handle_packet(now, &packet);
            }
            Step::Junk {
                kind,
                mut bytes,
                tos,
            } => {
                bytes.splice(0..0, [kind % 5, 0, 0, 0]);
                deliver(now, &mut us, 2, tos, &mut bytes);
            }
            Step::Packet(bytes) => {
                let peer = them.peers().next().unwrap();
                them.stage(now, peer, &bytes);
            }
            Step::Answer(bytes) => _ = us.handle_packet(now, &bytes),
            Step::Wait { millis } => now += Duration::from_millis((millis % 1_000_000).into()),
            Step::NetworkChange => us.handle_network_change(now),
        }
        us.handle_timeout(now);
        them.handle_timeout(now);
        for _ in 0..3 {
            carry(now, &mut them, 2, &mut us, |bytes| {
                if let Some((place, value)) = change.take() {
                    let place = usize::from(place) % bytes.len();
                    bytes[place] ^= value;
                }
            });
            carry(now, &mut us, 1, &mut them, |_| ());
        }
    }
});
