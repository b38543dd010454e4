//! What judging costs per read of a client's screen. It must stay well below a millisecond, which is what would show
//! in a latency.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use link::units::Span;
use probe::judge::Judge;
use probe::screen::{Picture, Screen};
use probe::script::Script;
use scenario::{Flood, Gap, Typing};

/// Keys that are typed and not answered.
const OUTSTANDING: usize = 200;

fn typing() -> Script {
    let typing = Typing {
        keystrokes: OUTSTANDING as u32,
        gap: Gap::Constant(Span::from_millis(1)),
        drain: Span::default(),
    };
    Script::typing(&typing, 1)
}

/// A judge that waits for every key, and the screen with so many of them answered and a wrong guess on it.
fn outstanding(script: &Script, answered: usize, guess: &str) -> (Judge, Picture) {
    let mut judge = Judge::new(script);
    let mut screen = Screen::new(script.size);
    screen.feed(&script.greeting());
    judge.see(&screen.picture(None));
    for step in &script.steps {
        judge.typed();
        if answered > 0 {
            screen.feed(&step.output);
        }
    }
    screen.feed(guess.as_bytes());
    (judge, screen.picture(None))
}

fn keys(criterion: &mut Criterion) {
    let script = typing();
    let mut group = criterion.benchmark_group("200 keys outstanding");
    let cases = [
        ("all answered at once", OUTSTANDING, ""),
        ("a wrong guess on the screen", 0, "\x1b[3;20HXYZ"),
    ];
    for (name, answered, guess) in cases {
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || outstanding(&script, answered, guess),
                |(mut judge, shown)| black_box(judge.see(&shown)),
                BatchSize::LargeInput,
            );
        });
    }
}

fn flood(criterion: &mut Criterion) {
    let script = Script::flood(&Flood {
        interrupts: 1,
        after: Span::from_millis(1),
        drain: Span::default(),
    });
    let flood: String = (0..120_000)
        .map(|line| format!("{line:011} {}\r\n", "~".repeat(68)))
        .collect();
    let mut group = criterion.benchmark_group("flood");
    group
        .throughput(Throughput::Bytes(flood.len() as u64))
        .sample_size(10)
        .measurement_time(Duration::from_secs(10));
    group.bench_function("10 MB in reads of 4 KB", |bencher| {
        bencher.iter(|| {
            let mut judge = Judge::new(&script);
            let mut screen = Screen::new(script.size);
            let mut shown = screen.picture(None);
            judge.typed();
            judge.typed();
            for read in flood.as_bytes().chunks(4096) {
                screen.feed(read);
                shown = screen.picture(Some(&shown));
                black_box(judge.see(&shown));
            }
        });
    });
}

criterion_group!(benches, keys, flood);
criterion_main!(benches);
