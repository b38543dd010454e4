use std::time::Duration;

use super::constant::Constant;
use super::exact_time::ExactTime;
use super::server::Server;
use crate::Time;
use crate::units::{BitRate, Size};

/// Sends while there are tokens.
///
/// Instead of the tokens it keeps the time at which the bucket will be full again (virtual scheduling, ITU-T I.371):
/// a packet may leave when, with it, that time is no further away than an empty bucket takes to fill.
pub(super) struct TokenBucket {
    full: ExactTime,
    time_to_fill: Duration,
    peak: Option<Constant>,
    free: Time,
}

impl TokenBucket {
    pub(super) fn new(rate: BitRate, burst: Size, peak: Option<BitRate>) -> TokenBucket {
        let zero = ExactTime::zero(rate);
        TokenBucket {
            full: zero,
            time_to_fill: zero.after(burst).ceil() - Time::ZERO,
            peak: peak.map(Constant::new),
            free: Time::ZERO,
        }
    }
}

impl Server for TokenBucket {
    fn ready(&self, earliest: Time) -> Time {
        self.free.max(earliest)
    }

    fn send(&mut self, start: Time, size: Size) -> Time {
        self.full = self.full.max(start).after(size);
        let tokens_suffice = self.full.ceil() - self.time_to_fill;
        let sent = self
            .peak
            .as_mut()
            .map_or(start, |peak| peak.send(start, size));
        self.free = sent.max(tokens_suffice);
        self.free
    }
}
