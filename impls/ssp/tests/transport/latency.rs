//! How long a keystroke takes, and what it costs.

use std::fmt;
use std::time::{Duration, Instant};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use ssp::transport::Tuning;

use crate::pair::{MS, Pair};
use crate::wire::Faults;

const KEYSTROKES: u32 = 1000;

/// Milliseconds from a keystroke to its echo, and the cost of both directions together.
struct Figures {
    mean: f64,
    median: f64,
    p90: f64,
    p99: f64,
    max: f64,
    datagrams_per_keystroke: f64,
    bytes_per_keystroke: f64,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "mean {:.0} ms, median {:.0}, p90 {:.0}, p99 {:.0}, max {:.0}; {:.1} datagrams, {:.0} bytes a keystroke",
            self.mean,
            self.median,
            self.p90,
            self.p99,
            self.max,
            self.datagrams_per_keystroke,
            self.bytes_per_keystroke
        )
    }
}

/// Types with 80 to 220 ms between keystrokes, as people do, whether or not the echo has come.
fn type_text((client, server): (Tuning, Tuning), faults: Faults, seed: u64) -> Figures {
    let mut pair = Pair::new(client, server, faults, seed);
    pair.run_for(3000 * MS);
    let mut typist = ChaCha8Rng::seed_from_u64(seed);
    let mut typed: Vec<Instant> = Vec::new();
    for n in 0..KEYSTROKES {
        pair.run_for((80 + typist.next_u32() % 140) * MS);
        typed.push(pair.now);
        pair.key_in(&[b'a' + (n % 26) as u8]);
    }
    pair.run_until_condition(20_000 * MS, Pair::has_converged);

    let mut latencies: Vec<f64> = pair
        .seen
        .iter()
        .zip(&typed)
        .map(|(seen, typed)| (*seen - *typed).as_secs_f64() * 1e3)
        .collect();
    latencies.sort_by(f64::total_cmp);
    let quantile = |q: f64| latencies[((latencies.len() - 1) as f64 * q) as usize];
    let (up, down) = (pair.client.statistics(), pair.server.statistics());
    let per_keystroke = |count: u64| count as f64 / f64::from(KEYSTROKES);
    Figures {
        mean: latencies.iter().sum::<f64>() / latencies.len() as f64,
        median: quantile(0.5),
        p90: quantile(0.9),
        p99: quantile(0.99),
        max: quantile(1.0),
        datagrams_per_keystroke: per_keystroke(up.datagrams_sent + down.datagrams_sent),
        bytes_per_keystroke: per_keystroke(up.bytes_sent + down.bytes_sent),
    }
}

const STOCK: (Tuning, Tuning) = (
    Tuning::stock(Duration::from_millis(1)),
    Tuning::stock(Duration::from_millis(8)),
);
const OURS: (Tuning, Tuning) = (Tuning::best(), Tuning::best());

fn lossy() -> Faults {
    Faults {
        loss: 0.29,
        ..Faults::delay(50 * MS)
    }
}

#[test]
fn under_29_percent_loss_each_way_ours_is_far_faster_than_stock() {
    let stock = type_text(STOCK, lossy(), 1);
    let ours = type_text(OURS, lossy(), 1);
    println!("stock: {stock}\nours:  {ours}");
    assert!((180.0..220.0).contains(&stock.mean), "stock: {stock}");
    assert!(ours.mean <= 135.0 && ours.p99 <= 300.0, "ours: {ours}");
}

#[test]
fn on_a_clean_path_ours_adds_little_to_the_round_trip_and_few_bytes() {
    let stock = type_text(STOCK, Faults::delay(50 * MS), 1);
    let ours = type_text(OURS, Faults::delay(50 * MS), 1);
    println!("stock: {stock}\nours:  {ours}");
    assert!(ours.mean <= 103.0, "ours: {ours}");
    let cost = ours.bytes_per_keystroke / stock.bytes_per_keystroke;
    assert!(cost <= 2.0, "{cost} times stock's bytes");
}
