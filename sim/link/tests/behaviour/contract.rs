//! What holds for every path, whatever it does.

use std::collections::BTreeMap;
use std::time::Duration;

use link::{Packet, Path, Time};
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::{self, Outcome, run_dry, seeded_path, take_until};

/// Some path, as it stands in a scenario file.
fn spec() -> impl Strategy<Value = String> {
    let delay = select(vec![
        "",
        r#"delay: Constant("7ms"),"#,
        r#"delay: Normal(mean: "5ms", sd: "4ms"),"#,
        r#"delay: Pareto(min: "2ms", shape: 1.5), overtaking: true,"#,
        r#"delay: Uniform(min: "0s", max: "30ms", correlation: 0.9), overtaking: true,"#,
        r#"delay: Empirical(samples: ["1ms", "40ms"]),"#,
    ]);
    let loss = select(vec![
        "",
        "loss: Bernoulli(0.29),",
        "loss: GilbertElliott(p: 0.1, r: 0.4, loss_bad: 0.9),",
        "loss: FourState(p13: 0.1, p31: 0.2, p32: 0.3, p23: 0.5, p14: 0.1),",
        r#"loss: OnOff(on: "20ms", off: "5ms", spread: Exponential),"#,
    ]);
    let rate = select(vec![
        "",
        r#"rate: Constant("4Mbit/s"),"#,
        r#"rate: Constant("3333333bit/s"), overhead: "14B","#,
        r#"rate: TokenBucket(rate: "2Mbit/s", burst: "5kB", peak: "20Mbit/s"),"#,
        "rate: Trace([0, 1, 1, 1, 4, 9]),",
    ]);
    let queue = select(vec![
        "",
        "queue: Infinite,",
        r#"queue: DropTail(packets: 8, bytes: "9kB"),"#,
        "queue: DropHead(packets: 8),",
        r#"queue: CoDel(target: "1ms", interval: "10ms"),"#,
        r#"queue: FqCoDel(packets: 20, flows: 2, target: "1ms", interval: "10ms"),"#,
        r#"queue: Pie(bytes: "20kB", target: "2ms", burst: "0s"),"#,
    ]);
    let rest = select(vec![
        "",
        r#"reorder: (probability: 0.2, hold: "6ms"),"#,
        r#"duplicate: 0.2, corrupt: Packets(0.3), mtu: "1400B","#,
        r#"duplicate: 0.5, corrupt: Bits(0.001), reorder: (probability: 0.5, hold: "1ms"),"#,
    ]);
    (delay, loss, rate, queue, rest).prop_map(|(delay, loss, rate, queue, rest)| {
        let queue = if rate.is_empty() { "" } else { queue };
        format!("({delay}{loss}{rate}{queue}{rest})")
    })
}

/// Gaps before packets, in microseconds, and their lengths.
fn packets() -> impl Strategy<Value = Vec<(u64, u32)>> {
    prop::collection::vec(
        (select(vec![0, 1, 100, 997, 5_000, 60_000]), 20..1_500u32),
        1..300,
    )
}

/// Send the packets, each with its number as its payload, calling `wait` before each.
fn send(
    path: &mut Path<Vec<u8>>,
    packets: &[(u64, u32)],
    mut wait: impl FnMut(&mut Path<Vec<u8>>, Time, &mut Outcome<Vec<u8>>),
) -> Outcome<Vec<u8>> {
    let mut outcome = Outcome {
        arrived: vec![],
        dropped: vec![],
    };
    let mut now = Time::ZERO;
    for (number, (gap, len)) in (0u64..).zip(packets) {
        now += Duration::from_micros(*gap);
        wait(path, now, &mut outcome);
        path.give(
            Packet::new(*len, number % 3, number.to_be_bytes().to_vec()),
            now,
        );
    }
    run_dry(path, &mut outcome);
    outcome
}

fn sent_at(packets: &[(u64, u32)]) -> Vec<Time> {
    let mut now = Time::ZERO;
    let mut advance = |(gap, _): &(u64, u32)| {
        now += Duration::from_micros(*gap);
        now
    };
    packets.iter().map(&mut advance).collect()
}

