//! How long a session takes to begin where handshake messages are lost.

use std::fmt::Write;
use std::time::Duration;

use wireguard::HandshakeRetry;

use crate::world::*;

const RUNS: u64 = 200;

/// How long after the first packet the initiator has a session: none when it gave up.
fn begins_after(retry: HandshakeRetry, loss: f64, seed: u64) -> Option<Duration> {
    let mut world = pair();
    let peer = only_peer(&world.left.node);
    world.left.node.set_peer_handshake_retry(peer, Some(retry));
    let path = format!(r#"(loss: Bernoulli({loss}), delay: Constant("20ms"))"#);
    world.travel(&format!("#![enable(implicit_some)] {path}"), seed);
    world.send_right(b"hello");
    let left = world.left.outer;
    (0..120).find_map(|_| {
        world.run_for(secs(1));
        let data = world.times(|sent| sent.from == left && sent.bytes[0] == 4);
        data.first().copied()
    })
}

/// Of both schedules: the mean, the median and the 90th and 99th percentile, and how many gave up.
#[test]
fn lost_handshake_messages_cost_less_with_eager_retries() {
    let mut table = String::from("loss  schedule    mean    p50    p90    p99  given up\n");
    for loss in [0.0, 0.29, 0.5] {
        for retry in [HandshakeRetry::Standard, HandshakeRetry::Eager] {
            let begun = (0..RUNS).filter_map(|seed| begins_after(retry, loss, seed));
            let mut times: Vec<f64> = begun.map(|time| time.as_secs_f64()).collect();
            times.sort_by(f64::total_cmp);
            let at = |fraction: f64| times[((times.len() - 1) as f64 * fraction) as usize];
            writeln!(
                table,
                "{:3.0}%  {:8} {:6.2}s {:5.2}s {:5.2}s {:5.2}s {:9}",
                loss * 100.0,
                retry.to_string(),
                times.iter().sum::<f64>() / times.len() as f64,
                at(0.5),
                at(0.9),
                at(0.99),
                RUNS as usize - times.len(),
            )
            .unwrap();
        }
    }
    insta::assert_snapshot!(table);
}
