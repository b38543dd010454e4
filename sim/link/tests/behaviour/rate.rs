//! When packets leave a link of limited rate.

use std::time::Duration;

use link::trace::Trace;
use link::{Packet, Path, PathSpec, Rate, Source, Time};
use proptest::prelude::*;

use crate::support::{Outcome, path, run_dry, send, spec, take_until};

#[test]
fn ten_million_packets_at_10_gbit_per_second_do_not_drift_by_a_nanosecond() {
    const PACKETS: u64 = 10_000_000;
    const LEN: u64 = 1_499; // 1199.2 ns each
    let mut path: Path<()> = path(r#"(rate: Constant("10Gbit/s"))"#);
    let mut left = 0;
    for given in 0..PACKETS {
        let now = Time::from_nanos(given * 1_199);
        path.give(Packet::new(LEN as u32, 0, ()), now);
        while let Some(packet) = path.take(now) {
            left += 1;
            assert_eq!(packet.at.as_nanos(), (left * LEN * 8).div_ceil(10));
        }
    }
    while let Some(packet) = path.take(Time::from_secs(60)) {
        left += 1;
        assert_eq!(packet.at.as_nanos(), (left * LEN * 8).div_ceil(10));
    }
    assert_eq!(left, PACKETS);
}

#[test]
fn a_constant_rate_sends_one_packet_after_the_other() {
    let outcome = send(
        &mut path(r#"(rate: Constant("8Mbit/s"))"#),
        4,
        1_000,
        Duration::ZERO,
    );
    assert_eq!(outcome.arrivals_in_millis(), [1.0, 2.0, 3.0, 4.0]);
}

#[test]
fn an_idle_link_does_not_save_up() {
    let mut path = path(r#"(rate: Constant("8Mbit/s"))"#);
    path.give(Packet::new(1_000, 0, ()), Time::from_secs(1));
    path.give(Packet::new(1_000, 0, ()), Time::from_secs(1));
    let mut outcome = Outcome {
        arrived: vec![],
        dropped: vec![],
    };
    run_dry(&mut path, &mut outcome);
    assert_eq!(outcome.arrivals_in_millis(), [1_001.0, 1_002.0]);
}

#[test]
fn the_link_layers_overhead_takes_time_too() {
    let text = r#"(rate: Constant("8Mbit/s"), overhead: "250B")"#;
    let outcome = send(&mut path(text), 2, 750, Duration::ZERO);
    assert_eq!(outcome.arrivals_in_millis(), [1.0, 2.0]);
}

#[test]
fn a_token_bucket_sends_a_burst_at_once_and_then_at_its_rate() {
    let text = r#"(rate: TokenBucket(rate: "8Mbit/s", burst: "3kB"))"#;
    let outcome = send(&mut path(text), 6, 1_000, Duration::ZERO);
    assert_eq!(outcome.arrivals_in_millis(), [0.0, 0.0, 0.0, 1.0, 2.0, 3.0]);
}

#[test]
fn a_token_bucket_fills_again_but_no_further_than_its_burst() {
    let text = r#"(rate: TokenBucket(rate: "8Mbit/s", burst: "2kB"))"#;
    let mut path = path(text);
    let mut outcome = Outcome {
        arrived: vec![],
        dropped: vec![],
    };
    for second in [0, 60] {
        for _ in 0..4 {
            path.give(Packet::new(1_000, 0, ()), Time::from_secs(second));
        }
        take_until(&mut path, Time::from_secs(second + 30), &mut outcome);
    }
    let arrivals = outcome.arrivals_in_millis();
    assert_eq!(
        arrivals,
        [0.0, 0.0, 1.0, 2.0, 60_000.0, 60_000.0, 60_001.0, 60_002.0]
    );
}

#[test]
fn a_packet_longer_than_the_burst_waits_for_as_many_tokens_as_it_is_long() {
    let text = r#"(rate: TokenBucket(rate: "8Mbit/s", burst: "1kB"))"#;
    let outcome = send(&mut path(text), 2, 3_000, Duration::ZERO);
    assert_eq!(outcome.arrivals_in_millis(), [2.0, 5.0]);
}

#[test]
fn a_peak_rate_spaces_the_packets_of_a_burst() {
    let text = r#"(rate: TokenBucket(rate: "8Mbit/s", burst: "3kB", peak: "80Mbit/s"))"#;
    let outcome = send(&mut path(text), 5, 1_000, Duration::ZERO);
    assert_eq!(outcome.arrivals_in_millis(), [0.1, 0.2, 0.3, 1.0, 2.0]);
}

#[test]
fn a_packet_leaves_at_the_next_opportunity_of_a_trace() {
    let mut path = path("(rate: Trace([3, 10, 20]))");
    for millis in [0, 4, 5, 21] {
        path.give(Packet::new(1_500, 0, ()), Time::from_millis(millis));
    }
    let mut outcome = Outcome {
        arrived: vec![],
        dropped: vec![],
    };
    run_dry(&mut path, &mut outcome);
    assert_eq!(outcome.arrivals_in_millis(), [3.0, 10.0, 20.0, 23.0]);
}

#[test]
fn small_packets_share_an_opportunity_and_long_ones_take_several() {
    let small = send(
        &mut path("(rate: Trace([1, 2, 3, 4]))"),
        7,
        500,
        Duration::ZERO,
    );
    assert_eq!(
        small.arrivals_in_millis(),
        [1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 3.0]
    );
    let long = send(
        &mut path("(rate: Trace([1, 2, 3, 4]))"),
        3,
        2_000,
        Duration::ZERO,
    );
    assert_eq!(long.arrivals_in_millis(), [2.0, 3.0, 4.0]);
}

#[test]
fn an_opportunity_that_finds_nothing_is_lost() {
    let mut path = path("(rate: Trace([1, 1, 1, 9]))");
    path.give(Packet::new(1_500, 0, ()), Time::from_millis(2));
    path.give(Packet::new(1_500, 0, ()), Time::from_millis(2));
    let mut outcome = Outcome {
        arrived: vec![],
        dropped: vec![],
    };
    run_dry(&mut path, &mut outcome);
    assert_eq!(outcome.arrivals_in_millis(), [9.0, 10.0]);
}

#[test]
fn a_trace_begins_again_at_the_time_of_its_last_opportunity() {
    let outcome = send(
        &mut path("(rate: Trace([0, 4, 10]))"),
        8,
        1_500,
        Duration::ZERO,
    );
    assert_eq!(
        outcome.arrivals_in_millis(),
        [0.0, 4.0, 10.0, 10.0, 14.0, 20.0, 20.0, 24.0]
    );
}

fn traced_path(trace: &Trace) -> Path<()> {
    let rate = Some(Rate::Trace(Source::Here(trace.clone())));
    let spec = PathSpec { rate, ..spec("()") };
    Path::new(&spec, link::Seed(1).path("wan", link::Direction::Down)).unwrap()
}

#[test]
fn a_trace_delivers_what_it_says_under_load() {
    let trace: Trace = link::trace::Cellular::lte(link::Direction::Down)
        .synthesize("60s".parse().unwrap(), link::Seed(1))
        .unwrap();
    let mut path = traced_path(&trace);
    // Twice the trace, in packets that do not divide an opportunity evenly.
    let bytes = 2 * 1_500 * trace.millis().len() as u64;
    let outcome = send(&mut path, bytes / 1_100, 1_100, Duration::ZERO);
    let seconds = outcome.arrived.last().unwrap().at.as_nanos() as f64 / 1e9;
    let rate = 8.0 * bytes as f64 / seconds;
    assert!((rate / trace.mean_bits_per_second() - 1.0).abs() < 0.001);
}

#[test]
fn the_rate_in_the_long_run_is_known_once_a_trace_is_loaded() {
    let mean = |text: &str| spec(text).rate.unwrap().mean_bits_per_second();
    assert_eq!(mean(r#"(rate: Constant("8Mbit/s"))"#), Some(8e6));
    assert_eq!(
        mean(r#"(rate: TokenBucket(rate: "1Mbit/s", burst: "9kB"))"#),
        Some(1e6)
    );
    assert_eq!(mean("(rate: Trace([1, 2, 3, 4]))"), Some(12e6));
    assert_eq!(mean(r#"(rate: Trace("lte.down"))"#), None);
}

/// When packets of these times (ms) and lengths leave, by going through the opportunities one by one.
fn departures_one_by_one(trace: &Trace, packets: &[(u64, u64)]) -> Vec<u64> {
    let length = trace.length().as_millis() as u64;
    let repeated = (0..).flat_map(|n| trace.millis().iter().map(move |at| n * length + at));
    let mut departures = Vec::new();
    let mut unsent = packets.first().map_or(0, |(_, len)| *len);
    for now in repeated {
        let mut left = 1_500;
        while left > 0 && departures.len() < packets.len() && packets[departures.len()].0 <= now {
            let part = left.min(unsent);
            left -= part;
            unsent -= part;
            if unsent == 0 {
                departures.push(now);
                unsent = packets.get(departures.len()).map_or(0, |(_, len)| *len);
            }
        }
        if departures.len() == packets.len() {
            break;
        }
    }
    departures
}

/// The given gaps summed up.
fn times(packets: &[(u64, u64)]) -> Vec<(u64, u64)> {
    let mut now = 0;
    let mut after = |(gap, len): &(u64, u64)| {
        now += gap;
        (now, *len)
    };
    packets.iter().map(&mut after).collect()
}

proptest! {
    #[test]
    fn a_trace_is_what_going_through_it_one_by_one_gives(
        gaps in prop::collection::vec(0..7u64, 1..20),
        packets in prop::collection::vec((0..40u64, 1..4_000u64), 0..60),
    ) {
        let opportunities: Vec<u64> = times(&gaps.iter().map(|gap| (*gap, 0)).collect::<Vec<_>>())
            .into_iter()
            .map(|(at, _)| at)
            .collect();
        prop_assume!(opportunities.last() != Some(&0));
        let trace = Trace::new(opportunities).unwrap();
        let packets = times(&packets);
        let mut path = traced_path(&trace);
        for (at, len) in &packets {
            path.give(Packet::new(*len as u32, 0, ()), Time::from_millis(*at));
        }
        let mut outcome = Outcome { arrived: vec![], dropped: vec![] };
        run_dry(&mut path, &mut outcome);
        let departures: Vec<u64> =
            outcome.arrived.iter().map(|packet| packet.at.as_nanos() / 1_000_000).collect();
        prop_assert_eq!(departures, departures_one_by_one(&trace, &packets));
    }

    #[test]
    fn a_token_bucket_never_sends_more_than_its_burst_and_its_rate_allow(
        packets in prop::collection::vec((0..5_000u64, 1..=3_000u64), 1..100),
    ) {
        let mut path = path(r#"(rate: TokenBucket(rate: "8Mbit/s", burst: "3kB"))"#);
        for (at, len) in times(&packets) {
            path.give(Packet::new(len as u32, 0, ()), Time::from_micros(at));
        }
        let mut outcome = Outcome { arrived: vec![], dropped: vec![] };
        run_dry(&mut path, &mut outcome);
        for (n, first) in outcome.arrived.iter().enumerate() {
            let mut bytes = 0;
            for last in &outcome.arrived[n..] {
                bytes += u128::from(last.len);
                prop_assert!(bytes <= 3_000 + (last.at - first.at).as_nanos().div_ceil(1_000));
            }
        }
    }
}
