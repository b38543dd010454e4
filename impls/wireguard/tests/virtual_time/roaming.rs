//! Peers that move.

use std::net::SocketAddr;

use wireguard::Device;

use crate::world::*;

fn endpoint(device: &Device) -> Option<SocketAddr> {
    device.peer(only_peer(device)).unwrap().endpoint
}

fn elsewhere() -> SocketAddr {
    "198.51.100.7:4711".parse().unwrap()
}

#[test]
fn a_peer_is_where_its_last_authentic_datagram_came_from() {
    let mut world = connected();
    world.left.outer = elsewhere();
    world.send_right(b"I moved");
    world.run_for(millis(100));
    assert_eq!(endpoint(&world.right.node), Some(elsewhere()));
    world.send_left(b"welcome");
    world.run_for(millis(100));
    assert_eq!(world.left.payloads(), [b"welcome"]);
}

#[test]
fn a_forged_or_replayed_datagram_moves_nobody() {
    let mut world = connected();
    let data = world.first(|sent| sent.bytes[0] == 4).bytes;
    let mut forged = data.clone();
    forged[8] = 77;
    let initiation = world.first(Sent::is_initiation).bytes;
    for bytes in [data, forged, initiation] {
        world.put(elsewhere(), RIGHT.outer(), bytes);
    }
    world.run_for(secs(1));
    assert_eq!(endpoint(&world.right.node), Some(LEFT.outer()));
    assert_eq!(dropped(&world.right.node), 3);
}

#[test]
fn a_change_of_network_is_told_at_once_though_only_the_other_end_sends() {
    let mut world = connected();
    world.run_for(secs(30));
    for number in 0..100 {
        world.send_left(&[number]);
        world.run_for(millis(10));
        if number == 50 {
            world.left.outer = elsewhere();
            world.left.node.handle_network_change(world.now);
        }
    }
    world.run_for(secs(1));
    let lost = 100 - world.left.payloads().len();
    assert!(lost <= 3, "{lost} lost");
    assert_eq!(endpoint(&world.right.node), Some(elsewhere()));
}

#[test]
fn a_change_of_network_is_told_four_times_until_the_peer_is_heard() {
    let mut world = connected();
    world.run_for(secs(30));
    let start = world.now;
    world.left.node.handle_network_change(world.now);
    world.run_for(secs(5));
    let times =
        |world: &World<Device, Device>| world.times(|sent| sent.is_keepalive() && sent.at >= start);
    let expected = [0, 100, 300, 900].map(|after| start + millis(after));
    assert_eq!(times(&world), expected);

    world.left.node.handle_network_change(world.now);
    world.run_for(millis(50));
    world.send_left(b"I hear you");
    world.run_for(secs(5));
    assert_eq!(times(&world).len(), 5);
}

#[test]
fn a_stream_to_a_peer_whose_nat_rebinds_goes_on_within_a_second() {
    let mut world = connected();
    world.run_for(secs(30));
    for number in 0..100 {
        world.send_left(&[number]);
        world.run_for(millis(100));
        if number == 50 {
            world.left.outer = elsewhere();
        }
    }
    let lost = 100 - world.left.payloads().len();
    assert!(lost <= 7, "{lost} lost");
    assert_eq!(endpoint(&world.right.node), Some(elsewhere()));
}

#[test]
fn a_stream_that_ends_is_asked_after_once() {
    let mut world = connected();
    world.run_for(secs(30));
    for number in 0..20 {
        world.send_left(&[number]);
        world.run_for(millis(100));
    }
    let end = world.now;
    world.run_for(secs(60));
    let asked = world.times(|sent| sent.is_keepalive() && sent.at >= end);
    // The last came in 90 ms before: it was 10 ms on the way.
    assert_eq!(asked, [end + millis(500 - 90)]);
}

#[test]
fn a_change_of_network_says_nothing_to_peers_without_a_session() {
    let mut world = pair();
    world.left.node.handle_network_change(world.now);
    world.run_for(secs(5));
    assert_eq!(world.sent, []);
}
