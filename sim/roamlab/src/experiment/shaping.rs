//! What shapes the links of a repetition.

use lab::{
    netem::Netem,
    relay::{Relay, RelayReport},
    shaper::Shaper,
};

use super::Stop;
use crate::options::ShaperKind;

/// A running shaper.
pub(super) enum Shaping {
    Relay(Relay),
    Netem(Netem),
}

impl Shaping {
    pub(super) fn start(kind: ShaperKind) -> Result<Self, Stop> {
        let started = match kind {
            ShaperKind::Relay => Relay::start().map(Self::Relay),
            ShaperKind::Netem => Netem::start().map(Self::Netem),
        };
        started.map_err(|error| {
            Stop::machine(format!("cannot shape links by {}: {error}", kind.name()))
        })
    }

    pub(super) fn shaper(&self) -> &dyn Shaper {
        match self {
            Self::Relay(relay) => relay,
            Self::Netem(netem) => netem,
        }
    }

    /// Ends it and gives what it says of its own errors, if it measures them.
    pub(super) fn stop(self) -> Result<Option<RelayReport>, Stop> {
        match self {
            Self::Netem(_) => Ok(None),
            Self::Relay(relay) => {
                let stopped = relay.stop();
                let report =
                    stopped.map_err(|error| Stop::failed(format!("the relay: {error}")))?;
                Ok(Some(report))
            }
        }
    }
}
