//! Cryptokey routing, accounting, and everything that a peer must not be able to do.

use proptest::prelude::*;
use wireguard::{Arrival, Device, Dropped, Endpoint, Undeliverable};

use crate::world::*;

#[test]
fn a_packet_for_nobody_is_undeliverable_and_its_sender_can_be_told() {
    let mut device = LEFT.device_with(RIGHT);
    let packet = packet(LEFT, Who(77), b"hello");
    assert_eq!(
        device.handle_packet(secs(0), &packet),
        Err(Undeliverable::Unreachable)
    );
    assert!(Device::unreachable(&packet).is_some());
    assert_eq!(
        device.handle_packet(secs(0), b"junk"),
        Err(Undeliverable::Discarded)
    );
}

#[test]
fn a_packet_for_a_peer_without_an_endpoint_is_undeliverable() {
    let mut device = LEFT.device();
    let peer = device.add_peer(RIGHT.key().public_key()).unwrap();
    device.insert_allowed_ip(peer, "0.0.0.0/0".parse().unwrap());
    let packet = packet(LEFT, RIGHT, b"hello");
    assert_eq!(
        device.handle_packet(secs(0), &packet),
        Err(Undeliverable::Unreachable)
    );
}

#[test]
fn a_packet_with_a_source_that_is_not_the_peers_is_dropped() {
    let mut world = connected();
    let spoofed = packet_between(Who(3).inner(), RIGHT.inner(), b"spoofed");
    world.left.node.handle_packet(world.now, &spoofed).unwrap();
    world.run_for(secs(1));
    assert_eq!(world.right.payloads(), [b"hello"]);
    assert_eq!(world.right.node.dropped(Dropped::DisallowedSource), 1);
}

#[test]
fn handshakes_and_padded_packets_are_accounted_for_on_both_ends() {
    let mut world = connected();
    let status = |device: &Device| device.peer(only_peer(device)).unwrap();
    let (left, right) = (status(&world.left.node), status(&world.right.node));
    assert_eq!((left.tx_bytes, left.rx_bytes), (148 + 32 + 32, 92));
    assert_eq!((right.tx_bytes, right.rx_bytes), (92, 148 + 32 + 32));
    assert_eq!(left.last_handshake, Some(EPOCH + DELAY * 2));
    assert_eq!(right.last_handshake, Some(EPOCH + DELAY * 3));
    world.run_for(secs(20));
    assert_eq!(status(&world.left.node).rx_bytes, 92 + 32);
}

#[test]
fn a_removed_peer_is_forgotten_wholly() {
    let mut world = connected();
    let peer = only_peer(&world.right.node);
    world.right.node.remove_peer(peer);
    world.send_right(b"hello again");
    world.run_for(secs(1));
    assert_eq!(world.right.payloads(), [b"hello"]);
    assert_eq!(world.right.node.peer(peer), None);
    assert_eq!(world.right.node.poll_timeout(), None);
    assert_eq!(world.right.node.dropped(Dropped::UnknownReceiver), 1);
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let run = || {
        let mut world = pair();
        world.travel(&bad_path(0.3), 7);
        for number in 0..500u32 {
            world.send_right(&number.to_le_bytes());
            world.run_for(millis(700));
        }
        (world.sent, world.right.inbox)
    };
    assert!(run() == run());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_sent_to_a_device_it_does_not_panic(
        datagrams in proptest::collection::vec(
            (0u8..6, proptest::collection::vec(any::<u8>(), 0..200), 0usize..4, any::<(u8, u8)>()), 1..40)
    ) {
        let mut world = connected();
        let seen: Vec<_> = world.sent.iter().map(|sent| sent.bytes.clone()).collect();
        let from = Endpoint::from(LEFT.outer());
        for (kind, mut junk, length, (at, bit)) in datagrams {
            let mut datagram = match seen.get(usize::from(kind)) {
                Some(real) => {
                    let mut mutated = real.clone();
                    let place = usize::from(at) % mutated.len();
                    mutated[place] ^= 1 << (bit % 8);
                    mutated
                }
                None => {
                    junk.resize([148, 92, 64, junk.len()][length], 0);
                    junk.iter_mut().take(4).skip(1).for_each(|reserved| *reserved = 0);
                    junk
                }
            };
            let arrival = Arrival { from, tos: bit };
            let _ = world.right.node.handle_datagram(world.now, arrival, &mut datagram);
            let _ = world.right.node.handle_packet(world.now, &datagram);
            world.run_for(millis(10));
        }
        world.send_right(b"still there");
        world.run_for(secs(1));
        let payloads = world.right.payloads();
        prop_assert_eq!(payloads.last(), Some(&&b"still there"[..]));
    }

    #[test]
    fn every_packet_arrives_at_most_once_and_unchanged(seed in any::<u64>(), loss in 0.0..0.5f64) {
        let mut world = pair();
        world.travel(&bad_path(loss), seed);
        for number in 0..200u32 {
            world.send_right(&number.to_le_bytes());
            world.send_left(&number.to_le_bytes());
            world.run_for(secs(1));
        }
        for host in [&world.left, &world.right] {
            let mut numbers: Vec<u32> = host
                .payloads()
                .iter()
                .map(|payload| u32::from_le_bytes((*payload).try_into().unwrap()))
                .collect();
            let count = numbers.len();
            numbers.sort();
            numbers.dedup();
            prop_assert_eq!(numbers.len(), count);
            prop_assert!(numbers.iter().all(|number| *number < 200));
            prop_assert!(count as f64 > 100.0 * (1.0 - loss), "{count} of 200");
        }
    }
}
