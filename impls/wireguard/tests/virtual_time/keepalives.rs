//! Keepalives, passive and persistent, and silence.

use crate::world::*;

#[test]
fn received_data_is_answered_with_a_keepalive_after_ten_seconds() {
    let mut world = connected();
    let received = world.right.inbox[0].0;
    world.run_for(secs(12));
    let right = world.right.outer;
    let keepalives = world.times(|sent| sent.is_keepalive() && sent.from == right);
    assert_eq!(keepalives, [received + secs(10)]);
}

#[test]
fn a_keepalive_is_not_answered() {
    let mut world = connected();
    world.run_for(secs(100));
    assert_eq!(world.count(Sent::is_keepalive), 1);
}

#[test]
fn data_in_the_other_direction_makes_the_keepalive_unnecessary() {
    let mut world = connected();
    world.run_for(secs(5));
    world.send_left(b"answer");
    world.run_for(secs(7));
    let right = world.right.outer;
    assert_eq!(
        world.count(|sent| sent.is_keepalive() && sent.from == right),
        0
    );
}

#[test]
fn data_while_a_keepalive_is_due_asks_for_another() {
    let mut world = connected();
    let received = world.right.inbox[0].0;
    world.run_for(secs(2));
    world.send_right(b"more");
    world.run_for(secs(30));
    let right = world.right.outer;
    let keepalives = world.times(|sent| sent.is_keepalive() && sent.from == right);
    assert_eq!(keepalives, [received + secs(10), received + secs(20)]);
}

#[test]
fn fifteen_seconds_without_an_answer_ask_for_a_new_session() {
    let mut world = connected();
    world.run_for(secs(20));
    world.fate = Box::new(|_| vec![]);
    let sent_at = world.now;
    world.send_right(b"anyone?");
    world.run_for(secs(8));
    world.send_right(b"anyone at all?");
    world.run_for(secs(8));
    let silence = *world.times(Sent::is_initiation).last().unwrap() - sent_at;
    assert!(
        (millis(15_000)..=millis(15_333)).contains(&silence),
        "{silence:?}"
    );
}

#[test]
fn a_one_sided_conversation_needs_no_new_session() {
    let mut world = connected();
    for _ in 0..100 {
        world.run_for(secs(1));
        world.send_right(b"data");
    }
    assert_eq!(world.count(Sent::is_initiation), 1);
}

#[test]
fn a_persistent_keepalive_is_sent_after_each_interval_of_silence() {
    let mut world = connected();
    world.run_for(secs(20));
    let peer = only_peer(&world.left.node);
    let left = world.left.outer;
    world
        .left
        .node
        .set_persistent_keepalive(world.now, peer, 25);
    let start = world.now;
    world.run_for(secs(60));
    let keepalives =
        world.times(|sent| sent.is_keepalive() && sent.from == left && sent.at >= start);
    assert_eq!(keepalives, [start, start + secs(25), start + secs(50)]);

    world.left.node.set_persistent_keepalive(world.now, peer, 0);
    let end = world.now;
    world.run_for(secs(60));
    assert_eq!(world.count(|sent| sent.at > end), 0);
}

#[test]
fn traffic_puts_the_persistent_keepalive_off() {
    let mut world = connected();
    let peer = only_peer(&world.left.node);
    world
        .left
        .node
        .set_persistent_keepalive(world.now, peer, 25);
    world.collect();
    let keepalives = world.count(Sent::is_keepalive);
    for _ in 0..10 {
        world.run_for(secs(5));
        world.send_right(b"data");
        world.send_left(b"data");
    }
    assert_eq!(world.count(Sent::is_keepalive), keepalives);
}

#[test]
fn an_interface_that_comes_up_sends_its_persistent_keepalives() {
    let mut world = pair();
    let peer = only_peer(&world.left.node);
    world.left.node.set_up(world.now, false);
    world
        .left
        .node
        .set_persistent_keepalive(world.now, peer, 25);
    world.run_for(secs(60));
    assert_eq!(world.sent.len(), 0);
    world.left.node.set_up(world.now, true);
    world.run_for(secs(1));
    assert_eq!(world.count(Sent::is_initiation), 1);
    assert_eq!(world.count(Sent::is_keepalive), 1);
}

#[test]
fn an_interface_that_goes_down_forgets_its_sessions() {
    let mut world = connected();
    world.right.node.set_up(world.now, false);
    world.send_right(b"nobody there");
    world.run_for(secs(1));
    assert_eq!(world.right.payloads(), [b"hello"]);
    world.right.node.set_up(world.now, true);
    world.send_left(b"here again");
    world.run_for(secs(1));
    assert_eq!(world.left.payloads(), [b"here again"]);
    assert_eq!(world.count(Sent::is_initiation), 2);
}
