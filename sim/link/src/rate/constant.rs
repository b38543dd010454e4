use super::exact_time::ExactTime;
use super::server::Server;
use crate::Time;
use crate::units::{BitRate, Size};

/// Sends each packet for its length divided by the rate.
pub(super) struct Constant {
    free: ExactTime,
}

impl Constant {
    pub(super) fn new(rate: BitRate) -> Constant {
        Constant {
            free: ExactTime::zero(rate),
        }
    }
}

impl Server for Constant {
    fn ready(&self, earliest: Time) -> Time {
        self.free.ceil().max(earliest)
    }

    fn send(&mut self, start: Time, size: Size) -> Time {
        self.free = self.free.max(start).after(size);
        self.free.ceil()
    }
}
