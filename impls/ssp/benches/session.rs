//! What a datagram costs: sealing and opening by size, decoding, and a turn of the transport.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ssp::crypto::{Direction, Key, Opener, Sealer};
use ssp::state::UserInput;
use ssp::terminal::TerminalState;
use ssp::transport::{Arrival, Role, Transmit, Transport, Tuning};
use ssp::wire::instruction::Instruction;
use ssp::wire::user::UserInstruction;

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

fn arrival(transmit: &Transmit) -> Arrival<'_> {
    Arrival {
        source: transmit.destination,
        socket: 0,
        congested: false,
        payload: &transmit.payload,
    }
}

/// A key is typed, travels, and is acknowledged.
fn keystroke(criterion: &mut Criterion) {
    let key = Key::from([7; 16]);
    let mut now = Instant::now();
    let address = "192.0.2.1:60001".parse().expect("an address");
    let objects = (UserInput::default(), TerminalState::new());
    let mirrored = (TerminalState::new(), UserInput::default());
    let role = Role::Client { server: address };
    let mut client = Transport::new(role, &key, Tuning::best(), objects, 0, now);
    let mut server = Transport::new(Role::Server, &key, Tuning::best(), mirrored, 0, now);
    criterion.bench_function("keystroke through both transports", |bench| {
        bench.iter(|| {
            now += Duration::from_millis(130);
            let input = client.local_mut(now);
            input.push(UserInstruction::Keystrokes(b"x"));
            while let Some(transmit) = client.poll_transmit(now) {
                server.handle_datagram(&arrival(&transmit), now);
            }
            server.local_mut(now).write(b"x", now);
            while let Some(transmit) = server.poll_transmit(now) {
                client.handle_datagram(&arrival(&transmit), now);
            }
        });
    });
}

criterion_group!(benches, crypto, parse, keystroke);
criterion_main!(benches);
