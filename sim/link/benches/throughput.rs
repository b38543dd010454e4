//! How many packets a second one core takes through a path.

use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use link::{Direction, Packet, Path, PathSpec, Seed, Time};

/// Paths by what they do.
const PATHS: [(&str, &str); 5] = [
    ("nothing", "()"),
    (
        "delay, loss and rate",
        r#"(delay: Constant("50ms"), loss: Bernoulli(0.01), rate: Constant("10Gbit/s"))"#,
    ),
    (
        "normal delay, Gilbert-Elliott loss and a token bucket",
        r#"(
            delay: Normal(mean: "50ms", sd: "5ms", correlation: 0.5),
            loss: GilbertElliott(p: 0.01, r: 0.3),
            rate: TokenBucket(rate: "10Gbit/s", burst: "64KiB"),
        )"#,
    ),
    (
        "FQ-CoDel under overload",
        r#"(rate: Constant("5Gbit/s"), queue: FqCoDel(packets: 1000))"#,
    ),
    (
        "delays that overtake",
        r#"(delay: Uniform(min: "1ms", max: "2ms"), overtaking: true)"#,
    ),
];

/// Packets given in one iteration.
const PACKETS: u64 = 10_000;

fn throughput(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("packets");
    group.throughput(Throughput::Elements(PACKETS));
    for (name, spec) in PATHS {
        let ron = ron::Options::default()
            .with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME);
        let spec: PathSpec = ron.from_str(spec).expect("the spec is right");
        let seed = Seed(1).path("wan", Direction::Up);
        let mut path: Path<()> = Path::new(&spec, seed).expect("the spec is consistent");
        let mut now = Time::ZERO;
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mut arrived = 0u64;
                for handle in 0..PACKETS as u32 {
                    now += Duration::from_nanos(1_000);
                    path.give(Packet::new(1_000, u64::from(handle % 16), ()), now);
                    while path.take(now).is_some() {
                        arrived += 1;
                    }
                    while path.take_drop().is_some() {}
                }
                arrived
            });
        });
    }
    group.finish();
}

criterion_group!(benches, throughput);
criterion_main!(benches);
