//! Losses against closed forms.

use std::time::Duration;

use link::{DropReason, PathSpec};

use crate::support::{path, send, spec};

const PACKETS: u64 = 200_000;

/// Which of the packets are lost, in order.
fn losses(text: &str) -> Vec<bool> {
    let outcome = send(&mut path(text), PACKETS, 100, Duration::from_millis(1));
    let mut lost = vec![false; PACKETS as usize];
    for dropped in outcome.dropped {
        assert_eq!(dropped.reason, DropReason::Loss);
        lost[dropped.packet.serial as usize] = true;
    }
    lost
}

/// Wilson's interval for a probability of which `hits` of `trials` came true, at 99.9 % confidence (Wilson, "Probable
/// inference, the law of succession, and statistical inference", 1927).
fn wilson(hits: f64, trials: f64) -> std::ops::RangeInclusive<f64> {
    const Z: f64 = 3.29;
    let p = hits / trials;
    let centre = p + Z * Z / (2.0 * trials);
    let half = Z * (p * (1.0 - p) / trials + Z * Z / (4.0 * trials * trials)).sqrt();
    let scale = 1.0 + Z * Z / trials;
    (centre - half) / scale..=(centre + half) / scale
}

fn count(lost: &[bool]) -> f64 {
    lost.iter().filter(|lost| **lost).count() as f64
}

fn mean_burst(lost: &[bool]) -> f64 {
    let bursts = lost.chunk_by(|a, b| a == b).filter(|run| run[0]).count();
    count(lost) / bursts as f64
}

/// Losses come in bursts, so that fewer than all packets are independent trials.
fn assert_mean(text: &str, expected: f64, packets_per_trial: f64) {
    let spec: PathSpec = spec(text);
    let mean = spec.loss.unwrap().mean().unwrap();
    assert!(
        (mean - expected).abs() < 1e-12,
        "{text}: {mean} is not {expected}"
    );
    let interval = wilson(
        count(&losses(text)) / packets_per_trial,
        PACKETS as f64 / packets_per_trial,
    );
    assert!(
        interval.contains(&expected),
        "{text}: {interval:?} without {expected}"
    );
}

#[test]
fn bernoulli_loses_its_share() {
    for p in [0.0, 0.001, 0.29, 0.5, 1.0] {
        assert_mean(&format!("(loss: Bernoulli({p:?}))"), p, 1.0);
    }
}

#[test]
fn bernoulli_losses_do_not_depend_on_one_another() {
    let lost = losses("(loss: Bernoulli(0.29))");
    let mean_burst = mean_burst(&lost);
    assert!((mean_burst - 1.0 / 0.71).abs() < 0.02, "{mean_burst}");
}

#[test]
fn gilbert_elliott_loses_p_over_p_plus_r_in_bursts_of_1_over_r() {
    let text = "(loss: GilbertElliott(p: 0.02, r: 0.25))";
    assert_mean(text, 0.02 / 0.27, 8.0);
    let mean_burst = mean_burst(&losses(text));
    assert!((mean_burst - 4.0).abs() < 0.15, "{mean_burst}");
}

#[test]
fn gilbert_elliott_may_lose_in_both_states_and_deliver_in_both() {
    let text = "(loss: GilbertElliott(p: 0.1, r: 0.3, loss_good: 0.01, loss_bad: 0.6))";
    assert_mean(text, 0.75 * 0.01 + 0.25 * 0.6, 5.0);
}

#[test]
fn four_states_lose_their_stationary_share_in_bursts_and_alone() {
    let text = "(loss: FourState(p13: 0.02, p31: 0.1, p32: 0.3, p23: 0.4, p14: 0.01))";
    // π3 = π1 / 5, π2 = 3 π3 / 4, π4 = π1 / 100.
    let (pi2, pi3, pi4) = (0.15, 0.2, 0.01);
    assert_mean(text, (pi3 + pi4) / (1.0 + pi2 + pi3 + pi4), 20.0);
    // Runs of losses: those within a burst last 1 / (p31 + p32), lone ones 1; as often as they begin.
    let (in_burst, alone) = (pi3 * 0.4, pi4);
    let expected = (in_burst * 2.5 + alone) / (in_burst + alone);
    let mean_burst = mean_burst(&losses(text));
    assert!(
        (mean_burst - expected).abs() < 0.05,
        "{mean_burst} is not {expected}"
    );
}

#[test]
fn the_same_packets_are_lost_whatever_else_the_path_does_and_when_they_come() {
    const LOSS: &str = "loss: GilbertElliott(p: 0.1, r: 0.3, loss_good: 0.05)";
    let more = format!(
        r#"({LOSS}, duplicate: 0.5, corrupt: Bits(0.01), rate: Constant("10Mbit/s"), queue: DropTail(packets: 9))"#
    );
    let lost = |text: &str, gap| {
        let outcome = send(&mut path(text), 1_000, 1_000, gap);
        let lost = outcome
            .dropped
            .into_iter()
            .filter(|d| d.reason == DropReason::Loss);
        lost.map(|dropped| dropped.packet.serial)
            .collect::<Vec<_>>()
    };
    let alone = lost(&format!("({LOSS})"), Duration::from_millis(3));
    assert_eq!(lost(&more, Duration::from_micros(70)), alone);
    assert!(alone.len() > 100);
}

#[test]
fn listed_packets_are_lost_and_no_others() {
    let outcome = send(
        &mut path("(loss: Listed([17, 5, 6]))"),
        100,
        100,
        Duration::from_millis(1),
    );
    assert_eq!(outcome.dropped_serials(), [5, 6, 17]);
    assert_eq!(outcome.arrived.len(), 97);
}

#[test]
fn on_off_loses_everything_while_it_is_off() {
    let text = r#"(loss: OnOff(on: "10ms", off: "5ms"))"#;
    let outcome = send(&mut path(text), 30, 100, Duration::from_millis(1));
    assert_eq!(
        outcome.dropped_serials(),
        [10, 11, 12, 13, 14, 25, 26, 27, 28, 29]
    );
}

#[test]
fn exponential_on_off_is_off_for_its_share() {
    let lost = losses(r#"(loss: OnOff(on: "90ms", off: "30ms", spread: Exponential))"#);
    let interval = wilson(count(&lost) / 60.0, PACKETS as f64 / 60.0);
    assert!(interval.contains(&0.25), "{interval:?}");
    let mean_burst = mean_burst(&lost);
    assert!((mean_burst - 30.0).abs() < 2.5, "{mean_burst}");
}

#[test]
fn replayed_verdicts_follow_one_another_and_start_again() {
    let text = "(loss: Replay(samples: [0, 1, 1, 0]))";
    let outcome = send(&mut path(text), 10, 100, Duration::from_millis(1));
    assert_eq!(outcome.dropped_serials(), [1, 2, 5, 6, 9]);
}

#[test]
fn replayed_verdicts_may_each_last_for_a_time() {
    let text = r#"(loss: Replay(samples: [0, 1], every: "3ms"))"#;
    let outcome = send(&mut path(text), 9, 100, Duration::from_millis(1));
    assert_eq!(outcome.dropped_serials(), [3, 4, 5]);
}
