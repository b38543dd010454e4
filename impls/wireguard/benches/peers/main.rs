//! Throughput, latency and cost beside the other user-space implementations, on two hosts of one machine.
//!
//! Rounds are interleaved, and every figure is the median of its rounds: on a shared machine only ratios mean anything.
//! `cargo bench -p wireguard --bench peers [-- ROUNDS NAMES]`, as root; peers that are not installed are left out. Needs iperf3.

mod measure;
#[path = "../../tests/namespaces/strangers.rs"]
mod strangers;
#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../../tests/namespaces/world.rs"]
mod world;

use measure::{COLUMNS, Figures};
use world::{Implementation, Pair, is_inside, reenter, tear_down};

fn main() {
    if !is_inside() {
        let status = reenter().args(std::env::args().skip(1)).status();
        return assert!(status.unwrap().success());
    }
    let rounds = std::env::args()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(3);
    let measured = Implementation::asked_for();
    let mut results: Vec<Vec<Figures>> = vec![Vec::new(); measured.len()];
    for _ in 0..rounds {
        for (results, implementation) in results.iter_mut().zip(&measured) {
            let pair = Pair::connected(*implementation, *implementation);
            results.push(measure::all(&pair));
            tear_down();
        }
    }
    print(&measured, &results);
}

fn print(measured: &[Implementation], results: &[Vec<Figures>]) {
    print!("{:34}", "");
    measured
        .iter()
        .for_each(|one| print!("{:>14}", format!("{one:?}")));
    for (row, name) in COLUMNS.iter().enumerate() {
        print!("\n{name:34}");
        let medians = results
            .iter()
            .map(|rounds| median(rounds.iter().map(|figures| figures[row])));
        medians.for_each(|figure| print!("{figure:>14.2}"));
    }
    println!();
}

fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
