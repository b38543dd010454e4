//! Sixteen-bit timestamps, and what they say about the round trip.

use std::time::{Duration, Instant};

/// A reply is given only to a timestamp that came in more recently than this.
const REPLY_WINDOW: Duration = Duration::from_millis(1000);

/// By how much a congestion mark makes the peer believe the round trip longer, so that it slows down.
const CONGESTION_PENALTY: u16 = 500;

/// The timestamps of one end.
pub(super) struct Clock {
    epoch: Instant,
    /// The peer's newest timestamp, until it is replied to, and when it came in.
    unanswered: Option<(u16, Instant)>,
}

impl Clock {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            epoch: now,
            unanswered: None,
        }
    }

    /// Milliseconds modulo 2^16; 65535, which means "none" in a reply, becomes 0.
    pub(super) fn timestamp(&self, now: Instant) -> u16 {
        match now.saturating_duration_since(self.epoch).as_millis() as u16 {
            u16::MAX => 0,
            timestamp => timestamp,
        }
    }

    /// Notes the peer's timestamp. It must be newer than the ones before.
    pub(super) fn handle_timestamp(&mut self, timestamp: u16, congested: bool, now: Instant) {
        let penalty = if congested { CONGESTION_PENALTY } else { 0 };
        self.unanswered = Some((timestamp.wrapping_sub(penalty), now));
    }

    /// The reply to the peer's timestamp, once: the time for which it was held here is not part of the path's.
    pub(super) fn take_reply(&mut self, now: Instant) -> Option<u16> {
        let (timestamp, received) = self.unanswered?;
        let held = now.saturating_duration_since(received);
        if held >= REPLY_WINDOW {
            return None;
        }
        self.unanswered = None;
        let reply = timestamp.wrapping_add(held.as_millis() as u16);
        Some(if reply == u16::MAX { 0 } else { reply })
    }

    /// The round trip that a reply measures.
    pub(super) fn round_trip(&self, reply: u16, now: Instant) -> Duration {
        Duration::from_millis(self.timestamp(now).wrapping_sub(reply).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn holding_a_timestamp_does_not_lengthen_the_round_trip() {
        let start = Instant::now();
        let (near, mut far) = (Clock::new(start), Clock::new(start + 77 * MS));
        let sent = start + 65_500 * MS;
        far.handle_timestamp(near.timestamp(sent), false, sent + 50 * MS);
        let reply = far.take_reply(sent + 150 * MS).expect("fresh");
        assert_eq!(near.round_trip(reply, sent + 200 * MS), 100 * MS);
    }

    #[test]
    fn a_timestamp_is_answered_once_and_only_while_fresh() {
        let start = Instant::now();
        let mut clock = Clock::new(start);
        clock.handle_timestamp(7, false, start);
        assert_eq!(clock.take_reply(start), Some(7));
        assert_eq!(clock.take_reply(start), None);

        clock.handle_timestamp(7, false, start);
        assert_eq!(clock.take_reply(start + 1000 * MS), None);
    }

    #[test]
    fn a_congestion_mark_looks_like_half_a_second() {
        let start = Instant::now();
        let mut clock = Clock::new(start);
        clock.handle_timestamp(100, true, start);
        let reply = clock.take_reply(start).expect("fresh");
        assert_eq!(clock.round_trip(reply, start + 100 * MS), 500 * MS);
    }

    #[test]
    fn the_value_that_means_none_is_never_used() {
        let start = Instant::now();
        let mut clock = Clock::new(start);
        assert_eq!(clock.timestamp(start + 65_535 * MS), 0);
        clock.handle_timestamp(65_534, false, start);
        assert_eq!(clock.take_reply(start + MS), Some(0));
    }
}
