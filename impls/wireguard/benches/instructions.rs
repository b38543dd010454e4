//! How many instructions handshakes and packets take. Unlike a time it is the same on each run: CI holds it.

// What gungraun's macros make is public.
#![allow(missing_docs)]

mod devices;

use std::hint::black_box;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use devices::{arrival, device, key};
use gungraun::prelude::*;
use wireguard::{Device, Opened, Received, TransportKeys};

const NOW: Duration = Duration::ZERO;

/// Packets that are counted.
const PACKETS: u64 = 100;

/// Peers among which a destination is looked for.
const PEERS: u32 = 1_000;

/// An IPv4 packet of `len` bytes from 10.0.0.1.
fn packet(destination: Ipv4Addr, len: u16) -> Vec<u8> {
    let mut packet = vec![7; len.into()];
    packet[0] = 0x45;
    packet[2..4].copy_from_slice(&len.to_be_bytes());
    packet[12..16].copy_from_slice(&[10, 0, 0, 1]);
    packet[16..20].copy_from_slice(&destination.octets());
    packet
}

/// Two devices, each the other's only peer, which any packet belongs to.
struct Pair {
    sender: Device,
    receiver: Device,
    packet: Vec<u8>,
}

impl Pair {
    fn strangers(len: u16) -> Self {
        let [sender, receiver] = [(1, 2), (2, 1)].map(|(own, other)| {
            let mut device = device(own);
            let peer = device.add_peer(key(other).public_key()).unwrap();
            device.set_endpoint(peer, arrival().from.remote);
            device.insert_allowed_ip(peer, "0.0.0.0/0".parse().unwrap());
            device
        });
        Self {
            sender,
            receiver,
            packet: packet(Ipv4Addr::new(10, 0, 0, 2), len),
        }
    }

    /// Two that have a session.
    fn acquainted(len: u16) -> Self {
        let mut pair = Self::strangers(len);
        assert!(pair.send(), "the packet arrives after the handshake");
        pair
    }

    /// Sends the packet, and all that has to be sent for it; whether it arrives.
    fn send(&mut self) -> bool {
        self.sender.handle_packet(NOW, &self.packet).unwrap();
        let mut has_arrived = false;
        while let Some(mut transmit) = self.sender.poll_transmit() {
            let received = self
                .receiver
                .handle_datagram(NOW, arrival(), &mut transmit.contents);
            has_arrived |= matches!(received, Ok(Received::Packet(_)));
            while let Some(mut transmit) = self.receiver.poll_transmit() {
                let _ = self
                    .sender
                    .handle_datagram(NOW, arrival(), &mut transmit.contents);
            }
        }
        has_arrived
    }
}

// Initiation, response and the first packet.
#[library_benchmark(setup = Pair::strangers)]
#[bench::of_strangers(64)]
fn handshake(mut pair: Pair) -> (Pair, bool) {
    let has_arrived = pair.send();
    (pair, has_arrived)
}

// Sealed by the one, opened by the other.
#[library_benchmark(setup = Pair::acquainted)]
#[bench::small(64)]
#[bench::full(1420)]
fn packets(mut pair: Pair) -> Pair {
    for _ in 0..PACKETS {
        black_box(pair.send());
    }
    pair
}

/// A device whose peers nobody knows the addresses of, so that it looks for whom a packet is, and nothing else.
fn crowd(peers: u32) -> (Device, Vec<Vec<u8>>) {
    let mut crowd = device(0);
    for number in 1..=peers {
        let id = crowd.add_peer(key(number).public_key()).unwrap();
        let prefix = format!("10.{}.{}.0/24", number >> 8, number & 0xff);
        crowd.insert_allowed_ip(id, prefix.parse().unwrap());
    }
    let packets = (1..=peers).map(|number| {
        let [_, _, high, low] = number.to_be_bytes();
        packet(Ipv4Addr::new(10, high, low, 1), 64)
    });
    let packets = packets.collect();
    (crowd, packets)
}

// Whom the destination's address belongs to.
#[library_benchmark(setup = crowd)]
#[bench::among_a_thousand(PEERS)]
fn allowed_ips((mut crowd, packets): (Device, Vec<Vec<u8>>)) -> (Device, Vec<Vec<u8>>) {
    for packet in &packets {
        let _ = black_box(crowd.handle_packet(NOW, packet));
    }
    (crowd, packets)
}

/// What has been decrypted, and who is to accept it.
struct Decrypted {
    receiver: Device,
    keys: Arc<TransportKeys>,
    datagrams: Vec<(Opened, Vec<u8>)>,
}

/// Each two datagrams have overtaken each other, and all come twice.
fn reordered_and_replayed(packets: u64) -> Decrypted {
    let Pair {
        mut sender,
        mut receiver,
        packet,
    } = Pair::acquainted(64);
    let mut receiving = None;
    let mut datagrams: Vec<(Opened, Vec<u8>)> = (0..packets)
        .map(|_| {
            sender.handle_packet(NOW, &packet).unwrap();
            let mut datagram = sender.poll_transmit().unwrap().contents;
            let index = wireguard::receiver_of(&datagram).unwrap();
            let keys = receiver.receiving_keys(NOW, index).unwrap();
            let opened = keys.open(&mut datagram).unwrap();
            receiving = Some(keys);
            (opened, datagram)
        })
        .collect();
    for two in datagrams.chunks_exact_mut(2) {
        two.swap(0, 1);
    }
    datagrams.extend_from_within(..);
    Decrypted {
        receiver,
        keys: receiving.unwrap(),
        datagrams,
    }
}

// Has it come before, and may its source write through this peer?
#[library_benchmark(setup = reordered_and_replayed)]
#[bench::reordered_and_replayed(PACKETS)]
fn replay_window(mut decrypted: Decrypted) -> Decrypted {
    let Decrypted {
        receiver,
        keys,
        datagrams,
    } = &mut decrypted;
    for (opened, datagram) in datagrams {
        let _ = black_box(receiver.accept(NOW, keys, arrival(), *opened, datagram));
    }
    decrypted
}

library_benchmark_group!(
    name = core,
    benchmarks = [handshake, packets, allowed_ips, replay_window]
);
main!(library_benchmark_groups = core);
