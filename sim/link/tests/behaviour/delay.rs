//! Delays against the moments of their distributions.

use std::time::Duration;

use crate::support::{path, send};

const PACKETS: u64 = 100_000;

/// The delays of packets that are sent so far apart that none waits for another, in milliseconds.
fn delays(text: &str) -> Vec<f64> {
    let gap = Duration::from_secs(100);
    let outcome = send(&mut path(text), PACKETS, 100, gap);
    assert_eq!(outcome.arrived.len() as u64, PACKETS);
    let sent = |serial: u64| serial as f64 * gap.as_millis() as f64;
    let delay = |(arrived, packet): (f64, &link::Packet<()>)| arrived - sent(packet.serial);
    outcome
        .arrivals_in_millis()
        .into_iter()
        .zip(&outcome.arrived)
        .map(delay)
        .collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn sd(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares = values
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f64>();
    (squares / values.len() as f64).sqrt()
}

/// The share of values below `limit`.
fn below(values: &[f64], limit: f64) -> f64 {
    values.iter().filter(|value| **value < limit).count() as f64 / values.len() as f64
}

fn autocorrelation(values: &[f64]) -> f64 {
    let mean = mean(values);
    let products = values
        .windows(2)
        .map(|pair| (pair[0] - mean) * (pair[1] - mean))
        .sum::<f64>();
    products / values.len() as f64 / sd(values).powi(2)
}

#[track_caller]
fn assert_near(value: f64, expected: f64, tolerance: f64) {
    assert!(
        (value - expected).abs() <= tolerance,
        "{value} is not within {tolerance} of {expected}"
    );
}

#[test]
fn a_constant_delay_is_exact() {
    let outcome = send(
        &mut path(r#"(delay: Constant("50ms"))"#),
        3,
        100,
        Duration::from_millis(7),
    );
    assert_eq!(outcome.arrivals_in_millis(), [50.0, 57.0, 64.0]);
}

#[test]
fn uniform_delays_have_the_mean_and_deviation_of_their_range() {
    let delays = delays(r#"(delay: Uniform(min: "10ms", max: "30ms"))"#);
    assert_near(mean(&delays), 20.0, 0.06);
    assert_near(sd(&delays), 20.0 / 12f64.sqrt(), 0.06);
    assert!(delays.iter().all(|delay| (10.0..=30.0).contains(delay)));
}

#[test]
fn normal_delays_have_their_mean_deviation_and_tails() {
    let delays = delays(r#"(delay: Normal(mean: "50ms", sd: "5ms"))"#);
    assert_near(mean(&delays), 50.0, 0.06);
    assert_near(sd(&delays), 5.0, 0.05);
    assert_near(below(&delays, 45.0), 0.1587, 0.004);
    assert_near(below(&delays, 60.0), 0.9772, 0.002);
}

#[test]
fn log_normal_delays_have_their_mean_and_deviation_above_their_minimum() {
    let delays = delays(r#"(delay: LogNormal(min: "40ms", mean: "50ms", sd: "5ms"))"#);
    assert_near(mean(&delays), 50.0, 0.06);
    assert_near(sd(&delays), 5.0, 0.15);
    assert!(delays.iter().all(|delay| *delay > 40.0));
    // The median of what is above the minimum: the mean over sqrt(1 + sd²/mean²).
    assert_near(below(&delays, 40.0 + 10.0 / 1.25f64.sqrt()), 0.5, 0.005);
}

#[test]
fn pareto_delays_have_their_mean_and_tail() {
    let type_1 = delays(r#"(delay: Pareto(min: "20ms", shape: 3))"#);
    assert_near(mean(&type_1), 30.0, 0.3);
    assert_near(below(&type_1, 40.0), 1.0 - 0.125, 0.004);
    let type_2 = delays(r#"(delay: Pareto(min: "50ms", scale: "8ms", shape: 3))"#);
    assert_near(mean(&type_2), 54.0, 0.12);
    assert_near(below(&type_2, 58.0), 1.0 - 0.125, 0.004);
}

#[test]
fn empirical_delays_are_distributed_as_the_samples_are() {
    let delays = delays(r#"(delay: Empirical(samples: ["40ms", "10ms", "20ms"]))"#);
    assert_near(below(&delays, 15.0), 0.25, 0.005);
    assert_near(below(&delays, 20.0), 0.5, 0.005);
    assert_near(below(&delays, 30.0), 0.75, 0.005);
    assert!(delays.iter().all(|delay| (10.0..=40.0).contains(delay)));
}

#[test]
fn replayed_delays_follow_one_another_and_start_again() {
    let by_packet = r#"(delay: Replay(samples: ["10ms", "20ms", "30ms"]))"#;
    assert_eq!(delays(by_packet)[..5], [10.0, 20.0, 30.0, 10.0, 20.0]);
    let by_time = r#"(delay: Replay(samples: ["10ms", "30ms"], every: "2s"))"#;
    let outcome = send(&mut path(by_time), 6, 100, Duration::from_secs(1));
    assert_eq!(
        outcome.arrivals_in_millis(),
        [10.0, 1010.0, 2030.0, 3030.0, 4010.0, 5010.0]
    );
}

#[test]
fn correlation_shows_between_successive_delays_and_leaves_their_distribution() {
    let normal = delays(r#"(delay: Normal(mean: "50ms", sd: "5ms", correlation: 0.8))"#);
    assert_near(autocorrelation(&normal), 0.8, 0.01);
    assert_near(mean(&normal), 50.0, 0.2);
    assert_near(sd(&normal), 5.0, 0.1);
    let uniform = delays(r#"(delay: Uniform(min: "10ms", max: "30ms", correlation: 0.8))"#);
    // The rank correlation of a Gaussian copula.
    let expected = 6.0 / std::f64::consts::PI * (0.8f64 / 2.0).asin();
    assert_near(autocorrelation(&uniform), expected, 0.01);
    assert_near(below(&uniform, 15.0), 0.25, 0.01);
    assert_near(sd(&uniform), 20.0 / 12f64.sqrt(), 0.1);
}

#[test]
fn without_correlation_successive_delays_are_independent() {
    let normal = delays(r#"(delay: Normal(mean: "50ms", sd: "5ms"))"#);
    assert_near(autocorrelation(&normal), 0.0, 0.01);
}

#[test]
fn a_delay_is_never_negative() {
    let delays = delays(r#"(delay: Normal(mean: "1ms", sd: "5ms"))"#);
    assert!(delays.iter().all(|delay| *delay >= 0.0));
    assert_near(below(&delays, 0.000_001), 0.4207, 0.005);
}
