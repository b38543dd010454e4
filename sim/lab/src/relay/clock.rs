//! The one clock that packets go by.

use std::time::Instant;

use link::Time;

/// Time since the relay's start. In a guest kernel this is virtual time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    zero: Instant,
}

impl Clock {
    /// A clock that shows zero now.
    pub(super) fn start() -> Clock {
        Clock {
            zero: Instant::now(),
        }
    }

    /// What it shows.
    pub(super) fn now(&self) -> Time {
        Time::ZERO + self.zero.elapsed()
    }

    /// When it shows this.
    pub(super) fn instant(&self, time: Time) -> Instant {
        self.zero + (time - Time::ZERO)
    }
}
