//! Noticing that a stream of states has fallen silent.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::rtt::RoundTrip;

/// So many changes …
const ARRIVALS: usize = 8;
/// … within so long are a stream.
const BUSY: Duration = Duration::from_millis(1000);

/// The newest changes that came in.
#[derive(Default)]
pub(super) struct Stream {
    arrivals: VecDeque<Instant>,
}

impl Stream {
    pub(super) fn handle_arrival(&mut self, now: Instant) {
        self.arrivals.push_back(now);
        if self.arrivals.len() > ARRIVALS {
            self.arrivals.pop_front();
        }
    }

    /// When a stream counts as silent, if it is one and nothing more comes.
    pub(super) fn silent_at(&self, rtt: &RoundTrip) -> Option<Instant> {
        let (&first, &last) = (self.arrivals.front()?, self.arrivals.back()?);
        let is_stream = self.arrivals.len() == ARRIVALS && last - first <= BUSY;
        is_stream.then(|| last + rtt.timeout())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn silent_after(count: u32, gap: Duration) -> Option<Duration> {
        let start = Instant::now();
        let mut stream = Stream::default();
        (0..count).for_each(|n| stream.handle_arrival(start + n * gap));
        let last = start + (count - 1) * gap;
        stream.silent_at(&RoundTrip::new()).map(|at| at - last)
    }

    #[test]
    fn only_many_changes_in_a_short_time_are_a_stream() {
        let gap = Duration::from_millis(50);
        assert_eq!(silent_after(7, gap), None);
        assert_eq!(silent_after(20, gap), Some(RoundTrip::new().timeout()));
        assert_eq!(silent_after(20, 4 * gap), None);
    }
}
