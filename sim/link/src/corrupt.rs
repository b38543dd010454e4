//! Flipping bits.

use serde::{Deserialize, Serialize};

use crate::units::Probability;

/// Which packets arrive with flipped bits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Corrupt {
    /// Each with this probability, in one bit anywhere from its IP header on.
    Packets(Probability),
    /// Every bit is flipped with this probability, whatever happens to the others.
    Bits(Probability),
}
