use std::fmt;
use std::num::NonZeroU64;

use super::{Quantity, text_traits};

/// Bits per second, more than none: `"10Mbit/s"`, `"64kbit/s"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BitRate(NonZeroU64);

impl BitRate {
    /// A rate of `bits` bits per second; there is no rate of 0.
    pub const fn from_bits_per_second(bits: u64) -> Option<BitRate> {
        match NonZeroU64::new(bits) {
            Some(bits) => Some(BitRate(bits)),
            None => None,
        }
    }

    /// The rate in bits per second.
    pub const fn bits_per_second(self) -> u64 {
        self.0.get()
    }
}

impl Quantity for BitRate {
    const EXPECTED: &'static str =
        "a rate above 0: a number and bit/s, kbit/s, Mbit/s or Gbit/s, as in \"10Mbit/s\"";

    const UNITS: &'static [(&'static str, u64)] = &[
        ("Gbit/s", 1_000_000_000),
        ("Mbit/s", 1_000_000),
        ("kbit/s", 1_000),
        ("bit/s", 1),
    ];

    fn from_smallest(bits: u64) -> Option<BitRate> {
        BitRate::from_bits_per_second(bits)
    }
}

impl fmt::Display for BitRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::write::<BitRate>(self.bits_per_second(), f)
    }
}

text_traits!(BitRate);
