//! How long a session is used.

use wireguard::Device;

use crate::world::*;

fn initiations(world: &World<Device, Device>, from: Who) -> usize {
    world.count(|sent| sent.is_initiation() && sent.from == from.outer())
}

#[test]
fn the_initiator_asks_for_a_new_session_when_it_sends_after_120_seconds() {
    let mut world = connected();
    world.run_for(millis(118_500));
    world.send_right(b"before");
    assert_eq!(initiations(&world, LEFT), 1);
    world.run_for(secs(1));
    world.send_right(b"after");
    assert_eq!(initiations(&world, LEFT), 2);
}

#[test]
fn the_responder_does_not() {
    let mut world = connected();
    for _ in 0..17 {
        world.run_for(secs(10));
        world.send_left(b"data");
    }
    assert_eq!(initiations(&world, RIGHT), 0);
}

#[test]
fn the_initiator_asks_once_when_it_receives_after_165_seconds() {
    let mut world = connected();
    world.run_for(millis(163_500));
    world.send_left(b"before");
    world.run_for(secs(1));
    assert_eq!(initiations(&world, LEFT), 1);
    world.fate = Box::new(|sent| {
        if sent.is_initiation() {
            vec![]
        } else {
            vec![DELAY]
        }
    });
    world.run_for(secs(1));
    for _ in 0..10 {
        world.send_left(b"after");
        world.run_for(millis(200));
    }
    assert_eq!(initiations(&world, LEFT), 2);
}

#[test]
fn after_180_seconds_a_session_is_of_no_use_in_either_direction() {
    let mut world = connected();
    world.run_for(secs(180));
    let before = world.sent.len();
    world.fate = Box::new(|sent| {
        if sent.is_initiation() {
            vec![]
        } else {
            vec![DELAY]
        }
    });
    world.send_right(b"too late");
    world.send_left(b"too late");
    world.run_for(secs(1));
    assert!(world.sent[before..].iter().all(Sent::is_initiation));
    assert_eq!(world.left.payloads().len(), 0);
}

#[test]
fn a_datagram_that_was_long_on_its_way_is_refused() {
    let mut world = connected();
    world.fate = Box::new(|_| vec![secs(180)]);
    world.send_right(b"slow");
    world.run_for(secs(181));
    assert_eq!(world.right.payloads(), [b"hello"]);
}

#[test]
fn a_day_of_traffic_rekeys_every_two_minutes_and_loses_nothing() {
    let mut world = connected();
    let day = 86_400;
    for _ in 0..day / 2 {
        world.send_right(b"ping");
        world.run_for(secs(1));
        world.send_left(b"pong");
        world.run_for(secs(1));
    }
    assert_eq!(world.right.payloads().len(), 1 + day / 2);
    assert_eq!(world.left.payloads().len(), day / 2);
    assert_eq!(initiations(&world, LEFT), 1 + day / 122);
    assert_eq!(initiations(&world, RIGHT), 0);
}

#[test]
fn keys_are_forgotten_nine_minutes_after_the_last_session_began() {
    let mut world = connected();
    world.run_for(secs(538));
    assert!(world.left.node.poll_timeout().is_some());
    world.run_for(secs(2));
    assert_eq!(world.left.node.poll_timeout(), None);
    assert_eq!(world.right.node.poll_timeout(), None);
}

#[test]
fn a_day_of_silence_costs_nothing() {
    let mut world = connected();
    world.run_for(secs(20));
    let before = world.sent.len();
    world.run_for(secs(86_400));
    assert_eq!(world.sent.len(), before);
}

#[test]
fn old_and_new_session_both_receive_while_datagrams_of_both_are_on_their_way() {
    let mut world = connected();
    world.run_for(secs(121));
    world.fate = Box::new(|sent| {
        vec![if sent.bytes[0] == 4 {
            millis(500)
        } else {
            DELAY
        }]
    });
    world.send_right(b"old");
    world.run_for(millis(100));
    world.send_right(b"new");
    world.run_for(secs(1));
    assert_eq!(world.right.payloads(), [&b"hello"[..], b"old", b"new"]);
    assert_eq!(initiations(&world, LEFT), 2);
}
