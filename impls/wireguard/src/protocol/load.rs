//! Whether we are under load, so that handshakes must show a cookie first.

use std::time::Duration;

/// Handshake messages that may come at once: an eighth of the kernel's queue of 4096, its own threshold.
const QUEUE: Duration = Duration::from_millis(256);

/// What one handshake message is reckoned to cost; 2000 a second are an eighth of a core.
const COST: Duration = Duration::from_micros(500);

/// For how long we stay under load once we were.
const STICKY: Duration = Duration::from_secs(1);

/// A queue that is never built: only how long it would take to work it off.
#[derive(Default)]
pub(crate) struct Load {
    idle_at: Duration,
    loaded_until: Duration,
}

impl Load {
    /// Count one handshake message, and say whether we are under load.
    pub(crate) fn arrival(&mut self, now: Duration) -> bool {
        if now < self.loaded_until {
            return true;
        }
        self.idle_at = self.idle_at.max(now) + COST;
        if self.idle_at - now > QUEUE {
            self.loaded_until = now + STICKY;
        }
        now < self.loaded_until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_of_512_is_no_load_and_one_more_is() {
        let mut load = Load::default();
        let now = Duration::from_secs(9);
        assert!((0..512).all(|_| !load.arrival(now)));
        assert!(load.arrival(now));
    }

    #[test]
    fn load_lasts_a_second() {
        let mut load = Load::default();
        let now = Duration::from_secs(9);
        (0..600).for_each(|_| _ = load.arrival(now));
        assert!(load.arrival(now + Duration::from_millis(999)));
        assert!(!load.arrival(now + Duration::from_millis(1000)));
    }

    #[test]
    fn a_steady_2000_a_second_is_no_load() {
        let mut load = Load::default();
        assert!((0..10_000).all(|nth| !load.arrival(nth * COST)));
    }
}
