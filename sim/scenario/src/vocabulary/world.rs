//! Where a scenario is to run.

use serde::{Deserialize, Serialize};

/// Where a scenario is to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum World {
    /// On this machine's kernel, in real time.
    Host,
    /// In a kernel of its own, in virtual time: for what takes too long on a clock.
    Guest,
    /// Without a kernel, in virtual time: our SSP only.
    Model,
}
