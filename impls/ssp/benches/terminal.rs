//! How fast the terminal takes a program's output, and how fast frames become differences.

mod screens;

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use ssp::terminal::Capabilities;
use ssp::terminal::display::diff;

/// A frame is made about as often as a busy session makes one: stock sends at most 50 a second.
const BYTES_PER_FRAME: usize = 256 * 1024;

fn colored_text() -> Vec<u8> {
    (0..100_000)
        .flat_map(|number| format!("\x1b[38;5;{}mx", number % 256).into_bytes())
        .collect()
}

fn wide_text() -> Vec<u8> {
    "漢字かな交じり文 e\u{301}\r\n".repeat(20_000).into_bytes()
}

/// Emulator and differ together, as in a server whose program floods the screen.
fn flood(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("flood");
    let outputs = [
        ("plain", screens::plain_text(15_000)),
        ("colored", colored_text()),
        ("wide", wide_text()),
    ];
    for (name, output) in outputs {
        group.throughput(Throughput::Bytes(output.len() as u64));
        group.bench_function(name, |bencher| {
            let mut terminal = screens::terminal();
            let mut sent = terminal.framebuffer().clone();
            bencher.iter(|| {
                for bytes in output.chunks(BYTES_PER_FRAME) {
                    terminal.write(bytes);
                    let frame = terminal.framebuffer().clone();
                    black_box(diff(&sent, &frame, Capabilities::STOCK));
                    sent = frame;
                }
            });
        });
    }
}

/// The differences that sessions consist of.
fn frames(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("diff");
    let changes = [
        ("nothing", screens::NOTHING),
        ("keystroke", screens::KEYSTROKE),
        ("new_line", screens::NEW_LINE),
        ("screenful", screens::SCREENFUL),
    ];
    for (name, change) in changes {
        group.bench_function(name, |bencher| {
            let [before, after] = screens::before_and_after(change);
            bencher.iter(|| diff(&before, &after, Capabilities::STOCK));
        });
    }
    group.bench_function("snapshot", |bencher| {
        let terminal = screens::terminal();
        bencher.iter_batched(|| (), |()| terminal.clone(), BatchSize::SmallInput);
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_secs(1));
    targets = flood, frames
}
criterion_main!(benches);
