//! Going through recorded values again.

use std::time::Duration;

use crate::units::Span;
use crate::{Samples, Time};

/// Values that follow one another by packet or by time, and start again when all have been.
pub(crate) struct Replay<T> {
    samples: Samples<T>,
    every: Option<Duration>,
}

impl<T: Copy> Replay<T> {
    /// `samples` one a packet, or each for the time `every`, counted from the run's zero.
    pub(crate) fn new(samples: &Samples<T>, every: Option<Span>) -> Replay<T> {
        Replay {
            samples: samples.clone(),
            every: every.map(Span::duration),
        }
    }

    /// The value for the packet `serial`, which is here at `at`.
    pub(crate) fn value(&self, serial: u64, at: Time) -> T {
        let step = match self.every {
            None => serial,
            Some(every) => at.as_nanos() / every.as_nanos() as u64,
        };
        let values = self.samples.values();
        values[(step % values.len() as u64) as usize]
    }
}
