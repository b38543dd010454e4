//! Throughput, latency and cost beside the other user-space implementations, on two hosts of one machine.
//!
//! Rounds are interleaved, and every figure is the median of its rounds: on a shared machine only ratios mean anything.
//! `cargo bench -p wireguard --bench peers [-- ROUNDS]`, as root; peers that are not installed are left out. Needs iperf3.

mod measure;
#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../../tests/namespaces/world.rs"]
mod world;

use measure::{COLUMNS, Figures};
use world::{Implementation, Pair, isolated_program};

fn main() {
    let rounds = std::env::args()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(3);
    isolated_program(|| {
        let installed: Vec<_> = Implementation::ALL
            .into_iter()
            .filter(|one| one.is_found())
            .collect();
        let mut table: Vec<Vec<Figures>> = vec![Vec::new(); installed.len()];
        for _ in 0..rounds {
            for (results, implementation) in table.iter_mut().zip(&installed) {
                let pair = Pair::connected(*implementation, *implementation);
                results.push(measure::all());
                pair.tear_down();
            }
        }
        println!(
            "{:34}{}",
            "",
            installed
                .iter()
                .map(|one| format!("{:>14}", format!("{one:?}")))
                .collect::<String>()
        );
        for (column, name) in COLUMNS.iter().enumerate() {
            let medians = table
                .iter()
                .map(|results| median(results.iter().map(|figures| figures[column])));
            println!(
                "{name:34}{}",
                medians
                    .map(|figure| format!("{figure:>14.2}"))
                    .collect::<String>()
            );
        }
    });
}

fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
