//! How many instructions packets take through a path. Unlike a time it is the same on each run: CI holds it.

// What gungraun's macros make is public.
#![allow(missing_docs)]

mod paths;

use gungraun::prelude::*;
use paths::Sending;

/// Packets that are counted.
const PACKETS: u32 = 1_000;

/// A path that has been sent to for longer than it delays, so that as much arrives as leaves.
fn busy(spec: &str) -> Sending {
    let mut sending = Sending::on(spec);
    sending.send(80_000);
    sending
}

#[library_benchmark(setup = busy)]
#[bench::nothing(paths::NOTHING)]
#[bench::delay_loss_and_rate(paths::DELAY_LOSS_AND_RATE)]
#[bench::jitter_bursts_and_bucket(paths::JITTER_BURSTS_AND_BUCKET)]
#[bench::fq_codel_under_overload(paths::FQ_CODEL_UNDER_OVERLOAD)]
#[bench::overtaking(paths::OVERTAKING)]
fn packets(mut sending: Sending) -> (Sending, u64) {
    let arrived = sending.send(PACKETS);
    (sending, arrived)
}

library_benchmark_group!(name = path, benchmarks = packets);
main!(library_benchmark_groups = path);
