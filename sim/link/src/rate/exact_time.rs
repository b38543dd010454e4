use crate::Time;
use crate::units::{BitRate, Size};

/// A time kept to a fraction of a nanosecond, so that a fast link doesn't drift: `nanos + part / rate` nanoseconds.
#[derive(Clone, Copy)]
pub(super) struct ExactTime {
    nanos: u64,
    part: u64,
    rate: u64,
}

impl ExactTime {
    /// Zero, in fractions of what `rate` needs.
    pub(super) fn zero(rate: BitRate) -> ExactTime {
        ExactTime {
            nanos: 0,
            part: 0,
            rate: rate.bits_per_second(),
        }
    }

    /// The first whole nanosecond that is not before this time.
    pub(super) fn ceil(self) -> Time {
        Time::from_nanos(self.nanos.saturating_add(u64::from(self.part > 0)))
    }

    /// This time, or `time` if that is later.
    pub(super) fn max(self, time: Time) -> ExactTime {
        if time <= self.ceil() {
            return self;
        }
        ExactTime {
            nanos: time.as_nanos(),
            part: 0,
            rate: self.rate,
        }
    }

    /// How long the rate takes for `size`, later.
    pub(super) fn after(self, size: Size) -> ExactTime {
        const BIT_NANOS_PER_BYTE: u128 = 8 * 1_000_000_000;
        let parts = u128::from(size.bytes()) * BIT_NANOS_PER_BYTE + u128::from(self.part);
        let rate = u128::from(self.rate);
        let nanos = u64::try_from(parts / rate).unwrap_or(u64::MAX);
        ExactTime {
            nanos: self.nanos.saturating_add(nanos),
            part: (parts % rate) as u64,
            rate: self.rate,
        }
    }
}
