//! boringtun's tunnel, an independent implementation, at the other end of the wire.
//!
//! It reads a clock of its own, so nothing here lasts long: handshakes and data in both roles over a bad wire.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use boringtun::noise::{Tunn, TunnResult};
use boringtun::x25519;
use proptest::prelude::*;
use wireguard::{Arrival, Device, PresharedKey};

use crate::world::*;

struct Boringtun {
    tunnel: Tunn,
    remote: SocketAddr,
    transmits: VecDeque<Vec<u8>>,
}

impl Boringtun {
    fn new(us: Who, other: Who, psk: Option<[u8; 32]>) -> Boringtun {
        let private = x25519::StaticSecret::from(*us.key().as_bytes());
        let public = x25519::PublicKey::from(*other.key().public_key().as_bytes());
        Boringtun {
            tunnel: Tunn::new(private, public, psk, None, 1, None),
            remote: other.outer(),
            transmits: VecDeque::new(),
        }
    }

    /// Take what a call gave; true when there may be more.
    fn take(&mut self, result: Output, inbox: &mut Vec<Vec<u8>>) -> bool {
        match result {
            Output::Datagram(bytes) => {
                self.transmits.push_back(bytes);
                true
            }
            Output::Packet(bytes) => {
                inbox.push(bytes);
                false
            }
            Output::Nothing => false,
        }
    }
}

enum Output {
    Datagram(Vec<u8>),
    Packet(Vec<u8>),
    Nothing,
}

impl From<TunnResult<'_>> for Output {
    fn from(result: TunnResult<'_>) -> Output {
        match result {
            TunnResult::WriteToNetwork(bytes) => Output::Datagram(bytes.to_vec()),
            TunnResult::WriteToTunnelV4(bytes, _) | TunnResult::WriteToTunnelV6(bytes, _) => {
                Output::Packet(bytes.to_vec())
            }
            TunnResult::Done | TunnResult::Err(_) => Output::Nothing,
        }
    }
}

impl Node for Boringtun {
    fn handle_datagram(
        &mut self,
        _: Duration,
        arrival: Arrival,
        datagram: &mut [u8],
        inbox: &mut Vec<Vec<u8>>,
    ) {
        let mut buffer = [0; 2048];
        let source = Some(arrival.from.remote.ip());
        let output = self
            .tunnel
            .decapsulate(source, datagram, &mut buffer)
            .into();
        let mut more = self.take(output, inbox);
        while more {
            let output = self.tunnel.decapsulate(None, &[], &mut buffer).into();
            more = self.take(output, inbox);
        }
    }

    fn handle_packet(&mut self, _: Duration, packet: &[u8]) {
        let output = self.tunnel.encapsulate(packet, &mut [0; 2048]).into();
        self.take(output, &mut Vec::new());
    }

    fn handle_timeout(&mut self, _: Duration) {}

    fn poll_timeout(&mut self) -> Option<Duration> {
        None
    }

    fn poll_transmit(&mut self) -> Option<(SocketAddr, Vec<u8>)> {
        self.transmits.pop_front().map(|bytes| (self.remote, bytes))
    }
}

fn with_boringtun(psk: Option<[u8; 32]>) -> World<Device, Boringtun> {
    let mut device = LEFT.device_with(RIGHT);
    let peer = only_peer(&device);
    device.set_preshared_key(peer, PresharedKey::from_bytes(psk.unwrap_or_default()));
    World::new(device, Boringtun::new(RIGHT, LEFT, psk))
}

#[test]
fn we_initiate() {
    let mut world = with_boringtun(None);
    world.send_right(b"ping");
    world.run_for(secs(1));
    assert_eq!(world.right.payloads(), [b"ping"]);
    world.send_left(b"pong");
    world.run_for(secs(1));
    assert_eq!(world.left.payloads(), [b"pong"]);
    assert_eq!(world.count(Sent::is_initiation), 1);
}

#[test]
fn we_respond() {
    let mut world = with_boringtun(None);
    world.send_left(b"ping");
    world.run_for(secs(1));
    assert_eq!(world.left.payloads(), [b"ping"]);
    world.send_right(b"pong");
    world.run_for(secs(1));
    assert_eq!(world.right.payloads(), [b"pong"]);
    assert_eq!(world.count(Sent::is_initiation), 1);
}

#[test]
fn a_preshared_key_is_understood_in_both_roles() {
    for we_begin in [true, false] {
        let mut world = with_boringtun(Some([5; 32]));
        if we_begin {
            world.send_right(b"begin");
        } else {
            world.send_left(b"begin");
        }
        world.run_for(secs(1));
        world.send_right(b"ping");
        world.send_left(b"pong");
        world.run_for(secs(1));
        assert_eq!(world.right.payloads().last(), Some(&&b"ping"[..]));
        assert_eq!(world.left.payloads().last(), Some(&&b"pong"[..]));
    }
}

#[test]
fn our_padding_is_taken_off() {
    let mut world = with_boringtun(None);
    for length in 0..64 {
        world.send_right(&vec![7; length]);
    }
    world.run_for(secs(1));
    let lengths: Vec<_> = world
        .right
        .payloads()
        .iter()
        .map(|payload| payload.len())
        .collect();
    assert_eq!(lengths, (0..64).collect::<Vec<_>>());
}

#[test]
fn we_ask_for_new_sessions_for_a_day() {
    let mut world = with_boringtun(None);
    for number in 0..1440u32 {
        world.send_right(&number.to_le_bytes());
        world.run_for(secs(60));
    }
    let received = world.right.payloads().len();
    assert_eq!(received, 1440);
    assert!(world.count(Sent::is_initiation) >= 1440 / 3);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_packet_arrives_at_most_once_and_unchanged(seed in any::<u64>(), loss in 0.0..0.4f64, we_begin in any::<bool>()) {
        let mut world = with_boringtun(Some([7; 32]));
        if we_begin {
            world.send_right(&[0xff; 4]);
        } else {
            world.send_left(&[0xff; 4]);
        }
        world.run_for(secs(1));
        world.travel(&bad_path(loss), seed);
        for number in 0..100u32 {
            world.send_right(&number.to_le_bytes());
            world.send_left(&number.to_le_bytes());
            world.run_for(millis(20));
        }
        world.run_for(secs(1));
        for payloads in [world.left.payloads(), world.right.payloads()] {
            let mut numbers: Vec<_> = payloads.iter().map(|payload| payload.to_vec()).collect();
            let count = numbers.len();
            numbers.sort();
            numbers.dedup();
            prop_assert_eq!(numbers.len(), count, "something came twice");
            prop_assert!(count as f64 > 70.0 * (1.0 - loss), "{} of 100", count);
        }
    }
}
