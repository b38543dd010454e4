use std::time::Duration;

use super::Spread;
use super::stage::Model;
use crate::Time;
use crate::seed::{Draws, Stream};
use crate::units::Span;

/// Alternates between losing nothing and losing everything.
pub(super) struct OnOff {
    on: Span,
    off: Span,
    spread: Spread,
    /// One draw for every phase.
    stream: Stream,
    phase: u64,
    ends: Time,
}

impl OnOff {
    /// On from `start`.
    pub(super) fn new(on: Span, off: Span, spread: Spread, stream: Stream, start: Time) -> OnOff {
        let mut on_off = OnOff {
            on,
            off,
            spread,
            stream,
            phase: 0,
            ends: start,
        };
        on_off.ends += on_off.length();
        on_off
    }

    fn is_off(&self) -> bool {
        self.phase % 2 == 1
    }

    /// How long this phase lasts; at least a nanosecond.
    fn length(&self) -> Duration {
        let mean = if self.is_off() { self.off } else { self.on };
        let factor = match self.spread {
            Spread::Fixed => return mean.duration(),
            Spread::Exponential => self.stream.nth(self.phase).exponential(),
        };
        Duration::from_nanos((mean.as_secs_f64() * factor * 1e9) as u64 + 1)
    }
}

impl Model for OnOff {
    fn loses(&mut self, _serial: u64, at: Time, _draws: Draws) -> bool {
        while at >= self.ends {
            self.phase += 1;
            self.ends += self.length();
        }
        self.is_off()
    }
}
