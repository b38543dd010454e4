//! How fast the terminal takes a program's output, and how fast frames become differences.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use ssp::terminal::display::diff;
use ssp::terminal::{Capabilities, Size, Terminal};

const SIZE: Size = Size {
    width: 80,
    height: 24,
};

/// A frame is made about as often as a busy session makes one: stock sends at most 50 a second.
const BYTES_PER_FRAME: usize = 256 * 1024;

fn plain_text() -> Vec<u8> {
    let line = "The quick brown fox jumps over the lazy dog, and the dog lets it pass";
    (0..15_000)
        .flat_map(|number| format!("{number:6} {line}\r\n").into_bytes())
        .collect()
}

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
        ("plain", plain_text()),
        ("colored", colored_text()),
        ("wide", wide_text()),
    ];
    for (name, output) in outputs {
        group.throughput(Throughput::Bytes(output.len() as u64));
        group.bench_function(name, |bencher| {
            let mut terminal = Terminal::new(SIZE);
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
        ("nothing", ""),
        ("keystroke", "x"),
        ("new_line", "\r\n$ "),
        (
            "screenful",
            "\x1b[H\x1b[2J\x1b[7mstatus\x1b[m\r\nother text\r\n",
        ),
    ];
    for (name, change) in changes {
        group.bench_function(name, |bencher| {
            let mut terminal = Terminal::new(SIZE);
            terminal.write(&plain_text()[..4000]);
            let before = terminal.framebuffer().clone();
            terminal.write(change.as_bytes());
            let after = terminal.framebuffer().clone();
            bencher.iter(|| diff(&before, &after, Capabilities::STOCK));
        });
    }
    group.bench_function("snapshot", |bencher| {
        let terminal = Terminal::new(SIZE);
        bencher.iter_batched(|| (), |()| terminal.clone(), BatchSize::SmallInput);
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_secs(1));
    targets = flood, frames
}
criterion_main!(benches);
