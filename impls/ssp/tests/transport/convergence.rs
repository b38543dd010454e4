//! Whatever the path does, both ends agree in the end.
//!
//! `SSP_SESSIONS` sets how many sessions to try and `SSP_SEED` the first seed; a failure prints how to replay it.

use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use ssp::transport::Tuning;

use crate::pair::{MS, Pair};
use crate::wire::Faults;

/// Ends that come to an agreement at all do so in this time once the path works again.
const PATIENCE: Duration = Duration::from_secs(60);

/// What happens in one session is decided by this and nothing else.
struct Fate(ChaCha8Rng);

impl Fate {
    fn below(&mut self, bound: u32) -> u32 {
        self.0.next_u32() % bound
    }

    fn one_in(&mut self, n: u32) -> bool {
        self.below(n) == 0
    }

    /// From 0 to `most`.
    fn share(&mut self, most: f64) -> f64 {
        most * f64::from(self.below(1000)) / 1000.0
    }

    fn tuning(&mut self) -> Tuning {
        if self.one_in(2) {
            Tuning::best()
        } else {
            Tuning::stock(Duration::from_millis(8))
        }
    }

    fn faults(&mut self) -> Faults {
        Faults {
            delay: self.below(400) * MS,
            jitter: self.below(200) * MS,
            loss: self.share(0.6),
            duplication: self.share(0.2),
            corruption: self.share(0.1),
            mtu: if self.one_in(4) { 600 } else { usize::MAX },
        }
    }

    fn bytes(&mut self, most: u32) -> Vec<u8> {
        let mut bytes = vec![0; self.below(most) as usize];
        self.0.fill_bytes(&mut bytes);
        bytes
    }
}

fn live_through(seed: u64) {
    let mut fate = Fate(ChaCha8Rng::seed_from_u64(seed));
    let faults = fate.faults();
    let mut pair = Pair::new(fate.tuning(), fate.tuning(), faults, seed);
    for _ in 0..fate.below(60) {
        match fate.below(8) {
            0..4 => pair.key_in(&fate.bytes(8)),
            4 => rewrite_screen(&mut pair, &mut fate),
            5 => pair.up.faults = fate.faults(),
            6 => pair.down.faults = fate.faults(),
            _ => {
                pair.renumber_client();
                if fate.one_in(2) {
                    pair.client.handle_path_change(pair.now);
                }
            }
        }
        pair.run_for(fate.below(1000) * MS);
    }
    let healed = Faults::delay(50 * MS);
    (pair.up.faults, pair.down.faults) = (healed, healed);
    pair.run_until_condition(PATIENCE, Pair::has_converged);
    pair.client.shut_down(pair.now);
    pair.run_until_condition(PATIENCE, |pair| {
        pair.client.ended(pair.now).is_some() && pair.server.ended(pair.now).is_some()
    });
}

/// The program clears part of its screen and writes anew, sometimes more than fits a datagram.
fn rewrite_screen(pair: &mut Pair, fate: &mut Fate) {
    let most = if fate.one_in(5) { 20_000 } else { 200 };
    let text = fate.bytes(most);
    let kept = fate.below(100) as usize;
    let screen = pair.server.local_mut(pair.now);
    screen.text.truncate(kept);
    screen.text.extend(text);
}

fn number_from_environment(name: &str, default: u64) -> u64 {
    let text = env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn sessions_over_any_path_converge() {
    let first = number_from_environment("SSP_SEED", 0);
    let sessions = number_from_environment("SSP_SESSIONS", 50);
    for seed in first..first + sessions {
        if catch_unwind(AssertUnwindSafe(|| live_through(seed))).is_err() {
            panic!(
                "replay it: SSP_SEED={seed} SSP_SESSIONS=1 cargo test -p ssp --test transport converge"
            );
        }
    }
}
