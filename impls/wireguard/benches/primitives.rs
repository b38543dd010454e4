//! Which crate does the cryptography: AEAD at the lengths of a keepalive, an acknowledgement and a full packet, and X25519.

use std::hint::black_box;

use aws_lc_rs::aead as aws;
use boringtun::x25519;
use chacha20poly1305::aead::{AeadInOut, KeyInit};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ring::aead as ring_aead;

fn seal(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("seal");
    for len in [16usize, 64, 1420] {
        group.throughput(Throughput::Bytes(len as u64));
        let mut buffer = vec![7; len];
        let key =
            aws::LessSafeKey::new(aws::UnboundKey::new(&aws::CHACHA20_POLY1305, &[1; 32]).unwrap());
        group.bench_function(BenchmarkId::new("aws-lc-rs", len), |bench| {
            bench.iter(|| {
                let nonce = aws::Nonce::assume_unique_for_key([2; 12]);
                key.seal_in_place_separate_tag(nonce, aws::Aad::empty(), &mut buffer)
                    .unwrap()
            });
        });
        let key = ring_aead::LessSafeKey::new(
            ring_aead::UnboundKey::new(&ring_aead::CHACHA20_POLY1305, &[1; 32]).unwrap(),
        );
        group.bench_function(BenchmarkId::new("ring", len), |bench| {
            bench.iter(|| {
                let nonce = ring_aead::Nonce::assume_unique_for_key([2; 12]);
                key.seal_in_place_separate_tag(nonce, ring_aead::Aad::empty(), &mut buffer)
                    .unwrap()
            });
        });
        let key = chacha20poly1305::ChaCha20Poly1305::new(&[1; 32].into());
        group.bench_function(BenchmarkId::new("chacha20poly1305", len), |bench| {
            bench.iter(|| {
                key.encrypt_inout_detached(&[2; 12].into(), b"", buffer.as_mut_slice().into())
                    .unwrap()
            });
        });
    }
}

fn agree(criterion: &mut Criterion) {
    use aws_lc_rs::agreement::{PrivateKey, UnparsedPublicKey, X25519, agree};
    let mut group = criterion.benchmark_group("agree");
    let theirs = [9; 32];
    let ours = PrivateKey::from_private_key(&X25519, &[1; 32]).unwrap();
    group.bench_function("aws-lc-rs", |bench| {
        bench.iter(|| {
            let theirs = UnparsedPublicKey::new(&X25519, black_box(&theirs));
            agree(&ours, theirs, (), |secret| Ok(secret[0])).unwrap()
        });
    });
    let ours = x25519::StaticSecret::from([1; 32]);
    let theirs = x25519::PublicKey::from(theirs);
    group.bench_function("x25519-dalek", |bench| {
        bench.iter(|| ours.diffie_hellman(black_box(&theirs)).to_bytes())
    });
}

criterion_group!(benches, seal, agree);
criterion_main!(benches);
