//! Randomness: one root seed, an independent stream for every path, direction and stage, and within a stream
//! independent draws for every packet.
//!
//! Draws belong to a packet's serial number, not to the order of events: what the n-th packet draws in one
//! stage depends on the seed, the names and n alone. So the verdicts of one stage stay as they are when another
//! stage is added, when its neighbour drops more, or when the machine is slow.
//!
//! The generator is SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA
//! 2014), written out here because its n-th output is needed directly and must never change.

use crate::Packet;

/// The odd constant by which SplitMix64 steps: 2^64 over the golden ratio.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// SplitMix64's output function, a bijection whose every output bit depends on every input bit.
const fn mix(state: u64) -> u64 {
    let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The root of all randomness in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Seed(pub u64);

/// Which way a path carries packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// From the first host of a link to the second.
    Up,
    /// From the second host of a link to the first.
    Down,
}

impl Direction {
    /// Its name in scenario files.
    pub const fn name(self) -> &'static str {
        match self {
            Direction::Up => "up",
            Direction::Down => "down",
        }
    }
}

impl Seed {
    /// The seed of one direction of the link called `link`.
    pub fn path(self, link: &str, direction: Direction) -> PathSeed {
        PathSeed(derive(derive(self.0, link), direction.name()))
    }

    /// 32 bytes called `name`, for what is no path and yet the same in every run: the keys of a tunnel. Anybody can
    /// compute them; they are no secret.
    pub fn bytes(self, name: &str) -> [u8; 32] {
        let mut draws = Stream(derive(self.0, name)).nth(0);
        let mut bytes = [0; 32];
        for chunk in bytes.chunks_exact_mut(8) {
            chunk.copy_from_slice(&draws.bits().to_le_bytes());
        }
        bytes
    }
}

/// The seed of one direction of one path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PathSeed(u64);

impl PathSeed {
    /// A number for whoever draws the randomness of a stage by other means than this crate's.
    pub fn number(self, stage: &str) -> u64 {
        self.stage(stage).nth(0).bits()
    }

    /// The stream of one stage.
    pub(crate) fn stage(self, name: &str) -> Stream {
        Stream(derive(self.0, name))
    }
}

/// A child's seed: the parent's, mixed with the child's name by FNV-1a (Fowler, Noll and Vo).
fn derive(parent: u64, name: &str) -> u64 {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    mix(mix(parent.wrapping_add(STEP)) ^ hash)
}

/// The randomness of one stage of one path.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stream(u64);

impl Stream {
    /// The draws that belong to `packet`; those of its duplicate are others.
    pub(crate) fn of<P>(self, packet: &Packet<P>) -> Draws {
        self.nth(2 * packet.serial + u64::from(packet.copy))
    }

    /// The draws seeded by the stream's `n`-th output.
    pub(crate) fn nth(self, n: u64) -> Draws {
        Draws(mix(self
            .0
            .wrapping_add(STEP.wrapping_mul(n.wrapping_add(1)))))
    }
}

/// A sequence of random numbers: SplitMix64.
#[derive(Clone, Debug)]
pub(crate) struct Draws(u64);

impl Draws {
    /// 64 uniform bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// Uniform in [0, 1), a multiple of 2^-53.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// True with probability `p`.
    pub(crate) fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// Uniform in 0..bound (Lemire's multiplication; its bias is below bound / 2^64).
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }

    /// Exponential with mean 1, by inversion.
    pub(crate) fn exponential(&mut self) -> f64 {
        -libm::log(1.0 - self.unit())
    }

    /// Standard normal (Box and Muller, "A note on the generation of random normal deviates", 1958).
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (2.0 * self.exponential()).sqrt();
        radius * libm::cos(std::f64::consts::TAU * self.unit())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_splitmix64_as_published() {
        // The reference implementation's first outputs from state 1234567.
        let mut draws = Draws(1_234_567);
        let outputs = [draws.bits(), draws.bits(), draws.bits()];
        assert_eq!(
            outputs,
            [
                6457827717110365317,
                3203168211198807973,
                9817491932198370423
            ]
        );
    }

    #[test]
    fn bytes_follow_from_seed_and_name() {
        let bytes = Seed(1).bytes("key");
        assert_eq!(bytes, Seed(1).bytes("key"));
        assert_ne!(bytes, Seed(2).bytes("key"));
        assert_ne!(bytes, Seed(1).bytes("other key"));
        assert_ne!(bytes[..16], bytes[16..]);
    }

    #[test]
    fn every_path_direction_stage_and_packet_draws_its_own_numbers() {
        let seeds = [
            Seed(1).path("wan", Direction::Up).stage("loss"),
            Seed(2).path("wan", Direction::Up).stage("loss"),
            Seed(1).path("lan", Direction::Up).stage("loss"),
            Seed(1).path("wan", Direction::Down).stage("loss"),
            Seed(1).path("wan", Direction::Up).stage("delay"),
        ];
        let mut first: Vec<u64> = seeds
            .iter()
            .flat_map(|stream| (0..100).map(|n| stream.nth(n).bits()))
            .collect();
        let drawn = first.len();
        first.sort_unstable();
        first.dedup();
        assert_eq!(first.len(), drawn);
    }
}
