//! Randomness that a seed repeats.

use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

pub(crate) fn seeded(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}
