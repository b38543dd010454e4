//! Holding packets back so that later ones overtake them.

use serde::{Deserialize, Serialize};

use crate::units::{Probability, Span};

/// Which packets are held back, and for how long.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reorder {
    /// The probability of a packet to be held back.
    pub probability: Probability,
    /// For how long it is; what follows it meanwhile overtakes it.
    pub hold: Span,
}
