//! Noticing that a stream of states has fallen silent.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::rtt::RoundTrip;

/// So many changes that nobody has asked for are a stream …
const ARRIVALS: usize = 5;
/// … unless one was so long in coming.
const LONGEST_GAP: Duration = Duration::from_millis(2000);

/// The newest changes that came in of themselves.
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

    /// We have told the peer something: what comes next may be its answer.
    pub(super) fn handle_write(&mut self) {
        self.arrivals.clear();
    }

    /// When a stream counts as silent, if it is one and nothing more comes.
    pub(super) fn silent_at(&self, rtt: &RoundTrip) -> Option<Instant> {
        let later = self.arrivals.iter().skip(1);
        let gaps = self.arrivals.iter().zip(later).map(|(&a, &b)| b - a);
        let longest = gaps.max()?;
        let is_stream = self.arrivals.len() == ARRIVALS && longest <= LONGEST_GAP;
        let last = *self.arrivals.back()?;
        is_stream.then(|| last + longest * 3 / 2 + rtt.timeout())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GAP: Duration = Duration::from_millis(200);

    fn stream(count: u32, gap: Duration) -> Stream {
        let start = Instant::now();
        let mut stream = Stream::default();
        (0..count).for_each(|n| stream.handle_arrival(start + n * gap));
        stream
    }

    fn silent_after(stream: &Stream) -> Option<Duration> {
        let silent_at = stream.silent_at(&RoundTrip::new())?;
        stream.arrivals.back().map(|&last| silent_at - last)
    }

    #[test]
    fn changes_that_keep_coming_are_missed_when_they_stop() {
        let timeout = RoundTrip::new().timeout();
        assert_eq!(silent_after(&stream(4, GAP)), None);
        assert_eq!(silent_after(&stream(20, GAP)), Some(GAP * 3 / 2 + timeout));
        assert_eq!(silent_after(&stream(20, 11 * GAP)), None);
    }

    #[test]
    fn answers_are_no_stream() {
        let mut stream = stream(20, GAP);
        stream.handle_write();
        assert_eq!(silent_after(&stream), None);
    }
}
