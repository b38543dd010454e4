//! Floods of handshakes.

use std::net::{Ipv4Addr, SocketAddr};

use wireguard::{Arrival, Dropped, Endpoint, receiver_of};

use crate::world::*;

/// Initiations with valid MACs that left would send to right, one a peer of left's that right does not know.
fn flood(count: u32) -> Vec<Vec<u8>> {
    (0..count)
        .map(|number| {
            let mut device = Who(3).device_with(RIGHT);
            let mut key = [9; 32];
            key[1..5].copy_from_slice(&number.to_le_bytes());
            device.set_private_key(Some(wireguard::PrivateKey::from_bytes(key)));
            device
                .handle_packet(secs(0), &packet(Who(3), RIGHT, b""))
                .unwrap();
            device.poll_transmit().unwrap().contents
        })
        .collect()
}

fn source(number: usize) -> SocketAddr {
    (Ipv4Addr::from_bits(0xc633_6400 + number as u32), 1000).into()
}

#[test]
fn under_load_a_caller_must_show_a_cookie() {
    let mut world = pair();
    for (number, initiation) in flood(600).into_iter().enumerate() {
        world.put(source(number), RIGHT.outer(), initiation);
    }
    world.run_for(DELAY);
    assert_eq!(world.right.node.dropped(Dropped::UnknownPeer), 512);
    assert_eq!(world.right.node.dropped(Dropped::UnderLoad), 88);

    world.send_right(b"let me in");
    world.run_for(millis(500));
    assert_eq!(world.right.payloads().len(), 0);
    assert!(
        world
            .sent
            .iter()
            .any(|sent| sent.is_cookie_reply() && sent.to == LEFT.outer())
    );

    for initiation in flood(600) {
        world.put(source(0), RIGHT.outer(), initiation);
    }
    world.run_for(secs(5));
    for initiation in flood(600) {
        world.put(source(0), RIGHT.outer(), initiation);
    }
    world.run_for(secs(1));
    assert_eq!(
        world.right.payloads(),
        [b"let me in"],
        "with its cookie it is answered though load goes on"
    );
}

#[test]
fn an_initiation_without_mac1_is_not_answered_and_is_no_load() {
    let mut world = pair();
    for (number, mut initiation) in flood(600).into_iter().enumerate() {
        initiation[116] ^= 1;
        world.put(source(number), RIGHT.outer(), initiation);
    }
    world.run_for(secs(1));
    assert_eq!(world.right.node.dropped(Dropped::WrongMac1), 600);
    assert_eq!(world.count(|sent| sent.from == RIGHT.outer()), 0);
}

#[test]
fn a_cookie_reply_does_not_move_the_peer() {
    let mut world = pair();
    world.send_right(b"hello");
    for (number, initiation) in flood(600).into_iter().enumerate() {
        world.put(source(number), RIGHT.outer(), initiation);
    }
    let before = world
        .left
        .node
        .peer(only_peer(&world.left.node))
        .unwrap()
        .endpoint;
    world.run_for(millis(100));
    let reply = world.first(Sent::is_cookie_reply).bytes;
    world.put(source(1), LEFT.outer(), reply);
    world.run_for(millis(100));
    let after = world
        .left
        .node
        .peer(only_peer(&world.left.node))
        .unwrap()
        .endpoint;
    assert_eq!(before, after);
}

/// As a device with threads does it, that opens datagrams outside its lock, and as one without does.
#[test]
fn forged_data_is_counted_wherever_it_is_opened() {
    let mut world = connected();
    world.send_right(b"real");
    let mut forged = world.sent.last().unwrap().bytes.clone();
    *forged.last_mut().unwrap() ^= 1;
    let (now, right) = (world.now, &mut world.right.node);

    let receiver = receiver_of(&forged).unwrap();
    let keys = right.receiving_keys(now, receiver).unwrap();
    assert_eq!(keys.open(&mut forged.clone()), None);
    right.reject_forged();
    assert_eq!(right.dropped(Dropped::Forged), 1);

    let arrival = Arrival {
        from: Endpoint::from(LEFT.outer()),
        tos: 0,
    };
    assert_eq!(
        right.handle_datagram(now, arrival, &mut forged),
        Err(Dropped::Forged)
    );
    assert_eq!(right.dropped(Dropped::Forged), 2);
}
