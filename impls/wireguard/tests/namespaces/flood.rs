//! Floods of handshakes from strangers.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::strangers::{RIGHT_ENDPOINT, Strangers};
use crate::world::Implementation::Ours;
use crate::world::*;

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "cryptography that is not optimised is no match for a flood"
)]
fn a_flood_of_initiations_does_not_stop_a_session() {
    isolated(
        "flood::a_flood_of_initiations_does_not_stop_a_session",
        || {
            let pair = Pair::connected(Ours, Ours);
            assert!(LEFT.reaches("10.0.0.2"));
            let strangers = Strangers::new(&pair, 100);
            let is_over = AtomicBool::new(false);
            let received = std::thread::scope(|scope| {
                scope.spawn(|| {
                    while !is_over.load(Ordering::Relaxed) {
                        strangers.call(RIGHT_ENDPOINT);
                    }
                });
                let received = LEFT.answers("ping -q -c 200 -i 0.005 -W 5 10.0.0.2");
                is_over.store(true, Ordering::Relaxed);
                received
            });
            eprintln!("{received} of 200");
            assert!(received >= 160, "{received} of 200");
        },
    );
}
