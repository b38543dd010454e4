//! When a frame may go: how long writes are collected into one, and how fast frames follow each other.

use std::time::{Duration, Instant};

/// How long to wait for more after the first write, before a frame is made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collection {
    /// Always this long. Stock servers wait 8 ms, which is the optimum of the paper's Figure 3; stock clients 1 ms.
    Fixed(Duration),
    /// As long as recent bursts of writes lasted, up to 8 ms: a lone echo goes at once.
    Adaptive,
}

/// The longest that adaptive collection waits.
const LONGEST_BURST: Duration = Duration::from_millis(8);

/// A remembered burst shorter than this is no burst.
const SHORTEST_BURST: Duration = Duration::from_micros(250);

/// Collects writes into frames.
pub(super) struct Collector {
    collection: Collection,
    /// The first write that no frame carries yet.
    waiting_since: Option<Instant>,
    burst: Option<Burst>,
    /// How long the next burst is expected to last.
    expected: Duration,
}

/// Writes within [`LONGEST_BURST`] of the first.
struct Burst {
    first: Instant,
    last: Instant,
    /// Whether a frame went before the burst ended, so that the rest should be collected to its end.
    was_split: bool,
}

impl Collector {
    pub(super) fn new(collection: Collection) -> Self {
        Self {
            collection,
            waiting_since: None,
            burst: None,
            expected: Duration::ZERO,
        }
    }

    /// Something was written to the object.
    pub(super) fn handle_write(&mut self, now: Instant) {
        self.waiting_since.get_or_insert(now);
        match &mut self.burst {
            Some(burst) if now < burst.first + LONGEST_BURST => burst.last = now,
            _ => self.begin_burst(now),
        }
    }

    fn begin_burst(&mut self, now: Instant) {
        let lasted = self
            .burst
            .take()
            .map_or(Duration::ZERO, |burst| burst.last - burst.first);
        let remembered = lasted.max(self.expected / 2);
        self.expected = if remembered < SHORTEST_BURST {
            Duration::ZERO
        } else {
            remembered
        };
        self.burst = Some(Burst {
            first: now,
            last: now,
            was_split: false,
        });
    }

    /// When what is waiting will have been collected.
    pub(super) fn ready_at(&self) -> Option<Instant> {
        let since = self.waiting_since?;
        Some(match (self.collection, &self.burst) {
            (Collection::Fixed(wait), _) => since + wait,
            (Collection::Adaptive, Some(burst)) if burst.was_split => burst.first + LONGEST_BURST,
            (Collection::Adaptive, _) => since + self.expected,
        })
    }

    /// A frame with all that was waiting has gone.
    pub(super) fn handle_frame(&mut self) {
        self.waiting_since = None;
        if let Some(burst) = &mut self.burst {
            burst.was_split = true;
        }
    }

    /// What was written made no difference.
    pub(super) fn handle_nothing_to_send(&mut self) {
        self.waiting_since = None;
    }
}

/// Limits frames to one in a send interval, as a token bucket whose size allows for short bursts.
pub(super) struct Pacer {
    size: f64,
    tokens: f64,
    filled_at: Instant,
}

impl Pacer {
    /// A full bucket for `size` frames. Stock's pacing is a bucket for one.
    pub(super) fn new(size: u32, now: Instant) -> Self {
        Self {
            size: size.into(),
            tokens: size.into(),
            filled_at: now,
        }
    }

    /// When the next frame may go.
    pub(super) fn ready_at(&self, interval: Duration) -> Instant {
        let missing = (1.0 - self.tokens).max(0.0);
        self.filled_at + interval.mul_f64(missing)
    }

    /// A frame has gone.
    pub(super) fn handle_frame(&mut self, interval: Duration, now: Instant) {
        let elapsed = now.saturating_duration_since(self.filled_at);
        let gained = elapsed.as_secs_f64() / interval.as_secs_f64();
        self.tokens = ((self.tokens + gained).min(self.size) - 1.0).max(0.0);
        self.filled_at = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// When frames go if writes come at the given milliseconds.
    fn frames(collection: Collection, writes_ms: &[u32]) -> Vec<u32> {
        let start = Instant::now();
        let mut collector = Collector::new(collection);
        let mut frames = Vec::new();
        for ms in 0..1000 {
            let now = start + ms * MS;
            if writes_ms.contains(&ms) {
                collector.handle_write(now);
            }
            if collector.ready_at().is_some_and(|at| at <= now) {
                collector.handle_frame();
                frames.push(ms);
            }
        }
        frames
    }

    #[test]
    fn fixed_collection_always_waits() {
        let writes = [0, 3, 100];
        assert_eq!(frames(Collection::Fixed(8 * MS), &writes), [8, 108]);
    }

    #[test]
    fn a_lone_write_goes_at_once() {
        assert_eq!(frames(Collection::Adaptive, &[0, 100, 200]), [0, 100, 200]);
    }

    #[test]
    fn the_rest_of_an_unexpected_burst_is_one_frame() {
        assert_eq!(frames(Collection::Adaptive, &[0, 1, 2, 4, 6]), [0, 8]);
    }

    #[test]
    fn bursts_are_expected_after_a_burst() {
        let writes = [0, 2, 4, 100, 102, 104, 200];
        assert_eq!(frames(Collection::Adaptive, &writes), [0, 8, 104, 204]);
    }

    #[test]
    fn bursts_are_forgotten_after_lone_writes() {
        let writes = [0, 4, 100, 200, 300, 400, 500, 600];
        let frames = frames(Collection::Adaptive, &writes);
        assert_eq!(frames, [0, 8, 104, 202, 301, 401, 501, 600]);
    }

    #[test]
    fn the_pacer_allows_a_burst_and_then_one_frame_an_interval() {
        let start = Instant::now();
        let mut pacer = Pacer::new(3, start);
        let mut frames = Vec::new();
        for ms in 0..200 {
            let now = start + ms * MS;
            while pacer.ready_at(50 * MS) <= now {
                pacer.handle_frame(50 * MS, now);
                frames.push(ms);
            }
        }
        assert_eq!(frames, [0, 0, 0, 50, 100, 150]);
    }
}
