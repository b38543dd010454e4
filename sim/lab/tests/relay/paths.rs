//! What the relay does to packets, and what it does when it is told something else.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use lab::shaper::Shaper;
use link::{Direction, PathSpec};
use ron::extensions::Extensions;

use crate::datagrams::{receive, receive_until, send};
use crate::isolation::isolated;
use crate::two_hosts::TwoHosts;

pub(crate) fn spec(ron: &str) -> PathSpec {
    ron::Options::default()
        .with_default_extension(Extensions::IMPLICIT_SOME)
        .from_str(ron)
        .unwrap()
}

#[test]
fn an_echo_takes_no_less_than_the_delays_of_both_directions() {
    isolated(|| {
        let hosts = TwoHosts::new();
        let (up, down) = (
            spec(r#"(delay: Constant("12ms"))"#),
            spec(r#"(delay: Constant("5ms"))"#),
        );
        hosts.connect(0, &up, &down, None).unwrap();
        let [client, server] = hosts.sockets(0);
        for number in 0..20 {
            let sent = Instant::now();
            send(&client, [number]);
            send(&server, [receive(&server).unwrap()]);
            assert_eq!(receive(&client).unwrap(), number);
            assert!(sent.elapsed() >= Duration::from_millis(17));
        }
        let report = hosts.relay.stop().unwrap();
        assert_eq!(report.lateness.packets, 40);
        assert!(report.lateness.p50 > Duration::ZERO);
    });
}

#[test]
fn a_perfect_path_keeps_every_packet_and_their_order() {
    isolated(|| {
        let hosts = TwoHosts::new();
        hosts.connect(0, &spec("()"), &spec("()"), None).unwrap();
        let [client, server] = hosts.sockets(0);
        for round in 0..20 {
            send(&client, round * 50..(round + 1) * 50);
            let received: Vec<u64> = (0..50).map(|_| receive(&server).unwrap()).collect();
            assert_eq!(received, Vec::from_iter(round * 50..(round + 1) * 50));
        }
        assert_eq!(hosts.relay.report().unwrap().lateness.packets, 0);
    });
}

#[test]
fn a_cut_drops_what_is_sent_until_it_is_healed_and_leaves_the_other_direction_alone() {
    isolated(|| {
        let hosts = TwoHosts::new();
        let link = hosts.connect(0, &spec("()"), &spec("()"), None).unwrap();
        let [client, server] = hosts.sockets(0);

        hosts.relay.cut(link, Direction::Up).unwrap();
        send(&client, 0..10);
        assert_eq!(receive_until(&server, &client, 99), []);
        hosts.relay.heal(link, Direction::Up).unwrap();
        send(&client, 10..20);
        assert_eq!(receive_until(&client, &server, 99), Vec::from_iter(10..20));
    });
}

#[test]
fn what_is_under_way_when_a_path_is_cut_still_arrives() {
    isolated(|| {
        let hosts = TwoHosts::new();
        let slow = spec(r#"(delay: Constant("100ms"))"#);
        let link = hosts.connect(0, &slow, &spec("()"), None).unwrap();
        let [client, server] = hosts.sockets(0);
        send(&client, 0..10);
        // An answer from the other direction shows that the relay has taken the ten in by now.
        receive_until(&server, &client, 99);
        hosts.relay.cut(link, Direction::Up).unwrap();
        let received: Vec<u64> = (0..10).map(|_| receive(&server).unwrap()).collect();
        assert_eq!(received, Vec::from_iter(0..10));
    });
}

#[test]
fn a_changed_path_treats_packets_as_it_is_told_from_then_on() {
    isolated(|| {
        let hosts = TwoHosts::new();
        let deaf = spec("(loss: Bernoulli(1.0))");
        let link = hosts.connect(0, &deaf, &spec("()"), None).unwrap();
        let [client, server] = hosts.sockets(0);
        send(&client, 0..10);
        receive_until(&server, &client, 99);
        hosts
            .relay
            .change(link, Direction::Up, &spec("()"))
            .unwrap();
        assert_eq!(receive_until(&client, &server, 99), []);
    });
}

#[test]
fn a_duplicated_packet_arrives_twice() {
    isolated(|| {
        let hosts = TwoHosts::new();
        hosts
            .connect(0, &spec("(duplicate: 1.0)"), &spec("()"), None)
            .unwrap();
        let [client, server] = hosts.sockets(0);
        send(&client, 0..10);
        let received: Vec<u64> = (0..20).map(|_| receive(&server).unwrap()).collect();
        assert_eq!(
            received,
            Vec::from_iter((0..10).flat_map(|number| [number; 2]))
        );
    });
}

#[test]
fn a_packet_that_is_held_back_arrives_after_those_that_followed_it() {
    isolated(|| {
        let hosts = TwoHosts::new();
        let reordering = spec(r#"(reorder: (probability: 0.5, hold: "50ms"))"#);
        hosts
            .connect(0, &reordering, &PathSpec::default(), None)
            .unwrap();
        let [client, server] = hosts.sockets(0);
        send(&client, 0..20);
        let received: Vec<u64> = (0..20).map(|_| receive(&server).unwrap()).collect();
        assert!(!received.is_sorted(), "{received:?}");
        let mut sorted = received;
        sorted.sort_unstable();
        assert_eq!(sorted, Vec::from_iter(0..20));
    });
}

#[test]
fn what_is_corrupted_beyond_recognition_does_not_stop_what_follows() {
    isolated(|| {
        let hosts = TwoHosts::new();
        let corrupting = spec("(corrupt: Bits(0.5))");
        let link = hosts
            .connect(0, &corrupting, &PathSpec::default(), None)
            .unwrap();
        let [client, server] = hosts.sockets(0);
        send(&client, 0..10);
        receive_until(&server, &client, 99);
        hosts
            .relay
            .change(link, Direction::Up, &PathSpec::default())
            .unwrap();
        assert_eq!(receive_until(&client, &server, 99), []);
    });
}

#[test]
fn a_removed_link_takes_its_interfaces_along() {
    isolated(|| {
        let hosts = TwoHosts::new();
        let link = hosts.connect(0, &spec("()"), &spec("()"), None).unwrap();
        hosts.client.command("ip link show wan0");
        hosts.relay.remove(link).unwrap();
        for host in [&hosts.client, &hosts.server] {
            host.command("ip tuntap add wan0 mode tun");
        }
        let error = hosts.relay.cut(link, Direction::Up).unwrap_err();
        assert_eq!(error.to_string(), "the link has been removed");
    });
}

#[test]
fn a_stopped_relay_leaves_no_interface_behind() {
    isolated(|| {
        let hosts = TwoHosts::new();
        hosts.connect(0, &spec("()"), &spec("()"), None).unwrap();
        hosts.relay.stop().unwrap();
        for host in [&hosts.client, &hosts.server] {
            host.command("ip tuntap add wan0 mode tun");
        }
    });
}

#[test]
fn a_flood_on_one_link_does_not_starve_another() {
    isolated(|| {
        let hosts = TwoHosts::new();
        hosts.connect(0, &spec("()"), &spec("()"), None).unwrap();
        hosts.connect(1, &spec("()"), &spec("()"), None).unwrap();
        let [flooding, _flooded] = hosts.sockets(0);
        let [client, server] = hosts.sockets(1);
        let flood = AtomicBool::new(true);
        thread::scope(|scope| {
            scope.spawn(|| {
                while flood.load(Ordering::Relaxed) {
                    send(&flooding, 0..100);
                }
            });
            for number in 0..200 {
                send(&client, [number]);
                assert_eq!(receive(&server).unwrap(), number);
            }
            flood.store(false, Ordering::Relaxed);
        });
    });
}

#[test]
fn a_name_that_is_taken_is_an_error_that_says_so() {
    isolated(|| {
        let hosts = TwoHosts::new();
        hosts.client.command("ip tuntap add wan0 mode tap");
        let error = hosts
            .connect(0, &spec("()"), &spec("()"), None)
            .unwrap_err();
        insta::assert_snapshot!(error, @"cannot make the interface wan0: Invalid argument (os error 22)");
    });
}
