//! An alarm clock finer than the runtime's own timer, whose millisecond would be charged to every key.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Instant;

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use crate::watched::watched;

/// Rings once, at the last time that it was set to.
pub(crate) struct Alarm {
    timer: AsyncFd<OwnedFd>,
}

impl Alarm {
    /// An alarm that isn't set.
    pub(crate) fn new() -> io::Result<Self> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
        let timer = watched(timer, Interest::READABLE)?;
        Ok(Alarm { timer })
    }

    /// Sets it; a time that has passed rings at once.
    pub(crate) fn set(&self, at: Instant) -> io::Result<()> {
        let left = at.saturating_duration_since(Instant::now());
        let it_value = Timespec {
            tv_sec: left.as_secs().try_into().unwrap_or(i64::MAX),
            // All zero would switch the alarm off.
            tv_nsec: i64::from(left.subsec_nanos()).max(i64::from(left.is_zero())),
        };
        let spec = Itimerspec {
            it_interval: Timespec::default(),
            it_value,
        };
        timerfd_settime(self.timer.get_ref(), TimerfdTimerFlags::empty(), &spec)?;
        Ok(())
    }

    /// Waits until it rings.
    pub(crate) async fn ring(&self) -> io::Result<()> {
        let mut rings = [0; 8];
        let read = self.timer.async_io(Interest::READABLE, |timer| {
            Ok(rustix::io::read(timer, &mut rings)?)
        });
        read.await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn it_rings_at_its_time_and_not_before() {
        let alarm = Alarm::new().unwrap();
        let at = Instant::now() + Duration::from_micros(300);
        alarm.set(at).unwrap();
        alarm.ring().await.unwrap();
        assert!(Instant::now() >= at);
    }

    #[tokio::test]
    async fn a_time_that_has_passed_rings_at_once() {
        let alarm = Alarm::new().unwrap();
        alarm.set(Instant::now()).unwrap();
        alarm.ring().await.unwrap();
    }
}
