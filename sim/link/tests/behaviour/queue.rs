//! Which packets get their turn, and when.

use std::time::Duration;

use link::{DropReason, Packet, Path, Payload, Time};

use crate::support::{Outcome, path, run_dry, send, take_until};

/// At this rate a packet of 1000 bytes takes 1 ms.
const RATE: &str = r#"rate: Constant("8Mbit/s")"#;

fn queue<P: Payload>(queue: &str) -> Path<P> {
    path(&format!("({RATE}, queue: {queue})"))
}

/// How long each packet that arrived had waited, its sending included, in milliseconds; packets were sent `gap` apart.
fn waits(outcome: &Outcome<()>, gap: Duration) -> Vec<f64> {
    let sent = |serial: u64| serial as f64 * gap.as_secs_f64() * 1e3;
    let arrivals = outcome.arrivals_in_millis().into_iter();
    arrivals
        .zip(&outcome.arrived)
        .map(|(at, packet)| at - sent(packet.serial))
        .collect()
}

fn assert_all_dropped_for(outcome: &Outcome<()>, reason: DropReason) {
    assert!(
        outcome
            .dropped
            .iter()
            .all(|dropped| dropped.reason == reason)
    );
}

#[test]
fn drop_tail_drops_what_arrives_at_the_limit() {
    let by_packets = send(&mut queue("DropTail(packets: 3)"), 6, 1_000, Duration::ZERO);
    assert_eq!(by_packets.serials(), [0, 1, 2, 3]); // 0 is being sent, the others wait.
    assert_eq!(by_packets.dropped_serials(), [4, 5]);
    assert_all_dropped_for(&by_packets, DropReason::QueueFull);
    let by_bytes = send(
        &mut queue(r#"DropTail(bytes: "2500B")"#),
        6,
        1_000,
        Duration::ZERO,
    );
    assert_eq!(by_bytes.serials(), [0, 1, 2]);
}

#[test]
fn drop_head_drops_what_has_waited_longest() {
    let by_packets = send(&mut queue("DropHead(packets: 3)"), 6, 1_000, Duration::ZERO);
    assert_eq!(by_packets.serials(), [0, 3, 4, 5]);
    assert_eq!(by_packets.dropped_serials(), [1, 2]);
    assert_all_dropped_for(&by_packets, DropReason::QueueFull);
    let by_bytes = send(
        &mut queue(r#"DropHead(bytes: "2500B")"#),
        6,
        1_000,
        Duration::ZERO,
    );
    assert_eq!(by_bytes.serials(), [0, 4, 5]);
}

#[test]
fn an_infinite_queue_and_none_drop_nothing() {
    for queue in [queue("Infinite"), path(&format!("({RATE})"))] {
        let mut queue = queue;
        let outcome = send(&mut queue, 5_000, 1_000, Duration::ZERO);
        assert_eq!(outcome.arrived.len(), 5_000);
    }
}

#[test]
fn codel_drops_after_an_interval_and_then_ever_more_often() {
    let gap = Duration::from_micros(500); // Twice what the link can send.
    let outcome = send(&mut queue("CoDel()"), 4_000, 1_000, gap);
    assert_all_dropped_for(&outcome, DropReason::Aqm);
    let drops: Vec<f64> = outcome
        .dropped
        .iter()
        .map(|d| d.packet.at.as_nanos() as f64 / 1e6)
        .collect();
    // The wait reaches 5 ms after 10 ms, and is too long for an interval 100 ms later.
    assert_eq!(drops[0], 110.0);
    let mut expected = drops[0];
    for (count, drop) in (1..).zip(&drops[1..15]) {
        expected += 100.0 / f64::from(count).sqrt();
        assert!(
            (0.0..=1.0).contains(&(drop - expected)),
            "{drop} is not {expected}"
        );
    }
}

#[test]
fn codel_leaves_a_burst_and_a_short_queue_alone() {
    let burst = send(&mut queue("CoDel()"), 90, 1_000, Duration::ZERO);
    assert_eq!(burst.dropped, []);
    let full_load = send(
        &mut queue("CoDel()"),
        10_000,
        1_000,
        Duration::from_millis(1),
    );
    assert_eq!(full_load.dropped, []);
}

#[test]
fn codel_starts_again_at_the_rate_that_worked_if_that_was_recent() {
    let mut path = queue("CoDel()");
    let mut outcome = Outcome {
        arrived: vec![],
        dropped: vec![],
    };
    let mut overload = |from: u64| {
        let before = outcome.dropped.len();
        for n in 0..2_000 {
            let now = Time::from_millis(from) + n * Duration::from_micros(500);
            take_until(&mut path, now, &mut outcome);
            path.give(Packet::new(1_000, 0, ()), now);
        }
        take_until(&mut path, Time::from_millis(from + 2_500), &mut outcome);
        outcome.dropped.len() - before
    };
    let (first, soon, long_after) = (overload(0), overload(2_500), overload(100_000));
    assert!(soon > first + 5, "{soon} is not well above {first}");
    assert_eq!(long_after, first);
}

/// An IPv4 header whose packet may be marked.
fn capable() -> Vec<u8> {
    let mut header = vec![0; 20];
    header[..2].copy_from_slice(&[0x45, 0b10]);
    header
}

fn is_marked(packet: &Packet<Vec<u8>>) -> bool {
    packet.payload[1] == 0b11
}

#[test]
fn with_ecn_packets_that_can_be_are_marked_and_the_others_dropped() {
    for aqm in ["CoDel(ecn: true)", "FqCoDel(ecn: true)"] {
        let mut path = queue(aqm);
        let mut outcome = Outcome {
            arrived: vec![],
            dropped: vec![],
        };
        for n in 0..2_000 {
            let now = Time::ZERO + n * Duration::from_micros(500);
            take_until(&mut path, now, &mut outcome);
            let payload = if n % 2 == 0 { capable() } else { vec![0; 20] };
            path.give(Packet::new(1_000, 0, payload), now);
        }
        run_dry(&mut path, &mut outcome);
        let is_marked = |packet: &&Packet<Vec<u8>>| packet.payload[1] == 0b11;
        assert!(
            outcome.arrived.iter().any(|packet| is_marked(&packet)),
            "{aqm} marked nothing"
        );
        assert!(!outcome.dropped.is_empty(), "{aqm} dropped nothing");
        assert!(
            outcome
                .dropped
                .iter()
                .all(|dropped| dropped.packet.payload[1] == 0),
            "{aqm}"
        );
    }
}

#[test]
fn with_ecn_pie_marks_until_the_probability_is_high_and_then_drops() {
    let mut path = queue("Pie(ecn: true)");
    let mut outcome = Outcome {
        arrived: vec![],
        dropped: vec![],
    };
    for n in 0..10_000 {
        let now = Time::ZERO + n * Duration::from_micros(500);
        take_until(&mut path, now, &mut outcome);
        path.give(Packet::new(1_000, 0, capable()), now);
    }
    run_dry(&mut path, &mut outcome);
    assert!(outcome.arrived.iter().any(is_marked));
    assert!(outcome.dropped.len() > 3_000);
}

/// Send packets of flow 1 at twice the link's rate, and one of flow 2 every 50 ms.
fn bulk_and_sparse(path: &mut Path<()>) -> Outcome<()> {
    let mut outcome = Outcome {
        arrived: vec![],
        dropped: vec![],
    };
    for n in 0..4_000 {
        let now = Time::ZERO + n * Duration::from_micros(500);
        take_until(path, now, &mut outcome);
        path.give(Packet::new(1_000, 1, ()), now);
        if n % 100 == 99 {
            path.give(Packet::new(100, 2, ()), now);
        }
    }
    run_dry(path, &mut outcome);
    outcome
}

#[test]
fn fq_codel_lets_a_sparse_flow_pass_a_bulk_flow() {
    let outcome = bulk_and_sparse(&mut queue("FqCoDel()"));
    let sparse: Vec<_> = outcome
        .arrived
        .iter()
        .filter(|packet| packet.flow == 2)
        .collect();
    assert_eq!(sparse.len(), 40);
    for (n, packet) in (1..).zip(sparse) {
        let sent = n * Duration::from_millis(50) - Duration::from_micros(500);
        let wait = packet.at - (Time::ZERO + sent);
        // What is being sent, and what has the rest of its quantum.
        assert!(wait <= Duration::from_micros(2_200), "{wait:?}");
    }
}

#[test]
fn fq_codel_shares_by_bytes_between_flows_of_different_packets() {
    let mut path = queue("FqCoDel(packets: 200)");
    let mut outcome = Outcome {
        arrived: vec![],
        dropped: vec![],
    };
    for n in 0..20_000 {
        let now = Time::ZERO + n * Duration::from_micros(250);
        take_until(&mut path, now, &mut outcome);
        let len = if n % 4 == 0 { 1_200 } else { 400 };
        path.give(Packet::new(len, u64::from(len), ()), now);
    }
    let bytes =
        |len| 1.0 * outcome.arrived.iter().filter(|p| p.len == len).count() as f64 * f64::from(len);
    let ratio = bytes(1_200) / bytes(400);
    assert!((0.95..1.05).contains(&ratio), "{ratio}");
}

#[test]
fn fq_codel_drops_from_the_longest_flow_at_its_limit() {
    let mut path = queue::<()>("FqCoDel(packets: 50)");
    for n in 0..100 {
        path.give(Packet::new(1_000, u64::from(n % 10 == 0), ()), Time::ZERO);
    }
    let mut outcome = Outcome {
        arrived: vec![],
        dropped: vec![],
    };
    run_dry(&mut path, &mut outcome);
    let full = outcome
        .dropped
        .iter()
        .filter(|dropped| dropped.reason == DropReason::QueueFull);
    assert!(full.clone().count() >= 49);
    assert!(full.clone().all(|dropped| dropped.packet.flow == 0));
}

#[test]
fn fq_codel_copes_with_packets_of_no_length() {
    let outcome = send(&mut queue("FqCoDel(packets: 5)"), 20, 0, Duration::ZERO);
    assert_eq!(outcome.arrived.len() + outcome.dropped.len(), 20);
}

#[test]
fn pie_drops_what_is_too_much_and_keeps_the_wait_near_its_target() {
    let gap = Duration::from_micros(800); // 1.25 times what the link can send.
    let outcome = send(&mut queue("Pie()"), 100_000, 1_000, gap);
    assert_all_dropped_for(&outcome, DropReason::Aqm);
    let settled = waits(&outcome, gap).split_off(40_000);
    let mean = settled.iter().sum::<f64>() / settled.len() as f64;
    assert!((14.0..18.0).contains(&mean), "{mean}");
    let share = outcome.dropped.len() as f64 / 100_000.0;
    assert!((0.19..0.21).contains(&share), "{share}");
}

#[test]
fn pie_leaves_a_burst_and_a_short_queue_alone() {
    let burst = send(&mut queue("Pie()"), 100, 1_000, Duration::ZERO);
    assert_eq!(burst.dropped, []);
    let full_load = send(&mut queue("Pie()"), 10_000, 1_000, Duration::from_millis(1));
    assert_eq!(full_load.dropped, []);
}

#[test]
fn active_queues_respect_a_limit_too() {
    for queue in [
        "CoDel(packets: 5)",
        "FqCoDel(packets: 5)",
        "Pie(packets: 5)",
    ] {
        let outcome = send(&mut self::queue(queue), 20, 1_000, Duration::ZERO);
        // FQ-CoDel makes room for more than one packet at once.
        assert!((4..=6).contains(&outcome.arrived.len()), "{queue}");
        assert_all_dropped_for(&outcome, DropReason::QueueFull);
    }
}
