//! Reordering, duplication and corruption.

use std::time::Duration;

use link::{Packet, Path, Time};

use crate::support::{Outcome, path, run_dry, send};

const MILLISECOND: Duration = Duration::from_millis(1);

#[test]
fn delays_that_vary_keep_the_order_unless_overtaking_is_allowed() {
    const DELAY: &str = r#"delay: Uniform(min: "0s", max: "20ms")"#;
    let kept = send(&mut path(&format!("({DELAY})")), 1_000, 100, MILLISECOND);
    assert!(kept.serials().is_sorted());
    let overtaking = format!("({DELAY}, overtaking: true)");
    let overtaken = send(&mut path(&overtaking), 1_000, 100, MILLISECOND);
    assert!(!overtaken.serials().is_sorted());
    assert_eq!(overtaken.arrived.len(), 1_000);
}

#[test]
fn a_packet_held_back_is_overtaken_by_those_that_follow_meanwhile() {
    let text = r#"(reorder: (probability: 0.1, hold: "2500us"))"#;
    let outcome = send(&mut path(text), 10_000, 100, MILLISECOND);
    let mut held = 0;
    for packet in &outcome.arrived {
        let delay = packet.at - Time::from_millis(packet.serial);
        assert!(delay.is_zero() || delay == Duration::from_micros(2_500));
        held += u32::from(!delay.is_zero());
    }
    assert!((900..1_100).contains(&held), "{held}");
    let overtaken = outcome
        .serials()
        .windows(2)
        .any(|pair| pair[1] + 2 == pair[0]);
    assert!(overtaken || !outcome.serials().is_sorted());
}

#[test]
fn a_duplicate_follows_its_original_with_a_delay_of_its_own() {
    let text = r#"(duplicate: 0.1, delay: Uniform(min: "1ms", max: "9ms"), overtaking: true)"#;
    let outcome = send(&mut path(text), 10_000, 100, Duration::from_millis(10));
    let copies: Vec<_> = outcome
        .arrived
        .iter()
        .filter(|packet| packet.copy)
        .collect();
    assert!((900..1_100).contains(&copies.len()), "{}", copies.len());
    for copy in copies {
        let original = outcome
            .arrived
            .iter()
            .find(|p| !p.copy && p.serial == copy.serial);
        assert_ne!(original.unwrap().at, copy.at);
    }
}

/// How many bits of each of 10 000 packets of 100 zero bytes are set when they arrive.
fn flipped(text: &str) -> Vec<u32> {
    let mut path: Path<Vec<u8>> = path(text);
    for _ in 0..10_000 {
        path.give(Packet::new(100, 0, vec![0; 100]), Time::ZERO);
    }
    let mut outcome = Outcome {
        arrived: vec![],
        dropped: vec![],
    };
    run_dry(&mut path, &mut outcome);
    let ones = |packet: &Packet<Vec<u8>>| packet.payload.iter().map(|byte| byte.count_ones()).sum();
    outcome.arrived.iter().map(ones).collect()
}

#[test]
fn corrupt_packets_have_one_flipped_bit() {
    let flipped = flipped("(corrupt: Packets(0.2))");
    assert!(flipped.iter().all(|bits| *bits <= 1));
    let packets: u32 = flipped.iter().sum();
    assert!((1_900..2_100).contains(&packets), "{packets}");
}

#[test]
fn bit_errors_are_as_frequent_as_was_asked_for_and_independent() {
    let flipped = flipped("(corrupt: Bits(0.001))");
    let total: u32 = flipped.iter().sum();
    assert!((7_700..8_300).contains(&total), "{total}"); // Of 8 000 000 bits.
    let intact = flipped.iter().filter(|bits| **bits == 0).count() as f64;
    assert!((intact / 10_000.0 - 0.999f64.powi(800)).abs() < 0.015);
}

#[test]
fn bit_errors_may_be_none_or_all() {
    assert!(flipped("(corrupt: Bits(0))").iter().all(|bits| *bits == 0));
    assert!(
        flipped("(corrupt: Bits(1))")
            .iter()
            .all(|bits| *bits == 800)
    );
}
