//! Whether we are under load, so that handshakes must show a cookie first; and whether even that is too much.

use std::time::Duration;

/// Handshake messages that may come at once: an eighth of the kernel's queue of 4096, its own threshold.
const QUEUE: Duration = Duration::from_millis(256);

/// What one handshake message is reckoned to cost; 2000 a second are an eighth of a core.
const COST: Duration = Duration::from_micros(500);

/// For how long we stay under load once we were.
const STICKY: Duration = Duration::from_secs(1);

/// Of handshake messages, bogus ones included, 20 000 a second are looked at: what a MAC and a cookie cost is then a sixth
/// of a core at most. More are dropped unseen, so that data is not kept waiting behind them.
const GLANCE: Duration = Duration::from_micros(50);

/// Messages that may come at once and be looked at: the kernel's queue of 4096.
const GLANCE_QUEUE: Duration = Duration::from_micros(50 * 4096);

/// Two queues that are never built: only how long it would take to work them off.
#[derive(Default)]
pub(crate) struct Load {
    glanced_at: Duration,
    idle_at: Duration,
    loaded_until: Duration,
}

impl Load {
    /// Whether one more handshake message is looked at, before anything is known of it.
    pub(crate) fn admits(&mut self, now: Duration) -> bool {
        let glanced_at = self.glanced_at.max(now) + GLANCE;
        let is_admitted = glanced_at - now <= GLANCE_QUEUE;
        if is_admitted {
            self.glanced_at = glanced_at;
        }
        is_admitted
    }

    /// Count one handshake message of somebody who knows our key, and say whether we are under load.
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
    fn of_a_flood_4096_are_looked_at_at_once_and_then_20_000_a_second() {
        let mut load = Load::default();
        let now = Duration::from_secs(9);
        let admitted = |load: &mut Load, now| (0..100_000).filter(|_| load.admits(now)).count();
        assert_eq!(admitted(&mut load, now), 4096);
        assert_eq!(admitted(&mut load, now + Duration::from_millis(100)), 2000);
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
