//! How many packets a second one core takes through a path.

mod paths;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use paths::Sending;

/// Paths by what they do.
const PATHS: [(&str, &str); 5] = [
    ("nothing", paths::NOTHING),
    ("delay, loss and rate", paths::DELAY_LOSS_AND_RATE),
    (
        "normal delay, Gilbert-Elliott loss and a token bucket",
        paths::JITTER_BURSTS_AND_BUCKET,
    ),
    ("FQ-CoDel under overload", paths::FQ_CODEL_UNDER_OVERLOAD),
    ("delays that overtake", paths::OVERTAKING),
];

/// Packets given in one iteration.
const PACKETS: u32 = 10_000;

fn throughput(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("packets");
    group.throughput(Throughput::Elements(PACKETS.into()));
    for (name, spec) in PATHS {
        let mut sending = Sending::on(spec);
        group.bench_function(name, |bencher| bencher.iter(|| sending.send(PACKETS)));
    }
    group.finish();
}

criterion_group!(benches, throughput);
criterion_main!(benches);
