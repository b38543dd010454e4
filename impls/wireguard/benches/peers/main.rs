//! Throughput, latency and cost beside the other user-space implementations, on two hosts of one machine.
//!
//! Rounds are interleaved, and every figure is the median of its rounds: on a shared machine only ratios mean anything.
//! `cargo bench -p wireguard --bench peers [-- ROUNDS]`, as root; peers that are not installed are left out. Needs iperf3.

mod measure;
#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../../tests/namespaces/world.rs"]
mod world;

use measure::{COLUMNS, Figures};
use world::{Host, Implementation, LEFT, Pair, RIGHT, is_inside, reenter, sh, until};

const IMPLEMENTATIONS: [Implementation; 4] = [
    Implementation::Ours,
    Implementation::WireguardGo,
    Implementation::Boringtun,
    Implementation::Gotatun,
];

fn main() {
    if !is_inside() {
        let status = reenter().args(std::env::args().skip(1)).status();
        return assert!(status.unwrap().success());
    }
    let rounds = std::env::args()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(3);
    let installed: Vec<_> = IMPLEMENTATIONS
        .into_iter()
        .filter(|one| one.is_found())
        .collect();
    let mut results: Vec<Vec<Figures>> = vec![Vec::new(); installed.len()];
    for _ in 0..rounds {
        for (results, implementation) in results.iter_mut().zip(&installed) {
            let _pair = Pair::connected(*implementation, *implementation);
            results.push(measure::all());
            [LEFT, RIGHT].iter().for_each(tear_down);
        }
    }
    print(&installed, &results);
}

fn tear_down(host: &Host) {
    for pid in sh(&format!("ip netns pids {}", host.name)).split_whitespace() {
        host.succeeds(&format!("kill {pid}"));
    }
    until("the end of the tunnel", || {
        !host.succeeds(&format!("ip link show {}", host.interface()))
    });
    sh(&format!("ip netns del {}", host.name));
}

fn print(installed: &[Implementation], results: &[Vec<Figures>]) {
    print!("{:34}", "");
    installed
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
