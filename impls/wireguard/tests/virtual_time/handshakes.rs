//! Handshakes: first contact, retries, replays, keys.

use wireguard::{Dropped, HandshakeRetry, PresharedKey, PrivateKey};

use crate::world::*;

#[test]
fn a_first_packet_waits_for_a_handshake_and_then_goes() {
    let mut world = pair();
    world.send_right(b"first");
    world.run_for(DELAY * 3);
    assert_eq!(world.right.payloads(), [b"first"]);
    assert_eq!(
        world.right.inbox[0].0,
        DELAY * 3,
        "one and a half round trips"
    );
    let lengths: Vec<_> = world.sent.iter().map(|sent| sent.bytes.len()).collect();
    assert_eq!(lengths, [148, 92, 64]);
}

#[test]
fn the_initiator_confirms_the_session_even_with_nothing_to_send() {
    let mut world = pair();
    let peer = only_peer(&world.left.node);
    world
        .left
        .node
        .set_persistent_keepalive(world.now, peer, 25);
    world.run_for(secs(1));
    assert_eq!(world.count(Sent::is_keepalive), 1);
    world.send_left(b"back");
    world.run_for(secs(1));
    assert_eq!(world.left.payloads(), [b"back"]);
    assert_eq!(world.count(Sent::is_initiation), 1);
}

#[test]
fn a_responder_is_silent_until_the_session_is_confirmed() {
    let mut world = pair();
    world.fate = Box::new(|sent| {
        if sent.bytes[0] == 4 {
            vec![]
        } else {
            vec![DELAY]
        }
    });
    world.send_right(b"lost");
    world.run_for(DELAY * 3);
    world.send_left(b"early");
    world.run_for(secs(1));
    let right = world.right.outer;
    assert_eq!(
        world.count(|sent| sent.from == right && sent.bytes[0] == 4),
        0
    );
}

#[test]
fn a_lost_initiation_is_repeated_after_five_seconds_and_given_up_after_twenty() {
    let mut world = pair();
    world.fate = Box::new(|_| vec![]);
    world.send_right(b"first");
    world.run_for(secs(700));
    let times = world.times(Sent::is_initiation);
    assert_eq!(times.len(), 20);
    for pair in times.windows(2) {
        let gap = pair[1] - pair[0];
        assert!((millis(5000)..=millis(5333)).contains(&gap), "{gap:?}");
    }
    assert_eq!(world.sent.len(), 20);
    assert_eq!(world.left.node.poll_timeout(), None);

    world.fate = Box::new(|_| vec![DELAY]);
    world.send_right(b"second");
    world.run_for(secs(1));
    assert_eq!(
        world.right.payloads(),
        [b"second"],
        "the first was given up with the handshake"
    );
}

#[test]
fn retries_are_jittered() {
    let mut world = pair();
    world.fate = Box::new(|_| vec![]);
    world.send_right(b"first");
    world.run_for(secs(60));
    let times = world.times(Sent::is_initiation);
    let mut gaps: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    gaps.dedup();
    assert!(gaps.len() > 5, "{gaps:?}");
}

#[test]
fn an_eager_initiator_repeats_after_a_quarter_of_a_second() {
    let mut world = pair();
    world.left.node.set_handshake_retry(HandshakeRetry::Eager);
    world.fate = Box::new(|_| vec![]);
    world.send_right(b"first");
    world.run_for(secs(90));
    let times = world.times(Sent::is_initiation);
    let gaps: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    for (gap, expected) in gaps
        .iter()
        .zip([250, 500, 1000, 2000, 4000, 5000, 5000, 5000])
    {
        assert!(
            (millis(expected)..=millis(expected + 333)).contains(gap),
            "{gaps:?}"
        );
    }
    assert_eq!(times.len(), 20);
}

#[test]
fn packets_that_wait_are_128_and_the_oldest_goes_first() {
    let mut world = pair();
    for number in 0..200u8 {
        world.send_right(&[number]);
    }
    world.run_for(secs(1));
    let payloads: Vec<u8> = world
        .right
        .payloads()
        .iter()
        .map(|payload| payload[0])
        .collect();
    assert_eq!(payloads, (72..200).collect::<Vec<u8>>());
}

#[test]
fn both_ends_may_begin_at_once() {
    let mut world = pair();
    world.send_right(b"from left");
    world.send_left(b"from right");
    world.run_for(DELAY * 4);
    assert_eq!(world.right.payloads(), [b"from left"]);
    assert_eq!(world.left.payloads(), [b"from right"]);
    assert_eq!(world.count(Sent::is_initiation), 2);
}

