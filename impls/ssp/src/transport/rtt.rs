//! Round-trip time and the timers that follow from it (RFC 6298 with SSP's bounds).

use std::time::{Duration, Instant};

/// The floor of the retransmission timeout. TCP's is a second; SSP acknowledges fast enough for less.
const MIN_RTO: Duration = Duration::from_millis(50);
const MAX_RTO: Duration = Duration::from_millis(1000);

/// Frames are sent at most 50 times a second …
const MIN_SEND_INTERVAL: Duration = Duration::from_millis(20);
/// … and, if there is something to send, at least 4 times.
const MAX_SEND_INTERVAL: Duration = Duration::from_millis(250);

/// Longer samples come from a suspended peer, not from the path.
const IMPLAUSIBLE: Duration = Duration::from_millis(5000);

/// The shortest round trip is remembered for once to twice this.
const SHORTEST_SPAN: Duration = Duration::from_secs(20);

/// The estimator of one session.
#[derive(Debug, Clone)]
pub struct RoundTrip {
    smoothed: Duration,
    variation: Duration,
    shortest: Option<Shortest>,
}

/// The shortest samples of this span of time and of the one before: paths change.
#[derive(Debug, Clone)]
struct Shortest {
    began: Instant,
    current: Duration,
    previous: Duration,
}

impl RoundTrip {
    pub(super) fn new() -> Self {
        Self {
            smoothed: Duration::from_millis(1000),
            variation: Duration::from_millis(500),
            shortest: None,
        }
    }

    pub(super) fn sample(&mut self, sample: Duration, now: Instant) {
        if sample >= IMPLAUSIBLE {
            return;
        }
        if self.shortest.is_none() {
            self.smoothed = sample;
            self.variation = sample / 2;
        } else {
            self.variation = self.variation * 3 / 4 + self.smoothed.abs_diff(sample) / 4;
            self.smoothed = self.smoothed * 7 / 8 + sample / 8;
        }
        let shortest = self.shortest.get_or_insert(Shortest {
            began: now,
            current: sample,
            previous: sample,
        });
        if now >= shortest.began + SHORTEST_SPAN {
            shortest.previous = std::mem::replace(&mut shortest.current, sample);
            shortest.began = now;
        }
        shortest.current = shortest.current.min(sample);
    }

    /// The smoothed round-trip time. One second before the first sample.
    pub fn smoothed(&self) -> Duration {
        self.smoothed
    }

    /// How long to wait for an acknowledgement, 50 ms to 1 s.
    pub fn timeout(&self) -> Duration {
        ceil_to_millisecond(self.smoothed + 4 * self.variation).clamp(MIN_RTO, MAX_RTO)
    }

    /// The time between two frames: half a round trip, 20 ms to 250 ms. The prediction engine goes by it too.
    pub fn send_interval(&self) -> Duration {
        ceil_to_millisecond(self.smoothed / 2).clamp(MIN_SEND_INTERVAL, MAX_SEND_INTERVAL)
    }

    /// Whether the path takes much longer than it did a little while ago: a queue has built up.
    pub(super) fn has_grown(&self) -> bool {
        self.shortest.as_ref().is_some_and(|shortest| {
            self.smoothed > 2 * shortest.current.min(shortest.previous) + MIN_SEND_INTERVAL
        })
    }
}

fn ceil_to_millisecond(duration: Duration) -> Duration {
    Duration::from_millis(duration.as_micros().div_ceil(1000) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(samples_ms: &[u64]) -> RoundTrip {
        after_spaced(samples_ms, Duration::from_millis(100))
    }

    fn after_spaced(samples_ms: &[u64], spacing: Duration) -> RoundTrip {
        let mut rtt = RoundTrip::new();
        let mut now = Instant::now();
        for &ms in samples_ms {
            rtt.sample(Duration::from_millis(ms), now);
            now += spacing;
        }
        rtt
    }

    #[test]
    fn starts_slowly() {
        assert_eq!(after(&[]).timeout(), Duration::from_millis(1000));
        assert_eq!(after(&[]).send_interval(), Duration::from_millis(250));
    }

    #[test]
    fn the_first_sample_replaces_the_guess() {
        let rtt = after(&[100]);
        assert_eq!(rtt.smoothed(), Duration::from_millis(100));
        assert_eq!(rtt.timeout(), Duration::from_millis(300));
        assert_eq!(rtt.send_interval(), Duration::from_millis(50));
    }

    #[test]
    fn later_samples_are_smoothed_variation_first() {
        let rtt = after(&[100, 180]);
        assert_eq!(rtt.smoothed(), Duration::from_millis(110));
        // 3/4 · 50 + 1/4 · 80 = 57.5
        assert_eq!(rtt.timeout(), Duration::from_millis(340));
    }

    #[test]
    fn bounds_hold() {
        assert_eq!(after(&[1, 1, 1]).timeout(), Duration::from_millis(50));
        assert_eq!(after(&[1]).send_interval(), Duration::from_millis(20));
        assert_eq!(after(&[4000]).timeout(), Duration::from_millis(1000));
    }

    #[test]
    fn implausible_samples_are_ignored() {
        assert_eq!(after(&[100, 5000]).smoothed(), Duration::from_millis(100));
    }

    #[test]
    fn a_standing_queue_is_noticed() {
        assert!(!after(&[100, 110, 120]).has_grown());
        assert!(after(&[100, 900, 900]).has_grown());
    }

    #[test]
    fn a_longer_path_is_no_queue_for_long() {
        let seconds = Duration::from_secs(5);
        assert!(after_spaced(&[10, 100, 100, 100, 100], seconds).has_grown());
        let changed = [[10].as_slice(), &[100; 12]].concat();
        assert!(!after_spaced(&changed, seconds).has_grown());
    }
}
