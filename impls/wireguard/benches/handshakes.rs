//! What a handshake costs the responder, and what a flood of bogus ones does.

mod devices;

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use devices::{arrival, device, key};
use wireguard::Device;

const PEERS: u32 = 1000;
/// Long enough between two initiations for the responder not to be under load.
const SPACING: Duration = Duration::from_millis(1);

/// What caller `number` sends to the responder, number 0.
fn initiation(number: u32) -> Vec<u8> {
    let mut caller = device(number);
    let peer = caller.add_peer(key(0).public_key()).unwrap();
    caller.set_endpoint(peer, arrival().from.remote);
    caller.set_persistent_keepalive(Duration::ZERO, peer, 25);
    caller.poll_transmit().unwrap().contents
}

fn responder(peers: u32) -> Device {
    let mut responder = device(0);
    for number in 1..=peers {
        responder.add_peer(key(number).public_key()).unwrap();
    }
    responder
}

fn answer(device: &mut Device, initiations: &mut [Vec<u8>], spacing: Duration) {
    for (nth, initiation) in (0..).zip(initiations) {
        let _ = black_box(device.handle_datagram(spacing * nth, arrival(), initiation));
        while device.poll_transmit().is_some() {}
    }
}

fn handshakes(criterion: &mut Criterion) {
    let initiations: Vec<_> = (1..=PEERS).map(initiation).collect();
    let mut group = criterion.benchmark_group("responder");
    group
        .throughput(Throughput::Elements(PEERS.into()))
        .sample_size(10);
    group.bench_function("handshakes from distinct peers", |bench| {
        bench.iter_batched(
            || (responder(PEERS), initiations.clone()),
            |(mut device, mut initiations)| answer(&mut device, &mut initiations, SPACING),
            BatchSize::LargeInput,
        );
    });
    group.bench_function("bogus initiations at once", |bench| {
        bench.iter_batched(
            || (responder(0), initiations.clone()),
            |(mut device, mut initiations)| answer(&mut device, &mut initiations, Duration::ZERO),
            BatchSize::LargeInput,
        );
    });
}

criterion_group!(benches, handshakes);
criterion_main!(benches);