proptest! {
    #[test]
    fn every_packet_arrives_or_is_dropped_once_and_so_does_its_copy(
        spec in spec(), packets in packets(), seed: u64,
    ) {
        let mut path = seeded_path(&spec, seed);
        let outcome = send(&mut path, &packets, take_until);
        let mut fates: BTreeMap<(u64, bool), u32> = BTreeMap::new();
        let dropped = outcome.dropped.iter().map(|dropped| &dropped.packet);
        for packet in outcome.arrived.iter().chain(dropped) {
            *fates.entry((packet.serial, packet.copy)).or_default() += 1;
        }
        prop_assert!(fates.values().all(|times| *times == 1));
        let originals = fates.keys().filter(|(_, copy)| !copy).map(|(serial, _)| *serial);
        prop_assert!(originals.eq(0..packets.len() as u64));
        prop_assert_eq!(path.due(), None);
    }

    #[test]
    fn every_packet_is_accounted_for_when_the_path_changes_and_is_cut(
        specs in prop::collection::vec(spec(), 1..6), packets in packets(), seed: u64,
    ) {
        let mut path = seeded_path(&specs[0], seed);
        let mut calls = 0;
        let outcome = send(&mut path, &packets, |path, now, _| {
            match calls % 30 {
                10 => path.cut(now),
                15 => path.heal(now),
                0 => path.change(&support::spec(&specs[calls / 30 % specs.len()]), now).unwrap(),
                _ => {}
            }
            calls += 1;
        });
        let dropped = outcome.dropped.iter().map(|dropped| &dropped.packet);
        let originals = outcome.arrived.iter().chain(dropped).filter(|packet| !packet.copy);
        let mut serials: Vec<u64> = originals.map(|packet| packet.serial).collect();
        serials.sort_unstable();
        prop_assert!(serials.into_iter().eq(0..packets.len() as u64));
        prop_assert!(outcome.arrived.is_sorted_by_key(|packet| packet.at));
    }

    #[test]
    fn no_packet_arrives_before_it_was_sent_or_is_handed_out_before_it_arrives(
        spec in spec(), packets in packets(), seed: u64,
    ) {
        let sent = sent_at(&packets);
        let outcome = send(&mut seeded_path(&spec, seed), &packets, |path, now, outcome| {
            while let Some(packet) = path.take(now) {
                assert!(packet.at <= now);
                outcome.arrived.push(packet);
            }
        });
        let least = if spec.contains("Constant(\"7ms\")") { 7 } else { 0 };
        for packet in &outcome.arrived {
            let travelled = packet.at - sent[packet.serial as usize];
            prop_assert!(packet.at >= sent[packet.serial as usize]);
            prop_assert!(travelled >= Duration::from_millis(least));
        }
    }

    #[test]
    fn packets_are_taken_in_the_order_of_their_arrival(
        spec in spec(), packets in packets(), seed: u64,
    ) {
        let outcome = send(&mut seeded_path(&spec, seed), &packets, take_until);
        prop_assert!(outcome.arrived.is_sorted_by_key(|packet| packet.at));
    }

    #[test]
    fn packets_of_a_flow_keep_their_order_unless_a_spec_says_otherwise(
        spec in spec(), packets in packets(), seed: u64,
    ) {
        let spec = spec
            .replace("overtaking: true", "overtaking: false")
            .replace(r#"hold: "6ms""#, r#"hold: "0s""#)
            .replace(r#"hold: "1ms""#, r#"hold: "0s""#);
        let outcome = send(&mut seeded_path(&spec, seed), &packets, take_until);
        for flow in 0..3 {
            let of_flow = outcome.arrived.iter().filter(|packet| packet.flow == flow);
            prop_assert!(of_flow.is_sorted_by_key(|packet| packet.serial));
        }
    }

    #[test]
    fn the_same_seed_has_the_same_outcome_however_late_the_path_is_asked(
        spec in spec(), packets in packets(), seed: u64,
    ) {
        let [mut punctual, mut late] =
            [take_until, |_: &mut _, _, _: &mut _| ()].map(|wait| {
                send(&mut seeded_path(&spec, seed), &packets, wait)
            });
        // Drops are collected when the path is asked; they too are the same, each at its own time.
        for outcome in [&mut punctual, &mut late] {
            outcome.dropped.sort_by_key(|dropped| (dropped.packet.serial, dropped.packet.copy));
        }
        prop_assert_eq!(punctual, late);
    }

    #[test]
    fn only_corruption_changes_bytes_and_never_their_number(
        spec in spec(), packets in packets(), seed: u64,
    ) {
        let outcome = send(&mut seeded_path(&spec, seed), &packets, take_until);
        for packet in &outcome.arrived {
            prop_assert_eq!(packet.payload.len(), 8);
            let intact = packet.payload == packet.serial.to_be_bytes();
            prop_assert!(intact || spec.contains("corrupt"));
        }
    }
}