#[test]
fn a_replayed_initiation_is_not_answered() {
    let mut world = connected();
    let initiation = world.first(Sent::is_initiation);
    world.put(initiation.from, initiation.to, initiation.bytes);
    world.run_for(secs(1));
    assert_eq!(world.right.node.dropped(Dropped::Replayed), 1);
    assert_eq!(world.count(Sent::is_response), 1);
}

#[test]
fn a_replayed_initiation_is_not_answered_after_the_session_is_forgotten() {
    let mut world = connected();
    let initiation = world.first(Sent::is_initiation);
    world.run_for(secs(1000));
    world.put(initiation.from, initiation.to, initiation.bytes);
    world.run_for(secs(1));
    assert_eq!(world.right.node.dropped(Dropped::Replayed), 1);
}

#[test]
fn a_wall_clock_that_goes_back_does_not_stop_handshakes() {
    let mut world = connected();
    world.left.node.set_wall_clock(EPOCH - secs(86_400));
    world.run_for(secs(200));
    world.send_right(b"again");
    world.run_for(secs(1));
    assert_eq!(world.right.payloads().last(), Some(&&b"again"[..]));
}

#[test]
fn a_preshared_key_must_be_the_same_on_both_ends() {
    let mut world = pair();
    let (left, right) = (only_peer(&world.left.node), only_peer(&world.right.node));
    world
        .left
        .node
        .set_preshared_key(left, PresharedKey::from_bytes([5; 32]));
    world.send_right(b"first");
    world.run_for(secs(1));
    assert_eq!(world.left.node.dropped(Dropped::Forged), 1);
    world
        .right
        .node
        .set_preshared_key(right, PresharedKey::from_bytes([5; 32]));
    world.run_for(secs(6));
    assert_eq!(world.right.payloads(), [b"first"]);
}

#[test]
fn a_new_preshared_key_keeps_the_session_and_counts_from_the_next_handshake() {
    let mut world = connected();
    let left = only_peer(&world.left.node);
    world
        .left
        .node
        .set_preshared_key(left, PresharedKey::from_bytes([5; 32]));
    world.send_right(b"still");
    world.run_for(secs(130));
    assert_eq!(world.right.payloads().last(), Some(&&b"still"[..]));
    world.send_right(b"and still");
    world.run_for(secs(1));
    assert_eq!(world.left.node.dropped(Dropped::Forged), 1);
}

#[test]
fn a_new_private_key_asks_for_a_new_session_at_once() {
    let mut world = connected();
    let key = PrivateKey::from_bytes([9; 32]);
    let peer = world.right.node.add_peer(key.public_key()).unwrap();
    world
        .right
        .node
        .insert_allowed_ip(peer, "10.0.0.1/32".parse().unwrap());
    world.left.node.set_private_key(Some(key));
    world.send_right(b"who am I");
    world.run_for(secs(1));
    assert_eq!(world.right.payloads().last(), Some(&&b"who am I"[..]));
    assert_eq!(world.count(Sent::is_initiation), 2);
}

#[test]
fn an_unknown_caller_is_not_answered() {
    let mut world = pair();
    world
        .left
        .node
        .set_private_key(Some(PrivateKey::from_bytes([9; 32])));
    world.send_right(b"hello");
    world.run_for(secs(1));
    assert_eq!(world.right.node.dropped(Dropped::UnknownPeer), 1);
    assert_eq!(world.sent.len(), 1);
}

#[test]
fn nobody_is_their_own_peer() {
    let mut device = LEFT.device_with(RIGHT);
    assert_eq!(device.add_peer(LEFT.key().public_key()), None);
    device.set_private_key(Some(RIGHT.key()));
    assert_eq!(
        device.peers().count(),
        0,
        "a peer that we become is removed"
    );
}

#[test]
fn a_peer_of_small_order_is_never_spoken_to() {
    let mut world = pair();
    let peer = world
        .left
        .node
        .add_peer(wireguard::PublicKey::from_bytes([0; 32]))
        .unwrap();
    world.left.node.set_endpoint(peer, RIGHT.outer());
    world
        .left
        .node
        .insert_allowed_ip(peer, "10.0.0.2/32".parse().unwrap());
    world.send_right(b"hello");
    world.run_for(secs(100));
    assert_eq!(world.sent, []);
}
