//! A wire in virtual time: what is put in comes out later, or twice, or changed, or never.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// What one direction does to datagrams. Probabilities are from 0 to 1.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Faults {
    pub(crate) delay: Duration,
    /// Added to the delay, uniformly from nothing to this: more than the gap between datagrams reorders them.
    pub(crate) jitter: Duration,
    pub(crate) loss: f64,
    pub(crate) duplication: f64,
    /// One bit is flipped.
    pub(crate) corruption: f64,
    /// Longer payloads vanish.
    pub(crate) mtu: usize,
}

impl Faults {
    pub(crate) fn delay(delay: Duration) -> Self {
        Self {
            delay,
            jitter: Duration::ZERO,
            loss: 0.0,
            duplication: 0.0,
            corruption: 0.0,
            mtu: usize::MAX,
        }
    }
}

/// One direction.
pub(crate) struct Wire<T> {
    pub(crate) faults: Faults,
    random: ChaCha8Rng,
    in_flight: BTreeMap<(Instant, u64), T>,
    entered: u64,
    /// Bytes of the longest payload that got through.
    pub(crate) longest: usize,
}

/// What travels.
pub(crate) trait Payload: Clone {
    fn bytes(&mut self) -> &mut Vec<u8>;
}

impl<T: Payload> Wire<T> {
    pub(crate) fn new(faults: Faults, seed: u64) -> Self {
        Self {
            faults,
            random: ChaCha8Rng::seed_from_u64(seed),
            in_flight: BTreeMap::new(),
            entered: 0,
            longest: 0,
        }
    }

    fn chance(&mut self) -> f64 {
        f64::from(self.random.next_u32()) / f64::from(u32::MAX)
    }

    fn happens(&mut self, probability: f64) -> bool {
        self.chance() < probability
    }

    pub(crate) fn put(&mut self, mut payload: T, now: Instant) {
        let is_too_long = payload.bytes().len() > self.faults.mtu;
        if self.happens(self.faults.loss) || is_too_long {
            return;
        }
        self.longest = self.longest.max(payload.bytes().len());
        if self.happens(self.faults.corruption) {
            let bytes = payload.bytes();
            let bit = self.random.next_u32() as usize % (bytes.len() * 8);
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        let copies = if self.happens(self.faults.duplication) {
            2
        } else {
            1
        };
        for _ in 0..copies {
            let jitter = self.faults.jitter.mul_f64(self.chance());
            let arrival = now + self.faults.delay + jitter;
            self.in_flight
                .insert((arrival, self.entered), payload.clone());
            self.entered += 1;
        }
    }

    pub(crate) fn next_arrival(&self) -> Option<Instant> {
        self.in_flight.first_key_value().map(|(&(at, _), _)| at)
    }

    pub(crate) fn take(&mut self, now: Instant) -> Option<T> {
        let first = self.in_flight.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }
}
