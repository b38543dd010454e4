//! What the queues do under load, at one glance.

use std::fmt::Write;
use std::time::Duration;

use link::{Packet, Path, Time};

use crate::support::{Outcome, path, run_dry, take_until};

const QUEUES: [&str; 6] = [
    "Infinite",
    "DropTail(packets: 100)",
    "DropHead(packets: 100)",
    "CoDel()",
    "FqCoDel()",
    "Pie()",
];

/// Loads of the link, in percent of its rate.
const LOADS: [u64; 5] = [50, 90, 100, 110, 200];

/// 20 s of packets that come in bursts of 20, every tenth of another flow.
fn run(path: &mut Path<()>, load: u64) -> Outcome<()> {
    let mut outcome = Outcome {
        arrived: vec![],
        dropped: vec![],
    };
    let gap = Duration::from_micros(20 * 1_000 * 100 / load);
    for burst in 0..(20 * load / 2) as u32 {
        let now = Time::ZERO + burst * gap;
        take_until(path, now, &mut outcome);
        for n in 0..20 {
            path.give(Packet::new(1_000, u64::from(n % 10 == 0), ()), now);
        }
    }
    run_dry(path, &mut outcome);
    outcome
}

/// The given quantile of how long packets waited, in milliseconds.
fn wait(outcome: &Outcome<()>, load: u64, quantile: f64) -> f64 {
    let gap = 20.0 * 100.0 / load as f64;
    let sent = |serial: u64| (serial / 20) as f64 * gap;
    let mut waits: Vec<f64> = outcome
        .arrivals_in_millis()
        .iter()
        .zip(&outcome.arrived)
        .map(|(at, packet)| at - sent(packet.serial))
        .collect();
    waits.sort_by(f64::total_cmp);
    waits[((waits.len() - 1) as f64 * quantile) as usize]
}

#[test]
fn queues_under_load() {
    let mut table = String::from("wait in ms, median / 99th percentile, and share dropped\n\n");
    write!(table, "{:24}", "load").unwrap();
    for load in LOADS {
        write!(table, "{:>26}", format!("{load} %")).unwrap();
    }
    table.push('\n');
    for queue in QUEUES {
        write!(table, "{queue:24}").unwrap();
        for load in LOADS {
            let mut path = path(&format!(r#"(rate: Constant("8Mbit/s"), queue: {queue})"#));
            let outcome = run(&mut path, load);
            let dropped = outcome.dropped.len() as f64;
            let share = 100.0 * dropped / (dropped + outcome.arrived.len() as f64);
            let [median, high] = [0.5, 0.99].map(|quantile| wait(&outcome, load, quantile));
            write!(
                table,
                "{:>26}",
                format!("{median:.0} / {high:.0}, {share:.1} %")
            )
            .unwrap();
        }
        table.push('\n');
    }
    insta::assert_snapshot!(table);
}
