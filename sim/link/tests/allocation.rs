//! A path that has seen its load, and a heavier one, allocates nothing for further packets.

use std::time::Duration;

use link::{Direction, Packet, Path, PathSpec, Seed, Time};

/// Send bursts of 20 packets, `gap` apart, first of one flow, then of the next, and take what arrives and what is dropped.
fn send(path: &mut Path<()>, now: &mut Time, gap: Duration) {
    for n in 0..10_000u64 {
        if n.is_multiple_of(20) {
            *now += gap;
        }
        path.give(Packet::new(1_000, n / 2_000, ()), *now);
        while path.take(*now).is_some() {}
        while path.take_drop().is_some() {}
    }
}

#[test]
fn nothing_is_allocated_for_a_packet_in_the_steady_state() {
    let queues = [
        "DropTail(packets: 100)",
        "DropHead(packets: 100)",
        "CoDel(packets: 100)",
        "FqCoDel(packets: 100)",
        "Pie(packets: 100)",
    ];
    for queue in queues {
        let text = format!(
            r#"#![enable(implicit_some)] (
                delay: Normal(mean: "50ms", sd: "5ms"),
                overtaking: true,
                loss: GilbertElliott(p: 0.01, r: 0.3),
                rate: Constant("50Mbit/s"),
                queue: {queue},
                duplicate: 0.01,
                corrupt: Packets(0.01),
                reorder: (probability: 0.01, hold: "5ms"),
            )"#
        );
        let spec: PathSpec = ron::from_str(&text).unwrap();
        let mut path = Path::new(&spec, Seed(1).path("wan", Direction::Up)).unwrap();
        let mut now = Time::ZERO;
        for gap in [1, 2, 1, 2, 1, 2] {
            send(&mut path, &mut now, Duration::from_millis(gap));
        }
        let allocated =
            allocation_counter::measure(|| send(&mut path, &mut now, Duration::from_millis(2)));
        assert_eq!(allocated.count_total, 0, "{queue}");
    }
}
