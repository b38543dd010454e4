use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

use super::InvalidQuantity;

/// A probability, as a fraction from 0 to 1: `0.29`.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Probability(f64);

const EXPECTED: &str = "a probability: a fraction from 0.0 to 1.0, as in 0.29";

impl Probability {
    /// Never.
    pub const ZERO: Probability = Probability(0.0);

    /// Always.
    pub const ONE: Probability = Probability(1.0);

    /// The probability `fraction`, if it is from 0 to 1.
    pub fn new(fraction: f64) -> Option<Probability> {
        (0.0..=1.0)
            .contains(&fraction)
            .then_some(Probability(fraction))
    }

    /// The probability as a fraction.
    pub const fn fraction(self) -> f64 {
        self.0
    }
}

impl fmt::Display for Probability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Probability {
    type Err = InvalidQuantity;

    fn from_str(text: &str) -> Result<Probability, InvalidQuantity> {
        text.parse()
            .ok()
            .and_then(Probability::new)
            .ok_or_else(|| InvalidQuantity {
                text: text.to_owned(),
                expected: EXPECTED,
            })
    }
}

impl Serialize for Probability {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0)
    }
}

impl<'de> Deserialize<'de> for Probability {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Probability, D::Error> {
        struct Fraction;

        impl Visitor<'_> for Fraction {
            type Value = Probability;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(EXPECTED)
            }

            fn visit_f64<E: de::Error>(self, fraction: f64) -> Result<Probability, E> {
                Probability::new(fraction)
                    .ok_or_else(|| E::custom(format_args!("`{fraction}` is not {EXPECTED}")))
            }

            fn visit_u64<E: de::Error>(self, whole: u64) -> Result<Probability, E> {
                self.visit_f64(whole as f64)
            }

            fn visit_i64<E: de::Error>(self, whole: i64) -> Result<Probability, E> {
                self.visit_f64(whole as f64)
            }
        }

        deserializer.deserialize_any(Fraction)
    }
}
