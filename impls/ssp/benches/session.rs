//! What a datagram costs: sealing and opening by size, decoding, and a turn of the transport.

mod pair;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pair::Pair;
use ssp::crypto::{Direction, Key, Opener, Sealer};
use ssp::wire::instruction::Instruction;

fn crypto(criterion: &mut Criterion) {
    let key = Key::from([7; 16]);
    for size in [64, 200, 1200] {
        let mut group = criterion.benchmark_group(format!("{size} bytes"));
        group.throughput(Throughput::Bytes(size as u64));
        let plaintext = vec![7; size];
        let mut sealer = Sealer::new(&key, Direction::ToServer);
        group.bench_function("seal", |bench| {
            bench.iter(|| sealer.seal(black_box(&plaintext)));
        });
        let opener = Opener::new(&key, Direction::ToServer);
        let datagram = sealer.seal(&plaintext).expect("within the budget");
        group.bench_function("open", |bench| {
            bench.iter(|| opener.open(black_box(&datagram)));
        });
    }
}

fn parse(criterion: &mut Criterion) {
    let message = Instruction {
        old_num: 1000,
        new_num: 1001,
        ack_num: 500,
        throwaway_num: 990,
        diff: &[7; 200],
        chaff: &[7; 8],
        ..Instruction::default()
    }
    .emit();
    criterion.bench_function("parse an instruction", |bench| {
        bench.iter(|| black_box(Instruction::parse(black_box(&message))).is_ok());
    });
}

fn keystroke(criterion: &mut Criterion) {
    let mut pair = Pair::new();
    criterion.bench_function("keystroke through both transports", |bench| {
        bench.iter(|| pair.keystroke());
    });
}

criterion_group!(benches, crypto, parse, keystroke);
criterion_main!(benches);
